//! The chains of roles of the pipelines of templates, and their proofs.
//!
//! A hop is denied where it is whatever only a deployment tells, and allowed likewise: it is judged with the most and with the least
//! that the policies may grant, and with every account and Region that may turn out to be one that is written out.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::bounds::{Bound, Kind, Named, Request, anything, bound, names};
use super::concrete::Concrete;
use super::declared::Declared;
use super::missing_options::{OF_ROLE, missing};
use super::near_names::{pipeline_help, role_help};
use super::role::TemplateRole;
use crate::core::arns::codepipeline_arn;
use crate::core::check::symbol::{Part, name_of, parts, scope_of, shown, symbol, symbols};
use crate::core::declaration::invoke::TARGET_KEY;
use crate::core::finding::Place;
use crate::core::ids::split_arn;
use crate::core::policy::evaluate::Verdict;
use crate::core::sentences::{ARN_AS_NAME, bare_name_help};
use crate::core::topology::{Ownership, Pipeline};
use crate::core::wiring::input::{self, ChainInput};
use crate::core::wiring::{ActionCall, CallProof, ChainProof, Hop, HopProof, calls, prove, prove_calls};
use crate::files::chain::ChainReport;
use crate::files::source_file::{Location, SourceFile};
use crate::files::spelling::Spelling;

/// What tells which action of files it is: the file, where in it, its stage and its name.
pub(super) type Identity = (String, usize, String, String);

/// The wiring of an action.
#[derive(Debug)]
pub(crate) struct ActionWiring {
    pub(crate) file: String,
    pub(crate) location: Location,
    pub(crate) pipeline: String,
    pub(crate) stage: String,
    pub(crate) action: String,
    /// The chain and its proof, or why there is none.
    pub(crate) report: Result<ChainReport, String>,
    /// How conditions turn out where this is its chain, if it has others too.
    pub(crate) when: BTreeMap<String, bool>,
    /// What is guessed, where it is only allowed with that.
    pub(crate) rests_on: Option<String>,
    names: Concrete,
}

impl ActionWiring {
    /// What tells which action of the files it is.
    pub(super) fn identity(&self) -> Identity {
        (self.file.clone(), self.location.offset.start, self.stage.clone(), self.action.clone())
    }

    /// A text about the chain, with what is not known as templates write it.
    pub(crate) fn shown(&self, text: &str) -> String {
        self.names.back(text)
    }
}

/// An action of a pipeline that has a role or starts a pipeline.
pub(super) struct Action<'a> {
    file: String,
    location: Location,
    pipeline: String,
    stage: String,
    /// The position of the stage.
    stage_at: usize,
    action: String,
    given: Given<'a>,
}

impl Action<'_> {
    /// What tells which action of the files it is.
    pub(super) fn identity(&self) -> Identity {
        (self.file.clone(), self.location.offset.start, self.stage.clone(), self.action.clone())
    }

    /// Where it is: the position of the stage, and the name of the action.
    pub(super) fn position(&self) -> (usize, &str) {
        (self.stage_at, &self.action)
    }

    /// The pipeline, its service role, the role of the action and what it starts, with symbols.
    pub(super) fn parts(&self) -> ChainParts<'_> {
        let Given { service, action, target, source, .. } = &self.given;
        let action = action.as_ref().map(|(arn, _)| arn.as_str());
        ChainParts { pipeline: source, service: &service.0, action, target: target.as_deref() }
    }

    /// Whether another action has the same chain.
    pub(super) fn is_like(&self, other: &Action<'_>) -> bool {
        self.given.arns().eq(other.given.arns())
    }

    /// Its chain, judged.
    pub(super) fn judged(self, when: BTreeMap<String, bool>) -> ActionWiring {
        let Self { file, location, pipeline, stage, action, given, .. } = self;
        let (names, report) = judge(&given);
        ActionWiring { file, location, pipeline, stage, action, report, when, rests_on: None, names }
    }
}

/// The ARNs of a chain, with symbols.
pub(super) struct ChainParts<'a> {
    pub(super) pipeline: &'a str,
    pub(super) service: &'a str,
    pub(super) action: Option<&'a str>,
    pub(super) target: Option<&'a str>,
}

/// The parts of a chain, with symbols.
struct Given<'a> {
    service: (String, Option<&'a TemplateRole>),
    action: Option<(String, Option<&'a TemplateRole>)>,
    target: Option<String>,
    /// Whether the action has the ARN of the target where its name belongs.
    arn_as_name: bool,
    source: String,
    /// The declaration of the action.
    action_value: &'a Value,
    /// How its file writes the members of the API.
    spelling: Spelling,
    declared: &'a Declared,
    /// Whether CloudFormation makes the name behind a symbol.
    makes: &'a dyn Fn(&str) -> bool,
}

impl<'a> Given<'a> {
    fn named(&self, arn: &'a str) -> Named<'a> {
        Named { arn, made: symbols(arn).any(self.makes) }
    }

    /// The roles that decide a hop, each with whether its trust policy does.
    fn deciding(&self, hop: Hop) -> impl Iterator<Item = (&'a TemplateRole, bool)> {
        let action = self.action.as_ref().and_then(|(_, role)| *role);
        let starter = if self.action.is_some() { action } else { self.service.1 };
        let (by_policy, by_trust) = match hop {
            Hop::ServiceTrust => (None, self.service.1),
            Hop::Assume => (self.service.1, action),
            Hop::Start => (starter, None),
        };
        by_policy.map(|role| (role, false)).into_iter().chain(by_trust.map(|role| (role, true)))
    }

    /// What is not read and may grant a hop.
    fn unseen(&self, hop: Hop) -> Option<&'a str> {
        let mut unseen = self.deciding(hop).filter_map(|(role, trust)| Some((role.unseen.as_ref()?, trust)));
        unseen.find(|(unseen, trust)| !trust || unseen.trust).map(|(unseen, _)| unseen.what.as_str())
    }

    /// The policies that may decide a hop and are not read.
    fn not_read(&self, hop: Hop) -> Vec<&'a str> {
        let by_policy = self.deciding(hop).filter(|(_, trust)| !trust);
        by_policy.flat_map(|(role, _)| role.not_read.iter().map(String::as_str)).collect()
    }

    /// Whether the most that may grant a hop is not written.
    fn is_widened(&self, hop: Hop) -> bool {
        self.unseen(hop).is_some() || self.deciding(hop).any(|(role, trust)| !trust && role.incomplete)
    }

    /// What only a deployment tells of a hop, and how to say it. `not_read`: the policies that may decide it and are not read.
    fn open(&self, hop: Hop, not_read: &[&str]) -> String {
        let mut documents: Vec<&Value> = Vec::new();
        for (role, trust) in self.deciding(hop) {
            if trust {
                documents.extend(&role.trust);
                continue;
            }
            let policies = role.policies.iter().map(|(_, document)| document).chain(&role.boundary);
            let statements = policies
                .filter_map(|document| document.get("Statement"))
                .flat_map(|statement| statement.as_array().map_or(std::slice::from_ref(statement), Vec::as_slice));
            documents.extend(statements.filter(|statement| may_grant(statement, hop)));
        }
        let mut open = Concrete::default();
        documents.iter().for_each(|document| open.note(document));
        let in_documents = open.symbols().next().is_some();
        if !in_documents && !not_read.is_empty() && not_read.iter().all(|policy| policy.starts_with("`arn:")) {
            return format!("the text of {}, which is not in the files", not_read.join(" and "));
        }
        // The name of who asks, or of what is asked for, which a document may have.
        for arn in self.of_hop(hop).into_iter().flatten() {
            if !in_documents || documents.iter().any(|document| names(document, self.named(arn))) {
                open.note_text(arn);
            }
        }
        format!("values known only at deployment{}{}", missing(open.symbols()), also_not_read(not_read))
    }

    /// Who asks in a hop, and for what.
    fn of_hop(&self, hop: Hop) -> [Option<&str>; 2] {
        let service = self.service.0.as_str();
        let action = self.action.as_ref().map(|(arn, _)| arn.as_str());
        match hop {
            Hop::ServiceTrust => [Some(self.source.as_str()), Some(service)],
            Hop::Assume => [Some(service), action],
            Hop::Start => [Some(action.unwrap_or(service)), self.target.as_deref()],
        }
    }

    /// The service role, the role of the action, what it starts, and the pipeline.
    fn arns(&self) -> impl Iterator<Item = Option<&String>> {
        let action = self.action.as_ref().map(|(arn, _)| arn);
        [Some(&self.service.0), action, self.target.as_ref(), Some(&self.source)].into_iter()
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value.get(name).and_then(Value::as_str).map(str::to_owned)
}

/// Where a pipeline is, and as what it runs, with symbols.
struct Runs {
    account: String,
    region: String,
    name: String,
    service: String,
    partition: String,
}

impl Runs {
    fn of(source: &SourceFile) -> Option<Self> {
        let part = source.in_template()?;
        let known = |known: Option<String>, symbol: &Option<String>| known.or_else(|| symbol.clone());
        let account = known(part.home.account.as_ref().map(ToString::to_string), &part.not_known.account);
        let region = known(part.home.region.as_ref().map(ToString::to_string), &part.not_known.region);
        let service = text(source.declaration(), "roleArn")?;
        Some(Self {
            account: account.unwrap_or_default(),
            region: region.unwrap_or_default(),
            name: text(source.declaration(), "name").unwrap_or_default(),
            partition: split_arn(&service).map_or("aws", |arn| arn.partition).to_owned(),
            service,
        })
    }

    fn arn(&self) -> String {
        codepipeline_arn(&self.partition, &self.region, &self.account, &self.name)
    }
}

/// What CodePipeline does before any action: it assumes the service role.
pub(super) fn service<'a>(
    source: &SourceFile,
    declared: &'a Declared,
    makes: &'a dyn Fn(&str) -> bool,
) -> Option<Action<'a>> {
    let runs = Runs::of(source)?;
    let service = (runs.service.clone(), declared.roles.get(&runs.service));
    Some(Action {
        file: source.name().to_owned(),
        location: source.locate(&Place::pipeline(&runs.name)),
        pipeline: shown(&runs.name),
        stage: String::new(),
        stage_at: 0,
        action: String::new(),
        given: Given {
            service,
            action: None,
            target: None,
            arn_as_name: false,
            source: runs.arn(),
            action_value: &Value::Null,
            spelling: Spelling::CloudFormation,
            declared,
            makes,
        },
    })
}

/// The actions of a pipeline that have a role or start a pipeline.
pub(super) fn actions<'a>(
    source: &'a SourceFile,
    declared: &'a Declared,
    makes: &'a dyn Fn(&str) -> bool,
) -> Vec<Action<'a>> {
    let mut found = Vec::new();
    let (Some(part), Some(runs)) = (source.in_template(), Runs::of(source)) else { return found };
    let declaration = source.declaration();
    let role_of = |arn: String| (arn.clone(), declared.roles.get(&arn));
    let Runs { account, region, name, service, partition } = &runs;
    let stages = declaration.get("stages").and_then(Value::as_array).into_iter().flatten();
    for (at, stage) in stages.enumerate() {
        let stage_name = text(stage, "name").unwrap_or_default();
        let actions = stage.get("actions").and_then(Value::as_array).into_iter().flatten();
        for (position, action) in actions.enumerate() {
            let kind = |member: &str| action.get("actionTypeId").and_then(|id| text(id, member)).unwrap_or_default();
            let starts = kind("provider") == "CodePipeline" && kind("category") == "Invoke";
            let role = text(action, "roleArn");
            if role.is_none() && !starts {
                continue;
            }
            let target = action.get("configuration").and_then(|configuration| text(configuration, TARGET_KEY));
            let in_region = text(action, "region").unwrap_or_else(|| region.clone());
            let target = target.filter(|_| starts);
            let owner = role.as_deref().map_or_else(|| account.clone(), account_of);
            let arn_as_name = target.as_deref().and_then(split_arn).is_some_and(|arn| arn.service == "codepipeline");
            let arn = |name: String| match arn_as_name {
                true => name,
                false => codepipeline_arn(partition, &in_region, &owner, &name),
            };
            let given = Given {
                service: role_of(service.clone()),
                action: role.map(role_of),
                target: target.map(arn),
                arn_as_name,
                source: runs.arn(),
                action_value: action,
                spelling: part.spelling,
                declared,
                makes,
            };
            let action_name = text(action, "name").unwrap_or_default();
            let place = Place::pipeline(&part.id).stage(at, &stage_name).action(position, &action_name);
            found.push(Action {
                file: source.name().to_owned(),
                location: source.locate(&place),
                pipeline: shown(name),
                stage: stage_name.clone(),
                stage_at: at,
                action: action_name,
                given,
            });
        }
    }
    found
}

/// The account of a role, with a symbol if nothing tells it.
fn account_of(role: &str) -> String {
    if let Some(arn) = split_arn(role) {
        return arn.account.to_owned();
    }
    let label = match parts(role).as_slice() {
        [Part::Symbol(symbol)] => name_of(symbol),
        _ => shown(role),
    };
    symbol(&symbols(role).next().map(scope_of).unwrap_or_default(), &format!("{OF_ROLE}{label}"))
}

/// Denies the start where it fails whatever the policies say, and tells what else may be meant where a hop is denied.
fn with_name(given: &Given<'_>, mut report: ChainReport) -> ChainReport {
    let start = report.proof.hops.iter_mut().find(|hop| hop.hop == Hop::Start);
    if let (true, Some(start)) = (given.arn_as_name, start) {
        start.verdict = Verdict::Denied(format!("because {ARN_AS_NAME}"));
        let help = |arn| given.spelling.of(&bare_name_help(arn), &Place::default());
        start.hints = report.input.chain.target.iter().map(help).collect();
        (start.fix, start.decided_by) = (Vec::new(), Vec::new());
        return report;
    }
    for hop in report.proof.hops.iter_mut().filter(|hop| matches!(hop.verdict, Verdict::Denied(_))) {
        let meant = match hop.hop {
            Hop::ServiceTrust => None,
            Hop::Assume => given
                .action
                .as_ref()
                .and_then(|(arn, _)| role_help(arn, given.declared.roles.keys().map(String::as_str))),
            Hop::Start => given.target.as_ref().and_then(|target| {
                let sources = given.declared.pipelines.iter().flatten();
                let known: Vec<String> = sources.filter_map(|(_, source)| Some(Runs::of(source)?.arn())).collect();
                pipeline_help(target, known.iter().map(String::as_str))
            }),
        };
        hop.hints.splice(0..0, meant);
    }
    report
}

fn judge(given: &Given<'_>) -> (Concrete, Result<ChainReport, String>) {
    let mut names = Concrete::default();
    given.arns().flatten().for_each(|arn| names.note_text(arn));
    for role in [given.service.1, given.action.as_ref().and_then(|(_, role)| *role)].into_iter().flatten() {
        role.trust.iter().chain(role.policies.iter().map(|(_, document)| document)).for_each(|value| names.note(value));
        role.boundary.iter().for_each(|value| names.note(value));
    }
    names.settle();
    let mut worlds = vec![names.clone()];
    for symbol in &names.accounts {
        let others = names.accounts.iter().filter(|other| *other != symbol).map(|other| names.text(other));
        worlds.extend(
            names.known_accounts.iter().cloned().chain(others).take(16).map(|known| names.with(symbol, &known)),
        );
    }
    for symbol in &names.regions {
        worlds.extend(names.known_regions.iter().take(16).map(|known| names.with(symbol, known)));
    }
    let run = |end: Bound| -> Result<Vec<ChainReport>, String> {
        worlds.iter().map(|world| proof(given, end, world)).collect()
    };
    let report = run(Bound::Most).and_then(|most| {
        let first = most.first().cloned().ok_or("there is no chain")?;
        Ok(with_name(given, combined(given, first, &most, &run(Bound::Least)?)))
    });
    (names, report)
}

fn also_not_read(policies: &[&str]) -> String {
    if policies.is_empty() { String::new() } else { format!(" (not read: {})", policies.join(", ")) }
}

/// Whether a statement of a policy has to do with a hop.
fn may_grant(statement: &Value, hop: Hop) -> bool {
    let service = if hop == Hop::Start { "codepipeline:" } else { "sts:" };
    let actions = statement.get("Action").map(|actions| actions.to_string().to_ascii_lowercase());
    actions.is_none_or(|actions| actions.contains(service) || actions.contains("\"*\""))
}

/// True where a role may be any.
fn is_opaque(arn: &str, role: Option<&TemplateRole>) -> bool {
    role.is_none() && parts(arn).iter().any(|part| matches!(part, Part::Symbol(_)))
}

fn proof(given: &Given<'_>, end: Bound, world: &Concrete) -> Result<ChainReport, String> {
    let mut chain = Map::new();
    let caller = given.named(&given.service.0);
    let target = given.target.as_deref().map(|target| given.named(target));
    let assumed = given.action.as_ref().map(|(arn, _)| given.named(arn));
    let request = Request { caller, requested: assumed.or(target) };
    chain.insert("service_role".to_owned(), role(&given.service, end, world, request));
    if let Some(action) = &given.action {
        chain.insert("action_role".to_owned(), role(action, end, world, Request { caller, requested: target }));
    }
    let arn = |text: &str| Value::from(world.text(text));
    if let Some(target) = &given.target {
        chain.insert("target_pipeline_arn".to_owned(), arn(target));
    }
    let source = world.text(&given.source);
    if source.parse::<crate::core::ids::PipelineArn>().is_ok() {
        chain.insert("source_pipeline_arn".to_owned(), Value::from(source));
    }
    let input = input::read(&Value::Object(chain), &[]).map_err(|error| error.to_string())?;
    let proof = prove(&input.chain);
    let calls = called(given, &input, world).map(|calls| prove_calls(&input.chain, calls));
    Ok(ChainReport { input, proof, calls, findings: Vec::new() })
}

/// What the action calls with its role, where nothing of that is up to a deployment.
fn called(given: &Given<'_>, input: &ChainInput, world: &Concrete) -> Option<Vec<ActionCall>> {
    let arn = world.text(&given.source).parse().ok()?;
    let action = serde_json::from_value(world.json(given.action_value)).ok()?;
    let pipeline = Pipeline::new("pipeline", Ownership::Extern, arn);
    let calls = calls(&pipeline, &action, input.chain.starter().arn.account())?;
    calls.iter().all(|call| world.back(&call.resource) == call.resource).then_some(calls)
}

fn role((arn, known): &(String, Option<&TemplateRole>), end: Bound, world: &Concrete, request: Request<'_>) -> Value {
    let mut role = json!({ "arn": world.role(arn) });
    let (Some(known), Some(members)) = (known, role.as_object_mut()) else { return role };
    let bounded = |document: &Value, kind: Kind| bound(document, kind, end, request);
    // At most, what is not read grants all.
    let most = end == Bound::Most;
    let unseen = known.unseen.as_ref().filter(|_| most);
    if let Some(mut trust) = known.trust.as_ref().and_then(|trust| bounded(trust, Kind::Trust)) {
        let statements = trust.get_mut("Statement").and_then(Value::as_array_mut);
        if let (Some(statements), true) = (statements, unseen.is_some_and(|unseen| unseen.trust)) {
            statements.push(anything(Kind::Trust, request));
        }
        members.insert("trust".to_owned(), world.json(&trust));
    }
    let policy = |(name, document): &(String, Value)| {
        Some(json!({ "name": shown(name), "document": world.json(&bounded(document, Kind::Policy)?) }))
    };
    let boundary = known.boundary.as_ref().map(|boundary| bounded(boundary, Kind::Policy));
    let policies: Vec<Option<Value>> = known.policies.iter().map(policy).collect();
    let in_part = policies.contains(&None) || boundary == Some(None);
    let is_open = in_part || if most { known.incomplete } else { known.may_deny };
    let mut policies: Vec<Value> = policies.into_iter().flatten().collect();
    if most && (is_open || unseen.is_some()) {
        policies.push(json!({ "Version": "2012-10-17", "Statement": [anything(Kind::Policy, request)] }));
    }
    if most || !is_open {
        members.insert("policies".to_owned(), Value::Array(policies));
    }
    if let Some(Some(boundary)) = boundary {
        members.insert("permissions_boundary".to_owned(), world.json(&boundary));
    }
    role
}

/// What holds in all of them.
fn combined(given: &Given<'_>, first: ChainReport, most: &[ChainReport], least: &[ChainReport]) -> ChainReport {
    let symbols = |role: Option<&TemplateRole>| role.is_some_and(|role| role.has_symbol());
    let action = given.action.as_ref();
    let open_service = is_opaque(&given.service.0, given.service.1);
    let open_action = action.is_some_and(|(arn, role)| is_opaque(arn, *role));
    // Where a symbol makes IAM refuse a document, nothing follows from that.
    let refused = |input: &ChainInput| !input.chain.refused.is_empty();
    let unsure = most.iter().any(|report| refused(&report.input))
        && (symbols(given.service.1) || symbols(action.and_then(|(_, role)| *role)));
    let hop_of = |report: &ChainReport, hop: Hop| report.proof.hop(hop).cloned();
    let judged = first.proof.hops.into_iter().map(|first| {
        let open = match first.hop {
            Hop::ServiceTrust => open_service,
            Hop::Assume => open_service || open_action,
            Hop::Start => open_action || action.is_none() && open_service,
        };
        let all = |reports: &[ChainReport], is: fn(&Verdict) -> bool| {
            reports.iter().all(|report| hop_of(report, first.hop).is_some_and(|hop| is(&hop.verdict)))
        };
        if !open && !unsure && all(most, |verdict| matches!(verdict, Verdict::Denied(_))) {
            return first;
        }
        let sure = least.first().and_then(|report| hop_of(report, first.hop));
        let Some(sure) = sure else { return first };
        if all(least, |verdict| *verdict == Verdict::Allowed) {
            return sure;
        }
        let not_read = given.not_read(first.hop);
        let also = also_not_read(&not_read);
        let why = match (&first.verdict, &sure.verdict) {
            (Verdict::Unknown(why), _) | (_, Verdict::Unknown(why)) => format!("{why}{also}"),
            _ if let Some(unseen) = given.unseen(first.hop) => format!("what {unseen} gives the role{also}"),
            (Verdict::Denied(_), _) if !open && !unsure => {
                format!("which accounts the templates are in: give `--account`{also}")
            }
            _ => given.open(first.hop, &not_read),
        };
        // What is not read has no statement to name.
        let decided_by = if given.is_widened(first.hop) { sure.decided_by } else { first.decided_by };
        HopProof { verdict: Verdict::Unknown(why), fix: Vec::new(), hints: Vec::new(), decided_by, ..first }
    });
    let hops = judged.collect();
    let open = open_action || action.is_none() && open_service;
    let calls = first.calls.map(|calls| calls.into_iter().map(|call| call_in_all(call, most, least, open || unsure)));
    let calls = calls.map(Iterator::collect);
    ChainReport { input: first.input, proof: ChainProof { hops }, calls, findings: Vec::new() }
}

/// What holds of a call in all of them.
fn call_in_all(first: CallProof, most: &[ChainReport], least: &[ChainReport], open: bool) -> CallProof {
    let all = |reports: &[ChainReport], is: fn(&Verdict) -> bool| {
        let verdict = |report: &ChainReport| {
            report.calls.as_ref()?.iter().find(|proof| proof.call == first.call).map(|proof| is(&proof.verdict))
        };
        reports.iter().all(|report| verdict(report) == Some(true))
    };
    let verdict = match &first.verdict {
        Verdict::Denied(_) if !open && all(most, |verdict| matches!(verdict, Verdict::Denied(_))) => {
            return first;
        }
        _ if all(least, |verdict| *verdict == Verdict::Allowed) => Verdict::Allowed,
        Verdict::Unknown(why) => Verdict::Unknown(why.clone()),
        Verdict::Allowed | Verdict::Denied(_) => Verdict::Unknown("values known only at deployment".to_owned()),
    };
    let hints = if verdict == Verdict::Allowed { Vec::new() } else { first.hints };
    CallProof { call: first.call, verdict, hints }
}
