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
        hides [XA0406, XA0407, XA0416, XA0417];
    XA0413 Refused "a role on an action whose owner is not AWS",
        "Workers of third-party and custom actions bring their own credentials, and such actions have no role.",
        ["action-requirements", "https://github.com/awslabs/aws-refarch-cross-account-pipeline/issues/7 (error text of the service)"],
        text("a Custom action with a `roleArn`", "the same action without `roleArn`"),
        // Without the role nothing crosses accounts.
        hides [XA0406, XA0407, XA0416, XA0417],
        aws InvalidActionDeclaration ["Role ARN is not supported for actions with owner other than 'AWS'"];
    XA0416 Advice "an action of another account, and a key that is named by an alias",
        "The API Reference says that an alias is recognized only in the account of the key; pipelines have been in use that name the key of their artifacts by the ARN of one. The same goes for the key of an S3 deployment.",
        ["pipelines-create-cross-account", "API_EncryptionKey", "action-reference-S3Deploy"],
        edit("/artifactStores/us-east-1/encryptionKey/id", "\"arn:aws:kms:us-east-1:111111111111:alias/artifacts\"", "\"arn:aws:kms:us-east-1:111111111111:key/00000000-0000-0000-0000-000000000002\"");
    XA0417 Advice "an artifact that no action reads crosses accounts without a customer key",
        "Another account can't write to a bucket that is encrypted with the AWS managed key. It is not certain that an artifact that no action reads is written.",
        ["pipelines-create-cross-account", "S3-artifact-encryption"],
        text("an action with a role of another account, whose output artifact is not an input of any action", "the action without the output artifact");
    XA0617 FailsWhenRun "what the configuration names lives in another account than the action",
        "The roles that CloudFormation and CodeBuild are given, and a state machine, live in the account in which the action runs: that of its role, or that of the pipeline. Roles can't be passed across accounts, and a state machine has no policy of its own that could let in another account.",
        ["action-reference-CloudFormation", "action-reference-CodeBuild", "action-reference-StackSets", "action-reference-StepFunctions", "Step Functions Developer Guide, cross-account access"],
        edit("/stages/2/actions/1/configuration/RoleArn", "\"arn:aws:iam::333333333333:role/shop-stack\"", "\"arn:aws:iam::222222222222:role/shop-stack\"");
    XA0626 Advice "what the configuration names lives in another account, which has to share it",
        "A topic, a connection or a device pool of another account than that in which the action runs can be used only where its own policy or a share lets that account in.",
        ["action-reference-CodestarConnectionSource", "approvals-action-add"],
        edit("/stages/2/actions/0/configuration", "{\"NotificationArn\": \"arn:aws:sns:eu-west-1:222222222222:approvals\"}", "{\"NotificationArn\": \"arn:aws:sns:eu-west-1:111111111111:approvals\"}");
    XA0627 Advice "what the configuration names lies in another Region than that of the action",
        "The action calls the service in its own Region: that of its `region`, or that of the pipeline.",
        ["action-reference-StepFunctions", "actions-create-cross-region"],
        edit("/stages/2/actions/0", "{\"name\": \"run\", \"actionTypeId\": {\"category\": \"Invoke\", \"owner\": \"AWS\", \"provider\": \"StepFunctions\", \"version\": \"1\"}, \"configuration\": {\"StateMachineArn\": \"arn:aws:states:us-east-1:111111111111:stateMachine:run\"}}", "{\"name\": \"run\", \"actionTypeId\": {\"category\": \"Invoke\", \"owner\": \"AWS\", \"provider\": \"StepFunctions\", \"version\": \"1\"}, \"configuration\": {\"StateMachineArn\": \"arn:aws:states:us-east-1:111111111111:stateMachine:run\"}, \"region\": \"us-east-1\"}");
}
