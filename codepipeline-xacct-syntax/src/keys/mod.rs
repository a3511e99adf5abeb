//! The keys of `pipeline!`: which keys each construct takes, the member of the API behind each key, the kind of its value, and a
//! line of documentation. Keys of providers are not here; they are in `core::catalogue`.
//!
//! The macro, the items for editors, the reference and a printer of declarations all read this one table.

mod members;
mod replacements;
mod row;
mod tables;
mod word_lists;

pub use members::{Written, is_key, of_place, takes_one_text, written};
pub use replacements::{Replacement, replacement};
pub use row::{ApiMember, Construct, DslKey, ValueKind, WordList, is_same_word};
pub use tables::{
    ACCOUNT, ACTION, APPROVAL_ACTION, BUCKET, COMPUTE_ACTION, COMPUTE_RULE, CONSTRUCTS, EXTENDED_PIPELINE,
    EXTENDED_ROLE, EXTERN_PIPELINE, EXTERN_ROLE, INVOKE, PATTERNS, PIPELINE, PROVIDER_CONSTRUCTS, PULL_REQUEST, PUSH,
    ROLE, RULE, STAGE, TRIGGER, UNKNOWN_ACTION, UNKNOWN_RULE, VARIABLE, extra_of_action, extra_of_rule, rows,
    takes_names, takes_rust_values, takes_texts,
};
pub use word_lists::{
    BEFORE_ENTRY, EVENTS, EXECUTION_MODE, FOLLOW, ON_FAILURE, ON_SUCCESS, PIPELINE_TYPE, POLICY_DOCUMENT,
    POLICY_STATEMENT, RETRY_MODE, REVISION_TYPE, WORD_LISTS, clauses_of,
};
