//! What is allowed, what is denied, and what is not known.

use super::*;

const SERVICE: &str = "arn:aws:iam::111111111111:role/service-role/Svc";
const ACTION: &str = "arn:aws:iam::222222222222:role/Act";

fn session(role: &str) -> Caller {
    Caller::Session { role: role.parse().unwrap(), session: "1778464758388".to_owned() }
}

fn trust(principal: &str, condition: &str) -> Document {
    Document::from_json(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"{condition}}}]}}"#
    ))
    .unwrap()
}

fn allow(action: &str, resource: &str) -> Document {
    Document::new(vec![Statement::allow(&[action], vec![resource.to_owned()])])
}

fn hop_1(trust: &Document, identity: &Document) -> Verdict {
    assume_role(&session(SERVICE), [identity], &ACTION.parse().unwrap(), trust, &RequestContext::new())
}

#[test]
fn across_accounts_both_sides_must_allow() {
    let exact = trust(&format!(r#"{{"AWS":"{SERVICE}"}}"#), "");
    assert_eq!(hop_1(&exact, &allow("sts:AssumeRole", ACTION)), Verdict::Allowed);
    assert!(matches!(
        hop_1(&exact, &allow("sts:AssumeRole", "arn:aws:iam::222222222222:role/x/Act")),
        Verdict::Denied(_)
    ));
    for principal in [r#"{"AWS":"111111111111"}"#, r#"{"AWS":["arn:aws:iam::111111111111:root"]}"#, r#"{"AWS":"*"}"#] {
        assert_eq!(hop_1(&trust(principal, ""), &allow("sts:*", "*")), Verdict::Allowed, "{principal}");
        assert!(matches!(hop_1(&trust(principal, ""), &allow("s3:*", "*")), Verdict::Denied(_)), "{principal}");
    }
    // The path is part of the role, a service is not a role, a bare star is not supported.
    for principal in [
        r#"{"AWS":"arn:aws:iam::111111111111:role/Svc"}"#,
        r#"{"Service":"codepipeline.amazonaws.com"}"#,
        r#""*""#,
        r#"{"AWS":"333333333333"}"#,
        r#"{"AWS":"arn:aws-cn:iam::111111111111:root"}"#,
    ] {
        assert!(matches!(hop_1(&trust(principal, ""), &allow("*", "*")), Verdict::Denied(_)), "{principal}");
    }
}

#[test]
fn in_one_account_a_trust_that_names_the_role_is_enough() {
    let role: RoleArn = "arn:aws:iam::111111111111:role/Act".parse().unwrap();
    let nothing: [&Document; 0] = [];
    let by_name = trust(&format!(r#"{{"AWS":"{SERVICE}"}}"#), "");
    assert_eq!(assume_role(&session(SERVICE), nothing, &role, &by_name, &RequestContext::new()), Verdict::Allowed);
    let by_account = trust(r#"{"AWS":"111111111111"}"#, "");
    assert!(matches!(
        assume_role(&session(SERVICE), nothing, &role, &by_account, &RequestContext::new()),
        Verdict::Denied(_)
    ));
}

#[test]
fn conditions_are_decided_or_unknown_but_never_waved_through() {
    let all = allow("*", "*");
    let root = r#"{"AWS":"111111111111"}"#;
    let arn = format!(r#","Condition":{{"ArnEquals":{{"aws:PrincipalArn":"{SERVICE}"}}}}"#);
    assert_eq!(hop_1(&trust(root, &arn), &all), Verdict::Allowed);
    let other = r#","Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/Other"}}"#;
    assert!(matches!(hop_1(&trust(root, other), &all), Verdict::Denied(_)));
    let external = r#","Condition":{"StringEquals":{"sts:ExternalId":"x"}}"#;
    assert_eq!(hop_1(&trust(root, external), &all), Verdict::Unknown("the condition key `sts:ExternalId`".to_owned()));
    let mfa = r#","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#;
    assert_eq!(
        hop_1(&trust(root, mfa), &all),
        Verdict::Unknown("the condition key `aws:MultiFactorAuthPresent`".to_owned())
    );
}

#[test]
fn what_is_certain_is_not_hidden_by_what_is_unknown() {
    let external = r#","Condition":{"StringEquals":{"sts:ExternalId":"x"}}"#;
    let conditional = trust(r#"{"AWS":"111111111111"}"#, external);
    assert!(matches!(hop_1(&conditional, &allow("s3:*", "*")), Verdict::Denied(_)), "no identity policy allows it");
    // In one account: a deny that can't be decided is unknown, an allow that can't be is not needed.
    let role: RoleArn = "arn:aws:iam::111111111111:role/Act".parse().unwrap();
    let by_name = trust(&format!(r#"{{"AWS":"{SERVICE}"}}"#), "");
    let judge = |effect: &str| {
        let text = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}","Action":"sts:AssumeRole","Resource":"*","Condition":{{"IpAddress":{{"aws:SourceIp":"10.0.0.0/8"}}}}}}]}}"#
        );
        let policy = Document::from_json(&text).unwrap();
        assume_role(&session(SERVICE), [&policy], &role, &by_name, &RequestContext::new())
    };
    assert!(matches!(judge("Deny"), Verdict::Unknown(_)), "{:?}", judge("Deny"));
    assert_eq!(judge("Allow"), Verdict::Allowed);
    // A deny for everybody overrides an allow by name.
    let mut denied = by_name;
    let everyone =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}]}"#;
    denied.statements.extend(Document::from_json(everyone).unwrap().statements);
    let nothing: [&Document; 0] = [];
    assert!(matches!(
        assume_role(&session(SERVICE), nothing, &role, &denied, &RequestContext::new()),
        Verdict::Denied(_)
    ));
}

#[test]
fn a_deny_wins() {
    let mut policy = allow("sts:AssumeRole", ACTION);
    let mut deny = Statement::allow(&["sts:Assume*"], vec!["arn:aws:iam::222222222222:role/*".to_owned()]);
    deny.effect = Effect::Deny;
    policy.statements.push(deny);
    assert_eq!(
        hop_1(&trust(r#"{"AWS":"111111111111"}"#, ""), &policy),
        Verdict::Denied("with an explicit deny in an identity-based policy".to_owned())
    );
}

fn on_resource(kind: DocumentKind, owner: &str, policy: &Document, identity: &Document) -> Verdict {
    let layers = Layers { identity: vec![identity], ..Layers::default() };
    let (arn, action) = match kind {
        DocumentKind::Key => ("arn:aws:kms:eu-west-1:111111111111:key/k", "kms:Decrypt"),
        _ => ("arn:aws:s3:::artifacts/a/b", "s3:GetObject"),
    };
    let resource = PolicedResource { arn, account: &owner.parse().unwrap(), kind, policy, rcps: &[] };
    resource_in(&session(ACTION), &layers, &resource, action, &RequestContext::new()).verdict
}

fn of_resource(effect: &str, principal: &str, resource: &str) -> Document {
    Document::from_json(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"{effect}","Principal":{principal},"Action":["s3:GetObject","kms:Decrypt"],"Resource":"{resource}"}}]}}"#
    ))
    .unwrap()
}

#[test]
fn a_resource_of_another_account_needs_both_sides() {
    let exact = format!(r#"{{"AWS":"{ACTION}"}}"#);
    let all = allow("*", "*");
    let denied = |reason: &str| Verdict::Denied(reason.to_owned());
    for kind in [DocumentKind::Bucket, DocumentKind::Key] {
        let judge = |policy: &Document, identity: &Document| on_resource(kind, "111111111111", policy, identity);
        for principal in [exact.as_str(), r#"{"AWS":"222222222222"}"#, r#"{"AWS":"*"}"#, r#""*""#] {
            let policy = of_resource("Allow", principal, "*");
            assert_eq!(judge(&policy, &all), Verdict::Allowed, "{principal}");
            assert!(matches!(judge(&policy, &allow("sts:*", "*")), Verdict::Denied(_)), "{principal}");
        }
        let mut policy = of_resource("Allow", r#"{"AWS":"333333333333"}"#, "*");
        let action = if kind == DocumentKind::Key { "kms:Decrypt" } else { "s3:GetObject" };
        let silent = denied(&format!("because no resource-based policy allows the {action} action"));
        assert_eq!(judge(&policy, &all), silent);
        assert_eq!(judge(&of_resource("Allow", &exact, "arn:aws:s3:::other/*"), &all), silent);
        policy.statements.extend(of_resource("Deny", r#""*""#, "*").statements);
        assert_eq!(judge(&policy, &all), denied("with an explicit deny in a resource-based policy"));
    }
}

#[test]
fn in_one_account_a_bucket_needs_one_side_and_a_key_its_policy() {
    let nobody = of_resource("Allow", r#"{"AWS":"333333333333"}"#, "*");
    let root = of_resource("Allow", r#"{"AWS":"222222222222"}"#, "*");
    let exact = of_resource("Allow", &format!(r#"{{"AWS":"{ACTION}"}}"#), "*");
    let (all, none) = (allow("*", "*"), allow("sts:*", "*"));
    let allowed = |kind: DocumentKind, policy: &Document, identity: &Document| {
        on_resource(kind, "222222222222", policy, identity) == Verdict::Allowed
    };
    assert!(allowed(DocumentKind::Bucket, &nobody, &all));
    assert!(!allowed(DocumentKind::Key, &nobody, &all), "the key policy has to allow");
    for kind in [DocumentKind::Bucket, DocumentKind::Key] {
        assert!(allowed(kind, &root, &all), "delegated to identity policies");
        assert!(!allowed(kind, &root, &none));
        assert!(allowed(kind, &exact, &none), "named directly");
        assert!(!allowed(kind, &nobody, &none));
        let other = of_resource("Allow", &format!(r#"{{"AWS":"{ACTION}"}}"#), "arn:aws:s3:::other/*");
        assert!(!allowed(kind, &other, &none), "another resource is named");
    }
}

#[test]
fn service_control_policies_are_all_that_limits_an_administrator() {
    let administrator = Caller::Account("222222222222".parse().unwrap());
    let (all, reads) = (allow("*", "*"), allow("s3:Get*", "*"));
    let judge = |scps: Vec<Vec<&Document>>, action: &str| {
        let layers = Layers { identity: vec![&reads], scps, ..Layers::default() };
        identity_in(&layers, &administrator, action, "*", &RequestContext::new()).verdict
    };
    assert_eq!(judge(vec![], "s3:PutObject"), Verdict::Allowed);
    assert_eq!(judge(vec![vec![&all], vec![&reads]], "s3:GetObject"), Verdict::Allowed);
    let silent = "because no service control policy allows the s3:PutObject action";
    assert_eq!(judge(vec![vec![&all], vec![&reads]], "s3:PutObject"), Verdict::Denied(silent.to_owned()));
    let trust = trust(r#"{"AWS":"222222222222"}"#, "");
    let assume = |scps: Vec<Vec<&Document>>| {
        let layers = Layers { scps, ..Layers::default() };
        assume_role_in(&administrator, &layers, &ACTION.parse().unwrap(), &trust, &[], &RequestContext::new())
    };
    assert_eq!(assume(vec![vec![&all]]).verdict, Verdict::Allowed);
    let silent = "because no service control policy allows the sts:AssumeRole action";
    assert_eq!(assume(vec![vec![&reads]]).verdict, Verdict::Denied(silent.to_owned()));
}

#[test]
fn tags_of_a_session_need_a_trust_that_names_the_action() {
    let role: RoleArn = ACTION.parse().unwrap();
    let exact = trust(&format!(r#"{{"AWS":"{SERVICE}"}}"#), "");
    let all = allow("*", "*");
    let layers = Layers { identity: vec![&all], ..Layers::default() };
    let judge = |action: &str| {
        trusted_in(&session(SERVICE), &layers, &role, &exact, &[], action, &RequestContext::new()).verdict
    };
    assert_eq!(judge("sts:AssumeRole"), Verdict::Allowed);
    let silent = "because no role trust policy allows the sts:TagSession action";
    assert_eq!(judge("sts:TagSession"), Verdict::Denied(silent.to_owned()));
}

#[test]
fn the_pipeline_arn_is_matched_exactly() {
    let arn = "arn:aws:codepipeline:eu-west-1:222222222222:Deploy";
    let judge = |pattern: &str| {
        identity(
            [&allow("codepipeline:startpipelineexecution", pattern)],
            &session(ACTION),
            "codepipeline:StartPipelineExecution",
            arn,
            &RequestContext::new(),
        )
    };
    for pattern in [arn, "*", "arn:aws:codepipeline:*:222222222222:Deploy*", "arn:aws:codepipeline:*"] {
        assert_eq!(judge(pattern), Verdict::Allowed, "{pattern}");
    }
    for pattern in [
        "arn:aws:codepipeline:eu-west-1:222222222222:Deploy/*",
        "arn:aws:codepipeline:us-*:222222222222:Deploy",
        "arn:aws:codepipeline:eu-west-1:222222222222:deploy",
    ] {
        assert!(matches!(judge(pattern), Verdict::Denied(_)), "{pattern}");
    }
}
