//! Accounts, roles and pipelines that belong together.

use super::rule::{rules, text};

rules! {
    XA0912 Refused "an invalid topology name",
        "The name of a topology has 1 to 64 characters out of `A-Z a-z 0-9 -`; it marks what the topology owns.",
        ["a rule of this library: the name is a part of policy names and tags"],
        text("Topology::builder(\"my topology\")", "Topology::builder(\"my-topology\")");
    XA0913 Refused "a pipeline with parameters is started, but was not added",
        "A pipeline with parameters is made by the program; an item that only names it can't add it.",
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
    XA0916 Refused "two roles have the same name in IAM",
        "IAM keeps role names unique in an account, whatever their path and letter case.",
        ["IAM API Reference, CreateRole"],
        text("managed(\"a/deploy\") and managed(\"b/Deploy\")", "managed(\"a/deploy\") and managed(\"b/deploy-eu\")");
    XA0917 Refused "a Region or a role in a partition other than the account's",
        "The accounts, Regions and ARNs of one link are in one partition.",
        ["IAM User Guide, ARNs"],
        text("account China = \"222222222222\"; pipeline P in China { region: \"cn-north-1\" }", "account China = \"222222222222\" { partition: \"aws-cn\" }");
    XA0918 Refused "a pipeline without a service role",
        "Every pipeline has a service role.",
        ["API_PipelineDeclaration"],
        text("pipeline Release in Tooling { name: \"release\", … }", "pipeline Release in Tooling { name: \"release\", service_role: managed(\"release-service\"), … }"),
        // Whom the roles trust, and who uses them, follows from the service role.
        hides_anywhere [XA0904, XA0908, XA0910, XA0911, XA0922];
    XA0919 Refused "an id, a name or an ARN that is not well-formed",
        "Account ids have 12 digits; Regions, names and ARNs have fixed forms.",
        ["API_PipelineDeclaration", "IAM User Guide, ARNs"],
        text("account Tooling = \"1111\"", "account Tooling = \"111111111111\""),
        // An action whose role has no valid ARN has a role.
        hides_anywhere [XA0902];
    XA0920 Refused "an expansion of `pipeline!` that can't be read",
        "This version of the library can't read the data that the macro wrote. This is a bug in codepipeline-xacct.",
        ["a rule of this library"],
        text("a macro and a library of different versions", "one version of both");
    XA0923 Advice "two items are the same account",
        "Two items with the same id are one account for AWS; usually one of the ids is a typo.",
        ["a rule of this library"],
        text("account Prod = \"111111111111\"; account Live = \"111111111111\";", "one item, named wherever the account is meant");
    XA0924 Refused "a description of nothing",
        "`described` belongs to the variable that was declared last; before any variable it would be lost.",
        ["a rule of this library"],
        text("pipeline::<Tooling>(…).described(\"why\").variable(\"ticket\", \"none\")", "pipeline::<Tooling>(…).variable(\"ticket\", \"none\").described(\"why\")");
    XA0925 Advice "a call of the builder that a later one replaces",
        "A key has one value: what an earlier call gave it is lost.",
        ["a rule of this library"],
        text("action::codebuild(\"build\").run_order(1).run_order(2)", "action::codebuild(\"build\").run_order(2)");
    XA0926 Refused "an addition to nothing, or of nothing",
        "What is added is declared, and goes into a pipeline that exists: an extended one.",
        ["a rule of this library"],
        text("pipeline Release in Tooling { …, add stage \"Deploy\" after \"Build\" { … } }", "extended pipeline Release in Tooling { …, add stage \"Deploy\" after \"Build\" { … } }");
    XA0927 Refused "a wait that is not a number of minutes, or too long",
        "The pipeline waits with a Commands action, which CodePipeline ends after 55 minutes: 1 to 50 minutes can be waited.",
        ["limits", "action-reference-Commands"],
        text("invoke \"deploy\": Deploy { wait: \"2 hours\" }", "invoke \"deploy\": Deploy { wait: \"45 minutes\" }");
    XA0928 Refused "the name of an action that waits is taken",
        "The action that waits has the name of its invoke with `-wait` behind it, and a name is unique in its stage.",
        ["action-requirements"],
        text("invoke \"deploy\": Deploy { wait: \"45 minutes\" }, action \"deploy-wait\": …", "invoke \"deploy\": Deploy { wait: \"45 minutes\" }, action \"deploy-check\": …");
    XA0929 Refused "an action that waits without an input artifact",
        "A Commands action takes 1 to 10 input artifacts. The one that waits takes the first artifact of a source action, which an extended pipeline has to name.",
        ["action-reference-Commands"],
        text("extended pipeline Release in Tooling { …, add stage \"Deploy\" after \"Build\" { invoke \"deploy\": Deploy { wait: \"45 minutes\" } } }", "the same with stage \"Source\" { source \"Source\": CodeCommit { output: Code } }");
    XA0931 Advice "an account is added as external",
        "`external` names a role or a pipeline that another program owns. No program owns an account, so the call does nothing.",
        ["a rule of this library"],
        text("Topology::builder(\"release\").external(shop_delivery::Tooling)", "Topology::builder(\"release\").external(shop_delivery::DeployInvoker)");
}
