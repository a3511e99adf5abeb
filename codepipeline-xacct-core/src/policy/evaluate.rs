//! Evaluation of one request against all documents that can allow or deny it, three-valued.
//!
//! What can't be decided is [`Verdict::Unknown`], never a guess: condition keys and policy variables whose value isn't known,
//! ids of roles that aren't known. A possible deny makes an allowed request unknown, and so does an allow that is only possible.
//!
//! Source: IAM User Guide, "Policy evaluation logic" and "Cross-account policy evaluation logic".

use super::condition;
use super::document::{ASSUME_ROLE, Document, Effect, Principal, Statement, Texts};
use super::kind::DocumentKind;

use super::statement::{Named, action_matches, names_everybody, principal_matches, resource_matches};
use super::truth::Truth;
use crate::ids::{AccountId, RoleArn};

pub use super::context::{KeyValue, RequestContext};
pub use super::statement::{ADMINISTRATOR, Caller};
pub use super::verdict::{Decision, Element, Evaluation, Layer, Verdict};

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
mod tests;
