//! Makes a diagnosis of what was read, as a whole or part by part.

use std::collections::HashMap;

use indexmap::IndexSet;
use serde_json::json;

use super::diagnosis::{Diagnosis, PipelineDiagnosis, Unread};
use super::examination::Examination;
use super::fixer::Fixer;
use super::grants::Uses;
use super::reading::Reading;
use crate::check::files::{DeclarationInput, Home, check};
use crate::finding::Finding;
use crate::ids::{Name, PipelineArn};
use crate::plan::Found;
use crate::shell::quoted;
use crate::wiring::links;

/// Diagnoses some of the pipelines that were read, and those that they start: what is wrong with these fails their runs, too.
pub fn diagnose(reading: &Reading, pipelines: &[PipelineArn]) -> Diagnosis {
    Diagnosing::default().part(reading, pipelines)
}

/// A diagnosis that is made part by part, while more is read: the commands of a part build on those of the parts before it.
#[derive(Default)]
pub struct Diagnosing {
    fixer: Fixer,
    done: IndexSet<PipelineArn>,
    /// The pipelines that were read, by their names.
    by_name: HashMap<Name, Vec<PipelineArn>>,
    /// How many of them are in there.
    known: usize,
}

impl Diagnosing {
    /// Whether a pipeline was diagnosed.
    pub fn is_done(&self, pipeline: &PipelineArn) -> bool {
        self.done.contains(pipeline)
    }

    /// Diagnoses some more of the pipelines that were read, and those that they start, as [`diagnose`] does; each once.
    pub fn part(&mut self, reading: &Reading, pipelines: &[PipelineArn]) -> Diagnosis {
        self.fixer.know(&reading.roles);
        for arn in reading.pipelines.keys().skip(self.known) {
            self.by_name.entry(arn.name().clone()).or_default().push(arn.clone());
        }
        self.known = reading.pipelines.len();
        let mut part = with_targets(reading, pipelines);
        part.retain(|arn| !self.done.contains(arn));
        let mut findings = findings(reading, &self.set(reading, &part));
        self.done.extend(part.iter().cloned());
        let uses = Uses::of(reading);
        let mut diagnosed = Vec::new();
        for arn in part {
            let of_pipeline = findings.remove(&arn).unwrap_or_default();
            diagnosed.push(match reading.pipelines.get(&arn) {
                Some(Found::Present(declaration)) => {
                    Examination::new(reading, &arn, declaration, &mut self.fixer, &uses, of_pipeline).finish()
                }
                Some(Found::Missing) => unread(&arn, format!("there is no pipeline `{arn}`"), true),
                Some(Found::Unreadable(why)) => unread(&arn, why.clone(), false),
                Some(Found::NotConnected) | None => unread(&arn, reading.unconnected(arn.account()), false),
            });
        }
        for change in diagnosed.iter_mut().flat_map(PipelineDiagnosis::changes_mut) {
            if let (Some(command), Some(profile)) = (&mut change.command, reading.profiles.get(&change.account)) {
                *command = format!("{command} --profile {}", quoted(profile));
            }
        }
        Diagnosis { basis: reading.basis, access: reading.access.clone(), pipelines: diagnosed }
    }

    /// What the rules have to see for some pipelines: these, what they start, and what has the name of that elsewhere. In the order in which they
    /// were read.
    fn set<'a>(&self, reading: &'a Reading, part: &IndexSet<PipelineArn>) -> Vec<&'a PipelineArn> {
        let targets = with_targets(reading, &part.iter().cloned().collect::<Vec<_>>());
        let started = targets.iter().filter_map(|arn| Some(links(arn, reading.declaration(arn)?)));
        let names = started.flatten().filter_map(|link| link.target).map(|target| target.name().clone());
        let names: IndexSet<Name> = names.collect();
        let of_names = names.iter().flat_map(|name| self.by_name.get(name).into_iter().flatten());
        let set: IndexSet<&PipelineArn> = targets.iter().chain(of_names).collect();
        let mut places: Vec<usize> = set.into_iter().filter_map(|arn| reading.pipelines.get_index_of(arn)).collect();
        places.sort_unstable();
        places.into_iter().filter_map(|place| reading.pipelines.get_index(place)).map(|(arn, _)| arn).collect()
    }
}

/// Some pipelines and those that they start, with all that these start. One may be given by its name and by its ARN, or in two files.
fn with_targets(reading: &Reading, pipelines: &[PipelineArn]) -> IndexSet<PipelineArn> {
    let mut all: IndexSet<PipelineArn> = pipelines.iter().cloned().collect();
    let mut next = 0;
    while let Some(arn) = all.get_index(next).cloned() {
        let started = reading.declaration(&arn).map(|declaration| links(&arn, declaration)).unwrap_or_default();
        let started = started.into_iter().filter_map(|link| link.target);
        all.extend(started.filter(|target| reading.declaration(target).is_some()));
        next += 1;
    }
    all
}

fn unread(arn: &PipelineArn, why: String, missing: bool) -> PipelineDiagnosis {
    let unread = Some(Unread { why, missing });
    let (pipeline, links, artifacts, problems) = (arn.clone(), Vec::new(), Vec::new(), Vec::new());
    PipelineDiagnosis { pipeline, unread, service: None, links, artifacts, problems }
}

/// The findings of the rules about some declarations, as one set.
fn findings(reading: &Reading, set: &[&PipelineArn]) -> HashMap<PipelineArn, Vec<Finding>> {
    let present = set.iter().filter_map(|arn| Some((*arn, reading.declaration(arn)?)));
    let values: Vec<_> = present
        .map(|(arn, declaration)| {
            let value = json!({ "pipeline": declaration, "metadata": { "pipelineArn": arn } });
            (arn, declaration.name.as_str(), value)
        })
        .collect();
    let inputs: Vec<_> = values.iter().map(|(_, item, value)| DeclarationInput { item, value }).collect();
    let all = check(&inputs, &Home::default());
    values.iter().map(|(arn, ..)| (*arn).clone()).zip(all).collect()
}
