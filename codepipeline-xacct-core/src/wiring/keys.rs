//! How a policy names a KMS key.
//!
//! Source: KMS Developer Guide, "Specifying KMS keys in IAM policy statements" (only the ARN of a key names it) and "Use aliases to
//! control access to KMS keys".

use crate::declaration::references::has_reference;
use crate::ids::{AccountId, Partition, is_key_arn, split_kms_arn};

/// A key in a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NamedKey {
    /// The resource: the key, or all keys of the account and Region.
    pub(super) resource: String,
    /// The alias that the key has to have.
    pub(super) alias: Option<String>,
}

impl NamedKey {
    /// Operator, key and values of the condition. A key may have several aliases; the alias in a request is of no use here, as a
    /// request to decrypt has none.
    pub(super) fn condition(&self) -> Option<(&'static str, String, Vec<String>)> {
        let alias = self.alias.clone()?;
        Some(("ForAnyValue:StringEquals", "kms:ResourceAliases".to_owned(), vec![alias]))
    }
}

/// What a text that should name a key names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeyName {
    /// A key.
    Named(NamedKey),
    /// The key that AWS manages for S3: everybody in the account may use it through S3.
    ManagedByAws,
    /// Nothing that can be told.
    Unknown,
}

/// Reads a key ARN, an alias ARN, an alias, or a bare key id. The last two name a key of the caller's account.
pub(super) fn key_name(text: &str, partition: &Partition, region: &str, account: &AccountId) -> KeyName {
    let named = |resource, alias| KeyName::Named(NamedKey { resource, alias });
    if is_key_arn(text) {
        return named(text.to_owned(), None);
    }
    let (keys, alias) = match split_kms_arn(text) {
        Some(arn) => (format!("arn:{}:kms:{}:{}:key", arn.partition, arn.region, arn.account), arn.resource),
        None => (format!("arn:{partition}:kms:{region}:{account}:key"), text),
    };
    if alias == "alias/aws/s3" {
        return KeyName::ManagedByAws;
    }
    if alias.strip_prefix("alias/").is_some_and(|name| !name.is_empty()) && !has_reference(alias) {
        return named(format!("{keys}/*"), Some(alias.to_owned()));
    }
    // A UUID, of several Regions with `mrk-` before it.
    let is_id = text.len() > 30 && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if is_id { named(format!("{keys}/{text}"), None) } else { KeyName::Unknown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_name_a_key() {
        let id = "00000000-0000-0000-0000-000000000000";
        let at = |text: &str| key_name(text, &Partition::aws(), "eu-west-1", &"111111111111".parse().unwrap());
        let named = |resource: &str, alias: Option<&str>| {
            KeyName::Named(NamedKey { resource: resource.to_owned(), alias: alias.map(str::to_owned) })
        };
        let here = format!("arn:aws:kms:eu-west-1:111111111111:key/{id}");
        assert_eq!(at(&here), named(&here, None));
        assert_eq!(at(id), named(&here, None));
        assert_eq!(
            at("mrk-00000000000000000000000000000000"),
            named("arn:aws:kms:eu-west-1:111111111111:key/mrk-00000000000000000000000000000000", None)
        );
        assert_eq!(at("alias/shop"), named("arn:aws:kms:eu-west-1:111111111111:key/*", Some("alias/shop")));
        assert_eq!(
            at("arn:aws:kms:us-east-1:222222222222:alias/shop"),
            named("arn:aws:kms:us-east-1:222222222222:key/*", Some("alias/shop"))
        );
        assert_eq!(at("alias/aws/s3"), KeyName::ManagedByAws);
        for text in ["", "alias/", "shop", "#{a.b}", "alias/#{a.b}", "arn:aws:s3:::bucket"] {
            assert_eq!(at(text), KeyName::Unknown, "{text}");
        }
    }
}
