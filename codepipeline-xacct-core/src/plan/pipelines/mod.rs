//! Pipelines: what has to be written for them.

pub(super) mod added_parts;
pub(super) mod additions;
pub(super) mod cancelled_runs;
pub(super) mod custom_actions;
pub(super) mod desired;
pub mod diff;
pub(super) mod entries;
pub(super) mod extend;
pub(super) mod json_texts;
pub(super) mod leaves;
pub(super) mod left_members;
pub(super) mod member_before;
pub(super) mod merge;
pub(super) mod missing_parts;
pub(super) mod passed_variables;
pub(super) mod planning;
pub(super) mod put_back;
pub(super) mod removed_additions;
pub(super) mod taken_out;
pub(super) mod transitions;
pub(super) mod unknown_members;
pub(super) mod written_members;
