//! Names of Regions: those that exist, and those that can't.

use crate::finding::{Finding, Place};
use crate::ids::Region;
use crate::rules;
use crate::suggest::nearest;

/// The Regions of the SDKs' partition data (botocore 1.43).
const KNOWN: &[&str] = &[
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1",
    "ca-west-1",
    "cn-north-1",
    "cn-northwest-1",
    "eu-central-1",
    "eu-central-2",
    "eu-isoe-west-1",
    "eu-north-1",
    "eu-south-1",
    "eu-south-2",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eusc-de-east-1",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "me-west-1",
    "mx-central-1",
    "sa-east-1",
    "sa-west-1",
    "us-east-1",
    "us-east-2",
    "us-gov-east-1",
    "us-gov-west-1",
    "us-iso-east-1",
    "us-iso-west-1",
    "us-isob-east-1",
    "us-isob-west-1",
    "us-isof-east-1",
    "us-isof-south-1",
    "us-west-1",
    "us-west-2",
];

/// The word before the number.
const DIRECTIONS: &[&str] =
    &["central", "east", "north", "northeast", "northwest", "south", "southeast", "southwest", "west"];

/// Every Region is known or may be new; a word or a number that no Region has is a mistake.
/// Source: CodePipeline User Guide, "Add a cross-Region action to a pipeline".
pub(super) fn judge(region: &Region, place: Place, findings: &mut Vec<Finding>) {
    let name = region.as_str();
    if KNOWN.contains(&name) {
        return;
    }
    let near = nearest(name, KNOWN.iter().copied());
    findings.push(if is_possible(name) {
        let message = format!("`{name}` is not a Region that this version knows");
        let finding = Finding::of(&rules::XA0222, place, message);
        near.map_or(finding.clone(), |near| finding.help(format!("if it is not new, did you mean `{near}`?")))
    } else {
        let finding = Finding::of(&rules::XA0221, place, format!("`{name}` is not a Region"));
        let help = near.map_or("write it like `eu-west-1`".to_owned(), |near| format!("did you mean `{near}`?"));
        finding.help(help)
    });
}

/// The Region that is nearly this text.
pub(super) fn nearest_known(text: &str) -> Option<String> {
    nearest(text, KNOWN.iter().copied()).map(str::to_owned)
}

/// True for the name of a Region that exists or may exist one day.
pub(super) fn is_possible(name: &str) -> bool {
    let mut words = name.rsplit('-');
    let number = words.next().unwrap_or_default();
    let direction = words.next().unwrap_or_default();
    let digit = number.len() == 1 && number.bytes().all(|b| b.is_ascii_digit());
    digit && DIRECTIONS.contains(&direction) && words.next().is_some()
}
