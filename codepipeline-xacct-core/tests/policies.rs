//! What is reported about policy documents, and about wiring that works but shouldn't: every fault, as worded in
//! `policies.txt`. After changing a message, read the diff and update the file with
//! `UPDATE=1 cargo test -p codepipeline-xacct-core --test policies`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fmt::Write;
use std::path::Path;

use codepipeline_xacct_core::finding::{Place, Severity};
use codepipeline_xacct_core::ids::Partition;
use codepipeline_xacct_core::policy::validate::{accept, read, validate};
use codepipeline_xacct_core::policy::{Document, DocumentKind};
use codepipeline_xacct_core::rules;
use codepipeline_xacct_core::wiring::{excess, hop_findings, input, prove};
use serde_json::{Value, json};

fn partition() -> Partition {
    "arn:aws:iam::111111111111:role/x".parse::<codepipeline_xacct_core::ids::RoleArn>().unwrap().partition().clone()
}

fn identity(edit: Value) -> Value {
    let statement =
        json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "arn:aws:iam::222222222222:role/Invoker" });
    json!({ "Version": "2012-10-17", "Statement": [merged(statement, edit)] })
}

fn trust(edit: Value) -> Value {
    let statement = json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": "111111111111" } });
    json!({ "Version": "2012-10-17", "Statement": [merged(statement, edit)] })
}

/// Members put into a statement; `null` removes one.
fn merged(mut statement: Value, edit: Value) -> Value {
    for (key, value) in edit.as_object().unwrap() {
        let members = statement.as_object_mut().unwrap();
        match value {
            Value::Null => members.shift_remove(key),
            value => members.insert(key.clone(), value.clone()),
        };
    }
    statement
}

/// What IAM refuses, and what it accepts although it looks wrong.
fn faults() -> Vec<(DocumentKind, Value)> {
    let long = "x".repeat(9000);
    let longer = "x".repeat(2100);
    let when = |condition: Value| json!({ "Condition": condition });
    let statements = identity(json!({}))["Statement"].clone();
    let trusting = trust(json!({}))["Statement"].clone();
    let identities = [
        json!("text"),
        json!({ "Version": "2012-10-17" }),
        json!({ "Version": "2012-10-17", "Statement": ["text"] }),
        json!({ "Version": "2012-10-18", "Statement": statements.clone() }),
        json!({ "Statement": statements.clone() }),
        json!({ "Version": "2012-10-17", "Statement": [] }),
        json!({ "Version": "2012-10-17", "Statements": [], "Statement": statements.clone() }),
        json!({ "Version": "2012-10-17", "Id": "x", "Statement": statements.clone() }),
        json!({ "Version": "2012-10-17", "Statement": [{ "Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "*" }, { "Sid": "A", "Effect": "Allow", "Action": "*", "Resource": "*" }] }),
        identity(json!({ "Sid": "my-sid" })),
        identity(json!({ "Sid": 1 })),
        identity(json!({ "Sid": "日本" })),
        identity(json!({ "Actions": "x" })),
        identity(json!({ "Effect": null })),
        identity(json!({ "Effect": "allow" })),
        identity(json!({ "Effect": "Permit" })),
        identity(json!({ "Action": null })),
        identity(json!({ "Action": 1 })),
        identity(json!({ "Action": ["sts:AssumeRole", 1] })),
        identity(json!({ "NotAction": "s3:*" })),
        identity(json!({ "Action": "AssumeRole" })),
        identity(json!({ "Action": "sts:Assume:Role" })),
        identity(json!({ "Action": "s*:AssumeRole" })),
        identity(json!({ "Principal": "*" })),
        identity(json!({ "NotPrincipal": { "AWS": "111111111111" } })),
        identity(json!({ "Resource": null })),
        identity(json!({ "NotResource": "*" })),
        identity(json!({ "Resource": "Invoker" })),
        identity(json!({ "Resource": "arn:awz:iam::222222222222:role/Invoker" })),
        identity(json!({ "Resource": "arn:aws" })),
        identity(json!({ "Resource": "arn:aws:iam:eu-west-1:222222222222:role/Invoker" })),
        identity(json!({ "Resource": "arn:aws:iam::222222222222:Invoker" })),
        identity(when(json!("x"))),
        identity(when(json!({ "StringEqual": { "aws:PrincipalArn": "x" } }))),
        identity(when(json!({ "NullIfExists": { "aws:PrincipalArn": "true" } }))),
        identity(when(json!({ "StringEquals": "x" }))),
        identity(when(json!({ "StringEquals": { "PrincipalArn": "x" } }))),
        identity(when(json!({ "StringEquals": { "aws:PrincipalArn": { "x": "y" } } }))),
        identity(when(json!({ "DateGreaterThan": { "aws:CurrentTime": "tomorrow" } }))),
        identity(json!({ "Action": [] })),
        identity(json!({ "Action": null, "NotAction": [] })),
        identity(json!({ "Resource": [] })),
        identity(json!({ "Resource": null, "NotResource": [] })),
        identity(json!({ "Resource": "arn:aws:iam::222222222222:r*" })),
        identity(json!({ "Resource": "arn:aws:::x" })),
        identity(json!({ "Resource": "arn:aws:*:eu-west-1:222222222222:deploy" })),
        identity(json!({ "Resource": "arn:aws:code*:eu-west-1:222222222222:deploy" })),
        identity(json!({ "Resource": "arn:aws:s3::code/*" })),
        identity(json!({ "Resource": "arn:aws:iam:222222222222:role/Invoker" })),
        identity(json!({ "Action": "s3: GetObject" })),
        identity(json!({ "Action": "s3.GetObject" })),
        identity(json!({ "Actions": "s3:GetObject", "Action": null })),
        identity(json!({ "Resources": "*", "Resource": null })),
        identity(when(
            json!({ "StringEquals": { "aws:SourceAcount": "1", "aws:PrincipalTag/team": "x", "ecs:cluster": "y" } }),
        )),
        identity(when(json!({ "StringEquals": { "iam:PassToService": "ecs-tasks.amazonaws.com" } }))),
        identity(when(json!({ "DateGreaterThan": { "aws:CurrentTime": "inf" } }))),
        identity(when(json!({ "DateGreaterThan": { "aws:CurrentTime": "2026-03-01T25:99:00Z" } }))),
        identity(when(json!({ "StringEquals": { "aws:PrincipalAccount": "1", "AWS:principalaccount": "1" } }))),
        identity(json!({ "Sid": long.clone() })),
        identity(json!({ "Sid": long.repeat(2) })),
    ];
    let trusts = [
        json!({ "Version": "2012-10-17", "Id": 1, "Statement": trusting }),
        json!({ "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": "111111111111" }, "Condition": { "StringEquals": { "aws:PrincipalTag/x": "${aws:PrincipalTag/y}" } } }] }),
        trust(json!({ "Resource": "*" })),
        trust(json!({ "NotResource": "*" })),
        trust(json!({ "Principal": { "AWS": "arn:aws:iam::111111111111:release" } })),
        trust(json!({ "Principal": { "Service": "codepipeline.amazon.com" } })),
        trust(json!({ "Principal": { "Service": "codepipelin.amazonaws.com" } })),
        trust(json!({ "Action": "s3:GetObject" })),
        trust(json!({ "Action": "*" })),
        trust(json!({ "Action": null, "NotAction": "s3:*" })),
        trust(json!({ "Principal": null })),
        trust(json!({ "Principal": "*" })),
        trust(json!({ "Principal": "arn:aws:iam::111111111111:root" })),
        trust(json!({ "NotPrincipal": { "AWS": "222222222222" } })),
        trust(json!({ "Principal": { "User": "111111111111" } })),
        trust(json!({ "Principal": { "AWS": "arn:aws:iam::111111111111:role/*" } })),
        trust(json!({ "Principal": { "AWS": "arn:aws:iam::111111111111:role/${aws:username}" } })),
        trust(json!({ "Principal": { "AWS": "Invoker" } })),
        trust(json!({ "Principal": { "AWS": "arn:awz:iam::111111111111:root" } })),
        trust(json!({ "Principal": { "AWS": "arn:aws-cn:iam::111111111111:root" } })),
        trust(json!({ "Principal": { "AWS": "arn:aws:iam::1111:root" } })),
        trust(json!({ "Principal": { "AWS": "arn:aws:iam::111111111111:group/x" } })),
        trust(json!({ "Principal": { "Federated": "arn:aws:iam::111111111111:saml-provider/*" } })),
        trust(json!({ "Principal": { "Service": "*.amazonaws.com" } })),
        trust(json!({ "Principal": { "Service": "codepipeline" } })),
        trust(json!({ "Principal": { "AWS": [] } })),
        trust(json!({ "Sid": longer })),
        trust(json!({ "Sid": long })),
    ];
    let identities = identities.into_iter().map(|document| (DocumentKind::Identity, document));
    identities
        .chain(trusts.into_iter().map(|document| (DocumentKind::Trust, document)))
        .chain([
            (DocumentKind::Boundary, identity(json!({ "Sid": "x".repeat(6200) }))),
            (DocumentKind::Identity, identity(json!({ "Sid": "x".repeat(140_000) }))),
            (DocumentKind::Session, identity(json!({ "Resource": "arn:aws:codepipeline:*" }))),
            (
                DocumentKind::Session,
                json!({ "Version": "2012-10-17", "Id": "x", "Statement": identity(json!({}))["Statement"] }),
            ),
            (DocumentKind::Bucket, identity(json!({}))),
            (DocumentKind::Key, identity(json!({ "Principal": { "AWS": "arn:aws:iam::111111111111:role/*" } }))),
            (DocumentKind::Bucket, trust(json!({ "Action": "s3:GetObject" }))),
            (DocumentKind::ResourceControl, identity(json!({ "Principal": "*" }))),
            (
                DocumentKind::ResourceControl,
                identity(json!({ "Effect": "Deny", "Principal": { "AWS": "111111111111" } })),
            ),
        ])
        .collect()
}

fn chain(service: Value, trust: Value, policies: Value) -> Value {
    json!({
        "service_role": {
            "arn": "arn:aws:iam::111111111111:role/service-role/release",
            "trust": { "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "Service": "codepipeline.amazonaws.com" } }] },
            "policies": [{ "Version": "2012-10-17", "Statement": [{ "Effect": "Allow", "Action": "sts:AssumeRole", "Resource": service }] }],
        },
        "action_role": {
            "arn": "arn:aws:iam::222222222222:role/Invoker",
            "trust": { "Version": "2012-10-17", "Statement": [trust] },
            "policies": [{ "Version": "2012-10-17", "Statement": [policies] }],
        },
        "target_pipeline_arn": "arn:aws:codepipeline:eu-west-1:222222222222:deploy",
        "source_pipeline_arn": "arn:aws:codepipeline:eu-west-1:111111111111:release",
    })
}

/// Wiring that is denied, not known, or works but shouldn't.
fn chains() -> Vec<Value> {
    let exact = json!("arn:aws:iam::222222222222:role/Invoker");
    let assume =
        |principal: &str| json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": principal } });
    let named = assume("arn:aws:iam::111111111111:role/service-role/release");
    let start = |resource: &str| json!({ "Effect": "Allow", "Action": "codepipeline:StartPipelineExecution", "Resource": resource });
    let target = "arn:aws:codepipeline:eu-west-1:222222222222:deploy";
    let mut demanding = named.clone();
    demanding["Condition"] = json!({ "StringEquals": { "sts:ExternalId": "x" } });
    let mut organized = named.clone();
    organized["Condition"] = json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } });
    let mut sourced = chain(exact.clone(), named.clone(), start(target));
    sourced["service_role"]["trust"]["Statement"][0]["Condition"] =
        json!({ "StringEquals": { "aws:SourceAccount": "111111111111" } });
    let mut untrusted = chain(exact.clone(), named.clone(), start(target));
    untrusted["service_role"]["trust"]["Statement"][0]["Principal"]["Service"] = "codebuild.amazonaws.com".into();
    let mut elsewhere = chain(exact.clone(), named.clone(), start("*"));
    elsewhere["target_pipeline_arn"] = "arn:aws:codepipeline:eu-west-1:333333333333:deploy".into();
    let mut abroad = chain(json!("*"), assume("111111111111"), start(target));
    abroad["action_role"]["arn"] = "arn:aws-cn:iam::222222222222:role/Invoker".into();
    let mut open = chain(exact.clone(), named.clone(), start(target));
    open["action_role"].as_object_mut().unwrap().shift_remove("trust");
    open["action_role"].as_object_mut().unwrap().shift_remove("policies");
    let mut denied = chain(exact.clone(), named.clone(), start(target));
    denied["service_role"]["policies"][0]["Statement"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "Sid": "Never", "Effect": "Deny", "Action": "sts:*", "Resource": "*" }));
    let mut itself = chain(json!("*"), named.clone(), start(target));
    itself["action_role"]["arn"] = itself["service_role"]["arn"].clone();
    itself["action_role"]["trust"] = itself["service_role"]["trust"].clone();
    itself["target_pipeline_arn"] = "arn:aws:codepipeline:eu-west-1:111111111111:deploy".into();
    itself["action_role"]["policies"] = json!([{ "Version": "2012-10-17", "Statement": [start("*")] }]);
    let mut but = start(target);
    but.as_object_mut().unwrap().shift_remove("Resource");
    but["NotResource"] = json!("arn:aws:codepipeline:eu-west-1:222222222222:other");
    let mut beside = start(target);
    beside["Resource"] = json!(["arn:aws:codepipeline:eu-west-1:333333333333:deploy", target]);
    let mut misnamed = start("*");
    misnamed["Action"] = json!("codepipeline:StartPipeline");
    vec![
        chain(exact.clone(), named.clone(), start(target)),
        untrusted,
        sourced,
        chain(json!("arn:aws:iam::222222222222:role/ci/Invoker"), named.clone(), start(target)),
        chain(exact.clone(), demanding, start(target)),
        chain(exact.clone(), organized, start(target)),
        chain(exact.clone(), named.clone(), start("arn:aws:codepipeline:eu-west-1:222222222222:other")),
        chain(exact.clone(), named.clone(), start("arn:aws:codepipeline:eu-west-1:222222222222:pipeline/deploy")),
        chain(exact.clone(), named.clone(), start("arn:aws:codepipeline:eu-*:deploy")),
        itself,
        denied,
        elsewhere,
        abroad,
        open,
        chain(exact.clone(), assume("111111111111"), start(target)),
        chain(exact.clone(), assume("*"), start(target)),
        chain(exact.clone(), assume("AROAEXAMPLEABCDEFGHIJ"), start(target)),
        chain(exact.clone(), assume("arn:aws:iam::111111111111:role/release"), start(target)),
        chain(json!("*"), named.clone(), start("*")),
        chain(exact.clone(), named.clone(), but),
        chain(exact.clone(), named.clone(), misnamed),
        chain(exact.clone(), named.clone(), start("arn:aws:codepipeline:eu-west-1:111111111111:deploy")),
        chain(exact.clone(), named.clone(), start("arn:aws:codepipeline:eu-west-1:222222222222:deploy/*")),
        chain(exact, named, beside),
    ]
}

#[test]
fn what_may_be_right_is_not_reported() {
    let when = |condition: Value| json!({ "Condition": { "StringEquals": condition } });
    let identities = [
        json!({ "Resource": ["arn:aws:s3:*", "arn:aws:sqs:eu-west-1:*", "arn:aws:s3:::code"] }),
        json!({ "Resource": "arn:aws:lambda:eu-west-1:222222222222:function:tell" }),
        when(json!({ "aws:PrincipalTag/team": "x", "AWS:sourceaccount": "1", "ecs:cluster": "y", "aws:NewKey": "z" })),
        when(json!({ "iam:ResourceTag/PassedToService": "x", "sts:ExternalId": "y" })),
    ];
    let services =
        json!({ "Service": ["codepipeline.amazonaws.com", "codebuild.amazonaws.com", "edgelambda.amazonaws.com"] });
    let documents = identities.map(|edit| (DocumentKind::Identity, identity(edit)));
    let trusts = [(DocumentKind::Trust, trust(json!({ "Principal": services })))];
    for (kind, document) in documents.into_iter().chain(trusts) {
        let findings = validate(&document, kind, &partition(), &Place::default());
        assert_eq!(findings, [], "{document}");
    }
}

#[test]
fn what_is_said_is_said_in_these_words() {
    let mut text = String::new();
    let mut codes = Vec::new();
    for (kind, document) in faults() {
        let findings = validate(&document, kind, &partition(), &Place::default().key("document"));
        assert_eq!(findings.len(), 1, "one mistake, one finding: {kind:?} {document} {findings:#?}");
        let valid = findings.iter().all(|finding| finding.severity == Severity::Warning);
        assert_eq!(read(&document, kind, &partition(), &Place::default()).document.is_some(), valid);
        // IAM answers with the first of the errors.
        let answer = accept(&document.to_string(), kind, &partition()).err().map(|error| error.message);
        let first = findings.iter().find(|finding| finding.severity == Severity::Error);
        assert_eq!(
            answer.map(|message| format!("IAM's own words: `{message}`")),
            first.and_then(|finding| finding.help.clone()),
            "{document}"
        );
        codes.extend(findings.iter().map(|finding| finding.code));
        findings.iter().for_each(|finding| writeln!(text, "{finding}").unwrap());
    }
    for value in chains() {
        let chain = input::read(&value, &[]).unwrap().chain;
        let root = Place::default();
        for hop in &prove(&chain).hops {
            let finding = hop_findings(&chain, hop, &root.key(hop.hop.as_str()));
            codes.extend(finding.iter().map(|finding| finding.code));
            finding.iter().for_each(|finding| writeln!(text, "{finding}").unwrap());
        }
        let findings = excess(&chain, &|_| Vec::new(), &root.key("service_role"), &root.key("action_role"));
        codes.extend(findings.iter().map(|finding| finding.code));
        findings.iter().for_each(|finding| writeln!(text, "{finding}").unwrap());
        writeln!(text).unwrap();
    }
    for rule in rules::all().filter(|rule| rule.code.starts_with("XA13")) {
        assert!(codes.contains(&rule.code), "{} is never reported", rule.code);
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/policies.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    assert_eq!(text, std::fs::read_to_string(path).unwrap());
}

#[test]
fn what_iam_takes_is_not_complained_about() {
    let identities = [
        json!({ "Version": "2012-10-17", "Statement": { "Effect": "Deny", "NotAction": ["S3:Get*", "*"], "NotResource": ["*", "arn:aws:s3:::b/*"] } }),
        identity(
            json!({ "Resource": ["arn:aws:codepipeline:*", "arn:*:iam::*:role/x", "arn:aws:iam::222222222222:*", "arn:aws-us-gov:s3:::b"] }),
        ),
        identity(json!({ "Resource": "arn:aws:iam::222222222222:role/${aws:PrincipalTag/team}" })),
        identity(json!({ "Sid": "", "Condition": {} })),
        identity(
            json!({ "Action": ["*:*", "*:AssumeRole"], "Resource": ["arn:aws:codepipeline", "arn:aws:iam::222222222222:${aws:PrincipalTag/team}"] }),
        ),
        identity(
            json!({ "Condition": { "DateGreaterThan": { "aws:CurrentTime": ["2026-03-01T12:00:00+09:00", "2026-03-01T12:00:00.5Z", "1767225600", "2026-03-01T24:00:00Z"] } } }),
        ),
        identity(
            json!({ "Condition": { "ForAnyValue:StringLikeIfExists": { "aws:TagKeys": ["a", "b"] }, "Bool": { "aws:SecureTransport": true }, "NumericLessThan": { "s3:max-keys": 10 }, "DateLessThan": { "aws:CurrentTime": "2026-01-01" }, "Null": { "aws:TokenIssueTime": "false" } } }),
        ),
        json!({ "Version": "2012-10-17", "Statement": [{ "Sid": "", "Effect": "Allow", "Action": "*", "Resource": "*" }, { "Sid": "", "Effect": "Allow", "Action": "*", "Resource": "*" }] }),
    ];
    let trusts = [
        json!({ "Id": "x", "Version": "2008-10-17", "Statement": trust(json!({}))["Statement"] }),
        trust(
            json!({ "Principal": { "AWS": ["*", "111111111111", "arn:aws:iam::111111111111:root", "AROAEXAMPLEABCDEFGHIJ", "arn:aws:sts::111111111111:assumed-role/x/y", "arn:aws:iam::111111111111:user/x"], "Service": ["codepipeline.amazonaws.com", "ops.apigateway.amazonaws.com"], "Federated": "cognito-identity.amazonaws.com" } }),
        ),
        trust(
            json!({ "Action": ["sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity", "STS:assumerole", "sts:*"] }),
        ),
        trust(
            json!({ "Principal": { "Federated": "arn:aws:iam::111111111111:saml-provider/x" }, "Action": "sts:AssumeRoleWithSAML" }),
        ),
    ];
    let of_resource = |edit: Value| {
        let statement =
            json!({ "Effect": "Allow", "Principal": { "AWS": "111111111111" }, "Action": "*", "Resource": "*" });
        json!({ "Version": "2012-10-17", "Id": "x", "Statement": [merged(statement, edit)] })
    };
    let resources = [
        (DocumentKind::Bucket, of_resource(json!({ "Sid": "a bucket's ids have blanks" }))),
        (DocumentKind::Bucket, of_resource(json!({ "Principal": "*", "Effect": "Deny" }))),
        (DocumentKind::Key, of_resource(json!({ "Action": "kms:Decrypt" }))),
        (DocumentKind::EventBus, of_resource(json!({ "Principal": null, "Action": "events:PutEvents" }))),
    ];
    let all = identities
        .into_iter()
        .map(|d| (DocumentKind::Identity, d))
        .chain(trusts.into_iter().map(|d| (DocumentKind::Trust, d)))
        .chain(resources);
    for (kind, document) in all {
        assert_eq!(validate(&document, kind, &partition(), &Place::default()), [], "{document}");
        let read = Document::from_json(&document.to_string()).unwrap();
        assert_eq!(serde_json::to_value(read).unwrap(), document, "it is written as it was read");
    }
}

#[test]
fn an_element_that_stands_twice_spoils_its_document() {
    let value = chain(
        json!("*"),
        json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": "*" } }),
        json!({}),
    );
    let twice = Place::default().key("action_role").key("trust").key("Statement").index(0).key("Effect");
    let read = input::read(&value, std::slice::from_ref(&twice)).unwrap();
    assert!(!read.documents_valid());
    assert!(read.findings.iter().any(|finding| finding.place == twice));
    assert_eq!(read.chain.action_role.unwrap().trust, Some(Document::new(Vec::new())), "it grants nothing");
}

#[test]
fn a_condition_that_is_not_met_says_why() {
    let why = |condition: Value| {
        let statement = json!({
            "Effect": "Allow", "Action": "sts:AssumeRole", "Condition": condition,
            "Principal": { "AWS": "arn:aws:iam::111111111111:role/service-role/release" },
        });
        let value = chain(json!("*"), statement, json!({ "Effect": "Allow", "Action": "*", "Resource": "*" }));
        let proof = prove(&input::read(&value, &[]).unwrap().chain);
        let assume = &proof.hops[1];
        assume.decided_by.iter().find_map(|deciding| deciding.why.clone())
    };
    let said = |text: &str| Some(text.to_owned());
    assert_eq!(why(json!({ "Bool": { "aws:ViaAWSService": "true" } })), said("`aws:ViaAWSService` is `false`"));
    assert_eq!(
        why(json!({ "ArnEquals": { "aws:SourceArn": "arn:aws:codepipeline:eu-west-1:111111111111:release" } })),
        said("`aws:SourceArn` is absent where a role makes the call")
    );
    assert_eq!(
        why(json!({ "StringEquals": { "sts:ExternalId": "x" } })),
        said("`sts:ExternalId` is absent from the request")
    );
    assert_eq!(why(json!({ "Bool": { "aws:ViaAWSService": "false" } })), None);
}

#[test]
fn without_a_target_the_assumption_is_proven_alone() {
    let mut value = chain(
        json!("*"),
        json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": "111111111111" } }),
        json!({ "Effect": "Allow", "Action": "*", "Resource": "*" }),
    );
    value.as_object_mut().unwrap().shift_remove("target_pipeline_arn");
    let proof = prove(&input::read(&value, &[]).unwrap().chain);
    assert_eq!(proof.hops.len(), 2);
    assert_eq!(proof.authorized(), codepipeline_xacct_core::policy::evaluate::Verdict::Allowed);
}

#[test]
fn what_is_no_chain_is_refused_with_the_place() {
    let good = chain(json!("*"), json!({}), json!({}));
    let mut cases: Vec<(Value, &str)> =
        vec![(json!([]), "this is not a JSON object"), (json!({}), "`service_role` is missing")];
    let mut with = |pointer: &str, key: &str, value: Value, message: &'static str| {
        let mut chain = good.clone();
        chain.pointer_mut(pointer).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value);
        cases.push((chain, message));
    };
    with(
        "",
        "sercice_role",
        json!({}),
        "sercice_role: there is no member `sercice_role`, did you mean `service_role`?",
    );
    with(
        "/action_role",
        "permission_boundary",
        json!({}),
        "action_role.permission_boundary: there is no member `permission_boundary`, did you mean `permissions_boundary`?",
    );
    with(
        "/service_role",
        "arn",
        json!("x"),
        "service_role.arn: `x` is not a role ARN (`arn:aws:iam::<account id>:role/<path><name>`)",
    );
    with(
        "",
        "context",
        json!({ "start": { "aws:x": {} } }),
        "context.start.aws:x: the value of a condition key is a string, a number, a boolean, a list of these or null",
    );
    with(
        "",
        "context",
        json!({ "stat": {} }),
        "context.stat: unknown field `stat`, expected one of `service_trust`, `assume`, `start`",
    );
    for (value, message) in cases {
        assert_eq!(input::read(&value, &[]).unwrap_err().to_string(), message);
    }
}
