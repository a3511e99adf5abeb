//! AWS identifiers: account ids, Regions, partitions, ARNs and the names that have a fixed pattern.
//!
//! Values are only made by parsing, so every value is well formed. The patterns are those of the
//! CodePipeline and IAM API references.

use std::fmt;
use std::str::FromStr;

use serde_core::de::Error as _;
use serde_core::{Deserialize, Deserializer, Serialize, Serializer};

use crate::partitions;

/// The error for a text that is not a valid identifier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdError {
    /// The text as it was given.
    pub text: String,
    /// What was expected, with the pattern.
    pub expected: &'static str,
}

impl IdError {
    fn new(text: &str, expected: &'static str) -> Self {
        Self { text: text.to_owned(), expected }
    }
}

impl fmt::Display for IdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not {}", self.text, self.expected)
    }
}

impl std::error::Error for IdError {}

/// Implements serde as a string.
macro_rules! serde_as_text {
    ($name:ident) => {
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
            }
        }
    };
}

/// Implements what every identifier that wraps one string has: parsing, display, order and serde as a string.
macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $expected:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// What a text of this kind looks like, for messages.
            pub const EXPECTED: &'static str = $expected;

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) { Ok(Self(text.to_owned())) } else { Err(IdError::new(text, $expected)) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        serde_as_text!($name);
    };
}

text_id! {
    /// The id of an AWS account: 12 digits.
    AccountId, "an account id of 12 digits", |text| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

text_id! {
    /// The name of an AWS Region, for example `eu-west-1`.
    ///
    /// Only the form is checked, since AWS opens new Regions.
    Region, "the name of an AWS Region (for example `eu-west-1`)", |text| {
        (4..=30).contains(&text.len())
            && text.contains('-')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && text.bytes().last().is_some_and(|b| b.is_ascii_digit())
    }
}

text_id! {
    /// The name of a pipeline, a stage, an action or a rule: `[A-Za-z0-9.@\-_]{1,100}`
    /// (CodePipeline API Reference, `PipelineDeclaration`).
    Name, "a name of 1 to 100 characters out of `A-Z a-z 0-9 . @ - _`", |text| {
        matches(text, 100, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'@' | b'-' | b'_'))
    }
}

text_id! {
    /// The id of an execution of a pipeline (CodePipeline API Reference, `PipelineExecution`).
    ExecutionId, "the id of an execution: 8, 4, 4, 4 and 12 of `0-9 a-f`, joined by `-`", |text| {
        let hexadecimal = |part: &str| part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        text.split('-').map(str::len).eq([8, 4, 4, 4, 12]) && text.split('-').all(hexadecimal)
    }
}

text_id! {
    /// The name of an artifact: `[a-zA-Z0-9_\-]{1,100}`.
    ArtifactName, "an artifact name of 1 to 100 characters out of `A-Z a-z 0-9 _ -`", |text| {
        matches(text, 100, |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    }
}

text_id! {
    /// The namespace of an action's output variables: `[A-Za-z0-9@\-_]{1,100}`.
    Namespace, "a namespace of 1 to 100 characters out of `A-Z a-z 0-9 @ - _`", |text| {
        matches(text, 100, |b| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'-' | b'_'))
    }
}

text_id! {
    /// The name of a pipeline variable: `[A-Za-z0-9@\-_]{1,128}`.
    VariableName, "a variable name of 1 to 128 characters out of `A-Z a-z 0-9 @ - _`", |text| {
        matches(text, 128, |b| b.is_ascii_alphanumeric() || matches!(b, b'@' | b'-' | b'_'))
    }
}

text_id! {
    /// The name of an IAM role: `[\w+=,.@-]{1,64}` (IAM API Reference, `CreateRole`).
    RoleName, "a role name of 1 to 64 characters out of `A-Z a-z 0-9 _ + = , . @ -`", |text| {
        matches(text, 64, |b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b))
    }
}

text_id! {
    /// The name of a topology, which marks what it owns: `[A-Za-z0-9-]{1,64}`.
    TopologyName, "a topology name of 1 to 64 characters out of `A-Z a-z 0-9 -`", |text| {
        matches(text, 64, |b| b.is_ascii_alphanumeric() || b == b'-')
    }
}

fn matches(text: &str, max: usize, allowed: fn(u8) -> bool) -> bool {
    (1..=max).contains(&text.len()) && text.bytes().all(allowed)
}

/// A group of Regions with its own accounts. Roles and policies work only inside one partition
/// (IAM User Guide, "How IAM roles differ from resource-based policies").
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Partition(String);

impl Partition {
    /// What a partition looks like, for messages.
    pub const EXPECTED: &'static str = "a partition (`aws`, `aws-cn`, `aws-us-gov`, …)";

    /// The partition of commercial Regions.
    pub fn aws() -> Self {
        Self(partitions::COMMERCIAL.to_owned())
    }

    /// The partition that a Region belongs to; it follows from the Region's name.
    pub fn of_region(region: &Region) -> Self {
        Self(partitions::of_region(region.as_str()).to_owned())
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition that is meant by a wrong name.
    pub fn meant(text: &str) -> Option<&'static str> {
        partitions::meant(text).map(|meant| meant.name)
    }

    /// A Region of the partition, for services that have one endpoint per partition; none of a partition that is not known.
    pub fn any_region(&self) -> Option<&'static str> {
        partitions::named(&self.0).map(|known| known.region)
    }

    /// The Region of IAM, with the event history of its calls; none of a partition that is not known.
    pub fn iam_region(&self) -> Option<&'static str> {
        partitions::named(&self.0).map(partitions::PartitionFacts::iam_region)
    }

    /// How the names of the partition's hosts end (`AWS::URLSuffix` of CloudFormation), where that is known.
    pub fn dns_suffix(&self) -> Option<&'static str> {
        partitions::named(&self.0).map(|known| known.dns_suffix)
    }

    /// The host of the partition's console, without the Region, where that is known.
    pub fn console(&self) -> Option<&'static str> {
        partitions::named(&self.0)?.console
    }
}

impl FromStr for Partition {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        if let Some(meant) = partitions::meant(text) {
            return Err(IdError::new(text, meant.did_you_mean));
        }
        let well_formed = text == partitions::COMMERCIAL
            || text.strip_prefix("aws-").is_some_and(|rest| {
                !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            });
        if well_formed { Ok(Self(text.to_owned())) } else { Err(IdError::new(text, Self::EXPECTED)) }
    }
}

impl TryFrom<String> for Partition {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<Partition> for String {
    fn from(partition: Partition) -> String {
        partition.0
    }
}

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

serde_as_text!(Partition);

/// The ARN of an IAM role: `arn:{partition}:iam::{account}:role/{path}{name}`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RoleArn {
    partition: Partition,
    account: AccountId,
    path: String,
    name: RoleName,
}

impl RoleArn {
    /// What a role ARN looks like, for messages.
    pub const EXPECTED: &'static str = "a role ARN (`arn:aws:iam::<account id>:role/<path><name>`)";

    /// Makes the ARN from its parts; `path_and_name` is what follows `role/`, without a leading slash.
    pub fn new(partition: Partition, account: AccountId, path_and_name: &str) -> Result<Self, IdError> {
        // A path may begin with `arn:`, but none does: it is an ARN instead of a name.
        if path_and_name.starts_with("arn:") {
            return Err(IdError::new(path_and_name, "the name of a role (`<path><name>`), but an ARN"));
        }
        let (path, name) = match path_and_name.rsplit_once('/') {
            Some((path, name)) => (format!("/{path}/"), name),
            None => ("/".to_owned(), path_and_name),
        };
        if !Self::is_path(&path) {
            return Err(IdError::new(path_and_name, "a role path (`/` or `/…/`, at most 512 characters)"));
        }
        Ok(Self { partition, account, path, name: name.parse()? })
    }

    /// Whether a text can be the path of a role or a policy. Source: IAM API Reference, `CreateRole`.
    pub fn is_path(path: &str) -> bool {
        let whole = path.starts_with('/') && path.ends_with('/') && path.len() <= Self::LONGEST_PATH;
        whole && path.bytes().all(|b| (0x21..=0x7e).contains(&b)) && !path.contains("//")
    }

    /// The most characters of a path.
    pub const LONGEST_PATH: usize = 512;

    /// The path of service-linked roles, which nobody else can use.
    pub const SERVICE_LINKED_PATH: &'static str = "/aws-service-role/";

    /// The partition.
    pub fn partition(&self) -> &Partition {
        &self.partition
    }

    /// The account that the role lives in.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// The path, with its slashes; `/` when the role has none.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The name, without the path.
    pub fn name(&self) -> &RoleName {
        &self.name
    }

    /// Whether a pipeline lives in the account of the role.
    pub fn lives_with(&self, pipeline: &PipelineArn) -> bool {
        (&self.account, &self.partition) == (&pipeline.account, &pipeline.partition)
    }

    /// Whether it is a service-linked role, to which service control policies don't apply. Source: Organizations User Guide, "Service
    /// control policies".
    pub fn is_service_linked(&self) -> bool {
        self.path.starts_with(Self::SERVICE_LINKED_PATH)
    }

    /// Whether a text is the name or the ARN.
    pub fn is_called(&self, text: &str) -> bool {
        self.name.as_str() == text || self.to_string() == text
    }

    /// Path and name, as they appear after `role/`.
    pub fn path_and_name(&self) -> String {
        format!("{}{}", self.path.trim_start_matches('/'), self.name)
    }
}

impl fmt::Display for RoleArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "arn:{}:iam::{}:role{}{}", self.partition, self.account, self.path, self.name)
    }
}

serde_as_text!(RoleArn);

impl FromStr for RoleArn {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError::new(text, Self::EXPECTED);
        let arn = split_arn(text).ok_or_else(wrong)?;
        if arn.service != "iam" || !arn.region.is_empty() {
            return Err(wrong());
        }
        let role = arn.resource.strip_prefix("role/").ok_or_else(wrong)?;
        Self::new(arn.partition.parse().map_err(|_| wrong())?, arn.account.parse().map_err(|_| wrong())?, role)
            .map_err(|_| wrong())
    }
}

impl TryFrom<String> for RoleArn {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<RoleArn> for String {
    fn from(arn: RoleArn) -> String {
        arn.to_string()
    }
}

/// The ARN of a pipeline: `arn:{partition}:codepipeline:{region}:{account}:{name}`, without `pipeline/`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PipelineArn {
    partition: Partition,
    region: Region,
    account: AccountId,
    name: Name,
}

impl PipelineArn {
    /// What a pipeline ARN looks like, for messages.
    pub const EXPECTED: &'static str = "a pipeline ARN (`arn:aws:codepipeline:<region>:<account id>:<name>`)";

    /// Makes the ARN from its parts.
    pub fn new(partition: Partition, region: Region, account: AccountId, name: Name) -> Self {
        Self { partition, region, account, name }
    }

    /// The partition.
    pub fn partition(&self) -> &Partition {
        &self.partition
    }

    /// The home Region of the pipeline.
    pub fn region(&self) -> &Region {
        &self.region
    }

    /// The account that the pipeline lives in.
    pub fn account(&self) -> &AccountId {
        &self.account
    }

    /// The bare name.
    pub fn name(&self) -> &Name {
        &self.name
    }

    /// Whether a text is the name or the ARN.
    pub fn is_called(&self, text: &str) -> bool {
        self.name.as_str() == text || self.to_string() == text
    }
}

impl fmt::Display for PipelineArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "arn:{}:codepipeline:{}:{}:{}", self.partition, self.region, self.account, self.name)
    }
}

serde_as_text!(PipelineArn);

impl FromStr for PipelineArn {
    type Err = IdError;

    fn from_str(text: &str) -> Result<Self, IdError> {
        let wrong = || IdError::new(text, Self::EXPECTED);
        let arn = split_arn(text).ok_or_else(wrong)?;
        if arn.service != "codepipeline" {
            return Err(wrong());
        }
        Ok(Self {
            partition: arn.partition.parse().map_err(|_| wrong())?,
            region: arn.region.parse().map_err(|_| wrong())?,
            account: arn.account.parse().map_err(|_| wrong())?,
            name: arn.resource.parse().map_err(|_| wrong())?,
        })
    }
}

impl TryFrom<String> for PipelineArn {
    type Error = IdError;

    fn try_from(text: String) -> Result<Self, IdError> {
        text.parse()
    }
}

impl From<PipelineArn> for String {
    fn from(arn: PipelineArn) -> String {
        arn.to_string()
    }
}

/// The parts of an ARN that follow `arn:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArnParts<'a> {
    /// `aws`, `aws-cn`, …
    pub partition: &'a str,
    /// The service prefix, for example `iam`.
    pub service: &'a str,
    /// Empty for services without Regions.
    pub region: &'a str,
    /// Empty for services without accounts in their ARNs.
    pub account: &'a str,
    /// Everything after the fifth colon.
    pub resource: &'a str,
}

/// Splits a text that has the shape of an ARN; nothing else is checked.
pub fn split_arn(text: &str) -> Option<ArnParts<'_>> {
    let mut parts = text.splitn(6, ':');
    if parts.next() != Some("arn") {
        return None;
    }
    Some(ArnParts {
        partition: parts.next()?,
        service: parts.next()?,
        region: parts.next()?,
        account: parts.next()?,
        resource: parts.next()?,
    })
}

/// Splits the ARN of a KMS key or of an alias.
pub fn split_kms_arn(text: &str) -> Option<ArnParts<'_>> {
    split_arn(text).filter(|arn| arn.service == "kms")
}

/// True if a KMS key is named by its ARN, not by an id or an alias.
pub fn is_key_arn(id: &str) -> bool {
    split_kms_arn(id).is_some_and(|arn| arn.resource.starts_with("key/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_arns_keep_their_path() {
        let text = "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-x";
        let arn: RoleArn = text.parse().unwrap();
        assert_eq!(arn.path(), "/service-role/");
        assert_eq!(arn.name().as_str(), "AWSCodePipelineServiceRole-x");
        assert_eq!(arn.path_and_name(), "service-role/AWSCodePipelineServiceRole-x");
        assert_eq!(arn.to_string(), text);
    }

    #[test]
    fn what_is_no_role_arn_is_refused_with_its_text() {
        for text in [
            "",
            "role",
            "arn:aws:iam::1:role/x",
            "arn:aws:iam::111111111111:user/x",
            "arn:aws:iam::111111111111:role/",
            "arn:aws:iam:eu-west-1:111111111111:role/x",
            "arn:aws:iam::111111111111:role//x",
            "arn:aws:sts::111111111111:assumed-role/x/y",
        ] {
            let error = text.parse::<RoleArn>().unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("`{text}` is not a role ARN (`arn:aws:iam::<account id>:role/<path><name>`)")
            );
        }
    }

    #[test]
    fn pipeline_arns_have_no_resource_type() {
        let arn: PipelineArn = "arn:aws:codepipeline:eu-west-1:222222222222:hoge.1@x".parse().unwrap();
        assert_eq!(arn.name().as_str(), "hoge.1@x");
        assert!("arn:aws:codepipeline:eu-west-1:222222222222:a/b".parse::<PipelineArn>().is_err());
    }

    #[test]
    fn the_partition_follows_from_the_region() {
        for (region, partition) in [
            ("eu-west-1", "aws"),
            ("cn-north-1", "aws-cn"),
            ("us-gov-west-1", "aws-us-gov"),
            ("us-iso-east-1", "aws-iso"),
            ("us-isob-east-1", "aws-iso-b"),
            ("us-isof-south-1", "aws-iso-f"),
            ("eu-isoe-west-1", "aws-iso-e"),
            ("eusc-de-east-1", "aws-eusc"),
            ("us-new-1", "aws"),
        ] {
            assert_eq!(Partition::of_region(&region.parse().unwrap()).as_str(), partition);
        }
    }

    #[test]
    fn hosts_are_those_of_the_partition() {
        let of = |name: &str| name.parse::<Partition>().unwrap();
        assert_eq!((of("aws").dns_suffix(), of("aws").any_region()), (Some("amazonaws.com"), Some("us-east-1")));
        assert_eq!(of("aws-cn").dns_suffix(), Some("amazonaws.com.cn"));
        assert_eq!((of("aws-iso-b").any_region(), of("aws-iso-b").console()), (Some("us-isob-east-1"), None));
        assert_eq!(
            (of("aws-new").any_region(), of("aws-new").dns_suffix(), of("aws-new").console()),
            (None, None, None)
        );
        assert_eq!("aws-gov".parse::<Partition>().unwrap_err().expected, "a partition, did you mean `aws-us-gov`?");
    }

    #[test]
    fn identifiers_are_read_and_written_as_their_texts() {
        fn survives<T: Serialize + serde::de::DeserializeOwned + PartialEq + fmt::Debug>(good: &str, bad: &str) {
            let id: T = serde_json::from_value(good.into()).unwrap();
            assert_eq!(serde_json::to_value(&id).unwrap(), good);
            let error = serde_json::from_value::<T>(bad.into()).unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{bad}` is not ")), "{error}");
        }
        survives::<AccountId>("111111111111", "1");
        survives::<Region>("eu-west-1", "Ireland");
        survives::<Partition>("aws-cn", "cn");
        survives::<TopologyName>("release", "my release");
        survives::<RoleArn>("arn:aws:iam::111111111111:role/a/b", "arn:aws:iam::1:role/b");
        survives::<PipelineArn>("arn:aws:codepipeline:eu-west-1:111111111111:p", "p");
    }

    #[test]
    fn account_ids_have_twelve_digits() {
        assert!("111111111111".parse::<AccountId>().is_ok());
        assert_eq!(
            "11111111111".parse::<AccountId>().unwrap_err().to_string(),
            "`11111111111` is not an account id of 12 digits"
        );
    }
}
