//! Templates as `cargo xacct import` reads them: what is written, and what is reported about the rest.

use crate::{findings, here, tooling, xacct};

/// Exit code, source, and what `import` says about a template.
fn imported(template: &str) -> (u8, String, String) {
    xacct(&["import", "-", "--account", "111111111111", "--region", "eu-west-1"], template)
}

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
    assert!(said.contains("<stdin>:6:3: not imported: `artifactbucket` is a placeholder for a name that is not known: give `--parameter ArtifactBucket=…`\n"), "{said}");
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
    assert!(code == 1 && errors.contains(&format!("--account aws.prd=…: not imported: {said}")), "{errors}");
    let (code, _, errors) = run("wiring", "aws.prd=222222222222");
    assert_eq!((code, errors), (2, format!("error: --account aws.prd=…: {said}")));
    assert_eq!(run("wiring", "aws.prod=222222222222").0, 0);
    assert!(!run("import", "aws.prod=222222222222").2.contains("no provider"));
    let tooling = here("tooling.yaml");
    let (_, _, errors) = xacct(&["import", &tooling, "--account", &format!("{tooling}=111111111111")], "");
    assert!(!errors.contains("no provider"), "{errors}");
    let (code, _, errors) = xacct(&["import", &tooling, "--region", "toling.yaml=eu-west-1"], "");
    let said = "--region toling.yaml=…: not imported: no file and no provider with an alias is called `toling.yaml`\n";
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
