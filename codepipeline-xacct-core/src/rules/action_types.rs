//! The types of actions.

use super::rule::{edit, rules};

rules! {
    XA0601 Refused "a category or an owner that does not exist",
        "The category is Source, Build, Deploy, Test, Invoke, Approval or Compute; the owner AWS, ThirdParty or Custom.",
        ["API_ActionTypeId"],
        edit("/stages/1/actions/0/actionTypeId/owner", "\"Aws\"", "\"AWS\""),
        // A wrong type says nothing about what the action may have.
        hides [XA0215, XA0603, XA0607, XA0616],
        aws Validation;
    XA0608 Refused "a misspelt provider",
        "There is no such provider, but one that is nearly the same.",
        ["actions-valid-providers"],
        edit("/stages/1/actions/0/actionTypeId/provider", "\"Codebuild\"", "\"CodeBuild\""),
        // A wrong type says nothing about what the action may have.
        hides [XA0215, XA0603, XA0607, XA0616],
        aws InvalidActionDeclaration["ActionType (Category: '{category}', Provider: '{provider}', Owner: '{owner}', Version: '{version}') in action '{action}' is not available in region '{REGION}'"];
    XA0609 Advice "a provider that this version doesn't know",
        "AWS adds providers; this one is not in the documentation that this version was made from, so its configuration is not checked.",
        ["actions-valid-providers"],
        edit("/stages/2/actions/3", "{\"name\": \"ship\", \"actionTypeId\": {\"category\": \"Deploy\", \"owner\": \"AWS\", \"provider\": \"Lightsail\", \"version\": \"1\"}}", "");
    XA0610 Refused "a known provider with another category, owner or version",
        "A provider belongs to certain categories and one owner, and its version is 1.",
        ["actions-valid-providers", "API_ActionTypeId"],
        edit("/stages/1/actions/0/actionTypeId/category", "\"Deploy\"", "\"Build\""),
        // A wrong type says nothing about what the action may have.
        hides [XA0215, XA0603, XA0607, XA0616],
        aws InvalidActionDeclaration["ActionType (Category: '{category}', Provider: '{provider}', Owner: '{owner}', Version: '{version}') in action '{action}' is not available in region '{REGION}'"];
}
