//! What is known of a role, as far as it can be read.

use super::read::{self, ReadError, RoleParts};
use super::session::Session;
use crate::core::ids::RoleArn;
use crate::core::plan::Found;
use crate::core::wiring::{KnownRole, Policy};

/// What was called, and why there was no answer.
pub(super) type Asked = Vec<(&'static str, Option<String>)>;

/// What was read, or why it wasn't. That an account doesn't answer must not take away what is known of the others.
pub(super) fn as_far_as_read<T>(read: Result<T, ReadError>) -> Found<T> {
    match read::seen(read) {
        Ok(found) => found,
        Err(error) => Found::Unreadable(error.to_string()),
    }
}

/// A role as far as it can be read.
pub(super) async fn role(session: &Session, arn: &RoleArn) -> (Found<KnownRole>, Asked) {
    match as_far_as_read(read::role_parts(session, arn).await) {
        Found::Present(parts) => {
            let (known, mut asked) = known_role(parts);
            asked.insert(0, ("GetRole", None));
            (Found::Present(known), asked)
        }
        Found::Missing => (Found::Missing, vec![("GetRole", None)]),
        Found::Unreadable(why) => (Found::Unreadable(why.clone()), vec![("GetRole", Some(why))]),
        Found::NotConnected => (Found::NotConnected, Vec::new()),
    }
}

/// What is known of a role whose policies are read as far as they can be, and what was asked for them.
pub(super) fn known_role(parts: RoleParts) -> (KnownRole, Asked) {
    let mut asked = Asked::new();
    let mut known = KnownRole::new(parts.arn);
    known.trust = Some(parts.trust);
    known.unique_id = Some(parts.unique_id).filter(|id| !id.is_empty());
    known.tags = Some(parts.tags.into_iter().collect());
    let inline = readable(parts.inline, "ListRolePolicies, GetRolePolicy", &mut asked);
    let attached = readable(parts.attached, "ListAttachedRolePolicies, GetPolicy, GetPolicyVersion", &mut asked);
    let boundary = match parts.boundary {
        Some(read) => readable(read, "GetPolicy, GetPolicyVersion (permissions boundary)", &mut asked).map(Some),
        None => Some(None),
    };
    // Without one of them, it isn't known what the role may do.
    if let (Some(inline), Some(attached), Some(boundary)) = (inline, attached, boundary) {
        let all = inline.into_iter().chain(attached);
        known.policies = Some(all.map(|(name, document)| Policy { name: Some(name), document }).collect());
        known.boundary = boundary;
        known.boundary_arn = parts.boundary_arn;
    }
    (known, asked)
}

fn readable<T>(read: Result<T, ReadError>, operations: &'static str, asked: &mut Asked) -> Option<T> {
    match as_far_as_read(read) {
        Found::Present(found) => {
            asked.push((operations, None));
            Some(found)
        }
        Found::Unreadable(why) => {
            asked.push((operations, Some(why)));
            None
        }
        Found::Missing | Found::NotConnected => None,
    }
}
