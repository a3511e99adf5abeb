//! Actions of other accounts.

use super::rule::{edit, rules, text};

rules! {
    XA0406 FailsWhenRun "artifacts cross accounts without a customer key",
        "An action of another account reads and writes artifacts with a customer-managed key: the key that AWS manages for S3 can't be shared. An action without artifacts, such as the start of a pipeline, needs no key.",
        ["pipelines-create-cross-account", "S3-artifact-encryption"],
        edit("/artifactStores/us-east-1/encryptionKey", "", "{\"type\": \"KMS\", \"id\": \"arn:aws:kms:us-east-1:111111111111:key/00000000-0000-0000-0000-000000000002\"}");
    XA0407 FailsWhenRun "artifacts cross accounts, and the key is not named by its ARN",
        "In another account an alias is not found, and a bare id is looked up in that account: the key is named by its ARN.",
        ["pipelines-create-cross-account"],
        edit("/artifactStores/us-east-1/encryptionKey/id", "\"alias/artifacts\"", "\"arn:aws:kms:us-east-1:111111111111:key/00000000-0000-0000-0000-000000000002\"");
    XA0409 FailsWhenRun "an artifact passed between two foreign accounts",
        "An action reads artifacts that were made in the account of the pipeline or in its own account; what a second account made can't be read in a third.",
        ["pipelines-create-cross-account"],
        edit("/stages/1/actions/0/roleArn", "\"arn:aws:iam::333333333333:role/builder\"", "\"arn:aws:iam::222222222222:role/builder\"");
    XA0411 Refused "something in another partition",
        "An account lives in one partition (`aws`, `aws-cn`, `aws-us-gov`); so do the roles, Regions, keys and resources of its pipelines.",
        ["pipelines-create-cross-account", "IAM User Guide, cross-account policy evaluation"],
        edit("/stages/2/actions/2/roleArn", "\"arn:aws-cn:iam::333333333333:role/acceptance-invoker\"", "\"arn:aws:iam::333333333333:role/acceptance-invoker\""),
        aws InvalidStructure;
    XA0412 FailsWhenRun "a Jenkins action with a role of another account",
        "Jenkins actions can't be used across accounts.",
        ["pipelines-create-cross-account"],
        text("a Custom/Jenkins action with a `roleArn` of another account", "the same action without `roleArn`"),
        // Without the role nothing crosses accounts.
        hides [XA0406, XA0407];
    XA0413 Advice "a role on an action whose owner is not AWS",
        "Workers of third-party and custom actions bring their own credentials; what a role does there is not documented, and CDK refuses it.",
        ["action-requirements"],
        text("a Custom action with a `roleArn`", "the same action without `roleArn`");
    XA0617 FailsWhenRun "a role in the configuration lives in another account than the action",
        "The RoleArn of CloudFormation and the ServiceRoleArnOverride of CodeBuild live in the account in which the action runs: that of its role, or that of the pipeline. Roles can't be passed across accounts.",
        ["action-reference-CloudFormation", "action-reference-CodeBuild"],
        edit("/stages/2/actions/1/configuration/RoleArn", "\"arn:aws:iam::333333333333:role/shop-stack\"", "\"arn:aws:iam::222222222222:role/shop-stack\"");
}
