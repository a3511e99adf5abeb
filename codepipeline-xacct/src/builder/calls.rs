//! What findings say about the calls of a builder: where they are, and which of them have no effect.

use std::panic::Location;

use crate::core::finding::{Finding, Place, Segment};
use crate::core::rules::{self, Rule};

/// Where a call is in the program.
pub(super) type Call = &'static Location<'static>;

/// A call without effect.
pub(crate) struct Lost {
    rule: &'static Rule,
    /// The way from the thing that is built to what the call was for.
    steps: Vec<Segment>,
    message: String,
    help: String,
    call: Option<Call>,
}

/// The calls without effect, in the order in which they are noticed.
#[derive(Default)]
pub(crate) struct LostCalls(Vec<Lost>);

impl LostCalls {
    /// A key that already has a value is set again.
    pub(super) fn replaced(&mut self, is_set: bool, keys: &[&str], call: Option<Call>) {
        let Some(name) = keys.last().filter(|_| is_set) else { return };
        self.0.push(Lost {
            rule: &rules::XA0925,
            steps: keys.iter().map(|key| Segment::Key((*key).into())).collect(),
            message: format!("`{name}` is set twice; the first value is lost"),
            help: "leave one of the two calls out".to_owned(),
            call,
        });
    }

    /// A description without a variable.
    pub(super) fn description_of_nothing(&mut self, call: Call) {
        self.0.push(Lost {
            rule: &rules::XA0924,
            steps: vec![Segment::Key("variables".into())],
            message: "`described` is called before any variable is declared, so it describes nothing".to_owned(),
            help: "write it behind its variable: `.variable(\"…\", \"…\").described(\"…\")`".to_owned(),
            call: Some(call),
        });
    }

    /// Takes over the calls of a part, which is reached by this way.
    pub(super) fn extend_from(&mut self, way: &[Segment], part: LostCalls) {
        self.0.extend(part.0.into_iter().map(|mut lost| {
            lost.steps.splice(0..0, way.iter().cloned());
            lost
        }));
    }

    pub(super) fn into_findings(self, root: &Place) -> Vec<Finding> {
        let finding = |lost: Lost| {
            let place = lost.steps.iter().fold(root.clone(), |place, step| place.step(step.clone()));
            let mut finding = Finding::of(lost.rule, place, lost.message).help(lost.help);
            finding.written_at = lost.call;
            finding
        };
        self.0.into_iter().map(finding).collect()
    }
}
