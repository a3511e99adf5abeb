use std::cell::RefCell;
use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::rc::Rc;

use serde_json::{Value, json};

use super::cargo_xacct as run;

/// Valid except for `runOrder` and `extra`.
fn declaration(run_order: u32, extra: &str) -> String {
    let text = r#"{
  "pipeline": {
    "name": "deploy",
    "roleArn": "arn:aws:iam::111111111111:role/service",
    "artifactStore": { "type": "S3", "location": "artifacts-of-deploy" },
    "stages": [
      {
        "name": "Source",
        "actions": [
          {
            "name": "code",
            "actionTypeId": { "category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1" },
            "configuration": { "RepositoryName": "code", "BranchName": "main", "PollForSourceChanges": "false" },
            "outputArtifacts": [{ "name": "Code" }]
          }
        ]
      },
      {
        "name": "Build",
        "actions": [
          {
            "name": "build",
            "actionTypeId": { "category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1" },
            "runOrder": RUN_ORDER,EXTRA
            "configuration": { "ProjectName": "build" },
            "inputArtifacts": [{ "name": "Code" }]
          }
        ]
      }
    ],
    "pipelineType": "V2"
  }
}
"#;
    text.replace("RUN_ORDER", &run_order.to_string()).replace("EXTRA", extra)
}

const TWICE: &str = "\n            \"runOrder\": 2,";

/// Exit code, standard output and standard error.
fn xacct(args: &[&str], stdin: &str) -> (u8, String, String) {
    coloured(args, stdin, false)
}

fn coloured(args: &[&str], stdin: &str, colour: bool) -> (u8, String, String) {
    let args = ["cargo-xacct", "xacct"].iter().chain(args).map(OsString::from);
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let code = run(args, &mut stdin.as_bytes(), &mut stdout, &mut stderr, colour);
    (code, String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn said(code: u8, stdout: &str, stderr: &str) -> (u8, String, String) {
    (code, stdout.to_owned(), stderr.to_owned())
}

#[test]
fn a_clean_file_is_clean() {
    assert_eq!(xacct(&["check", "-"], &declaration(1, "")), said(0, "no findings in 1 file\n", ""));
}

#[test]
fn cargo_is_not_needed() {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let args = ["cargo-xacct", "check", "-"].map(OsString::from);
    assert_eq!(run(args, &mut declaration(1, "").as_bytes(), &mut stdout, &mut stderr, false), 0);
}

#[test]
fn an_error_is_shown_where_it_stands() {
    let expected = "\
error[XA0109]: run order 1000 is not between 1 and 999
  --> <stdin>:24:25
   |
24 |             \"runOrder\": 1000,
   |                         ^^^^
   |
   = help: write 999

1 error in 1 file
";
    assert_eq!(xacct(&["check", "-"], &declaration(1000, "")), said(1, expected, ""));
}

#[test]
fn a_member_that_stands_twice_is_a_warning() {
    let text = declaration(1, TWICE);
    let expected = "\
warning[XA0004]: member `runOrder` appears twice; only the last one counts
  --> <stdin>:25:13
   |
25 |             \"runOrder\": 2,
   |             ^^^^^^^^^^

1 warning in 1 file
";
    assert_eq!(xacct(&["check", "-"], &text), said(0, expected, ""));
    assert_eq!(xacct(&["check", "--deny-warnings", "-"], &text), said(1, expected, ""));
}

#[test]
fn findings_have_help_and_are_in_the_order_of_the_file() {
    let text = declaration(1000, "\n            \"namespace\": \"a b\", \"namespace\": \"codepipeline\",");
    let (code, stdout, _) = xacct(&["check", "-"], &text);
    let lines: Vec<_> = stdout.lines().filter(|line| line.starts_with(['e', 'w', '1', '2'])).collect();
    let starts: Vec<_> = lines.iter().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(code, 1);
    assert_eq!(starts[..3], ["error[XA0109]", "24 |             \"runOrder\"", "warning[XA0004]"], "{stdout}");
    assert!(stdout.contains("   |\n   = help: choose another name\n"), "{stdout}");
    assert!(stdout.ends_with("\n\n2 errors, 1 warning in 1 file\n"), "{stdout}");
}

#[test]
fn what_goes_on_in_the_next_line_is_marked_at_its_bracket() {
    let text = r#"{ "name": "deploy", "stages": [{
        "name": "S" }, {
            "actions": [] }] }"#;
    let (_, stdout, _) = xacct(&["check", "-"], text);
    assert!(stdout.contains("  |\n2 |         \"name\": \"S\" }, {\n  |                        ^\n"), "{stdout}");
}

#[test]
fn colour_is_for_terminals() {
    let text = declaration(1000, "");
    assert!(!coloured(&["check", "-"], &text, false).1.contains('\u{1b}'));
    assert!(coloured(&["check", "-"], &text, true).1.contains('\u{1b}'));
    assert!(!coloured(&["check", "--format", "json", "-"], &text, true).1.contains('\u{1b}'));
}

#[test]
fn control_characters_of_the_file_do_not_reach_the_terminal() {
    let text = declaration(1, r#" "region": "\u001b[31m\u0007","#);
    let (code, stdout, _) = xacct(&["check", "-"], &text);
    assert_eq!(code, 1);
    assert!(!stdout.contains(['\u{1b}', '\u{7}']), "{stdout:?}");
}

#[test]
fn a_file_of_one_long_line_is_cut_to_the_place() {
    let text: Value = serde_json::from_str(&declaration(1000, "")).unwrap();
    let (_, stdout, _) = xacct(&["check", "-"], &text.to_string());
    let column = text.to_string().find("1000").unwrap() + 1;
    assert!(stdout.contains(&format!(" --> <stdin>:1:{column}\n")), "{stdout}");
    assert!(stdout.lines().all(|line| line.chars().count() <= 150), "{stdout}");
}

#[test]
fn json_is_stable() {
    let expected = r#"{
  "findings": [
    {
      "file": "<stdin>",
      "code": "XA0109",
      "severity": "error",
      "path": "pipeline.stages[1].actions[0].runOrder",
      "line": 24,
      "column": 25,
      "message": "run order 1000 is not between 1 and 999",
      "help": "write 999"
    }
  ]
}
"#;
    assert_eq!(xacct(&["check", "--format", "json", "-"], &declaration(1000, "")), said(1, expected, ""));
    let clean = xacct(&["check", "--format=json", "-"], &declaration(1, ""));
    assert_eq!(clean, said(0, "{\n  \"findings\": []\n}\n", ""));
}

#[test]
fn json_names_what_is_unreadable() {
    let (code, stdout, stderr) = xacct(&["check", "--format", "json", "-", "/no/such/file.json"], "{\n");
    let mut value: Value = serde_json::from_str(&stdout).unwrap();
    // The text of an I/O error comes from the system.
    let message = value["unreadable"][1]["message"].take();
    assert!(message.as_str().unwrap().starts_with("this can't be read: "));
    let expected = json!({ "findings": [], "unreadable": [
        { "file": "<stdin>", "line": 2, "column": 1, "message": "EOF while parsing an object" },
        { "file": "/no/such/file.json", "line": null, "column": null, "message": null },
    ] });
    assert_eq!((code, value, stderr.as_str()), (2, expected, ""));
}

#[test]
fn sarif_has_the_shape_that_code_scanning_reads() {
    let (code, stdout, _) = xacct(&["check", "--format", "sarif", "-"], &declaration(1000, ""));
    let value: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &value["version"]), (1, &json!("2.1.0")));
    let run = &value["runs"][0];
    assert_eq!(run["tool"]["driver"]["name"], "cargo-xacct");
    assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "XA0109");
    assert!(run["tool"]["driver"]["rules"][0]["shortDescription"]["text"].is_string());
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!(run.get("invocations"), None);
    let expected = json!([{
        "ruleId": "XA0109",
        "ruleIndex": 0,
        "level": "error",
        "message": { "text": "run order 1000 is not between 1 and 999\nhelp: write 999" },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": "%3Cstdin%3E" },
                "region": { "startLine": 24, "startColumn": 25, "endLine": 24, "endColumn": 29 },
            },
            "logicalLocations": [{ "fullyQualifiedName": "pipeline.stages[1].actions[0].runOrder" }],
        }],
    }]);
    assert_eq!(run["results"], expected);
}

#[test]
fn sarif_names_what_is_unreadable() {
    let (code, stdout, stderr) = xacct(&["check", "--format", "sarif", "-"], "{\n");
    let value: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, stderr.as_str()), (2, "error: <stdin>:2:1: EOF while parsing an object\n"));
    let expected = json!([{ "executionSuccessful": false, "toolExecutionNotifications": [{
        "level": "error",
        "message": { "text": "EOF while parsing an object" },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": "%3Cstdin%3E" },
            "region": { "startLine": 2, "startColumn": 1 },
        } }],
    }] }]);
    assert_eq!(value["runs"][0]["invocations"], expected);
}

#[test]
fn unreadable_files_do_not_keep_the_others_from_being_checked() {
    let (code, stdout, stderr) = xacct(&["check", "/no/such/file.json", "-"], &declaration(1000, ""));
    assert_eq!(code, 2);
    assert!(stderr.starts_with("error: /no/such/file.json: this can't be read: "), "{stderr}");
    assert!(stdout.starts_with("error[XA0109]"), "{stdout}");
    assert!(stdout.ends_with("\n1 error in 1 file, 1 file unreadable\n"), "{stdout}");
    let (_, stdout, stderr) = xacct(&["check", "-"], "[");
    assert_eq!(
        (stdout.as_str(), stderr.as_str()),
        ("1 file unreadable\n", "error: <stdin>:1:1: EOF while parsing a list\n")
    );
}

#[test]
fn text_that_is_not_utf8_is_unreadable() {
    let check = |mut bytes: &[u8]| {
        let args = ["cargo-xacct", "check", "-"].map(OsString::from);
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let code = run(args, &mut bytes, &mut stdout, &mut stderr, false);
        (code, String::from_utf8(stderr).unwrap())
    };
    assert_eq!(check(b"{\n\"n\xc3\xa4\xff"), (2, "error: <stdin>:2:4: this is not UTF-8\n".to_owned()));
    assert_eq!(check(b"\xff\xfe{\0}\0"), (2, "error: <stdin>:1:1: this is UTF-16, not UTF-8\n".to_owned()));
}

#[test]
fn several_files_are_checked_together() {
    let directory = std::env::temp_dir().join(format!("cargo-xacct-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    let path = |name: &str| directory.join(name).display().to_string();
    let (first, second) = (path("b.json"), path("a.json"));
    std::fs::write(&first, declaration(1000, "")).unwrap();
    std::fs::write(&second, declaration(2000, "").replace("\"deploy\"", "\"other\"")).unwrap();
    let (code, stdout, _) =
        xacct(&["check", "--account", "111111111111", "--region", "eu-west-1", &first, &second], "");
    std::fs::remove_dir_all(&directory).unwrap();
    assert_eq!(code, 1);
    let places: Vec<_> = stdout.lines().filter_map(|line| line.trim_start().strip_prefix("--> ")).collect();
    assert_eq!(places, [format!("{first}:24:25"), format!("{second}:24:25")]);
    assert!(stdout.ends_with("\n2 errors in 2 files\n"), "{stdout}");
}

#[test]
fn wrong_arguments_are_explained() {
    let (code, stdout, stderr) = xacct(&["check"], "");
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.contains("Usage: cargo xacct check <FILE>..."), "{stderr}");
    let (code, _, stderr) = xacct(&["check", "--account", "12", "-"], "");
    assert_eq!(code, 2);
    assert!(stderr.contains("`12` is not an account id of 12 digits"), "{stderr}");
    assert_eq!(xacct(&["check", "--format", "xml", "-"], "").0, 2);
    assert_eq!(xacct(&["chek", "-"], "").0, 2);
    assert_eq!(xacct(&[], "").0, 2);
}

#[test]
fn help_and_version_are_no_errors() {
    let (code, stdout, stderr) = xacct(&["--version"], "");
    assert_eq!((code, stdout, stderr.as_str()), (0, format!("cargo-xacct {}\n", env!("CARGO_PKG_VERSION")), ""));
    let (code, stdout, _) = xacct(&["check", "--help"], "");
    assert_eq!(code, 0);
    assert!(stdout.contains("--deny-warnings"), "{stdout}");
}

#[test]
fn rules_are_explained() {
    let (code, stdout, stderr) = xacct(&["explain", "xa0109"], "");
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert!(stdout.contains("XA0109"), "{stdout}");
    let (code, stdout, _) = xacct(&["explain"], "");
    assert_eq!(code, 0);
    assert!(stdout.lines().all(|line| line.starts_with("XA")), "{stdout}");
    assert!(stdout.lines().any(|line| line.starts_with("XA0109 error   ")), "{stdout}");
    assert_eq!(xacct(&["explain", "YB9999"], ""), said(2, "", "error: there is no rule `YB9999`\n"));
    let (code, _, stderr) = xacct(&["explain", "XA01099"], "");
    assert_eq!(code, 2);
    assert!(stderr.starts_with("error: there is no rule `XA01099`; did you mean `XA0109`?"), "{stderr}");
}

/// A stream that fails.
struct Failing(io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(self.0.into())
    }
}

#[test]
fn a_closed_pipe_is_quiet_and_a_full_disk_is_not() {
    let check = |kind| {
        let args = ["cargo-xacct", "check", "-"].map(OsString::from);
        let mut stderr = Vec::new();
        let code = run(args, &mut declaration(1000, "").as_bytes(), &mut Failing(kind), &mut stderr, false);
        (code, String::from_utf8(stderr).unwrap())
    };
    assert_eq!(check(io::ErrorKind::BrokenPipe), (1, String::new()));
    let (code, stderr) = check(io::ErrorKind::StorageFull);
    assert_eq!(code, 2);
    assert!(stderr.starts_with("error: cannot write: "), "{stderr}");
}

#[test]
fn a_standard_input_that_fails_is_unreadable() {
    let args = ["cargo-xacct", "check", "-"].map(OsString::from);
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    assert_eq!(run(args, &mut Failing(io::ErrorKind::TimedOut), &mut stdout, &mut stderr, false), 2);
    assert!(String::from_utf8(stderr).unwrap().starts_with("error: <stdin>: this can't be read: "));
}

/// The chain of the README, fixed, with edits at JSON pointers.
fn chain(edits: &[(&str, Value)]) -> Value {
    let mut chain: Value = serde_json::from_str(include_str!("../../../examples/wiring.json")).unwrap();
    let trust = chain.pointer_mut("/action_role/trust/Statement/0/Principal").unwrap();
    *trust = json!({ "AWS": "arn:aws:iam::111111111111:role/service-role/release-service" });
    for (pointer, value) in edits {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        chain.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value.clone());
    }
    chain
}

const ORGANIZATION: &str = "/action_role/trust/Statement/0/Condition";

fn of_organization() -> (&'static str, Value) {
    (ORGANIZATION, json!({ "StringEquals": { "aws:PrincipalOrgID": "o-example" } }))
}

#[test]
fn wiring_has_an_exit_code_per_answer() {
    for (edits, code, last) in [
        (vec![], 0, "authorized"),
        (vec![("/action_role/trust/Statement", json!([]))], 1, "not authorized"),
        (vec![("/service_role/arn", json!("release"))], 2, ""),
        (vec![of_organization()], 3, "unknown: the input does not determine the result"),
        (
            vec![of_organization(), ("/context", json!({ "assume": { "aws:PrincipalOrgID": "o-example" } }))],
            0,
            "authorized",
        ),
        (
            vec![of_organization(), ("/context", json!({ "assume": { "AWS:PrincipalOrgId": null } }))],
            1,
            "not authorized",
        ),
    ] {
        let (found, stdout, stderr) = xacct(&["wiring", "-"], &chain(&edits).to_string());
        assert_eq!((found, stdout.lines().last().unwrap_or_default()), (code, last), "{stdout}{stderr}");
        assert_eq!(stderr.is_empty(), code != 2, "{stderr}");
    }
    let (code, _, stderr) = xacct(&["wiring", "-"], "{\n  \"service_role\": }");
    assert_eq!((code, stderr.as_str()), (2, "error: <stdin>:2:19: expected value\n"));
    let (code, _, stderr) = xacct(&["wiring", "-"], "{}");
    assert_eq!(
        (code, stderr.as_str()),
        (2, "error: <stdin>:1:1: this is not a chain of roles: `service_role` is missing\n")
    );
}

#[test]
fn wiring_shows_in_json_what_decides_and_what_fixes() {
    let edits = [(
        "/service_role/permissions_boundary",
        json!({ "Version": "2012-10-17", "Statement": [{ "Sid": "Rest", "Effect": "Allow", "Action": "s3:*", "Resource": "*" }] }),
    )];
    let (code, stdout, _) = xacct(&["wiring", "--format", "json", "-"], &chain(&edits).to_string());
    let answer: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(code, 1);
    let verdicts = ["service_trust", "assume", "start", "authorized", "documents_valid"].map(|key| answer[key].clone());
    assert_eq!(verdicts, [json!("allowed"), json!("denied"), json!("allowed"), json!("denied"), json!(true)]);
    assert_eq!(
        answer["hops"]["assume"],
        json!({
            "verdict": "denied",
            "reason": "because no permissions boundary allows the sts:AssumeRole action",
            "decided_by": [],
            "fix": [{
                "change": "add to the permissions boundary of `arn:aws:iam::111111111111:role/service-role/release-service`",
                "statement": { "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::222222222222:role/DeployInvoker" },
            }],
        })
    );
    assert_eq!(
        answer["hops"]["start"]["decided_by"],
        json!([{
            "document": "policy `start` of `arn:aws:iam::222222222222:role/DeployInvoker`",
            "statement": 0,
            "sid": null,
            "effect": "Allow",
            "element": null,
        }])
    );
    let codes: Vec<&str> =
        answer["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect();
    assert_eq!(codes, ["XA1013"]);
    assert!(answer["hops"]["assume"]["context"].is_null(), "that is for --verbose");
    let (_, stdout, _) = xacct(&["wiring", "--format", "json", "--verbose", "-"], &chain(&edits).to_string());
    let answer: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(answer["hops"]["assume"]["context"]["sts:externalid"], "absent");
    assert_eq!(answer["hops"]["start"]["context"]["aws:requestedregion"], "eu-west-1");
    let (_, stdout, _) = xacct(&["wiring", "-v", "-"], &chain(&edits).to_string());
    assert!(stdout.contains("aws:principaltype: AssumedRole\n"), "{stdout}");
}

#[test]
fn a_document_that_iam_refuses_grants_nothing() {
    let edits = [("/action_role/trust/Statement/0/Effect", json!("allow"))];
    let (code, stdout, _) = xacct(&["wiring", "--format", "json", "-"], &chain(&edits).to_string());
    let answer: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((code, &answer["documents_valid"], &answer["assume"]), (1, &json!(false), &json!("denied")));
    assert_eq!(answer["findings"][0]["code"], "XA1301");
    assert_eq!(answer["findings"][0]["path"], "action_role / trust / Statement[0] / Effect");
    // A member that is hidden by a second one of the same name is seen too.
    let twice = chain(&[]).to_string().replacen("\"Effect\":", "\"Effect\":\"Deny\",\"Effect\":", 1);
    let (_, stdout, _) = xacct(&["wiring", "--format", "json", "-"], &twice);
    let answer: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&answer["documents_valid"], &answer["service_trust"]), (&json!(false), &json!("denied")));
}

#[test]
fn one_object_per_line_has_one_answer_per_line() {
    let mut named = chain(&[]);
    named["id"] = json!("right");
    let open = chain(&[of_organization(), ("/id", json!(7))]);
    let lines = format!("{named}\n\n{open}\n");
    let (code, stdout, _) = xacct(&["wiring", "--jsonl", "-"], &lines);
    assert_eq!(code, 3);
    let answers: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let said: Vec<_> = answers.iter().map(|answer| (&answer["id"], &answer["authorized"])).collect();
    assert_eq!(said, [(&json!("right"), &json!("allowed")), (&json!(7), &json!("unknown"))]);
    let (code, stdout, _) = xacct(&["wiring", "--jsonl", "-"], &format!("{lines}{{\"id\": 9}}\n"));
    assert_eq!(code, 2);
    let last: Value = serde_json::from_str(stdout.lines().last().unwrap()).unwrap();
    assert_eq!(
        last,
        json!({ "id": 9, "error": "<stdin>:4:1: this is not a chain of roles: `service_role` is missing" })
    );
}

/// Notes how often something is written, and refuses once it was written often enough.
struct Counted {
    writes: usize,
    limit: usize,
}

impl Write for Counted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.writes == self.limit {
            return Err(io::ErrorKind::BrokenPipe.into());
        }
        self.writes += 1;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn check_writes_each_finding_when_it_has_it_and_stops_where_nobody_reads() {
    let written = |limit: usize| {
        let mut stdout = Counted { writes: 0, limit };
        let text = declaration(1000, "").replace("\"main\"", "\"\"");
        let args = ["cargo-xacct", "check", "-"].map(OsString::from);
        let code = run(args, &mut text.as_bytes(), &mut stdout, &mut Vec::new(), false);
        (code, stdout.writes)
    };
    let (code, all) = written(usize::MAX);
    assert!(code == 1 && all > 2, "{all}");
    assert_eq!(written(1), (1, 1));
}

/// Standard input and output of somebody who asks again once there is an answer.
#[derive(Clone, Default)]
struct Conversation {
    answers: Rc<RefCell<String>>,
    asked: usize,
}

impl Read for Conversation {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        assert_eq!(
            self.answers.borrow().lines().count(),
            self.asked,
            "a line is asked for before the last one is answered"
        );
        if self.asked == 3 {
            return Ok(0);
        }
        let line = format!("{{\"id\": {}}}\n", self.asked);
        self.asked += 1;
        let bytes = line.as_bytes();
        buffer[..bytes.len()].copy_from_slice(bytes);
        Ok(bytes.len())
    }
}

impl Write for Conversation {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.answers.borrow_mut().push_str(std::str::from_utf8(bytes).unwrap());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_chain_is_answered_before_the_next_line_is_read() {
    let mut stdin = Conversation::default();
    let mut stdout = stdin.clone();
    let args = ["cargo-xacct", "wiring", "--jsonl", "-"].map(OsString::from);
    assert_eq!(run(args, &mut stdin, &mut stdout, &mut Vec::new(), false), 2);
    assert_eq!(stdin.asked, 3);
    assert_eq!(stdin.answers.borrow().lines().count(), 3);
}

#[test]
fn wiring_writes_each_action_when_it_has_it_and_has_the_code_of_all_where_nobody_reads() {
    let action = |name: &str| {
        json!({
            "Name": name,
            "ActionTypeId": { "Category": "Invoke", "Owner": "AWS", "Provider": "CodePipeline", "Version": "1" },
            "Configuration": { "PipelineName": "deploy" },
            "RoleArn": "arn:aws:iam::222222222222:role/invoker",
        })
    };
    let template = json!({ "Resources": { "Release": { "Type": "AWS::CodePipeline::Pipeline", "Properties": {
        "RoleArn": "arn:aws:iam::111111111111:role/service",
        "Stages": [{ "Name": "Go", "Actions": [action("one"), action("two")] }],
    } } } });
    let written = |limit: usize| {
        let mut stdout = Counted { writes: 0, limit };
        let args = ["cargo-xacct", "wiring", "--account", "111111111111", "--region", "eu-west-1", "-"];
        let text = template.to_string();
        let code = run(args.map(OsString::from), &mut text.as_bytes(), &mut stdout, &mut Vec::new(), false);
        (code, stdout.writes)
    };
    assert_eq!(written(usize::MAX), (3, 2));
    assert_eq!(written(1), (3, 1));
}
