//! Reads from the text of an error who was denied what.
//!
//! Source: IAM User Guide, "Troubleshoot access denied error messages".

use crate::arns::SessionArn;
use crate::policy::denial::{self, EXPLICIT, NOT_ALLOWED, NOT_ASSUMED, NOT_AUTHORIZED};

/// A request that was denied, as the text of an error tells it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Denial<'a> {
    /// Who made it: mostly the ARN of a session.
    pub caller: &'a str,
    /// The action.
    pub action: &'a str,
    /// The resource, where the text names one.
    pub resource: Option<&'a str>,
    /// Why, where the text says it.
    pub reason: Option<&'a str>,
}

/// Finds a denied request in the text of an error.
pub fn denial(text: &str) -> Option<Denial<'_>> {
    // CodePipeline, when a pipeline is saved.
    if let Some((before, role)) = text.split_once(NOT_ASSUMED) {
        return Some(Denial {
            caller: word_before(before),
            action: crate::policy::ASSUME_ROLE,
            resource: Some(word(role)),
            reason: None,
        });
    }
    let (before, rest) = text.split_once(NOT_AUTHORIZED)?;
    let rest = rest.strip_prefix(": ")?;
    let action = word(rest);
    let rest = rest.get(action.len()..).unwrap_or_default();
    let resource = rest.trim_start().strip_prefix("on resource: ").map(word);
    let reason = [NOT_ALLOWED, EXPLICIT].iter().find_map(|begin| rest.find(begin)).and_then(|at| {
        let reason = rest.get(at..)?;
        // Newer texts continue with an id for support.
        let end = reason.find([';', ')', '\n']).or_else(|| reason.find(". ")).unwrap_or(reason.len());
        reason.get(..end).map(|reason| reason.trim_end_matches('.'))
    });
    Some(Denial { caller: word_before(before), action, resource, reason })
}

impl Denial<'_> {
    /// Whether what denies is a policy that the owners of roles and resources don't write.
    pub fn is_beyond(&self) -> bool {
        let layers = [denial::SERVICE_CONTROL, denial::RESOURCE_CONTROL, denial::SESSION, denial::BOUNDARY];
        self.reason.is_some_and(|reason| layers.iter().any(|layer| reason.contains(layer)))
    }

    /// Whether a statement denies it, whatever others allow.
    pub fn is_explicit_deny(&self) -> bool {
        self.reason.is_some_and(|reason| reason.starts_with(EXPLICIT))
    }

    /// Whether the missing statement belongs in the policy of the resource: of a bucket, a key, the trust of a role.
    pub fn is_by_resource(&self) -> bool {
        self.reason.is_some_and(|reason| reason.contains(&format!("{NOT_ALLOWED}{}", denial::RESOURCE)))
    }

    /// Who made it, in words: the role of a session.
    pub fn who(&self) -> String {
        let role = |session: SessionArn<'_>| format!("role `{}` in account {}", session.role, session.account);
        SessionArn::parse(self.caller).map_or_else(|| self.caller.to_owned(), role)
    }

    /// Who a policy of the resource has to name: the role of a session. A path that it has is not in the text of AWS.
    pub fn principal(&self) -> String {
        SessionArn::parse(self.caller).map_or_else(|| self.caller.to_owned(), |session| session.role_without_path())
    }
}

fn word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default().trim_end_matches([',', '.', ';', ')', '"'])
}

fn word_before(text: &str) -> &str {
    text.split_whitespace().next_back().unwrap_or_default().trim_start_matches(['(', '"'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_texts_of_aws_are_read() {
        let text = "User: arn:aws:sts::222222222222:assumed-role/ACT/1778464758388 is not authorized to perform: codepipeline:StartPipelineExecution on resource: arn:aws:codepipeline:eu-west-1:222222222222:deploy because no identity-based policy allows the codepipeline:StartPipelineExecution action (Service: CodePipeline; Status Code: 400)";
        let found = denial(text).unwrap();
        assert_eq!(found.caller, "arn:aws:sts::222222222222:assumed-role/ACT/1778464758388");
        assert_eq!(found.action, "codepipeline:StartPipelineExecution");
        assert_eq!(found.resource, Some("arn:aws:codepipeline:eu-west-1:222222222222:deploy"));
        let reason = found.reason.unwrap();
        assert!(reason.starts_with("because no identity-based policy allows"), "{reason}");
        assert!(!found.is_beyond());
        let text = "User: arn:aws:sts::1:assumed-role/SVC/17 is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::2:role/ACT with an explicit deny in a service control policy";
        let found = denial(text).unwrap();
        assert_eq!(found.reason, Some("with an explicit deny in a service control policy"));
        assert!(found.is_beyond());
        let text = "User: arn:aws:sts::222222222222:assumed-role/ACT/17 is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::artifacts/key because no resource-based policy allows the s3:GetObject action";
        let found = denial(text).unwrap();
        assert!(found.is_by_resource() && !found.is_beyond());
        assert_eq!(found.principal(), "arn:aws:iam::222222222222:role/ACT");
        let denied = text.replace(
            "because no resource-based policy allows the s3:GetObject action",
            "with an explicit deny in a resource-based policy",
        );
        let found = denial(&denied).unwrap();
        assert!(found.is_explicit_deny() && !found.is_by_resource() && !found.is_beyond());
    }

    #[test]
    fn the_text_of_codepipeline_when_a_pipeline_is_saved_is_read() {
        let found = denial(
            "arn:aws:iam::1:role/s is not authorized to perform AssumeRole on role arn:aws:iam::2:role/a (Service: …)",
        )
        .unwrap();
        assert_eq!((found.caller, found.action), ("arn:aws:iam::1:role/s", "sts:AssumeRole"));
        assert_eq!(found.resource, Some("arn:aws:iam::2:role/a"));
        assert_eq!(
            denial("The action failed because either the artifact or the Amazon S3 bucket could not be found."),
            None
        );
    }
}
