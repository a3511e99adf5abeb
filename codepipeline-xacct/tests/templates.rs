//! Templates: what is found in them, where, and what is not said since it is not known.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

use codepipeline_xacct::cli::cargo_xacct;
use serde_json::Value;

#[path = "of_templates/any_unknown.rs"]
mod any_unknown;
#[path = "of_templates/fault_beside_unknown.rs"]
mod fault_beside_unknown;
#[path = "of_templates/guesses.rs"]
mod guesses;
#[path = "of_templates/import.rs"]
mod import;
#[path = "of_templates/language_extensions.rs"]
mod language_extensions;
#[path = "of_templates/nested.rs"]
mod nested;
#[path = "of_templates/picture.rs"]
mod picture;
#[path = "of_templates/secrets.rs"]
mod secrets;
#[path = "of_templates/sets.rs"]
mod sets;
#[path = "of_templates/terraform_instances.rs"]
mod terraform_instances;
#[path = "of_templates/terraform_policies.rs"]
mod terraform_policies;
#[path = "of_templates/unseen.rs"]
mod unseen;
#[path = "of_templates/wiring.rs"]
mod wiring;

/// Exit code, standard output and standard error of `cargo xacct`.
fn xacct(arguments: &[&str], stdin: &str) -> (u8, String, String) {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let arguments = ["cargo-xacct"].iter().chain(arguments).map(Into::into);
    let code = cargo_xacct(arguments, &mut stdin.as_bytes(), &mut stdout, &mut stderr, false);
    (code, String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

/// The findings of `cargo xacct check`, each in a line: `code line:column path: message`.
fn findings(arguments: &[&str], stdin: &str) -> Vec<String> {
    let arguments: Vec<&str> = ["check", "--format", "json"].iter().chain(arguments).copied().collect();
    let (_, stdout, _) = xacct(&arguments, stdin);
    let report: Value = serde_json::from_str(&stdout).unwrap();
    let line = |finding: &Value| {
        let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
        format!("{} {}:{} {}: {}", text("code"), finding["line"], finding["column"], text("path"), text("message"))
    };
    assert_eq!(report.get("unreadable").filter(|list| **list != Value::Array(vec![])), None, "{report}");
    report["findings"].as_array().unwrap().iter().map(line).collect()
}

fn here(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/templates").join(name).display().to_string()
}

fn text_of(name: &str) -> String {
    fs::read_to_string(here(name)).unwrap()
}

/// The template of the tooling account, with other texts.
fn tooling(edits: &[(&str, &str)]) -> String {
    edits.iter().fold(text_of("tooling.yaml"), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

/// A file with that text.
struct Scratch(tempfile::TempDir);

impl Scratch {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).display().to_string()
    }
}

/// The templates that AWS accepts.
fn accepted() -> Vec<String> {
    let paths = fs::read_dir(here("")).unwrap().map(|entry| entry.unwrap().path().display().to_string());
    let accepted: Vec<String> = paths.filter(|path| !path.ends_with(".md")).collect();
    assert_eq!(accepted.len(), 23);
    accepted
}

#[test]
fn templates_that_aws_accepts_have_no_findings() {
    for path in accepted() {
        assert_eq!(findings(&[&path], ""), [] as [&str; 0], "{path}");
    }
}

#[test]
fn no_wiring_is_denied_in_templates_that_work() {
    // Its actions run as the service role, which does not trust itself. That was enough when it was written.
    let self_assumed = "cdk-integ.pipeline-code-build-multiple-inputs-outputs.json";
    // Its roles get their statements in the tests.
    let without_statements = "invokes.yaml";
    let denied = |path: &String| [self_assumed, without_statements].iter().any(|name| path.ends_with(name));
    for path in accepted().into_iter().filter(|path| !denied(path)) {
        let (code, proven, said) = xacct(&["wiring", &path], "");
        assert!([0, 3].contains(&code), "{path}: {proven}{said}");
    }
}

#[test]
fn a_finding_is_where_the_template_has_the_fault() {
    let faulty = tooling(&[("Provider: CodeCommit", "Provider: CodeComit")]);
    let (code, stdout, stderr) = xacct(&["check", "-"], &faulty);
    assert_eq!((code, stderr.as_str()), (1, ""));
    assert_eq!(
        stdout,
        "\
error[XA0608]: there is no provider `CodeComit`
  --> <stdin>:40:71
   |
40 |               ActionTypeId: { Category: Source, Owner: AWS, Provider: CodeComit, Version: 1 }
   |                                                                       ^^^^^^^^^
   |
   = help: did you mean `CodeCommit`?

1 error in 1 file
"
    );
    assert_eq!(
        findings(&["-"], &faulty),
        [
            "XA0608 40:71 Resources.Release.Properties.Stages[0].Actions[0].ActionTypeId.Provider: there is no provider `CodeComit`"
        ]
    );
}

#[test]
fn json_and_yaml_are_read_alike() {
    let json = r#"{
  "Resources": {
    "P": {
      "Type": "AWS::CodePipeline::Pipeline",
      "Properties": {
        "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
        "ArtifactStores": [{"Region": "eu-west-1", "ArtifactStore": {"Type": "S3", "Location": {"Ref": "Bucket"}}}],
        "Stages": [
          {"Name": "Source", "Actions": [{
            "Name": "code",
            "ActionTypeId": {"Category": "Source", "Owner": "AWS", "Provider": "CodeCommit", "Version": "1"},
            "Configuration": {"RepositoryName": "shop", "BranchName": "main"},
            "OutputArtifacts": [{"Name": "Code"}]
          }]},
          {"Name": "Build", "Actions": [{
            "Name": "compile",
            "ActionTypeId": {"Category": "Build", "Owner": "AWS", "Provider": "CodeBuild", "Version": "1"},
            "RunOrder": "1000",
            "Configuration": {"ProjectName": {"Ref": "Project"}},
            "InputArtifacts": [{"Name": "Cod"}]
          }]}
        ]
      }
    }
  }
}"#;
    assert_eq!(
        findings(&["-"], json),
        [
            "XA0109 18:25 Resources.P.Properties.Stages[1].Actions[0].RunOrder: run order 1000 is not between 1 and 999",
            "XA0302 20:41 Resources.P.Properties.Stages[1].Actions[0].InputArtifacts[0].Name: no action makes artifact `Cod`",
        ]
    );
}

#[test]
fn what_is_not_known_is_no_finding() {
    // Each of these would be one if the text was all there is.
    for (known, open) in [
        ("Name: release\n", "Name: !Sub \"${AWS::StackName}: release\"\n"),
        ("PipelineType: V2", "PipelineType: !Ref Repository"),
        ("Provider: CodeCommit", "Provider: !Ref Repository"),
        ("Category: Source", "Category: !Ref Repository"),
        ("RepositoryName: !Ref Repository", "RepositoryName: !Select [0, !Ref Repository]"),
        ("BranchName: main", "BranchName: !FindInMap [Branches, !Ref AWS::Region, branch]"),
        ("OutputArtifacts: [{ Name: Code }]", "OutputArtifacts: [{ Name: !ImportValue artifact }]"),
        ("OutputArtifacts: [{ Name: Code }]", "OutputArtifacts: !Ref Repository"),
        ("PipelineName: deploy", "PipelineName: !Join ['/', [!Ref Repository, deploy]]"),
        ("Region: eu-west-1", "Region: !Ref Repository"),
        ("Region: eu-west-1", "Region: !Ref AWS::Region"),
        ("RoleArn: !GetAtt ServiceRole.Arn", "RoleArn: '{{resolve:ssm:/service-role}}'"),
        ("Variables: '[", "Variables: !Sub '${Repository}["),
        ("BranchName: main", "BranchName: !Join ['', ['#{', !Ref Repository, 'x}']]"),
        ("BranchName: main", "BranchName: !Sub '#{${Repository}.x}'"),
        ("BranchName: main", "BranchName: !Sub '#{Source.x${Repository}'"),
        ("Name: start\n              ActionTypeId", "Name: !Ref Repository\n              ActionTypeId"),
        ("Name: Deploy\n", "Name: !Sub '${Repository} it'\n"),
        ("Configuration: { RepositoryName", "RunOrder: !Ref Repository\n              Configuration: { RepositoryName"),
        (
            "              Configuration:\n                PipelineName: deploy\n",
            "              Configuration:\n                Fn::Transform: { Name: ShopMacro }\n                PipelineName: deploy\n",
        ),
    ] {
        let found = findings(&["-"], &tooling(&[(known, open)]));
        let certain: Vec<_> = found.iter().filter(|line| !line.starts_with("XA0006")).collect();
        assert_eq!(certain, [] as [&str; 0], "{open}");
    }
}

#[test]
fn whole_parts_that_are_not_known_are_not_missing() {
    let template = |above: &str, members: &str| {
        let role = "arn:aws:iam::111111111111:role/svc";
        format!(
            "{above}Resources:\n  P:\n    Type: AWS::CodePipeline::Pipeline\n    Properties:\n      Name: p\n      RoleArn: {role}\n{members}"
        )
    };
    let store = "      ArtifactStore: { Type: S3, Location: bucket-one }\n";
    let approval = "            - Name: b\n              ActionTypeId: { Category: Approval, Owner: AWS, Provider: Manual, Version: '1' }\n";
    let stages = format!("      Stages:\n        - !Ref First\n        - Name: b\n          Actions:\n{approval}");
    for open in ["!Ref Foo", "!ImportValue foo", "!If [C, !Ref A, !Ref B]", "{ Fn::Transform: { Name: Make } }"] {
        for members in [
            format!("{store}      Stages: {open}\n"),
            format!("{stages}      ArtifactStore: {open}\n"),
            format!("{store}{stages}        - Name: c\n          Actions: {open}\n"),
        ] {
            let found = findings(&["-"], &template("", &members));
            let certain: Vec<_> = found.iter().filter(|line| !line.starts_with("XA0006")).collect();
            assert_eq!(certain, [] as [&str; 0], "{members}");
        }
    }
    // A macro may add what is missing; without one it is.
    let codes = |above: &str| -> Vec<String> {
        let found = findings(&["-"], &template(above, ""));
        found.iter().map(|line| line.chars().take(6).collect()).collect()
    };
    assert_eq!(codes("Transform: Shop\n"), ["XA0006"]);
    assert_eq!(codes(""), ["XA0001", "XA0402"]);
}

#[test]
fn what_is_known_is_found_beside_what_is_not() {
    let faulty = tooling(&[
        ("Name: release\n", "Name: !Sub \"${AWS::StackName}-release\"\n"),
        ("BranchName: main, PollForSourceChanges: false", "Branch: !Ref Repository"),
        ("OutputArtifacts: [{ Name: Code }]", "OutputArtifacts: [{ Name: Code }, { Name: More }]"),
        ("Name: start\n", "Name: !Ref Repository\n"),
        ("Provider: CodePipeline", "Provider: CodePipelin"),
    ]);
    assert_eq!(
        findings(&["-"], &faulty),
        [
            "XA0604 41:65 Resources.Release.Properties.Stages[0].Actions[0].Configuration.Branch: `Branch` is not a configuration key of CodeCommit",
            "XA0305 42:15 Resources.Release.Properties.Stages[0].Actions[0].OutputArtifacts: action `code` declares 2 output artifacts; a CodeCommit action can have at most 1",
            "XA0608 46:71 Resources.Release.Properties.Stages[1].Actions[0].ActionTypeId.Provider: there is no provider `CodePipelin`",
        ]
    );
}

/// The findings in a pipeline that deploys a stack, with another value for a key of that action.
fn of_stack(key: &str, value: &str) -> Vec<String> {
    let keys = [
        ("ActionMode", "CREATE_UPDATE"),
        ("StackName", "shop"),
        ("RoleArn", "arn:aws:iam::111111111111:role/cfn"),
        ("TemplatePath", "Code::t.yaml"),
    ];
    let kept = keys.iter().filter(|(name, _)| *name != key);
    let configuration: String =
        kept.chain([&(key, value)]).map(|(name, value)| format!("                {name}: {value}\n")).collect();
    let template = format!(
        "Parameters: {{ Env: {{ Type: String }} }}
Resources:
  P:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Name: p
      RoleArn: arn:aws:iam::111111111111:role/svc
      ArtifactStore: {{ Type: S3, Location: bucket-one }}
      Stages:
        - Name: Source
          Actions:
            - Name: code
              ActionTypeId: {{ Category: Source, Owner: AWS, Provider: CodeCommit, Version: '1' }}
              Configuration: {{ RepositoryName: r, BranchName: main }}
              OutputArtifacts: [{{ Name: Code }}]
        - Name: Deploy
          Actions:
            - Name: stack
              ActionTypeId: {{ Category: Deploy, Owner: AWS, Provider: CloudFormation, Version: '1' }}
              InputArtifacts: [{{ Name: Code }}]
              Configuration:
{configuration}"
    );
    findings(&["-"], &template)
}

#[test]
fn what_is_written_of_a_text_is_judged_whatever_the_rest_is() {
    for (key, value, wanted) in [
        ("StackName", "!Sub 'my stack ${Env}'", "XA0613"),
        ("StackName", "!Sub '${Env}_stack'", "XA0622"),
        ("TemplatePath", "!Sub 'Out::${Env}.yaml'", "XA0308"),
        ("RoleArn", "!Sub 'arn:aws:iam::222222222222:role/${Env}'", "XA0617"),
        ("OutputFileName", "!Sub '${Env}#{BuildVars.TAG}'", "XA0505"),
        ("OutputFileName", "!Join ['', [!Ref Env, '#{variables.x}']]", "XA0504"),
        ("ParameterOverrides", r#"!Sub '{"A": "${Env}", "x": }'"#, "XA0613"),
        ("ParameterOverrides", r#"!Sub '{"A": "${Env}:#{BuildVars.TAG}"}'"#, "XA0505"),
    ] {
        let found = of_stack(key, value);
        assert_eq!(found.len(), 1, "{value}: {found:?}");
        assert!(found[0].starts_with(wanted), "{value}: {found:?}");
    }
    for (key, value) in [
        ("StackName", "!Sub '${Env}-stack'"),
        ("StackName", "!Sub '${Env}'"),
        ("TemplatePath", "!Sub '${Env}::t.yaml'"),
        ("TemplatePath", "!Sub 'Code::${Env}'"),
        ("TemplatePath", "!Sub 'Out${Env}'"),
        ("RoleArn", "!Sub 'arn:aws:iam::${Env}:role/cfn'"),
        ("ParameterOverrides", r#"!Sub '{"A": ${Env}}'"#),
        ("ParameterOverrides", r#"!Sub '{"A": "x" ${Env}}'"#),
        ("ParameterOverrides", r#"!Sub '{${Env}, "A": "${Env}"}'"#),
        ("ParameterOverrides", r##"!Sub '{"A": "${Env}", "${Env}": ["#{codepipeline.PipelineExecutionId}"]}'"##),
        ("ParameterOverrides", "!Ref Env"),
    ] {
        assert_eq!(of_stack(key, value), [] as [&str; 0], "{value}");
    }
}

#[test]
fn a_finding_holds_whatever_the_conditions_are() {
    let both = tooling(&[(
        "        - Name: Deploy\n",
        "        - Fn::If:
            - Ask
            - Name: Ask
              Actions:
                - Name: ask
                  ActionTypeId: { Category: Approval, Owner: AWS, Provider: Manual, Version: 1 }
                  RunOrder: !If [Late, 1000, 2000]
            - !Ref AWS::NoValue
        - Name: Deploy\n",
    )]);
    let order = |number: u32| {
        format!(
            "Resources.Release.Properties.Stages[1].Actions[0].RunOrder: run order {number} is not between 1 and 999"
        )
    };
    assert_eq!(
        findings(&["-"], &both),
        [format!("XA0109 49:40 {}", order(1000)), format!("XA0109 49:46 {}", order(2000))]
    );
    let one = both.replace("[Late, 1000, 2000]", "[Late, 1000, 2]");
    assert_eq!(findings(&["-"], &one), [format!("XA0109 49:40 {}", order(1000))]);
    // Only where one holds and the other doesn't, nobody makes what is read; that may never be.
    let apart = tooling(&[
        ("OutputArtifacts: [{ Name: Code }]", "OutputArtifacts: [{ Name: !If [One, Code, Other] }]"),
        (
            "              RoleArn: !Sub",
            "              InputArtifacts: [{ Name: !If [Two, Code, Other] }]\n              RoleArn: !Sub",
        ),
        ("Category: Invoke, Owner: AWS, Provider: CodePipeline", "Category: Build, Owner: AWS, Provider: CodeBuild"),
        (
            "PipelineName: deploy\n                Variables: '[{\"name\":\"version\",\"value\":\"1\"}]'",
            "ProjectName: shop",
        ),
    ]);
    assert_eq!(findings(&["-"], &apart), [] as [&str; 0]);
}

#[test]
fn what_a_template_exports_is_known_to_those_that_import_it() {
    let exporter = "\
Resources:
  Target:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Name: target
      PipelineType: V2
      RoleArn: arn:aws:iam::111111111111:role/target-service
      ArtifactStore: { Type: S3, Location: artifacts-1 }
      Variables: [{ Name: version }]
      Stages:
        - Name: Source
          Actions:
            - Name: code
              ActionTypeId: { Category: Source, Owner: AWS, Provider: S3, Version: 1 }
              Configuration: { S3Bucket: shop-code, S3ObjectKey: shop.zip }
              OutputArtifacts: [{ Name: Code }]
        - Name: Ask
          Actions:
            - Name: ask
              ActionTypeId: { Category: Approval, Owner: AWS, Provider: Manual, Version: 1 }
Outputs:
  Target:
    Value: !Ref Target
    Export: { Name: target-pipeline }
";
    let importer = tooling(&[
        ("PipelineName: deploy", "PipelineName: !ImportValue target-pipeline"),
        ("              RoleArn: !Sub arn:${AWS::Partition}:iam::${ProdAccount}:role/deploy-invoker\n", ""),
        ("              Region: eu-west-1\n", ""),
        (r#""name":"version""#, r#""name":"verison""#),
    ]);
    let scratch = Scratch::new(&[("exporter.yaml", exporter), ("importer.yaml", &importer)]);
    let (exporter, importer) = (scratch.path("exporter.yaml"), scratch.path("importer.yaml"));
    assert_eq!(findings(&[&importer], ""), [] as [&str; 0]);
    assert_eq!(
        findings(&[&importer, &exporter], ""),
        [
            "XA0906 49:28 Resources.Release.Properties.Stages[1].Actions[0].Configuration.Variables.verison: pipeline `target` declares no variable `verison`",
        ]
    );
}

#[test]
fn the_account_of_a_template_is_that_of_its_role_in_another() {
    let faulty = tooling(&[(r#""name":"version""#, r#""name":"verison""#)]);
    let literal = faulty.replace("${ProdAccount}:", "222222222222:");
    let line = "Resources.Release.Properties.Stages[1].Actions[0].Configuration.Variables.verison: pipeline `deploy` declares no variable `verison`";
    for text in [faulty, literal] {
        let scratch = Scratch::new(&[("tooling.yaml", &text)]);
        assert_eq!(findings(&[&scratch.path("tooling.yaml")], ""), [] as [&str; 0]);
        let found = findings(&[&scratch.path("tooling.yaml"), &here("prod.yaml")], "");
        assert_eq!(found, [format!("XA0906 51:28 {line}")]);
    }
}

#[test]
fn a_member_that_is_there_twice_is_reported_and_the_last_counts() {
    let twice = tooling(&[("Name: release\n", "Name: first\n      Name: release\n")]);
    let message = "member `Name` appears twice; only the last one counts";
    assert_eq!(findings(&["-"], &twice), [format!("XA0004 33:7 : {message}")]);
    let policy = tooling(&[(
        "Action: sts:AssumeRole\n            Resource",
        "Action: sts:AssumeRole\n            Action: a:b\n            Resource",
    )]);
    assert_eq!(findings(&["-"], &policy), [format!("XA0004 28:13 : {}", message.replace("Name", "Action"))]);
    // Of two resources with one id there is only the last.
    let resource =
        tooling(&[("  Release:\n", "  Release: { Type: AWS::CodePipeline::Pipeline, Properties: {} }\n  Release:\n")]);
    assert_eq!(findings(&["-"], &resource), [format!("XA0004 30:3 : {}", message.replace("Name", "Release"))]);
}

#[test]
fn what_only_cloudformation_makes_is_said_with_its_place() {
    let text = tooling(&[("Description: Builds", "Transform: [AWS::Serverless-2016-10-31, ShopMacro]\nDescription: Builds")])
        .replace(
            "Resources:\n",
            "Resources:\n  Fn::ForEach::Teams: [Team, !Ref Teams, { \"Role${Team}\": { Type: AWS::IAM::Role } }]\n  Net: { Type: Shop::Net::MODULE }\n",
        );
    assert_eq!(
        findings(&["-"], &text),
        [
            "XA0006 2:41 : macro `ShopMacro` may change what is here, and is not run",
            "XA0006 9:3 : what `Fn::ForEach::Teams` makes is not read",
            "XA0006 10:3 : what is in module `Shop::Net::MODULE` is not read",
        ]
    );
    assert_eq!(xacct(&["check", "-"], &text).0, 0);
    // What an alias of YAML repeats has one place.
    let made = "{ Type: AWS::IAM::Role, Properties: &all { Fn::Transform: { Name: Shop } } }";
    let text = tooling(&[(
        "Resources:\n",
        &format!("Resources:\n  One: {made}\n  Two: {{ Type: AWS::IAM::Role, Properties: *all }}\n"),
    )]);
    assert_eq!(findings(&["-"], &text), ["XA0006 8:51 : what transform `Shop` makes is not read"]);
}

#[test]
fn values_that_a_template_leaves_open_can_be_given_to_a_check() {
    let template = tooling(&[("PipelineType: V2", "PipelineType: !Ref Repository")]);
    assert_eq!(findings(&["-", "--parameter", "Repository=V2"], &template), [] as [&str; 0]);
    let found = findings(&["-", "--parameter", "Repository=V3"], &template);
    assert_eq!(found.len(), 1, "{found:?}");
    let (code, _, stderr) = xacct(&["check", "-", "--parameter", "Repositry=V2"], &template);
    let why = "error: --parameter Repositry: no template has a parameter or a resource of this name\n";
    assert_eq!((code, stderr.as_str()), (2, why));
    // No file is unreadable, and a value for a secret says nothing.
    let (_, stdout, _) = xacct(&["check", "-", "--parameter", "Repositry=V2"], &template);
    assert!(stdout.ends_with(" in 1 file\n"), "{stdout}");
    let secret = template.replacen("Parameters:\n", "Parameters:\n  Token: { Type: String, NoEcho: true }\n", 1);
    assert_eq!(xacct(&["check", "-", "--parameter", "Token=s3cr3t", "--parameter", "Repository=V2"], &secret).0, 0);
}

#[test]
fn a_file_without_a_pipeline_is_named() {
    let none = "Resources:\n  Bucket: { Type: AWS::S3::Bucket }\n";
    assert_eq!(xacct(&["check", "-"], none).1, "no findings in 1 file, which has no pipeline\n");
    let name = here("tooling.yaml");
    assert_eq!(xacct(&["check", "-", &name], none).1, "no findings in 2 files; `<stdin>` has no pipeline\n");
    let (_, json, _) = xacct(&["check", "-", "--format", "json"], none);
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(report["without_pipelines"], serde_json::json!(["<stdin>"]));
}

/// A template with pipelines that have these properties.
fn releases(properties: &[&str]) -> String {
    let rest = "      ArtifactStore: { Type: S3, Location: shop-artifacts }
      Stages:
        - Name: Source
          Actions:
            - Name: code
              ActionTypeId: { Category: Source, Owner: AWS, Provider: CodeCommit, Version: 1 }
              Configuration: { RepositoryName: shop, BranchName: main }
              OutputArtifacts: [{ Name: Code }]
        - Name: Build
          Actions:
            - Name: build
              ActionTypeId: { Category: Build, Owner: AWS, Provider: CodeBuild, Version: 1 }
              RoleArn: arn:aws:iam::222222222222:role/build
              Configuration: { ProjectName: shop }
              InputArtifacts: [{ Name: Code }]
";
    let pipelines = properties.iter().enumerate().map(|(number, properties)| {
        format!("  P{number}:\n    Type: AWS::CodePipeline::Pipeline\n    {properties}\n{rest}")
    });
    format!("Parameters:\n  Name: {{ Type: String }}\nResources:\n{}", pipelines.collect::<String>())
}

#[test]
fn two_pipelines_of_one_name_in_a_template_are_an_error() {
    let role = "\n      RoleArn: !ImportValue role";
    let named = |name: &str| format!("Properties:\n      Name: {name}{role}");
    let live = |name: &str| format!("Condition: Live\n    {}", named(name));
    let found = |first: &str, second: &str| findings(&["-"], &releases(&[first, second]));
    let twice = ["XA0914 27:13 Resources.P1.Properties.Name: pipeline `P0` at <stdin>:7:13 has this name too"];
    assert_eq!(found(&named("release"), &named("release")), twice);
    assert_eq!(found(&named("!Ref Name"), &named("!Sub '${Name}'")).len(), 1);
    assert_eq!(found(&live("release"), &live("release")).len(), 1);
    // Whatever is before the two.
    let three = releases(&[&live("release"), &named("release"), &named("release")]);
    assert_eq!(findings(&["-"], &three).len(), 1);
    // Only one of them may be made.
    for (first, second) in [
        (named("release"), named("deploy")),
        (live("release"), named("release")),
        (named("!If [Live, a, b]"), named("!If [Live, a, b]")),
        (named("!Ref Name"), named("release")),
    ] {
        assert_eq!(found(&first, &second), [] as [&str; 0]);
    }
}

#[test]
fn partitions_that_a_template_writes_out_are_one() {
    let partitions = |role: &str, options: &[&str]| {
        let template = releases(&[&format!("Properties:\n      Name: release\n      RoleArn: {role}")]);
        let found = findings(&[options, &["-"]].concat(), &template);
        found.iter().filter(|line| line.contains("partition")).count()
    };
    assert_eq!(partitions("arn:aws-cn:iam::222222222222:role/release", &[]), 1);
    assert_eq!(partitions("arn:aws:iam::222222222222:role/release", &[]), 0);
    // The stack may be anywhere.
    assert_eq!(partitions("!Sub arn:${AWS::Partition}:iam::222222222222:role/release", &[]), 0);
    assert_eq!(partitions("!Ref Name", &[]), 0);
}

#[test]
fn the_account_of_a_template_is_that_of_the_service_roles_in_it() {
    let keys = |role: &str, options: &[&str]| {
        let template = releases(&[&format!("Properties:\n      Name: release\n      RoleArn: {role}")]);
        let found = findings(&[options, &["-"]].concat(), &template);
        found.iter().map(|line| line[..6].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(keys("arn:aws:iam::111111111111:role/release", &[]), ["XA0406"]);
    assert_eq!(keys("arn:aws:iam::222222222222:role/release", &[]), [] as [&str; 0]);
    assert_eq!(keys("!Sub arn:aws:iam::${AWS::AccountId}:role/release", &[]), [] as [&str; 0]);
    // What the user says is compared with it.
    let said = ["--account", "222222222222"];
    assert_eq!(keys("arn:aws:iam::111111111111:role/release", &said), ["XA0901"]);
}

#[test]
fn a_key_is_judged_whatever_its_value_is() {
    let key = ("RepositoryName: !Ref Repository", "RepositoryNam: !Ref Repository");
    let found = findings(&["-"], &tooling(&[key]));
    assert!(found.iter().any(|line| line.contains("`RepositoryNam`")), "{found:?}");
}

#[test]
fn what_is_no_template_is_refused_with_its_place() {
    let refused = |name: &str, text: &str| {
        let scratch = Scratch::new(&[(name, text)]);
        let (code, _, stderr) = xacct(&["check", &scratch.path(name)], "");
        assert_eq!(code, 2, "{stderr}");
        stderr.trim_end().rsplit_once(name).unwrap().1.to_owned()
    };
    assert_eq!(refused("a.yaml", "a: 1\n"), ":1:1: this is not a CloudFormation template: it has no `Resources`");
    assert!(refused("a.yaml", "Resources:\n  a: [1\n").starts_with(":3:1: this is not YAML: "));
    assert!(refused("a.yaml", "{% set one = 1 %}\nResources: {}\n").starts_with(":1:2: this is not YAML: "));
    assert_eq!(refused("a.yaml", ""), ":1:1: there is nothing in it");
    assert_eq!(refused("a.yaml", "Resources: {}\n---\nResources: {}\n"), ":2:1: a template is one document");
    assert_eq!(
        refused("a.yaml", "? [a, b]\n: 1\n"),
        ":1:8: this is not a template: a key has to be a text, and a text that begins with `{` has to be in quotes"
    );
    let deep = format!("Resources: {}", "[".repeat(100_000));
    assert_eq!(refused("a.yaml", &deep), ":1:267: this is not YAML: recursion limit exceeded");
    let alias: String = (1..60).map(|n| format!("a{n}: &a{n} [[[[*a{}]]]]\n", n - 1)).collect();
    let chain = format!("a0: &a0 []\n{alias}Resources: {{}}\n");
    assert!(refused("a.yaml", &chain).ends_with("this is nested too deeply"));
    let bomb: String = (1..40).map(|n| format!("a{n}: &a{n} [*a{m}, *a{m}]\n", m = n - 1)).collect();
    let bomb = format!("a0: &a0 [x, x]\n{bomb}Resources: {{}}\n");
    assert!(refused("a.yaml", &bomb).ends_with("this has more than 2000000 values, with what its aliases repeat"));
}

#[test]
fn a_large_template_is_read() {
    let other: String = (0..20_000)
        .map(|n| format!("  Topic{n}:\n    Type: AWS::SNS::Topic\n    Properties: {{ TopicName: !Sub \"${{AWS::StackName}}-{n}\", Tags: [{{ Key: a, Value: b }}] }}\n"))
        .collect();
    let large = tooling(&[("Resources:\n", &format!("Resources:\n{other}")), ("Name: Code }", "Name: Co de }")]);
    assert!(large.len() > 2_000_000);
    let found = findings(&["-"], &large);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("XA0201 60042:41 "), "{found:?}");
}

/// Prints the findings in all templates of a folder.
#[test]
fn sweep() {
    let Ok(folder) = std::env::var("TEMPLATES") else { return };
    let mut folders = vec![PathBuf::from(folder)];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
            match (path.is_dir(), kind) {
                (true, _) => folders.push(path),
                (false, "json" | "yaml" | "yml" | "template") => files.push(path),
                _ => {}
            }
        }
    }
    files.sort();
    for file in files {
        let text = fs::read_to_string(&file).unwrap_or_default();
        if text.contains("AWS::CodePipeline::Pipeline") || text.contains("aws_codepipeline") {
            let (_, stdout, stderr) = xacct(&["check", &file.display().to_string()], "");
            println!("{stdout}{stderr}");
        }
    }
}

/// The Terraform plan in one line, as Terraform prints it, with other texts.
fn plan(edits: &[(&str, &str)]) -> String {
    let plan: Value = serde_json::from_str(&text_of("plan.json")).unwrap();
    edits.iter().fold(plan.to_string(), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    })
}

#[test]
fn a_terraform_plan_is_checked_by_the_addresses_of_its_resources() {
    let faulty = plan(&[
        (r#""provider":"CodeBuild""#, r#""provider":"CodeBild""#),
        (r#""input_artifacts":["Code"]"#, r#""input_artifacts":["Cod"]"#),
        (r#""result":"ROLLBACK""#, r#""result":"SKIP""#),
    ]);
    let found = findings(&["-"], &faulty);
    let told = |line: &String| line.split_once(' ').unwrap().1.split_once(' ').unwrap().1.to_owned();
    let resource = "module.release.aws_codepipeline.this.Stages[1]";
    assert_eq!(
        found.iter().map(told).collect::<Vec<_>>(),
        [
            format!("{resource}.Actions[0].InputArtifacts[0].Name: no action makes artifact `Cod`"),
            format!("{resource}.Actions[0].ActionTypeId.Provider: there is no provider `CodeBild`"),
            format!("{resource}.OnFailure.Result: `on_failure` of stage `Deploy` can't have the result SKIP"),
        ]
    );
    let (_, stdout, _) = xacct(&["check", "-"], &faulty);
    assert!(stdout.contains("--> <stdin> (module.release.aws_codepipeline.this):1:"), "{stdout}");
}

#[test]
fn what_a_terraform_plan_does_not_know_is_no_finding() {
    for (known, open) in [
        (r#""output_artifacts":[false]"#, r#""output_artifacts":true"#),
        (r#""input_artifacts":[false]"#, r#""input_artifacts":[true]"#),
    ] {
        let text = plan(&[(known, open), (r#""input_artifacts":["Code"]"#, r#""input_artifacts":["Cod"]"#)]);
        assert_eq!(findings(&["-"], &text), [] as [&str; 0], "{open}");
    }
}

#[test]
fn what_terraform_computes_and_a_plan_does_not_write_has_the_default_of_aws() {
    // It reads what it makes itself.
    let faulty = (r#""input_artifacts":["Code"]"#, r#""input_artifacts":["Own"]"#);
    let computed = [
        faulty,
        (r#""role_arn":null,"run_order":2"#, r#""role_arn":null"#),
        (r#""input_artifacts":[false]"#, r#""input_artifacts":[false],"run_order":true"#),
    ];
    let mut plan: Value = serde_json::from_str(&plan(&computed)).unwrap();
    let mut changes = plan["resource_changes"].as_array_mut().unwrap().iter_mut();
    let release = changes.find(|change| change["type"] == "aws_codepipeline").unwrap();
    release["change"]["after"]["stage"][1]["action"][0]["output_artifacts"] = serde_json::json!(["Own"]);
    let found = findings(&["-"], &plan.to_string());
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].starts_with("XA0303"), "{found:?}");
    // A value that is written and not known may put the action anywhere.
    let written = serde_json::json!({"root_module": {"module_calls": {"release": {"module": {"resources": [{
        "address": "aws_codepipeline.this",
        "expressions": {"stage": [
            {"action": [{}]},
            {"action": [{"run_order": {"references": ["data.aws_ssm_parameter.order.value"]}}]},
        ]},
    }]}}}}});
    plan["configuration"] = written;
    assert_eq!(findings(&["-"], &plan.to_string()), [] as [&str; 0]);
}

#[test]
fn where_a_plan_has_no_configuration_the_only_provider_is_that_of_all() {
    let located =
        (r#"{"encryption_key":[],"region":"","#, r#"{"encryption_key":[],"location":"artifacts-1","region":"","#);
    let known = (r#""input_artifacts":[false],"region":true"#, r#""input_artifacts":[false]"#);
    let elsewhere = (r#""input_artifacts":["Code"]"#, r#""region":"ap-south-1","input_artifacts":["Code"]"#);
    let mut plan: Value = serde_json::from_str(&plan(&[located, elsewhere, known])).unwrap();
    let provider = serde_json::json!({ "name": "aws", "expressions": { "region": { "constant_value": "eu-west-1" } } });
    plan["configuration"] = serde_json::json!({ "provider_config": { "aws": provider }, "root_module": {} });
    let found = findings(&["-"], &plan.to_string());
    assert!(found.len() == 1 && found[0].starts_with("XA0405"), "{found:?}");
    plan["configuration"]["provider_config"]["aws.prod"] = provider;
    assert_eq!(findings(&["-"], &plan.to_string()), [] as [&str; 0]);
}

#[test]
fn a_terraform_state_is_read_as_it_is() {
    let plan: Value = serde_json::from_str(&text_of("plan.json")).unwrap();
    let state = serde_json::json!({
        "format_version": "1.0", "terraform_version": "1.9.0", "values": plan["planned_values"],
    });
    let faulty = state.to_string().replace(r#""provider":"CodeBuild""#, r#""provider":"CodeBild""#);
    let found = findings(&["-"], &faulty);
    assert_eq!(found.iter().filter(|line| line.starts_with("XA0608")).count(), 1, "{found:?}");
}

#[test]
fn secrets_are_not_shown_around_a_finding() {
    let github = "Configuration: { Owner: shop, Repo: shop, Branch: main, OAuthToken: s3cr3t }";
    let text = tooling(&[
        ("Owner: AWS, Provider: CodeCommit", "Owner: ThirdParty, Provider: GitHub"),
        ("Configuration: { RepositoryName: !Ref Repository, BranchName: main, PollForSourceChanges: false }", github),
        ("Branch: main", "Branc: main"),
    ]);
    let (code, stdout, _) = xacct(&["check", "-"], &text);
    assert_eq!(code, 1);
    assert!(stdout.contains("OAuthToken: ******") && !stdout.contains("s3cr3t"), "{stdout}");
    let line = plan(&[
        (r#""provider":"CodeBuild""#, r#""provider":"CodeBild""#),
        (r#""ProjectName":"shop""#, r#""ProjectName":"s3cr3t""#),
        (r#""result":"ROLLBACK""#, r#""result":"SKIP""#),
        (r#"{"configuration":{},"input_artifacts":[false]}"#, r#"{"configuration":{"ProjectName":true}}"#),
    ]);
    let (code, stdout, _) = xacct(&["check", "-"], &line);
    assert_eq!(code, 1);
    assert!(!stdout.contains("s3cr3t"), "{stdout}");
}

#[test]
fn a_map_where_a_text_belongs_is_marked_by_its_key() {
    let map = "Configuration:\n                FunctionName: f\n                UserParameters:\n                  level: high";
    let text = text_of("invokes.yaml").replace("Configuration: { FunctionName: f }", map);
    let scratch = Scratch::new(&[("invokes.yaml", &text)]);
    let place = "Resources.Pipeline.Properties.Stages[1].Actions[1].Configuration.UserParameters";
    assert_eq!(
        findings(&[&scratch.path("invokes.yaml")], ""),
        [format!("XA0002 47:17 {place}: an object is where a string belongs")]
    );
}

#[test]
fn a_nested_stack_is_reported_once_unless_its_template_is_given() {
    let nested = |kind: &str, members: &str| {
        tooling(&[("Resources:\n", &format!("Resources:\n  Nested:\n    Type: {kind}\n{members}"))])
    };
    let stack = "AWS::CloudFormation::Stack";
    let of = |what: &str| format!("XA0006 8:3 : the template of nested stack `Nested` {what}");
    let row = of("is not read: give its file `prod.yaml` too");
    for (kind, members) in [
        (stack, "    Properties: { TemplateURL: 'https://b/prod.yaml' }\n"),
        (stack, "    Properties: { TemplateURL: !Sub 'https://${Repository}/${AWS::Region}/prod.yaml' }\n"),
        (stack, "    Properties: { TemplateURL: !Sub ['${A}prod.yaml', { A: !Ref Repository }] }\n"),
        (stack, "    Properties: { TemplateURL: 'https://b/prod.yaml?versionId=a' }\n"),
        (stack, "    Properties: { TemplateURL: !Join [/, [!Ref Repository, prod.yaml]] }\n"),
        (stack, "    Properties: { TemplateURL: !Ref Repository }\n    Metadata: { aws:asset:path: prod.yaml }\n"),
        ("AWS::Serverless::Application", "    Properties: { Location: ./prod.yaml }\n"),
    ] {
        let template = nested(kind, members);
        assert_eq!(findings(&["-"], &template), [row.as_str()], "{members}");
        assert_eq!(findings(&["-", &here("prod.yaml")], &template), [] as [&str; 0], "{members}");
        let (code, ..) = xacct(&["check", "-"], &template);
        assert_eq!(code, 0);
    }
    let unnamed =
        of("is only read if its file is among these, and without what it is passed: the stack does not tell its name");
    for members in
        ["    Properties: { TemplateURL: !Ref Repository }\n", "    Properties: { TemplateURL: !Sub '${A}' }\n", ""]
    {
        assert_eq!(findings(&["-", &here("prod.yaml")], &nested(stack, members)), [unnamed.as_str()], "{members}");
    }
    let application = "    Properties: { Location: { ApplicationId: 'arn:aws:serverlessrepo:us-east-1:111111111111:applications/a' } }\n";
    assert_eq!(findings(&["-"], &nested("AWS::Serverless::Application", application)).len(), 1);
}
