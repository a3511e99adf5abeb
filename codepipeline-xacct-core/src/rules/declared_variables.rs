//! The variables that a pipeline declares.

use super::rule::{edit, rules, text};

rules! {
    XA0203 Refused "too many pipeline variables",
        "A pipeline declares at most 50 variables.",
        ["limits", "API_PipelineDeclaration"],
        text("51 variables", "50 variables"),
        aws Validation;
    XA0204 Refused "a pipeline variable is declared twice",
        "Names of pipeline variables are unique.",
        ["limits"],
        edit("/variables", "[{\"name\": \"level\", \"defaultValue\": \"1\"}, {\"name\": \"level\", \"defaultValue\": \"2\"}]", "[{\"name\": \"level\", \"defaultValue\": \"1\"}]"),
        aws InvalidStructure["Variable names must be unique. The following variable name is already in use: {subject}"];
    XA0205 Refused "a default that is empty or too long",
        "The default of a pipeline variable has 1 to 1000 characters; without one every start has to pass a value.",
        ["API_PipelineVariableDeclaration"],
        edit("/variables/0/defaultValue", "\"\"", "\"1\""),
        aws Validation;
    XA0206 Refused "a description that is too long",
        "The description of a pipeline variable has at most 200 characters.",
        ["API_PipelineVariableDeclaration"],
        text("a description of 201 characters", "a description of 200 characters"),
        aws Validation;
    XA0228 Advice "a line break in the value or the description of a variable",
        "The API model gives the pattern `.*`, which a line break may not match.",
        ["API_PipelineVariableDeclaration"],
        edit("/variables/0/defaultValue", "\"1\\n2\"", "\"1\"");
}
