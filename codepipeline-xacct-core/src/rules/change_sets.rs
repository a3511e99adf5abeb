//! Change sets of stacks.

use super::rule::{rules, text};

rules! {
    XA0628 Advice "a change set that no action makes",
        "The action that executes a change set names the one that an earlier action made for the stack.",
        ["action-reference-CloudFormation"],
        text("change_set_name: \"relase\" behind an action that makes the change set `release` of the stack", "change_set_name: \"release\"");
}
