//! The Regions of AWS.

use std::collections::BTreeSet;

use crate::ids::{Partition, Region};
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

/// That a Region is not known, and which was perhaps meant; it may also be new.
pub fn unknown(region: &Region) -> Option<String> {
    let name = region.as_str();
    let is_known = KNOWN.contains(&name);
    (!is_known).then(|| format!("Region {name} is not known{}", did_you_mean(name, KNOWN.iter().copied())))
}

/// The Regions of a partition in which there may be pipelines.
pub fn with_codepipeline(partition: &Partition) -> BTreeSet<Region> {
    let regions = KNOWN.iter().filter(|name| !WITHOUT_CODEPIPELINE.contains(name)).filter_map(|name| name.parse().ok());
    regions.filter(|region| Partition::of_region(region) == *partition).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pipelines_may_be_in_the_regions_of_their_partition() {
        let of = |partition: &str| with_codepipeline(&partition.parse().unwrap());
        let names = |regions: BTreeSet<Region>| regions.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(names(of("aws-cn")), ["cn-north-1", "cn-northwest-1"]);
        assert_eq!(of("aws").len(), 29);
        assert_eq!(WITHOUT_CODEPIPELINE.iter().filter(|name| KNOWN.contains(name)).count(), WITHOUT_CODEPIPELINE.len());
    }
}
