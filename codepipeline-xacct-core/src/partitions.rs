//! The partitions of AWS.

/// What is known about a partition.
pub(crate) struct PartitionFacts {
    pub(crate) name: &'static str,
    /// How the names of its Regions begin; the one of commercial Regions has all others.
    pub(crate) region_prefix: &'static str,
    /// The Region that the SDKs take for services with one endpoint per partition.
    pub(crate) region: &'static str,
    /// How the names of its hosts end.
    pub(crate) dns_suffix: &'static str,
    /// The host of its console, behind the Region, where it is known.
    pub(crate) console: Option<&'static str>,
    /// Names that people give it.
    pub(crate) wrong_names: &'static [&'static str],
    /// What is expected in place of a wrong name.
    pub(crate) did_you_mean: &'static str,
}

impl PartitionFacts {
    /// The Region of IAM, which has one endpoint per partition (rules of the endpoints of IAM in botocore 1.43).
    pub(crate) fn iam_region(&self) -> &'static str {
        if self.name == "aws-cn" { "cn-north-1" } else { self.region }
    }
}

macro_rules! partition {
    ($name:literal, $prefix:literal, $region:literal, $dns:literal, $console:expr, $wrong:expr) => {
        PartitionFacts {
            name: $name,
            region_prefix: $prefix,
            region: $region,
            dns_suffix: $dns,
            console: $console,
            wrong_names: &$wrong,
            did_you_mean: concat!("a partition, did you mean `", $name, "`?"),
        }
    };
}

/// The partition of commercial Regions.
pub(crate) const COMMERCIAL: &str = "aws";

/// The partitions of the SDKs' data (botocore 1.43). Hosts of the console: AWS Management Console User Guide, User Guide of AWS GovCloud.
pub(crate) const PARTITIONS: [PartitionFacts; 8] = [
    partition!(
        "aws-cn",
        "cn-",
        "cn-northwest-1",
        "amazonaws.com.cn",
        Some("console.amazonaws.cn"),
        ["aws-china", "aws-chn"]
    ),
    partition!(
        "aws-us-gov",
        "us-gov-",
        "us-gov-west-1",
        "amazonaws.com",
        Some("console.amazonaws-us-gov.com"),
        ["aws-us", "aws-usgov", "aws-gov", "aws-govcloud", "aws-us-govcloud"]
    ),
    partition!("aws-iso", "us-iso-", "us-iso-east-1", "c2s.ic.gov", None, []),
    partition!("aws-iso-b", "us-isob-", "us-isob-east-1", "sc2s.sgov.gov", None, []),
    partition!("aws-iso-e", "eu-isoe-", "eu-isoe-west-1", "cloud.adc-e.uk", None, []),
    partition!("aws-iso-f", "us-isof-", "us-isof-south-1", "csp.hci.ic.gov", None, []),
    partition!("aws-eusc", "eusc-", "eusc-de-east-1", "amazonaws.eu", None, ["aws-eu"]),
    partition!("aws", "", "us-east-1", "amazonaws.com", Some("console.aws.amazon.com"), []),
];

/// The partition with a name.
pub(crate) fn named(name: &str) -> Option<&'static PartitionFacts> {
    PARTITIONS.iter().find(|partition| partition.name == name)
}

/// The name of the partition that a Region is in.
pub(crate) fn of_region(region: &str) -> &'static str {
    let found = PARTITIONS.iter().find(|partition| region.starts_with(partition.region_prefix));
    found.map_or(COMMERCIAL, |partition| partition.name)
}

/// The partition that somebody means who gives it a name that it doesn't have.
pub(crate) fn meant(wrong: &str) -> Option<&'static PartitionFacts> {
    PARTITIONS.iter().find(|partition| partition.wrong_names.contains(&wrong))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partition_has_its_region_and_no_wrong_name_of_another() {
        for partition in &PARTITIONS {
            assert_eq!(of_region(partition.region), partition.name);
            assert_eq!(of_region(partition.iam_region()), partition.name);
            assert!(named(partition.name).is_some());
            assert!(crate::regions::KNOWN.contains(&partition.region), "{}", partition.region);
            assert_eq!(partition.did_you_mean, format!("a partition, did you mean `{}`?", partition.name));
            for wrong in partition.wrong_names {
                assert!(named(wrong).is_none(), "{wrong}");
                assert_eq!(meant(wrong).map(|meant| meant.name), Some(partition.name));
            }
        }
        assert!(named("aws-new").is_none());
    }
}
