//! The policies that a plan of Terraform gives roles: what it shows, and what it leaves open.

use serde_json::{Value, json};

use crate::any_unknown::plan;
use crate::xacct;

/// Exit code, the sign of the start of the other pipeline, and the text.
fn started(plan: &Value) -> (u8, char, String) {
    let (code, text, _) =
        xacct(&["wiring", "-", "--account", "111111111111", "--account", "aws.prod=222222222222"], &plan.to_string());
    let hop = text.lines().find(|line| line.contains("starts")).unwrap_or_else(|| panic!("{text}"));
    (code, hop.chars().find(|sign| "✓✗?".contains(*sign)).unwrap(), text)
}

fn at<'v>(plan: &'v mut Value, address: &str) -> &'v mut Value {
    let changes = plan["resource_changes"].as_array_mut().unwrap();
    &mut changes.iter_mut().find(|change| change["address"] == address).unwrap()["change"]
}

fn configured<'v>(plan: &'v mut Value, address: &str) -> &'v mut Value {
    let resources = plan["configuration"]["root_module"]["resources"].as_array_mut().unwrap();
    &mut resources.iter_mut().find(|resource| resource["address"] == address).unwrap()["expressions"]
}

/// The plan with a role that doesn't say what it may do.
fn without_inline() -> Value {
    let mut plan = plan();
    let role = at(&mut plan, "aws_iam_role.invoker");
    role["after"].as_object_mut().unwrap().remove("inline_policy");
    role["after_unknown"] = json!({ "inline_policy": true, "managed_policy_arns": true });
    *configured(&mut plan, "aws_iam_role.invoker") = json!({ "name": { "constant_value": "deploy-invoker" } });
    plan
}

fn with(mut plan: Value, kind: &str, after: Value, unknown: Value, expressions: Value) -> Value {
    let address = format!("{kind}.more");
    let change = json!({ "actions": ["create"], "before": null, "after": after, "after_unknown": unknown, "after_sensitive": {} });
    plan["resource_changes"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "address": address, "mode": "managed", "type": kind, "name": "more", "change": change }));
    plan["configuration"]["root_module"]["resources"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "address": address, "provider_config_key": "aws.prod", "expressions": expressions }));
    plan
}

#[test]
fn what_is_not_written_is_denied_but_where_a_dynamic_block_may_give_it() {
    let (code, sign, text) = started(&without_inline());
    assert_eq!((code, sign), (1, '✗'), "{text}");
    // What only a `dynamic` block can use.
    let bucket = |plan| with(plan, "aws_s3_bucket", json!({}), json!({ "id": true }), json!({}));
    let mut hidden = bucket(without_inline());
    hidden["relevant_attributes"] = json!([{ "resource": "aws_s3_bucket.more", "attribute": ["id"] }]);
    let (code, sign, text) = started(&hidden);
    assert_eq!((code, sign), (3, '?'), "{text}");
    assert!(text.contains("`dynamic \"inline_policy\"` of `aws_iam_role.invoker`, if it has one"), "{text}");
    // An argument that the plan shows uses it.
    let mut shown = hidden.clone();
    configured(&mut shown, "aws_codepipeline.deploy")["name"] =
        json!({ "references": ["aws_s3_bucket.more.id", "aws_s3_bucket.more"] });
    assert_eq!(started(&shown).1, '✗');
    // It is known.
    at(&mut hidden, "aws_s3_bucket.more")["after_unknown"] = json!({ "arn": true });
    assert_eq!(started(&hidden).1, '✗');
}

#[test]
fn an_argument_of_a_module_that_nothing_shown_uses_may_be_for_a_dynamic_block() {
    let mut plan = without_inline();
    let address = "module.roles.aws_iam_role.invoker";
    let role = plan["resource_changes"]
        .as_array_mut()
        .unwrap()
        .iter_mut()
        .find(|change| change["address"] == "aws_iam_role.invoker")
        .unwrap();
    role["address"] = json!(address);
    role["module_address"] = json!("module.roles");
    let call = |used: Value| {
        json!({ "roles": { "expressions": { "policies": { "references": ["data.aws_x.y.list", "data.aws_x.y"] } },
        "module": { "resources": [{ "address": "aws_iam_role.invoker", "provider_config_key": "aws.prod", "expressions": { "name": used } }] } } })
    };
    plan["configuration"]["root_module"]["module_calls"] = call(json!({ "constant_value": "deploy-invoker" }));
    let (code, sign, text) = started(&plan);
    assert_eq!((code, sign), (3, '?'), "{text}");
    assert!(text.contains(address), "{text}");
    plan["configuration"]["root_module"]["module_calls"] = call(json!({ "references": ["var.policies"] }));
    assert_eq!(started(&plan).1, '✗');
}

#[test]
fn a_list_of_policies_or_roles_that_is_not_known_may_give_what_is_missing() {
    let mut managed = without_inline();
    configured(&mut managed, "aws_iam_role.invoker")["managed_policy_arns"] = json!({ "references": ["aws_x.y"] });
    let mut inline = without_inline();
    at(&mut inline, "aws_iam_role.invoker")["after"]["inline_policy"] = json!([{ "name": "start" }]);
    at(&mut inline, "aws_iam_role.invoker")["after_unknown"]["inline_policy"] = json!([{ "policy": true }]);
    let start =
        json!({ "Statement": [{ "Effect": "Allow", "Action": "codepipeline:*", "Resource": "*" }] }).to_string();
    let role_policy =
        with(without_inline(), "aws_iam_role_policy", json!({ "policy": start }), json!({ "role": true }), json!({}));
    let arn = "arn:aws:iam::222222222222:policy/start";
    let attachment = |roles: Value, unknown| {
        with(
            without_inline(),
            "aws_iam_policy_attachment",
            json!({ "policy_arn": arn, "roles": roles }),
            unknown,
            json!({}),
        )
    };
    let exclusive = |arns: Value, unknown: Value| {
        let after = json!({ "role_name": "deploy-invoker", "policy_arns": arns });
        with(without_inline(), "aws_iam_role_policy_attachments_exclusive", after, unknown, json!({}))
    };
    for (plan, named) in [
        (managed, "`managed_policy_arns` of `aws_iam_role.invoker`"),
        (inline, "`start`"),
        (role_policy, "`aws_iam_role_policy.more`"),
        (attachment(json!(["deploy-invoker"]), json!({})), arn),
        (attachment(json!([]), json!({ "roles": true })), "`aws_iam_policy_attachment.more`"),
        (attachment(json!(["other", null]), json!({ "roles": [false, true] })), "`aws_iam_policy_attachment.more`"),
        (exclusive(json!([arn]), json!({})), arn),
        (exclusive(json!([]), json!({ "policy_arns": true })), "`aws_iam_role_policy_attachments_exclusive.more`"),
    ] {
        let (code, sign, text) = started(&plan);
        assert_eq!((code, sign), (3, '?'), "{named}: {text}");
        assert!(text.contains("not read: ") && text.contains(named), "{named}: {text}");
    }
    for plan in [attachment(json!(["other"]), json!({})), exclusive(json!([]), json!({}))] {
        assert_eq!(started(&plan).1, '✗');
    }
}

#[test]
fn a_policy_for_several_roles_is_that_of_each() {
    let start =
        json!({ "Statement": [{ "Effect": "Allow", "Action": "codepipeline:*", "Resource": "*" }] }).to_string();
    let arn = "arn:aws:iam::222222222222:policy/start";
    for (kind, after) in [
        ("aws_iam_policy_attachment", json!({ "policy_arn": arn, "roles": ["other", "deploy-invoker"] })),
        ("aws_iam_role_policy_attachments_exclusive", json!({ "policy_arns": [arn], "role_name": "deploy-invoker" })),
    ] {
        let plan = with(
            without_inline(),
            "aws_iam_policy",
            json!({ "name": "start", "arn": arn, "policy": start }),
            json!({}),
            json!({}),
        );
        let plan = with(plan, kind, after, json!({}), json!({}));
        let (code, sign, text) = started(&plan);
        assert_eq!((code, sign), (0, '✓'), "{text}");
    }
}

#[test]
fn managed_policies_of_aws_take_nothing_away_however_they_are_attached() {
    let of_aws = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess";
    let attached = |kind: &str, arn: &str| {
        let after = match kind {
            "aws_iam_policy_attachment" => json!({ "policy_arn": arn, "roles": ["deploy-invoker"] }),
            "aws_iam_role_policy_attachment" => json!({ "policy_arn": arn, "role": "deploy-invoker" }),
            _ => json!({ "policy_arns": [arn], "role_name": "deploy-invoker" }),
        };
        started(&with(plan(), kind, after, json!({}), json!({})))
    };
    for kind in
        ["aws_iam_policy_attachment", "aws_iam_role_policy_attachment", "aws_iam_role_policy_attachments_exclusive"]
    {
        let (code, sign, text) = attached(kind, of_aws);
        assert_eq!((code, sign), (0, '✓'), "{kind}: {text}");
        assert_eq!(attached(kind, "arn:aws:iam::222222222222:policy/team").1, '?', "{kind}");
    }
}
