//! Declarations that are not fully known, such as those of templates with parameters.

use crate::declaration::PipelineDeclaration;
use crate::finding::{Finding, MISSING, Place, Segment};
use crate::json::member::Member;
use crate::rules::{self, Rule};

use super::{actions, conditions};

pub use super::shape::empty;
pub use super::symbol::{BEGIN, END, is_unknown};
pub use crate::json::shape::Shape;

/// The shape of a declaration.
pub const DECLARATION: &Shape = &PipelineDeclaration::SHAPE;

/// The rules about a key, whatever its value is.
const KEYS: [&Rule; 4] = [
    actions::KEY_RULES.misspelt,
    actions::KEY_RULES.unknown,
    conditions::KEY_RULES.misspelt,
    conditions::KEY_RULES.unknown,
];

/// The rules that judge what is written in a text beside what is not known of it.
const WRITTEN_PARTS: [&Rule; 22] = [
    actions::KEY_RULES.form,
    actions::KEY_RULES.not_bare,
    actions::KEY_RULES.no_input,
    actions::KEY_RULES.placeholder,
    // Of the keys of a rule that is one.
    conditions::KEY_RULES.form,
    conditions::KEY_RULES.not_bare,
    &rules::XA0503,
    &rules::XA0504,
    &rules::XA0505,
    &rules::XA0506,
    &rules::XA0507,
    &rules::XA0509,
    &rules::XA0510,
    &rules::XA0511,
    &rules::XA0513,
    &rules::XA0514,
    &rules::XA0617,
    &rules::XA0701,
    &rules::XA0711,
    &rules::XA0712,
    &rules::XA0713,
    &rules::XA0906,
];

/// What is not known of a declaration.
#[derive(Debug, Clone, Default)]
pub struct NotKnown {
    /// Texts that are at least partly unknown.
    pub open: Vec<Place>,
    /// What is not known at all: whether it is there, and what is in it.
    pub holes: Vec<Place>,
    /// Codes of rules that can't be judged.
    pub rules: Vec<&'static str>,
    /// The placeholder for the account of the pipeline.
    pub account: Option<String>,
    /// The placeholder for its Region.
    pub region: Option<String>,
}

impl NotKnown {
    /// Leaves out what could only be borne out by what is not known: findings in it, about what it is a part of, and those whose words
    /// have it.
    pub(super) fn leave_out(&self, findings: &mut Vec<Finding>) {
        // A key is known where its value isn't.
        let of_key = |finding: &Finding| KEYS.iter().any(|rule| rule.code == finding.code);
        let of_part = |finding: &Finding| WRITTEN_PARTS.iter().any(|rule| rule.code == finding.code);
        let inside = |finding: &Finding| {
            let in_place = |place: &Place| {
                within(&finding.place, place) && !(of_key(finding) && bare(&finding.place) == bare(place))
            };
            self.holes.iter().any(in_place)
                || !of_part(finding) && self.open.iter().any(in_place)
                || self.holes.iter().any(|hole| is_member(&finding.place) && within(hole, &finding.place))
        };
        // Whether a member is missing is not known where it isn't known whether it is there.
        let missing = |finding: &Finding| {
            let member = finding.facts.iter().find(|(name, _)| *name == MISSING).map(|(_, member)| member);
            member.is_some_and(|member| self.holes.iter().any(|hole| bare(hole) == finding.place.key(member)))
        };
        let is_open = |finding: &Finding| inside(finding) || missing(finding) || is_unknown(&finding.message);
        findings.retain(|finding| !self.rules.contains(&finding.code) && !is_open(finding));
        for finding in findings {
            finding.help.take_if(|help| is_unknown(help));
        }
    }
}

/// True if a place equals another one, or is inside it, whether the key or its value is meant.
fn within(place: &Place, other: &Place) -> bool {
    place.starts_with(&bare(other))
}

/// The place of the key, for the place of its value.
fn bare(place: &Place) -> Place {
    match place.steps().last() {
        Some(Segment::Value) => place.parent().unwrap_or_default(),
        _ => place.clone(),
    }
}

/// True for what is in a pipeline, a stage or an action, and is none of these.
fn is_member(place: &Place) -> bool {
    matches!(bare(place).steps().last(), Some(Segment::Key(_) | Segment::Index(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(not_known: &NotKnown, place: Place, message: &str) -> bool {
        let mut findings = vec![Finding::of(&rules::XA0202, place, message)];
        not_known.leave_out(&mut findings);
        !findings.is_empty()
    }

    #[test]
    fn findings_in_around_and_of_what_is_not_known_are_left_out() {
        let action = Place::pipeline("P").stage(0, "S").action(0, "a");
        let not_known = NotKnown {
            open: vec![action.key("region")],
            holes: vec![action.key("configuration").key("Variables").value()],
            rules: vec![],
            ..NotKnown::default()
        };
        assert!(!left(&not_known, action.key("region"), "x"));
        assert!(!left(&not_known, action.key("region").value(), "x"));
        assert!(!left(&not_known, action.key("configuration"), "x"));
        assert!(!left(&not_known, action.key("configuration").key("Variables").key("v"), "x"));
        assert!(!left(&not_known, action.key("roleArn"), "`\u{e000}Env\u{e001}` is not a role"));
        assert!(left(&not_known, action.key("roleArn"), "x"));
        assert!(left(&not_known, action.clone(), "x"));
        // The key of a value that is not known.
        let key = action.key("configuration").key("AppId");
        let open = NotKnown { open: vec![key.clone(), key.value()], ..NotKnown::default() };
        let mut of_key = vec![Finding::of(&rules::XA0605, key, "x")];
        open.leave_out(&mut of_key);
        assert_eq!(of_key.len(), 1);
        let all = NotKnown { rules: vec![rules::XA0202.code], ..NotKnown::default() };
        assert!(!left(&all, Place::pipeline("P"), "x"));
    }
}
