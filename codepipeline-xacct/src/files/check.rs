//! The rules, run on files.

use serde_json::Value;

use super::source_file::{Location, SourceFile};
use crate::core::check::files::{self, CheckedAlone, DeclarationInput, Home};
use crate::core::finding::{Finding, Place, Severity};
use crate::core::rules;

/// A finding and its location.
#[derive(Debug, Clone)]
pub struct Located<'a> {
    /// The file.
    pub source: &'a SourceFile,
    /// Where in the file.
    pub location: Location,
    /// Stable code of the rule.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// How to fix it.
    pub help: Option<String>,
}

impl<'a> Located<'a> {
    /// A finding about the pipeline of a file.
    pub(crate) fn of(source: &'a SourceFile, finding: Finding) -> Self {
        let Finding { code, severity, place, message, help, .. } = finding;
        #[cfg(feature = "cli")]
        let (message, help) = match source.in_template() {
            Some(part) => {
                let told = |text: String| part.spelling.of(&text, &place);
                (told(message), help.map(told))
            }
            None => (message, help),
        };
        Self { source, location: source.locate(&place), code, severity, message, help }
    }

    /// A member that is there twice.
    pub(crate) fn twice(source: &'a SourceFile, location: Location, name: &str) -> Self {
        let message = format!("member `{name}` appears twice; only the last one counts");
        let rule = &rules::XA0004;
        Self { source, location, code: rule.code, severity: rule.effect.severity(), message, help: None }
    }

    /// `file:line:column`
    #[cfg(feature = "cli")]
    pub(crate) fn at(&self) -> String {
        self.source.at(self.location.offset.start)
    }

    /// The rule and the place, which tell findings apart.
    #[cfg(feature = "cli")]
    pub(crate) fn key(&self) -> (&'static str, usize, usize, String) {
        (self.code, self.location.offset.start, self.location.offset.end, self.source.title())
    }

    /// `file:line:column: error[XA0109]: what is wrong; help: how to fix it`, on one line.
    pub fn in_one_line(&self) -> String {
        let Self { source, location, code, severity, message, help } = self;
        let mut text =
            format!("{}:{}:{}: {severity}[{code}]: {message}", source.name(), location.line, location.column);
        if let Some(help) = help {
            text.push_str("; help: ");
            text.push_str(help);
        }
        text.replace(['\n', '\r'], " ")
    }
}

/// Checks files as one set; the findings are in the order of the files, and in each file from its beginning to its end.
pub fn check<'a>(sources: &'a [SourceFile], home: &Home) -> Vec<Located<'a>> {
    together(sources, sources.iter().map(|source| alone(source, home)).collect())
}

/// The first half of [`check`].
pub(crate) fn alone(source: &SourceFile, home: &Home) -> CheckedAlone {
    let input = DeclarationInput { item: item(source), value: source.value() };
    match source.in_template() {
        Some(part) => files::alone_with(&input, &part.home, part.not_known.clone()),
        None => files::alone(&input, home),
    }
}

/// The second half of [`check`].
pub(crate) fn together(sources: &[SourceFile], alone: Vec<CheckedAlone>) -> Vec<Located<'_>> {
    each(sources.iter().collect(), alone).into_iter().flatten().collect()
}

/// The same, with the findings of each file apart.
pub(super) fn each<'a>(sources: Vec<&'a SourceFile>, alone: Vec<CheckedAlone>) -> Vec<Vec<Located<'a>>> {
    let mut all = Vec::new();
    let mut repeated = repeated_pipelines(&sources, &alone).into_iter();
    for (source, findings) in sources.into_iter().zip(files::together(alone)) {
        let findings = findings.into_iter().chain(repeated.next().flatten());
        let found = findings.map(|finding| Located::of(source, finding));
        let twice = source.duplicates().map(|(name, location)| Located::twice(source, location, &name));
        let mut own: Vec<_> = found.chain(twice).collect();
        own.sort_by_key(|located| located.location.offset.start);
        all.push(own);
    }
    all
}

/// What says of a pipeline that it is there.
#[derive(PartialEq, Eq, Hash)]
enum Kind<'a> {
    /// A template or a plan makes it. Of pipelines with different conditions only one may be made.
    Made(Option<(&'a str, &'a String)>),
    /// AWS returned it.
    Returned,
}

/// Of each pipeline, that another one before it is the same. Of what AWS returned one may be a copy, so that this is only a warning; and it is what
/// a template or a plan made.
fn repeated_pipelines(sources: &[&SourceFile], alone: &[CheckedAlone]) -> Vec<Option<Finding>> {
    let finding = |index: usize, first: usize| {
        let (source, first) = (sources.get(index)?, sources.get(first)?);
        let place = |source: &SourceFile| Place::pipeline(item(source)).key("name").value();
        let message = format!("pipeline `{}` at {} has this name too", item(first), first.at_place(&place(first)));
        let mut finding = Finding::of(&rules::XA0914, place(source), message);
        if source.in_template().is_some() {
            return Some(finding.help("an account has one pipeline of a name in a Region: give this one another"));
        }
        finding.severity = Severity::Warning;
        Some(finding.help("give one file of it"))
    };
    let kind = |index: usize| {
        let source = sources.get(index)?;
        let Some(part) = source.in_template() else { return Some(Kind::Returned) };
        // A name that conditions choose may be another one.
        let made = part.one_name && !part.exists;
        made.then(|| Kind::Made(part.condition.as_ref().map(|condition| (source.name(), condition))))
    };
    let firsts = files::firsts(alone, kind).into_iter().enumerate();
    firsts.map(|(index, first)| finding(index, first?)).collect()
}

/// The name of the pipeline, or else of the file; in a template its logical id.
fn item(source: &SourceFile) -> &str {
    if let Some(part) = source.in_template() {
        return &part.id;
    }
    source.declaration().get("name").and_then(Value::as_str).unwrap_or(source.name())
}
