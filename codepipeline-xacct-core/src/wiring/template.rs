//! The resources and condition values of the catalogue, filled in with what one action says.
//!
//! A template has names in braces: `{partition}`, `{region}`, `{account}`, `{pipeline}`, or a key of the configuration. A key may
//! say how its value is used: `{Alarms:each}`. What is put in is taken literally: a `*` in a value is not a wildcard.

use crate::declaration::references::{has_reference, replaced};
use crate::declaration::{ActionDeclaration, resource_suffix};
use crate::ids::{AccountId, split_arn};
use crate::topology::items::Pipeline;

/// For which action templates are filled in, and where it runs.
pub(super) struct Filling<'a> {
    pub(super) pipeline: &'a Pipeline,
    pub(super) action: &'a ActionDeclaration,
    pub(super) account: &'a AccountId,
    pub(super) region: &'a str,
}

/// A template with all of its names filled in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Filled {
    /// One text, or one for each entry of a list.
    pub(super) texts: Vec<String>,
    /// A `#{…}` reference became a `*`, as its value is only known when the action runs.
    pub(super) open: bool,
    /// The configuration doesn't have a value for the name; it is in the text as `<name>`.
    pub(super) untold: bool,
}

/// The texts of a template, each with the name in braces behind it; the last has none. A brace that is not closed is text.
pub(super) fn parts(template: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let mut rest = Some(template);
    std::iter::from_fn(move || {
        let text = rest.take()?;
        let named = text.split_once('{').and_then(|(before, behind)| Some((before, behind.split_once('}')?)));
        Some(match named {
            Some((before, (name, after))) => {
                rest = Some(after);
                (before, Some(name))
            }
            None => (text, None),
        })
    })
}

impl Filling<'_> {
    /// Fills in one template.
    pub(super) fn fill(&self, template: &str) -> Filled {
        let mut filled = Filled { texts: vec![String::new()], ..Filled::default() };
        for (before, name) in parts(template) {
            filled.texts.iter_mut().for_each(|text| text.push_str(before));
            let Some(name) = name else { continue };
            let fixed = match name {
                "partition" => Some(self.pipeline.arn.partition().as_str()),
                "region" => Some(self.region),
                "account" => Some(self.account.as_str()),
                "pipeline" => Some(self.pipeline.arn.name().as_str()),
                _ => None,
            };
            match fixed {
                Some(value) => filled.texts.iter_mut().for_each(|text| text.push_str(value)),
                None => self.fill_key(name, &mut filled),
            }
        }
        filled
    }

    fn fill_key(&self, name: &str, filled: &mut Filled) {
        let (key, usage) = name.split_once(':').unwrap_or((name, ""));
        let Some(value) = self.value(key) else {
            filled.untold = true;
            filled.texts.iter_mut().for_each(|text| *text = format!("{text}<{key}>"));
            return;
        };
        filled.open |= has_reference(value);
        let values: Vec<String> = match usage {
            "each" => value.split(',').map(str::trim).filter(|entry| !entry.is_empty()).map(literal).collect(),
            "machine" => vec![literal(resource_suffix::state_machine(value))],
            // Executions have the name of their state machine in their ARN, whatever version or alias was started.
            "execution" => {
                vec![literal(resource_suffix::state_machine(value)).replace(":stateMachine:", ":execution:")]
            }
            "object" => vec![literal(value).replace("{datetime}", "*").replace("{uuid}", "*")],
            "folder" => vec![literal(value).trim_end_matches('/').to_owned()],
            _ => vec![literal(value)],
        };
        filled.texts =
            filled.texts.iter().flat_map(|text| values.iter().map(move |value| append(text, value))).collect();
    }

    /// The value of a key of the configuration.
    pub(super) fn value(&self, key: &str) -> Option<&str> {
        self.action.configuration.as_ref()?.get(key).map(String::as_str)
    }
}

/// A value as text of a policy: only a reference becomes a wildcard.
fn literal(value: &str) -> String {
    let value = value.replace("${", "${$}{").replace('*', "${*}").replace('?', "${?}");
    replaced(&value, |_| Some("*".to_owned()))
}

/// Puts a value behind the beginning of an ARN. Where the value is an ARN itself, of the same type, it takes the place of the
/// beginning; of another type (a service that names its cluster by ARN), only its name is put in.
fn append(beginning: &str, value: &str) -> String {
    let (Some(template), Some(arn)) = (split_arn(beginning), split_arn(value)) else {
        return match (split_arn(beginning), value.split_once(":function:")) {
            // Lambda takes `<account id>:function:<name>`, too.
            (Some(template), Some((account, name))) if template.service == "lambda" => {
                format!("arn:{}:lambda:{}:{account}:function:{name}", template.partition, template.region)
            }
            _ => format!("{beginning}{value}"),
        };
    };
    if arn.service == template.service && arn.resource.starts_with(template.resource) {
        return value.to_owned();
    }
    format!("{beginning}{}", value.rsplit(['/', ':']).next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::items::Ownership;

    fn filled(template: &str, key: &str, value: &str) -> Filled {
        let arn = "arn:aws:codepipeline:eu-west-1:111111111111:release".parse().unwrap();
        let pipeline = Pipeline::new("Release", Ownership::Managed, arn);
        let mut action = ActionDeclaration::default();
        action.configuration.get_or_insert_default().insert(key.to_owned(), value.to_owned());
        let account = pipeline.arn.account().clone();
        Filling { pipeline: &pipeline, action: &action, account: &account, region: "eu-west-1" }.fill(template)
    }

    #[test]
    fn names_and_arns_give_one_resource() {
        let function = "arn:{partition}:lambda:{region}:{account}:function:{FunctionName}:*";
        for value in ["f", "arn:aws:lambda:eu-west-1:111111111111:function:f", "111111111111:function:f"] {
            assert_eq!(
                filled(function, "FunctionName", value).texts,
                ["arn:aws:lambda:eu-west-1:111111111111:function:f:*"]
            );
        }
        let elsewhere = filled(function, "FunctionName", "arn:aws:lambda:us-east-1:222222222222:function:f");
        assert_eq!(elsewhere.texts, ["arn:aws:lambda:us-east-1:222222222222:function:f:*"]);
        let service = "arn:{partition}:ecs:{region}:{account}:service/{ClusterName}/api";
        let cluster = filled(service, "ClusterName", "arn:aws:ecs:eu-west-1:111111111111:cluster/shop");
        assert_eq!(cluster.texts, ["arn:aws:ecs:eu-west-1:111111111111:service/shop/api"]);
    }

    #[test]
    fn a_value_stands_for_itself_and_a_reference_for_anything() {
        let object = "arn:{partition}:s3:::bucket/{Key}";
        assert_eq!(filled(object, "Key", "a*?${b}").texts, ["arn:aws:s3:::bucket/a${*}${?}${$}{b}"]);
        let open = filled(object, "Key", "a/#{Source.Key}.zip");
        assert_eq!((open.texts, open.open), (vec!["arn:aws:s3:::bucket/a/*.zip".to_owned()], true));
        let untold = filled(object, "Other", "");
        assert_eq!((untold.texts, untold.untold), (vec!["arn:aws:s3:::bucket/<Key>".to_owned()], true));
        let each = filled("arn:aws:cloudwatch:::alarm:{Alarms:each}", "Alarms", "a, b,");
        assert_eq!(each.texts, ["arn:aws:cloudwatch:::alarm:a", "arn:aws:cloudwatch:::alarm:b"]);
        assert_eq!(filled("{Key:folder}/*", "Key", "a/").texts, ["a/*"]);
        assert_eq!(filled("{Key:object}", "Key", "a-{datetime}-{uuid}").texts, ["a-*-*"]);
    }
}
