//! Evaluation of one request against identity policies and a trust policy, three-valued.
//!
//! What can't be decided is [`Verdict::Unknown`], never a guess: policy variables, condition operators beyond
//! the string and ARN equalities, condition keys whose value isn't known, `NotPrincipal`.
//!
//! Source: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic".

use std::collections::BTreeMap;

use super::{Document, Effect, Principal as PrincipalElement, Statement, Texts, VERSION, condition_values};
use crate::ids::{AccountId, RoleArn, split_arn};

/// The answer to "is this request authorized?".
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Some statement allows it and none denies it.
    Allowed,
    /// No statement allows it, or one denies it; the text is IAM's own reason.
    Denied(String),
    /// It depends on what isn't known; the text says on what.
    Unknown(String),
}

/// Who asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    /// A service, for example `codepipeline.amazonaws.com`.
    Service(String),
    /// A session of a role.
    Session {
        /// The role.
        role: RoleArn,
        /// The name of the session.
        session: String,
    },
    /// The root user or an administrator of an account, who may do what his account may.
    Account(AccountId),
}

impl Caller {
    /// The ARN under which the caller appears in messages.
    pub fn arn(&self) -> String {
        match self {
            Caller::Service(name) => name.clone(),
            Caller::Session { role, session } => {
                format!("arn:{}:sts::{}:assumed-role/{}/{session}", role.partition(), role.account(), role.name())
            }
            Caller::Account(account) => format!("arn:aws:iam::{account}:root"),
        }
    }

    fn account(&self) -> Option<&AccountId> {
        match self {
            Caller::Service(_) => None,
            Caller::Session { role, .. } => Some(role.account()),
            Caller::Account(account) => Some(account),
        }
    }
}

/// Keys of the request context by their lower-case names. A key that isn't here is not known.
pub type Context = BTreeMap<String, String>;

/// The context that a role's session brings along.
fn session_context(caller: &Caller, context: &Context) -> Context {
    let mut all = context.clone();
    if let Caller::Session { role, .. } = caller {
        all.insert("aws:principalarn".to_owned(), role.to_string());
        all.insert("aws:principalaccount".to_owned(), role.account().to_string());
    }
    all
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Truth {
    Yes,
    No,
    Unknown(String),
}

impl Truth {
    fn of(yes: bool) -> Self {
        if yes { Truth::Yes } else { Truth::No }
    }

    fn and(self, other: impl FnOnce() -> Truth) -> Truth {
        match self {
            Truth::No => Truth::No,
            Truth::Yes => other(),
            Truth::Unknown(why) => match other() {
                Truth::No => Truth::No,
                _ => Truth::Unknown(why),
            },
        }
    }

    fn or(self, other: impl FnOnce() -> Truth) -> Truth {
        match self {
            Truth::Yes => Truth::Yes,
            Truth::No => other(),
            Truth::Unknown(why) => match other() {
                Truth::Yes => Truth::Yes,
                _ => Truth::Unknown(why),
            },
        }
    }

    fn not(self) -> Truth {
        match self {
            Truth::Yes => Truth::No,
            Truth::No => Truth::Yes,
            unknown => unknown,
        }
    }
}

/// Judges a request by identity policies alone: within one account, for a resource without a policy of its own.
pub fn identity<'a>(
    policies: impl IntoIterator<Item = &'a Document>,
    caller: &Caller,
    action: &str,
    resource: &str,
    context: &Context,
) -> Verdict {
    if matches!(caller, Caller::Account(_)) {
        return Verdict::Allowed;
    }
    let (allow, deny) = identity_sides(policies, caller, action, resource, context);
    identity_verdict(allow, deny, action)
}

/// Whether some statement allows, and whether some statement denies.
fn identity_sides<'a>(
    policies: impl IntoIterator<Item = &'a Document>,
    caller: &Caller,
    action: &str,
    resource: &str,
    context: &Context,
) -> (Truth, Truth) {
    let context = session_context(caller, context);
    let (mut allow, mut deny) = (Truth::No, Truth::No);
    for document in policies {
        for statement in &document.statements {
            let applies = action_matches(statement, action)
                .and(|| resource_matches(document, statement, resource))
                .and(|| condition_matches(document, statement, &context));
            let side = if statement.effect == Effect::Deny { &mut deny } else { &mut allow };
            *side = std::mem::replace(side, Truth::No).or(|| applies);
        }
    }
    (allow, deny)
}

fn identity_verdict(allow: Truth, deny: Truth, action: &str) -> Verdict {
    let kind = "identity-based policy";
    let implicit = || format!("because no {kind} allows the {action} action");
    combine(allow, deny, implicit, || format!("with an explicit deny in an {kind}"))
}

/// Judges `sts:AssumeRole` of `caller` on `role`: the trust policy and, where the trust alone isn't enough,
/// the caller's identity policies.
pub fn assume_role<'a>(
    caller: &Caller,
    identity_policies: impl IntoIterator<Item = &'a Document>,
    role: &RoleArn,
    trust: &Document,
    context: &Context,
) -> Verdict {
    const ACTION: &str = "sts:AssumeRole";
    let keys = session_context(caller, context);
    // An entry that names the caller grants directly; an entry for the account delegates to its policies.
    let (mut direct, mut delegated, mut deny) = (Truth::No, Truth::No, Truth::No);
    for statement in &trust.statements {
        let applies = |who: Truth| {
            action_matches(statement, ACTION).and(|| who).and(|| condition_matches(trust, statement, &keys))
        };
        let (names, account) = principal_matches(statement, caller);
        if statement.effect == Effect::Deny {
            let any = applies(names.or(|| account));
            deny = deny.or(|| any);
        } else {
            let by_name = applies(names);
            direct = direct.or(|| by_name);
            let by_account = applies(account);
            delegated = delegated.or(|| by_account);
        }
    }
    let kind = "role trust policy";
    let trusted = combine(
        direct.clone().or(|| delegated),
        deny,
        || format!("because no {kind} allows the {ACTION} action"),
        || format!("with an explicit deny in the {kind}"),
    );
    if matches!(trusted, Verdict::Denied(_)) || !matches!(caller, Caller::Session { .. }) {
        return trusted;
    }
    let (mut allow, deny) = identity_sides(identity_policies, caller, ACTION, &role.to_string(), context);
    if caller.account() == Some(role.account()) && direct != Truth::No {
        // In one account, a trust that names the role needs no allow of its own, but a deny still counts.
        allow = allow.or(|| direct);
    }
    match (identity_verdict(allow, deny, ACTION), trusted) {
        (Verdict::Allowed, trusted) => trusted,
        (own, _) => own,
    }
}

fn combine(allow: Truth, deny: Truth, implicit: impl FnOnce() -> String, explicit: impl FnOnce() -> String) -> Verdict {
    match (deny, allow) {
        (Truth::Yes, _) => Verdict::Denied(explicit()),
        (_, Truth::No) => Verdict::Denied(implicit()),
        (Truth::Unknown(why), _) | (Truth::No, Truth::Unknown(why)) => Verdict::Unknown(why),
        (Truth::No, Truth::Yes) => Verdict::Allowed,
    }
}

fn action_matches(statement: &Statement, action: &str) -> Truth {
    let any = |texts: &Texts| texts.iter().any(|p| glob(&p.to_lowercase(), &action.to_lowercase()));
    match (&statement.action, &statement.not_action) {
        (Some(texts), _) => Truth::of(any(texts)),
        (None, Some(texts)) => Truth::of(!any(texts)),
        (None, None) => Truth::No,
    }
}

fn resource_matches(document: &Document, statement: &Statement, resource: &str) -> Truth {
    let any = |texts: &Texts| {
        texts.iter().fold(Truth::No, |found, pattern| {
            found.or(|| {
                if document.version.as_deref() == Some(VERSION) && pattern.contains("${") {
                    Truth::Unknown(format!("the policy variable in `{pattern}`"))
                } else {
                    Truth::of(arn_glob(pattern, resource))
                }
            })
        })
    };
    match (&statement.resource, &statement.not_resource) {
        (Some(texts), _) => any(texts),
        (None, Some(texts)) => any(texts).not(),
        (None, None) => Truth::No,
    }
}

/// Whether the statement names the caller, and whether it names the caller's account.
fn principal_matches(statement: &Statement, caller: &Caller) -> (Truth, Truth) {
    let Some(element) = &statement.principal else {
        let truth = match &statement.not_principal {
            Some(_) => Truth::Unknown("`NotPrincipal`".to_owned()),
            None => Truth::No,
        };
        return (truth, Truth::No);
    };
    let PrincipalElement::Map(map) = element else {
        // A bare "*" gives nothing in the trust policy of a role; nothing says that it takes nothing.
        return (Truth::of(statement.effect == Effect::Deny), Truth::No);
    };
    let mut names = false;
    let mut account = false;
    for (kind, texts) in map {
        for text in texts.iter() {
            match (kind.as_str(), caller) {
                ("Service", Caller::Service(service)) => names |= text == service,
                ("AWS", Caller::Session { role, .. }) => {
                    names |= text == "*" || *text == role.to_string() || *text == caller.arn();
                    account |= is_root_of(text, role.account().as_str(), Some(role.partition().as_str()));
                }
                ("AWS", Caller::Account(id)) => {
                    names |= text == "*";
                    account |= is_root_of(text, id.as_str(), None);
                }
                _ => {}
            }
        }
    }
    (Truth::of(names), Truth::of(account))
}

fn is_root_of(text: &str, account: &str, partition: Option<&str>) -> bool {
    text == account
        || split_arn(text).is_some_and(|arn| {
            arn.service == "iam"
                && arn.account == account
                && arn.resource == "root"
                && partition.is_none_or(|p| p == arn.partition)
        })
}

fn condition_matches(document: &Document, statement: &Statement, context: &Context) -> Truth {
    let Some(operators) = &statement.condition else { return Truth::Yes };
    let mut all = Truth::Yes;
    for (operator, keys) in operators {
        let test: fn(&str, &str) -> bool = match operator.to_lowercase().as_str() {
            "stringequals" => |pattern, value| pattern == value,
            "stringequalsignorecase" => |pattern, value| pattern.to_lowercase() == value.to_lowercase(),
            "stringlike" => glob,
            "arnequals" | "arnlike" => arn_glob,
            _ => {
                all = all.and(|| Truth::Unknown(format!("the condition operator `{operator}`")));
                continue;
            }
        };
        for (key, values) in keys {
            all = all.and(|| {
                let values = condition_values(values);
                if document.version.as_deref() == Some(VERSION) && values.iter().any(|v| v.contains("${")) {
                    return Truth::Unknown(format!("the policy variable in the condition on `{key}`"));
                }
                match context.get(&key.to_lowercase()) {
                    None => Truth::Unknown(format!("the condition key `{key}`")),
                    Some(value) => Truth::of(values.iter().any(|pattern| test(pattern, value))),
                }
            });
        }
    }
    all
}

/// `*` is any run of characters, `?` is exactly one.
fn glob(pattern: &str, text: &str) -> bool {
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t) = (0, 0);
    // Where to go on after a `*` that took too little.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                retry = Some((p + 1, t));
                p += 1;
            }
            Some(&c) if c == '?' || Some(&c) == text.get(t) => {
                p += 1;
                t += 1;
            }
            _ => match retry {
                Some((after, taken)) => {
                    p = after;
                    t = taken + 1;
                    retry = Some((after, taken + 1));
                }
                None => return false,
            },
        }
    }
    pattern.iter().skip(p).all(|&c| c == '*')
}

/// Compares an ARN segment by segment; only in the last segment a `*` crosses colons. A pattern of fewer
/// segments that ends in `*`, as the CodePipeline guide prints it, covers all that follows.
fn arn_glob(pattern: &str, arn: &str) -> bool {
    if pattern == "*" {
        return true;
    }
    let patterns: Vec<&str> = pattern.splitn(6, ':').collect();
    let segments: Vec<&str> = arn.splitn(6, ':').collect();
    if patterns.len() < segments.len() {
        return pattern.ends_with('*') && glob(pattern, arn);
    }
    patterns.len() == segments.len() && patterns.iter().zip(&segments).all(|(p, s)| glob(p, s))
}

#[cfg(test)]
mod tests {
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
        assume_role(&session(SERVICE), [identity], &ACTION.parse().unwrap(), trust, &Context::new())
    }

    #[test]
    fn across_accounts_both_sides_must_allow() {
        let exact = trust(&format!(r#"{{"AWS":"{SERVICE}"}}"#), "");
        assert_eq!(hop_1(&exact, &allow("sts:AssumeRole", ACTION)), Verdict::Allowed);
        assert!(matches!(
            hop_1(&exact, &allow("sts:AssumeRole", "arn:aws:iam::222222222222:role/x/Act")),
            Verdict::Denied(_)
        ));
        for principal in
            [r#"{"AWS":"111111111111"}"#, r#"{"AWS":["arn:aws:iam::111111111111:root"]}"#, r#"{"AWS":"*"}"#]
        {
            assert_eq!(hop_1(&trust(principal, ""), &allow("sts:*", "*")), Verdict::Allowed, "{principal}");
            assert!(matches!(hop_1(&trust(principal, ""), &allow("s3:*", "*")), Verdict::Denied(_)), "{principal}");
        }
        // The path is part of the role, a service is no role, a bare star is not supported.
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
        assert_eq!(assume_role(&session(SERVICE), nothing, &role, &by_name, &Context::new()), Verdict::Allowed);
        let by_account = trust(r#"{"AWS":"111111111111"}"#, "");
        assert!(matches!(
            assume_role(&session(SERVICE), nothing, &role, &by_account, &Context::new()),
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
        assert_eq!(
            hop_1(&trust(root, external), &all),
            Verdict::Unknown("the condition key `sts:ExternalId`".to_owned())
        );
        let mfa = r#","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#;
        assert_eq!(hop_1(&trust(root, mfa), &all), Verdict::Unknown("the condition operator `Bool`".to_owned()));
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
            assume_role(&session(SERVICE), [&policy], &role, &by_name, &Context::new())
        };
        assert!(matches!(judge("Deny"), Verdict::Unknown(_)), "{:?}", judge("Deny"));
        assert_eq!(judge("Allow"), Verdict::Allowed);
        // A deny of everybody takes what a named allow gives.
        let mut denied = by_name;
        let everyone =
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}]}"#;
        denied.statements.extend(Document::from_json(everyone).unwrap().statements);
        let nothing: [&Document; 0] = [];
        assert!(matches!(assume_role(&session(SERVICE), nothing, &role, &denied, &Context::new()), Verdict::Denied(_)));
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

    #[test]
    fn the_pipeline_arn_is_matched_exactly() {
        let arn = "arn:aws:codepipeline:eu-west-1:222222222222:Deploy";
        let judge = |pattern: &str| {
            identity(
                [&allow("codepipeline:startpipelineexecution", pattern)],
                &session(ACTION),
                "codepipeline:StartPipelineExecution",
                arn,
                &Context::new(),
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
}
