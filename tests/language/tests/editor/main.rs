//! What an editor shows for `pipeline!`, using rust-analyzer. Where it does not run, every test is shown as ignored.
//!
//! `RUST_ANALYZER` overrides the `rust-analyzer` in the `PATH`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod server;

use std::sync::{Arc, Mutex};

use codepipeline_xacct_test_support::golden;
use libtest_mimic::{Arguments, Failed, Trial};
use server::{Place, Server};

/// The program that the tests edit.
const PROGRAM: &str = include_str!("program.rs");

/// The program with one edit, and the offset of the cursor, `§` in the new text. Without a new text nothing is edited.
fn edit(edit: &str) -> (String, usize) {
    let (old, new) = edit.split_once(" => ").unwrap_or((edit, edit));
    let old = old.replace('§', "");
    let places: Vec<_> = PROGRAM.match_indices(&old).collect();
    assert_eq!(places.len(), 1, "`{old}` does not occur exactly once in the program");
    let (at, _) = places[0];
    let cursor = at + new.find('§').expect("a cursor");
    let mut text = PROGRAM.to_owned();
    text.replace_range(at..at + old.len(), &new.replace('§', ""));
    (text, cursor)
}

/// What completion offers: exactly these, or these among others.
enum Offered {
    Exactly(&'static [&'static str]),
    Also(&'static [&'static str]),
}
use Offered::{Also, Exactly};

const COMPLETIONS: &[(&str, &str, Offered)] = &[
    (
        "a key of a pipeline",
        "execution_mode: QUEUED, => execu§",
        Exactly(&["artifact_buckets", "execution_mode", "pipeline_type", "tags", "triggers", "variables"]),
    ),
    (
        "a key that is begun before others",
        "execution_mode: QUEUED, => §pipel execution_mode: QUEUED,",
        Exactly(&["artifact_buckets", "pipeline_type", "tags", "triggers", "variables"]),
    ),
    ("a key of a role", "name: \"invoker\", => name: \"invoker\", pat§", Exactly(&["path", "policies", "tags"])),
    (
        "a key of an invoke",
        "role: prod::Invoker, => ro§",
        Exactly(&["namespace", "role", "run_order", "source_revisions"]),
    ),
    ("a key of a stage", "on_failure: RETRY(ALL_ACTIONS), => bef§", Also(&["before_entry", "blockers", "on_failure"])),
    (
        "a key of a provider",
        "CodeBuild { project_name: \"build\" => CodeBuild { pro§, input: Code",
        Also(&["project_name", "batch_enabled", "environment_variables", "output"]),
    ),
    (
        "a source provider",
        "\"code\": CodeCommit { => \"code\": CodeC§ {",
        Also(&["CodeCommit", "CodeStarSourceConnection", "S3"]),
    ),
    (
        "an action provider",
        "\"build\": CodeBuild { => \"build\": § {",
        Also(&["CodeBuild", "Manual", "StepFunctions", "Test"]),
    ),
    ("a provider of a category", "\"build\": CodeBuild { => \"build\": Test::§ {", Also(&["CodeBuild", "DeviceFarm"])),
    ("a target", "\"start\": prod::Deploy { => \"start\": pr§ {", Also(&["prod", "Release"])),
    (
        "a target after a path",
        "\"start\": prod::Deploy { => \"start\": prod::§ {",
        Exactly(&["Deploy", "Invoker", "Prod"]),
    ),
    ("a role", "role: prod::Invoker, => role: §,", Also(&["prod"])),
    ("a role after a path", "role: prod::Invoker, => role: prod::§,", Exactly(&["Deploy", "Invoker", "Prod"])),
    ("a started pipeline", "starts: [Deploy] => starts: [De§]", Also(&["Deploy"])),
    ("a trusted account", "trusts: [super::Tooling] => trusts: [super::§]", Also(&["Tooling"])),
    ("an account", "(branch: &str) in Tooling { => (branch: &str) in T§ {", Also(&["Tooling"])),
    ("an account after a path", "(branch: &str) in Tooling { => (branch: &str) in prod::§ {", Also(&["Prod"])),
    (
        "a variable of the target",
        "variables: { version: \"#{Source.CommitId}\" } => variables: { ver§ }",
        Exactly(&["level", "version"]),
    ),
    (
        "a variable that is missing",
        "variables: { version: \"#{Source.CommitId}\" } => variables: { version: \"1\", lev§: \"2\" }",
        Exactly(&["level"]),
    ),
    ("a word", "execution_mode: QUEUED, => execution_mode: QU§,", Exactly(&["PARALLEL", "QUEUED", "SUPERSEDED"])),
    (
        "a word that is not begun",
        "execution_mode: QUEUED, => execution_mode: §,",
        Exactly(&["PARALLEL", "QUEUED", "SUPERSEDED"]),
    ),
    ("a result", "on_failure: RETRY(ALL_ACTIONS), => on_failure: R§,", Exactly(&["RETRY", "ROLLBACK"])),
    ("a retry mode", "RETRY(ALL_ACTIONS) => RETRY(§)", Exactly(&["ALL_ACTIONS", "FAILED_ACTIONS"])),
    (
        "a word of a provider",
        "namespace: Source } => namespace: Source, output_format: § }",
        Exactly(&["CODEBUILD_CLONE_REF", "CODE_ZIP"]),
    ),
    (
        "a rule",
        "on_failure: RETRY(ALL_ACTIONS), => before_entry: SKIP({ wanted: Var§ }),",
        Also(&["VariableCheck", "DeploymentWindow"]),
    ),
    (
        "a key of a rule",
        "on_failure: RETRY(ALL_ACTIONS), => before_entry: SKIP({ wanted: VariableCheck({ var§ }) }),",
        Also(&["variable", "operator", "value"]),
    ),
    ("an artifact", "input: Code } => input: Co§ }", Also(&["Code"])),
    ("an artifact that is not begun", "input: Code } => input: §, run_order: 1 }", Also(&["Code"])),
    ("a boolean", "namespace: Source } => namespace: Source, poll: § }", Also(&["false", "true"])),
    (
        "an element of a policy",
        "starts: [Deploy], => starts: [Deploy], policies: [{ Eff§ }],",
        Also(&["Effect", "Action", "Resource"]),
    ),
    ("a parameter", "branch: (branch.trim()) => branch: (br§)", Also(&["branch"])),
    ("a method", "branch: (branch.trim()) => branch: (branch.tri§)", Also(&["trim", "trim_end", "trim_start"])),
];

const HOVERS: &[(&str, &str, &str)] = &[
    ("a key of an item", "execution§_mode: QUEUED", "How executions that overlap are handled."),
    ("a key of an action", "reposi§tory: \"shop\"", "Repository to read."),
    ("a key of a stage", "on_fail§ure: RETRY", "What happens when the stage fails"),
    ("a key of a role", "starts: [Deploy] => st§arts: [Deploy]", "The pipelines that the role may start."),
    ("a word", "execution_mode: QU§EUED", "Executions wait for each other"),
    ("a provider", "\"code\": CodeCo§mmit", "Reads a branch of a CodeCommit repository."),
    ("a way to name a role", "mana§ged(\"release-service\")", "A role that is created and kept"),
    ("a role", "role: prod::Invo§ker", "May start the deployment."),
    ("a target", "\"start\": prod::Dep§loy", "Deploys the shop."),
];

/// From where, and the text at whose start the definition is.
const DEFINITIONS: &[(&str, &str, &str)] = &[
    ("a role", "role: prod::Invo§ker", "Invoker in Prod"),
    ("a target", "\"start\": prod::Dep§loy", "Deploy in Prod"),
    ("an account of a pipeline", "(branch: &str) in Tool§ing", "Tooling = "),
    ("an account of a role", "pub role Invoker in Pr§od", "Prod = "),
    ("a trusted account", "trusts: [super::Tool§ing]", "Tooling = "),
    ("a started pipeline", "starts: [Dep§loy]", "Deploy in Prod"),
    ("a module", "role: pr§od::Invoker", "prod {"),
    ("a parameter", "branch: (bran§ch.trim())", "branch: &str"),
    ("an artifact", "input: Co§de }", "Code, namespace"),
    ("a variable of the target", "variables: { vers§ion: \"#{", "version, level"),
];

/// From where, and the only places that have the new name afterwards.
const RENAMES: &[(&str, &str, &[&str])] = &[
    ("a role where it is declared", "pub role Invo§ker", &["pub role Renamed in Prod", "role: prod::Renamed,"]),
    ("a role where it is used", "role: prod::Invo§ker", &["pub role Renamed in Prod", "role: prod::Renamed,"]),
    (
        "a pipeline where it is declared",
        "pub extern pipeline Dep§loy",
        &["starts: [Renamed]", "pub extern pipeline Renamed in", "prod::Renamed {"],
    ),
    (
        "a pipeline where it is used",
        "\"start\": prod::Dep§loy",
        &["starts: [Renamed]", "pub extern pipeline Renamed in", "prod::Renamed {"],
    ),
    ("a pipeline that Rust names", "pub pipeline Rel§ease", &["pub pipeline Renamed(", "Renamed::new("]),
    ("an account", "pub account Tool§ing", &["super::Renamed", "pub account Renamed =", "(branch: &str) in Renamed {"]),
    ("an artifact", "output: Co§de", &["input: Renamed }", "output: Renamed,"]),
    ("a variable", "variables: { vers§ion, level", &["variables: { Renamed, level", "variables: { Renamed: \"#{"]),
];

fn complete(server: &mut Server, change: &str, offered: &Offered) {
    let (text, offset) = edit(change);
    server.edit(&text);
    // Newer servers show modules with what follows them.
    let labels = server.completion(&text, offset);
    let mut labels: Vec<String> = labels.iter().map(|label| label.trim_end_matches("::").to_owned()).collect();
    labels.sort();
    match offered {
        Exactly(expected) => assert_eq!(labels, *expected),
        Also(expected) => {
            for label in *expected {
                let found = labels.iter().any(|found| found == label || found.starts_with(&format!("{label}(")));
                assert!(found, "{label} is missing: {labels:?}");
            }
        }
    }
}

fn hover(server: &mut Server, change: &str, expected: &str) {
    let (text, offset) = edit(change);
    server.edit(&text);
    let said = server.hover(&text, offset);
    assert!(said.contains(expected), "{said}");
}

fn define(server: &mut Server, change: &str, expected: &str) {
    let (text, offset) = edit(change);
    server.edit(&text);
    let at = text.find(expected).expect("the definition");
    let (line, column) = server::line_and_column(&text, at);
    let place = Place { file: "main.rs".to_owned(), line, column };
    assert_eq!(server.definition(&text, offset), [place]);
}

fn rename(server: &mut Server, change: &str, expected: &[&str]) {
    let (text, offset) = edit(change);
    server.edit(&text);
    let renamed = server.rename(&text, offset, "Renamed").unwrap();
    for expected in expected {
        assert!(renamed.contains(expected), "{expected} is missing:\n{renamed}");
    }
    assert_eq!(renamed.matches("Renamed").count(), expected.len(), "{renamed}");
}

/// rust-analyzer itself finds nothing wrong in valid programs, and does find what is wrong.
fn diagnose(server: &mut Server) {
    for (name, program) in golden::all() {
        server.edit(&program);
        assert_eq!(server.diagnostics(), [], "{name}");
    }
    server.edit(&PROGRAM.replace("name: \"release\"", "nam: \"release\""));
    let found = server.diagnostics();
    assert!(found.iter().any(|(_, message)| message.starts_with("`nam` is not a key of a pipeline")), "{found:?}");
}

fn main() {
    let arguments = Arguments::from_args();
    let program = server::program();
    let ignored = program.is_none();
    if ignored {
        eprintln!("rust-analyzer does not run here (`rustup component add rust-analyzer`): editors are not tested");
    }
    // One server for all; it starts with the first test.
    let server: Arc<Mutex<Option<Server>>> = Arc::default();
    let mut trials = Vec::new();
    let mut add = |name: String, test: Box<dyn Fn(&mut Server) + Send>| {
        let (server, program) = (server.clone(), program.clone());
        let run = move || {
            let mut server = server.lock().map_err(|_| Failed::from("the server is gone"))?;
            let program = program.as_deref().ok_or("there is no rust-analyzer")?;
            let server = server.get_or_insert_with(|| Server::start(program, PROGRAM));
            let passed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| test(server)));
            // The next test still has the server if this one panicked.
            passed.map_err(|_| Failed::from("see above"))
        };
        trials.push(Trial::test(name, run).with_ignored_flag(ignored));
    };
    for (name, change, offered) in COMPLETIONS {
        add(format!("completes {name}"), Box::new(|server| complete(server, change, offered)));
    }
    for (name, change, expected) in HOVERS {
        add(format!("explains {name}"), Box::new(|server| hover(server, change, expected)));
    }
    for (name, change, expected) in DEFINITIONS {
        add(format!("leads to {name}"), Box::new(|server| define(server, change, expected)));
    }
    for (name, change, expected) in RENAMES {
        add(format!("renames {name}"), Box::new(|server| rename(server, change, expected)));
    }
    add("says nothing of what is right".to_owned(), Box::new(diagnose));
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(server);
    conclusion.exit();
}
