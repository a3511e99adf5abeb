//! Follows a run on the command line: a live tree on a terminal, lines where there is none, objects in JSON.

use std::fmt::Write as _;
use std::future::{Future, IntoFuture};
use std::io::{self, Write};
use std::pin::pin;
use std::sync::Mutex;
use std::time::Duration;

use clap::ValueEnum;
use futures_util::future::{Either, select};
use serde_json::json;

use super::exit::{DONE, FAILED, Failure, INTERRUPTED, NOT_SEEN};
use crate::aws::{Execution, FollowedExecution, RunEvent, RunOutcome};

/// How many lines of the live tree are shown, so that it fits a terminal.
const LINES: usize = 20;

#[derive(clap::Args)]
pub(crate) struct Following {
    /// How to print what happens: lines and a tree, or JSON with one object per line
    #[arg(long, value_enum, default_value = "text")]
    format: Format,
    /// For how many minutes to follow
    #[arg(long, value_name = "MINUTES", default_value_t = 60)]
    timeout: u64,
}

impl Following {
    /// An execution that is not followed: its id, or the run as far as it is known.
    pub(super) fn started(&self, execution: &Execution<'_>) -> String {
        let (id, pipeline) = (execution.id(), execution.pipeline().to_string());
        match self.format {
            Format::Text => id.to_string(),
            Format::Json => {
                let outcome = RunOutcome::Running.as_str();
                json!({ "type": "run", "pipeline": pipeline, "execution": id, "outcome": outcome }).to_string()
            }
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

/// Where it prints.
pub(super) struct Output<'a> {
    /// Results.
    pub(super) stdout: &'a mut (dyn Write + Send),
    /// What happens meanwhile.
    pub(super) stderr: &'a mut (dyn Write + Send),
    /// Whether `stderr` is a terminal on which the tree is drawn again and again.
    pub(super) live: bool,
}

/// Follows an execution until it has ended, it is interrupted, or the time is up. Returns the exit code.
pub(super) async fn follow(
    execution: &Execution<'_>,
    following: &Following,
    output: Output<'_>,
    interrupt: impl Future<Output = ()>,
) -> Result<u8, Failure> {
    let Output { stdout, stderr, live } = output;
    let json = following.format == Format::Json;
    let minutes = Duration::from_secs(following.timeout.saturating_mul(60));
    let screen = Mutex::new(Screen { out: if json { &mut *stdout } else { &mut *stderr }, drawn: 0, last: None });
    let on_event = |event: &RunEvent, run: &FollowedExecution| {
        let Ok(mut screen) = screen.lock() else { return };
        screen.last = Some(run.clone());
        // Keep going if the output was closed.
        let _ = match (json, live) {
            (true, _) => writeln!(screen.out, "{}", event.to_json()),
            (false, true) => screen.draw(run),
            (false, false) => writeln!(screen.out, "{event}"),
        };
    };
    let request = execution.wait().timeout(minutes).on_event(on_event).into_future();
    let ended = match select(request, pin!(interrupt)).await {
        Either::Left((run, _)) => Some(run),
        Either::Right(_) => None,
    };
    let mut screen = screen.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    if live && !json {
        let _ = screen.clear();
    }
    let interrupted = ended.is_none();
    let Some(run) = ended.transpose()?.or(screen.last.take()) else {
        resume(execution, stderr)?;
        return Ok(INTERRUPTED);
    };
    if json {
        let causes: Vec<_> = run.causes().iter().map(|cause| cause.to_json()).collect();
        let mut last = run.to_json();
        if let Some(members) = last.as_object_mut() {
            members.insert("type".to_owned(), json!("run"));
            members.insert("causes".to_owned(), json!(causes));
        }
        writeln!(stdout, "{last}")?;
    } else {
        write!(stdout, "{run}")?;
    }
    if interrupted || run.outcome() == RunOutcome::Running {
        resume(execution, stderr)?;
    }
    Ok(match run.outcome() {
        _ if interrupted => INTERRUPTED,
        RunOutcome::Succeeded => DONE,
        RunOutcome::Failed => FAILED,
        RunOutcome::Unknown | RunOutcome::Running => NOT_SEEN,
    })
}

/// Says how to continue following.
fn resume(execution: &Execution<'_>, stderr: &mut dyn Write) -> io::Result<()> {
    let (id, pipeline) = (execution.id(), execution.pipeline());
    writeln!(
        stderr,
        "the run continues, but is no longer followed\n  help: `follow {id} --pipeline {pipeline}` follows it again"
    )
}

/// What was printed so far.
struct Screen<'a> {
    out: &'a mut (dyn Write + Send),
    /// Lines of the tree that was drawn last.
    drawn: usize,
    last: Option<FollowedExecution>,
}

impl Screen<'_> {
    /// Draws the tree in the place of the last one.
    fn draw(&mut self, run: &FollowedExecution) -> io::Result<()> {
        let lines = lines(run);
        self.clear()?;
        // Without wrapping, each line is one line of the terminal.
        let mut text = String::from("\x1b[?7l");
        for line in &lines {
            let _ = writeln!(text, "{line}");
        }
        text.push_str("\x1b[?7h");
        self.drawn = lines.len();
        self.out.write_all(text.as_bytes())?;
        self.out.flush()
    }

    fn clear(&mut self) -> io::Result<()> {
        if self.drawn > 0 {
            write!(self.out, "\x1b[{}A\x1b[J", self.drawn)?;
            self.drawn = 0;
        }
        self.out.flush()
    }
}

/// The live tree: a line for each execution, with what runs in it; what failed and what runs comes before what has succeeded
/// where not all fits.
fn lines(run: &FollowedExecution) -> Vec<String> {
    let mut lines = Vec::new();
    collect(run, 0, &mut lines);
    let total = lines.len();
    if total > LINES {
        // The outermost stays; of the others those that matter most, in their order.
        let mut ranks: Vec<u8> = lines.iter().map(|(rank, _)| *rank).collect();
        ranks.sort_unstable();
        let limit = ranks.get(LINES - 2).copied().unwrap_or_default();
        lines.retain(|(rank, _)| *rank <= limit);
        lines.truncate(LINES - 1);
        lines.push((0, format!("… and {} more", total + 1 - LINES)));
    }
    lines.into_iter().map(|(_, line)| line).collect()
}

fn collect(run: &FollowedExecution, depth: usize, lines: &mut Vec<(u8, String)>) {
    let (mark, rank) = match run.outcome() {
        RunOutcome::Failed => ('✗', 1),
        RunOutcome::Running => ('…', 2),
        RunOutcome::Unknown => ('?', 3),
        RunOutcome::Succeeded => ('✓', 4),
    };
    let status = run.status.as_ref().map_or("not read yet", |status| status.as_str());
    let mut line =
        format!("{}{mark} {} ({}) {status}", "  ".repeat(depth), run.pipeline.name(), run.pipeline.account());
    if !run.has_ended()
        && let Some(action) = run.actions.last()
    {
        let waits = if action.awaits_approval { ", waits for approval" } else { "" };
        let _ = write!(line, ": {} / {} {}{waits}", action.stage, action.action, action.status.as_str());
    }
    if let Some(waits) = &run.waits {
        let _ = write!(line, ", waits: {waits}");
    }
    lines.push((if depth == 0 { 0 } else { rank }, line));
    for started in run.actions.iter().filter_map(|action| action.started()) {
        collect(started, depth + 1, lines);
    }
}

#[cfg(feature = "local")]
#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::Session;
    use crate::core::declaration::{PipelineDocument, read};
    use crate::core::ids::ExecutionId;
    use crate::core::policy::Document;
    use crate::core::topology::Account;
    use crate::local::{Local, Outcome};

    const ARN: &str = "arn:aws:codepipeline:eu-west-1:111111111111:release";

    /// An account with a pipeline whose build takes ten minutes, and an execution of it.
    async fn started() -> (Local, Session, ExecutionId) {
        let local = Local::new();
        let document = |text: &str| Document::from_json(text).unwrap();
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"codepipeline.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
        let all = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
        let role = "arn:aws:iam::111111111111:role/service".parse().unwrap();
        local.put_role(&role, &document(trust), &[("all", &document(all))]).unwrap();
        let pipeline: PipelineDocument = read(
            r#"{"pipeline": {"name": "release", "roleArn": "arn:aws:iam::111111111111:role/service", "pipelineType": "V2",
                "artifactStore": {"type": "S3", "location": "artifacts"}, "stages": [
                {"name": "Source", "actions": [{"name": "Source", "outputArtifacts": [{"name": "In"}],
                  "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1"},
                  "configuration": {"RepositoryName": "code", "BranchName": "main", "PollForSourceChanges": "false"}}]},
                {"name": "Build", "actions": [{"name": "build", "inputArtifacts": [{"name": "In"}],
                  "actionTypeId": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"},
                  "configuration": {"ProjectName": "project"}}]}]}}"#,
        )
        .unwrap();
        let arn = ARN.parse().unwrap();
        local.put_pipeline(&arn, &pipeline).unwrap();
        local.script(&arn, "Build", "build", [Outcome::succeeds().takes(Duration::from_secs(600))]);
        let account = Account {
            item: "Tooling".to_owned(),
            id: "111111111111".parse().unwrap(),
            partition: "aws".parse().unwrap(),
        };
        let config = local.sdk_config("111111111111", "eu-west-1");
        let session = Session::builder().account(account, config).connect().await.unwrap();
        let id = session.start_arn(arn).await.unwrap().id().clone();
        (local, session, id)
    }

    async fn followed(format: Format, live: bool) -> (u8, String, String, String) {
        let (_local, session, id) = started().await;
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let output = Output { stdout: &mut stdout, stderr: &mut stderr, live };
        let execution = session.execution(ARN.parse().unwrap(), id.clone());
        let interrupt = tokio::time::sleep(Duration::from_secs(60));
        let code = follow(&execution, &Following { format, timeout: 60 }, output, interrupt).await.unwrap();
        (code, id.into(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
    }

    #[tokio::test(start_paused = true)]
    async fn ctrl_c_ends_following_and_says_how_to_go_on() {
        for (format, live) in [(Format::Text, false), (Format::Text, true), (Format::Json, false)] {
            let (code, id, stdout, stderr) = followed(format, live).await;
            assert_eq!(code, 130);
            let resume = format!("help: `follow {id} --pipeline {ARN}` follows it again\n");
            assert!(stderr.ends_with(&resume), "{stderr}");
            assert!(stdout.contains("InProgress"), "what is known so far is shown: {stdout}");
            assert_eq!(stdout.lines().all(|line| line.starts_with('{')), format == Format::Json);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn on_a_terminal_the_tree_is_drawn_in_the_place_of_the_last_one() {
        let (_, _, _, stderr) = followed(Format::Text, true).await;
        assert!(
            stderr.contains(
                "\x1b[1A\x1b[J\x1b[?7l… release (111111111111) InProgress: Build / build InProgress\n\x1b[?7h"
            ),
            "{stderr:?}"
        );
        // The last drawing makes room for the result.
        assert!(stderr.contains("\x1b[?7h\x1b[1A\x1b[Jthe run continues"), "{stderr:?}");
    }
}
