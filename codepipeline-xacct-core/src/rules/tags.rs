//! Tags of roles and pipelines.

use super::rule::{rules, text};

rules! {
    XA0921 Refused "a tag that AWS refuses",
        "A resource has at most 50 tags (45 in addition to those of this library), with keys of 1 to 128 and values of up to 256 characters, not beginning with `aws:`, not ending with a space. Those of a role are letters, digits, spaces and `_.:/=+-@`.",
        ["limits", "IAM User Guide, tagging IAM resources"],
        text("tags: { \"aws:team\": \"x\" }", "tags: { team: \"x\" }");
}
