//! One mistake is one finding: what only follows from another finding is not said, and nothing is said twice.

use std::collections::HashSet;

use crate::finding::{Finding, Place, Segment};

/// Codes of causes, and of what only follows from them in the same action, rule or stage.
const FOLLOWERS: &[(&[&str], &[&str])] = &[
    // What an action of another type could have is not judged by the type that is wrong.
    (&["XA0601", "XA0608", "XA0610"], &["XA0215", "XA0603", "XA0607", "XA0616", "XA0812"]),
    // Where an action must not run, no store is missing.
    (&["XA0410"], &["XA0404", "XA0405"]),
    // What is no Region is no other Region either; what is no role is of no account.
    (&["XA0201", "XA0221"], &["XA0404", "XA0405", "XA0410", "XA0717"]),
    (&["XA0220"], &["XA0406", "XA0407", "XA0411", "XA0412", "XA0413", "XA0717", "XA0901"]),
    (&["XA0412"], &["XA0406", "XA0407"]),
    // The artifact that a key means is the one that is missing.
    (&["XA0302", "XA0304"], &["XA0306", "XA0308", "XA0312"]),
    // Variables that can't be read are not missed.
    (&["XA0604", "XA0703"], &["XA0907"]),
    (&["XA0714"], &["XA0906", "XA0907"]),
    (&["XA0224"], &["XA0114"]),
    (&["XA0225"], &["XA1109", "XA1110"]),
    (&["XA1108"], &["XA1109", "XA1110"]),
    // An action that belongs elsewhere reads elsewhere.
    (&["XA0104"], &["XA0303"]),
];

/// The same, wherever it stands in the pipeline.
const ANYWHERE: &[(&[&str], &[&str])] = &[
    // Who reads a namespace that can't be has its name from before.
    (&["XA0501", "XA0508"], &["XA0505"]),
    // Who runs before whom is not known without the run orders.
    (&["XA0109"], &["XA0303", "XA0506"]),
];

/// Leaves out what follows from something else, and what was said before.
pub(super) fn leave_out(findings: &mut Vec<Finding>) {
    let causes: HashSet<(&'static str, Place)> = FOLLOWERS
        .iter()
        .flat_map(|(causes, _)| findings.iter().filter(|finding| causes.contains(&finding.code)))
        .map(|finding| (finding.code, scope(&finding.place)))
        .collect();
    let codes: HashSet<&'static str> = findings.iter().map(|finding| finding.code).collect();
    let follows = |finding: &Finding| {
        let anywhere = ANYWHERE.iter().filter(|(_, followers)| followers.contains(&finding.code));
        if anywhere.flat_map(|(causes, _)| causes.iter()).any(|cause| codes.contains(cause)) {
            return true;
        }
        let scope = scope(&finding.place);
        let of = FOLLOWERS.iter().filter(|(_, followers)| followers.contains(&finding.code));
        of.flat_map(|(causes, _)| causes.iter()).any(|cause| causes.contains(&(*cause, scope.clone())))
    };
    let mut seen = HashSet::new();
    findings.retain(|finding| {
        !follows(finding) && seen.insert((finding.code, finding.place.clone(), finding.message.clone()))
    });
}

/// The innermost action, rule or stage around a place, else the pipeline.
fn scope(place: &Place) -> Place {
    let steps = place.steps();
    let rule =
        steps.windows(2).position(|pair| matches!(pair, [Segment::Key(key), Segment::Index(_)] if &**key == "rules"));
    let end = rule
        .map(|at| at + 2)
        .or_else(|| {
            steps.iter().rposition(|step| matches!(step, Segment::Stage(..) | Segment::Action(..))).map(|at| at + 1)
        })
        .unwrap_or(1);
    steps.iter().take(end).fold(Place::default(), |place, step| place.step(step.clone()))
}
