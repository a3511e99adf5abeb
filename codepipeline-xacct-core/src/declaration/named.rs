//! The resource that a value names, without what a service takes behind the name.

use crate::ids::split_arn;

/// The fields of the ARN of a secret or of a state machine.
const FIELDS: usize = 7;

/// The name or the ARN of a secret, without the JSON key, the stage and the version in it that are read.
/// Sources: CodePipeline User Guide, "Commands action reference"; CodeBuild User Guide, "Build specification reference".
pub fn secret(reference: &str) -> &str {
    first_fields(reference, if split_arn(reference).is_some() { FIELDS } else { 1 })
}

/// True for the ARN of a secret that has the hyphen and the six characters that the service adds to its name; whoever writes one by hand
/// may leave them out. Source: Secrets Manager User Guide, "Secrets Manager secret ARN".
pub fn has_suffix(arn: &str) -> bool {
    let suffix = |text: &str| text.len() == 6 && text.bytes().all(|b| b.is_ascii_alphanumeric());
    arn.rsplit_once('-').is_some_and(|(_, last)| suffix(last))
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
        assert!(has_suffix(arn) && !has_suffix("arn:aws:secretsmanager:eu-west-1:111111111111:secret:shop-web"));
        let machine = "arn:aws:states:eu-west-1:111111111111:stateMachine:shop";
        for text in [machine, &format!("{machine}:PROD"), &format!("{machine}:3")] {
            assert_eq!(state_machine(text), machine);
        }
        assert_eq!((secret(""), state_machine("")), ("", ""));
    }
}
