//! The start of a pipeline beside the rights of its role: the name, the Region, the target, its variables.

use indexmap::IndexSet;
use serde_json::{Value, json};

use super::command::{Remedy, update};
use super::diagnosis::{Cause, Fix};
use super::edit::Members;
use super::reading::{Basis, Reading};
use crate::check::passed_variables_or_none;
use crate::check::variable_mismatch::{VariableMismatch, compare};
use crate::declaration::PipelineDeclaration;
use crate::declaration::invoke::{PassedVariable, TARGET_KEY, VARIABLES_KEY, variables_text};
use crate::declaration::references::{VARIABLES, written};
use crate::finding::{Finding, Severity};
use crate::ids::PipelineArn;
use crate::plan::Found;
use crate::rules;
use crate::suggest::nearest;
use crate::wiring::Link;
use crate::wiring::Sign;

/// What is wrong with a start.
#[derive(Default)]
pub(super) struct Start {
    /// The pipeline that it starts once what is certain is fixed.
    pub(super) target: Option<PipelineArn>,
    /// Whether there is certainly no such pipeline: nobody is let start what isn't there.
    pub(super) is_missing: bool,
    pub(super) causes: Vec<(Sign, Cause)>,
}

impl Start {
    /// Whether a finding of an action is about what it starts and passes.
    pub(super) fn takes(finding: &Finding, basis: Basis) -> bool {
        match finding.code {
            code if code == rules::XA0906.code || code == rules::XA0907.code => true,
            // In the accounts it was looked up whether the target is there. Files may just not have it.
            code if code == rules::XA0717.code => basis == Basis::Read,
            code => finding.severity == Severity::Error && rules::is_of_start(code),
        }
    }

    /// Looks at one start. What is fixed is fixed in `fixed` too.
    pub(super) fn examine(
        reading: &Reading,
        arn: &PipelineArn,
        link: &Link<'_>,
        findings: Vec<Finding>,
        fixed: &mut PipelineDeclaration,
    ) -> Self {
        let mut start = Self { target: link.target.clone(), ..Self::default() };
        let mut edits = Edits { arn, link, fixed };
        let named = findings.iter().position(|finding| finding.code == rules::XA0701.code);
        let mut findings = findings;
        if let Some(position) = named {
            let finding = findings.remove(position);
            start.name(reading, &mut edits, finding);
        }
        let found = start.exists(reading, &mut edits);
        let target = start.target.clone().filter(|_| found);
        let target = target.as_ref().and_then(|target| reading.declaration(target));
        let is_of_variables = |finding: &Finding| [rules::XA0906.code, rules::XA0907.code].contains(&finding.code);
        for finding in findings {
            // These are found again below, with what is changed.
            if finding.code != rules::XA0717.code && !(target.is_some() && is_of_variables(&finding)) {
                start.add(Sign::Fails, finding.message, finding.help.map_or(Fix::None, Fix::Words));
            }
        }
        for (reason, fix) in target.map(|target| edits.variables(target)).unwrap_or_default() {
            start.add(Sign::Fails, reason, fix);
        }
        start
    }

    fn add(&mut self, sign: Sign, reason: String, fix: Fix) {
        self.causes.push((sign, Cause { reason, decided_by: Vec::new(), fix }));
    }

    /// `PipelineName` is not the bare name.
    fn name(&mut self, reading: &Reading, edits: &mut Edits<'_>, finding: Finding) {
        let written = edits.link.action.and_then(|a| a.configuration.as_ref()?.get(TARGET_KEY));
        let named: Option<PipelineArn> = written.and_then(|written| written.parse().ok());
        let fix = match (named, &self.target) {
            // A pipeline that starts itself has no end.
            (Some(named), Some(looked_up)) if named != *edits.arn => {
                // The ARN says where it is, if it isn't where the action looks.
                let same_account = named.account() == looked_up.account();
                let is_there = reading.exists(looked_up) && looked_up != edits.arn;
                if same_account && named.region() != looked_up.region() && !is_there {
                    let fix = edits.set_region(&named);
                    self.target = Some(named);
                    fix
                } else {
                    Fix::Changes(vec![edits.set_name(named.name().as_str())])
                }
            }
            // Spaces around the name.
            (None, Some(looked_up)) if looked_up != edits.arn && reading.exists(looked_up) => {
                Fix::Changes(vec![edits.set_name(looked_up.name().as_str())])
            }
            _ => finding.help.map_or(Fix::None, Fix::Words),
        };
        self.add(Sign::Fails, finding.message, fix);
    }

    /// Whether the target is there.
    fn exists(&mut self, reading: &Reading, edits: &mut Edits<'_>) -> bool {
        let Some(target) = self.target.clone() else {
            if self.causes.is_empty() {
                let text = "the name of the target is only known when the action runs".to_owned();
                self.add(Sign::Unknown, text, Fix::None);
            }
            return false;
        };
        if reading.exists(&target) {
            return true;
        }
        match reading.pipelines.get(&target) {
            Some(Found::Missing) => {}
            Some(Found::Unreadable(why)) => {
                self.add(Sign::Unknown, why.clone(), Fix::None);
                return false;
            }
            Some(Found::NotConnected | Found::Present(_)) | None => {
                let why = reading.unconnected(target.account());
                let reason = format!("it is not known whether pipeline `{target}` exists: {why}");
                self.add(Sign::Unknown, reason, Fix::None);
                return false;
            }
        }
        let missing = format!("there is no pipeline `{}` in Region {}", target.name(), target.region());
        let of_account: IndexSet<&PipelineArn> =
            known(reading).filter(|other| lives_with(other, &target) && *other != edits.arn).collect();
        let of_name: Vec<&PipelineArn> =
            of_account.iter().copied().filter(|other| other.name() == target.name()).collect();
        if let [other] = *of_name {
            let reason =
                format!("{missing} of account {}; there is one in Region {}", target.account(), other.region());
            let fix = edits.set_region(other);
            self.add(Sign::Fails, reason, fix);
            self.target = Some(other.clone());
            return true;
        }
        self.is_missing = true;
        let missing = format!("{missing} of account {}", target.account());
        let here = of_account.iter().filter(|other| other.region() == target.region());
        // Another name is a guess, and so is one of several Regions: only a person knows.
        let help = if !of_name.is_empty() {
            let regions: Vec<&str> = of_name.iter().map(|other| other.region().as_str()).collect();
            format!("there are ones in Regions {}: write the one that is meant as `region`", regions.join(", "))
        } else if let Some(near) = nearest(target.name().as_str(), here.map(|other| other.name().as_str())) {
            format!(
                "did you mean pipeline `{near}`? Otherwise create `{target}`, or correct the `region` or the role of the action"
            )
        } else {
            format!("create `{target}`, or correct `PipelineName`, the `region` or the role of the action")
        };
        self.add(Sign::Fails, missing, Fix::Words(help));
        false
    }
}

/// All pipelines that are known to exist.
fn known(reading: &Reading) -> impl Iterator<Item = &PipelineArn> {
    let present = reading.pipelines.iter().filter(|(_, found)| found.present().is_some()).map(|(arn, _)| arn);
    present.chain(&reading.others)
}

fn lives_with(one: &PipelineArn, other: &PipelineArn) -> bool {
    (one.account(), one.partition()) == (other.account(), other.partition())
}

/// Changes of the action that starts.
struct Edits<'a> {
    arn: &'a PipelineArn,
    link: &'a Link<'a>,
    fixed: &'a mut PipelineDeclaration,
}

impl Edits<'_> {
    fn edit(&mut self, what: String, member: Value, region: Option<String>, key: (&str, Option<String>)) -> Remedy {
        let (stage, action) = (self.link.stage.to_owned(), self.link.name.to_owned());
        let configuration = [(key.0.to_owned(), key.1)].into_iter().collect();
        let what = format!("{what} of action `{action}`");
        update(self.arn, what, member, Members::Action { stage, action, region, configuration }, self.fixed)
    }

    fn set_name(&mut self, name: &str) -> Remedy {
        let member = json!({ "configuration": { (TARGET_KEY): name } });
        let what = format!("write `{name}` as `PipelineName`");
        self.edit(what, member, None, (TARGET_KEY, Some(name.to_owned())))
    }

    /// The Region of a pipeline; its name too, where an ARN is written. An action elsewhere needs an artifact store there, whose bucket only a
    /// person knows. Source: CodePipeline User Guide, "Add a cross-Region action".
    fn set_region(&mut self, target: &PipelineArn) -> Fix {
        let (region, name) = (target.region().to_string(), target.name().to_string());
        let is_home = target.region() == self.arn.region();
        let stores = self.fixed.artifact_stores.as_ref();
        let written = self.link.action.and_then(|action| action.configuration.as_ref()?.get(TARGET_KEY));
        let member = match written == Some(&name) {
            true => json!({ "region": region }),
            false => json!({ "region": region, "configuration": { (TARGET_KEY): name } }),
        };
        if is_home || stores.is_some_and(|stores| stores.contains_key(&region)) {
            let what = format!("write `{region}` as `region`");
            return Fix::Changes(vec![self.edit(what, member, Some(region), (TARGET_KEY, Some(name)))]);
        }
        let (account, action) = (self.arn.account(), self.link.name);
        let store = match stores {
            Some(_) => "to `artifactStores` the store".to_owned(),
            None => format!(
                "`artifactStores` in place of `artifactStore`, with the store of {} that is there and one",
                self.arn.region()
            ),
        };
        Fix::Words(format!(
            "write {member} into action `{action}`, and {store} of {region}: a bucket that account {account} has in that Region"
        ))
    }

    /// What is wrong with the variables that are passed, each with its fix. What is certain is one change, since all are in one member.
    fn variables(&mut self, target: &PipelineDeclaration) -> Vec<(String, Fix)> {
        let passed = self.link.action.and_then(passed_variables_or_none);
        let Some(mut passed) = passed else { return Vec::new() };
        let names: Vec<String> = passed.iter().map(|variable| variable.name.clone()).collect();
        let declared = target.variables.iter().flatten().map(|v| (v.name.as_str(), v.default_value.is_none()));
        let mut what = Vec::new();
        let mut wrong = Vec::new();
        for mismatch in compare(names.iter().map(String::as_str), declared) {
            let finding = mismatch.finding(&self.link.place, &target.name);
            let words = match mismatch {
                VariableMismatch::Undeclared { name, near: Some(near) } => Some(format!(
                    "did you mean `{near}`? Otherwise leave `{name}` out, or declare it in pipeline `{}`",
                    target.name
                )),
                VariableMismatch::Undeclared { name, near: None } => {
                    what.push(format!("leave variable `{name}` out"));
                    passed.retain(|variable| variable.name != name);
                    None
                }
                VariableMismatch::Missing { name } => {
                    let is_own = self.fixed.variables.iter().flatten().any(|variable| variable.name == name);
                    if is_own {
                        what.push(format!("pass variable `{name}`"));
                        passed.push(PassedVariable { name: name.to_owned(), value: written(VARIABLES, name) });
                    }
                    finding.help.filter(|_| !is_own)
                }
            };
            wrong.push((finding.message, words.map_or(Fix::None, Fix::Words)));
        }
        if let Some((_, fix)) = wrong.iter_mut().find(|(_, fix)| *fix == Fix::None) {
            let text = variables_text(passed.iter().map(|variable| (variable.name.as_str(), variable.value.as_str())));
            // An action that passes none has no such key.
            let value = (!passed.is_empty()).then_some(text);
            let member = json!({ "configuration": { (VARIABLES_KEY): value } });
            *fix = Fix::Changes(vec![self.edit(what.join(", "), member, None, (VARIABLES_KEY, value))]);
        }
        wrong
    }
}
