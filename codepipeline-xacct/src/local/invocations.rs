//! The handle of local AWS: the Lambda functions that actions wait for.

use std::fmt;

use serde_json::json;

use super::engine::{function_of, is_function};
use super::execution::{Awaits, Status};
use super::handle::Local;
use super::services::codepipeline::data;

/// A Lambda function that an action has called, and that has not answered yet. See [`Local::invocations`].
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Invocation {
    /// The ARN of the function.
    pub function: String,
    /// The event with which it is called, in JSON: a `CodePipeline.job`. It has credentials, and secrets of the configuration.
    pub event: String,
}

/// Without the event, which has secrets.
impl fmt::Debug for Invocation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Invocation").field("function", &self.function).finish_non_exhaustive()
    }
}

impl Local {
    /// The Lambda functions that actions have called and that have not answered yet with PutJobSuccessResult or
    /// PutJobFailureResult, from the pipelines in the order of their ARNs. Local AWS runs no functions: call your handler with the
    /// event. An action waits for its function where [`Outcome::awaits_answer`](super::Outcome::awaits_answer) says so.
    ///
    /// The event is as the User Guide shows it, "Invoke an AWS Lambda function in a pipeline in CodePipeline".
    pub fn invocations(&self) -> Vec<Invocation> {
        // Looking is not a change, even if an expired session is recreated.
        let mut store = self.look();
        let mut waiting = Vec::new();
        for arn in store.pipelines.running() {
            let Some(record) = store.pipelines.get(&arn) else { continue };
            for (_, execution) in record.active() {
                let running = execution.actions.iter().filter(|action| action.status == Status::InProgress);
                for action in running.filter(|action| is_function(&action.declaration.action_type_id)) {
                    if let Awaits::Job(job) = &action.awaits {
                        waiting.push((arn.clone(), execution.clone(), action.clone(), job.clone()));
                    }
                }
            }
        }
        let called = waiting.into_iter().map(|(arn, execution, action, job)| {
            let data = data(&mut store, &arn, &execution, &action, &job);
            let event = json!({ "CodePipeline.job": { "id": job.id, "accountId": arn.account(), "data": data } });
            Invocation { function: function_of(&arn, &action), event: event.to_string() }
        });
        called.collect()
    }
}
