//! Triggers.

use super::rule::{edit, rules, text};

rules! {
    XA1201 Refused "a trigger for an action that is not a connection",
        "A trigger names a source action of the provider CodeStarSourceConnection.",
        ["pipelines-triggers"],
        edit("/triggers/0/gitConfiguration/sourceActionName", "\"code\"", "\"Code\""),
        unless_unread Actions,
        aws InvalidStructure["Triggers for connections must reference a CodeStarSourceConnection action. Note that when you specify a trigger, you can't specify more than one trigger per source action."];
    XA1202 Refused "two triggers for one action",
        "A source action has at most one trigger.",
        ["pipelines-triggers"],
        edit("/triggers", "[{\"providerType\": \"CodeStarSourceConnection\", \"gitConfiguration\": {\"sourceActionName\": \"Code\"}}, {\"providerType\": \"CodeStarSourceConnection\", \"gitConfiguration\": {\"sourceActionName\": \"Code\"}}]", "[{\"providerType\": \"CodeStarSourceConnection\", \"gitConfiguration\": {\"sourceActionName\": \"Code\"}}]"),
        aws InvalidStructure["Triggers for connections must reference a CodeStarSourceConnection action. Note that when you specify a trigger, you can't specify more than one trigger per source action."];
    XA1203 Refused "a provider of a trigger that does not exist",
        "The provider of a trigger is CodeStarSourceConnection.",
        ["API_PipelineTriggerDeclaration"],
        edit("/triggers/0/providerType", "\"Connection\"", "\"CodeStarSourceConnection\""),
        aws InvalidStructure;
    XA1204 Refused "criteria that can't be combined in one filter",
        "A push filter has tags alone, or branches, or branches and file paths; a pull request filter has branches, or branches and file paths.",
        ["pipelines-filter", "https://github.com/hashicorp/terraform-provider-aws/issues/43105 (error text of the service)"],
        edit("/triggers/0/gitConfiguration/push/0/tags", "{\"includes\": [\"v*\"]}", ""),
        aws InvalidStructure["The trigger configuration for the source action is not valid. Make sure to choose valid filter combinations."];
    XA1205 Advice "an empty filter or criterion",
        "A filter has criteria, and a criterion has includes, excludes or both.",
        ["pipelines-filter"],
        edit("/triggers/0/gitConfiguration/push/0", "{\"branches\": {}}", "{\"branches\": {\"includes\": [\"main\"]}}");
    XA1206 Refused "too few or too many filters, patterns or triggers",
        "A pipeline has up to 50 triggers of 1 to 3 push and 1 to 3 pull request filters; includes and excludes have 1 to 8 patterns of 1 to 255 characters.",
        ["limits", "API_GitConfiguration"],
        edit("/triggers/0/gitConfiguration/push/0/branches/includes", "[]", "[\"main\"]"),
        aws InvalidStructure;
    XA1207 Refused "an event of a pull request that does not exist",
        "The events of a pull request are OPEN, UPDATED and CLOSED.",
        ["API_GitPullRequestFilter"],
        edit("/triggers/0/gitConfiguration/pullRequest", "[{\"branches\": {\"includes\": [\"main\"]}, \"events\": [\"OPENED\"]}]", "[{\"branches\": {\"includes\": [\"main\"]}, \"events\": [\"OPEN\"]}]"),
        aws InvalidStructure;
    XA1208 Refused "an event appears twice in one filter, or there is none",
        "A filter lists 1 to 3 different events; without `events` it applies to all of them.",
        ["pipelines-filter", "API_GitPullRequestFilter"],
        edit("/triggers/0/gitConfiguration/pullRequest", "[{\"branches\": {\"includes\": [\"main\"]}, \"events\": [\"OPEN\", \"OPEN\"]}]", "[{\"branches\": {\"includes\": [\"main\"]}, \"events\": [\"OPEN\"]}]"),
        aws InvalidStructure;
    XA1209 Refused "triggers that are too large together",
        "The triggers of a pipeline have at most 200 KB.",
        ["limits"],
        text("triggers of 250 KB", "fewer patterns"),
        aws InvalidStructure;
    XA1210 Advice "a pattern with an exclamation mark",
        "Patterns are globs; what a filter excludes is in its `excludes`.",
        ["pipelines-filter"],
        edit("/triggers/0/gitConfiguration/push/0/branches/includes", "[\"!hotfix\"]", "[\"main\"]");
    XA1211 Advice "a pattern with a blank",
        "Names of branches and tags have no blanks, and an entry of a filter is one pattern.",
        ["pipelines-filter", "https://git-scm.com/docs/git-check-ref-format"],
        edit("/triggers/0/gitConfiguration/push/0/branches/includes", "[\"main, dev\"]", "[\"main\", \"dev\"]");
}
