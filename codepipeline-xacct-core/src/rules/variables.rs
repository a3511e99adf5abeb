//! Namespaces and references.

use super::rule::{edit, rules, text};

rules! {
    XA0501 Refused "a reserved namespace",
        "`variables` and `codepipeline` can't be the namespace of an action.",
        ["reference-variables"],
        edit("/stages/1/actions/0/namespace", "\"codepipeline\"", "\"Build\""),
        // Who reads this namespace means this action.
        hides_anywhere [XA0505, XA0516],
        aws InvalidActionDeclaration;
    XA0502 Refused "a namespace is used twice",
        "Namespaces are unique in the pipeline.",
        ["reference-variables", "https://github.com/aws/aws-cdk/issues/6111 (error text of the service)"],
        edit("/stages/1/actions/0/namespace", "\"Source\"", "\"Build\""),
        hides_anywhere [XA0505],
        aws InvalidActionDeclaration["Namespaces must be unique across the pipeline definition. The following occur more than once in the pipeline. StageName=[{stage}], ActionName=[{action}], Namespace=[{subject}]"];
    XA0503 Refused "a pipeline variable in a source action",
        "Pipeline variables can't be used in source actions.",
        ["actions-variables"],
        edit("/stages/0/actions/0/configuration/BranchName", "\"#{variables.level}\"", "\"main\""),
        aws InvalidStructure["Variables at the pipeline level cannot be used in source actions. StageName=[{stage}], ActionName=[{action}], ActionConfigurationKey=[{key}], VariableReferenceText=[{subject}]"];
    XA0504 Refused "a pipeline variable that is not declared",
        "`#{variables.NAME}` names a variable of the pipeline; letter case matters.",
        ["reference-variables", "actions-variables"],
        edit("/stages/1/actions/1/environmentVariables/0/value", "\"#{variables.Level}\"", "\"#{variables.level}\""),
        unless_unread Variables,
        aws InvalidStructure["The referenced variables haven't been declared."];
    XA0505 Refused "a namespace that no action has",
        "`#{namespace.key}` names the namespace of an action; letter case matters.",
        ["reference-variables"],
        edit("/stages/1/actions/1/commands/0", "\"./check #{source.CommitId}\"", "\"./check #{Source.CommitId}\""),
        unless_unread Namespaces,
        aws InvalidActionDeclaration["Valid format for a pipeline execution variable reference is a namespace and a key separated by a period (.). The following pipeline execution variables are referencing a namespace that does not exist. StageName=[{stage}], ActionName=[{action}], ActionConfigurationKey=[{key}], VariableReferenceText=[{subject}]"];
    XA0506 Refused "a variable of an action that has not run yet",
        "A variable is read in a later stage, or in the same stage by an action with a higher `runOrder`.",
        ["reference-variables"],
        edit("/stages/1/actions/0/configuration/ProjectName", "\"#{Check.VERDICT}\"", "\"compile\""),
        unless_unread RunOrders,
        aws InvalidActionDeclaration;
    XA0507 Advice "an output variable that is not documented",
        "The page of the provider lists the output variables; pages have lagged behind the service. Runs that a `pullRequest` trigger starts have some more.",
        ["reference-variables", "https://github.com/aws/aws-cdk/issues/31000 (variables of pull requests)"],
        edit("/stages/1/actions/1/commands/0", "\"./check #{Source.AuthorId}\"", "\"./check #{Source.CommitId}\"");
    XA0508 Refused "a namespace with the name of an artifact",
        "A namespace is not the name of an artifact.",
        ["reference-variables"],
        edit("/stages/1/actions/0/namespace", "\"Built\"", "\"Build\""),
        // Who reads this namespace means this action.
        hides_anywhere [XA0505, XA0516],
        aws InvalidActionDeclaration;
    XA0509 FailsWhenRun "a misspelt variable of the pipeline's execution",
        "`#{codepipeline.PipelineExecutionId}` is the only documented variable of the reserved namespace.",
        ["reference-variables"],
        edit("/stages/1/actions/1/commands/0", "\"./check #{codepipeline.PipelineExecutionID}\"", "\"./check #{codepipeline.PipelineExecutionId}\"");
    XA0510 Advice "a variable of the reserved namespace that is not documented",
        "`#{codepipeline.PipelineExecutionId}` is the only documented variable of the reserved namespace.",
        ["reference-variables"],
        edit("/stages/1/actions/1/commands/0", "\"./check #{codepipeline.StageName}\"", "\"./check #{codepipeline.PipelineExecutionId}\"");
    XA0511 Refused "a reference without a namespace",
        "A reference is a namespace and a key with a period between them: `#{namespace.key}`.",
        ["reference-variables", "https://github.com/hashicorp/terraform/issues/12176 (error text of the service)"],
        edit("/stages/1/actions/0/configuration/ProjectName", "\"#{level}\"", "\"#{variables.level}\""),
        aws InvalidActionDeclaration;
    XA0512 Advice "a free text inside of JSON",
        "References are replaced as text: quotes and line breaks of a commit message or of a title break the JSON that they are put into.",
        ["reference-variables"],
        edit("/stages/2/actions/2/configuration/Variables", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"#{Source.CommitMessage}\\\"}]\"", "\"[{\\\"name\\\":\\\"commit\\\",\\\"value\\\":\\\"#{Source.CommitId}\\\"}]\"");
    XA0513 Advice "an output variable that the action doesn't export",
        "A Commands action exports the environment variables that its `outputVariables` name.",
        ["action-reference-Commands"],
        text("#{Check.RESULT} of an action with outputVariables [VERDICT]", "#{Check.VERDICT}");
    XA0514 FailsWhenRun "a misspelt output variable",
        "The provider makes no such output variable, but one that is nearly the same; letter case matters.",
        ["reference-variables"],
        edit("/stages/1/actions/1/commands/0", "\"./check #{Source.CommitID}\"", "\"./check #{Source.CommitId}\"");
    XA0515 Advice "a reference in a rule that would not resolve",
        "References are described for the `Variable` of a VariableCheck rule only; that they are replaced elsewhere in rules is an inference.",
        ["rule-reference-VariableCheck", "reference-variables"],
        edit("/stages/2/beforeEntry/conditions/0/rules/0/configuration/Value", "\"#{Nobody.X}\"", "\"good\""),
        unless_unread Namespaces;
    XA0516 FailsWhenRun "a rule of a stage reads what is not there",
        "The `Variable` of a VariableCheck is a reference to a variable of the pipeline, or to one of an action that has run. That this is looked at when the pipeline is saved is not documented.",
        ["rule-reference-VariableCheck", "reference-variables"],
        edit("/stages/2/beforeEntry/conditions/0/rules/0/configuration/Variable", "\"#{Chek.VERDICT}\"", "\"#{Check.VERDICT}\""),
        unless_unread References;
    XA0517 Advice "`${…}` around a variable of the pipeline",
        "CodePipeline replaces `#{namespace.key}`; `${namespace.key}` stays text.",
        ["reference-variables"],
        edit("/stages/1/actions/1/commands/0", "\"./check ${Source.CommitId}\"", "\"./check #{Source.CommitId}\"");
    XA0524 FailsWhenRun "a variable of the pipeline in other braces",
        "CodePipeline replaces `#{namespace.key}`; the action gets `${namespace.key}` and `#(namespace.key)` as they stand. In a command they may be meant for another program.",
        ["reference-variables"],
        edit("/stages/2/actions/0", "{\"name\": \"tell\", \"actionTypeId\": {\"category\": \"Invoke\", \"owner\": \"AWS\", \"provider\": \"Lambda\", \"version\": \"1\"}, \"configuration\": {\"FunctionName\": \"tell\", \"UserParameters\": \"${Source.CommitId}\"}}", "{\"name\": \"tell\", \"actionTypeId\": {\"category\": \"Invoke\", \"owner\": \"AWS\", \"provider\": \"Lambda\", \"version\": \"1\"}, \"configuration\": {\"FunctionName\": \"tell\", \"UserParameters\": \"#{Source.CommitId}\"}}");
    XA0518 Advice "a reference without its end",
        "A reference is `#{namespace.key}`. What the service makes of one without its brace is not documented; it can't be replaced.",
        ["reference-variables"],
        edit("/stages/1/actions/1/environmentVariables/0/value", "\"#{variables.level\"", "\"#{variables.level}\"");
    XA0519 Advice "a dynamic reference, which only CloudFormation replaces",
        "In a template CloudFormation replaces `{{resolve:…}}`. CodePipeline does not: the action gets the text.",
        ["reference-variables", "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/dynamic-references.html"],
        edit("/stages/1/actions/1/environmentVariables/0/value", "\"{{resolve:ssm:level}}\"", "\"#{variables.level}\"");
}
