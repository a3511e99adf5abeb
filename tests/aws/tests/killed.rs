//! A program that deploys is killed, as by `kill -9`, while it works on served local AWS: nothing of others is touched, its journal has all
//! that was written, and the same command comes to the same accounts.
//!
//! `cargo test` kills it a few times. More often:
//!
//! ```sh
//! KILLS=200 cargo test -p codepipeline-xacct-aws-tests killed:: -- --nocapture
//! ```

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use codepipeline_xacct::core::plan::Journal;
use codepipeline_xacct::local::{Fault, Local, Server};
use codepipeline_xacct_aws_tests::*;
use serde_json::{Map, Value};
use tempfile::TempDir;

/// A command of the program: which topology it has, its arguments, and those of the plan that then has to be empty.
struct Case {
    program: &'static str,
    arguments: Vec<String>,
    plan: &'static [&'static str],
    /// What local AWS holds before.
    state: String,
}

/// Local AWS on a port, and a folder with the profiles of its accounts.
struct World {
    local: Local,
    server: Server,
    folder: TempDir,
}

impl World {
    async fn new(local: Local) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let profile = |name: &str, account: &str| {
            let key = local.access_key(account).unwrap();
            format!("[profile {name}]\naws_access_key_id = {key}\naws_secret_access_key = local\n")
        };
        let profiles = profile("tooling", "111111111111") + &profile("prod", "222222222222");
        std::fs::write(folder.path().join("config"), profiles).unwrap();
        let server = local.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        Self { local, server, folder }
    }

    fn command(&self, program: &str, arguments: &[impl AsRef<std::ffi::OsStr>]) -> Command {
        let file = |name: &str| self.folder.path().join(name);
        let mut command = Command::new(env!("CARGO_BIN_EXE_release"));
        command.args(arguments).args(["--profile", "Prod=prod", "--profile", "Tooling=tooling"]);
        command.env_clear().env("RELEASE", program).current_dir(self.folder.path());
        command.env("AWS_ENDPOINT_URL", format!("http://{}", self.server.address()));
        command.env("AWS_CONFIG_FILE", file("config")).env("AWS_SHARED_CREDENTIALS_FILE", file("credentials"));
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        command
    }

    /// Runs the program to its end.
    async fn run(&self, program: &str, arguments: &[impl AsRef<std::ffi::OsStr>]) -> Output {
        let mut command = self.command(program, arguments);
        tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap()
    }

    /// Runs the program, and kills it a moment after a call has come. Says whether it was killed.
    async fn killed(&self, case: &Case, call: u64, moment: Duration) -> bool {
        let process: Arc<Mutex<Option<Child>>> = Arc::default();
        let of_call = Arc::clone(&process);
        let kill = move || {
            let of_call = Arc::clone(&of_call);
            std::thread::spawn(move || {
                std::thread::sleep(moment);
                if let Some(process) = &mut *of_call.lock().unwrap_or_else(PoisonError::into_inner) {
                    process.kill().unwrap();
                }
            });
        };
        self.local.faults().add(Fault::on_any().nth(call).edit(kill));
        let mut command = self.command(case.program, &case.arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null());
        {
            // The call waits for it.
            let mut process = process.lock().unwrap();
            *process = Some(command.spawn().unwrap());
        }
        let status = loop {
            tokio::time::sleep(Duration::from_millis(2)).await;
            if let Some(status) = process.lock().unwrap().as_mut().unwrap().try_wait().unwrap() {
                break status;
            }
        };
        self.local.faults().clear();
        status.code().is_none()
    }

    /// Runs the program, and asks it to end some times while a call is in flight.
    async fn terminated(&self, case: &Case, times: usize) -> Output {
        let id = Arc::new(Mutex::new(0));
        let of_call = Arc::clone(&id);
        let terminate = move || {
            for _ in 0..times {
                let id = of_call.lock().unwrap().to_string();
                assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
                std::thread::sleep(Duration::from_millis(300));
            }
        };
        self.local.faults().add(Fault::on("UpdateAssumeRolePolicy").nth(1).edit(terminate));
        let mut command = self.command(case.program, &case.arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let running = {
            // The call waits for it.
            let mut id = id.lock().unwrap();
            let running = command.spawn().unwrap();
            *id = running.id();
            running
        };
        let output = tokio::task::spawn_blocking(move || running.wait_with_output().unwrap()).await.unwrap();
        self.local.faults().clear();
        output
    }

    /// The journal that the program has begun.
    fn journal(&self) -> Option<PathBuf> {
        let folder = std::fs::read_dir(self.folder.path().join(".codepipeline-xacct")).ok()?;
        let mut files = folder.map(|entry| entry.unwrap().path());
        files.find(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
    }
}

/// What is held, without leases and versions.
fn compared(local: &Local) -> Map<String, Value> {
    let mut all = without_leases(without_versions(held(local).unwrap()));
    for tags in all.values_mut().filter_map(|thing| thing.get_mut("tags")?.as_object_mut()) {
        for (_, version) in tags.iter_mut().filter(|(key, _)| key.starts_with("codepipeline-xacct:extended-by:")) {
            *version = "a version".into();
        }
    }
    all
}

/// The roles and pipelines that differ.
fn differing(one: &Map<String, Value>, other: &Map<String, Value>) -> BTreeSet<String> {
    let names = one.keys().chain(other.keys());
    names.filter(|arn| one.get(*arn) != other.get(*arn)).cloned().collect()
}

fn same(now: &Map<String, Value>, expected: &Map<String, Value>, what: &str) {
    if let Some(arn) = differing(now, expected).first() {
        panic!("{what}: {arn} is\n{:?}\nand not\n{:?}", now.get(arn), expected.get(arn));
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn succeeded(output: &Output, what: &str) {
    assert!(output.status.success(), "{what}: {}\n{}", text(&output.stdout), text(&output.stderr));
}

fn cases() -> [(&'static str, &'static str, &'static [&'static str], &'static [&'static str]); 5] {
    [
        ("create", "first", &["apply"], &["plan"]),
        ("update", "changed", &["apply", "--runs", "cancel"], &["plan"]),
        ("prune", "other role", &["prune", "--runs", "cancel"], &["plan", "--prune"]),
        ("destroy", "first", &["destroy", "--runs", "cancel"], &["plan", "--destroy"]),
        ("restore", "changed", &["restore", "JOURNAL", "--runs", "cancel"], &[]),
    ]
}

/// The accounts before a command, and the command; of a restore, with the journal of an update.
async fn case(name: &str, journal: &Path) -> Case {
    let (_, program, arguments, plan) = cases().into_iter().find(|(case, ..)| *case == name).unwrap();
    let local = with_a_foreign_pipeline().unwrap();
    let world = World::new(local).await;
    if name != "create" {
        succeeded(&world.run("first", &["apply", "--yes", "--no-journal"]).await, name);
    }
    if name == "restore" {
        succeeded(&world.run("changed", &["apply", "--yes", "--runs", "cancel"]).await, name);
        std::fs::copy(world.journal().unwrap(), journal).unwrap();
    }
    let own = |argument: &&str| match *argument {
        "JOURNAL" => journal.display().to_string(),
        other => other.to_owned(),
    };
    let arguments = arguments.iter().map(own).chain(["--yes".to_owned()]).collect();
    Case { program, arguments, plan, state: world.local.to_json().unwrap() }
}

async fn kills(name: &str) {
    let all: u64 = std::env::var("KILLS").ok().and_then(|number| number.parse().ok()).unwrap_or(20);
    let folder = tempfile::tempdir().unwrap();
    let case = case(name, &folder.path().join("journal.jsonl")).await;
    let (goal, calls) = {
        let world = World::new(Local::from_json(&case.state).unwrap()).await;
        world.local.clear_calls();
        succeeded(&world.run(case.program, &case.arguments).await, name);
        (compared(&world.local), u64::try_from(world.local.calls().len()).unwrap())
    };
    let (mut killed, mut written) = (0, 0);
    let kills = all.div_ceil(5);
    for kill in 0..kills {
        // Spread over all calls, at different moments after they came.
        let call = 1 + kill * (calls - 1) / kills.max(2).saturating_sub(1);
        let moment = Duration::from_micros(kill * 397 % 3000);
        let what = format!("{name}, killed {moment:?} after call {call} of {calls}");
        let world = World::new(Local::from_json(&case.state).unwrap()).await;
        let before = compared(&world.local);
        killed += usize::from(world.killed(&case, call, moment).await);
        let now = compared(&world.local);
        for foreign in [FOREIGN, FOREIGN_ROLE] {
            assert_eq!(now[foreign], before[foreign], "{what}");
        }
        let changed = differing(&before, &now);
        let journal = world.journal();
        let read = journal.as_ref().and_then(|path| Journal::read(&std::fs::read_to_string(path).unwrap()).ok());
        let in_journal: Vec<String> =
            read.iter().flat_map(Journal::written).map(|written| written.write.subject().to_string()).collect();
        for arn in &changed {
            assert!(in_journal.contains(arn), "{what}: {arn} is not in the journal");
        }
        if !changed.is_empty() {
            written += 1;
            // Every other time it is put back first.
            if let (true, Some(journal)) = (kill % 2 == 0 && matches!(name, "create" | "update"), journal) {
                let journal = journal.display().to_string();
                let restore = ["restore", &journal, "--yes", "--runs", "cancel"];
                succeeded(&world.run(case.program, &restore).await, &what);
                same(&without_notes(compared(&world.local)), &without_notes(before), &format!("{what}: put back"));
            }
        }
        succeeded(&world.run(case.program, &case.arguments).await, &what);
        same(&compared(&world.local), &goal, &format!("{what}: the same command"));
        if !case.plan.is_empty() {
            succeeded(&world.run(case.program, case.plan).await, &what);
        }
    }
    println!("{name}: killed {killed} of {kills} times, {written} of them after something was written");
    assert!(killed > 0, "{name}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_create_is_told_by_its_journal_and_completed_by_the_same_command() {
    kills("create").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_update_is_told_by_its_journal_and_completed_by_the_same_command() {
    kills("update").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_prune_is_told_by_its_journal_and_completed_by_the_same_command() {
    kills("prune").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_destroy_is_told_by_its_journal_and_completed_by_the_same_command() {
    kills("destroy").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_restore_is_told_by_its_journal_and_completed_by_the_same_command() {
    kills("restore").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_told_to_end_stops_as_with_ctrl_c_and_the_same_command_goes_on() {
    let case = case("update", Path::new("")).await;
    for (times, said, is_left) in [(1, "finishing the calls in flight", false), (2, "interrupted: ", true)] {
        let world = World::new(Local::from_json(&case.state).unwrap()).await;
        let output = world.terminated(&case, times).await;
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let told = text(&output.stderr);
        assert!(told.contains(said), "{told}");
        assert_eq!(told.contains("run the same command again to continue; elsewhere, its lease"), is_left, "{told}");
        let has_lease = || world.local.to_json().unwrap().contains("codepipeline-xacct:lease:");
        assert_eq!(has_lease(), is_left, "{told}");
        succeeded(&world.run(case.program, &case.arguments).await, said);
        succeeded(&world.run(case.program, case.plan).await, said);
        assert!(!has_lease());
    }
}
