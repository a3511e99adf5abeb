//! What a template does not show and may grant what is missing: macros, transforms, loops, modules, nested stacks and custom resources.

use crate::wiring::wired;
use crate::{Scratch, here, tooling, xacct};

/// The service role's policy without what it needs.
const MISSING: (&str, &str) =
    ("Action: sts:AssumeRole\n            Resource", "Action: sts:GetCallerIdentity\n            Resource");
/// The trust policy of the other account without the service role.
const NO_TRUST: (&str, &str) = ("role/release-service", "role/release-servce");

/// Exit code, and the sign of the hop into the other account.
fn assumed(tooling: &[(&str, &str)], prod: &[(&str, &str)]) -> (u8, char) {
    let (code, hops) = wired(true, tooling, prod);
    (code, hops[1].chars().next().unwrap())
}

fn resource(text: &str) -> String {
    format!("Resources:\n  {text}\n")
}

#[test]
fn what_is_not_read_may_grant_what_is_missing() {
    assert_eq!(assumed(&[MISSING], &[]), (1, '✗'));
    let transforms = [
        "Transform: ShopMacro",
        "Transform: [AWS::LanguageExtensions, ShopMacro]",
        "Transform: { Name: ShopMacro, Parameters: { A: b } }",
        "Transform: { Name: AWS::Include, Parameters: { Location: s3://shop/more } }",
    ];
    for transform in transforms {
        let edit = ("Description: Builds", &*format!("{transform}\nDescription: Builds"));
        assert_eq!(assumed(&[MISSING, edit], &[]), (3, '?'), "{transform}");
        // What is written still counts.
        assert_eq!(assumed(&[edit], &[]), (0, '✓'), "{transform}");
    }
    for made in [
        "Fn::Transform: { Name: AWS::Include, Parameters: { Location: s3://shop/more } }",
        "More: { Fn::Transform: { Name: AWS::Include, Parameters: { Location: s3://shop/more } } }",
        "Fn::ForEach::P: [P, [a, b], { \"P${P}\": { Type: AWS::IAM::Policy, Properties: { Roles: [!Ref ServiceRole] } } }]",
        "Net: { Type: Shop::Net::MODULE, Properties: { Role: !Ref ServiceRole } }",
        "Net: { Type: AWS::CloudFormation::Stack, Properties: { Parameters: { Role: !Ref ServiceRole } } }",
        "Net: { Type: AWS::CloudFormation::Stack, Properties: { Parameters: { Role: !GetAtt ServiceRole.Arn } } }",
        "Net: { Type: AWS::CloudFormation::Stack, Properties: { Parameters: { Role: !Sub 'x,${ServiceRole}' } } }",
        "Net: { Type: AWS::CloudFormation::Stack, Properties: { Parameters: { Role: release-service } } }",
        "Net: { Type: AWS::CloudFormation::Stack, Properties: { Parameters: { Role: !If [A, !Ref ServiceRole, ''] } } }",
        "Net: { Type: AWS::CloudFormation::Stack, Properties: { Parameters: { Fn::Transform: { Name: More } } } }",
        "Net: { Type: AWS::CloudFormation::Stack, DependsOn: [ServiceRole] }",
        "Net: { Type: Custom::Grant, Properties: { ServiceToken: a, Role: !Ref ServiceRole } }",
        "Net: { Type: Shop::Iam::Grant, Properties: { Role: !Ref ServiceRole } }",
    ] {
        assert_eq!(assumed(&[MISSING, ("Resources:\n", &resource(made))], &[]), (3, '?'), "{made}");
    }
    let role = "      RoleName: release-service\n";
    for open in [
        "Fn::Transform: { Name: ShopMacro }",
        "Policies: !Ref Repository",
        "Policies: [!If [A, { PolicyName: a, PolicyDocument: { Statement: { Effect: Allow, Action: '*', Resource: '*' } } }, !Ref AWS::NoValue]]",
        "Policies: [{ PolicyName: a, PolicyDocument: !GetAtt Other.Document }]",
        "Policies: [{ PolicyName: a, PolicyDocument: { Statement: !Ref Repository } }]",
        "Policies: [{ PolicyName: a, PolicyDocument: { Statement: [!Ref Repository] } }]",
        "Policies: [{ PolicyName: a, PolicyDocument: { Statement: [{ Effect: Allow, Action: !Ref Repository, Resource: '*' }] } }]",
        "ManagedPolicyArns: !Ref Repository",
        "ManagedPolicyArns: [!ImportValue policy]",
    ] {
        let edit = (role, &*format!("{role}      {open}\n"));
        assert_eq!(assumed(&[MISSING, edit], &[]), (3, '?'), "{open}");
    }
}

#[test]
fn what_is_not_read_grants_nothing_to_roles_that_it_can_not_reach() {
    for transform in ["Transform: AWS::LanguageExtensions", "Transform: [AWS::Serverless-2016-10-31]"] {
        let edit = ("Description: Builds", &*format!("{transform}\nDescription: Builds"));
        assert_eq!(assumed(&[MISSING, edit], &[]), (1, '✗'), "{transform}");
    }
    for made in [
        "Fn::ForEach::T: [T, [a, b], { \"T${T}\": { Type: AWS::SNS::Topic } }]",
        "Fn::ForEach::R: [R, [a, b], { \"R${R}\": { Type: AWS::IAM::Role, Properties: { RoleName: !Ref R } } }]",
        "Net: { Type: Shop::Net::MODULE, Properties: { Role: !Ref Other } }",
        "Net: { Type: AWS::CloudFormation::Stack, Properties: { Parameters: { Role: release-service-2 } } }",
        "Net: { Type: Custom::Empty, Properties: { ServiceToken: a, Bucket: !Ref ArtifactBucket } }",
        "Net: { Type: AWS::SNS::Topic, Properties: { TopicName: !Ref ServiceRole } }",
    ] {
        assert_eq!(assumed(&[MISSING, ("Resources:\n", &resource(made))], &[]), (1, '✗'), "{made}");
    }
    // Who may assume a role is only in the role, which a macro may change.
    let passed =
        resource("Net: { Type: AWS::CloudFormation::Stack, Properties: { Parameters: { Role: !Ref Invoker } } }");
    assert_eq!(assumed(&[], &[NO_TRUST, ("Resources:\n", &passed)]), (1, '✗'));
    let mut trusted = vec![NO_TRUST, ("Description: The", "Transform: ShopMacro\nDescription: The")];
    assert_eq!(assumed(&[], &trusted), (3, '?'));
    trusted[1] = (
        "      RoleName: deploy-invoker\n",
        "      RoleName: deploy-invoker\n      Fn::Transform: { Name: ShopMacro }\n",
    );
    assert_eq!(assumed(&[], &trusted), (3, '?'));
}

#[test]
fn a_deny_that_is_written_counts_whatever_else_is_not_read() {
    let deny = (
        "          - Effect: Allow\n            Action: sts:AssumeRole",
        "          - Effect: Deny\n            Action: sts:AssumeRole",
    );
    assert_eq!(assumed(&[deny], &[]), (1, '✗'));
    let role = "      RoleName: release-service\n";
    for open in [
        (role, "      RoleName: release-service\n      ManagedPolicyArns: [!ImportValue policy]\n"),
        (role, "      RoleName: release-service\n      Policies: [!ImportValue policy]\n"),
        ("          - Effect: Deny\n", "          - !ImportValue statement\n          - Effect: Deny\n"),
        ("Description: Builds", "Transform: ShopMacro\nDescription: Builds"),
    ] {
        assert_eq!(assumed(&[deny, open], &[]), (1, '✗'), "{open:?}");
    }
}

#[test]
fn what_may_grant_a_hop_is_named_with_its_place() {
    let nested = "Net: { Type: AWS::CloudFormation::Stack, Properties: { Parameters: { Role: !Ref ServiceRole } } }";
    let template =
        tooling(&[MISSING, ("Resources:\n", &resource(nested)), ("${ProdAccount}:role", "222222222222:role")]);
    let scratch = Scratch::new(&[("tooling.yaml", &template)]);
    let (path, of) = (scratch.path("tooling.yaml"), "--account=222222222222");
    let own = format!("--account={path}=111111111111");
    let (_, text, _) = xacct(&["wiring", &path, &here("prod.yaml"), of, &own], "");
    let why = format!(
        "unknown, depends on what resource `Net` of type `AWS::CloudFormation::Stack` ({path}:8:3) gives the role\n"
    );
    assert!(text.contains(&why) && text.matches("by: ").count() == 2, "{text}");
    let (code, source, said) = xacct(&["import", "-", "--account", "111111111111", "--region", "eu-west-1"], &template);
    let lost = "<stdin>:9:3: not imported: its policies are not stated: resource `Net` of type `AWS::CloudFormation::Stack` (<stdin>:8:3) may give it more\n";
    assert!(code == 1 && said.contains(lost) && !said.contains("error["), "{said}");
    assert!(source.contains("trust_policy") && !source.contains("policies"), "{source}");
    let template = tooling(&[
        MISSING,
        ("Description: Builds", "Transform: ShopMacro\nDescription: Builds"),
        ("${ProdAccount}:role", "222222222222:role"),
    ]);
    let (_, source, said) = xacct(&["import", "-", "--account", "111111111111", "--region", "eu-west-1"], &template);
    let lost = "its documents are not stated: macro `ShopMacro` (<stdin>:2:12) may give it more\n";
    assert!(said.contains(lost) && !said.contains("error[") && !source.contains("trust_policy"), "{said}{source}");
}

#[test]
fn a_policy_is_that_of_a_role_of_another_template_by_its_name() {
    let own = ("Roles: [!Ref ServiceRole]", "Roles: [deploy-invoker]");
    assert_eq!(assumed(&[own], &[]), (1, '✗'));
    let start = |tooling: &[(&str, &str)], accounts: bool| {
        let edits = [("codepipeline:StartPipelineExecution", "codepipeline:GetPipeline")];
        let (code, hops) = wired(accounts, tooling, &edits);
        (code, hops[2].chars().next().unwrap())
    };
    // They may be in one account; they are not.
    let grant = (
        "            Action: sts:AssumeRole\n            Resource: !Sub arn:${AWS::Partition}:iam::${ProdAccount}:role/deploy-invoker",
        "            Action: [codepipeline:StartPipelineExecution, sts:AssumeRole]\n            Resource: '*'",
    );
    let roles = ("Roles: [!Ref ServiceRole]", "Roles: [!Ref ServiceRole, deploy-invoker]");
    assert_eq!(start(&[grant, roles], false), (3, '?'));
    assert_eq!(start(&[grant, roles], true), (1, '✗'));
}
