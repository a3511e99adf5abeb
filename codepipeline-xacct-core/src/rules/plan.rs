//! Rules that need data from the accounts.

use super::rule::{rules, text};

rules! {
    XA1001 Refused "an extended or extern pipeline does not exist",
        "An extended or extern pipeline exists in its account.",
        ["API_GetPipeline"],
        text("extern pipeline Deploy in Prod { name: \"deplooy\", … }", "extern pipeline Deploy in Prod { name: \"deploy\", … }");
    XA1002 Refused "an extended pipeline has no such stage",
        "An extended pipeline names stages that exist; it creates only those that it adds, next to one that exists.",
        ["a rule of this library"],
        text("stage \"Biuld\" { … }", "stage \"Build\" { … }");
    XA1003 Refused "an extended pipeline has no such action",
        "An extended pipeline names actions that exist; it creates only those that it adds.",
        ["a rule of this library"],
        text("invoke \"cc\": Deploy { … }", "invoke \"ccc\": Deploy { … }");
    XA1004 Refused "an action of an extended pipeline is of another type",
        "The keys written for an action fit its type in the account.",
        ["a rule of this library"],
        text("invoke \"build\": Deploy { … }, where `build` is a CodeBuild action", "action \"build\": CodeBuild { … }");
    XA1005 Refused "a resource belongs to another topology",
        "A resource with the tag of another topology is not written.",
        ["a rule of this library"],
        text("two programs that manage one role", "one program that manages it, `extern` in the other");
    XA1006 Refused "a resource exists that this library does not manage",
        "An existing role or pipeline without a tag of this library is only taken over when the program asks for it.",
        ["a rule of this library"],
        text("managed(\"release-service\"), which exists", ".adopt(\"arn:aws:iam::111111111111:role/release-service\")");
    XA1007 Refused "something that has to be planned can't be read",
        "A plan reads everything that it changes.",
        ["a rule of this library"],
        text("an account without permission to read roles", "iam:GetRole, iam:GetRolePolicy and what the plan lists");
    XA1008 Refused "an extended or extern role does not exist",
        "An extended or extern role exists in its account.",
        ["IAM API Reference, GetRole"],
        text("existing(\"arn:aws:iam::222222222222:role/invokr\")", "existing(\"arn:aws:iam::222222222222:role/invoker\")");
    XA1009 Refused "a role of that name has another path",
        "Role names are unique in an account, regardless of their path.",
        ["IAM API Reference, CreateRole"],
        text("managed(\"service-role/release\"), where `/release` exists", "managed(\"release\")");
    XA1011 Refused "the target does not declare a variable that is passed",
        "The variables stated for an extern pipeline are verified in its account.",
        ["tutorials-pipeline-variables"],
        text("extern pipeline Deploy { variables: { val2: \"\" } }, which has no `val2`", "extern pipeline Deploy { variables: { val1: \"\" } }");
    XA1012 Refused "the target needs a variable that is not passed",
        "The variables stated for an extern pipeline are verified in its account.",
        ["tutorials-pipeline-variables"],
        text("a target with a variable without default", "variables: { val1: \"x\" }");
    XA1015 Advice "an extern pipeline could not be read",
        "What the program states about it is assumed to be true.",
        ["API_GetPipeline"],
        text("a target in an account without a client", "a client for that account");
    XA1016 Advice "the policies of an extern role are not what is stated",
        "What a program states about an extern role is compared with the account. The hops are proven with what the account \
         holds, so a difference that they don't depend on breaks nothing; but the statement is out of date.",
        ["IAM API Reference, GetRole"],
        text("trust_policy: { … }, which was changed in the account", "trust_policy: { … }, as the account has it");
    XA1017 Refused "a role that would be deleted is still used",
        "A role that a pipeline names stays as long as the pipeline does: without it runs fail, and CodePipeline refuses every update of the \
         pipeline.",
        ["a rule of this library"],
        text("a destroy of the action role that another team's pipeline names", "the action with another role first");
    XA1018 Refused "a role that would be deleted has policies of others",
        "IAM deletes a role only once it has no policies, and policies that others wrote are not deleted.",
        ["IAM API Reference, DeleteRole"],
        text("a destroy of a role to which a policy was attached by hand", "the role without that policy first");
    XA1019 Advice "others changed what would be restored",
        "When something is restored to what it held before, what others wrote since is kept.",
        ["a rule of this library"],
        text("a destroy after the extended action was given another role", "that role is kept");
    XA1020 Advice "something is no longer in the program but still exists",
        "What carries the tag of a topology, or holds what it wrote, and is not in it is reported, and deleted on request.",
        ["a rule of this library"],
        text("a role with a new name in the program", "`prune`, which deletes the role with the old name");
    XA1021 Advice "resources that are no longer in the program could not be searched for",
        "Resources that are no longer in the program are found by listing roles with their tags and inline policies, and pipelines with their tags.",
        ["IAM API Reference, ListRoles", "API_ListPipelines"],
        text("credentials that may not list roles", "iam:ListRoles, iam:ListRoleTags, iam:ListRolePolicies, codepipeline:ListPipelines, codepipeline:ListTagsForResource");
    XA1022 Advice "a managed role has policies that are not declared",
        "Policies and permissions boundaries that others gave to a managed role widen or narrow what it may do. They are left alone.",
        ["IAM User Guide, access_policies"],
        text("a managed role to which AdministratorAccess was attached by hand", "the role without it, or `policies:` with what it needs");
    XA1023 Advice "runs in progress can't be listed",
        "An update of a pipeline in mode QUEUED or SUPERSEDED cancels its runs, so a plan names those that are in progress.",
        ["execution-modes", "API_ListPipelineExecutions"],
        text("credentials that may not list executions", "codepipeline:ListPipelineExecutions");
    XA1024 Advice "it is not known what would be put back",
        "An extended pipeline is restored to what it held before the topology extended it, if its tags and its history tell. What they don't tell stays, and a \
         prune or a destroy takes it out of the tags: it is not reported again.",
        ["a rule of this library"],
        text("a destroy after the tags of an extended pipeline were removed", "what was there before, put back by hand");
    XA1025 Refused "what is to be added is there already",
        "A stage or an action that others made is not taken over by a topology that adds one of the same name.",
        ["a rule of this library"],
        text("add invoke \"deploy\": Deploy { … }, where the stage has an action `deploy`", "invoke \"deploy\": Deploy { … }, which keeps the keys that are written");
    XA1026 Advice "an added stage has actions of others",
        "A stage that a topology added and no longer declares is taken out, unless others have put actions into it.",
        ["a rule of this library"],
        text("a destroy after another team put an action into the added stage", "the stage stays, with that action");
    XA1027 Advice "a secret was not compared",
        "CodePipeline shows `****` instead of a secret, so it is unknown whether it is the one of the program. It stays until the action \
         changes, or until it is written on request.",
        ["a rule of this library"],
        text("oauth_token: (token), of an action that has a token", "a plan with `.rotate_secrets()`, or `--rotate-secrets`");
    XA1031 Refused "a plan takes away what an action uses",
        "What the roles of a pipeline allow its actions before a plan, they allow them after it, also actions that the program doesn't \
         name: otherwise their runs fail, and CodePipeline refuses updates of the pipeline.",
        ["pipelines-create-cross-account"],
        text("a managed action role that another team's action runs with, and whose `trusts:` lacks the service role of that team", "trusts: [Tooling, Theirs]");
    XA1032 Advice "a plan may take away what an action uses",
        "Either it is not known whether the roles allow it now, or whether they will after the plan; or the roles will not, but a policy of the resource may, or the \
         action can do without.",
        ["pipelines-create-cross-account"],
        text("an action role in an account that the plan may not read, which the service role may no longer assume", "a client for that account");
    XA1033 Refused "what a program wrote was changed outside of it",
        "A plan with `Drift::Refuse` is only made if what a program of the topology wrote was not changed outside: a tag says what was last applied.",
        ["a rule of this library"],
        text("`--drift refuse`, after the trust policy of a managed role was edited in the console", "the edit in the program, or `--drift revert`");
    XA1034 Advice "what was changed outside of the program stays",
        "A plan with `Drift::Keep` leaves out what would undo a change made by others; as long as the program doesn't say the same, every \
         plan sees it.",
        ["a rule of this library"],
        text("`--drift keep`, after the trust policy of a managed role was edited in the console", "the edit in the program");
    XA1035 Advice "a transition is disabled",
        "Runs stop in front of a stage whose transition is disabled, until it is enabled; a plan writes nothing of it.",
        ["transitions"],
        text("a managed pipeline whose transition into `Deploy` was disabled", "aws codepipeline enable-stage-transition …");
    XA1036 Refused "a role that would be deleted may be used in an account that was not searched",
        "A role whose trust policy names another account is only deleted once the pipelines of that account were looked at. An account that is no longer \
         in the program has no credentials, but its pipelines may still run with the role.",
        ["a rule of this library"],
        text("`prune`, once the account whose pipeline assumes the role is no longer in the program", "`--profile 111111111111=…`, or `--not-used-in 111111111111`");
    XA1038 Refused "a plan can't be made of some items",
        "A plan of some items is about roles and pipelines of the topology. What is no longer in the program is not among them, and a topology is destroyed \
         and renamed as a whole.",
        ["a rule of this library"],
        text("a plan to destroy, of the pipeline `Release` alone", "`prune`, once `Release` is out of the program");
    XA1041 Advice "something can't be put back as it was",
        "A recreated role has a new id, a recreated pipeline has no history and no runs, and AWS returns no secrets. \
         What can't be put back whole is left as it is.",
        ["IAM User Guide, reference_identifiers", "API_CreatePipeline", "API_GetPipeline"],
        text("a restore of a deleted pipeline with a token in it", "the pipeline applied again by the program, which has the token");
    XA1042 Advice "a fix is no step of the plan",
        "A plan of fixes writes trust policies, inline policies and pipelines. What a topology manages its program writes, and attached policies, \
         transitions, and policies of buckets and keys are not written by plans.",
        ["a rule of this library"],
        text("a plan of the fixes for a pipeline with a disabled transition", "aws codepipeline enable-stage-transition …");
    XA1043 Advice "which values of custom actions are secret is not known",
        "An account lists the action types that it made, and says which of their keys are secret. Where a plan may not ask, it shows and saves none of \
         the values that the program configures of such actions, unless the account shows them.",
        ["API_ListActionTypes"],
        text("an action of owner Custom, planned by a role without `codepipeline:ListActionTypes`", "the permission");
    XA1050 Advice "what a topology added is taken out of a pipeline",
        "What the marks of a topology say that it added to an extended pipeline, and the program doesn't have, is taken out by a prune and a destroy; a \
         variable that an action of the program no longer passes by every plan. To each of two programs with one topology name, what the other added looks like \
         that.",
        ["a rule of this library"],
        text("a prune of two programs that both build a topology `release`, and add a stage each to one pipeline", "a topology name for each program");
    XA1051 Advice "what isn't the topology's is not deleted",
        "A destroy deletes what carries the tag of the topology. A role or a pipeline of the program that carries another one, or none, stays. So does what \
         the topology wrote into an extended pipeline that another topology manages by now.",
        ["a rule of this library"],
        text("a destroy after a role was given to another topology", "the role stays, and belongs to that topology");
    XA1053 Refused "what a topology added to a pipeline is no longer in the program",
        "A stage or an action that the marks of a topology say that it added to an extended pipeline, and the program doesn't have, is only taken out on request, by \
         a prune or a destroy: without the program, it would stay without its rights. So is a variable that an action passes and its target doesn't declare. To \
         each of two programs with one topology name, what the other added looks like that.",
        ["a rule of this library"],
        text("an apply after `add stage \"Ask\" …` was removed from the program", "prune");
    XA1054 Advice "what a topology wrote over in a pipeline is no longer in the program",
        "A member of an existing stage or action that the program no longer writes stays as the program wrote it, until a prune or a destroy puts back what was \
         there before, which is in the history of the pipeline. Tags of the pipeline say what the topology wrote: what others changed since stays.",
        ["API_GetPipeline"],
        text("an apply after `run_order: 3` was taken out of an action of an extended pipeline", "prune");
    XA1055 Advice "there is no room for what a topology wrote into a pipeline",
        "Tags of an extended pipeline have a digest of each member that a program writes, or where these are too many, of each action that it adds. A pipeline \
         has 50 tags, and eight of them are used for that at most. Without them, what others changed is overwritten as what the program changed, and \
         a prune can't put back what was there before.",
        ["API_TagResource"],
        text("an extended pipeline with 48 tags", "the pipeline without tags that nobody needs");
    XA1056 Advice "an entry that a topology added to a pipeline is no longer in the program",
        "A variable, a trigger or an artifact store that the topology added to an extended pipeline, and a variable that an action passes which the program \
         no longer names, stay until a prune or a destroy. To each of two programs with one topology name, what the other added looks like that.",
        ["a rule of this library"],
        text("an apply after `variables: { version: \"1\" }` was removed from the program", "prune");
    XA1057 Advice "a pipeline is as declared, and unmanaged",
        "A pipeline without a tag of this library is not written unless the program takes it over. While it is as the program declares, there is nothing to do; \
         as soon as it isn't, the plan is refused (XA1006).",
        ["a rule of this library"],
        text("a program made by `cargo xacct import`", ".adopt(\"arn:aws:codepipeline:eu-west-1:111111111111:release\")");
    XA1064 Refused "inline policies of a role that IAM refuses",
        "All inline policies of a role together have a maximum size, white space not counted, which can't be raised. A plan that would write more is refused \
         before anything is written.",
        ["IAM User Guide, IAM and AWS STS quotas"],
        text("a service role with action roles in 200 accounts", "a pipeline with a service role of its own for each half of them");
}
