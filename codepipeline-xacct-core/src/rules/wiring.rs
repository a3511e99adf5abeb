//! Roles, trust and permissions between a pipeline and what it starts.

use super::rule::{rules, text};

rules! {
    XA0901 Refused "the service role lives in another account than its pipeline",
        "The service role lives in the account of the pipeline: roles can't be passed across accounts.",
        ["pipelines-create-service-role", "IAM User Guide, granting a user permissions to pass a role"],
        text("pipeline Release in Tooling { service_role: existing(\"arn:aws:iam::222222222222:role/release\"), … }", "pipeline Release in Tooling { service_role: existing(\"arn:aws:iam::111111111111:role/release\"), … }");
    XA0902 FailsWhenRun "the start of a pipeline in another account has no role",
        "An action is looked up in the account of its role, without one in the account of the pipeline: to start a pipeline elsewhere the action needs a role there.",
        ["action-reference-PipelineInvoke", "pipelines-create-cross-account"],
        text("invoke \"deploy\": Deploy { }", "invoke \"deploy\": Deploy { role: DeployInvoker }");
    XA0903 FailsWhenRun "the action role lives in another account than the target",
        "An action is looked up in the account of its role.",
        ["action-reference-PipelineInvoke", "pipelines-create-cross-account"],
        text("role DeployInvoker in Audit { … }", "role DeployInvoker in Prod { … }");
    XA0904 Refused "the action role does not trust the service role",
        "The service role assumes the action role; the trust policy of the action role has to allow it.",
        ["pipelines-create-cross-account"],
        text("role DeployInvoker in Prod { trusts: [Audit], … }", "role DeployInvoker in Prod { trusts: [Tooling], … }"),
        // A role that trusts nobody also doesn't trust the service role.
        hides_anywhere [XA0910];
    XA0905 FailsWhenRun "the action role may not start the target",
        "The role that runs the action needs `codepipeline:StartPipelineExecution` on the ARN of the target.",
        ["action-reference-PipelineInvoke"],
        text("role DeployInvoker in Prod { starts: [Other], … }", "role DeployInvoker in Prod { starts: [Deploy], … }");
    XA0906 FailsWhenRun "a variable is passed that the target does not declare",
        "A start passes variables that the pipeline declares.",
        ["action-reference-PipelineInvoke", "tutorials-pipeline-variables"],
        text("invoke \"deploy\": Deploy { variables: { val2: \"x\" } }", "pipeline Deploy in Prod { variables: { val2: \"none\" }, … }");
    XA0907 FailsWhenRun "a required variable of the target is not passed",
        "A start passes every variable that has no default.",
        ["tutorials-pipeline-variables"],
        text("invoke \"deploy\": Deploy { }", "invoke \"deploy\": Deploy { variables: { val1: \"x\" } }");
    XA0908 Refused "a trusted account without a pipeline that uses the role",
        "An account in `trusts` means the service roles of its pipelines that use the role, and there are none.",
        ["a rule of this library: an empty trust policy would be written"],
        text("trusts: [Tooling], and no pipeline of Tooling names the role", "trusts: [role(\"arn:aws:iam::111111111111:role/release\")]");
    XA0909 Advice "a whole account is trusted",
        "Every principal of the account that has the permission may assume the role.",
        ["pipelines-create-cross-account"],
        text("trusts: [whole_account(Tooling)]", "trusts: [Tooling]");
    XA0910 Refused "nobody may assume a role",
        "A managed role that trusts nobody has no trust policy.",
        ["IAM API Reference, CreateRole"],
        text("role DeployInvoker in Prod { trusts: [] }", "role DeployInvoker in Prod { trusts: [Tooling] }");
    XA0911 Advice "the permissions of an action are not known",
        "The permissions of the action are not documented exactly enough to grant them, so the managed role gets none for it.",
        ["how-to-custom-role"],
        text("an ElasticBeanstalk action, whose page grants all actions of eleven services", "`policies:` of the role with what the application needs");
    XA0922 Advice "a resource that is only known when the action runs",
        "A reference or a task definition names the resource, so no statement can be derived, and a grant on everything would be too much.",
        ["how-to-custom-role"],
        text("function_name: \"#{Source.Function}\"", "`policies:` of the role with the functions that it may name");
    XA0930 FailsWhenRun "the role of an action that waits may not read the runs of the target",
        "The action that waits lists the executions of the target and reads them, with the role of its invoke.",
        ["API_ListPipelineExecutions", "API_GetPipelineExecution"],
        text("extern role DeployInvoker in Prod { policies: [ … StartPipelineExecution … ] }", "the same with `codepipeline:GetPipelineExecution` and `codepipeline:ListPipelineExecutions` on the target");
    XA1013 Refused "a hop is denied",
        "The policies in the accounts, together with what the plan writes, don't authorize the start.",
        ["pipelines-create-cross-account"],
        text("a role that trusts `A:root` with `sts:ExternalId`", "a role that trusts the service role");
    XA1014 Advice "it is not known whether a hop is authorized",
        "A document or a condition key isn't known, so the hop is neither proven nor refused.",
        ["pipelines-create-cross-account"],
        text("a role in an account that the plan may not read", "a client for that account");
    XA1307 Advice "a whole account is trusted without a condition",
        "With the root of an account as principal, every principal of the account that has the permission may assume the role.",
        ["IAM User Guide, AWS JSON policy elements: Principal"],
        text("\"Principal\": {\"AWS\": \"arn:aws:iam::111111111111:root\"}", "the same with \"Condition\": {\"ArnEquals\": {\"aws:PrincipalArn\": \"arn:aws:iam::111111111111:role/release-service\"}}");
    XA1308 Advice "everyone is trusted",
        "With `*` as principal, every principal of every account that has the permission may assume the role, unless a condition narrows it.",
        ["IAM User Guide, AWS JSON policy elements: Principal"],
        text("\"Principal\": {\"AWS\": \"*\"}", "\"Principal\": {\"AWS\": \"arn:aws:iam::111111111111:role/release-service\"}");
    XA1309 Advice "a grant that covers more than is needed",
        "A resource with wildcards also allows other roles to be assumed or other pipelines to be started.",
        ["IAM User Guide, Security best practices: least privilege"],
        text("\"Action\": \"sts:AssumeRole\", \"Resource\": \"*\"", "\"Action\": \"sts:AssumeRole\", \"Resource\": \"arn:aws:iam::222222222222:role/DeployInvoker\"");
    XA1310 Advice "a grant to a role that is gone",
        "IAM stores a role as its id, and shows the id once the role is deleted. A new role of the same name has another id, so the grant stays dead until the document is saved again with the ARN.",
        ["IAM User Guide, AWS JSON policy elements: Principal"],
        text("\"Principal\": {\"AWS\": \"AROAEXAMPLEABCDEFGHIJ\"}", "\"Principal\": {\"AWS\": \"arn:aws:iam::111111111111:role/release-service\"}");
    XA1311 Advice "the verdict depends on keys that CodePipeline is not documented to send",
        "The documentation does not say that CodePipeline sends `aws:SourceArn` and `aws:SourceAccount` when it assumes a service role.",
        ["IAM User Guide, The confused deputy problem"],
        text("a service role whose trust demands `aws:SourceArn`", "a trial run, or the trust without the condition");
}
