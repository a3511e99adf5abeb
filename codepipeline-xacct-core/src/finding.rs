//! What a check says: a code, a severity, a place, what is wrong and how to mend it. Rendering is somebody else's job.

use std::fmt;
use std::sync::Arc;

use serde::Serialize;

use crate::rules::Rule;

/// How certain a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Works, or may work, but should not be left so.
    Warning,
    /// The service refuses it, or the run fails for certain.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        })
    }
}

/// One step on the way to the thing that a finding is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// A topology, by its name.
    Topology(Arc<str>),
    /// An account, by the name of its item.
    Account(Arc<str>),
    /// A role, by the name of its item or by its ARN.
    Role(Arc<str>),
    /// A pipeline, by the name of its item.
    Pipeline(Arc<str>),
    /// A stage: its position, counted from 0, and its name.
    Stage(usize, Arc<str>),
    /// An action: its position in the stage, counted from 0, and its name.
    Action(usize, Arc<str>),
    /// A member or a map key, by the name that it has in the JSON of the API.
    Key(Arc<str>),
    /// An entry of a list, counted from 0.
    Index(usize),
    /// The value of the key or entry before it, where the value and not the name is at fault.
    Value,
}

/// Where something stands: `pipeline Release / stage "Build" / action "ccc" / configuration / Variables`.
///
/// The macro turns it into a span, the builder into an error value, the planner into a row of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Place(Vec<Step>);

impl Place {
    /// The place of a pipeline.
    pub fn pipeline(item: &str) -> Self {
        Self(vec![Step::Pipeline(item.into())])
    }

    /// The place of a role.
    pub fn role(item: &str) -> Self {
        Self(vec![Step::Role(item.into())])
    }

    /// The place of an account.
    pub fn account(item: &str) -> Self {
        Self(vec![Step::Account(item.into())])
    }

    /// The place of a topology.
    pub fn topology(name: &str) -> Self {
        Self(vec![Step::Topology(name.into())])
    }

    /// One step further.
    #[must_use]
    pub fn step(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        Self(steps)
    }

    /// The stage of a pipeline.
    #[must_use]
    pub fn stage(&self, index: usize, name: &str) -> Self {
        self.step(Step::Stage(index, name.into()))
    }

    /// The action of a stage.
    #[must_use]
    pub fn action(&self, index: usize, name: &str) -> Self {
        self.step(Step::Action(index, name.into()))
    }

    /// A member.
    #[must_use]
    pub fn key(&self, name: &str) -> Self {
        self.step(Step::Key(name.into()))
    }

    /// An entry of a list.
    #[must_use]
    pub fn index(&self, index: usize) -> Self {
        self.step(Step::Index(index))
    }

    /// The value that stands here.
    #[must_use]
    pub fn value(&self) -> Self {
        self.step(Step::Value)
    }

    /// The steps, from the outermost.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// True where this place is another one, or lies in it.
    pub fn starts_with(&self, other: &Place) -> bool {
        self.0.starts_with(&other.0)
    }

    /// The place that this one lies in.
    pub fn parent(&self) -> Option<Place> {
        let (_, rest) = self.0.split_last()?;
        if rest.is_empty() { None } else { Some(Place(rest.to_vec())) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut first = true;
        for step in &self.0 {
            if matches!(step, Step::Value) {
                continue;
            }
            if let Step::Index(index) = step {
                write!(f, "[{index}]")?;
                continue;
            }
            if !first {
                f.write_str(" / ")?;
            }
            first = false;
            match step {
                Step::Topology(name) => write!(f, "topology {name}")?,
                Step::Account(item) => write!(f, "account {item}")?,
                Step::Role(item) => write!(f, "role {item}")?,
                Step::Pipeline(item) => write!(f, "pipeline {item}")?,
                Step::Stage(_, name) => write!(f, "stage \"{name}\"")?,
                Step::Action(_, name) => write!(f, "action \"{name}\"")?,
                Step::Key(name) => f.write_str(name)?,
                Step::Index(_) | Step::Value => {}
            }
        }
        Ok(())
    }
}

impl Serialize for Place {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// One thing that a check says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// Stable code of the rule, for example `XA0101`.
    pub code: &'static str,
    /// Error or warning.
    pub severity: Severity,
    /// Where.
    pub place: Place,
    /// What is wrong: lower case, no full stop, the user's own words in backticks.
    pub message: String,
    /// How to mend it.
    pub help: Option<String>,
}

impl Finding {
    /// A finding of a rule, which decides on its severity.
    pub fn of(rule: &'static Rule, place: Place, message: impl Into<String>) -> Self {
        Self { code: rule.code, severity: rule.effect.severity(), place, message: message.into(), help: None }
    }

    /// Adds the mend.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}[{}] {}: {}", self.severity, self.code, self.place, self.message)?;
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

/// Several findings, of which at least one is an error: why a topology could not be built or applied.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(transparent)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// Splits findings into the error value and the warnings: `Err` when there is an error among them.
    pub fn split(findings: Vec<Finding>) -> Result<Vec<Finding>, Findings> {
        if findings.iter().any(|f| f.severity == Severity::Error) { Err(Self(findings)) } else { Ok(findings) }
    }

    /// The findings, errors and warnings, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.0.iter()
    }
}

impl fmt::Display for Findings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, finding) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{finding}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}

/// A name of a provider with its article: "a CodeBuild", "an ECR".
pub fn with_article(name: &str) -> String {
    let vowel = name.starts_with(['A', 'E', 'I', 'O']) || name == "S3";
    format!("{} {name}", if vowel { "an" } else { "a" })
}

/// The nearest of some known words to a misspelt one, if one is near enough to be meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Long texts are no misspelt names, and a hostile declaration must not cost more than its length.
    const LONGEST: usize = 100;
    const MOST: usize = 200;
    if word.len() > LONGEST {
        return None;
    }
    let lower = word.to_lowercase();
    let near = |candidate: &&str| {
        let allowed = 1 + candidate.len().min(word.len()) / 4;
        candidate.len() <= LONGEST && candidate.len().abs_diff(word.len()) <= allowed
    };
    known
        .into_iter()
        .filter(near)
        .take(MOST)
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len().min(word.len()) / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The known word that a word is surely meant to be: nothing but letter case or separators differ, or a letter, or two of a
/// long word; of a short one, a letter too many or too few or two exchanged. Unlike [`nearest`], short words such as `ECS` and `EKS`
/// are no misspellings of each other.
pub fn misspelt<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let lower = plain(word);
    if lower.is_empty() || word.len() > 100 {
        return None;
    }
    if let Some(same) = known.clone().into_iter().find(|candidate| plain(candidate) == lower) {
        return Some(same);
    }
    if lower.len() <= 4 {
        // Of short words only a letter too many, a letter too few, and two letters exchanged: `ECS` and `EKS` are two words.
        let mut letters: Vec<char> = lower.chars().collect();
        letters.sort_unstable();
        let slip = |candidate: &&str| {
            let candidate = plain(candidate);
            let mut of_candidate: Vec<char> = candidate.chars().collect();
            of_candidate.sort_unstable();
            let same_letters = of_candidate == letters || candidate.len() != lower.len();
            candidate.len().min(lower.len()) >= 3
                && same_letters
                && strsim::damerau_levenshtein(&candidate, &lower) == 1
        };
        return known.into_iter().find(slip);
    }
    let allowed = if lower.len() <= 14 { 1 } else { 2 };
    nearest(word, known).filter(|near| strsim::damerau_levenshtein(&plain(near), &lower) <= allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_read_as_the_design_writes_them() {
        let place = Place::pipeline("Release").stage(1, "Build").action(0, "ccc").key("variables").value();
        assert_eq!(place.to_string(), "pipeline Release / stage \"Build\" / action \"ccc\" / variables");
    }

    #[test]
    fn short_words_are_no_misspellings_of_each_other() {
        let known = ["ECS", "ECR", "EC2", "CodeBuild", "S3"];
        assert_eq!(misspelt("EKS", known), None);
        assert_eq!(misspelt("Ecs", known), Some("ECS"));
        assert_eq!(misspelt("CodeBiuld", known), Some("CodeBuild"));
        assert_eq!(misspelt("Code-Build", known), Some("CodeBuild"));
        assert_eq!(misspelt("Lightsail", known), None);
    }

    #[test]
    fn suggestions_are_near() {
        assert_eq!(nearest("repositry", ["repository", "branch"]), Some("repository"));
        assert_eq!(nearest("region", ["branch", "poll"]), None);
    }
}
