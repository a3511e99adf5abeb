//! Names, Regions and the ARNs of roles.

use super::rule::{edit, rules};

rules! {
    XA0201 Refused "a name that doesn't fit its pattern",
        "Names of pipelines, stages, actions and rules are 1 to 100 characters out of `A-Z a-z 0-9 . @ - _`; artifact names out of `A-Z a-z 0-9 _ -`; namespaces out of `A-Z a-z 0-9 @ - _`; variable names are the same, with up to 128 characters; Regions look like `eu-west-1`.",
        ["limits", "API_PipelineDeclaration", "API_ActionDeclaration"],
        edit("/stages/1/name", "\"Build it\"", "\"Build\""),
        // A malformed Region is not judged as another Region.
        hides [XA0404, XA0405, XA0410, XA0717],
        unless_unread Name,
        aws Validation;
    XA0217 Refused "an ARN as the name of a pipeline",
        "The name of a pipeline is bare; account and Region are given elsewhere.",
        ["API_PipelineDeclaration"],
        edit("/name", "\"arn:aws:codepipeline:eu-west-1:111111111111:release\"", "\"release\""),
        aws Validation;
    XA0220 Refused "an invalid role ARN",
        "A role is named by its ARN, `arn:aws:iam::<account id>:role/<path><name>`, of at most 1024 characters.",
        ["API_PipelineDeclaration", "API_ActionDeclaration"],
        edit("/roleArn", "\"release-service\"", "\"arn:aws:iam::111111111111:role/release-service\""),
        // An invalid role ARN has no account. Which error AWS reports depends on where the role is used.
        hides [XA0406, XA0407, XA0411, XA0412, XA0413, XA0717, XA0901];
    XA0225 Refused "a provider or a version that doesn't fit its pattern",
        "A provider has 1 to 35 and a version 1 to 9 characters out of `0-9 A-Z a-z _ -`.",
        ["API_ActionTypeId", "API_RuleTypeId"],
        edit("/stages/1/actions/0/actionTypeId/version", "\"1.0\"", "\"1\""),
        // A provider whose name doesn't fit is not looked up.
        hides [XA1109, XA1110],
        aws Validation;
    XA0229 Advice "a reference where none is documented",
        "`#{…}` is described for the configuration of actions only, not for roles and Regions.",
        ["reference-variables"],
        edit("/stages/1/actions/0/roleArn", "\"arn:aws:iam::111111111111:role/#{variables.level}\"", "\"arn:aws:iam::111111111111:role/builder\"");
}
