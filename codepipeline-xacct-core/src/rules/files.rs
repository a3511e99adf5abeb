//! Pipelines of one set of files.

use super::rule::{rules, text};

rules! {
    XA0717 Advice "the target is not where the action looks for it",
        "The target is looked up in the account of the action's role (without one, in that of the pipeline) and in the Region of the action. Among the declarations that are checked together, another pipeline has that name and may be the one that is meant.",
        ["action-reference-PipelineInvoke", "action-requirements"],
        text("an invoke action without `region`, whose target is in another Region", "\"region\": \"us-east-1\"");
}
