//! The names of the resources of a stack: the output of `aws cloudformation describe-stack-resources`.

use serde_json::Value;

use super::document::Template;
use crate::core::check::files::Home;
use crate::core::ids::split_arn;

/// The resources of a stack.
#[derive(Debug)]
pub(crate) struct StackNames {
    /// Logical ids, and what `Ref` gives for them.
    names: Vec<(String, String)>,
    /// `AWS::StackName` and `AWS::StackId`
    own: Vec<(String, String)>,
    /// Account and Region, where the stack tells.
    pub(crate) home: Home,
}

impl StackNames {
    /// Reads the output of describe-stack-resources or list-stack-resources; `None` where a value is something else.
    pub(crate) fn read(value: &Value) -> Option<Self> {
        let listed = value.get("StackResources").or_else(|| value.get("StackResourceSummaries"))?.as_array()?;
        let text = |resource: &Value, name: &str| resource.get(name).and_then(Value::as_str).map(str::to_owned);
        let name =
            |resource: &Value| Some((text(resource, "LogicalResourceId")?, text(resource, "PhysicalResourceId")?));
        let stack = listed.iter().find_map(|resource| text(resource, "StackId"));
        let arn = stack.as_deref().and_then(split_arn);
        let home = Home {
            account: arn.and_then(|arn| arn.account.parse().ok()),
            region: arn.and_then(|arn| arn.region.parse().ok()),
        };
        let called = arn.and_then(|arn| arn.resource.strip_prefix("stack/")?.split('/').next());
        let own =
            called.into_iter().flat_map(|name| [("AWS::StackName", Some(name)), ("AWS::StackId", stack.as_deref())]);
        let own = own.filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned()))).collect();
        Some(Self { names: listed.iter().filter_map(name).collect(), own, home })
    }

    /// True for the template of the stack: it declares all of its resources.
    pub(crate) fn is_of(&self, template: &Template) -> bool {
        !self.names.is_empty() && self.names.iter().all(|(id, _)| template.resource(id).is_some())
    }

    /// Logical ids and pseudo parameters of the stack, and what `Ref` gives for them.
    pub(crate) fn names(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().chain(&self.own).map(|(id, name)| (id.as_str(), name.as_str()))
    }
}
