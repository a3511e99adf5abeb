//! The handle of local AWS: adds pipelines, and tells how their actions end.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::handle::{Local, LocalError};
use super::outcome::{ActionRun, Outcome};
use super::services::codepipeline::shown;
use super::undocumented::Undocumented;
use crate::core::declaration::{PipelineDeclaration, PipelineDocument};
use crate::core::ids::PipelineArn;

impl Local {
    /// Adds a pipeline that exists before the program runs, from the output of `get-pipeline` or the input of `create-pipeline`. It keeps its version,
    /// and has the tags that the document states.
    pub fn put_pipeline(&self, arn: &PipelineArn, document: &PipelineDocument) -> Result<(), LocalError> {
        let mut store = self.store();
        store.add_account(arn.account().clone());
        let now = store.clock;
        let record = store.pipelines.put(arn, &document.pipeline, document.pipeline.version.unwrap_or(1), now);
        let tags = document.tags.iter().flatten().map(|tag| (tag.key.clone(), tag.value.clone()));
        record.tags.extend(tags);
        Ok(())
    }

    /// The declaration of a pipeline, as GetPipeline returns it.
    pub fn pipeline(&self, arn: &PipelineArn) -> Option<PipelineDeclaration> {
        let store = self.look();
        store.pipelines.get(arn).map(|record| shown(&store, arn, &record.declaration))
    }

    /// Makes an action fail with a message whenever it runs.
    pub fn fail(&self, pipeline: &PipelineArn, stage: &str, action: &str, message: &str) {
        self.script(pipeline, stage, action, [Outcome::fails(message)]);
    }

    /// Tells how an action, or a rule of a condition, ends: the first time as the first outcome says, and so on; the last outcome
    /// stays. An earlier script for it is dropped.
    ///
    /// ```
    /// # use codepipeline_xacct::local::{Local, Outcome};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let aws = Local::new();
    /// let pipeline = "arn:aws:codepipeline:eu-west-1:111111111111:release".parse()?;
    /// aws.script(&pipeline, "Build", "Compile", [
    ///     Outcome::fails("no space left on device"),
    ///     Outcome::fails("no space left on device"),
    ///     Outcome::succeeds().variable("IMAGE", "app:1.2.3"),
    /// ]);
    /// # Ok(())
    /// # }
    /// ```
    pub fn script(
        &self,
        pipeline: &PipelineArn,
        stage: &str,
        action: &str,
        outcomes: impl IntoIterator<Item = Outcome>,
    ) {
        self.store().outcomes.script(pipeline, stage, action, outcomes.into_iter().collect());
    }

    /// Lets a closure tell how actions and rules end, when they begin. Where it returns `None`, scripts count. It must not use this
    /// `Local`, which waits for it.
    pub fn decide(&self, decide: impl Fn(&ActionRun) -> Option<Outcome> + Send + Sync + 'static) {
        self.store().outcomes.decide(Arc::new(decide));
    }

    /// Makes a manual approval wait for PutApprovalResult, and a Lambda function or a custom action for PutJobSuccessResult or
    /// PutJobFailureResult. Without this, they succeed. See [`Outcome::awaits_answer`] and [`Local::invocations`].
    pub fn await_answer(&self, pipeline: &PipelineArn, stage: &str, action: &str) {
        self.script(pipeline, stage, action, [Outcome::awaits_answer()]);
    }

    /// Makes every manual approval and custom action without an outcome wait, as on AWS: for PutApprovalResult, and for a
    /// worker. By default they succeed by themselves.
    pub fn await_answers(&self, wait: bool) {
        self.store().outcomes.others_wait(wait);
    }

    /// Sets what AWS leaves undocumented.
    pub fn set_undocumented(&self, change: impl FnOnce(&mut Undocumented)) {
        change(&mut self.store().undocumented);
    }

    /// How long a request takes on the virtual clock: a second by default. With zero, only
    /// [`let_pass`](Self::let_pass) and [`catch_up`](Self::catch_up) move the clock.
    pub fn set_request_time(&self, time: Duration) {
        self.store().request_time = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
    }

    /// Lets time pass on the virtual clock, without a request.
    pub fn let_pass(&self, time: Duration) {
        self.aws.let_pass(time);
    }

    /// Lets time pass until the virtual clock is where the real one is, if it is behind it. A timer that calls this lets executions continue in
    /// real time; and a client that looks at its own clock considers the credentials of a session expired without it.
    pub fn catch_up(&self) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        self.aws.catch_up(i64::try_from(now.as_millis()).unwrap_or(i64::MAX));
    }

    /// Lets as much time pass as has passed in reality, and more where the clock is behind the real one.
    #[cfg(all(feature = "serve", feature = "cli"))]
    pub(crate) async fn keep_up(&self, passed: Duration) {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let [now, passed] = [now, passed].map(|time| i64::try_from(time.as_millis()).unwrap_or(i64::MAX));
        let end = self.look().clock.saturating_add(passed).max(now);
        self.aws.pass_in_slices(end).await;
    }
}
