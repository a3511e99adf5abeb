//! Templates as `cargo xacct import` reads them: what is written, and what is reported about the rest.

use crate::{Scratch, findings, here, text_of, tooling, xacct};

/// Exit code, source, and what `import` says about a template.
fn imported(template: &str) -> (u8, String, String) {
    xacct(&["import", "-", "--account", "111111111111", "--region", "eu-west-1"], template)
}

/// The import of the template of the tooling account, with all that it leaves open but the bucket.
const TOOLING: [&str; 8] =
    ["import", "-", "--account", "111111111111", "--region", "eu-west-1", "--parameter", "ProdAccount=222222222222"];

#[test]
fn what_a_transform_makes_is_not_missing_in_what_is_imported() {
    let template = "\
Resources:
  Other:
    Fn::Transform: { Name: AWS::Include, Parameters: { Location: s3://shop/other } }
  Release:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Name: release
      Fn::Transform: { Name: AWS::Include, Parameters: { Location: s3://shop/release } }
";
    let unread = "what transform `AWS::Include` makes is not read";
    let found = [format!("XA0006 3:5 : {unread}"), format!("XA0006 8:7 : {unread}")];
    assert_eq!(findings(&["-"], template), found);
    let (code, source, said) = imported(template);
    assert_eq!((code, said.matches("XA").count(), said.matches(unread).count()), (1, 2, 2), "{said}");
    assert!(source.contains("name: \"release\""), "{source}");
}

#[test]
fn an_empty_default_of_a_whole_value_is_not_written_out() {
    let template = tooling(&[
        (
            "Repository: { Type: String, Default: shop }",
            "Repository: { Type: String, Default: '' }\n  Suffix: { Type: String, Default: '' }",
        ),
        ("      Name: release\n", "      Name: !Sub release${Suffix}\n"),
    ]);
    let (_, source, said) = imported(&template);
    assert!(source.contains("name: \"release\"") && source.contains("repository: (repository)"), "{source}{said}");
    assert!(!said.contains("error["), "{said}");
}

#[test]
fn the_links_of_a_pipeline_of_which_not_all_is_known_are_judged() {
    let (_, _, said) = imported(&tooling(&[
        ("Action: sts:AssumeRole\n            Resource", "Action: s3:GetObject\n            Resource"),
        ("${ProdAccount}:role", "222222222222:role"),
    ]));
    assert!(said.contains("error[XA1013]") && said.contains("is the parameter `artifact_bucket`"), "{said}");
    let known = tooling(&[("${ProdAccount}:role", "222222222222:role")]);
    assert!(!imported(&known).2.contains("error["), "{}", imported(&known).2);
    // An action whose role is not known may be in any account.
    let open = known.replace(
        "RoleArn: !Sub arn:${AWS::Partition}:iam::222222222222:role/deploy-invoker",
        "RoleArn: !ImportValue role",
    );
    assert!(!imported(&open).2.contains("error["), "{}", imported(&open).2);
}

#[test]
fn names_that_are_not_known_have_stand_ins_and_are_asked_for_at_once() {
    let template = tooling(&[
        ("      RoleName: release-service\n", ""),
        ("      Name: release\n", "      Name: !Sub ${AWS::StackName}-${ArtifactBucket}\n"),
    ]);
    let (code, source, said) = imported(&template);
    for part in [
        "name: \"stackname-artifactbucket\"",
        "service_role: ServiceRole,",
        "arn: \"arn:aws:iam::111111111111:role/ServiceRole\"",
    ] {
        assert!(source.contains(part), "{part}{source}");
    }
    let asked = "options for the unknown values, on one line: cargo xacct import … --parameter AWS::StackName=… \
                 --parameter ArtifactBucket=… --parameter ProdAccount=… --parameter ServiceRole=…\n";
    assert!(code == 1 && said.contains(asked), "{said}");
    assert!(said.contains("<stdin>:6:3: stand-in: a name that is not known; `artifactbucket` is written in its place: give `--parameter ArtifactBucket=…`\n"), "{said}");
    let given =
        ["--parameter", "AWS::StackName=shop", "--parameter", "ArtifactBucket=a", "--parameter", "ServiceRole=r"];
    let (_, source, said) = xacct(
        &[&["import", "-", "--account", "111111111111", "--region", "eu-west-1"], &given[..]].concat(),
        &template,
    );
    assert!(source.contains("name: \"shop-a\"") && !said.contains("stands for"), "{said}");

    // The ARN of a service role that only a parameter or another stack has.
    for (role, arn) in [
        ("RoleArn: !Ref ProdAccount\n", "existing(\"arn:aws:iam::111111111111:role/prodaccount\")"),
        ("RoleArn: !ImportValue shop:RoleArn\n", "existing(\"arn:aws:iam::111111111111:role/shop-rolearn\")"),
        (
            "RoleArn: !Sub arn:aws:iam::111111111111:role/${Undeclared}\n",
            "existing(\"arn:aws:iam::111111111111:role/undeclared\")",
        ),
    ] {
        let (code, source, said) = imported(&tooling(&[("RoleArn: !GetAtt ServiceRole.Arn\n", role)]));
        assert!(code == 1 && source.contains(&format!("service_role: {arn}")), "{role}{source}{said}");
    }
    let import = tooling(&[("RoleArn: !GetAtt ServiceRole.Arn\n", "RoleArn: !ImportValue shop:RoleArn\n")]);
    let asked = "give `--parameter 'Fn::ImportValue shop:RoleArn=…'`\n";
    assert!(imported(&import).2.contains(asked), "{}", imported(&import).2);
    // An account has no stand-in.
    let account = [("RoleArn: !GetAtt ServiceRole.Arn\n", "RoleArn: !Sub arn:aws:iam::${ProdAccount}:role/r\n")];
    let (code, _, said) = imported(&tooling(&account));
    assert!(code == 1 && said.contains("has to be known here: give `--parameter ProdAccount=…`"), "{said}");
}

#[test]
fn every_option_that_a_note_asks_for_is_in_the_line_of_all_options() {
    let role = [("RoleArn: !GetAtt ServiceRole.Arn\n", "RoleArn: !Ref ProdAccount\n"), ("      Name: release\n", "")];
    let (_, _, said) = imported(&tooling(&role));
    let (_, options) = said.split_once("options for the unknown values, on one line: ").expect(&said);
    for option in ["--parameter ProdAccount=…", "--parameter Release=…"] {
        assert!(said.contains(&format!("give `{option}`")) && options.contains(option), "{said}");
    }
}

#[test]
fn an_action_that_is_written_without_its_role_is_reported_as_such() {
    let role = "RoleArn: !Sub arn:${AWS::Partition}:iam::${ProdAccount}:role/deploy-invoker";
    let (_, _, said) = imported(&tooling(&[(role, "RoleArn: !Ref ArtifactBucket")]));
    let note = "has to be known here: give `--parameter ArtifactBucket=…`; the action is written without its role, and would run \
                with that of the pipeline\n";
    assert!(said.contains(note), "{said}");
}

#[test]
fn what_a_decided_condition_leaves_out_is_reported() {
    let stage = "        - !If\n          - Wired\n          - Name: Ask\n            Actions: []\n          - !Ref AWS::NoValue\n        - Name: Deploy\n";
    let template = tooling(&[
        ("Resources:\n", "Conditions: { Wired: !Equals [a, b] }\nResources:\n"),
        ("        - Name: Deploy\n", stage),
    ]);
    let (_, source, said) = imported(&template);
    assert!(
        !source.contains("Ask") && said.contains("note: `Ask` is left out: condition `Wired` does not hold\n"),
        "{said}"
    );
}

#[test]
fn a_nested_stack_whose_template_is_not_given_is_reported() {
    let nested = "Resources:\n  Nested:\n    Type: AWS::CloudFormation::Stack\n    Properties: { TemplateURL: https://b/prod.yaml }\n";
    let template = tooling(&[("Resources:\n", nested)]);
    let note = "<stdin>:8:3: note: the template of nested stack `Nested` is not read: give its file `prod.yaml` too\n";
    let (_, _, said) = imported(&template);
    assert!(said.contains(note), "{said}");
    let (_, _, said) = xacct(&["import", "-", &here("prod.yaml")], &template);
    assert!(!said.contains("nested stack"), "{said}");
}

#[test]
fn a_terraform_repository_is_called_by_its_name() {
    let mut plan = serde_json::json!({
        "format_version": "1.2", "terraform_version": "1.11.4",
        "resource_changes": [
            { "address": "aws_codecommit_repository.code", "mode": "managed", "type": "aws_codecommit_repository",
              "change": { "after": { "repository_name": "shop" }, "after_unknown": { "id": true } } },
            { "address": "aws_codepipeline.release", "mode": "managed", "type": "aws_codepipeline", "change": {
                "after": { "name": "release", "role_arn": "arn:aws:iam::111111111111:role/r", "artifact_store": [{ "location": "shop", "type": "S3" }],
                    "stage": [{ "name": "Source", "action": [{ "name": "code", "category": "Source", "owner": "AWS", "provider": "CodeCommit",
                        "version": "1", "output_artifacts": ["S"], "configuration": { "BranchName": "main" } }] }] },
                "after_unknown": { "stage": [{ "action": [{ "configuration": { "RepositoryName": true } }] }] } } },
        ],
        "configuration": { "root_module": { "resources": [{ "address": "aws_codepipeline.release", "expressions": {
            "stage": [{ "action": [{ "configuration": { "references": ["aws_codecommit_repository.code.id", "aws_codecommit_repository.code"] } }] }] } }] } },
    });
    let (_, source, said) = imported(&plan.to_string());
    assert!(source.contains("repository: \"shop\""), "{source}{said}");
    // An unknown configuration refers to it too.
    let action = plan.pointer_mut("/resource_changes/1/change/after/stage/0/action/0").unwrap();
    action.as_object_mut().unwrap().remove("configuration");
    let open = plan.pointer_mut("/resource_changes/1/change/after_unknown/stage/0/action/0/configuration").unwrap();
    *open = true.into();
    let found = findings(&["-"], &plan.to_string());
    assert!(!found.iter().any(|line| line.contains("Configuration")), "{found:?}");
}

#[test]
fn what_is_said_of_a_role_has_its_place_in_the_template() {
    let resource = "Resource: !Sub arn:${AWS::Partition}:iam::${ProdAccount}:role/deploy-invoker";
    let role = "role arn:aws:iam::111111111111:role/release-service";
    for (edits, said) in [
        (
            [
                ("      PolicyDocument:\n        Version: \"2012-10-17\"\n", "      PolicyDocument:\n"),
                (resource, "Resource: '*'"),
            ],
            "<stdin>:8:3: warning[XA1306] role ReleaseService / policies[0]".to_owned(),
        ),
        (
            [(resource, "Resource: ''"), ("Name: release\n", "Name: release\n")],
            format!("<stdin>:8:3: not imported: {role} / policies[0] / Statement[0] / Resource: "),
        ),
        (
            [
                (
                    "RoleName: release-service\n",
                    "RoleName: release-service\n      ManagedPolicyArns: ['arn:aws:iam::aws:policy/ReadOnlyAccess']\n",
                ),
                (resource, "Resource: '*'"),
            ],
            format!("<stdin>:8:3: not imported: {role}: its policies are not stated: it has policies"),
        ),
    ] {
        let (_, _, found) = imported(&tooling(&edits));
        assert!(found.lines().any(|line| line.starts_with(&said)), "{said}\n{found}");
    }
}

#[test]
fn a_trust_policy_that_is_not_known_is_reported() {
    let template = tooling(&[(
        "      AssumeRolePolicyDocument:\n",
        "      AssumeRolePolicyDocument:\n        Fn::Transform: { Name: ShopTrust }\n",
    )]);
    let (code, source, said) = imported(&template);
    assert!(said.contains(":8:3: not imported: its trust policy is not stated: not all of it is known\n"), "{said}");
    assert!(code == 1 && !source.contains("trust_policy"), "{source}");
}

#[test]
fn what_is_said_of_no_file_and_no_provider_is_reported() {
    let said = "no file and no provider with an alias is called `aws.prd`; there is `aws.prod`\n";
    let plan = here("../../../tests/language/tests/import/templates/plan-of-terraform.json");
    let account = ["--account", "111111111111", "--account"];
    let run = |command: &str, name: &str| xacct(&[&[command, &plan], &account[..], &[name]].concat(), "");
    let (code, _, errors) = run("import", "aws.prd=222222222222");
    assert!(code == 1 && errors.contains(&format!("--account aws.prd=…: not used: {said}")), "{errors}");
    let (code, _, errors) = run("wiring", "aws.prd=222222222222");
    assert_eq!((code, errors), (2, format!("error: --account aws.prd=…: {said}")));
    assert_eq!(run("wiring", "aws.prod=222222222222").0, 0);
    assert!(!run("import", "aws.prod=222222222222").2.contains("no provider"));
    let tooling = here("tooling.yaml");
    let (_, _, errors) = xacct(&["import", &tooling, "--account", &format!("{tooling}=111111111111")], "");
    assert!(!errors.contains("no provider"), "{errors}");
    let (code, _, errors) = xacct(&["import", &tooling, "--region", "toling.yaml=eu-west-1"], "");
    let said = "--region toling.yaml=…: not used: no file and no provider with an alias is called `toling.yaml`\n";
    assert!(code == 2 && errors.contains(said), "{errors}");
}

#[test]
fn a_parameter_that_only_a_value_refers_to_is_taken() {
    let template = tooling(&[("RoleName: release-service", "RoleName: !Sub \"${Undeclared}\"")]);
    let run = |parameter: &str| {
        let home = ["import", "-", "--account", "111111111111", "--region", "eu-west-1", "--parameter", parameter];
        xacct(&home, &template)
    };
    let (_, source, said) = run("Undeclared=release-service");
    assert!(source.contains("role/release-service") && !said.contains("no template has"), "{said}");
    assert!(run("Other=release-service").2.contains("no template has"));
}

#[test]
fn two_accounts_have_two_names() {
    let names = |second: &str| {
        let names = ["import", "-", "--name", "111111111111=Tooling", "--name", second];
        let (code, _, said) = xacct(&names, &tooling(&[]));
        (code, said)
    };
    let said = "error: `--name 222222222222=Tooling`: another account has this name\n";
    assert_eq!(names("222222222222=Tooling"), (2, said.to_owned()));
    let said = "error: `--name 111111111111=Tools`: this account has a name already\n";
    assert_eq!(names("111111111111=Tools"), (2, said.to_owned()));
}

#[test]
fn doctor_says_what_reads_a_template() {
    let path = here("tooling.yaml");
    let said = "this is a CloudFormation template: `cargo xacct wiring` and `cargo xacct import` read it";
    assert_eq!(xacct(&["doctor", "--offline", &path], ""), (1, String::new(), format!("error: {path}: {said}\n")));
}

#[test]
fn a_pipeline_whose_stages_or_actions_are_not_all_known_is_extern() {
    let stages = text_of("tooling.yaml").split_once("      Stages:\n").unwrap().1.to_owned();
    let action = "            - Name: start\n";
    let known = [
        ("${ProdAccount}:role", "222222222222:role"),
        ("Type: V2\n", "Type: V2\n      Variables: [{ Name: level, DefaultValue: all }, { Name: !Ref Repository }]\n"),
    ];
    for (from, to) in [
        (&*format!("      Stages:\n{stages}"), "      Stages: !Ref AllStages\n"),
        (&*format!("      Stages:\n{stages}"), "      Fn::Transform: { Name: ShopStages }\n"),
        ("      Stages:\n", "      Stages:\n        - !ImportValue stage\n"),
        (action, "            - !FindInMap [Actions, !Ref AWS::Region, start]\n            - Name: start\n"),
    ] {
        let template = tooling(&[&[(from, to)], &known[..]].concat());
        let (code, source, said) = imported(&template);
        let extern_pipeline = "pub extern pipeline Release in Account111111111111 {\n        name: \"release\",\n        region: \"eu-west-1\",\n        variables: { level: \"all\" },\n    }";
        assert!(source.contains(extern_pipeline) && !source.contains("pub pipeline"), "{to}{source}");
        let lost = ": stand-in: not all of its stages and actions are known: it is an `extern pipeline`\n";
        assert!(code == 1 && said.contains(lost) && !said.contains("error["), "{to}{said}");
    }
    // What starts it may pass what it does not know.
    let target = text_of("prod.yaml")
        .replace("      Variables:\n        - { Name: version }\n", "      Variables: !Ref Variables\n");
    let (before, _) = target.split_once("      Stages:\n").unwrap();
    let scratch = Scratch::new(&[(
        "prod.yaml",
        &format!("{before}      Name: deploy\n      Stages: !Ref All\n").replacen("      Name: deploy\n", "", 1),
    )]);
    let (_, source, said) = xacct(
        &[
            "import",
            "-",
            &scratch.path("prod.yaml"),
            "--region",
            "eu-west-1",
            "--account",
            "111111111111",
            "--account",
            &format!("{}=222222222222", scratch.path("prod.yaml")),
        ],
        &tooling(&known),
    );
    assert!(
        source.contains("pub extern pipeline Deploy in Account222222222222 {")
            && source.contains("variables: { version }"),
        "{source}{said}"
    );
}

#[test]
fn a_list_is_given_as_a_parameter_where_it_is_one_of_texts() {
    let run = |commands: &str, kind: &str, given: &[&str]| {
        let template = tooling(&[
            (
                "  ArtifactBucket: { Type: String }\n",
                &format!("  ArtifactBucket: {{ Type: String }}\n  All: {{ Type: {kind} }}\n"),
            ),
            (
                "Category: Invoke, Owner: AWS, Provider: CodePipeline",
                "Category: Compute, Owner: AWS, Provider: Commands",
            ),
            (
                "              Region: eu-west-1\n              Configuration:\n                PipelineName: deploy\n                Variables: '[{\"name\":\"version\",\"value\":\"1\"}]'\n",
                commands,
            ),
            (
                "              RoleArn: !Sub arn:${AWS::Partition}:iam::${ProdAccount}:role/deploy-invoker\n",
                "              InputArtifacts: [{ Name: Code }]\n",
            ),
        ]);
        let (_, source, said) = xacct(&[&TOOLING, given].concat(), &template);
        (source, said)
    };
    let commands = "              Commands: !Ref All\n";
    for kind in ["CommaDelimitedList", "AWS::SSM::Parameter::Value<List<String>>"] {
        let (_, said) = run(commands, kind, &[]);
        assert!(said.contains("`${All}` has to be known here: give `--parameter All=…`\n"), "{said}");
        let (source, said) = run(commands, kind, &["--parameter", "All=make a,make b"]);
        assert!(source.contains("commands: [\"make a\", \"make b\"]") && !said.contains("`${All}`"), "{source}{said}");
    }
    let (_, said) =
        run("              Commands: [make]\n              OutputArtifacts: !Ref All\n", "CommaDelimitedList", &[]);
    assert!(said.contains("`${All}` has to be known here\n") && !said.contains("--parameter All"), "{said}");
}

#[test]
fn a_terraform_pipeline_without_a_known_name_has_a_stand_in() {
    let run = |expression: serde_json::Value, given: &[&str]| {
        let text =
            std::fs::read_to_string(here("../../../tests/language/tests/import/templates/plan-of-terraform.json"))
                .unwrap();
        let mut plan: serde_json::Value = serde_json::from_str(&text).unwrap();
        let changes = plan["resource_changes"].as_array_mut().unwrap();
        let pipeline = changes.iter_mut().find(|change| change["type"] == "aws_codepipeline").unwrap();
        let address = pipeline["address"].as_str().unwrap().to_owned();
        pipeline["change"]["after"].as_object_mut().unwrap().remove("name").unwrap();
        pipeline["change"]["after_unknown"]["name"] = true.into();
        let expressions = "/configuration/root_module/module_calls/release/module/resources/0/expressions";
        plan.pointer_mut(expressions).unwrap()["name"] = expression;
        let home =
            ["import", "-", "--account", "111111111111", "--account", "aws.prod=222222222222", "--region", "eu-west-1"];
        let (code, source, said) = xacct(&[&home, given].concat(), &plan.to_string());
        (code, source, said, address)
    };
    let (code, source, said, address) = run(serde_json::json!({}), &[]);
    let name = "release-this";
    assert!(code == 1 && source.contains(&format!("name: \"{name}\"")) && !said.contains("left out"), "{source}{said}");
    let lost = format!(
        "stand-in: a name that is not known; `{name}` is written in its place: give `--parameter {address}.name=…`\n"
    );
    assert!(said.contains(&lost), "{said}");
    let (_, source, said, _) = run(serde_json::json!({}), &["--parameter", &format!("{address}.name=real")]);
    assert!(source.contains("name: \"real\"") && !said.contains("placeholder"), "{said}");
    let references = serde_json::json!({ "references": ["random_pet.name.id", "random_pet.name"] });
    let (_, source, said, _) = run(references, &[]);
    assert!(
        source.contains("name: \"release-random-pet-name-id\"")
            && said.contains("give `--parameter module.release.random_pet.name.id=…`"),
        "{said}"
    );
}

#[test]
fn what_is_written_instead_of_a_name_is_told_where_it_is_in_the_source() {
    let of = |stages: &str| {
        let template = format!(
            "Resources:
  Mod: {{ Type: My::Cool::Thing::MODULE }}
  P:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Name: shop
      RoleArn: !GetAtt Mod.Arn
      ArtifactStore: {{ Type: S3, Location: bucket-a }}
      Stages: {stages}
"
        );
        xacct(&["import", "-", "--account", "111111111111", "--region", "eu-west-1"], &template)
    };
    let (_, source, said) = of("!Ref Stages");
    assert!(source.contains("extern pipeline") && !source.contains("role/"), "{source}");
    assert!(!said.contains("is written in its place"), "{said}");
    let (_, source, said) = of("[{ Name: Ask, Actions: [{ Name: ask, ActionTypeId: { Category: Approval, Owner: AWS, \
         Provider: Manual, Version: '1' } }] }]");
    assert!(source.contains("role/mod-arn"), "{source}");
    assert!(said.contains("`arn:aws:iam::111111111111:role/mod-arn` is written in its place"), "{said}");
}

#[test]
fn a_default_that_another_template_contradicts_is_reported() {
    let default = ("  ToolingAccount: { Type: String }", "  ToolingAccount: { Type: String, Default: '333333333333' }");
    let prod = text_of("prod.yaml").replace(default.0, default.1);
    let scratch = Scratch::new(&[("tooling.yaml", &tooling(&[])), ("prod.yaml", &prod)]);
    let (one, other) = (scratch.path("tooling.yaml"), scratch.path("prod.yaml"));
    let accounts = [format!("--account={one}=111111111111"), format!("--account={other}=222222222222")];
    let arguments = ["import", &one, &other, "--region=eu-west-1", &accounts[0], &accounts[1]];
    let (_, source, said) = xacct(&arguments, "");
    assert!(!source.contains("333333333333") && source.contains("111111111111"), "{source}");
    let note = format!(
        "{other}:4:3: note: `ToolingAccount` is written out as `111111111111`, the account of the template with the role that is named with it, and not as its default `333333333333`: give `--parameter ToolingAccount=…` for another value\n"
    );
    assert!(said.contains(&note) && said.matches("333333333333").count() == 1, "{said}");
    // Whoever says it knows it.
    let (_, _, said) = xacct(&[&arguments[..], &["--parameter=ToolingAccount=111111111111"]].concat(), "");
    assert!(!said.contains("333333333333"), "{said}");
}

#[test]
fn a_terraform_pipeline_whose_service_role_is_not_known_has_one_of_its_name() {
    let mut plan = crate::any_unknown::plan();
    let change = plan["resource_changes"].as_array_mut().unwrap().iter_mut();
    let change = change.map(|change| &mut change["change"]).find(|change| change["after"]["name"] == "deploy").unwrap();
    change["after"].as_object_mut().unwrap().remove("role_arn");
    change["after_unknown"]["role_arn"] = true.into();
    let options = ["import", "-", "--account", "111111111111", "--account", "aws.prod=222222222222"];
    let (code, source, said) = xacct(&options, &plan.to_string());
    assert!(
        code == 1 && said.contains("`arn:aws:iam::222222222222:role/deploy-role-arn` is written in its place"),
        "{said}"
    );
    assert!(source.contains("service_role: existing(\"arn:aws:iam::222222222222:role/deploy-role-arn\")"), "{source}");
}

#[test]
fn a_service_role_in_another_partition_is_one_error() {
    let template = "\
Resources:
  Release:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Name: release
      RoleArn: arn:aws-cn:iam::111111111111:role/release
      ArtifactStore: { Type: S3, Location: shop-artifacts }
      Stages:
        - Name: Source
          Actions:
            - Name: code
              ActionTypeId: { Category: Source, Owner: AWS, Provider: CodeCommit, Version: '1' }
              Configuration: { RepositoryName: shop, BranchName: main, PollForSourceChanges: 'false' }
              OutputArtifacts: [{ Name: Code }]
        - Name: Ask
          Actions:
            - Name: ask
              ActionTypeId: { Category: Approval, Owner: AWS, Provider: Manual, Version: '1' }
";
    let (code, _, said) = imported(template);
    let error = "<stdin>:6:16: error[XA0411]: the role is in partition `aws-cn`, the pipeline in `aws`; help: name one of partition `aws`\n";
    assert_eq!((code, said.as_str()), (1, error));
}

#[test]
fn a_name_for_an_account_with_nothing_in_it_is_reported() {
    let template = tooling(&[]);
    let run = |names: &[&str]| xacct(&[&TOOLING, names].concat(), &template);
    let unused = "--name 999999999999=…: not used: no pipeline and no role that is imported is in this account\n";
    let (_, source, said) = run(&["--name", "111111111111=Tooling", "--name", "222222222222=Prod"]);
    assert!(
        source.contains("account Tooling") && source.contains("account Prod") && !said.contains("not used"),
        "{said}"
    );
    let (code, _, said) = run(&["--name", "222222222222=Prod", "--name", "999999999999=X"]);
    assert!(code == 1 && said.contains(unused), "{said}");
    assert_eq!(said.matches("not used").count(), 1, "{said}");
}
