//! The list of rules: what each code means, what it rests on, and an example of the fault and of the fix.
//!
//! A code never changes its meaning once it is released. `cargo xacct explain XA0101` prints an entry; the whole list is a page
//! of the documentation. The functions that find the faults are in [`crate::check`], [`TopologyBuilder`], [`crate::wiring`] and
//! [`crate::reconcile`].
//!
#![doc = include_str!("../../docs/rules.md")]

mod tables;

use std::fmt;

use serde_core::{Serialize, Serializer};

pub use tables::*;

/// The declaration that the examples edit.
pub const EXAMPLE: &str = include_str!("example.json");

/// A rule.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// The code, for example `XA0101`.
    pub code: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// What happens to who doesn't heed it.
    pub effect: Consequence,
    /// The rule.
    pub text: &'static str,
    /// Pages of the CodePipeline User Guide (`limits`) and of its API Reference (`API_ActionDeclaration`), or in words where
    /// else the rule comes from.
    pub sources: &'static [&'static str],
    /// The fault and its fix.
    pub example: Example,
}

/// What happens to who doesn't heed a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Consequence {
    /// The service refuses to create or update the pipeline, or this library refuses to.
    Refused,
    /// The service takes the pipeline, and the run fails.
    FailsWhenRun,
    /// It may work, but should be looked at.
    Advice,
}

impl Consequence {
    /// Error or warning.
    pub fn severity(self) -> Severity {
        match self {
            Consequence::Refused | Consequence::FailsWhenRun => Severity::Error,
            Consequence::Advice => Severity::Warning,
        }
    }
}

impl fmt::Display for Consequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Consequence::Refused => "refused when the pipeline is created or updated",
            Consequence::FailsWhenRun => "taken by the service, and fails when the pipeline runs",
            Consequence::Advice => "may work, but should be looked at",
        })
    }
}

/// An example of a fault and of its fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Example {
    /// An edit of [`EXAMPLE`]: the JSON that stands at a JSON pointer. An empty text means that nothing stands there.
    Edit {
        /// The JSON pointer.
        at: &'static str,
        /// The fault.
        fault: &'static str,
        /// What is right.
        fix: &'static str,
    },
    /// In the words of `pipeline!`, of a program or of a command line.
    Text {
        /// The fault.
        fault: &'static str,
        /// What is right.
        fix: &'static str,
    },
}

/// How certain a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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

impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// Every rule, by code.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    tables::all()
}

/// The rule of a code.
pub fn find(code: &str) -> Option<&'static Rule> {
    all().find(|rule| rule.code == code)
}

impl Rule {
    /// The addresses of the AWS pages that the rule rests on.
    pub fn pages(&self) -> impl Iterator<Item = String> {
        self.sources.iter().filter(|source| !source.contains(' ')).map(|source| {
            let book = if source.starts_with("API_") { "APIReference" } else { "userguide" };
            format!("https://docs.aws.amazon.com/codepipeline/latest/{book}/{source}.html")
        })
    }

    /// Sources that are no page of the CodePipeline documentation.
    pub fn other_sources(&self) -> impl Iterator<Item = &'static str> {
        self.sources.iter().copied().filter(|source| source.contains(' '))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}[{}]: {}\n", self.effect.severity(), self.code, self.title)?;
        writeln!(f, "{}\n", self.text)?;
        writeln!(f, "effect: {}\n", self.effect)?;
        let show = |f: &mut fmt::Formatter<'_>, text: &str| {
            if text.is_empty() {
                return writeln!(f, "    (left out)");
            }
            text.lines().try_for_each(|line| writeln!(f, "    {line}"))
        };
        let (place, fault, fix) = match self.example {
            Example::Edit { at, fault, fix } => (format!(" at `{}`", path(at)), fault, fix),
            Example::Text { fault, fix } => (String::new(), fault, fix),
        };
        writeln!(f, "the fault{place}:\n")?;
        show(f, fault)?;
        writeln!(f, "\nthe fix:\n")?;
        show(f, fix)?;
        writeln!(f)?;
        self.pages().try_for_each(|page| writeln!(f, "source: {page}"))?;
        self.other_sources().try_for_each(|source| writeln!(f, "source: {source}"))
    }
}

/// A JSON pointer as the path that findings have: `stages[1].actions[0].runOrder`.
fn path(pointer: &str) -> String {
    let mut path = String::new();
    for segment in pointer.split('/').skip(1) {
        if segment.bytes().all(|b| b.is_ascii_digit()) {
            path.push_str(&format!("[{segment}]"));
        } else {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(segment);
        }
    }
    path
}
