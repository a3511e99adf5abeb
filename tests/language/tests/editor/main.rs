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
        Exactly(&["artifact_buckets", "execution_mode", "pipeline_type", "stage", "tags", "triggers", "variables"]),
    ),
    (
        "a key that is begun before others",
        "execution_mode: QUEUED, => §pipel execution_mode: QUEUED,",
        Exactly(&["artifact_buckets", "pipeline_type", "stage", "tags", "triggers", "variables"]),
    ),
    ("a key of a role", "name: \"invoker\", => name: \"invoker\", pat§", Exactly(&["path", "policies", "tags"])),
    (
        "a key of an invoke",
        "role: prod::Invoker, => ro§",
        Exactly(&["follow", "namespace", "role", "run_order", "source_revisions", "wait"]),
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
    (
        "a blank line between the keys of a pipeline",
        "execution_mode: QUEUED, => execution_mode: QUEUED,\n        §\n",
        Exactly(&["artifact_buckets", "pipeline_type", "stage", "tags", "triggers", "variables"]),
    ),
    (
        "a blank line before a stage",
        "stage \"Deploy\" { => §\n\n        stage \"Deploy\" {",
        Exactly(&["artifact_buckets", "pipeline_type", "stage", "tags", "triggers", "variables"]),
    ),
    (
        "a blank line before the actions of a stage",
        "on_failure: RETRY(ALL_ACTIONS), => on_failure: RETRY(ALL_ACTIONS),\n            §\n",
        Exactly(&["action", "add", "before_entry", "blockers", "invoke", "on_success", "source"]),
    ),
    (
        "a blank line behind an action",
        "input: Code } => input: Code }\n            §\n",
        Exactly(&["action", "add", "before_entry", "blockers", "invoke", "on_success", "source"]),
    ),
    (
        "a blank line of an invoke",
        "role: prod::Invoker, => role: prod::Invoker,\n                §\n",
        Exactly(&["follow", "namespace", "run_order", "source_revisions", "wait"]),
    ),
    (
        "a blank line of a role",
        "starts: [Deploy], => starts: [Deploy],\n            §\n",
        Exactly(&["path", "policies", "tags"]),
    ),
    (
        "empty braces of an action",
        "{ project_name: \"build\", input: Code } => { § }",
        Also(&["project_name", "environment_variables", "input", "run_order"]),
    ),
    ("empty braces of a role", "/// Releases the shop. => role Deployer in Tooling { § }\n", Also(&["name", "trusts"])),
    ("empty braces of an account", "\"111111111111\"; => \"111111111111\" { § }", Exactly(&["partition"])),
    (
        "empty braces of variables",
        "variables: { version: \"#{Source.CommitId}\" } => variables: { § }",
        Exactly(&["level", "version"]),
    ),
    (
        "empty braces of a statement",
        "starts: [Deploy], => starts: [Deploy], policies: [{ § }],",
        Also(&["Effect", "Action", "Resource"]),
    ),
    (
        "empty braces of a variable",
        "execution_mode: QUEUED, => variables: { level: { § } },",
        Exactly(&["default_value", "description"]),
    ),
    (
        "empty braces of a rule",
        "on_failure: RETRY(ALL_ACTIONS), => before_entry: SKIP({ wanted: VariableCheck({ § }) }),",
        Also(&["variable", "operator", "value"]),
    ),
    ("a word that begins a stage", "stage \"Deploy\" { => sta§\n\n        stage \"Deploy\" {", Also(&["stage"])),
    (
        "a word that begins an action",
        "input: Code } => input: Code }\n            inv§\n",
        Also(&["action", "invoke", "source"]),
    ),
    ("a source action that triggers", "execution_mode: QUEUED, => triggers: { § },", Exactly(&["code"])),
    (
        "a source action that triggers and is begun",
        "execution_mode: QUEUED, => triggers: { co§: { push: {} } },",
        Exactly(&["code"]),
    ),
    ("a trigger", "execution_mode: QUEUED, => triggers: { code: { § } },", Exactly(&["pull_request", "push"])),
    (
        "a filter of pushes",
        "execution_mode: QUEUED, => triggers: { code: { push: [{ § }] } },",
        Exactly(&["branches", "file_paths", "tags"]),
    ),
    (
        "an event of pull requests",
        "execution_mode: QUEUED, => triggers: { code: { pull_request: [{ branches: [\"main\"], events: [O§] }] } },",
        Also(&["CLOSED", "OPEN", "UPDATED"]),
    ),
    (
        "an event that is not begun",
        "execution_mode: QUEUED, => triggers: { code: { pull_request: { branches: [\"main\"], events: [§] } } },",
        Also(&["CLOSED", "OPEN", "UPDATED"]),
    ),
    (
        "a bucket",
        "artifact_bucket: \"release-artifacts\", => artifact_bucket: { § },",
        Exactly(&["encryption_key", "location"]),
    ),
    ("a way to name a role", "role: prod::Invoker, => role: §,", Also(&["managed", "existing", "extended", "prod"])),
    (
        "a way to name a service role that is begun",
        "service_role: managed(\"release-service\"), => service_role: ma§,",
        Also(&["managed", "existing", "extended", "prod"]),
    ),
    ("a way to trust", "trusts: [super::Tooling] => trusts: [§]", Also(&["role", "whole_account", "Prod"])),
    (
        "a way to trust one more",
        "trusts: [super::Tooling] => trusts: [super::Tooling, §]",
        Also(&["role", "whole_account", "Prod"]),
    ),
    (
        "an account that is not begun",
        "(branch: &str) in Tooling { => (branch: &str) in § {",
        Also(&["Tooling", "prod"]),
    ),
    ("a target that is not begun", "\"start\": prod::Deploy { => \"start\": § {", Also(&["prod"])),
    ("a pipeline to start that is not begun", "starts: [Deploy] => starts: [§]", Also(&["Deploy"])),
    (
        "a provider of an action without braces",
        "action \"build\": CodeBuild { project_name: \"build\", input: Code } => action \"build\": §",
        Also(&["CodeBuild", "Manual", "StepFunctions", "Test"]),
    ),
    // What rust-analyzer can't do, as the book says.
    ("nothing in a string", "#{Source.CommitId} => #{§}", Exactly(&[])),
    ("nothing right behind a colon", "role: prod::Invoker, => role:§", Exactly(&[])),
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
    ("a pipeline with parameters", "pub pipeline Rel§ease", "Releases the shop."),
    ("a variable of the target", "variables: { vers§ion: \"#{", "Variable `version` of `Deploy`."),
    ("the short path of a key", "execution§_mode: QUEUED", "codepipeline_xacct::keys::Pipeline\n"),
    ("the short path of a provider", "\"code\": CodeCo§mmit", "codepipeline_xacct::keys::source\n"),
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

/// One mistake, and how the only message begins.
const MISTAKES: &[(&str, &str, &str)] = &[
    ("a key of a pipeline is misspelt", "name: \"release\" => §nam: \"release\"", "`nam` is not a key of a pipeline"),
    ("a key of a stage is misspelt", "on_failure: RETRY => §on_failur: RETRY", "`on_failur` is not a key of a stage"),
    (
        "a key of a provider is misspelt",
        "project_name: \"b => §projct: \"b",
        "`projct` is not a key of a CodeBuild action",
    ),
    ("a key of an invoke is misspelt", "role: prod::I => §rol: prod::I", "`rol` is not a key of an invoke action"),
    ("a key of a role is misspelt", "starts: [Deploy] => §start: [Deploy]", "`start` is not a key of a role"),
    ("a key is half typed", "execution_mode: QUEUED, => execu§", "`execu` is not a key of a pipeline"),
    (
        "a key is half typed before others",
        "execution_mode: QUEUED, => §exec execution_mode: QUEUED,",
        "`exec` is not a key of a pipeline",
    ),
    (
        "a key of an action is half typed",
        "input: Code } => input: Code, run§ }",
        "`run` is not a key of a CodeBuild action",
    ),
    ("a word is half typed", "execution_mode: QUEUED, => execution_mode: QU§,", "`execution_mode` can't be `QU`"),
    ("a value is missing", "execution_mode: QUEUED, => execution_mode: §,", "expected a value for `execution_mode`"),
    ("a role is missing", "role: prod::Invoker, => role: §,", "expected a value for `role`"),
    ("a provider is missing", "\"build\": CodeBuild { => \"build\": § {", "expected the provider of action \"build\""),
    ("a provider is misspelt", "\"build\": CodeBuild { => \"build\": CodeBild {§", "`CodeBild` is not an action"),
    ("an artifact is misspelt", "input: Code } => input: Cod§ }", "no action makes artifact `Cod`"),
    ("a colon is missing", "execution_mode: QUEUED, => execution_mode§ QUEUED,", "expected `:` after `execution_mode`"),
    (
        "a comma is missing",
        "region: \"eu-west-1\",\n        execution_mode => region: \"eu-west-1\"§\n        execution_mode",
        "expected `,`",
    ),
    ("a namespace is misspelt", "#{Source.CommitId} => #{§Sorce.CommitId}", "`#{Sorce.CommitId}`"),
    (
        "a trigger has no source action",
        "execution_mode: QUEUED, => triggers: { cod§: { push: { branches: [\"main\"] } } },",
        "there is no source action `cod`",
    ),
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
    assert!(!said.contains("macro_support"), "{said}");
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

fn mistake(server: &mut Server, change: &str, expected: &str) {
    let (text, _) = edit(change);
    server.edit(&text);
    let found = server.diagnostics();
    let [(_, message)] = found.as_slice() else { panic!("{found:?}") };
    assert!(message.starts_with(expected), "{message}");
}

/// The items of the program, with the text at whose start each is found.
const SYMBOLS: &[(&str, &str)] = &[
    ("Tooling", "Tooling = "),
    ("Prod", "Prod = "),
    ("Invoker", "Invoker in Prod"),
    ("Deploy", "Deploy in Prod"),
    ("Release", "Release(branch"),
];

fn find(server: &mut Server, name: &str, expected: &str) {
    server.edit(PROGRAM);
    let (line, column) = server::line_and_column(PROGRAM, PROGRAM.find(expected).expect("the item"));
    let place = Place { file: "main.rs".to_owned(), line, column };
    let found = server.symbols(name);
    assert!(found.contains(&place), "{found:?}");
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
    for (name, change, expected) in MISTAKES {
        add(format!("says once that {name}"), Box::new(|server| mistake(server, change, expected)));
    }
    for (name, expected) in SYMBOLS {
        add(format!("finds {name} by its name"), Box::new(|server| find(server, name, expected)));
    }
    add("says nothing of what is right".to_owned(), Box::new(diagnose));
    let conclusion = libtest_mimic::run(&arguments, trials);
    drop(server);
    conclusion.exit();
}
