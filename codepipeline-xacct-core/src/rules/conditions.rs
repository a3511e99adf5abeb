//! Conditions of stages, and their rules.

use super::rule::{edit, rules};

rules! {
    XA1101 Refused "a result that a condition of `onFailure` can't have",
        "The result of an `onFailure` condition is ROLLBACK.",
        ["stage-conditions"],
        edit("/stages/2/onFailure/conditions/0/result", "\"SKIP\"", "\"ROLLBACK\""),
        aws InvalidStructure;
    XA1102 Advice "RETRY as the result of a condition of `onFailure`",
        "The guide lists only ROLLBACK and says that a retry can't be combined with conditions; the CloudFormation schema has RETRY too.",
        ["stage-conditions", "stage-retry"],
        edit("/stages/2/onFailure/conditions/0/result", "\"RETRY\"", "\"ROLLBACK\"");
    XA1103 Refused "a result that a condition of `onSuccess` can't have",
        "The result of an `onSuccess` condition is ROLLBACK or FAIL.",
        ["stage-conditions"],
        edit("/stages/2/onSuccess/conditions/0/result", "\"SKIP\"", "\"FAIL\""),
        aws InvalidStructure;
    XA1104 Refused "a result that a condition of `beforeEntry` can't have",
        "The result of a `beforeEntry` condition is FAIL or SKIP.",
        ["stage-conditions"],
        edit("/stages/2/beforeEntry/conditions/0/result", "\"ROLLBACK\"", "\"SKIP\""),
        aws InvalidStructure;
    XA1105 Refused "a rule that can't skip the stage",
        "The result SKIP works with the rules LambdaInvoke and VariableCheck only.",
        ["stage-conditions"],
        edit("/stages/2/beforeEntry/conditions/0/rules/0", "{\"name\": \"window\", \"ruleTypeId\": {\"category\": \"Rule\", \"owner\": \"AWS\", \"provider\": \"DeploymentWindow\", \"version\": \"1\"}, \"configuration\": {\"Cron\": \"0 0 9-17 ? * MON-FRI *\"}}", "{\"name\": \"verdict\", \"ruleTypeId\": {\"category\": \"Rule\", \"owner\": \"AWS\", \"provider\": \"VariableCheck\", \"version\": \"1\"}, \"configuration\": {\"Variable\": \"#{Check.VERDICT}\", \"Operator\": \"EQ\", \"Value\": \"good\"}}"),
        aws InvalidStructure;
    XA1106 Refused "not exactly one condition",
        "Each of `beforeEntry`, `onSuccess` and `onFailure` has one condition; where there is none, the member is left out.",
        ["API_BeforeEntryConditions", "API_SuccessConditions", "API_FailureConditions"],
        edit("/stages/2/onSuccess/conditions", "[]", "[{\"result\": \"FAIL\", \"rules\": [{\"name\": \"alarm\", \"ruleTypeId\": {\"category\": \"Rule\", \"provider\": \"CloudWatchAlarm\"}, \"configuration\": {\"AlarmName\": \"errors\"}}]}]"),
        aws InvalidStructure;
    XA1107 Refused "a condition without rules, or with too many",
        "A condition has 1 to 5 rules.",
        ["API_Condition"],
        edit("/stages/2/onSuccess/conditions/0/rules", "[]", "[{\"name\": \"alarm\", \"ruleTypeId\": {\"category\": \"Rule\", \"provider\": \"CloudWatchAlarm\"}, \"configuration\": {\"AlarmName\": \"errors\"}}]"),
        aws InvalidStructure;
    XA1108 Refused "a category, an owner or a version of a rule that does not exist",
        "The category of a rule is Rule, its owner AWS, its version 1.",
        ["API_RuleTypeId"],
        edit("/stages/2/onFailure/conditions/0/rules/0/ruleTypeId/category", "\"Test\"", "\"Rule\""),
        // The keys of a rule that does not exist are not judged.
        hides [XA1109, XA1110],
        aws InvalidStructure;
    XA1109 Refused "a misspelt rule",
        "There is no such rule, but one that is nearly the same.",
        ["rule-reference"],
        edit("/stages/2/onFailure/conditions/0/rules/0/ruleTypeId/provider", "\"CloudwatchAlarm\"", "\"CloudWatchAlarm\""),
        aws InvalidStructure;
    XA1110 Advice "a rule that this version doesn't know",
        "AWS adds rules; this one is not in the documentation that this version was made from, so its configuration is not checked.",
        ["rule-reference"],
        edit("/stages/2/onFailure/conditions/0/rules/0/ruleTypeId/provider", "\"Quorum\"", "\"CloudWatchAlarm\"");
    XA1111 Refused "a rule lacks a required configuration key",
        "Every rule requires certain keys.",
        ["rule-reference"],
        edit("/stages/2/beforeEntry/conditions/0/rules/0/configuration/Operator", "", "\"EQ\""),
        unless_unread Itself,
        aws InvalidStructure;
    XA1112 Refused "a misspelt configuration key of a rule",
        "The rule has no such key, but one that is nearly the same.",
        ["rule-reference"],
        edit("/stages/2/onFailure/conditions/0/rules/0/configuration/AlarmState", "\"OK\"", ""),
        aws InvalidStructure;
    XA1113 Advice "a configuration key of a rule that this version doesn't know",
        "AWS adds keys; this one is not in the documentation that this version was made from.",
        ["rule-reference"],
        edit("/stages/2/onFailure/conditions/0/rules/0/configuration/Colour", "\"red\"", "");
    XA1114 Refused "an invalid configuration value of a rule",
        "Some keys take one of a few words, or have a fixed form.",
        ["rule-reference", "rule-reference-VariableCheck", "rule-reference-DeploymentWindow"],
        edit("/stages/2/beforeEntry/conditions/0/rules/0/configuration/Operator", "\"EQUALS\"", "\"EQ\""),
        aws InvalidStructure;
    XA1115 Advice "commands on a rule other than Commands",
        "`commands` is described for the Commands rule only.",
        ["rule-reference-Commands"],
        edit("/stages/2/onFailure/conditions/0/rules/0/commands", "[\"ls\"]", "");
    XA1116 Refused "a Commands rule without commands",
        "A Commands rule has `commands`, 1 to 50 of 1 to 1000 characters.",
        ["rule-reference-Commands", "API_RuleDeclaration"],
        edit("/stages/2/onSuccess/conditions/0/rules/0/commands", "", "[\"./smoke\"]"),
        unless_unread Itself,
        aws InvalidStructure;
    XA1117 Refused "the timeout of a rule is out of range",
        "The timeout of a rule is 5 to 86400 minutes.",
        ["API_RuleDeclaration"],
        edit("/stages/2/onFailure/conditions/0/rules/0/timeoutInMinutes", "1", "5"),
        aws InvalidStructure;
    XA1118 Refused "the configuration of a rule is too large, or has an empty value",
        "A rule has up to 200 configuration entries, with keys of 1 to 50 and values of 1 to 10000 characters.",
        ["API_RuleDeclaration"],
        edit("/stages/2/onFailure/conditions/0/rules/0/configuration/AlarmName", "\"\"", "\"errors\""),
        aws InvalidStructure;
    XA1120 FailsWhenRun "an ARN or a URL where a rule takes a name",
        "A project and a function are given by their bare name, in the account of the role and in the Region of the rule.",
        ["rule-reference-LambdaInvoke", "rule-reference-CodeBuild"],
        edit("/stages/2/onFailure/conditions/0/rules/0", "{\"name\": \"tell\", \"ruleTypeId\": {\"category\": \"Rule\", \"provider\": \"LambdaInvoke\"}, \"configuration\": {\"FunctionName\": \"arn:aws:lambda:eu-west-1:111111111111:function:tell\"}}", "{\"name\": \"tell\", \"ruleTypeId\": {\"category\": \"Rule\", \"provider\": \"LambdaInvoke\"}, \"configuration\": {\"FunctionName\": \"tell\"}}");
}
