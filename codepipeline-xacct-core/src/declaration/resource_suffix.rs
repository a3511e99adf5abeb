//! The resource that a value names, without what a service takes behind the name.

use crate::ids::split_arn;

/// The fields of the ARN of a secret or of a state machine.
const FIELDS: usize = 7;

/// The name or the ARN of a secret, without the JSON key, the stage and the version in it that are read.
/// Sources: CodePipeline User Guide, "Commands action reference"; CodeBuild User Guide, "Build specification reference".
pub fn secret(reference: &str) -> &str {
    first_fields(reference, if split_arn(reference).is_some() { FIELDS } else { 1 })
}

/// How the ARN of a secret ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suffix {
    /// With the hyphen and the six characters that the service adds to the name.
    Added,
    /// With a word that may be them or the end of the name: `db-secret`.
    Unclear,
    /// Without them.
    LeftOut,
}

/// How the ARN of a secret ends: an ARN that is written by hand may lack the hyphen and the six characters that the service adds to its
/// name. Source: Secrets Manager User Guide, "Secrets Manager secret ARN".
pub fn suffix(arn: &str) -> Suffix {
    let (_, last) = arn.rsplit_once('-').unwrap_or_default();
    if last.len() != 6 || !last.bytes().all(|b| b.is_ascii_alphanumeric()) {
        Suffix::LeftOut
    } else if last.bytes().all(|b| b.is_ascii_lowercase()) {
        Suffix::Unclear
    } else {
        Suffix::Added
    }
}

/// The ARN of a state machine, without a version or an alias. Source: Step Functions Developer Guide, "Authorization for versions and
/// aliases in Step Functions workflows".
pub fn state_machine(arn: &str) -> &str {
    first_fields(arn, FIELDS)
}

fn first_fields(text: &str, count: usize) -> &str {
    let end = text.match_indices(':').nth(count.saturating_sub(1)).map_or(text.len(), |(end, _)| end);
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_follows_a_name_does_not_belong_to_it() {
        for text in ["shop/tokens", "shop/tokens:github", "shop/tokens:github:AWSCURRENT:", "shop/tokens::"] {
            assert_eq!(secret(text), "shop/tokens");
        }
        let arn = "arn:aws:secretsmanager:eu-west-1:111111111111:secret:shop/tokens-AbCdEf";
        for text in [arn, &format!("{arn}:github"), &format!("{arn}:github:AWSCURRENT:")] {
            assert_eq!(secret(text), arn);
        }
        let ends = |name: &str| suffix(&format!("arn:aws:secretsmanager:eu-west-1:111111111111:secret:{name}"));
        assert_eq!(
            (suffix(arn), ends("shop-a1b2c3"), ends("shop-ABCDEF")),
            (Suffix::Added, Suffix::Added, Suffix::Added)
        );
        assert_eq!(
            (ends("shop"), ends("shop-web"), ends("shop/db-se/ret")),
            (Suffix::LeftOut, Suffix::LeftOut, Suffix::LeftOut)
        );
        assert_eq!(ends("db-secret"), Suffix::Unclear);
        let machine = "arn:aws:states:eu-west-1:111111111111:stateMachine:shop";
        for text in [machine, &format!("{machine}:PROD"), &format!("{machine}:3")] {
            assert_eq!(state_machine(text), machine);
        }
        assert_eq!((secret(""), state_machine("")), ("", ""));
    }
}
