//! The wiring of templates: what is proven, and what depends on values known only at deployment.

use serde_json::Value;

use crate::{Scratch, here, text_of, tooling, xacct};

/// Exit code of `wiring` for the two templates, with other texts in them, and the hops with their verdicts.
pub(crate) fn wired(accounts: bool, tooling_edits: &[(&str, &str)], prod_edits: &[(&str, &str)]) -> (u8, Vec<String>) {
    let prod = prod_edits.iter().fold(text_of("prod.yaml"), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    let scratch = Scratch::new(&[("tooling.yaml", &tooling(tooling_edits)), ("prod.yaml", &prod)]);
    let (tooling, prod) = (scratch.path("tooling.yaml"), scratch.path("prod.yaml"));
    let of = [format!("--account={tooling}=111111111111"), format!("--account={prod}=222222222222")];
    let accounts = if accounts { vec![of[0].as_str(), of[1].as_str()] } else { vec![] };
    let (code, stdout, stderr) = xacct(&[&["wiring", &tooling, &prod], accounts.as_slice()].concat(), "");
    assert_eq!(stderr, "");
    let hop = |line: &str| Some(line.trim_start().strip_prefix("└─ ")?.to_owned());
    (code, stdout.lines().filter_map(hop).collect())
}

#[test]
fn the_wiring_of_two_templates_is_proven_across_their_accounts() {
    assert_eq!(
        wired(false, &[], &[]),
        (
            0,
            vec![
                "✓ assumes arn:aws:iam::${AWS::AccountId}:role/release-service".to_owned(),
                "✓ assumes arn:aws:iam::${AWS::AccountId}:role/deploy-invoker".to_owned(),
                "✓ starts arn:aws:codepipeline:eu-west-1:${AWS::AccountId}:deploy".to_owned(),
            ]
        )
    );
    let denied = |hop: usize, tooling: &[(&str, &str)], prod: &[(&str, &str)]| {
        let (code, hops) = wired(true, tooling, prod);
        assert_eq!((code, hops[hop].chars().next()), (1, Some('✗')), "{hops:?}");
    };
    denied(1, &[], &[("role/release-service", "role/release-servce")]);
    denied(2, &[], &[("eu-west-1:${AWS::AccountId}:${Deploy}", "eu-west-1:${AWS::AccountId}:other")]);
    let other =
        [("Action: sts:AssumeRole\n            Resource", "Action: sts:GetCallerIdentity\n            Resource")];
    denied(1, &other, &[]);
    // In one account the trust alone would do.
    let (code, hops) = wired(false, &other, &[]);
    assert_eq!((code, hops[1].chars().next()), (3, Some('?')), "{hops:?}");
}

#[test]
fn an_account_that_is_said_of_a_file_holds_whatever_other_files_name() {
    // A role of the same name in another account, which the trust policy lets tag.
    let principal = "Principal: { AWS: !Sub \"arn:aws:iam::${ToolingAccount}:role/release-service\" }";
    let other = format!(
        "{principal}\n            Action: sts:AssumeRole\n          - Effect: Allow\n            Principal: {{ AWS: \"arn:aws:iam::333333333333:role/release-service\" }}"
    );
    let (code, hops) = wired(true, &[], &[(principal, &other)]);
    assert_eq!((code, hops[0].as_str()), (0, "✓ assumes arn:aws:iam::111111111111:role/release-service"), "{hops:?}");
    // The role of an action in another account than that of the file with the role.
    let sub = "RoleArn: !Sub arn:${AWS::Partition}:iam::${ProdAccount}:role/deploy-invoker";
    let wrong = [(sub, "RoleArn: arn:aws:iam::222222222220:role/deploy-invoker")];
    let (code, hops) = wired(true, &wrong, &[]);
    assert_ne!((code, hops[1].chars().next()), (0, Some('✓')), "{hops:?}");
}

#[test]
fn a_role_whose_arn_is_not_known_is_shown_as_the_template_writes_it() {
    let role = "RoleArn: !Sub arn:${AWS::Partition}:iam::${ProdAccount}:role/deploy-invoker";
    let template = tooling(&[(role, "RoleArn: !Ref Repository")]);
    let (_, stdout, _) = xacct(&["wiring", "-"], &template);
    assert!(stdout.contains("? assumes ${Repository}\n"), "{stdout}");
    let (_, json, _) = xacct(&["wiring", "-", "--format", "json"], &template);
    assert!(!stdout.contains("999999999999") && !json.contains("999999999999"), "{json}");
}

#[test]
fn a_value_that_decides_a_hop_is_named_and_can_be_given() {
    let resource = "Resource: !Sub arn:${AWS::Partition}:iam::${ProdAccount}:role/deploy-invoker";
    let scratch = Scratch::new(&[
        ("tooling.yaml", &tooling(&[(resource, "Resource: !Ref Repository")])),
        ("prod.yaml", &text_of("prod.yaml")),
    ]);
    let (tooling, prod) = (scratch.path("tooling.yaml"), scratch.path("prod.yaml"));
    let of = [format!("--account={tooling}=111111111111"), format!("--account={prod}=222222222222")];
    let with = |more: &[&str]| xacct(&[&["wiring", &tooling, &prod, &of[0], &of[1]], more].concat(), "");
    let (code, stdout, _) = with(&[]);
    let asked = "unknown, depends on values known only at deployment: give `--parameter Repository=…`\n";
    assert!(code == 3 && stdout.contains(asked), "{stdout}");
    let given = |name: &str| with(&["--parameter", &format!("Repository=arn:aws:iam::222222222222:role/{name}")]).0;
    assert_eq!((given("deploy-invoker"), given("other")), (0, 1));
    let (code, _, stderr) = with(&["--parameter", "Repositry=x"]);
    let why = "error: --parameter Repositry: no template has a parameter or a resource of this name\n";
    assert_eq!((code, stderr.as_str()), (2, why));
}

#[test]
fn the_name_of_a_role_that_a_document_may_have_is_asked_for() {
    let principal = "Principal: { AWS: !Sub \"arn:aws:iam::${ToolingAccount}:role/release-service\" }";
    let made = "Principal: { AWS: \"arn:aws:iam::111111111111:role/release-ServiceRole-1ABCDEFGHIJKL\" }";
    let scratch = Scratch::new(&[
        ("tooling.yaml", &tooling(&[("RoleName: release-service", "Description: of the pipeline")])),
        ("prod.yaml", &text_of("prod.yaml").replace(principal, made)),
    ]);
    let (tooling, prod) = (scratch.path("tooling.yaml"), scratch.path("prod.yaml"));
    let of = [format!("--account={tooling}=111111111111"), format!("--account={prod}=222222222222")];
    let with = |more: &[&str]| xacct(&[&["wiring", &tooling, &prod, &of[0], &of[1]], more].concat(), "");
    let (code, stdout, _) = with(&[]);
    assert!(code == 3 && stdout.contains("deployment: give `--parameter ServiceRole=…`\n"), "{stdout}");
    assert_eq!(with(&["--parameter", "ServiceRole=release-ServiceRole-1ABCDEFGHIJKL"]).0, 0);
    assert_eq!(with(&["--parameter", "ServiceRole=release-ServiceRole-OTHER"]).0, 1);
    // What is written in the place of the name decides nothing in an import.
    let (code, _, stderr) = xacct(&["import", &tooling, &prod, &of[0], &of[1], "--region", "eu-west-1"], "");
    assert!(code == 1 && stderr.contains("stand-in: ") && !stderr.contains("XA1013"), "{stderr}");
}

#[test]
fn what_only_a_deployment_tells_is_not_denied() {
    let unknown = |tooling: &[(&str, &str)], prod: &[(&str, &str)], hop: usize| {
        let (code, hops) = wired(false, tooling, prod);
        assert_eq!((code, hops[hop].chars().next()), (3, Some('?')), "{hops:?}");
    };
    let resource = "Resource: !Sub arn:${AWS::Partition}:iam::${ProdAccount}:role/deploy-invoker";
    unknown(&[(resource, "Resource: !Ref Repository")], &[], 1);
    unknown(&[(resource, "Resource: arn:aws:iam::222222222222:role/deploy-invoker")], &[], 1);
    unknown(&[("Roles: [!Ref ServiceRole]", "Roles: [!ImportValue role]")], &[], 1);
    unknown(&[("Type: AWS::IAM::Policy\n", "Type: AWS::IAM::Policy\n    Condition: Wired\n")], &[], 1);
    unknown(
        &[(
            "PolicyDocument:\n        Version: \"2012-10-17\"\n",
            "PolicyDocument:\n        Fn::Transform: { Name: ShopMacro }\n        Version: \"2012-10-17\"\n",
        )],
        &[],
        1,
    );
    unknown(
        &[],
        &[(
            "Principal: { AWS: !Sub \"arn:aws:iam::${ToolingAccount}:role/release-service\" }",
            "Principal: !If [One, { AWS: a }, { AWS: b }]",
        )],
        1,
    );
    unknown(&[], &[("${AWS::AccountId}:${Deploy}", "${ArtifactBucket}:${Deploy}")], 2);
    unknown(
        &[],
        &[(
            "Resource: !Sub arn:aws:codepipeline:eu-west-1:${AWS::AccountId}:${Deploy}",
            "Resource: '*'\n                Condition: { StringEquals: { aws:SourceIdentity: !Ref ArtifactBucket } }",
        )],
        2,
    );
    // A role that no template makes.
    let (code, stdout, _) = xacct(&["wiring", &here("tooling.yaml")], "");
    assert_eq!(code, 3);
    assert!(stdout.contains("? assumes arn:aws:iam::${ProdAccount}:role/deploy-invoker"), "{stdout}");
}

#[test]
fn a_name_that_is_not_known_may_be_one_that_is_written_out() {
    let verdict = |hop: usize, tooling: &[(&str, &str)], prod: &[(&str, &str)]| {
        let (code, hops) = wired(true, tooling, prod);
        (code, hops[hop].chars().next().unwrap())
    };
    // The name of the role that the other account trusts, and that of the pipeline which its role may start.
    let role = |name: &'static str| [("RoleName: release-service", name)];
    let literal = [("${ToolingAccount}:role/release-service", "111111111111:role/release-service")];
    assert_eq!(verdict(1, &role("RoleName: !Ref Repository"), &literal), (3, '?'));
    assert_eq!(verdict(1, &role("RoleName: !Sub \"${Repository}-service\""), &literal), (3, '?'));
    assert_eq!(verdict(1, &role("RoleName: !Sub \"${Repository}-role\""), &literal), (1, '✗'));
    assert_eq!(verdict(1, &role("RoleName: !Sub \"${Repository}-role\""), &[]), (1, '✗'));
    // The name that CloudFormation makes of the logical id, once it is made, and another.
    let made = |name: &'static str| [("${ToolingAccount}:role/release-service", name)];
    let unnamed = role("Description: of the pipeline");
    assert_eq!(verdict(1, &unnamed, &made("111111111111:role/release-ServiceRole-1ABCDEFGHIJKL")), (3, '?'));
    assert_eq!(verdict(1, &unnamed, &made("111111111111:role/release-Service-1ABCDEFGHIJKL")), (1, '✗'));
    let principal = "Principal: { AWS: !Sub \"arn:aws:iam::${ToolingAccount}:role/release-service\" }";
    let condition = "Principal: { AWS: \"111111111111\" }\n            \
                     Condition: { ArnEquals: { aws:PrincipalArn: \"arn:aws:iam::111111111111:role/release-service\" } }";
    assert_eq!(verdict(1, &[], &[(principal, condition)]), (0, '✓'));
    assert_eq!(verdict(1, &role("RoleName: !Ref Repository"), &[(principal, condition)]), (3, '?'));
    let target = |name: &'static str| [("PipelineName: deploy", name)];
    let resource = [("${AWS::AccountId}:${Deploy}", "${AWS::AccountId}:deploy")];
    assert_eq!(verdict(2, &target("PipelineName: !Ref Repository"), &resource), (3, '?'));
    assert_eq!(verdict(2, &target("PipelineName: !Sub \"de${Repository}\""), &resource), (3, '?'));
    assert_eq!(verdict(2, &target("PipelineName: !Sub \"un${Repository}\""), &resource), (1, '✗'));
    let both = [("${AWS::AccountId}:${Deploy}", "${AWS::AccountId}:deploy-${ArtifactBucket}")];
    assert_eq!(verdict(2, &target("PipelineName: !Ref Repository"), &both), (3, '?'));
}

#[test]
fn a_chain_that_is_up_to_a_condition_is_proven_in_all_its_ways() {
    let run = |action: &[(&str, &str)]| {
        let conditions = [("Resources:\n", "Conditions:\n  Live: !Equals [!Ref Repository, shop]\nResources:\n")];
        let (code, hops) = wired(true, &[&conditions, action].concat(), &[]);
        (code, hops.iter().filter(|hop| hop.contains("starts")).cloned().collect::<Vec<_>>())
    };
    let starts = |sign: char, name: &str| format!("{sign} starts arn:aws:codepipeline:eu-west-1:222222222222:{name}");
    for (target, chains) in [
        ("PipelineName: !If [Live, deploy, other]", [starts('✓', "deploy"), starts('✗', "other")]),
        ("PipelineName: !If [Live, other, deploy]", [starts('✗', "other"), starts('✓', "deploy")]),
    ] {
        assert_eq!(run(&[("PipelineName: deploy", target)]), (3, chains.to_vec()));
    }
    let both = "PipelineName: !If [Live, other, another]";
    assert_eq!(run(&[("PipelineName: deploy", both)]), (1, vec![starts('✗', "other"), starts('✗', "another")]));
    // What doesn't change the chain is not another way, and an action that is there in one way has one chain.
    let branch = ("BranchName: main", "BranchName: !If [Live, main, next]");
    assert_eq!(run(&[branch]), (0, vec![starts('✓', "deploy")]));
    let template = tooling(&[
        ("Resources:\n", "Conditions:\n  Live: !Equals [!Ref Repository, shop]\nResources:\n"),
        ("Name: deploy\n", "Name: !If [Live, deploy, other]\n"),
    ]);
    let (_, text, _) = xacct(&["wiring", "-"], &template);
    let title = "<stdin>:47:21: pipeline `release`, stage `Deploy`, action `start`, where condition `Live`";
    assert!(text.contains(&format!("{title} holds\n")) && text.contains(&format!("{title} does not hold\n")), "{text}");
    let (_, answer, _) = xacct(&["wiring", "--format", "json", "-"], &template);
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let conditions: Vec<&Value> = answer["actions"].as_array().unwrap().iter().map(|one| &one["conditions"]).collect();
    assert_eq!(conditions, [&serde_json::json!({ "Live": true }), &serde_json::json!({ "Live": false })]);
}

#[test]
fn a_role_whose_name_cloudformation_makes_is_known_by_its_reference() {
    let own = "\
Resources:
  Service:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{ Effect: Allow, Principal: { Service: codepipeline.amazonaws.com }, Action: sts:AssumeRole }]
      Policies:
        - PolicyName: assume
          PolicyDocument:
            Statement: [{ Effect: Allow, Action: sts:AssumeRole, Resource: !GetAtt Action.Arn }]
  Action:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Statement: [{ Effect: Allow, Principal: { AWS: !Ref AWS::AccountId }, Action: sts:AssumeRole }]
  P:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      RoleArn: !GetAtt Service.Arn
      Stages:
        - Name: Source
          Actions:
            - Name: code
              RoleArn: !GetAtt Action.Arn
              ActionTypeId: { Category: Source, Owner: AWS, Provider: CodeCommit, Version: 1 }
";
    let (code, stdout, _) = xacct(&["wiring", "-"], own);
    assert_eq!(code, 0, "{stdout}");
    assert!(stdout.contains("✓ assumes arn:aws:iam::${AWS::AccountId}:role/${Action}"), "{stdout}");
    // A wildcard may or may not match such a name; another role is another.
    let resource = |resource: &str| own.replace("!GetAtt Action.Arn }]", resource);
    assert_eq!(xacct(&["wiring", "-"], &resource("\"arn:aws:iam::*:role/Team-*\" }]")).0, 3);
    assert_eq!(xacct(&["wiring", "-"], &resource("\"*\" }]")).0, 0);
    assert_eq!(xacct(&["wiring", "-"], &resource("\"arn:aws:iam::111111111111:role/other\" }]")).0, 1);
    let (code, stdout, _) = xacct(&["wiring", "--format", "json", "-"], own);
    let answer: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(code, 0);
    assert_eq!(answer["actions"][0]["assume"], "allowed", "{answer:#}");
    assert_eq!((&answer["actions"][0]["line"], &answer["actions"][0]["pipeline"]), (&23.into(), &"${P}".into()));
}

/// A template whose role for two invokes has these statements.
fn invokes(statements: &str) -> Scratch {
    let text = text_of("invokes.yaml").replace("Statement: []", &format!("Statement: [{statements}]"));
    Scratch::new(&[("invokes.yaml", &text)])
}

#[test]
fn what_invokes_of_functions_and_state_machines_call_is_proven() {
    let wired = |statements: &str| {
        let scratch = invokes(statements);
        let (code, stdout, stderr) =
            xacct(&["wiring", &scratch.path("invokes.yaml"), "--account=111111111111", "--region=eu-west-1"], "");
        assert_eq!(stderr, "");
        let calls = stdout.lines().skip_while(|line| !line.contains("calls"));
        let line = |line: &str| (!line.starts_with("codepipeline") && !line.is_empty()).then(|| line.trim().to_owned());
        (
            code,
            calls
                .filter_map(line)
                .filter(|line| !line.contains("assume") && !line.contains("trust"))
                .collect::<Vec<_>>(),
        )
    };
    let machine = "arn:aws:states:eu-west-1:111111111111";
    let function = "arn:aws:lambda:eu-west-1:111111111111:function:f";
    let start = format!(
        "{{Effect: Allow, Action: 'states:*', Resource: ['{machine}:stateMachine:m', '{machine}:execution:m:x-*']}}"
    );
    let invoke = format!("{{Effect: Allow, Action: 'lambda:InvokeFunction', Resource: '{function}'}}");
    let (code, said) = wired(&format!("{start}, {invoke}"));
    assert_eq!(code, 0, "{said:#?}");
    let calls: Vec<&String> = said.iter().filter(|line| line.contains("calls")).collect();
    assert_eq!(
        calls,
        [
            &format!("└─ ✓ calls states:DescribeStateMachine on {machine}:stateMachine:m"),
            &format!("└─ ✓ calls states:StartExecution on {machine}:stateMachine:m"),
            &format!("└─ ✓ calls states:DescribeExecution on {machine}:execution:m:*"),
            &format!("└─ ✓ calls lambda:InvokeFunction on {function}"),
        ]
    );
    let (code, said) = wired(&format!("{{Effect: Allow, Action: 'lambda:Invoke', Resource: '*'}}, {start}"));
    assert_eq!(code, 3);
    assert_eq!(
        said[said.len() - 4..],
        [
            format!("└─ ? calls lambda:InvokeFunction on {function}"),
            format!("unknown, depends on the policy of `{function}`"),
            "fix: IAM has no action `lambda:Invoke`: write `lambda:InvokeFunction`".to_owned(),
            "unknown: the input does not determine the result".to_owned(),
        ]
    );
    let only_start =
        format!("{{Effect: Allow, Action: 'states:StartExecution', Resource: '{machine}:stateMachine:m'}}");
    let (code, said) = wired(&format!("{only_start}, {invoke}"));
    assert_eq!(code, 1);
    let at = said.iter().position(|line| line.contains("DescribeExecution")).unwrap();
    assert_eq!(
        said[at..at + 4],
        [
            format!("└─ ✗ calls states:DescribeExecution on {machine}:execution:m:*"),
            "denied because no identity-based policy allows the states:DescribeExecution action".to_owned(),
            format!(
                "fix: let a policy of `arn:aws:iam::111111111111:role/invoker` allow `states:DescribeExecution` on `{machine}:execution:m:*`"
            ),
            "not authorized".to_owned(),
        ]
    );
}

#[test]
fn what_a_role_may_do_beside_does_not_make_its_calls_unknown() {
    let all = "{Effect: Allow, Action: ['lambda:*', 'states:*'], Resource: '*'}";
    let code = |text: &str| {
        let scratch = Scratch::new(&[("invokes.yaml", text)]);
        xacct(&["wiring", &scratch.path("invokes.yaml"), "--account=111111111111", "--region=eu-west-1"], "").0
    };
    let with = |more: &str| text_of("invokes.yaml").replace("Statement: []", &format!("Statement: [{all}{more}]"));
    for resource in ["!GetAtt Bucket.Arn", "!Sub '${Bucket.Arn}/*'", "!Join ['', [!GetAtt Bucket.Arn, '/*']]"] {
        assert_eq!(
            code(&with(&format!(", {{Effect: Allow, Action: 's3:GetObject', Resource: {resource}}}"))),
            0,
            "{resource}"
        );
    }
    // Another statement may deny.
    assert_eq!(code(&with(", {Effect: Deny, Action: 'lambda:*', Resource: !GetAtt Bucket.Arn}")), 3);
    // A policy of AWS only allows; others may deny.
    let managed = |arn: &str| {
        with("")
            .replace("      RoleName: invoker", &format!("      RoleName: invoker\n      ManagedPolicyArns: ['{arn}']"))
    };
    assert_eq!(code(&managed("arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole")), 0);
    assert_eq!(code(&managed("arn:aws:iam::aws:policy/AWSDenyAll")), 3);
    assert_eq!(code(&managed("arn:aws:iam::111111111111:policy/own")), 3);
}

#[test]
fn that_only_the_roles_of_other_actions_are_proven_is_told() {
    let scratch = Scratch::new(&[(
        "build.yaml",
        &text_of("invokes.yaml")
            .replace(
                "{Category: Invoke, Owner: AWS, Provider: Lambda, Version: 1}",
                "{Category: Build, Owner: AWS, Provider: CodeBuild, Version: 1}",
            )
            .replace("FunctionName: f", "ProjectName: f"),
    )]);
    let (_, stdout, _) = xacct(&["wiring", &scratch.path("build.yaml")], "");
    assert!(
        stdout.ends_with("\nthe action starts no pipeline, so what the role may do is not judged\n\nauthorized\n\n"),
        "{stdout}"
    );
}

#[test]
fn what_is_given_decides_conditions() {
    let template = r"
Parameters: { Env: { Type: String, Default: dev } }
Conditions:
  Prod: !Equals [!Ref Env, prod]
  Here: !Equals [!Ref 'AWS::Region', eu-west-1]
  NotHere: !Not [!Condition Here]
Resources:
  Release: &release
    Type: AWS::CodePipeline::Pipeline
    Condition: Here
    Properties:
      Name: release
      PipelineType: V2
      RoleArn: arn:aws:iam::111111111111:role/service
      ArtifactStore: { Type: S3, Location: artifacts }
      Stages:
        - Name: Source
          Actions: [{ Name: Source, ActionTypeId: { Category: Source, Owner: AWS, Provider: CodeCommit, Version: '1' },
            Configuration: { RepositoryName: shop, BranchName: main, PollForSourceChanges: 'false' }, OutputArtifacts: [{ Name: Code }] }]
        - Name: Go
          Actions: [{ Name: go, ActionTypeId: { Category: Invoke, Owner: AWS, Provider: CodePipeline, Version: '1' },
            Configuration: { PipelineName: deploy }, RoleArn: !If [Prod, 'arn:aws:iam::222222222222:role/go', 'arn:aws:iam::333333333333:role/go'] }]
  Elsewhere:
    <<: *release
    Condition: NotHere
";
    let wiring = |options: &[&str]| xacct(&[&["wiring", "-"], options].concat(), template).1;
    assert_eq!(wiring(&[]).matches("where condition `Prod`").count(), 4, "{}", wiring(&[]));
    let decided = wiring(&["--region", "eu-west-1", "--parameter", "Env=prod"]);
    assert!(!decided.contains("where condition") && !decided.contains("333333333333"), "{decided}");
    assert_eq!(decided.matches("action `go`").count(), 1, "{decided}");
    let (code, drawn, said) = xacct(
        &["graph", "-", "--region", "eu-west-1", "--account", "111111111111", "--parameter", "Env=dev"],
        template,
    );
    assert!(code == 0 && drawn.contains("333333333333") && !drawn.contains("222222222222"), "{drawn}{said}");
}

/// A pipeline that starts another one, and its service role with its own policies and another resource.
fn with_policies(own: &str, resource: &str) -> String {
    format!(
        "
Parameters: {{ UseKms: {{ Type: String }} }}
Conditions: {{ Kms: !Equals [!Ref UseKms, 'true'] }}
Resources:
  Service:
    Type: AWS::IAM::Role
    Properties:
      RoleName: service
      AssumeRolePolicyDocument: {{ Version: '2012-10-17', Statement: [{{ Effect: Allow, Principal: {{ Service: codepipeline.amazonaws.com }}, Action: 'sts:AssumeRole' }}] }}
      Policies: {own}
  {resource}
  Release:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Name: release
      PipelineType: V2
      RoleArn: !GetAtt Service.Arn
      ArtifactStore: {{ Type: S3, Location: artifacts }}
      Stages:
        - Name: Go
          Actions: [{{ Name: go, ActionTypeId: {{ Category: Invoke, Owner: AWS, Provider: CodePipeline, Version: '1' }}, Configuration: {{ PipelineName: deploy }} }}]
"
    )
}

/// The wiring where condition `Kms` chooses a statement, or what has it, in all the places where it may. `always`: what the role may do in any case.
fn with_chosen(always: &str, (effect, action): (&str, &str), holds: bool, options: &[&str]) -> Vec<String> {
    let choice = |then: &str, otherwise: &str| match holds {
        true => format!("!If [Kms, {then}, {otherwise}]"),
        false => format!("!If [Kms, {otherwise}, {then}]"),
    };
    let or_none = |value: &str| choice(value, "!Ref 'AWS::NoValue'");
    let statement = |effect: &str, action: &str| format!("{{ Effect: {effect}, Action: '{action}', Resource: '*' }}");
    let policy = |name: &str, statements: &str| {
        format!("PolicyName: {name}, PolicyDocument: {{ Version: '2012-10-17', Statement: [{statements}] }}")
    };
    let first = format!("{{ {} }}", policy("always", &statement("Allow", always)));
    let chosen = statement(effect, action);
    let beside = policy("extra", &format!("{}, {}", or_none(&chosen), statement("Allow", "s3:*")));
    let alone = policy("extra", &or_none(&chosen));
    let whole = policy("extra", &chosen);
    let own = |entry: &str| with_policies(&format!("[{first}, {entry}]"), "");
    let other = |policy: &str, condition: &str| {
        let resource = format!(
            "Extra: {{ Type: AWS::IAM::Policy, {condition} Properties: {{ Roles: [!Ref Service], {policy} }} }}"
        );
        with_policies(&format!("[{first}]"), &resource)
    };
    let mut templates = vec![
        own(&format!("{{ {beside} }}")),
        own(&or_none(&format!("{{ {whole} }}"))),
        with_policies(&choice(&format!("[{first}, {{ {whole} }}]"), &format!("[{first}]")), ""),
        other(&beside, ""),
        other(&alone, ""),
    ];
    let managed = format!("Extra: {{ Type: AWS::IAM::ManagedPolicy, Properties: {{ Managed{whole} }} }}");
    let attached = format!("[{first}]\n      ManagedPolicyArns: [{}]", or_none("!Ref Extra"));
    templates.push(with_policies(&attached, &managed));
    if holds {
        templates.push(other(&whole, "Condition: Kms,"));
    }
    let home = ["wiring", "-", "--account", "111111111111", "--region", "eu-west-1"];
    templates.iter().map(|template| xacct(&[&home, options].concat(), template).1).collect()
}

const START: &str = "codepipeline:StartPipelineExecution";

#[test]
fn a_policy_that_only_allows_does_not_matter_where_the_call_is_allowed_anyway() {
    for holds in [true, false] {
        for wiring in with_chosen(START, ("Allow", "kms:*"), holds, &[]) {
            assert_eq!(wiring.matches('✓').count(), 2, "{wiring}");
        }
    }
}

#[test]
fn a_call_that_a_condition_allows_or_denies_depends_on_it() {
    for (always, statement, allows) in [("s3:GetObject", ("Allow", START), true), (START, ("Deny", START), false)] {
        for (holds, when) in
            [(true, "`extra` if condition `Kms` holds)"), (false, "`extra` if condition `Kms` does not hold)")]
        {
            for wiring in with_chosen(always, statement, holds, &[]) {
                let told = wiring.contains(when) || wiring.contains(&when.replace("`extra`", "what `extra` has"));
                assert!(wiring.contains("? starts") && told, "{wiring}");
            }
            for value in [true, false] {
                let sign = if (value == holds) == allows { "✓ starts" } else { "✗ starts" };
                for wiring in with_chosen(always, statement, holds, &["--parameter", &format!("UseKms={value}")]) {
                    assert!(wiring.contains(sign), "{wiring}");
                }
            }
        }
    }
}

#[test]
fn managed_policies_of_aws_and_a_boundary_that_a_condition_leaves_out_take_nothing_away() {
    let start = format!(
        "[{{ PolicyName: a, PolicyDocument: {{ Statement: [{{ Effect: Allow, Action: '{START}', Resource: '*' }}] }} }}]"
    );
    let wiring = |more: &str, options: &[&str]| {
        let template = with_policies(&format!("{start}\n      {more}"), "");
        let home = ["wiring", "-", "--account", "111111111111", "--region", "eu-west-1"];
        xacct(&[&home, options].concat(), &template).1
    };
    for more in [
        "ManagedPolicyArns: [!If [Kms, 'arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser', !Ref 'AWS::NoValue']]",
        "ManagedPolicyArns: !If [Kms, ['arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser'], !Ref 'AWS::NoValue']",
    ] {
        assert!(wiring(more, &[]).contains("✓ starts"), "{more}");
    }
    let boundary = "PermissionsBoundary: !If [Kms, 'arn:aws:iam::111111111111:policy/boundary', !Ref 'AWS::NoValue']";
    assert!(wiring(boundary, &[]).contains("? starts"));
    assert!(wiring(boundary, &["--parameter", "UseKms=false"]).contains("✓ starts"));
}

#[test]
fn an_arn_where_the_name_of_a_pipeline_belongs_is_denied_in_the_words_of_the_rule() {
    let arn = "arn:aws:codepipeline:eu-west-1:222222222222:deploy";
    let edit = [("PipelineName: deploy", "PipelineName: arn:aws:codepipeline:eu-west-1:222222222222:deploy")];
    let (code, hops) = wired(true, &edit, &[]);
    assert_eq!((code, hops[2].as_str()), (1, format!("✗ starts {arn}").as_str()), "{hops:?}");
    let (_, stdout, _) = xacct(&["wiring", "-"], &tooling(&edit));
    let (_, checked, _) = xacct(&["check", "-"], &tooling(&edit));
    let sentence =
        "`PipelineName` takes the bare name of the target pipeline, not its ARN: the action would fail when it runs";
    assert!(checked.contains(&format!("error[XA0701]: {sentence}")), "{checked}");
    assert!(
        stdout.contains(&format!("denied because {sentence}\n")) && stdout.contains("fix: write `deploy`; "),
        "{stdout}"
    );
}

#[test]
fn the_account_of_a_target_is_not_known_where_the_role_is_not() {
    let role = "RoleArn: !Sub arn:${AWS::Partition}:iam::${ProdAccount}:role/deploy-invoker";
    let template = tooling(&[(role, "RoleArn: !Ref Repository")]);
    let (_, stdout, _) = xacct(&["wiring", "-", "--account", "111111111111"], &template);
    let starts = "? starts arn:aws:codepipeline:eu-west-1:${account of role Repository}:deploy\n";
    assert!(stdout.contains(starts), "{stdout}");
    assert!(!stdout.contains("--parameter account of"), "{stdout}");
}

#[test]
fn files_of_doctor_are_sent_there() {
    let declaration = r#"{"pipeline": {"name": "release", "stages": []}}"#;
    let scratch = Scratch::new(&[("release.json", declaration), ("roles.json", r#"{"RoleDetailList": []}"#)]);
    let (release, roles) = (scratch.path("release.json"), scratch.path("roles.json"));
    let help = format!("\n  help: `cargo xacct doctor --offline {release} {roles}` proves its wiring\n");
    let (code, stdout, stderr) = xacct(&["wiring", &release, &roles], "");
    assert_eq!((code, stdout.as_str()), (2, ""));
    let (_, _, alone) = xacct(&["wiring", &release], "");
    let more =
        "proves its wiring, given also the output of `aws iam get-account-authorization-details` for each account\n";
    assert!(alone.ends_with(more), "{alone}");
    assert_eq!(stderr, format!("error: {release}: this is the declaration of a pipeline{help}"));
    let (_, _, stderr) = xacct(&["wiring", &roles], "");
    assert!(
        stderr.starts_with(&format!("error: {roles}: this is output of `iam get-account-authorization-details`\n")),
        "{stderr}"
    );
}

/// The output for both templates in their accounts, with other texts of the first.
fn said(edits: &[(&str, &str)]) -> String {
    let scratch = Scratch::new(&[("tooling.yaml", &tooling(edits)), ("prod.yaml", &text_of("prod.yaml"))]);
    let (tooling, prod) = (scratch.path("tooling.yaml"), scratch.path("prod.yaml"));
    let of = [format!("--account={tooling}=111111111111"), format!("--account={prod}=222222222222")];
    xacct(&["wiring", &of[0], &of[1], &tooling, &prod], "").1
}

#[test]
fn a_role_or_a_pipeline_that_no_file_has_is_led_to_the_one_that_is_meant() {
    let role = (
        "RoleArn: !Sub arn:${AWS::Partition}:iam::${ProdAccount}:role/deploy-invoker",
        "RoleArn: arn:aws:iam::222222222222:role/ci/deploy-invoker",
    );
    let out = said(&[role]);
    let help = "fix: if you mean role `arn:aws:iam::222222222222:role/deploy-invoker`, write its ARN: no file has the one that is named\n";
    assert!(out.contains("✗ assumes") && out.contains(help), "{out}");
    let out = said(&[("PipelineName: deploy", "PipelineName: deplo")]);
    let help = "fix: if you mean pipeline `deploy`, write its name: no file has the one that is named\n";
    assert!(out.contains("✗ starts") && out.contains(help), "{out}");
    // Nothing is alike.
    let out = said(&[("PipelineName: deploy", "PipelineName: rollout")]);
    assert!(out.contains("✗ starts") && !out.contains("if you mean"), "{out}");
}

#[test]
fn what_to_write_is_spelt_as_in_the_template() {
    let out = said(&[("PipelineName: deploy", "PipelineName: arn:aws:codepipeline:eu-west-1:222222222222:deploy")]);
    assert!(out.contains("its Region from `Region: \"eu-west-1\"`\n"), "{out}");
}

#[test]
fn a_managed_policy_of_aws_is_in_no_file() {
    let arn = "arn:aws:iam::aws:policy/AWSCodePipeline_FullAccess";
    let no_right =
        ("Action: sts:AssumeRole\n            Resource", "Action: sts:GetCallerIdentity\n            Resource");
    let policy = format!("      RoleName: release-service\n      ManagedPolicyArns: [{arn}]\n");
    let out = said(&[no_right, ("      RoleName: release-service\n", &policy)]);
    assert!(out.contains(&format!("unknown, depends on the text of `{arn}`, which is not in the files\n")), "{out}");
}

#[test]
fn a_policy_without_a_name_is_called_after_its_resource() {
    let unnamed = [("Type: AWS::IAM::Policy\n", "Type: AWS::IAM::ManagedPolicy\n"), ("      PolicyName: start\n", "")];
    let out = said(&unnamed);
    assert!(
        out.contains(
            "by: Allow statement 1 of policy `ServicePolicy` of `arn:aws:iam::111111111111:role/release-service`\n"
        ),
        "{out}"
    );
}
