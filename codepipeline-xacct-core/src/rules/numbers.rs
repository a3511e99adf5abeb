//! Numbers: the version of a pipeline, and timeouts.

use super::rule::{edit, rules};

rules! {
    XA0215 Refused "a timeout on an action that is not an approval",
        "Only a manual approval has `timeoutInMinutes`.",
        ["API_ActionDeclaration", "limits"],
        edit("/stages/1/actions/0/timeoutInMinutes", "60", ""),
        unless_unread ActionType,
        aws Validation;
    XA0216 Refused "a timeout out of range",
        "The timeout of a manual approval is 5 to 86400 minutes.",
        ["API_ActionDeclaration", "limits"],
        edit("/stages/2/actions/0/timeoutInMinutes", "4", "60"),
        aws Validation;
    XA0231 Refused "a version below 1",
        "The service numbers the versions of a pipeline from 1.",
        ["API_PipelineDeclaration"],
        edit("/version", "0", "3"),
        aws Validation;
}
