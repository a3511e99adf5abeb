//! The program as it is called: exit codes, standard input, and the text that the README shows.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, missing_docs)]

use std::io::Write;
use std::process::{Command, Output, Stdio};

/// Runs `cargo xacct` with a text on its standard input.
fn xacct(arguments: &[&str], stdin: &str) -> Output {
    let mut process = Command::new(env!("CARGO_BIN_EXE_cargo-xacct"))
        .arg("xacct")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // The program doesn't read its input if the arguments are wrong.
    let _ = process.stdin.take().unwrap().write_all(stdin.as_bytes());
    process.wait_with_output().unwrap()
}

/// A pipeline that starts another pipeline, as `get-pipeline` prints it.
fn release(target: &str) -> String {
    let action = |name: &str, category: &str, provider: &str, rest: &str| {
        format!(
            r#"        {{
          "name": "{name}",
          "actionTypeId": {{ "category": "{category}", "owner": "AWS", "provider": "{provider}", "version": "1" }},
{rest}
        }}"#
        )
    };
    let source = action(
        "code",
        "Source",
        "CodeCommit",
        r#"          "configuration": { "RepositoryName": "shop", "BranchName": "main" },
          "outputArtifacts": [{ "name": "Code" }]"#,
    );
    let start = action(
        "deploy",
        "Invoke",
        "CodePipeline",
        &format!(
            r#"          "runOrder": 1,
          "roleArn": "arn:aws:iam::222222222222:role/deploy-invoker",
          "configuration": {{
              "PipelineName": "{target}"
          }}"#
        ),
    );
    format!(
        r#"{{
  "pipeline": {{
    "name": "release",
    "roleArn": "arn:aws:iam::111111111111:role/release-service",
    "artifactStore": {{ "type": "S3", "location": "release-artifacts" }},
    "pipelineType": "V2",
    "version": 1,
    "stages": [
      {{
        "name": "Source",
        "actions": [
{source}
        ]
      }},
      {{
        "name": "Deploy",
        "actions": [
{start}
        ]
      }}
    ]
  }},
  "metadata": {{ "pipelineArn": "arn:aws:codepipeline:eu-west-1:111111111111:release" }}
}}
"#
    )
}

#[test]
fn a_right_pipeline_is_0() {
    let output = xacct(&["check", "--deny-warnings", "-"], &release("deploy"));
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "no findings in 1 file\n");
}

#[test]
fn an_error_is_1_and_reads_as_the_readme_shows_it() {
    let folder = std::env::temp_dir().join(format!("codepipeline-xacct-command-line-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("release.json"), release("arn:aws:codepipeline:eu-west-1:222222222222:deploy")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-xacct"))
        .args(["xacct", "check", "release.json"])
        .current_dir(&folder)
        .output()
        .unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(include_str!("../../README.md").contains(&format!("```text\n{text}```")), "{text}");
}

#[test]
fn what_can_not_be_read_is_2() {
    for (arguments, stdin) in [(&["check", "-"][..], "{"), (&["check", "no such file"], ""), (&["check"], "")] {
        assert_eq!(xacct(arguments, stdin).status.code(), Some(2), "{arguments:?}");
    }
}

#[test]
fn a_broken_chain_is_1_and_reads_as_the_readme_shows_it() {
    let output = xacct(&["wiring", "-"], include_str!("../../examples/wiring.json"));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(include_str!("../../README.md").contains(&format!("```text\n{text}```")), "{text}");
}

#[test]
fn a_rule_is_explained() {
    let output = xacct(&["explain", "xa0701"], "");
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.starts_with("error[XA0701]: `PipelineName` is not the bare name of a pipeline\n"), "{text}");
    assert!(text.contains(
        "source: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-PipelineInvoke.html"
    ));
}

/// A directory for one test, with these files.
fn directory(name: &str, files: &[(&str, &str)]) -> std::path::PathBuf {
    let directory = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&directory);
    for (file, text) in files {
        let file = directory.join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    directory
}

const UNFORMATTED: &str = "fn f( ) {}\npipeline! { account A=\"111111111111\"; }\n";
const FORMATTED: &str = "fn f( ) {}\npipeline! { account A = \"111111111111\"; }\n";

#[test]
fn fmt_formats_the_rust_files_of_a_directory() {
    let files = [
        ("src/main.rs", UNFORMATTED),
        ("src/notes.txt", UNFORMATTED),
        ("src/no_rust.rs", "fn f( {"),
        ("src/formatted.rs", FORMATTED),
        (".hidden/file.rs", UNFORMATTED),
        ("target/CACHEDIR.TAG", ""),
        ("target/out.rs", UNFORMATTED),
    ];
    let directory = directory("fmt-directory", &files);
    let path = directory.to_str().unwrap();
    let read = |file: &str| std::fs::read_to_string(directory.join(file)).unwrap();

    let check = xacct(&["fmt", "--check", path], "");
    assert_eq!(check.status.code(), Some(1), "{check:?}");
    assert_eq!(String::from_utf8(check.stdout).unwrap(), format!("{path}/src/main.rs:2: not formatted\n"));
    assert!(check.stderr.is_empty());
    assert_eq!(read("src/main.rs"), UNFORMATTED, "--check changes nothing");

    let fmt = xacct(&["fmt", path], "");
    assert_eq!((fmt.status.code(), fmt.stdout, fmt.stderr), (Some(0), Vec::new(), Vec::new()));
    for (file, text) in files {
        assert_eq!(read(file), if file == "src/main.rs" { FORMATTED } else { text }, "{file}");
    }
    assert_eq!(xacct(&["fmt", "--check", path], "").status.code(), Some(0));
}

#[test]
fn fmt_formats_the_standard_input() {
    let fmt = xacct(&["fmt", "-"], UNFORMATTED);
    assert_eq!((fmt.status.code(), fmt.stdout), (Some(0), FORMATTED.as_bytes().to_vec()));
    let check = xacct(&["fmt", "--check", "-"], UNFORMATTED);
    assert_eq!((check.status.code(), check.stdout), (Some(1), b"<stdin>:2: not formatted\n".to_vec()));
}

#[test]
fn fmt_names_what_it_can_not_read() {
    let fmt = xacct(&["fmt", "-"], "pipeline! { account A = 1; }\npipeline! { account  B = \"1\"; }\n");
    assert_eq!(fmt.status.code(), Some(2));
    assert_eq!(
        String::from_utf8(fmt.stderr).unwrap(),
        "error: <stdin>:1:25: expected the account id as a string\n  help: write `account A = \"<account id>\";`\n"
    );
    // The other call is formatted.
    assert_eq!(
        String::from_utf8(fmt.stdout).unwrap(),
        "pipeline! { account A = 1; }\npipeline! { account B = \"1\"; }\n"
    );

    let fmt = xacct(&["fmt", "-"], "fn f( {");
    assert_eq!((fmt.status.code(), fmt.stdout), (Some(2), Vec::new()));
    assert_eq!(String::from_utf8(fmt.stderr).unwrap(), "error: <stdin>:1:7: this is not Rust\n");
    assert_eq!(xacct(&["fmt", "no such file"], "").status.code(), Some(2));
}

#[test]
fn fmt_takes_the_width_of_rustfmt() {
    let call = "pipeline! {\n    extern pipeline Deploy in Prod { name: \"deploy\", region: \"eu-west-1\" }\n}\n";
    let broken = "pipeline! {\n    extern pipeline Deploy in Prod {\n        name: \"deploy\",\n        region: \"eu-west-1\",\n    }\n}\n";
    let files = [
        ("wide.rs", call),
        ("narrow/.rustfmt.toml", "max_width = 60\nuse_small_heuristics = \"Max\" # ours"),
        ("narrow/src/lib.rs", call),
        ("wrong/rustfmt.toml", "max_width = \"60\""),
        ("wrong/lib.rs", call),
        ("deep/rustfmt.toml", "tab_spaces = 9223372036854775807"),
        ("deep/lib.rs", call),
        ("no_toml/rustfmt.toml", "max_width"),
        ("no_toml/lib.rs", call),
    ];
    let directory = directory("fmt-width", &files);
    let path = directory.to_str().unwrap();
    let fmt = xacct(&["fmt", path], "");
    assert_eq!(fmt.status.code(), Some(2));
    let said = String::from_utf8(fmt.stderr).unwrap();
    let said: Vec<&str> = said.lines().collect();
    assert_eq!(said.len(), 3, "{said:?}");
    assert_eq!(said[0], format!("error: {path}/deep/rustfmt.toml: `tab_spaces` is not a number of characters"));
    assert!(said[1].starts_with(&format!("error: {path}/no_toml/rustfmt.toml: ")), "{said:?}");
    assert_eq!(said[2], format!("error: {path}/wrong/rustfmt.toml: `max_width` is not a number of characters"));
    for (file, text) in files {
        let expected = if file == "narrow/src/lib.rs" { broken } else { text };
        assert_eq!(std::fs::read_to_string(directory.join(file)).unwrap(), expected, "{file}");
    }
}

#[test]
fn doctor_reads_files_of_several_accounts() {
    let bare = |name: &str| format!(r#"{{"pipeline":{{"name":"{name}","stages":[]}}}}"#);
    let files = [("release.json", bare("release")), ("deploy.json", bare("deploy"))];
    let directory = directory("doctor-accounts", &files.each_ref().map(|(name, text)| (*name, text.as_str())));
    let [release, deploy] = files.map(|(name, _)| directory.join(name).to_str().unwrap().to_owned());
    let in_b = format!("{deploy}=222222222222");
    let in_us = format!("{deploy}=us-east-1");
    let places = ["--region", "eu-west-1", "--region", &in_us, "--account", "111111111111", "--account"];
    let files = ["--offline", &release, &deploy];
    let read = xacct(&[&["doctor"], &places[..], &[&in_b], &files].concat(), "");
    let text = String::from_utf8(read.stdout).unwrap();
    for arn in ["eu-west-1:111111111111:release", "us-east-1:222222222222:deploy"] {
        assert!(text.contains(&format!("arn:aws:codepipeline:{arn}")), "{text}");
    }
    let misplaced = xacct(&[&["doctor"], &places[..], &["other.json=222222222222"], &files].concat(), "");
    assert_eq!(misplaced.status.code(), Some(1));
    let said = String::from_utf8(misplaced.stderr).unwrap();
    assert!(said.starts_with("error: --account other.json=…: no file "), "{said}");
    let twice = xacct(&[&["doctor"], &places[..], &[&in_b, "--region", "us-east-1"], &files].concat(), "");
    assert_eq!(twice.status.code(), Some(1));
    let said = String::from_utf8(twice.stderr).unwrap();
    assert_eq!(said, "error: --region: it is given twice for all files\n");
}

#[test]
fn doctor_reads_files_and_has_exit_codes_of_its_own() {
    let folder = std::env::temp_dir().join(format!("xacct-doctor-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (pipeline, roles) = (folder.join("release.json"), folder.join("roles.json"));
    std::fs::write(&pipeline, release("deploy")).unwrap();
    let chain = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/wiring.json")).unwrap();
    let chain = chain.replace("role/service-role/release-service", "role/release-service");
    std::fs::write(&roles, chain.replace("DeployInvoker", "deploy-invoker")).unwrap();
    let (pipeline, roles) = (pipeline.to_str().unwrap(), roles.to_str().unwrap());
    let files = ["doctor", "--region", "eu-west-1", "--offline", pipeline, roles];
    let ill = xacct(&files, "");
    let text = String::from_utf8(ill.stdout).unwrap();
    assert_eq!(ill.status.code(), Some(2), "{text}");
    assert!(text.contains("✗ assumes arn:aws:iam::222222222222:role/deploy-invoker (stated)"), "{text}");
    assert!(text.contains("✓ starts arn:aws:codepipeline:eu-west-1:222222222222:deploy (stated)"), "{text}");
    let verbose = xacct(&[&files[..], &["--verbose"]].concat(), "");
    let text = String::from_utf8(verbose.stdout).unwrap();
    assert!(
        text.contains("aws iam update-assume-role-policy --role-name deploy-invoker --policy-document '{"),
        "{text}"
    );
    let redacted = xacct(&[&files[..], &["--redact", "--format", "json"]].concat(), "");
    let text = String::from_utf8(redacted.stdout).unwrap();
    assert!(!text.contains("222222222222") && !text.contains("deploy-invoker"), "{text}");
    // Without its roles, nothing is known, and nothing is called wrong.
    let unread = xacct(&["doctor", "--region", "eu-west-1", "--offline", pipeline], "");
    assert_eq!(unread.status.code(), Some(1), "{}", String::from_utf8_lossy(&unread.stdout));
    assert_eq!(xacct(&["doctor"], "").status.code(), Some(1));
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn graph_draws_what_files_state_and_what_is_denied() {
    let folder = std::env::temp_dir().join(format!("xacct-graph-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (pipeline, roles, svg) = (folder.join("release.json"), folder.join("roles.json"), folder.join("release.svg"));
    std::fs::write(&pipeline, release("deploy")).unwrap();
    let chain = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/wiring.json")).unwrap();
    let chain = chain.replace("role/service-role/release-service", "role/release-service");
    std::fs::write(&roles, chain.replace("DeployInvoker", "deploy-invoker")).unwrap();
    let files = ["graph", "--region", "eu-west-1", pipeline.to_str().unwrap(), roles.to_str().unwrap()];
    let drawn = xacct(&files, "");
    let text = String::from_utf8(drawn.stdout).unwrap();
    assert_eq!((drawn.status.code(), drawn.stderr.as_slice()), (Some(0), &b""[..]));
    let link = "┼── ✗ assume ─▶ deploy-invoker in 222222222222 ── ✓ start ─▶ deploy\n";
    assert!(text.contains(link) && text.contains("runs as release-service ✓"), "{text}");
    // Nothing is reported about what no file says.
    let alone = xacct(&files[..4], "");
    let text = String::from_utf8(alone.stdout).unwrap();
    assert!(text.contains("── ? assume ─▶ deploy-invoker in 222222222222 ── ? start ─▶ deploy\n"), "{text}");
    for (format, title) in [("mermaid", "\n%% 1 pipeline\nflowchart LR\n"), ("dot", "digraph \"1 pipeline\" {\n")] {
        let drawn = xacct(&[&files[..], &["--format", format]].concat(), "");
        assert!(String::from_utf8(drawn.stdout).unwrap().contains(title), "{format}");
    }
    let written = xacct(&[&files[..], &["-o", svg.to_str().unwrap()]].concat(), "");
    assert_eq!((written.status.code(), written.stdout.as_slice()), (Some(0), &b""[..]));
    assert!(std::fs::read_to_string(&svg).unwrap().starts_with("<svg "));
    // The same picture is no reason to refuse, another is.
    let again = |more: &[&str]| xacct(&[&files[..4], &["-o", svg.to_str().unwrap()], more].concat(), "");
    assert_eq!(xacct(&[&files[..], &["-o", svg.to_str().unwrap()]].concat(), "").status.code(), Some(0));
    let refused = again(&[]);
    let why = format!("error: {}: the file exists; `--force` replaces it\n", svg.display());
    assert_eq!((refused.status.code(), String::from_utf8(refused.stderr).unwrap()), (Some(2), why));
    let before = std::fs::read_to_string(&svg).unwrap();
    assert_eq!(again(&["--force"]).status.code(), Some(0));
    assert_ne!(std::fs::read_to_string(&svg).unwrap(), before);
    let nowhere = pipeline.join("release.svg");
    let failed = xacct(&[&files[..], &["-o", nowhere.to_str().unwrap()]].concat(), "");
    assert_eq!(failed.status.code(), Some(2));
    assert!(String::from_utf8(failed.stderr).unwrap().starts_with(&format!("error: {}: ", nowhere.display())));
    let template = folder.join("release.yaml");
    let pipeline_of = "Resources: { P: { Type: AWS::CodePipeline::Pipeline, Properties: { Name: p, RoleArn: r } } }";
    std::fs::write(&template, pipeline_of).unwrap();
    let none = xacct(&["graph", template.to_str().unwrap()], "");
    let why = String::from_utf8(none.stderr).unwrap();
    assert!(why.starts_with("error: there is nothing to draw\nnot drawn: "), "{why}");
    let none = xacct(&["graph", roles.to_str().unwrap()], "");
    assert_eq!(String::from_utf8(none.stderr).unwrap(), "error: no file has a pipeline\n");
    std::fs::remove_dir_all(folder).unwrap();
}

/// A role of the account of the target as `iam get-account-authorization-details` prints it.
fn starter(allowed: &str) -> String {
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/release-service"},"Action":"sts:AssumeRole"}]}"#;
    let policy = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"codepipeline:StartPipelineExecution","Resource":"{allowed}"}}]}}"#
    );
    format!(
        r#"{{"RoleDetailList":[{{"Path":"/","RoleName":"starter","RoleId":"AROA1","Arn":"arn:aws:iam::222222222222:role/starter","AssumeRolePolicyDocument":{trust},"RolePolicyList":[{{"PolicyName":"start","PolicyDocument":{policy}}}],"AttachedManagedPolicies":[]}}],"Policies":[]}}"#
    )
}

#[test]
fn publishing_a_contract_is_the_command_of_a_program() {
    let output = xacct(&["contract", "publish", "Deploy", "-o", "contracts/deploy.json"], "");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("run `cargo run -- contract publish Deploy -o contracts/deploy.json`"), "{said}");
    let said = String::from_utf8(xacct(&["contract", "publish"], "").stderr).unwrap();
    assert!(said.contains("contract publish <ITEM> -o <FILE>`"), "{said}");
}

#[test]
fn contracts_are_pulled_from_files_and_compared_with_files() {
    let deploy = "arn:aws:codepipeline:eu-west-1:222222222222:deploy";
    let (release_arn, starter_arn) =
        ("arn:aws:codepipeline:eu-west-1:111111111111:release", "arn:aws:iam::222222222222:role/starter");
    let files = [("release.json", &*release("deploy")), ("roles.json", &starter(deploy))];
    let folder = directory("contracts", &files);
    let contract = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-xacct"));
        let output = command.args(["xacct", "contract"]).args(arguments).current_dir(&folder).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    let offline = ["--region", "eu-west-1", "--account", "111111111111", "--offline", "release.json", "roles.json"];
    let contract_of = |arguments: &[&str]| contract(&[arguments, &offline].concat());
    // Without a name, all pipelines.
    let (code, text, errors) = contract_of(&["pull"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert!(text.contains(&format!("\"arn\": \"{release_arn}\"")), "{text}");
    let roles = contract(&["pull", "--offline", "roles.json"]);
    let none = "error: no file has a pipeline\n  help: name the roles that you want contracts of\n";
    assert_eq!(roles, (1, String::new(), none.to_owned()));
    let nobody = contract_of(&["pull", "nobody"]);
    assert_eq!(nobody, (1, String::new(), "error: no file has a pipeline or a role `nobody`\n".to_owned()));
    let (code, text, errors) = contract_of(&["pull", "release", starter_arn, "-o", "contracts"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    assert_eq!(text, "contracts/release.json: written\ncontracts/starter.json: written\n");
    let (code, text, errors) = contract_of(&["check"]);
    assert_eq!((code, errors.as_str()), (0, ""));
    let same = format!(
        "contracts/release.json: pipeline {release_arn} is unchanged\ncontracts/starter.json: role {starter_arn} is unchanged\n"
    );
    assert_eq!(text, same);
    // Only what was pulled before is pulled again without being told.
    let pull = |more: &[&str]| contract_of(&[&["pull", "release", "-o", "contracts/starter.json"], more].concat());
    let why = "error: contracts/starter.json: the file exists; `--force` replaces it\n";
    assert_eq!(pull(&[]), (1, String::new(), why.to_owned()));
    assert_eq!(pull(&["--force"]), (0, "contracts/starter.json: written\n".to_owned(), String::new()));
    assert_eq!(contract_of(&["pull", starter_arn, "-o", "contracts/starter.json", "--force"]).0, 0);

    // Another team takes a policy away, a file of the pipeline is missing, and a contract was edited.
    std::fs::write(folder.join("roles.json"), starter(release_arn)).unwrap();
    std::fs::write(folder.join("contracts/none.json"), "{}").unwrap();
    let check = ["check", "--format", "json", "--offline", "roles.json"];
    let (code, text, errors) = contract(&check);
    assert_eq!((code, errors.as_str()), (2, ""), "{text}");
    let answer: serde_json::Value = serde_json::from_str(&text).unwrap();
    let origin = |version: Option<i64>| serde_json::json!({ "topology": null, "version": version, "updated": null });
    let expected = serde_json::json!([
        {
            "file": "contracts/release.json", "kind": "pipeline", "arn": release_arn, "status": "unread",
            "changed": [], "changed_by": [], "unread": [], "message": "no file states it", "contract": origin(Some(1)), "now": null,
        },
        {
            "file": "contracts/starter.json", "kind": "role", "arn": starter_arn, "status": "changed",
            "changed": [
                format!("it may no longer: codepipeline:StartPipelineExecution on {deploy}"),
                format!("it may now: codepipeline:StartPipelineExecution on {release_arn}"),
            ],
            "changed_by": [], "unread": [], "message": null, "contract": origin(None), "now": origin(None),
        },
    ]);
    assert_eq!(answer["contracts"], expected, "{text}");
    assert_eq!(answer["unreadable"][0]["file"], "contracts/none.json", "{text}");
    // An unknown alone is not a change.
    let (code, text, errors) = contract(&["check", "contracts/release.json", "--offline", "roles.json"]);
    let unread = format!("contracts/release.json: pipeline {release_arn} could not be read: no file states it\n");
    assert_eq!((code, text, errors.as_str()), (1, unread, ""));
}

#[test]
fn several_contracts_in_one_file_are_that_of_their_account() {
    let deploy = "arn:aws:codepipeline:eu-west-1:222222222222:deploy";
    let starter_arn = "arn:aws:iam::222222222222:role/starter";
    let files = [("release.json", &*release("scan")), ("roles.json", &starter(deploy))];
    let folder = directory("account-contract", &files);
    let contract = |arguments: &[&str]| {
        let offline = ["--region", "eu-west-1", "--account", "222222222222", "--offline", "release.json", "roles.json"];
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-xacct"));
        command.args(["xacct", "contract"]).args(arguments).args(offline);
        let output = command.current_dir(&folder).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    };
    let path = "contracts/prod.json";
    let written = |text: &str| (0, format!("{path}: {text}\n"), String::new());
    let (code, _, errors) = contract(&["pull", "release", starter_arn, "-o", path]);
    assert!(code == 1 && errors.contains("a file holds one contract, of one account"), "{errors}");
    let here = release("scan").replace(":111111111111:release", ":222222222222:release");
    std::fs::write(folder.join("release.json"), here).unwrap();
    assert_eq!(contract(&["pull", "release", starter_arn, "-o", path]), written("written"));
    let text = std::fs::read_to_string(folder.join(path)).unwrap();
    assert!(text.contains("\"Release\": {") && text.contains("\"Starter\": {"), "{text}");
    let same = format!("{path}: account arn:aws:iam::222222222222:root is unchanged\n");
    assert_eq!(contract(&["check"]), (0, same, String::new()));
    // Without names it is pulled again, and with one, that is.
    assert_eq!(contract(&["pull", "-o", path]), written("unchanged"));
    assert_eq!(contract(&["pull", starter_arn, "-o", path]), written("unchanged"));

    std::fs::write(folder.join("roles.json"), starter("arn:aws:codepipeline:eu-west-1:222222222222:other")).unwrap();
    let (code, text, _) = contract(&["check"]);
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("role `Starter`: it may no longer: codepipeline:StartPipelineExecution"), "{text}");
    assert!(text.contains(&format!("help: `cargo xacct contract pull -o {path}` records it")), "{text}");
    assert_eq!(contract(&["pull", "-o", path]), written("written"));

    let nothing = Command::new(env!("CARGO_BIN_EXE_cargo-xacct"))
        .args(["xacct", "contract", "pull", "-o", "none.json"])
        .current_dir(&folder)
        .output()
        .unwrap();
    assert!(String::from_utf8(nothing.stderr).unwrap().contains("there is no contract to pull again"));
}

#[test]
fn import_writes_in_the_style_of_the_folder_in_which_it_is_called() {
    let files = [("rustfmt.toml", "tab_spaces = 2"), ("src/lib.rs", ""), ("release.json", &release("deploy"))];
    let folder = directory("import-style", &files).join("src");
    let output = Command::new(env!("CARGO_BIN_EXE_cargo-xacct"))
        .args(["import", "--region", "eu-west-1", "-o", "pipelines.rs", "../release.json"])
        .current_dir(&folder)
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert!(std::fs::read_to_string(folder.join("pipelines.rs")).unwrap().contains("\n  pub pipeline "));
    assert_eq!(xacct(&["fmt", "--check", folder.to_str().unwrap()], "").status.code(), Some(0));
}

#[test]
fn completions_and_manual_pages_have_every_command() {
    let bash = xacct(&["completions", "bash"], "");
    let script = String::from_utf8(bash.stdout).unwrap();
    assert_eq!(bash.status.code(), Some(0));
    #[cfg(unix)]
    {
        // What bash offers for a word behind others.
        let offered = |words: &[&str]| {
            let calls = format!(
                "{script}\nCOMP_WORDS=({}); COMP_CWORD={}\n$(complete -p cargo-xacct | sed 's/.*-F \\([^ ]*\\) .*/\\1/') cargo-xacct '{}' '{}'\n",
                words.join(" "),
                words.len() - 1,
                words[words.len() - 1],
                words[words.len() - 2],
            );
            let script = format!("{calls}printf '%s\\n' \"${{COMPREPLY[@]}}\"");
            let bash = Command::new("bash").args(["-c", &script]).output().unwrap();
            String::from_utf8(bash.stdout).unwrap()
        };
        assert_eq!(offered(&["cargo-xacct", "wi"]), "wiring\n");
        assert_eq!(offered(&["cargo-xacct", "doctor", "--of"]), "--offline\n");
        assert_eq!(offered(&["cargo-xacct", "doctor", "--format", "j"]), "json\n");
    }
    let folder = directory("man", &[("file", "")]);
    let pages = xacct(&["man", folder.to_str().unwrap()], "");
    assert_eq!(pages.status.code(), Some(0), "{pages:?}");
    let pages = String::from_utf8(pages.stdout).unwrap();
    for command in ["check", "completions", "doctor", "explain", "fmt", "graph", "import", "man", "wiring"] {
        let page = folder.join(format!("cargo-xacct-{command}.1"));
        assert!(pages.lines().any(|line| line == page.to_str().unwrap()), "{pages}");
        assert!(std::fs::read_to_string(page).unwrap().contains(&format!("cargo\\-xacct\\-{command}")));
    }
    let changed = folder.join("cargo-xacct.1");
    std::fs::write(&changed, "mine").unwrap();
    let refused = xacct(&["man", folder.to_str().unwrap()], "");
    let why = format!("error: {}: the file exists; `--force` replaces it\n", changed.display());
    assert_eq!((refused.status.code(), String::from_utf8(refused.stderr).unwrap()), (Some(2), why));
    assert_eq!(xacct(&["man", folder.to_str().unwrap(), "--force"], "").status.code(), Some(0));
    let failed = xacct(&["man", folder.join("file/man1").to_str().unwrap()], "");
    assert_eq!(failed.status.code(), Some(2));
    assert!(String::from_utf8(failed.stderr).unwrap().starts_with("error: "));
}
