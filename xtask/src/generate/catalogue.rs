//! `catalogue.json` as the constants of `core::catalogue`.

use std::fmt::Write;

use heck::ToSnakeCase;

use crate::generate::source::{
    Action, Catalogue, Condition, Format, Key, Other, OutputVariables, Permission, Required, Rule,
};

/// The file that core compiles in.
pub(crate) fn data(catalogue: &Catalogue) -> Result<String, String> {
    let mut text = String::from(
        "//! Made from `catalogue.json` by `cargo xtask write`; edit that file instead.\n\n\
         use super::model::{ActionProvider, ArnAccount, ConfigurationKey, Count, Format, KeyCondition, OutputVariables, Permission, Required, RuleProvider};\n\n\
         /// Every action type that is known.\npub static ACTIONS: &[ActionProvider] = &[\n",
    );
    for action in &catalogue.actions {
        text += &self::action(action)?;
    }
    text += "];\n\n/// Every rule type that is known.\npub static RULES: &[RuleProvider] = &[\n";
    for rule in &catalogue.rules {
        text += &self::rule(rule)?;
    }
    text += "];\n";
    Ok(text)
}

/// The four parts of a type.
pub(crate) fn parts(r#type: &str) -> Result<[&str; 4], String> {
    <[&str; 4]>::try_from(r#type.split('/').collect::<Vec<_>>())
        .map_err(|_| format!("`{type}` does not have four parts"))
}

/// The name of a key in the macro.
pub(crate) fn dsl(key: &Key) -> String {
    key.dsl.clone().unwrap_or_else(|| key.name.to_snake_case())
}

fn action(action: &Action) -> Result<String, String> {
    let [category, owner, provider, version] = parts(&action.r#type)?;
    let tighter = join(&action.tighter, |t| Ok(format!("({}, {})", condition(&t.when)?, plain_count(t.inputs, None))))?;
    let keys = match &action.keys {
        Some(keys) => format!("Some(&[\n{}    ])", self::keys(keys)?),
        None => "None".to_owned(),
    };
    let alternatives = join(&action.alternatives, |keys| Ok(list(keys)))?;
    let variables = match &action.output_variables {
        OutputVariables::Fixed(names) => format!("OutputVariables::Fixed({})", list(names)),
        OutputVariables::Word(word) if word == "user_defined" => "OutputVariables::UserDefined".to_owned(),
        OutputVariables::Word(word) => return Err(format!("`{word}` is not a value for output variables")),
        OutputVariables::Undocumented => "OutputVariables::Undocumented".to_owned(),
    };
    Ok(format!(
        "    ActionProvider {{\n        category: {category:?}, owner: {owner:?}, provider: {provider:?}, version: {version:?},\n        doc: {:?},\n        also: {}, missing_in: {},\n        \
         inputs: {}, outputs: {}, tighter_inputs: &[{tighter}],\n        keys: {keys},\n        alternatives: &[{alternatives}],\n        \
         output_variables: {variables}, trigger_variables: {}, free_text: {},\n        v2_only: {}, compute: {}, cross_account: {:?},\n        revisions: {}, event: {:?}, reads_clones: {}, timeout_minutes: {:?},\n        clone_permissions: {},\n        permissions: {}, permissions_source: {},\n        page: {:?},\n    }},\n",
        action.doc,
        list(&action.also),
        list(&action.missing_in),
        count(action.inputs, action.inputs_documented),
        count(action.outputs, action.outputs_documented),
        list(&action.trigger_variables),
        list(&action.free_text),
        action.v2_only,
        action.compute,
        action.cross_account,
        list(&action.revisions),
        action.event.as_ref().map(|event| event.to_string()),
        action.reads_clones,
        action.timeout_minutes,
        permissions(&action.clone_permissions)?,
        permissions(&action.permissions)?,
        list(&action.permissions_source),
        action.page
    ))
}

fn rule(rule: &Rule) -> Result<String, String> {
    let [_, _, provider, _] = parts(&rule.r#type)?;
    Ok(format!(
        "    RuleProvider {{\n        provider: {provider:?},\n        doc: {:?},\n        also: {},\n        inputs: {},\n        keys: &[\n{}        ],\n        \
         compute: {}, reads_clones: {}, can_skip: {},\n        permissions: {}, permissions_source: {},\n        page: {:?},\n    }},\n",
        rule.doc,
        list(&rule.also),
        count(rule.inputs, None),
        keys(&rule.keys)?,
        rule.compute,
        rule.reads_clones,
        rule.can_skip,
        permissions(&rule.permissions)?,
        list(&rule.permissions_source),
        rule.page
    ))
}

fn keys(keys: &[Key]) -> Result<String, String> {
    let mut text = String::new();
    for key in keys {
        let required = match (&key.required, &key.advised) {
            (None | Some(Required::Always(false)), None) => "Required::No".to_owned(),
            (None | Some(Required::Always(false)), Some(when)) => format!("Required::Advised({})", condition(when)?),
            (Some(Required::Always(true)), _) => "Required::Always".to_owned(),
            (Some(Required::When(when)), _) => format!("Required::When({})", condition(when)?),
        };
        let account = match key.account.as_deref() {
            None => "None".to_owned(),
            Some("own") => "Some(ArnAccount::Own)".to_owned(),
            Some("granted") => "Some(ArnAccount::Granted)".to_owned(),
            Some(other) => return Err(format!("`{other}` is not about an account")),
        };
        let line = format!(
            "        ConfigurationKey {{ name: {:?}, dsl: {:?}, also: {}, required: {required}, secret: {}, format: {}, account: {account}, regional: {}, default: {:?}, doc: {:?} }},",
            key.name,
            dsl(key),
            list(&key.also),
            key.secret,
            format_of(key.format.as_ref())?,
            key.regional,
            key.default,
            key.doc
        );
        let _ = writeln!(text, "{line}");
    }
    Ok(text)
}

fn format_of(format: Option<&Format>) -> Result<String, String> {
    let Some(format) = format else { return Ok("Format::Text".to_owned()) };
    Ok(match format {
        Format::Boolean => "Format::Boolean".to_owned(),
        Format::OneOf(words) => format!("Format::OneOf({})", list(words)),
        Format::Known(words) => format!("Format::Known({})", list(words)),
        Format::List(words) => format!("Format::List({})", list(words)),
        Format::Words(words) => format!("Format::Words({})", list(words)),
        Format::Names((most, name)) => format!("Format::Names({most}, {name:?})"),
        Format::Short(most) => format!("Format::Short({most})"),
        Format::Integer((least, most)) => format!("Format::Integer({least}, {most})"),
        Format::Minutes((least, most)) => format!("Format::Minutes({least}, {most})"),
        Format::Decimal => "Format::Decimal".to_owned(),
        Format::Other(Other::Arn { arn }) => format!("Format::Arn({arn:?})"),
        Format::Other(Other::Name { name }) => format!("Format::Name({name:?})"),
        Format::Other(Other::NameOrArn { name_or_arn }) => format!("Format::NameOrArn({name_or_arn:?})"),
        Format::Other(Other::StackName { stack_name }) => format!("Format::StackName({stack_name:?})"),
        Format::Other(Other::Json { json_object }) => format!("Format::JsonObject({json_object})"),
        Format::Other(Other::Word(word)) => match word.as_str() {
            "arn" => "Format::Arn(\"\")".to_owned(),
            "role_arn" => "Format::RoleArn".to_owned(),
            "input_artifact" => "Format::InputArtifact".to_owned(),
            "primary_artifact" => "Format::PrimaryArtifact".to_owned(),
            "input_file" => "Format::InputFile".to_owned(),
            "maybe_input_file" => "Format::MaybeInputFile".to_owned(),
            "repository" => "Format::Repository".to_owned(),
            "environment_variables" => "Format::EnvironmentVariables".to_owned(),
            "stack_set_name" => "Format::StackSetName".to_owned(),
            "deploy_strategy" => "Format::DeployStrategy".to_owned(),
            "variable_reference" => "Format::VariableReference".to_owned(),
            "cron" => "Format::Cron".to_owned(),
            "time_zone" => "Format::TimeZone".to_owned(),
            "connection" => "Format::Connection".to_owned(),
            "state_machine" => "Format::StateMachine".to_owned(),
            other => return Err(format!("`{other}` is not a format")),
        },
    })
}

fn condition(condition: &Condition) -> Result<String, String> {
    Ok(match condition {
        Condition::Is { key, is } => format!("KeyCondition::Is({key:?}, {})", list(is)),
        Condition::Set { set } => format!("KeyCondition::Set({set:?})"),
        Condition::Unset { unset } => format!("KeyCondition::Unset({unset:?})"),
        Condition::Any { any } => format!("KeyCondition::Any(&[{}])", join(any, self::condition)?),
        Condition::All { all } => format!("KeyCondition::All(&[{}])", join(all, self::condition)?),
        Condition::Word(word) if word == "several_inputs" => "KeyCondition::SeveralInputs".to_owned(),
        Condition::Word(word) if word == "always" => "KeyCondition::Always".to_owned(),
        Condition::Word(word) => return Err(format!("`{word}` is not a condition")),
    })
}

fn permissions(permissions: &[Permission]) -> Result<String, String> {
    let permissions = join(permissions, |permission| {
        let when = match &permission.when {
            Some(when) => format!("Some({})", condition(when)?),
            None => "None".to_owned(),
        };
        let condition = match &permission.condition {
            Some((operator, key, values)) => format!("Some(({operator:?}, {key:?}, {}))", list(values)),
            None => "None".to_owned(),
        };
        Ok(format!(
            "\n        Permission {{ actions: {}, resources: {}, when: {when}, condition: {condition}, offered: {:?} }}",
            list(&permission.actions),
            list(&permission.resources),
            permission.offered
        ))
    })?;
    Ok(format!("&[{permissions}]"))
}

fn count(bounds: Option<(usize, usize)>, documented: Option<(usize, usize)>) -> String {
    bounds.map_or_else(|| "None".to_owned(), |bounds| format!("Some({})", plain_count(bounds, documented)))
}

fn plain_count((least, most): (usize, usize), documented: Option<(usize, usize)>) -> String {
    format!("Count {{ least: {least}, most: {most}, documented: {documented:?} }}")
}

fn list(words: &[String]) -> String {
    format!("&[{}]", words.iter().map(|w| format!("{w:?}")).collect::<Vec<_>>().join(", "))
}

fn join<T>(items: &[T], text: impl Fn(&T) -> Result<String, String>) -> Result<String, String> {
    Ok(items.iter().map(text).collect::<Result<Vec<_>, _>>()?.join(", "))
}
