//! Files of all kinds that are checked as one set.

use std::collections::HashSet;

use super::check::{Located, alone, each};
use super::homes::HomeOptions;
use super::parallel;
use super::parameters::{self, OfPlans, ParameterValue, Unused};
use super::source_file::SourceFile;
use super::template::{FileOptions, Template, TemplateSet, TerraformFile};
use super::unreadable::Unreadable;
use crate::core::check::files::{CheckedAlone, Home};
use crate::core::finding::Severity;

/// A file that was read.
#[derive(Debug)]
pub(crate) enum Input {
    /// One declaration, and what is found in it alone.
    Declaration(Box<(SourceFile, CheckedAlone)>),
    /// A template.
    Template(Box<Template>),
    /// A plan or a state of Terraform.
    Terraform(Box<TerraformFile>),
}

impl Input {
    /// Reads a text.
    pub(crate) fn read(name: String, text: String, homes: &HomeOptions) -> Result<Self, Unreadable> {
        if let Some(template) = Template::read(&name, &text) {
            return template.map(|template| Self::Template(Box::new(template)));
        }
        if let Some(file) = TerraformFile::read(&name, &text) {
            return file.map(|file| Self::Terraform(Box::new(file)));
        }
        let mut source = SourceFile::parse(name, text)?;
        let alone = alone(&source, &homes.of(source.name()));
        source.forget_value();
        Ok(Self::Declaration(Box::new((source, alone))))
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Declaration(declaration) => declaration.0.name(),
            Self::Template(template) => template.name(),
            Self::Terraform(file) => file.name(),
        }
    }
}

/// The options that name none of the files, and why each says nothing.
pub(crate) fn misplaced(inputs: &[Input], homes: &HomeOptions) -> Vec<(String, String)> {
    let files: Vec<&str> = inputs.iter().map(Input::name).collect();
    homes.misplaced(&files, &plans(inputs))
}

fn plans(inputs: &[Input]) -> Vec<&TerraformFile> {
    let mut plans: Vec<&TerraformFile> = Vec::new();
    for input in inputs {
        if let Input::Terraform(file) = input {
            plans.push(file);
        }
    }
    plans
}

/// What a file becomes: pipelines, or a template, whose pipelines are read with those of the others.
enum Converted {
    Pipelines(Vec<(SourceFile, Option<CheckedAlone>)>),
    Template(Box<Template>),
}

/// A pipeline in all the ways in which the conditions of its template may turn out; one way where there are no conditions.
#[derive(Debug)]
pub(crate) struct Subject {
    pub(crate) ways: Vec<SourceFile>,
    /// The same without what is guessed about accounts, where something is.
    certain: Vec<SourceFile>,
    /// Which of the templates it is in.
    template: Option<usize>,
    alone: Option<CheckedAlone>,
}

/// What is checked as one set.
pub(crate) struct Subjects {
    /// The pipelines of files, in their order.
    pub(crate) pipelines: Vec<Subject>,
    pub(crate) templates: Vec<Template>,
    /// What is guessed about the accounts of the templates.
    guessed: Option<String>,
    /// The given values that no template has, with why each says nothing.
    pub(crate) unused: Vec<(String, String)>,
}

/// Reads files as one set.
pub(crate) fn subjects(inputs: Vec<Input>, homes: &HomeOptions, parameters: &[ParameterValue]) -> Subjects {
    let of_plans = OfPlans::of(parameters, &plans(&inputs));
    let mut templates = Vec::new();
    let mut slots = Vec::new();
    let read = parallel::map(inputs, |input| match input {
        Input::Declaration(declaration) => {
            let (source, alone) = *declaration;
            Converted::Pipelines(vec![(source, Some(alone))])
        }
        Input::Terraform(file) => {
            let values = parameters::of_plan(parameters, file.name());
            let pipelines = file.pipelines(&FileOptions { values, ..homes.of_terraform(file.name()) });
            Converted::Pipelines(pipelines.into_iter().map(|source| (source, None)).collect())
        }
        Input::Template(template) => Converted::Template(template),
    });
    for input in read {
        match input {
            Converted::Pipelines(sources) => slots.extend(sources.into_iter().map(Some)),
            Converted::Template(template) => {
                templates.push(*template);
                slots.push(None);
            }
        }
    }
    let (said, unused) = parameters::of_templates(parameters, &templates.iter().collect::<Vec<_>>(), &of_plans);
    // A secret stays open, and is judged as such.
    let unused = unused.iter().filter(|unused| unused.is_unknown()).map(Unused::told).collect();
    let homes = templates.iter().map(|template| homes.of_template(template.name())).collect();
    let set = TemplateSet::said(&templates, homes, said);
    let mut next = 0;
    let mut pipelines = Vec::new();
    for slot in slots {
        match slot {
            Some((source, alone)) => {
                pipelines.push(Subject { ways: vec![source], certain: Vec::new(), template: None, alone });
            }
            None => {
                let mut certain = set.certain().map(|set| set.pipelines(next)).unwrap_or_default().into_iter();
                let mut of = |ways| Subject {
                    ways,
                    certain: certain.next().unwrap_or_default(),
                    template: Some(next),
                    alone: None,
                };
                pipelines.extend(set.pipelines(next).into_iter().map(&mut of));
                next += 1;
            }
        }
    }
    let guessed = set.guessed();
    Subjects { pipelines, templates, guessed, unused }
}

/// The files in which there is no pipeline. `names`: of all files.
pub(crate) fn without_pipelines(names: Vec<String>, subjects: &[Subject]) -> Vec<String> {
    let with: HashSet<&str> = subjects.iter().flat_map(|subject| &subject.ways).map(SourceFile::name).collect();
    names.into_iter().filter(|name| !with.contains(name.as_str())).collect()
}

/// Checks pipelines as one set. A finding in a template is one in every way in which its conditions may turn out, if its place is there
/// at all; what is only found with a guess is no error. The findings are in the order of the files, and in each file from its beginning to its end.
pub(crate) fn check(subjects: &mut Subjects) -> Vec<Located<'_>> {
    let first: Vec<Option<CheckedAlone>> = subjects.pipelines.iter_mut().map(|subject| subject.alone.take()).collect();
    let Subjects { pipelines, templates, guessed, .. } = &*subjects;
    let mut found = in_all_ways(pipelines, first, &|subject| &subject.ways);
    if let Some(guessed) = guessed {
        let certain = in_all_ways(pipelines, Vec::new(), &|subject| match subject.certain.as_slice() {
            [] => &subject.ways,
            certain => certain,
        });
        for (rows, certain) in found.iter_mut().zip(certain) {
            let certain: HashSet<_> = certain.iter().map(key).collect();
            for row in rows.iter_mut().filter(|row| !certain.contains(&key(row))) {
                row.severity = Severity::Warning;
                row.help = Some(match row.help.take() {
                    Some(help) => format!("{help} (this rests on {guessed})"),
                    None => format!("this rests on {guessed}"),
                });
            }
        }
    }
    in_order(pipelines, found, templates)
}

/// The findings of each pipeline.
fn in_all_ways<'a>(
    subjects: &'a [Subject],
    mut first: Vec<Option<CheckedAlone>>,
    of: &dyn Fn(&'a Subject) -> &'a [SourceFile],
) -> Vec<Vec<Located<'a>>> {
    let ways = subjects.iter().map(|subject| of(subject).len()).max().unwrap_or_default();
    let mut found: Vec<Vec<Located<'a>>> = Vec::new();
    for way in 0..ways {
        let source = |subject: &'a Subject| of(subject).get(way).or_else(|| of(subject).last());
        let sources: Vec<&SourceFile> = subjects.iter().filter_map(source).collect();
        let mut known = std::mem::take(&mut first).into_iter();
        let checked = sources
            .iter()
            .map(|source| known.next().flatten().unwrap_or_else(|| alone(source, &Home::default())))
            .collect();
        let findings = each(sources, checked);
        if way == 0 {
            found = findings;
            continue;
        }
        for (subject, (found, other)) in subjects.iter().zip(found.iter_mut().zip(findings)) {
            both(found, other, of(subject), way);
        }
    }
    found
}

/// The rule and where it is broken.
fn key(row: &Located<'_>) -> (&'static str, usize) {
    (row.code, row.location.offset.start)
}

/// Keeps the findings that were found in the ways so far and in this one, except where a way has nothing at their places.
fn both<'a>(found: &mut Vec<Located<'a>>, other: Vec<Located<'a>>, ways: &'a [SourceFile], way: usize) {
    let Some(source) = ways.get(way) else { return };
    let also: HashSet<_> = other.iter().map(key).collect();
    let before: HashSet<_> = found.iter().map(key).collect();
    found.retain(|row| also.contains(&key(row)) || !source.has(row.location.offset.start));
    let earlier = ways.get(..way).unwrap_or_default();
    let new = |row: &Located<'_>| {
        !before.contains(&key(row)) && !earlier.iter().any(|source| source.has(row.location.offset.start))
    };
    found.extend(other.into_iter().filter(new));
}

/// The findings, with what is not read of each template and what it has twice.
fn in_order<'a>(subjects: &'a [Subject], found: Vec<Vec<Located<'a>>>, templates: &'a [Template]) -> Vec<Located<'a>> {
    let mut rows = Vec::new();
    let mut of_template: Option<usize> = None;
    let all: Vec<&Template> = templates.iter().collect();
    let of_template_alone = |template: &'a Template| [template.unread(&all), template.repeated()].concat();
    let mut alone: Vec<Vec<Located<'a>>> = templates.iter().map(of_template_alone).collect();
    let mut begun = 0;
    for (subject, findings) in subjects.iter().zip(found) {
        if subject.template != of_template || subject.template.is_none() {
            begun = rows.len();
            of_template = subject.template;
            if let Some(alone) = of_template.and_then(|index| alone.get_mut(index)) {
                rows.append(alone);
            }
        }
        rows.extend(findings);
        if let Some(own) = rows.get_mut(begun..) {
            own.sort_by_key(|row| row.location.offset.start);
        }
    }
    // Templates without a pipeline.
    rows.extend(alone.into_iter().flatten());
    // A loop makes several pipelines of one place.
    let mut seen = HashSet::new();
    rows.retain(|row| row.source.in_template().is_none() || seen.insert((row.key(), row.message.clone())));
    rows
}
