//! Nested stacks beside their parent: what they are passed, and what they give back.

use crate::{Scratch, findings, xacct};

const MAIN: &str = "\
Parameters:
  Bucket: { Type: String, Default: shop-artifacts }
Resources:
  Service:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: { Service: codepipeline.amazonaws.com }, Action: sts:AssumeRole }]
  Roles:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://s3.amazonaws.com/shop/roles.yaml
      Parameters: { Trusted: !GetAtt Service.Arn, Role: !Ref Service }
  Target:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: !Sub https://${Bucket}.s3.amazonaws.com/target.yaml
      Parameters: { Name: deploy, Service: !GetAtt Service.Arn, Bucket: !Ref Bucket }
  Release:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: !Join [/, [!Ref Bucket, release.yaml]]
      Parameters:
        Service: !GetAtt Service.Arn
        Invoker: !GetAtt Roles.Outputs.Invoker
        Target: !GetAtt [Target, Outputs.Name]
        Bucket: !Ref Bucket
";

const ROLES: &str = "\
Parameters:
  Trusted: { Type: String }
  Role: { Type: String }
Resources:
  Invoker:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Principal: { AWS: !Ref Trusted }, Action: sts:AssumeRole }]
      Policies:
        - PolicyName: start
          PolicyDocument:
            Version: '2012-10-17'
            Statement: [{ Effect: Allow, Action: codepipeline:StartPipelineExecution, Resource: !Sub 'arn:aws:codepipeline:${AWS::Region}:${AWS::AccountId}:deploy' }]
  Assume:
    Type: AWS::IAM::Policy
    Properties:
      PolicyName: assume
      Roles: [!Ref Role]
      PolicyDocument:
        Version: '2012-10-17'
        Statement: [{ Effect: Allow, Action: sts:AssumeRole, Resource: !GetAtt Invoker.Arn }]
Outputs:
  Invoker: { Value: !GetAtt Invoker.Arn }
";

const PARTS: &str = "\
Parameters:
  Service: { Type: String }
  Bucket: { Type: String }
  Name: { Type: String, Default: release }
Resources:
  Pipeline:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Name: !Ref Name
      PipelineType: V2
      RoleArn: !Ref Service
      ArtifactStore: { Type: S3, Location: !Ref Bucket }
      Stages:
        - Name: Source
          Actions:
            - Name: code
              ActionTypeId: { Category: Source, Owner: AWS, Provider: S3, Version: 1 }
              Configuration: { S3Bucket: !Ref Bucket, S3ObjectKey: shop.zip, PollForSourceChanges: false }
              OutputArtifacts: [{ Name: Code }]
        - Name: Last
          Actions:
";

const LAST: &str =
    "            - { Name: ok, ActionTypeId: { Category: Approval, Owner: AWS, Provider: Manual, Version: 1 } }
Outputs:
  Name: { Value: !Ref Pipeline }
";

const START: &str = "            - Name: start
              ActionTypeId: { Category: Invoke, Owner: AWS, Provider: CodePipeline, Version: 1 }
              RoleArn: !Ref Invoker
              Configuration: { PipelineName: !Ref Target }
";

/// The files, with other texts.
fn files(edits: &[(&str, &str, &str)]) -> Scratch {
    let release = PARTS
        .replace("Parameters:\n", "Parameters:\n  Invoker: { Type: String }\n  Target: { Type: String }\n")
        + START;
    let target = PARTS.to_owned() + LAST;
    let text = |file: &str, text: &str| {
        let own = edits.iter().filter(|(name, ..)| *name == file);
        own.fold(text.to_owned(), |text, (_, from, to)| {
            assert!(text.contains(from), "{from}");
            text.replace(from, to)
        })
    };
    Scratch::new(&[
        ("main.yaml", &text("main.yaml", MAIN)),
        ("roles.yaml", &text("roles.yaml", ROLES)),
        ("release.yaml", &text("release.yaml", &release)),
        ("target.yaml", &text("target.yaml", &target)),
    ])
}

const ALL: [&str; 4] = ["main.yaml", "roles.yaml", "release.yaml", "target.yaml"];

/// Exit code, output and standard error of a command for some of the files.
fn run(command: &[&str], names: &[&str], edits: &[(&str, &str, &str)]) -> (u8, String, String) {
    let scratch = files(edits);
    let paths: Vec<String> = names.iter().map(|name| scratch.path(name)).collect();
    let arguments: Vec<&str> = command.iter().copied().chain(paths.iter().map(String::as_str)).collect();
    let (code, out, said) = xacct(&arguments, "");
    let folder = scratch.path("");
    (code, out.replace(&folder, ""), said.replace(&folder, ""))
}

/// Exit code, and the signs of the hops of the action that starts a pipeline.
fn wired(edits: &[(&str, &str, &str)]) -> (u8, String) {
    let (code, out, said) = run(&["wiring"], &ALL, edits);
    assert_eq!(said, "");
    (code, out.lines().filter_map(|line| line.trim_start().strip_prefix("└─ ")?.chars().next()).collect())
}

/// The messages of the findings in all files, each with its file and its line.
fn found(names: &[&str], edits: &[(&str, &str, &str)]) -> Vec<String> {
    let scratch = files(edits);
    let paths: Vec<String> = names.iter().map(|name| scratch.path(name)).collect();
    let folder = scratch.path("");
    let found = findings(&paths.iter().map(String::as_str).collect::<Vec<_>>(), "");
    found.into_iter().map(|line| line.replace(&folder, "")).collect()
}

#[test]
fn a_nested_stack_has_what_its_parent_passes_and_what_its_siblings_give_back() {
    assert_eq!(found(&ALL, &[]), [] as [&str; 0]);
    assert_eq!(wired(&[]), (0, "✓✓✓".to_owned()));
    // The accounts are those of the parent.
    let (code, out, _) = run(&["wiring", "--account", "111111111111", "--region", "eu-west-1"], &ALL, &[]);
    assert_eq!(code, 0, "{out}");
    assert!(out.contains("✓ starts arn:aws:codepipeline:eu-west-1:111111111111:deploy\n"), "{out}");
    assert!(out.contains("✓ assumes arn:aws:iam::111111111111:role/${Invoker}\n"), "{out}");
}

#[test]
fn the_account_and_the_region_of_a_parent_are_those_of_its_nested_stacks() {
    let scratch = files(&[]);
    let paths: Vec<String> = ALL.iter().map(|name| scratch.path(name)).collect();
    let (account, region) = (format!("{}=111111111111", paths[0]), format!("{}=eu-west-1", paths[0]));
    let options = ["wiring", "--account", &account, "--region", &region];
    let arguments: Vec<&str> = options.into_iter().chain(paths.iter().map(String::as_str)).collect();
    let (_, out, _) = xacct(&arguments, "");
    assert!(out.contains("✓ starts arn:aws:codepipeline:eu-west-1:111111111111:deploy\n"), "{out}");
}

#[test]
fn what_is_wrong_between_nested_stacks_is_denied() {
    assert_eq!(wired(&[("main.yaml", "Name: deploy,", "Name: other,")]), (1, "✓✓✗".to_owned()));
    // In one account the trust alone does.
    let no_right = ("roles.yaml", "Action: sts:AssumeRole, Resource", "Action: sts:TagSession, Resource");
    assert_eq!(wired(&[no_right]).1, "✓✓✓");
    assert_eq!(wired(&[("roles.yaml", "!Ref Trusted", "!Sub '${Trusted}x'")]).0, 1);
    let elsewhere = ("main.yaml", "Trusted: !GetAtt Service.Arn", "Trusted: arn:aws:iam::222222222222:role/service");
    let no_policy = ("roles.yaml", "Roles: [!Ref Role]", "Roles: [other]");
    assert_eq!(wired(&[elsewhere, no_policy]).1, "✓✗✓");
    // A fault that the value from the parent makes.
    let long = "x".repeat(101);
    let rows = found(&ALL, &[("main.yaml", "Name: deploy,", &format!("Name: {long},"))]);
    let codes: Vec<&str> = rows.iter().map(|row| &row[..6]).collect();
    assert_eq!(codes, ["XA0701", "XA0201"], "{rows:?}");
}

#[test]
fn what_a_nested_stack_gives_a_role_is_read_where_its_template_is() {
    // Only the policy of the nested stack lets the role of the other account be assumed.
    let invoker = ("main.yaml", "!GetAtt Roles.Outputs.Invoker", "arn:aws:iam::222222222222:role/start");
    let resource = ("roles.yaml", "Resource: !GetAtt Invoker.Arn", "Resource: 'arn:aws:iam::222222222222:role/start'");
    let of = |names: &[&str], edits: &[(&str, &str, &str)]| {
        let (_, out, _) = run(&["wiring", "--account", "111111111111"], names, edits);
        out.lines().find(|line| line.contains("role/start")).unwrap().trim_start()[7..].chars().next().unwrap()
    };
    let (_, out, _) = run(&["wiring", "--account", "111111111111"], &ALL, &[invoker, resource]);
    assert!(out.contains("? assumes arn:aws:iam::222222222222:role/start"), "{out}");
    assert!(out.contains("depends on the trust policy of"), "{out}");
    // The policy is not that of the role.
    assert_eq!(of(&ALL, &[invoker]), '✗');
    // The policy may be there.
    assert_eq!(of(&["main.yaml", "release.yaml", "target.yaml"], &[invoker]), '?');
    let optional = (
        "main.yaml",
        "  Roles:\n    Type: AWS::CloudFormation::Stack\n",
        "  Roles:\n    Type: AWS::CloudFormation::Stack\n    Condition: Wanted\n",
    );
    let condition = ("main.yaml", "Resources:\n", "Conditions: { Wanted: !Equals [!Ref Bucket, a] }\nResources:\n");
    assert_eq!(of(&ALL, &[invoker, optional, condition]), '?');
    // More is made beside it.
    let more = (
        "roles.yaml",
        "  Assume:\n",
        "  More: { Type: Custom::Grant, Properties: { ServiceToken: a, Role: !Ref Role } }\n  Assume:\n",
    );
    assert_eq!(of(&ALL, &[invoker, more]), '?');
}

#[test]
fn the_default_of_a_parameter_that_is_not_passed_is_its_value() {
    let (_, out, _) = run(&["wiring"], &ALL, &[]);
    assert!(out.contains("pipeline `release`"), "{out}");
    // What the parent passes is not known without an option.
    let open = [
        ("main.yaml", "Name: deploy,", "Name: !Ref Target,"),
        ("main.yaml", "Parameters:\n  Bucket", "Parameters:\n  Target: { Type: String }\n  Bucket"),
    ];
    let (code, out, _) = run(&["wiring", "--account", "111111111111"], &ALL, &open);
    assert!(code == 3 && out.contains("give `--parameter Target=…`"), "{out}");
    let (code, out, _) = run(&["wiring", "--account", "111111111111", "--parameter", "Target=deploy"], &ALL, &open);
    assert_eq!(code, 0, "{out}");
}

#[test]
fn a_template_of_several_stacks_has_the_values_that_they_all_pass() {
    let twice = |name: &str| {
        format!(
            "  Second:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: target.yaml\n      Parameters: {{ Name: {name}, Service: !GetAtt Service.Arn, Bucket: !Ref Bucket }}\n  Release:\n"
        )
    };
    let edit = twice("other");
    // Which pipeline is started is not known any more.
    assert_eq!(wired(&[("main.yaml", "  Release:\n", &edit)]), (3, "✓✓?".to_owned()));
    let edit = twice("deploy");
    assert_eq!(wired(&[("main.yaml", "  Release:\n", &edit)]), (0, "✓✓✓".to_owned()));
}

#[test]
fn a_nested_stack_is_found_by_its_folder_where_several_have_its_name() {
    let main = |place: &str| {
        format!(
            "Resources:\n  Nested:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{ TemplateURL: {place}, Parameters: {{ Name: 'a b', Service: 'arn:aws:iam::111111111111:role/s', Bucket: shop-artifacts }} }}\n"
        )
    };
    let target = PARTS.to_owned() + LAST;
    let of = |place: &str| {
        let scratch = Scratch::new(&[("template.yaml", &main(place))]);
        let folders = ["one", "two"].map(|name| {
            std::fs::create_dir(scratch.path(name)).unwrap();
            let path = scratch.path(&format!("{name}/template.yaml"));
            std::fs::write(&path, &target).unwrap();
            path
        });
        let folder = scratch.path("");
        let (_, out, _) = xacct(&["check", &scratch.path("template.yaml"), &folders[0], &folders[1]], "");
        out.replace(&folder, "")
    };
    for place in [
        "./one/template.yaml",
        "one/template.yaml",
        "https://b/one/template.yaml",
        "!Sub 'https://${B}/one/template.yaml'",
    ] {
        let out = of(place);
        assert!(out.contains("--> one/template.yaml:9:") && !out.contains("nested stack"), "{place}: {out}");
        assert!(!out.contains("two/template.yaml:9:"), "{place}: {out}");
    }
    let said = "the template of nested stack `Nested` may be `one/template.yaml` or `two/template.yaml`: give only one of them";
    let out = of("https://b/template.yaml");
    assert!(out.contains(said), "{out}");
}

#[test]
fn a_file_without_what_a_stack_passes_is_not_its_template() {
    let edit = [("main.yaml", "Trusted: !GetAtt Service.Arn", "Trustee: !GetAtt Service.Arn")];
    let row = "XA0006 10:3 : the template of nested stack `Roles` is not read: `roles.yaml` has no parameter `Trustee`, which the stack passes";
    assert_eq!(found(&ALL, &edit), [row]);
    assert_eq!(wired(&edit).0, 3);
}

#[test]
fn values_that_are_not_echoed_or_looked_up_stay_unknown() {
    for kind in ["Type: String, NoEcho: true", "Type: 'AWS::SSM::Parameter::Value<String>'"] {
        let name = format!("Name: {{ {kind}, Default: release }}");
        let (code, out, _) =
            run(&["wiring"], &ALL, &[("target.yaml", "Name: { Type: String, Default: release }", &name)]);
        assert_eq!(code, 3, "{out}");
    }
}

#[test]
fn stacks_in_a_circle_end() {
    let nested = |file: &str| {
        format!("  Again:\n    Type: AWS::CloudFormation::Stack\n    Properties: {{ TemplateURL: {file} }}\n")
    };
    let of_roles = format!("{}  Invoker:\n", nested("main.yaml"));
    assert_eq!(wired(&[("roles.yaml", "  Invoker:\n", &of_roles)]).0, 3);
    let itself = format!("{}  Service:\n", nested("main.yaml"));
    let row = "XA0006 4:3 : the template of nested stack `Again` is not read: give its file `main.yaml` too";
    assert_eq!(found(&ALL, &[("main.yaml", "  Service:\n", &itself)]), [row]);
    // Two stacks that each need what the other gives back.
    let circle = [
        ("main.yaml", "Name: deploy,", "Name: !GetAtt Other.Outputs.Name,"),
        (
            "main.yaml",
            "  Release:\n",
            "  Other:\n    Type: AWS::CloudFormation::Stack\n    Properties:\n      TemplateURL: target.yaml\n      Parameters: { Name: !Sub '${Target.Outputs.Name}${Target.Outputs.Name}', Service: a, Bucket: b }\n  Release:\n",
        ),
    ];
    assert_eq!(wired(&circle).0, 3);
}

#[test]
fn an_import_writes_the_values_that_nested_stacks_are_passed() {
    let (_, source, said) = run(&["import", "--account", "111111111111", "--region", "eu-west-1"], &ALL, &[]);
    assert!(source.contains("pub pipeline Deploy(") && source.contains("invoke \"start\": Deploy"), "{source}{said}");
    assert!(source.contains("role: Invoker"), "{source}{said}");
    assert!(!said.contains("nested stack"), "{said}");
}
