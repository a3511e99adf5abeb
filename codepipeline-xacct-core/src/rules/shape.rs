//! The shape of a declaration in JSON.

use super::rule::{edit, rules, text};

rules! {
    XA0001 Refused "a required member is missing",
        "Every structure of the API has members that must be there.",
        ["API_PipelineDeclaration", "API_ActionDeclaration", "the API model 2015-07-09 of CodePipeline"],
        edit("/stages/1/actions/0/name", "", "\"compile\"");
    XA0002 Refused "a member has a value of the wrong type",
        "Every member of the API is a string, a number, a list, a map or a structure.",
        ["API_PipelineDeclaration", "API_ActionDeclaration", "the API model 2015-07-09 of CodePipeline"],
        edit("/stages/1/actions/1/runOrder", "\"2\"", "2");
    XA0003 Advice "a member that this version doesn't know",
        "The member is kept and sent, but the AWS CLI and the SDKs refuse members that are not in the service model.",
        ["the API model 2015-07-09 of CodePipeline"],
        edit("/stages/1/actions/0/repository", "\"shop\"", "");
    XA0004 Advice "a member appears twice in one object",
        "JSON readers keep the last of two equal members, so the first one is lost.",
        ["RFC 8259, section 4"],
        text("{ \"name\": \"a\", \"name\": \"b\" }", "{ \"name\": \"b\" }");
    XA0005 Refused "a misspelt member",
        "The member is not in the service model, but one that is nearly the same is.",
        ["the API model 2015-07-09 of CodePipeline"],
        edit("/stages/1/actions/0/runorder", "2", "");
}
