//! Pictures of templates and plans.

use super::{here, plan, tooling, xacct};

fn graph(options: &[&str], stdin: &str) -> (u8, String, String) {
    let arguments: Vec<&str> = ["graph", "--format", "mermaid"].iter().chain(options).copied().collect();
    xacct(&arguments, stdin)
}

#[test]
fn templates_are_drawn_as_one_set_with_the_proof_of_their_wiring() {
    let (tooling, prod) = (here("tooling.yaml"), here("prod.yaml"));
    let accounts = [format!("{tooling}=111111111111"), format!("{prod}=222222222222")];
    let options = ["--region", "eu-west-1", "--account", &accounts[0], "--account", &accounts[1], &tooling, &prod];
    let (code, drawn, said) = graph(&options, "");
    let note = "note: drawn for names that are not known: `DeployRole`: give `--parameter DeployRole=…`\n";
    assert_eq!((code, said.as_str()), (0, note));
    // The signs are those of the proof.
    let (_, proven, _) = xacct(&[&["wiring"], &options[..]].concat(), "");
    for (hop, label) in [("assumes", "assume"), ("starts", "start")] {
        let sign =
            |sign: char| (proven.contains(&format!("{sign} {hop} arn:")), drawn.contains(&format!("{sign} {label}")));
        for character in ['✓', '✗'] {
            let (proven, drawn_so) = sign(character);
            assert!(drawn_so || !proven || label == "assume", "{character} {hop}: {proven}\n{drawn}");
        }
    }
    assert!(drawn.contains("111111111111") && drawn.contains("222222222222"), "{drawn}");
    // Nothing is drawn where an account isn't known.
    let (code, _, said) = graph(&[&tooling], "");
    assert_eq!(code, 2);
    assert!(said.contains("its account or its Region is not known: give `--account` and `--region`"), "{said}");
}

#[test]
fn a_picture_names_the_option_for_what_is_not_known() {
    let template = "Parameters: { Runs: { Type: String }, Account: { Type: String }, Starter: { Type: String }, Name: { Type: String } }
Resources:
  P:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Name: shop
      RoleArn: !Ref Runs
      ArtifactStore: { Type: S3, Location: bucket-a }
      Stages:
        - Name: Deploy
          Actions:
            - Name: start
              RoleArn: !Ref Starter
              ActionTypeId: { Category: Invoke, Owner: AWS, Provider: CodePipeline, Version: '1' }
              Configuration: { PipelineName: deploy }
            - Name: other
              RoleArn: !Sub 'arn:aws:iam::${Account}:role/${Name}'
              ActionTypeId: { Category: Invoke, Owner: AWS, Provider: CodePipeline, Version: '1' }
              Configuration: { PipelineName: deploy }
";
    let options = ["graph", "-", "--region=eu-west-1", "--account=111111111111"];
    let (code, drawn, said) = xacct(&options, template);
    assert_eq!(code, 0, "{said}");
    assert_eq!(
        said,
        "not drawn: <stdin>:6:13: its service role is not known: give `--parameter Runs=…`
not drawn: <stdin>:6:13: action `start`: its role is not known: give `--parameter Starter=…`
not drawn: <stdin>:6:13: action `other`: its role is not known: give `--parameter Account=…`
"
    );
    assert!(drawn.contains("│ shop ") && !drawn.contains("runs as"), "{drawn}");
    // With these, all is drawn: a name alone doesn't matter.
    let given = [
        "--parameter=Runs=arn:aws:iam::111111111111:role/runs",
        "--parameter=Starter=arn:aws:iam::222222222222:role/starter",
        "--parameter=Account=333333333333",
    ];
    let (code, drawn, said) = xacct(&[&options[..], &given[..]].concat(), template);
    let note = "note: drawn for names that are not known: `Name`: give `--parameter Name=…`\n";
    assert_eq!((code, said.as_str()), (0, note), "{drawn}");
    assert!(drawn.contains("starter") && drawn.contains("333333333333"), "{drawn}");
}

#[test]
fn a_picture_names_what_is_known_and_is_no_arn() {
    let template = |name: &str, service: &str, role: &str| {
        format!(
            "
Resources:
  P:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Name: {name}
      RoleArn: {service}
      ArtifactStore: {{ Type: S3, Location: bucket-a }}
      Stages:
        - Name: Deploy
          Actions:
            - Name: start
              RoleArn: {role}
              ActionTypeId: {{ Category: Invoke, Owner: AWS, Provider: CodePipeline, Version: '1' }}
              Configuration: {{ PipelineName: deploy }}
"
        )
    };
    let right = "arn:aws:iam::111111111111:role/runs";
    for (name, service, role, message) in [
        ("shop", "runs", right, "its service role is `runs`, which is not the ARN of a role"),
        ("shop", right, "starter", "action `start`: its role is `starter`, which is not the ARN of a role"),
        (
            "a shop",
            right,
            right,
            "it is `arn:aws:codepipeline:eu-west-1:111111111111:a shop`, which is not the ARN of a pipeline",
        ),
    ] {
        let options = ["graph", "-", "--region=eu-west-1", "--account=111111111111"];
        let (_, _, said) = xacct(&options, &template(name, service, role));
        assert!(said.contains(message), "{said}");
    }
}

#[test]
fn a_plan_of_terraform_is_drawn() {
    let (code, drawn, said) = graph(&["--account", "111111111111", "--region", "eu-west-1", "-"], &plan(&[]));
    assert_eq!(code, 0, "{said}");
    assert!(drawn.contains("111111111111"), "{drawn}");
}

#[test]
fn a_picture_says_what_of_a_template_is_not_in_it_and_takes_values() {
    let template = "Parameters: { Account: { Type: String } }
Resources:
  Net:
    Type: AWS::CloudFormation::Stack
    Properties: { TemplateURL: 'https://example.com/net.yaml' }
  P:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Name: shop
      RoleArn: !Sub 'arn:aws:iam::${Account}:role/svc'
      ArtifactStore: { Type: S3, Location: bucket-a }
      Stages:
        - { Name: Ask, Actions: [{ Name: ask, ActionTypeId: { Category: Approval, Owner: AWS, Provider: Manual, Version: '1' } }] }
        - Fn::Transform: { Name: StageMaker }
";
    let (code, drawn, said) =
        xacct(&["graph", "-", "--region=eu-west-1", "--parameter=Account=111111111111"], template);
    assert_eq!(code, 0, "{said}");
    assert!(drawn.contains("111111111111") && drawn.contains("shop"), "{drawn}");
    assert_eq!(
        said.lines().collect::<Vec<_>>(),
        [
            "not drawn: <stdin>:14:11: what transform `StageMaker` makes is not read",
            "not drawn: <stdin>:3:3: the template of nested stack `Net` is not read: give its file `net.yaml` too",
        ]
    );
    let (code, _, said) = xacct(&["graph", "-", "--parameter=Nobody=1"], template);
    assert_eq!((code, said.contains("--parameter Nobody: no template")), (2, true), "{said}");
}

#[test]
fn of_two_pipelines_of_one_name_the_first_is_drawn() {
    let pipeline = "{ Type: AWS::CodePipeline::Pipeline, Properties: { Name: shop, RoleArn: 'arn:aws:iam::111111111111:role/svc' } }";
    let template = format!("Resources: {{ P: {pipeline}, Q: {pipeline} }}\n");
    let (code, drawn, said) = xacct(&["graph", "-", "--region=eu-west-1", "--account=111111111111"], &template);
    let note = "not drawn: <stdin>:1:191: the pipeline at <stdin>:1:74 has its name, account and Region too\n";
    assert_eq!((code, said.as_str()), (0, note));
    assert!(drawn.starts_with("1 pipeline\n") && drawn.matches("│ shop ").count() == 1, "{drawn}");
}

#[test]
fn what_is_drawn_for_a_name_that_is_not_known_is_told() {
    let options =
        ["graph", "-", "--account", "111111111111", "--region", "eu-west-1", "--parameter", "ProdAccount=222222222222"];
    let unnamed = tooling(&[("      RoleName: release-service\n", "")]);
    let (code, drawn, said) = xacct(&options, &unnamed);
    assert!(code == 0 && drawn.contains("runs as ServiceRole "), "{drawn}");
    assert_eq!(said, "note: drawn for names that are not known: `ServiceRole`: give `--parameter ServiceRole=…`\n");
    // Another role has that name.
    let other = "Resources:\n  Other: { Type: AWS::IAM::Role, Properties: { RoleName: ServiceRole } }\n";
    let (_, drawn, _) = xacct(&options, &unnamed.replace("Resources:\n", other));
    assert!(drawn.contains("runs as ServiceRole-2 "), "{drawn}");
}
