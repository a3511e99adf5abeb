//! The mark that says what was last applied to an inline policy of an extended role.
//!
//! An extended role has no tag of ours, so the policy says it itself, in the id of a statement: that has no meaning for IAM, and is written together with
//! the policy.

use super::digest::of_document;
use crate::policy::Document;

/// What the id of the statement begins with. Behind it is the digest of the policy.
const MARK: &str = "XacctApplied";

/// A policy that says what it is. The ids of statements are the program's, so where each has one, there is no room.
pub(in crate::plan) fn marked(policy: &Document) -> Document {
    let mut marked = policy.clone();
    if let Some(statement) = marked.statements.iter_mut().find(|statement| statement.sid.is_none()) {
        statement.sid = Some(format!("{MARK}{}", of_document(policy)));
    }
    marked
}

/// The same policy without its mark.
pub(in crate::plan) fn unmarked(policy: &Document) -> Document {
    let mut policy = policy.clone();
    for statement in policy.statements.iter_mut() {
        statement.sid.take_if(|sid| sid.starts_with(MARK));
    }
    policy
}

/// The digest of what was last applied. Where there is none, it is not known.
pub(in crate::plan) fn mark(policy: &Document) -> Option<&str> {
    policy.statements.iter().find_map(|statement| statement.sid.as_deref()?.strip_prefix(MARK))
}

/// Whether a policy is not the one that was applied.
pub(in crate::plan) fn was_changed(policy: &Document) -> bool {
    mark(policy).is_some_and(|digest| digest != of_document(policy))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::Statement;

    fn policy(resources: &[&str]) -> Document {
        let statement = |resource: &&str| Statement::allow(&["s3:GetObject"], vec![(*resource).to_owned()]);
        Document::new(resources.iter().map(statement).collect())
    }

    #[test]
    fn a_policy_that_was_edited_is_told_by_its_mark_and_without_one_nothing_is_known() {
        let applied = marked(&policy(&["a", "b"]));
        assert!(applied.same_meaning(&policy(&["a", "b"])) && mark(&applied).is_some() && !was_changed(&applied));
        assert_eq!(unmarked(&applied), policy(&["a", "b"]));
        let mut edited = applied.clone();
        edited.statements.push(Statement::allow(&["s3:PutObject"], vec!["*".to_owned()]));
        assert!(was_changed(&edited) && !was_changed(&unmarked(&edited)));
        let sid = applied.statements.iter().find_map(|statement| statement.sid.clone()).unwrap();
        assert!(sid.chars().all(|c| c.is_ascii_alphanumeric()), "{sid}");
    }

    #[test]
    fn the_ids_that_a_program_gives_statements_stay() {
        let mut named = policy(&["a"]);
        named.statements[0].sid = Some("Theirs".to_owned());
        assert_eq!(marked(&named), named);
    }
}
