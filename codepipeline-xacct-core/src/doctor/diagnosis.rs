//! A diagnosis: what works, what fails when, and how to fix it.

use serde::{Deserialize, Serialize};

use super::command::Remedy;
use super::reading::{Access, Basis};
use crate::finding::Place;
use crate::ids::{PipelineArn, RoleArn};
use crate::wiring::{Deciding, Hop};

use crate::wiring::Sign;

/// What is wrong with pipelines, and what isn't.
///
/// Its text is the tree of each pipeline; `{:#}` has the commands of every fix too.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Diagnosis {
    /// Where the documents come from.
    pub basis: Basis,
    /// What was asked in which account.
    pub access: Vec<Access>,
    /// The pipelines.
    pub pipelines: Vec<PipelineDiagnosis>,
}

/// A pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PipelineDiagnosis {
    /// The pipeline.
    pub pipeline: PipelineArn,
    /// Why its declaration isn't known; nothing else is then.
    pub unread: Option<Unread>,
    /// CodePipeline assumes the service role.
    pub service: Option<HopDiagnosis>,
    /// Every action and rule with a role, and every start of another pipeline.
    pub links: Vec<LinkDiagnosis>,
    /// What the policies of buckets and keys let roles of other accounts do with the artifacts, and what they stop roles of their own account from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub artifacts: Vec<ArtifactDiagnosis>,
    /// What else is wrong.
    pub problems: Vec<Problem>,
}

/// Why a pipeline has no diagnosis.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unread {
    /// In words.
    pub why: String,
    /// True where there is certainly no such pipeline.
    pub missing: bool,
}

/// An action or a rule with a role, or a start of another pipeline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LinkDiagnosis {
    /// Where it is.
    #[serde(with = "crate::finding::place::structured")]
    pub place: Place,
    /// Name of the stage.
    pub stage: String,
    /// Name of the action or the rule.
    pub name: String,
    /// Its role, as it is written.
    pub role: Option<String>,
    /// The pipeline that it starts, or starts once it is fixed.
    pub target: Option<PipelineArn>,
    /// From the service role on.
    pub hops: Vec<HopDiagnosis>,
}

/// A hop.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct HopDiagnosis {
    /// Which one.
    pub hop: Hop,
    /// Who makes the call.
    pub from: String,
    /// What it is about: a role or a pipeline.
    pub to: String,
    /// Whether it works.
    pub sign: Sign,
    /// How certain that is.
    pub confidence: Confidence,
    /// What fails, and when; `None` where nothing does.
    pub moment: Option<Moment>,
    /// Why it works, fails or isn't known.
    pub causes: Vec<Cause>,
}

/// Whether the policy of a bucket or a key lets a role use the artifacts. What the role may do by its own policies is one of
/// the problems.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArtifactDiagnosis {
    /// The role.
    pub role: RoleArn,
    /// The ARN of the bucket or the key.
    pub resource: String,
    /// The bucket or the key, in words.
    pub what: String,
    /// What the role asks for.
    pub actions: Vec<String>,
    /// Whether it may.
    pub sign: Sign,
    /// How certain that is.
    pub confidence: Confidence,
    /// What fails, and when; `None` where nothing does.
    pub moment: Option<Moment>,
    /// Why it may, may not, or isn't known to.
    pub causes: Vec<Cause>,
}

/// How certain a sign is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Decided from what the accounts hold.
    Verified,
    /// Decided from what files state.
    Stated,
    /// Something that decides can't be read.
    NotReadable,
    /// All was read; it depends on what only a request has, or the last run was denied although all that was read allows it.
    Undecided,
}

/// What fails, and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// Create and UpdatePipeline are refused, and the stage fails when it runs.
    WhenSaved,
    /// The pipeline can be saved, and the stage fails when it runs.
    WhenRun,
}

/// Why a hop works, fails or isn't known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cause {
    /// In words; empty where the statements say it all.
    pub reason: String,
    /// The statements that decide, or come nearest to it.
    pub decided_by: Vec<Deciding>,
    /// What helps.
    pub fix: Fix,
}

/// What helps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fix {
    /// Nothing is wrong, or nothing is known that helps.
    None,
    /// Changes, in their order. Of several fixes for one document, each builds on those before it.
    Changes(Vec<Remedy>),
    /// Something that only a person can decide.
    Words(String),
    /// No change of the pipeline, its roles or its target helps; the text says who can.
    OutOfReach(String),
}

impl Fix {
    /// The changes.
    pub fn changes(&self) -> &[Remedy] {
        match self {
            Fix::Changes(changes) => changes,
            Fix::None | Fix::Words(_) | Fix::OutOfReach(_) => &[],
        }
    }
}

/// How much something matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// Good to know, or to be compared by hand.
    Note,
    /// It works, but should be reviewed.
    Warning,
    /// It is refused or fails.
    Error,
}

/// Something that is wrong beside the hops.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    /// The code of a rule (`cargo xacct explain` prints it), or `transition`, `failure` or `artifacts`.
    pub code: String,
    /// How much it matters.
    pub weight: Weight,
    /// Where.
    #[serde(with = "crate::finding::place::structured")]
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What fails, and when, where something does.
    pub moment: Option<Moment>,
    /// What helps.
    pub fix: Fix,
}

impl HopDiagnosis {
    /// Adds a cause; the worst one decides the sign, and with it what fails when.
    pub(super) fn add(&mut self, sign: Sign, confidence: Confidence, cause: Cause) {
        if sign > self.sign {
            self.sign = sign;
            self.confidence = confidence;
            // What works is of no interest next to what doesn't.
            self.causes.clear();
            self.moment = (sign == Sign::Fails).then_some(match self.hop {
                Hop::ServiceTrust | Hop::Assume => Moment::WhenSaved,
                Hop::Start => Moment::WhenRun,
            });
        }
        if sign == self.sign {
            self.causes.push(cause);
        }
    }
}

impl LinkDiagnosis {
    /// The hop of a kind.
    pub fn hop(&self, hop: Hop) -> Option<&HopDiagnosis> {
        self.hops.iter().find(|found| found.hop == hop)
    }
}

impl PipelineDiagnosis {
    /// All hops.
    pub fn hops(&self) -> impl Iterator<Item = &HopDiagnosis> {
        self.service.iter().chain(self.links.iter().flat_map(|link| &link.hops))
    }

    /// All fixes.
    pub(super) fn fixes(&self) -> impl Iterator<Item = &Fix> {
        let of_hops = self.hops().flat_map(|hop| hop.causes.iter().map(|cause| &cause.fix));
        let of_artifacts = self.artifacts.iter().flat_map(|found| found.causes.iter().map(|cause| &cause.fix));
        of_hops.chain(of_artifacts).chain(self.problems.iter().map(|problem| &problem.fix))
    }

    /// The changes, to be edited.
    pub(super) fn changes_mut(&mut self) -> impl Iterator<Item = &mut Remedy> {
        let hops = self.service.iter_mut().chain(self.links.iter_mut().flat_map(|link| &mut link.hops));
        let of_hops = hops.flat_map(|hop| hop.causes.iter_mut().map(|cause| &mut cause.fix));
        let of_artifacts = self.artifacts.iter_mut().flat_map(|found| found.causes.iter_mut().map(|c| &mut c.fix));
        let of_problems = self.problems.iter_mut().map(|problem| &mut problem.fix);
        of_hops.chain(of_artifacts).chain(of_problems).flat_map(|fix| match fix {
            Fix::Changes(changes) => changes.as_mut_slice(),
            Fix::None | Fix::Words(_) | Fix::OutOfReach(_) => &mut [],
        })
    }

    /// All changes that are offered, in an order in which they can be made.
    pub fn changes(&self) -> impl Iterator<Item = &Remedy> {
        self.fixes().flat_map(Fix::changes)
    }
}

impl Diagnosis {
    /// All hops of all pipelines.
    pub fn hops(&self) -> impl Iterator<Item = &HopDiagnosis> {
        self.pipelines.iter().flat_map(PipelineDiagnosis::hops)
    }

    /// True where something fails.
    pub fn has_errors(&self) -> bool {
        let missing = |pipeline: &PipelineDiagnosis| pipeline.unread.as_ref().is_some_and(|unread| unread.missing);
        self.hops().any(|hop| hop.sign == Sign::Fails)
            || self.artifacts(Sign::Fails) > 0
            || self.weighs(Weight::Error)
            || self.pipelines.iter().any(missing)
    }

    /// True where something should be reviewed.
    pub fn has_warnings(&self) -> bool {
        self.weighs(Weight::Warning)
    }

    /// Adds a part of the same diagnosis.
    pub fn add(&mut self, part: Diagnosis) {
        for access in part.access {
            match self.access.iter_mut().find(|other| other.account == access.account) {
                Some(other) => other.add(access),
                None => self.access.push(access),
            }
        }
        self.pipelines.extend(part.pipelines);
    }

    /// True where something that decides isn't known, or an account that was asked for could not be reached.
    pub fn is_incomplete(&self) -> bool {
        self.hops().any(|hop| hop.sign == Sign::Unknown)
            || self.artifacts(Sign::Unknown) > 0
            || self.pipelines.iter().any(|p| p.unread.is_some())
            || self
                .access
                .iter()
                .any(|access| access.connected && access.calls.iter().all(|call| call.denied.is_some()))
    }

    /// How often the policy of a bucket or a key has this sign.
    pub(super) fn artifacts(&self, sign: Sign) -> usize {
        self.pipelines.iter().flat_map(|pipeline| &pipeline.artifacts).filter(|found| found.sign == sign).count()
    }

    fn weighs(&self, weight: Weight) -> bool {
        self.pipelines.iter().flat_map(|pipeline| &pipeline.problems).any(|problem| problem.weight == weight)
    }
}
