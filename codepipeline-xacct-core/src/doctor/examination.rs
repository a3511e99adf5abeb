//! Examines one pipeline of those that were read.

use indexmap::IndexMap;
use serde_json::json;

use super::access::pipeline;
use super::artifacts::{Artifacts, actions, artifacts};
use super::command::update;
use super::diagnosis::{
    Cause, Confidence, Fix, HopDiagnosis, LinkDiagnosis, Moment, PipelineDiagnosis, Problem, Weight,
};
use super::edit::Members;
use super::fixer::Fixer;
use super::grants::{self, Excess, Uses};
use super::reading::{Basis, Reading, Simulated};
use super::stages::stages;
use super::start::Start;
use crate::declaration::PipelineDeclaration;
use crate::finding::{Finding, Place, Severity};
use crate::ids::{AccountId, PipelineArn, RoleArn};
use crate::plan::Found;
use crate::policy::evaluate::Verdict;
use crate::policy::{ASSUME_ROLE, CODEPIPELINE, Document, START};
use crate::rules;
use crate::rules::rule::Consequence;
use crate::sentences::RESTS_ON_SOURCE;
use crate::wiring::{Chain, Contexts, Hop, HopProof, KnownRole, Link, Sign, hop_findings, links, prove};

/// One pipeline that is examined.
pub(super) struct Examination<'a> {
    reading: &'a Reading,
    arn: &'a PipelineArn,
    declaration: &'a PipelineDeclaration,
    /// The declaration after the fixes so far.
    fixed: PipelineDeclaration,
    fixer: &'a mut Fixer,
    uses: &'a Uses,
    findings: Vec<Finding>,
    excess: Excess,
    diagnosis: PipelineDiagnosis,
}

impl<'a> Examination<'a> {
    pub(super) fn new(
        reading: &'a Reading,
        arn: &'a PipelineArn,
        declaration: &'a PipelineDeclaration,
        fixer: &'a mut Fixer,
        uses: &'a Uses,
        findings: Vec<Finding>,
    ) -> Self {
        let diagnosis = PipelineDiagnosis {
            pipeline: arn.clone(),
            unread: None,
            service: None,
            links: Vec::new(),
            artifacts: Vec::new(),
            problems: Vec::new(),
        };
        let (fixed, excess) = (declaration.clone(), Excess::default());
        Self { reading, arn, declaration, fixed, fixer, uses, findings, excess, diagnosis }
    }

    pub(super) fn finish(mut self) -> PipelineDiagnosis {
        let links = links(self.arn, self.declaration);
        let service = self.declaration.role_arn.as_deref().and_then(|role| role.parse::<RoleArn>().ok());
        if let Some(service) = &service {
            self.service(service);
            for link in &links {
                self.link(service, link);
            }
        }
        let excess = std::mem::take(&mut self.excess);
        for finding in excess.findings() {
            self.problem(finding);
        }
        if let Some(service) = &service {
            for finding in grants::dead(self.reading, service, self.uses, &Place::pipeline(&self.declaration.name)) {
                self.problem(finding);
            }
        }
        for finding in std::mem::take(&mut self.findings) {
            self.problem(finding);
        }
        let pipeline = pipeline(self.arn, self.declaration);
        let Artifacts { problems, policed } = artifacts(self.reading, &pipeline, self.fixer);
        self.diagnosis.artifacts = policed;
        self.diagnosis.problems.extend(problems);
        self.diagnosis.problems.extend(actions(self.reading, &pipeline, self.fixer));
        let stages = stages(self.reading, self.declaration, &mut self.diagnosis);
        self.diagnosis.problems.extend(stages);
        self.diagnosis.problems.sort_by_key(|problem| std::cmp::Reverse(problem.weight));
        self.diagnosis
    }

    fn chain(&self, service: &RoleArn) -> Chain {
        let mut chain = Chain::new(self.known(service), None, None);
        chain.source = Some(self.arn.clone());
        chain.scps.source = levels(&self.reading.scps, service.account());
        chain.rcps.source = levels(&self.reading.rcps, service.account());
        chain.refused.clone_from(&self.reading.refused);
        let Contexts { service_trust, assume, start } = &mut chain.context;
        for context in [service_trust, assume, start] {
            *context = self.reading.request();
        }
        chain
    }

    /// What is known of a role. One that isn't there has no policies; one of another path isn't it.
    fn known(&self, arn: &RoleArn) -> KnownRole {
        match self.reading.roles.get(arn) {
            Some(Found::Present(known)) if known.arn == *arn => known.clone(),
            Some(Found::Present(_) | Found::Missing) => KnownRole {
                trust: Some(Document::new(Vec::new())),
                policies: Some(Vec::new()),
                ..KnownRole::new(arn.clone())
            },
            _ => KnownRole::new(arn.clone()),
        }
    }

    fn service(&mut self, service: &RoleArn) {
        let chain = self.chain(service);
        let place = Place::pipeline(&self.declaration.name).key("roleArn").value();
        self.diagnosis.service = prove(&chain).hops.first().map(|proof| self.hop(&chain, proof, &place));
    }

    fn link(&mut self, service: &RoleArn, link: &Link<'_>) {
        let role = link.role_arn();
        if link.role.is_some() && role.is_none() {
            // What is no ARN of a role is reported by the rules.
            return;
        }
        let mut start = Start::default();
        if link.is_invoke() {
            let basis = self.reading.basis;
            let consumed = |finding: &Finding| finding.place.starts_with(&link.place) && Start::takes(finding, basis);
            let (own, rest) = std::mem::take(&mut self.findings).into_iter().partition(consumed);
            self.findings = rest;
            start = Start::examine(self.reading, self.arn, link, own, &mut self.fixed);
        }
        let mut chain = self.chain(service);
        if let Some(role) = &role {
            chain.action_role = Some(self.known(role));
            chain.scps.target = levels(&self.reading.scps, role.account());
            chain.rcps.target = levels(&self.reading.rcps, role.account());
        }
        let target = start.target.clone().or_else(|| link.target.clone());
        chain.target = target.clone().filter(|_| !start.is_missing);
        let root = Place::pipeline(&self.declaration.name).key("roleArn");
        self.excess.add(&chain, self.uses, &root, &link.place.key("roleArn"));
        let mut hops = Vec::new();
        for proof in prove(&chain).hops.iter().filter(|proof| proof.hop != Hop::ServiceTrust) {
            hops.push(self.hop(&chain, proof, &link.place));
        }
        if link.is_invoke() {
            // Without a target there is nothing to prove.
            if chain.target.is_none() {
                let mut hop = self.works(&chain, Hop::Start);
                if let Some(missing) = &target {
                    hop.to = missing.to_string();
                }
                hops.push(hop);
            }
            if let Some(hop) = hops.iter_mut().find(|hop| hop.hop == Hop::Start) {
                for (sign, cause) in start.causes {
                    let confidence = if sign == Sign::Unknown { Confidence::NotReadable } else { self.certain() };
                    hop.add(sign, confidence, cause);
                }
            }
        }
        self.diagnosis.links.push(LinkDiagnosis {
            place: link.place.clone(),
            stage: link.stage.to_owned(),
            name: link.name.to_owned(),
            role: link.role.map(str::to_owned),
            target,
            hops,
        });
    }

    fn certain(&self) -> Confidence {
        match self.reading.basis {
            Basis::Read => Confidence::Verified,
            Basis::Stated => Confidence::Stated,
        }
    }

    /// A hop without a fault so far.
    fn works(&self, chain: &Chain, hop: Hop) -> HopDiagnosis {
        let (service, starter) = (&chain.service_role.arn, &chain.starter().arn);
        let (from, to) = match hop {
            Hop::ServiceTrust => (CODEPIPELINE.to_owned(), service.to_string()),
            Hop::Assume => (service.to_string(), starter.to_string()),
            Hop::Start => {
                (starter.to_string(), chain.target.as_ref().map_or_else(|| "?".to_owned(), ToString::to_string))
            }
        };
        let (sign, confidence) = (Sign::Works, self.certain());
        HopDiagnosis { hop, from, to, sign, confidence, moment: None, causes: Vec::new() }
    }

    fn hop(&mut self, chain: &Chain, proof: &HopProof, place: &Place) -> HopDiagnosis {
        let mut hop = self.works(chain, proof.hop);
        let (service, starter) = (&chain.service_role.arn, &chain.starter().arn);
        // Who asks for what, and the roles whose documents decide.
        let (asks, action, roles) = match proof.hop {
            Hop::ServiceTrust => (None, ASSUME_ROLE, vec![service]),
            Hop::Assume => (Some(service), ASSUME_ROLE, vec![service, starter]),
            Hop::Start => (Some(starter), START, vec![starter]),
        };
        let says_no = |simulated: &&Simulated| {
            !simulated.allowed_by_organization
                && Some(&simulated.role) == asks
                && simulated.action == action
                && simulated.resource == hop.to
        };
        let by_organization = self.reading.simulated.iter().find(says_no);
        let cause = |reason: String, fix: Fix| Cause { reason, decided_by: proof.decided_by.clone(), fix };
        match &proof.verdict {
            Verdict::Allowed if proof.rests_on_source => {
                hop.add(Sign::Works, hop.confidence, cause(RESTS_ON_SOURCE.to_owned(), Fix::None));
            }
            Verdict::Allowed => hop.add(Sign::Works, hop.confidence, cause(String::new(), Fix::None)),
            Verdict::Denied(why) => {
                let cause = match roles.iter().find_map(|role| self.gone(role).map(|gone| (*role, gone))) {
                    Some((role, (reason, other))) => {
                        let fix = match other {
                            // As long as something is out of reach, nothing else helps.
                            _ if by_organization.is_some() => Fix::None,
                            Some(other) => self.other_path(role, &other),
                            None => self.fix(chain, proof, place),
                        };
                        Cause { reason, decided_by: Vec::new(), fix }
                    }
                    None => {
                        let hints = proof.hints.iter().map(|hint| format!("; {hint}"));
                        let fix = match by_organization {
                            Some(_) => Fix::None,
                            None => self.fix(chain, proof, place),
                        };
                        cause(std::iter::once(why.clone()).chain(hints).collect(), fix)
                    }
                };
                hop.add(Sign::Fails, hop.confidence, cause);
            }
            Verdict::Unknown(why) => {
                let unread = roles.iter().find_map(|role| self.unread(role));
                let confidence = if unread.is_some() { Confidence::NotReadable } else { Confidence::Undecided };
                let reason = unread.unwrap_or_else(|| format!("it depends on {why}"));
                hop.add(Sign::Unknown, confidence, cause(reason, Fix::None));
            }
        }
        if let Some(simulated) = by_organization {
            let account = simulated.role.account();
            let reason = format!("a service control policy does not allow `{action}` in account {account}");
            let who = "only the organization's administrators can change its service control policies".to_owned();
            let fix = Fix::OutOfReach(who);
            hop.add(Sign::Fails, self.certain(), Cause { reason, decided_by: Vec::new(), fix });
        }
        hop
    }

    /// What lets a hop that is denied through: changes, or else words.
    fn fix(&mut self, chain: &Chain, proof: &HopProof, place: &Place) -> Fix {
        let fix = if proof.refused.is_empty() { self.fixer.fix(proof.hop, &proof.fix) } else { Fix::None };
        if fix != Fix::None {
            return fix;
        }
        let help = hop_findings(chain, proof, place).into_iter().find_map(|finding| finding.help);
        Fix::Words(help.unwrap_or_default())
    }

    /// Why the documents of a role aren't known.
    fn unread(&self, arn: &RoleArn) -> Option<String> {
        match self.reading.roles.get(arn) {
            Some(Found::Unreadable(why)) => Some(why.clone()),
            Some(Found::NotConnected) | None => Some(self.reading.unconnected(arn.account())),
            Some(Found::Present(known)) if known.trust.is_none() || known.policies.is_none() => {
                let what = if known.trust.is_none() { "trust policy" } else { "policies" };
                Some(match self.reading.basis {
                    Basis::Read => format!("the {what} of role `{arn}` may not be read"),
                    Basis::Stated => format!("no file states the {what} of role `{arn}`"),
                })
            }
            Some(Found::Present(_) | Found::Missing) => None,
        }
    }

    /// That a role isn't there, with the role of its name, if there is one.
    fn gone(&self, arn: &RoleArn) -> Option<(String, Option<RoleArn>)> {
        match self.reading.roles.get(arn) {
            Some(Found::Missing) => Some((format!("there is no role `{arn}`"), None)),
            Some(Found::Present(known)) if known.arn != *arn => {
                let other = known.arn.clone();
                Some((format!("there is no role `{arn}`; the role of that name is `{other}`"), Some(other)))
            }
            _ => None,
        }
    }

    /// The pipeline names a role by an ARN with another path.
    fn other_path(&mut self, role: &RoleArn, other: &RoleArn) -> Fix {
        let (role, by) = (role.to_string(), other.to_string());
        let what = format!("write `{by}` instead of `{role}`");
        let json = json!({ "roleArn": by });
        Fix::Changes(vec![update(self.arn, what, json, Members::Role { role, by }, &mut self.fixed)])
    }

    fn problem(&mut self, finding: Finding) {
        let rule = rules::find(finding.code);
        let moment = rule.and_then(|rule| match rule.effect {
            Consequence::Refused => Some(Moment::WhenSaved),
            Consequence::FailsWhenRun => Some(Moment::WhenRun),
            _ => None,
        });
        let weight = match finding.severity {
            Severity::Error => Weight::Error,
            Severity::Warning => Weight::Warning,
        };
        self.diagnosis.problems.push(Problem {
            code: finding.code.to_owned(),
            weight,
            place: finding.place,
            message: finding.message,
            moment,
            fix: finding.help.map_or(Fix::None, Fix::Words),
        });
    }
}

fn levels(of: &IndexMap<AccountId, Vec<Vec<Document>>>, account: &AccountId) -> Vec<Vec<Document>> {
    of.get(account).cloned().unwrap_or_default()
}
