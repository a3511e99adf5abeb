//! ARNs of IAM, STS, S3 and CodePipeline as texts: those of sessions, and those whose parts need not be well formed, because they are what somebody wrote.
//! Those of roles and pipelines are in [`crate::ids`].

use std::fmt;

use crate::ids::split_arn;

/// The ARN of something in IAM, which has no Region.
pub fn iam_arn(partition: &str, account: &str, resource: &str) -> String {
    format!("arn:{partition}:iam::{account}:{resource}")
}

/// The ARN that stands for a whole account.
pub fn account_root(partition: &str, account: &str) -> String {
    iam_arn(partition, account, "root")
}

/// The ARN of a pipeline, or of what is in one.
pub fn codepipeline_arn(partition: &str, region: &str, account: &str, resource: &str) -> String {
    format!("arn:{partition}:codepipeline:{region}:{account}:{resource}")
}

/// The ARN of a bucket, or of objects in one.
pub fn s3_arn(partition: &str, resource: &str) -> String {
    format!("arn:{partition}:s3:::{resource}")
}

/// The ARN of a session of a role: `arn:{partition}:sts::{account}:assumed-role/{role}/{session}`. It has not the path of the role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SessionArn<'a> {
    /// The partition.
    pub partition: &'a str,
    /// The account of the role.
    pub account: &'a str,
    /// The name of the role.
    pub role: &'a str,
    /// The name of the session; empty for the beginning of the ARNs of all sessions of a role.
    pub session: &'a str,
}

impl<'a> SessionArn<'a> {
    /// How what follows the account begins.
    pub const KIND: &'static str = "assumed-role/";

    /// Reads the ARN of a session.
    pub fn parse(text: &'a str) -> Option<Self> {
        let arn = split_arn(text).filter(|arn| arn.service == "sts" && arn.region.is_empty())?;
        let (role, session) = arn.resource.strip_prefix(Self::KIND)?.split_once('/')?;
        let named = !role.is_empty() && !session.is_empty() && !session.contains('/');
        named.then_some(Self { partition: arn.partition, account: arn.account, role, session })
    }

    /// The ARN of the role, if it has no path.
    pub fn role_without_path(&self) -> String {
        iam_arn(self.partition, self.account, &format!("role/{}", self.role))
    }

    /// How the ARNs of all sessions of the roles of an account begin.
    pub fn of_account(partition: &str, account: &str) -> String {
        format!("arn:{partition}:sts::{account}:{}", Self::KIND)
    }
}

impl fmt::Display for SessionArn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}/{}", Self::of_account(self.partition, self.account), self.role, self.session)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arn_of_a_session_is_read_and_written() {
        let text = "arn:aws-cn:sts::111111111111:assumed-role/deploy/me@example.com";
        let session = SessionArn::parse(text).unwrap();
        assert_eq!(session.to_string(), text);
        assert_eq!(session.role_without_path(), "arn:aws-cn:iam::111111111111:role/deploy");
        for other in [
            "arn:aws:sts::111111111111:assumed-role/deploy",
            "arn:aws:sts::111111111111:assumed-role/deploy/",
            "arn:aws:sts::111111111111:assumed-role/a/b/c",
            "arn:aws:sts::111111111111:federated-user/x",
            "arn:aws:iam::111111111111:role/deploy",
        ] {
            assert_eq!(SessionArn::parse(other), None, "{other}");
        }
    }
}
