//! Commands, and the output variables and files that they leave.

use super::rule::{edit, rules};

rules! {
    XA0211 Refused "too many commands, or a command that is empty or too long",
        "An action has 1 to 50 commands of 1 to 1000 characters.",
        ["action-reference-Commands", "API_ActionDeclaration"],
        edit("/stages/1/actions/1/commands/0", "\"\"", "\"./check\""),
        aws Validation;
    XA0219 Refused "too many output variables or files, or one that is empty or too long",
        "A Commands action has 1 to 15 output variables and its artifact 1 to 10 files, of 1 to 128 characters each; where there are none, the member is left out.",
        ["API_ActionDeclaration", "API_OutputArtifact"],
        edit("/stages/1/actions/1/outputArtifacts/0/files", "[]", ""),
        aws Validation;
    XA0230 FailsWhenRun "a multi-line command",
        "Each command is a single line; multi-line formats are not supported.",
        ["action-reference-Commands"],
        edit("/stages/1/actions/1/commands/0", "\"cd src\\n./check\"", "\"cd src && ./check\"");
    XA0234 Advice "an output variable that is not a name",
        "Output variables of a job are named with `A-Z a-z 0-9 @ - _`; for those of a Commands action no pattern is documented.",
        ["API_PutJobSuccessResult", "API_ActionDeclaration"],
        edit("/stages/1/actions/1/outputVariables", "[\"$VERDICT\"]", "[\"VERDICT\"]");
}
