//! XA09xx: accounts, roles, pipelines and their links.

use super::text;

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
        text("role DeployInvoker in Prod { trusts: [Audit], … }", "role DeployInvoker in Prod { trusts: [Tooling], … }");
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
        "An account in `trusts` stands for the service roles of those of its pipelines that use the role, and there is none.",
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
    XA0911 Advice "what an action needs is not known",
        "The permissions of the action are not documented exactly enough to grant them, so the managed role gets none for it.",
        ["how-to-custom-role"],
        text("an ElasticBeanstalk action, whose page grants everything of eleven services", "`policies:` of the role with what the application needs");
    XA0912 Refused "a text that is no name of a topology",
        "The name of a topology has 1 to 64 characters out of `A-Z a-z 0-9 -`; it marks what it owns.",
        ["a rule of this library: the name is a part of policy names and tags"],
        text("Topology::builder(\"my topology\")", "Topology::builder(\"my-topology\")");
    XA0913 Refused "a pipeline with parameters is started, and was not added",
        "A pipeline with parameters is made by the program; nobody who only names it can add it.",
        ["a rule of this library"],
        text("Topology::builder(\"release\").add(Release)", "Topology::builder(\"release\").add(Release).add(Deploy::new(&settings))");
    XA0914 Refused "two items declare one pipeline",
        "A pipeline is declared once per account, Region and name.",
        ["limits"],
        text("two pipelines of one name in one account and Region", "one of them with another name");
    XA0915 Refused "two items declare one role",
        "A role is declared once, as an item or where it is used.",
        ["a rule of this library: two owners would overwrite each other"],
        text("role Invoker in Prod { name: \"invoker\" } and managed(\"invoker\")", "role Invoker in Prod { name: \"invoker\" } and role: Invoker");
    XA0916 Refused "two roles have one name for IAM",
        "IAM keeps role names unique in an account, whatever their path and letter case.",
        ["IAM API Reference, CreateRole"],
        text("managed(\"a/deploy\") and managed(\"b/Deploy\")", "managed(\"a/deploy\") and managed(\"b/deploy-eu\")");
    XA0917 Refused "a Region or a role of another partition than the account's",
        "Accounts, Regions and ARNs of one link are of one partition.",
        ["IAM User Guide, ARNs"],
        text("account China = \"222222222222\"; pipeline P in China { region: \"cn-north-1\" }", "account China = \"222222222222\" { partition: \"aws-cn\" }");
    XA0918 Refused "a pipeline without a service role",
        "Every pipeline has a service role.",
        ["API_PipelineDeclaration"],
        text("pipeline Release in Tooling { name: \"release\", … }", "pipeline Release in Tooling { name: \"release\", service_role: managed(\"release-service\"), … }");
    XA0919 Refused "an id, a name or an ARN that is not well-formed",
        "Account ids have 12 digits; Regions, names and ARNs have fixed forms.",
        ["API_PipelineDeclaration", "IAM User Guide, ARNs"],
        text("account Tooling = \"1111\"", "account Tooling = \"111111111111\"");
    XA0920 Refused "an expansion of `pipeline!` that can't be read",
        "The data that the macro wrote is not what the library of this version reads. This is a fault of codepipeline-xacct.",
        ["a rule of this library"],
        text("a macro and a library of different versions", "one version of both");
    XA0921 Refused "a tag that AWS refuses",
        "A resource has at most 50 tags (48 beside the two of this library), with keys of 1 to 128 and values of up to 256 characters, not beginning with `aws:`, not ending with a space.",
        ["limits", "IAM User Guide, tagging IAM resources"],
        text("tags: { \"aws:team\": \"x\" }", "tags: { team: \"x\" }");
    XA0922 Advice "a resource that is only known when the action runs",
        "A reference or a task definition names the resource, so no statement can be derived, and everything would be too much.",
        ["how-to-custom-role"],
        text("function_name: \"#{Source.Function}\"", "`policies:` of the role with the functions that it may be");
    XA0923 Advice "two items stand for one account",
        "An account is an item of its own. Two with one id are one account for AWS; mostly one of the ids is a slip.",
        ["a rule of this library"],
        text("account Prod = \"111111111111\"; account Live = \"111111111111\";", "one item, named wherever the account is meant");
}
