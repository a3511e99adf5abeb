//! Stated policies that the compiler can't decide are decided by the whole evaluator when the topology is built.

use codepipeline_xacct::core::topology::Item;
use codepipeline_xacct::{Finding, Topology, pipeline};

pipeline! {
    pub account Tooling = "111111111111";
    pub account Prod = "222222222222";
    pub extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1" }
}

/// A pipeline that starts `Deploy` through a role, with a service role; each says what it holds.
macro_rules! release {
    ($module:ident, { $($service:tt)* }, { $($invoker:tt)* }) => {
        mod $module {
            use super::{Deploy, Prod, Tooling};

            codepipeline_xacct::pipeline! {
                pub extern role Service in Tooling { arn: "arn:aws:iam::111111111111:role/release", $($service)* }
                pub extern role Invoker in Prod { arn: "arn:aws:iam::222222222222:role/invoker", $($invoker)* }
                pub pipeline Release in Tooling {
                    name: "release",
                    region: "eu-west-1",
                    service_role: Service,
                    artifact_bucket: "release-artifacts",
                    stage "Source" { source "Source": CodeCommit { repository: "code", branch: "main", output: Code } }
                    stage "Start" { invoke "deploy": Deploy { role: Invoker } }
                }
            }
        }
    };
}

fn errors(item: impl Item) -> Vec<String> {
    match Topology::builder("t").add(item).build() {
        Ok(topology) => topology.warnings().iter().map(Finding::to_string).collect(),
        Err(findings) => findings.iter().map(Finding::to_string).collect(),
    }
}

release!(right, {
    trust_policy: { Effect: "Allow", Principal: { Service: "codepipeline.amazonaws.com" }, Action: "sts:AssumeRole" },
    policies: [{ Effect: "Allow", Action: "sts:AssumeRole", Resource: "arn:aws:iam::222222222222:role/invoker" }],
}, {
    trust_policy: {
        Version: "2012-10-17",
        Statement: [{
            Effect: "Allow",
            Principal: { AWS: "arn:aws:iam::111111111111:root" },
            Action: "sts:AssumeRole",
            Condition: { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/release" } },
        }],
    },
    policies: [{ Effect: "Allow", Action: "codepipeline:*", Resource: "*" }],
    permissions_boundary: {
        Effect: "Allow",
        Action: "codepipeline:StartPipelineExecution",
        Resource: "arn:aws:codepipeline:eu-west-1:222222222222:deploy",
    },
});

#[test]
fn what_the_evaluator_allows_is_right() {
    assert_eq!(errors(right::Release), [""; 0]);
}

release!(condition, {}, {
    trust_policy: {
        Effect: "Allow",
        Principal: { AWS: "arn:aws:iam::111111111111:role/release" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "sts:ExternalId": "42" } },
    },
});

#[test]
fn a_condition_that_the_request_does_not_meet_denies() {
    assert_eq!(
        errors(condition::Release),
        [
            "error[XA1013] pipeline Release / stage \"Start\" / action \"deploy\" / roleArn: service role `arn:aws:iam::111111111111:role/release` may not assume action role `arn:aws:iam::222222222222:role/invoker` because no role trust policy allows the sts:AssumeRole action\n  help: leave the condition on `sts:ExternalId` out: CodePipeline sends no external id; add to the trust policy of `arn:aws:iam::222222222222:role/invoker`: {\"Effect\":\"Allow\",\"Principal\":{\"AWS\":\"arn:aws:iam::111111111111:role/release\"},\"Action\":\"sts:AssumeRole\"}"
        ]
    );
}

release!(denied, {
    policies: [
        { Effect: "Allow", Action: "sts:AssumeRole", Resource: "*" },
        { Effect: "Deny", Action: "sts:*", Resource: "arn:aws:iam::222222222222:role/*" },
    ],
}, { trust_policy: { Effect: "Allow", Principal: { AWS: "111111111111" }, Action: "sts:AssumeRole" } });

#[test]
fn a_deny_denies() {
    assert_eq!(
        errors(denied::Release),
        [
            "error[XA1013] pipeline Release / stage \"Start\" / action \"deploy\" / roleArn: service role `arn:aws:iam::111111111111:role/release` may not assume action role `arn:aws:iam::222222222222:role/invoker` with an explicit deny in an identity-based policy\n  help: remove or narrow statement 1 of policy 2 of `arn:aws:iam::111111111111:role/release`: {\"Effect\":\"Deny\",\"Action\":\"sts:*\",\"Resource\":\"arn:aws:iam::222222222222:role/*\"}"
        ]
    );
}

release!(bounded, {}, {
    policies: [{ Effect: "Allow", Action: "codepipeline:StartPipelineExecution", Resource: "*" }],
    permissions_boundary: { Effect: "Allow", Action: "s3:*", Resource: "*" },
});

#[test]
fn a_boundary_caps_what_the_policies_give() {
    assert_eq!(
        errors(bounded::Release),
        [
            "error[XA1013] pipeline Release / stage \"Start\" / action \"deploy\" / roleArn: role `arn:aws:iam::222222222222:role/invoker` may not start pipeline `arn:aws:codepipeline:eu-west-1:222222222222:deploy` because no permissions boundary allows the codepipeline:StartPipelineExecution action\n  help: add to the permissions boundary of `arn:aws:iam::222222222222:role/invoker`: {\"Effect\":\"Allow\",\"Action\":\"codepipeline:StartPipelineExecution\",\"Resource\":\"arn:aws:codepipeline:eu-west-1:222222222222:deploy\"}"
        ]
    );
}

release!(depends, {}, {
    policies: [{
        Effect: "Allow",
        Action: "codepipeline:StartPipelineExecution",
        Resource: "*",
        Condition: { StringEquals: { "aws:SourceVpc": "vpc-1" } },
    }],
});

#[test]
fn what_depends_on_the_request_is_a_warning() {
    assert_eq!(
        errors(depends::Release),
        [
            "warning[XA1014] pipeline Release / stage \"Start\" / action \"deploy\" / roleArn: it is not known whether role `arn:aws:iam::222222222222:role/invoker` may start pipeline `arn:aws:codepipeline:eu-west-1:222222222222:deploy`: it depends on the condition key `aws:SourceVpc`\n  help: let a policy of `arn:aws:iam::222222222222:role/invoker` allow `codepipeline:StartPipelineExecution` on `arn:aws:codepipeline:eu-west-1:222222222222:deploy`"
        ]
    );
}

release!(service, {
    trust_policy: {
        Effect: "Allow",
        Principal: { Service: "codepipeline.amazonaws.com" },
        Action: "sts:AssumeRole",
        Condition: { StringEquals: { "aws:SourceAccount": "222222222222" } },
    },
}, {});

#[test]
fn the_trust_of_the_service_role_is_decided_with_what_codepipeline_sends() {
    assert_eq!(
        errors(service::Release),
        [
            "error[XA1013] pipeline Release / roleArn: CodePipeline may not assume service role `arn:aws:iam::111111111111:role/release` because no role trust policy allows the sts:AssumeRole action\n  help: add to the trust policy of `arn:aws:iam::111111111111:role/release`: {\"Effect\":\"Allow\",\"Principal\":{\"Service\":\"codepipeline.amazonaws.com\"},\"Action\":\"sts:AssumeRole\"}"
        ]
    );
}
