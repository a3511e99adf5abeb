//! Members that have one of a few words.

use super::rule::{edit, rules};

rules! {
    XA0224 Refused "a word that is not among those allowed",
        "Execution mode, pipeline type, results, retry mode and the type of an environment variable are enumerations, in capital letters.",
        ["API_PipelineDeclaration", "API_FailureConditions", "API_EnvironmentVariable"],
        edit("/executionMode", "\"Queued\"", "\"QUEUED\""),
        // A misspelt RETRY is not a different result.
        hides [XA0114],
        aws Validation;
    XA0226 Refused "a blocker of the wrong kind",
        "A blocker has a name of 1 to 100 characters and the type Schedule.",
        ["API_BlockerDeclaration"],
        edit("/stages/1/blockers", "[{\"name\": \"stop\", \"type\": \"Manual\"}]", "[{\"name\": \"stop\", \"type\": \"Schedule\"}]"),
        aws Validation;
}
