//! Evaluation of one request against all documents that can allow or deny it, three-valued.
//!
//! What can't be decided is [`Verdict::Unknown`], never a guess: condition keys and policy variables whose value isn't known,
//! ids of roles that aren't known. A possible deny makes an allowed request unknown, and so does an allow that is only possible.
//!
//! Source: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic".

use super::condition;
use super::denial;
use super::document::{ASSUME_ROLE, Document, Effect, Principal, Statement, Texts};
use super::kind::DocumentKind;

use super::statement::{Named, action_matches, names_everybody, principal_matches, resource_matches};
use super::truth::Truth;
use crate::ids::{AccountId, RoleArn};

pub use super::context::{KeyValue, RequestContext};
pub use super::statement::{ADMINISTRATOR, Caller};

/// The answer to "is this request authorized?".
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Verdict {
    /// Some statement allows it and none denies it.
    Allowed,
    /// No statement allows it, or one denies it; the text is IAM's own reason.
    Denied(String),
    /// It depends on something that isn't known; the text says on what.
    Unknown(String),
}

impl Verdict {
    /// Several requests together: denied if one is, else unknown if one is.
    pub fn all<'a>(verdicts: impl Iterator<Item = &'a Verdict> + Clone) -> Verdict {
        let denied = |verdict: &&Verdict| matches!(verdict, Verdict::Denied(_));
        let open = |verdict: &&Verdict| matches!(verdict, Verdict::Unknown(_));
        verdicts.clone().find(denied).or_else(|| verdicts.clone().find(open)).cloned().unwrap_or(Verdict::Allowed)
    }
}

/// A verdict and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evaluation {
    /// The verdict.
    pub verdict: Verdict,
    /// Allowed: the statements that allow, one for each layer that has to. Denied: every statement that denies or, if
    /// none does, the nearest statement of each layer that doesn't allow. Unknown: the statements that may decide.
    pub decided_by: Vec<Decision>,
    /// The layers that don't allow, where nothing denies.
    pub silent: Vec<Layer>,
}

/// A statement that decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// Which side it is on.
    pub layer: Layer,
    /// Position of the document in its layer, counted from 0.
    pub document: usize,
    /// Position of the statement in the document, counted from 0.
    pub statement: usize,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// The element that doesn't match, or might not; `None` if the whole statement applies.
    pub element: Option<Element>,
}

/// An element of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Element {
    /// `Principal` or `NotPrincipal`.
    Principal,
    /// `Action` or `NotAction`.
    Action,
    /// `Resource` or `NotResource`.
    Resource,
    /// `Condition`: an operator and a key.
    Condition(String, String),
}

impl std::fmt::Display for Element {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Element::Principal => f.write_str("`Principal`"),
            Element::Action => f.write_str("`Action`"),
            Element::Resource => f.write_str("`Resource`"),
            Element::Condition(operator, key) => write!(f, "`Condition`, `{operator}` of `{key}`"),
        }
    }
}

/// The context, with the keys that a role's session adds.
fn session_context(caller: &Caller, context: &RequestContext) -> RequestContext {
    let mut all = context.clone();
    if let Caller::Session { role, .. } = caller {
        for (key, value) in
            [("aws:PrincipalArn", role.to_string()), ("aws:PrincipalAccount", role.account().to_string())]
        {
            if all.get(key).is_none() {
                all.insert(key, value);
            }
        }
    }
    all
}

/// The documents on the side of the caller.
#[derive(Debug, Clone, Default)]
pub struct Layers<'a> {
    /// Identity policies: they set the upper limit.
    pub identity: Vec<&'a Document>,
    /// The permissions boundary, which only limits; `None` where none is attached.
    pub boundary: Option<&'a Document>,
    /// The policies of the session, which only limit; `None` where none are passed.
    pub session: Option<Vec<&'a Document>>,
    /// Service control policies by level, each of which has to allow; empty outside of an organization. They are all that
    /// limits an administrator of an account.
    pub scps: Vec<Vec<&'a Document>>,
}

/// A layer of policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "plan", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "snake_case"))]
pub enum Layer {
    /// The trust policy of the role that is assumed.
    Trust,
    /// The policy of the resource: a bucket's, a key's, an event bus's.
    Resource,
    /// The resource control policies of a level, counted from 0.
    Rcp(usize),
    /// The identity policies of the caller.
    Identity,
    /// The permissions boundary of the caller.
    Boundary,
    /// The session policies.
    Session,
    /// The service control policies of a level, counted from 0.
    Scp(usize),
}

impl Layer {
    fn kind(self) -> &'static str {
        match self {
            Layer::Identity => denial::IDENTITY,
            Layer::Boundary => denial::BOUNDARY,
            Layer::Session => denial::SESSION,
            Layer::Scp(_) => denial::SERVICE_CONTROL,
            Layer::Trust => denial::TRUST,
            Layer::Resource => denial::RESOURCE,
            Layer::Rcp(_) => denial::RESOURCE_CONTROL,
        }
    }

    fn implicit(self, action: &str) -> String {
        denial::implicit(self.kind(), action)
    }

    fn explicit(self) -> String {
        denial::explicit(self.kind())
    }
}

/// A request.
struct Request<'a> {
    /// In lower case, as actions are compared.
    action: &'a str,
    /// `None` if the documents don't name one: a trust policy belongs to its role.
    resource: Option<&'a str>,
    /// `None` if the documents don't name one: an identity policy belongs to its role.
    caller: Option<&'a Caller>,
    context: &'a RequestContext,
}

/// Whether some statement of one effect applies.
struct Side {
    truth: Truth,
    /// Document and statement of those that apply for certain.
    certain: Vec<(usize, usize)>,
    /// The first that may apply.
    possible: Option<(usize, usize)>,
}

impl Side {
    fn of(truth: Truth) -> Self {
        Self { truth, certain: Vec::new(), possible: None }
    }

    fn add(&mut self, applies: Truth, at: (usize, usize)) {
        match applies {
            Truth::Yes => self.certain.push(at),
            Truth::Unknown(_) if self.possible.is_none() => self.possible = Some(at),
            Truth::No | Truth::Unknown(_) => {}
        }
        self.truth = std::mem::replace(&mut self.truth, Truth::No).or(|| applies);
    }
}

/// Whether some statement of a layer allows, and whether some statement denies.
struct Sides {
    layer: Layer,
    allow: Side,
    deny: Side,
    /// The statement that comes nearest to allowing, and the element that it fails in.
    nearest: Option<Decision>,
}

fn sides<'a>(layer: Layer, documents: impl IntoIterator<Item = &'a Document> + Clone, request: &Request<'_>) -> Sides {
    let mut sides = Sides { layer, allow: Side::of(Truth::No), deny: Side::of(Truth::No), nearest: None };
    for (index, document) in documents.clone().into_iter().enumerate() {
        for (position, statement) in document.statements.iter().enumerate() {
            let applies = applies(document, statement, request);
            let side = if statement.effect == Effect::Deny { &mut sides.deny } else { &mut sides.allow };
            side.add(applies, (index, position));
        }
    }
    if sides.allow.truth == Truth::No && sides.deny.certain.is_empty() {
        sides.nearest = nearest(layer, documents, request);
    }
    sides
}

fn applies(document: &Document, statement: &Statement, request: &Request<'_>) -> Truth {
    action_matches(statement, request.action)
        .and(|| principal_truth(statement, request))
        .and(|| resource_truth(document, statement, request))
        .and(|| condition::matches(document, statement, request.context))
}

fn principal_truth(statement: &Statement, request: &Request<'_>) -> Truth {
    request.caller.map_or(Truth::Yes, |caller| {
        let Named { session, role, account } = principal_matches(statement, caller, request.context);
        session.or(|| role).or(|| account)
    })
}

fn resource_truth(document: &Document, statement: &Statement, request: &Request<'_>) -> Truth {
    request.resource.map_or(Truth::Yes, |resource| resource_matches(document, statement, resource, request.context))
}

/// The first element that isn't certain to match, and how many there are.
fn failing(document: &Document, statement: &Statement, request: &Request<'_>) -> (Option<Element>, usize) {
    let elements = [
        (action_matches(statement, request.action) != Truth::Yes, Some(Element::Action)),
        (principal_truth(statement, request) != Truth::Yes, Some(Element::Principal)),
        (resource_truth(document, statement, request) != Truth::Yes, Some(Element::Resource)),
    ];
    let condition = condition::first_not_met(document, statement, request.context)
        .map(|(operator, key)| Element::Condition(operator.to_owned(), key.to_owned()));
    let mut all = elements.into_iter().filter_map(|(fails, element)| element.filter(|_| fails)).chain(condition);
    let first = all.next();
    let count = usize::from(first.is_some()) + all.count();
    (first, count)
}

/// The `Allow` that fails in the fewest elements; statements for other actions don't count.
fn nearest<'a>(
    layer: Layer,
    documents: impl IntoIterator<Item = &'a Document>,
    request: &Request<'_>,
) -> Option<Decision> {
    let mut best: Option<(usize, Decision)> = None;
    for (index, document) in documents.into_iter().enumerate() {
        for (position, statement) in document.statements.iter().enumerate() {
            if statement.effect == Effect::Deny || action_matches(statement, request.action) != Truth::Yes {
                continue;
            }
            let (element, count) = failing(document, statement, request);
            if best.as_ref().is_none_or(|(fewest, _)| count < *fewest) {
                let effect = statement.effect;
                best = Some((count, Decision { layer, document: index, statement: position, effect, element }));
            }
        }
    }
    best.map(|(_, decision)| decision)
}

/// All layers together: a deny anywhere denies, and each of them has to allow.
fn together(layers: &[Sides], action: &str, element: impl Fn(&Decision) -> Option<Element>) -> Evaluation {
    let at = |layer: Layer, effect: Effect, (document, statement): (usize, usize)| Decision {
        layer,
        document,
        statement,
        effect,
        element: None,
    };
    let denials: Vec<Decision> = layers
        .iter()
        .flat_map(|sides| sides.deny.certain.iter().map(|position| at(sides.layer, Effect::Deny, *position)))
        .collect();
    if let Some(first) = denials.first() {
        return Evaluation {
            verdict: Verdict::Denied(first.layer.explicit()),
            decided_by: denials,
            silent: silent(layers),
        };
    }
    let silent = silent(layers);
    if let Some(first) = silent.first() {
        let near = layers.iter().filter(|sides| sides.allow.truth == Truth::No).filter_map(|s| s.nearest.clone());
        return Evaluation { verdict: Verdict::Denied(first.implicit(action)), decided_by: near.collect(), silent };
    }
    let mut open = Vec::new();
    let mut why = None;
    for sides in layers {
        for (side, effect) in [(&sides.deny, Effect::Deny), (&sides.allow, Effect::Allow)] {
            if let Truth::Unknown(reason) = &side.truth {
                why.get_or_insert_with(|| reason.clone());
                open.extend(side.possible.map(|position| {
                    let decision = at(sides.layer, effect, position);
                    Decision { element: element(&decision), ..decision }
                }));
            }
        }
    }
    if let Some(why) = why {
        return Evaluation { verdict: Verdict::Unknown(why), decided_by: open, silent };
    }
    let allowing = layers
        .iter()
        .filter_map(|sides| sides.allow.certain.first().map(|position| at(sides.layer, Effect::Allow, *position)));
    Evaluation { verdict: Verdict::Allowed, decided_by: allowing.collect(), silent }
}

fn silent(layers: &[Sides]) -> Vec<Layer> {
    layers.iter().filter(|sides| sides.allow.truth == Truth::No).map(|sides| sides.layer).collect()
}

/// Judges a request by identity policies alone: within one account, for a resource without its own policy.
pub fn identity<'a>(
    policies: impl IntoIterator<Item = &'a Document>,
    caller: &Caller,
    action: &str,
    resource: &str,
    context: &RequestContext,
) -> Verdict {
    let layers = Layers { identity: policies.into_iter().collect(), ..Layers::default() };
    identity_in(&layers, caller, action, resource, context).verdict
}

/// Judges a request by everything on the caller's side, for a resource without its own policy.
pub fn identity_in(
    layers: &Layers<'_>,
    caller: &Caller,
    action: &str,
    resource: &str,
    context: &RequestContext,
) -> Evaluation {
    let context = session_context(caller, context);
    let lower = action.to_lowercase();
    let request = Request { action: &lower, resource: Some(resource), caller: None, context: &context };
    let own = match caller {
        Caller::Account(_) => scp_sides(layers, &request),
        Caller::Session { .. } | Caller::Service(_) => caller_sides(layers, &request),
    };
    together(&own, action, |decision| failing_of(layers.document(decision), decision, &request))
}

fn failing_of(document: Option<&Document>, decision: &Decision, request: &Request<'_>) -> Option<Element> {
    let document = document?;
    failing(document, document.statements.get(decision.statement)?, request).0
}

impl<'a> Layers<'a> {
    fn document(&self, decision: &Decision) -> Option<&'a Document> {
        match decision.layer {
            Layer::Identity => self.identity.get(decision.document),
            Layer::Boundary => self.boundary.as_ref(),
            Layer::Session => self.session.as_ref()?.get(decision.document),
            Layer::Scp(level) => self.scps.get(level)?.get(decision.document),
            Layer::Trust | Layer::Resource | Layer::Rcp(_) => None,
        }
        .copied()
    }
}

fn caller_sides(layers: &Layers<'_>, request: &Request<'_>) -> Vec<Sides> {
    let mut all = vec![sides(Layer::Identity, layers.identity.iter().copied(), request)];
    all.extend(layers.boundary.map(|boundary| sides(Layer::Boundary, [boundary], request)));
    all.extend(layers.session.as_ref().map(|session| sides(Layer::Session, session.iter().copied(), request)));
    all.extend(scp_sides(layers, request));
    all
}

/// All that limits an administrator of an account.
fn scp_sides(layers: &Layers<'_>, request: &Request<'_>) -> Vec<Sides> {
    let scps = layers.scps.iter().enumerate();
    scps.map(|(index, level)| sides(Layer::Scp(index), level.iter().copied(), request)).collect()
}

/// Judges `sts:AssumeRole` of `caller` on `role`: the trust policy and, where the trust alone isn't enough,
/// the caller's identity policies.
pub fn assume_role<'a>(
    caller: &Caller,
    identity_policies: impl IntoIterator<Item = &'a Document>,
    role: &RoleArn,
    trust: &Document,
    context: &RequestContext,
) -> Verdict {
    let layers = Layers { identity: identity_policies.into_iter().collect(), ..Layers::default() };
    assume_role_in(caller, &layers, role, trust, &[], context).verdict
}

/// Judges `sts:AssumeRole` of `caller` on `role` by everything that can allow or deny it: the trust policy and the
/// resource control policies of the role's account, and everything on the caller's side.
pub fn assume_role_in(
    caller: &Caller,
    layers: &Layers<'_>,
    role: &RoleArn,
    trust: &Document,
    rcps: &[Vec<&Document>],
    context: &RequestContext,
) -> Evaluation {
    trusted_in(caller, layers, role, trust, rcps, ASSUME_ROLE, context)
}

/// Judges an action that a trust policy governs, as [`assume_role_in`] does: `sts:AssumeRole`, or `sts:TagSession` and
/// `sts:SetSourceIdentity`, which assuming a role with tags or with a source identity takes as well.
pub fn trusted_in(
    caller: &Caller,
    layers: &Layers<'_>,
    role: &RoleArn,
    trust: &Document,
    rcps: &[Vec<&Document>],
    action: &str,
    context: &RequestContext,
) -> Evaluation {
    let owned = Owned { account: role.account(), layer: Layer::Trust, policy: trust, optional: false, rcps };
    of_both_sides(caller, layers, &owned, action, &role.to_string(), context)
}

/// A resource with a policy of its own that is requested.
#[derive(Debug, Clone, Copy)]
pub struct PolicedResource<'a> {
    /// Its ARN.
    pub arn: &'a str,
    /// The account that owns it.
    pub account: &'a AccountId,
    /// What kind of policy it has. A key's has to allow in every case, another's needs not where the account is the caller's.
    pub kind: DocumentKind,
    /// Its policy.
    pub policy: &'a Document,
    /// The resource control policies of its account, by level.
    pub rcps: &'a [Vec<&'a Document>],
}

/// Judges a request for a resource with a policy of its own by all that can allow or deny it: that policy and the resource control
/// policies of its account, and what is on the caller's side. For a role that is assumed there is [`assume_role_in`].
pub fn resource_in(
    caller: &Caller,
    layers: &Layers<'_>,
    resource: &PolicedResource<'_>,
    action: &str,
    context: &RequestContext,
) -> Evaluation {
    // Here, and unlike in a trust policy, a bare `"*"` is everybody.
    let mut policy = resource.policy.clone();
    for principal in policy.statements.iter_mut().flat_map(|s| [&mut s.principal, &mut s.not_principal]).flatten() {
        if let Principal::Everyone(star) = principal {
            let star = Texts::One(std::mem::take(star));
            *principal = Principal::Map([("AWS".to_owned(), star)].into_iter().collect());
        }
    }
    let PolicedResource { arn, account, kind, rcps, .. } = *resource;
    let owned = Owned { account, layer: Layer::Resource, policy: &policy, optional: kind != DocumentKind::Key, rcps };
    of_both_sides(caller, layers, &owned, action, arn, context)
}

/// The side of the resource.
struct Owned<'a> {
    account: &'a AccountId,
    layer: Layer,
    policy: &'a Document,
    /// Whether identity policies alone are enough within one account.
    optional: bool,
    rcps: &'a [Vec<&'a Document>],
}

fn of_both_sides(
    caller: &Caller,
    layers: &Layers<'_>,
    owned: &Owned<'_>,
    action: &str,
    resource: &str,
    context: &RequestContext,
) -> Evaluation {
    let Owned { account, layer, policy, optional, rcps } = *owned;
    let context = session_context(caller, context);
    let lower = action.to_lowercase();
    // A trust policy names no resource: it belongs to its role.
    let named = (layer != Layer::Trust).then_some(resource);
    let of_policy = Request { action: &lower, resource: named, caller: Some(caller), context: &context };
    let request = Request { action: &lower, resource: Some(resource), caller: None, context: &context };
    let mut of_owner = sides(layer, [policy], &of_policy);
    let mut own = match caller {
        Caller::Session { .. } => caller_sides(layers, &request),
        Caller::Account(_) => scp_sides(layers, &request),
        Caller::Service(_) => Vec::new(),
    };
    if caller.account() == Some(account) {
        let identity = match caller {
            // The policies of an administrator, which are not known, allow it.
            Caller::Account(_) => optional.then_some(Truth::Yes),
            Caller::Session { .. } | Caller::Service(_) => {
                let identity = own.iter().find(|sides| optional && sides.layer == Layer::Identity);
                identity.map(|sides| sides.allow.truth.clone())
            }
        };
        if let Some(identity) = identity {
            of_owner.allow.truth = std::mem::replace(&mut of_owner.allow.truth, Truth::No).or(|| identity);
        }
        grant_directly(&mut own, policy, &of_policy);
    }
    let mut all = vec![of_owner];
    // What a resource control policy allows is the managed full access; only its denies say something.
    for (index, level) in rcps.iter().enumerate() {
        let of_level = sides(Layer::Rcp(index), level.iter().copied(), &request);
        all.push(Sides { allow: Side::of(Truth::Yes), ..of_level });
    }
    all.extend(own);
    together(&all, action, |decision| match decision.layer {
        Layer::Trust | Layer::Resource => failing_of(Some(policy), decision, &of_policy),
        Layer::Rcp(level) => {
            failing_of(rcps.get(level).and_then(|l| l.get(decision.document)).copied(), decision, &request)
        }
        _ => failing_of(layers.document(decision), decision, &request),
    })
}

/// In one account, a trust policy that names the role needs no allow from its identity policies, and one that names the
/// session needs none from its boundary and session policies either. One that names the account delegates to them.
/// Denies always count.
fn grant_directly(own: &mut [Sides], trust: &Document, request: &Request<'_>) {
    let (mut by_session, mut by_role) = (Truth::No, Truth::No);
    for statement in trust.statements.iter().filter(|statement| statement.effect == Effect::Allow) {
        let Some(caller) = request.caller else { continue };
        let names = principal_matches(statement, caller, request.context);
        let applies = |who: Truth| {
            who.and(|| action_matches(statement, request.action))
                .and(|| resource_truth(trust, statement, request))
                .and(|| condition::matches(trust, statement, request.context))
        };
        let session = applies(names.session);
        let role = applies(names.role);
        let named = role.clone();
        by_role = by_role.or(|| role).or(|| session.clone());
        by_session = by_session.or(|| session);
        // Nor do they limit a grant to everybody with a condition on the role's ARN.
        if condition::names_the_principal(statement) && names_everybody(statement) {
            by_session = by_session.or(|| named);
        }
    }
    for sides in own {
        let direct = match sides.layer {
            Layer::Identity => &by_role,
            Layer::Boundary | Layer::Session => &by_session,
            Layer::Scp(_) | Layer::Trust | Layer::Resource | Layer::Rcp(_) => continue,
        };
        sides.allow.truth = std::mem::replace(&mut sides.allow.truth, Truth::No).or(|| direct.clone());
    }
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
        for principal in
            [r#"{"AWS":"111111111111"}"#, r#"{"AWS":["arn:aws:iam::111111111111:root"]}"#, r#"{"AWS":"*"}"#]
        {
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
        assert_eq!(
            hop_1(&trust(root, external), &all),
            Verdict::Unknown("the condition key `sts:ExternalId`".to_owned())
        );
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
}
