//! The Regions of AWS.

use std::collections::BTreeSet;

use crate::ids::{Partition, Region};
use crate::ordered::set;
use crate::suggest::did_you_mean;

/// The Regions of the SDKs' partition data (botocore 1.43).
pub(crate) const KNOWN: &[&str] = &[
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

/// The Regions among them in which CodePipeline has no endpoint, in partitions where endpoints are known (botocore 1.43).
const WITHOUT_CODEPIPELINE: &[&str] =
    &["ap-east-2", "ap-southeast-6", "ap-southeast-7", "ca-west-1", "me-west-1", "mx-central-1", "sa-west-1"];

/// Where Regions are, as the console and people name them. Source: AWS Regions User Guide, "AWS Regions".
const PLACES: &[(&str, &str)] = &[
    ("cape town", "af-south-1"),
    ("hong kong", "ap-east-1"),
    ("taipei", "ap-east-2"),
    ("tokyo", "ap-northeast-1"),
    ("seoul", "ap-northeast-2"),
    ("osaka", "ap-northeast-3"),
    ("mumbai", "ap-south-1"),
    ("hyderabad", "ap-south-2"),
    ("singapore", "ap-southeast-1"),
    ("sydney", "ap-southeast-2"),
    ("jakarta", "ap-southeast-3"),
    ("melbourne", "ap-southeast-4"),
    ("malaysia", "ap-southeast-5"),
    ("new zealand", "ap-southeast-6"),
    ("thailand", "ap-southeast-7"),
    ("canada", "ca-central-1"),
    ("calgary", "ca-west-1"),
    ("beijing", "cn-north-1"),
    ("ningxia", "cn-northwest-1"),
    ("frankfurt", "eu-central-1"),
    ("zurich", "eu-central-2"),
    ("stockholm", "eu-north-1"),
    ("milan", "eu-south-1"),
    ("spain", "eu-south-2"),
    ("ireland", "eu-west-1"),
    ("london", "eu-west-2"),
    ("paris", "eu-west-3"),
    ("tel aviv", "il-central-1"),
    ("uae", "me-central-1"),
    ("bahrain", "me-south-1"),
    ("mexico", "mx-central-1"),
    ("sao paulo", "sa-east-1"),
    ("são paulo", "sa-east-1"),
    ("virginia", "us-east-1"),
    ("ohio", "us-east-2"),
    ("california", "us-west-1"),
    ("oregon", "us-west-2"),
];

/// The Region at a place: `Frankfurt`, `EU (Ireland)`, `US East (N. Virginia)`.
pub(crate) fn of_place(text: &str) -> Option<&'static str> {
    let lower = text.to_lowercase();
    let inside = lower.split_once('(').and_then(|(_, rest)| rest.split_once(')')).map(|(inside, _)| inside);
    let is_named = |name: &str, place: &str| {
        let name = name.trim();
        name == place || name.strip_suffix(place).is_some_and(|before| matches!(before, "n. " | "north " | "northern "))
    };
    let (before, _) = lower.split_once('(').unwrap_or((&lower, ""));
    let names = [Some(before), inside];
    let named = |place: &str| names.iter().flatten().any(|name| is_named(name, place));
    PLACES.iter().find(|(place, _)| named(place)).map(|(_, region)| *region)
}

/// That a Region is not known, and which was perhaps meant; it may also be new.
pub fn unknown(region: &Region) -> Option<String> {
    let name = region.as_str();
    let is_known = KNOWN.contains(&name);
    (!is_known).then(|| format!("Region {name} is not known{}", did_you_mean(name, KNOWN.iter().copied())))
}

/// The Regions of a partition in which there may be pipelines.
pub fn with_codepipeline(partition: &Partition) -> BTreeSet<Region> {
    let regions = KNOWN.iter().filter(|name| !WITHOUT_CODEPIPELINE.contains(name)).filter_map(|name| name.parse().ok());
    set(regions.filter(|region| Partition::of_region(region) == *partition))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn regions_are_found_by_their_places() {
        let places = [
            ("Frankfurt", "eu-central-1"),
            ("EU (Ireland)", "eu-west-1"),
            ("US East (N. Virginia)", "us-east-1"),
            ("Northern California", "us-west-1"),
            ("Canada (Central)", "ca-central-1"),
            ("Canada West (Calgary)", "ca-west-1"),
            ("Asia Pacific (Hong Kong)", "ap-east-1"),
            ("oregon", "us-west-2"),
        ];
        for (place, region) in places {
            assert_eq!(of_place(place), Some(region), "{place}");
        }
        for text in ["", "Europe", "US East", "West Virginia", "()", "Berlin"] {
            assert_eq!(of_place(text), None, "{text}");
        }
        assert!(PLACES.iter().all(|(_, region)| KNOWN.contains(region)));
    }

    #[test]
    fn pipelines_may_be_in_the_regions_of_their_partition() {
        let of = |partition: &str| with_codepipeline(&partition.parse().unwrap());
        let names = |regions: BTreeSet<Region>| regions.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(of("aws-cn")), ["cn-north-1", "cn-northwest-1"]);
        assert_eq!(of("aws").len(), 29);
        assert_eq!(WITHOUT_CODEPIPELINE.iter().filter(|name| KNOWN.contains(name)).count(), WITHOUT_CODEPIPELINE.len());
    }
}
