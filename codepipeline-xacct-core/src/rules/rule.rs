//! The parts of a rule.

use std::fmt;

use serde_core::{Serialize, Serializer};

/// The declaration that the examples edit.
pub const EXAMPLE: &str = include_str!("example.json");

/// A rule, as the checks need it.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Rule {
    /// The code, for example `XA0101`.
    pub code: &'static str,
    /// What happens if it is broken.
    pub effect: Consequence,
    /// Codes of the rules whose findings in the same action, rule or stage only follow from this one.
    pub hides: &'static [&'static str],
    /// Codes of the rules whose findings anywhere in the pipeline only follow from this one.
    pub hides_anywhere: &'static [&'static str],
    /// What has to be read completely. If it could not be, the fault may only come from what is missing, and is not
    /// reported.
    pub unless_unread: Option<UnreadPart>,
    /// The error with which CreatePipeline and UpdatePipeline refuse the fault, if they do.
    pub aws_error: Option<ServiceError>,
}

/// What people read about a rule. It is not a part of the rule, so that a program that only checks doesn't contain the texts.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Explanation {
    /// The rule that is explained.
    pub rule: &'static Rule,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// The rule in full.
    pub text: &'static str,
    /// Pages of the CodePipeline User Guide (`limits`) and of its API Reference (`API_ActionDeclaration`), or another
    /// source in words.
    pub sources: &'static [&'static str],
    /// The fault and its fix.
    pub example: Example,
}

/// A part of a pipeline that may be unread, because its JSON has the wrong shape or its value is not known yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnreadPart {
    /// The members of the pipeline.
    Pipeline,
    /// The name of the pipeline.
    Name,
    /// The variables of the pipeline.
    Variables,
    /// The list of stages.
    Stages,
    /// The list of actions of the stage in which the fault is.
    ActionsOfStage,
    /// Any action.
    Actions,
    /// The output artifacts of any action that has none.
    OutputArtifacts,
    /// The namespace of any action that has none.
    Namespaces,
    /// The run order of any action.
    RunOrders,
    /// What a reference may name: variables, namespaces, run orders.
    References,
    /// The type of the action in which the fault is.
    ActionType,
    /// The action or the rule that has the fault.
    Itself,
}

/// How CodePipeline refuses a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServiceError {
    /// The exception.
    pub exception: Exception,
    /// Its messages, if they are known: one, or one for too few and one for too many, empty where only the other is
    /// known. In braces are what the service puts there: `{stage}`, `{action}` and `{key}` are from its place, `{configuration}` is the path of the action's
    /// configuration, `{region}` that of the action or of the pipeline, `{stages}` the number of stages, and all others are
    /// facts of the finding. A finding of a rule without messages may have the fact `message`, if its own message is not for the service.
    pub messages: &'static [&'static str],
}

/// The exceptions of CreatePipeline and UpdatePipeline that a declaration can raise.
/// Source: CodePipeline API Reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exception {
    /// `InvalidStructureException`
    InvalidStructure,
    /// `InvalidStageDeclarationException`
    InvalidStageDeclaration,
    /// `InvalidActionDeclarationException`
    InvalidActionDeclaration,
    /// `ValidationException`
    Validation,
}

impl Exception {
    /// The name of the exception.
    pub fn as_str(self) -> &'static str {
        match self {
            Exception::InvalidStructure => "InvalidStructureException",
            Exception::InvalidStageDeclaration => "InvalidStageDeclarationException",
            Exception::InvalidActionDeclaration => "InvalidActionDeclarationException",
            Exception::Validation => "ValidationException",
        }
    }
}

/// What happens if a rule is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Consequence {
    /// The service refuses to create or update the pipeline, or this library refuses to.
    Refused,
    /// The service accepts the pipeline, and the run fails.
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
            Consequence::FailsWhenRun => "accepted by the service, but fails when the pipeline runs",
            Consequence::Advice => "may work, but should be looked at",
        })
    }
}

/// An example of a fault and of its fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Example {
    /// An edit of [`EXAMPLE`]: the JSON at a JSON pointer. An empty text means that there is nothing.
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
    /// Works or may work, but should be changed.
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

impl Explanation {
    /// The addresses of the AWS pages that the rule is based on.
    pub fn pages(&self) -> impl Iterator<Item = String> {
        self.sources.iter().filter(|source| !source.contains(' ')).map(|source| {
            let book = if source.starts_with("API_") { "APIReference" } else { "userguide" };
            format!("https://docs.aws.amazon.com/codepipeline/latest/{book}/{source}.html")
        })
    }

    /// Sources that are not pages of the CodePipeline documentation.
    pub fn other_sources(&self) -> impl Iterator<Item = &'static str> {
        self.sources.iter().copied().filter(|source| source.contains(' '))
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}[{}]: {}\n", self.rule.effect.severity(), self.rule.code, self.title)?;
        writeln!(f, "{}\n", self.text)?;
        writeln!(f, "effect: {}\n", self.rule.effect)?;
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

/// A JSON pointer as a path in the form that findings use: `stages[1].actions[0].runOrder`.
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

/// Defines a constant for each rule, the list of them, and their explanations.
///
/// A row has the code, the effect, the title, the rule, the sources and the example, and if they apply: `hides […]`,
/// `hides_anywhere […]`, `unless_unread …`, `aws …`, in this order.
macro_rules! rules {
    ($(
        $code:ident $effect:ident $title:literal, $text:literal, [$($source:literal),*], $example:expr
        $(, hides [$($hidden:ident),*])?
        $(, hides_anywhere [$($hidden_anywhere:ident),*])?
        $(, unless_unread $unread:ident)?
        $(, aws $exception:ident $([$($message:literal),*])?)?;
    )*) => {
        $(
            #[doc = $text]
            pub static $code: $crate::rules::rule::Rule = $crate::rules::rule::Rule {
                code: stringify!($code),
                effect: $crate::rules::rule::Consequence::$effect,
                hides: &[$($(stringify!($hidden)),*)?],
                hides_anywhere: &[$($(stringify!($hidden_anywhere)),*)?],
                unless_unread: $crate::rules::rule::first(&[$($crate::rules::rule::UnreadPart::$unread)?]),
                aws_error: $crate::rules::rule::first(&[$($crate::rules::rule::ServiceError {
                    exception: $crate::rules::rule::Exception::$exception,
                    messages: &[$($($message),*)?],
                })?]),
            };
        )*

        pub(super) static ALL: &[&$crate::rules::rule::Rule] = &[$(&$code),*];

        pub(super) static EXPLANATIONS: &[$crate::rules::rule::Explanation] = &[$($crate::rules::rule::Explanation {
            rule: &$code,
            title: $title,
            text: $text,
            sources: &[$($source),*],
            example: $example,
        }),*];
    };
}

pub(super) use rules;

/// An edit of the example declaration.
pub(super) const fn edit(at: &'static str, fault: &'static str, fix: &'static str) -> Example {
    Example::Edit { at, fault, fix }
}

/// An example in words.
pub(super) const fn text(fault: &'static str, fix: &'static str) -> Example {
    Example::Text { fault, fix }
}

/// The value of a clause that a row may leave out.
pub(super) const fn first<T: Copy>(clause: &[T]) -> Option<T> {
    match clause {
        [] => None,
        [first, ..] => Some(*first),
    }
}
