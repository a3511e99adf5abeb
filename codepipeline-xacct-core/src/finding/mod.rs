//! Findings of checks: a code, a severity, a place, what is wrong and how to fix it. Rendering happens elsewhere.

pub(crate) mod place;

use std::fmt;
use std::panic::Location;

use serde_core::ser::{Serialize, SerializeStruct, Serializer};

use crate::rules::rule::Rule;

pub use crate::rules::rule::Severity;
pub use place::{Place, Segment};

/// The fact with the name of a member that is missing.
pub(crate) const MISSING: &str = "member";

/// One thing that a check reports.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// How to fix it.
    pub help: Option<String>,
    /// The call that wrote what is at fault, where the typed builder made it.
    pub written_at: Option<&'static Location<'static>>,
    /// What CodePipeline names in its own error for the fault, by the names in braces of
    /// [`ServiceError::messages`](crate::rules::ServiceError::messages).
    pub facts: Box<[(&'static str, String)]>,
}

impl Finding {
    /// A finding of a rule; the rule decides the severity.
    pub fn of(rule: &'static Rule, place: Place, message: impl Into<String>) -> Self {
        Self {
            code: rule.code,
            severity: rule.effect.severity(),
            place,
            message: message.into(),
            help: None,
            written_at: None,
            facts: Box::default(),
        }
    }

    /// Adds what CodePipeline names in its own error.
    #[must_use]
    pub(crate) fn fact(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.facts = self.facts.into_iter().chain([(name, value.into())]).collect();
        self
    }

    /// Adds the fix.
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
        if let Some(at) = self.written_at {
            write!(f, "\n  at {}:{}", at.file(), at.line())?;
        }
        Ok(())
    }
}

impl Serialize for Finding {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written_at = self.written_at.map(|at| format!("{}:{}", at.file(), at.line()));
        let mut finding = serializer.serialize_struct("Finding", 5 + usize::from(written_at.is_some()))?;
        finding.serialize_field("code", self.code)?;
        finding.serialize_field("severity", &self.severity)?;
        finding.serialize_field("place", &self.place)?;
        finding.serialize_field("message", &self.message)?;
        finding.serialize_field("help", &self.help)?;
        if let Some(at) = &written_at {
            finding.serialize_field("written_at", at)?;
        }
        finding.end()
    }
}

/// Several findings, at least one of them an error: why a topology could not be built or applied.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
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
    /// The errors before the warnings.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |severity| self.0.iter().filter(move |finding| finding.severity == severity);
        for (index, finding) in of(Severity::Error).chain(of(Severity::Warning)).enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{finding}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Findings {}

impl Serialize for Findings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
