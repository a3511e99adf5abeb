//! The environment variables of an action.

use super::rule::{edit, rules};

rules! {
    XA0212 Refused "too few or too many environment variables",
        "An action has 1 to 10 environment variables; where there are none, the member is left out.",
        ["API_ActionDeclaration"],
        edit("/stages/1/actions/1/environmentVariables", "[]", ""),
        aws Validation;
    XA0213 Refused "an invalid name of an environment variable",
        "The name of an environment variable has 1 to 128 characters out of `A-Z a-z 0-9 _`.",
        ["API_EnvironmentVariable"],
        edit("/stages/1/actions/1/environmentVariables/0/name", "\"LOG-LEVEL\"", "\"LOG_LEVEL\""),
        aws Validation;
    XA0214 Refused "an environment variable that is empty or too long",
        "The value of an environment variable has 1 to 2000 characters.",
        ["API_EnvironmentVariable"],
        edit("/stages/1/actions/1/environmentVariables/0/value", "\"\"", "\"1\""),
        aws Validation;
}
