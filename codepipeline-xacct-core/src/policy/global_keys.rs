//! Condition keys that requests have whatever their service is, and those of the services that pass roles.
//! Source: IAM User Guide, "AWS global condition context keys" and "IAM and AWS STS condition context keys".

const KEYS: &[&str] = &[
    "aws:CalledVia",
    "aws:CalledViaFirst",
    "aws:CalledViaLast",
    "aws:CurrentTime",
    "aws:Ec2InstanceSourcePrivateIPv4",
    "aws:Ec2InstanceSourceVpc",
    "aws:EpochTime",
    "aws:FederatedProvider",
    "aws:MultiFactorAuthAge",
    "aws:MultiFactorAuthPresent",
    "aws:PrincipalAccount",
    "aws:PrincipalArn",
    "aws:PrincipalIsAWSService",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
    "aws:PrincipalType",
    "aws:RequestedRegion",
    "aws:ResourceAccount",
    "aws:ResourceOrgID",
    "aws:ResourceOrgPaths",
    "aws:SecureTransport",
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceIdentity",
    "aws:SourceIp",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:SourceVpc",
    "aws:SourceVpcArn",
    "aws:SourceVpce",
    "aws:TagKeys",
    "aws:TokenIssueTime",
    "aws:UserAgent",
    "aws:ViaAWSService",
    "aws:VpceAccount",
    "aws:VpceOrgID",
    "aws:VpceOrgPaths",
    "aws:VpcSourceIp",
    "aws:referer",
    "aws:userid",
    "aws:username",
    "iam:AWSServiceName",
    "iam:AssociatedResourceArn",
    "iam:PassedToService",
    "iam:PermissionsBoundary",
    "iam:PolicyARN",
    "sts:ExternalId",
    "sts:RoleSessionName",
    "sts:SourceIdentity",
    "sts:TransitiveTagKeys",
];

/// The key that has this name behind its prefix.
pub(super) fn of_name(name: &str) -> Option<&'static str> {
    let named = |key: &&&str| key.split_once(':').is_some_and(|(_, found)| found.eq_ignore_ascii_case(name));
    KEYS.iter().find(named).copied()
}

/// The key that is meant by a misspelt one. AWS adds keys, so a name that is not nearly one of these may exist.
pub(super) fn misspelt(key: &str) -> Option<&'static str> {
    let (prefix, name) = key.split_once(':')?;
    // Tags are named by their own keys: `aws:PrincipalTag/team`.
    if name.contains('/') || KEYS.iter().any(|known| known.eq_ignore_ascii_case(key)) {
        return None;
    }
    let of_prefix = || KEYS.iter().filter_map(|known| Some((known, known.split_once(':')?)));
    let names = of_prefix().filter(|(_, (of, _))| of.eq_ignore_ascii_case(prefix)).map(|(_, (_, name))| name);
    let names: Vec<&str> = names.collect();
    let alike = |near: &&str| {
        let begins = near.get(..4).is_some_and(|begin| name.get(..4).is_some_and(|of| of.eq_ignore_ascii_case(begin)));
        begins && name.len() >= 12 && near.len().abs_diff(name.len()) <= 2
    };
    let near = crate::suggest::misspelt(name, names.iter().copied())
        .or_else(|| crate::suggest::nearest(name, names.iter().copied()).filter(alike))?;
    of_prefix().find(|(_, (of, name))| of.eq_ignore_ascii_case(prefix) && *name == near).map(|(known, _)| *known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelt_keys_are_found_and_others_are_not() {
        assert_eq!(misspelt("aws:SecureTransports"), Some("aws:SecureTransport"));
        assert_eq!(misspelt("iam:PassToService"), Some("iam:PassedToService"));
        for key in ["aws:SecureTransport", "AWS:securetransport", "aws:PrincipalTag/team", "aws:NewKey", "s3:prefix"] {
            assert_eq!(misspelt(key), None, "{key}");
        }
        assert_eq!(of_name("ResourceAccount"), Some("aws:ResourceAccount"));
    }
}
