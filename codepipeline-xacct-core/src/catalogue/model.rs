//! The form of a catalogue entry.

use crate::declaration::references::has_reference;
use crate::declaration::{ActionDeclaration, ActionTypeId};

/// What is known about one action type.
#[derive(Debug, PartialEq, Eq)]
pub struct ActionProvider {
    /// `Source`, `Build`, …
    pub category: &'static str,
    /// `AWS`, `ThirdParty` or `Custom`.
    pub owner: &'static str,
    /// For example `CodeBuild`.
    pub provider: &'static str,
    /// Mostly `1`.
    pub version: &'static str,
    /// What the action does.
    pub doc: &'static str,
    /// Names that people give it.
    pub also: &'static [&'static str],
    /// Regions in which it is not offered. AWS adds Regions, so the list may have aged.
    pub missing_in: &'static [&'static str],
    /// How many input artifacts it takes, where that is documented.
    pub inputs: Option<Count>,
    /// How many output artifacts it makes, if that is documented.
    pub outputs: Option<Count>,
    /// Tighter bounds for the input artifacts, under a condition.
    pub tighter_inputs: &'static [(KeyCondition, Count)],
    /// The keys of the configuration, if they are documented.
    pub keys: Option<&'static [ConfigurationKey]>,
    /// Sets of keys; exactly one set has to be complete.
    pub alternatives: &'static [&'static [&'static str]],
    /// The output variables.
    pub output_variables: OutputVariables,
    /// More of them, which only runs have that a `pullRequest` trigger starts.
    pub trigger_variables: &'static [&'static str],
    /// Those whose value is free text, with quotes and line breaks.
    pub free_text: &'static [&'static str],
    /// True where only V2 pipelines may hold the action.
    pub v2_only: bool,
    /// True if the action takes `commands`, `outputVariables` and `files`.
    pub compute: bool,
    /// Whether the action works with a role of another account, if that is documented.
    pub cross_account: Option<bool>,
    /// The types of source revisions that it has.
    /// Source: CodePipeline User Guide, "Start a pipeline with a source revision override".
    pub revisions: &'static [&'static str],
    /// The pattern of the event that starts a pipeline with something new in this source, as JSON. Names in braces are `{partition}`, `{region}`,
    /// `{account}` or keys of the configuration.
    pub event: Option<&'static str>,
    /// True if it can read a full clone. Source: CodePipeline User Guide, "CodeStarSourceConnection".
    pub reads_clones: bool,
    /// How many minutes it may run at most, where that is not an hour. Source: CodePipeline User Guide, "Quotas".
    pub timeout_minutes: Option<u32>,
    /// What the role of a build that reads a full clone of this source has to be allowed.
    /// Source: CodePipeline User Guide, "Troubleshooting CodePipeline": "Add CodeBuild GitClone permissions".
    pub clone_permissions: &'static [Permission],
    /// What the role that runs the action has to be allowed.
    pub permissions: &'static [Permission],
    /// Where that is documented: pages of the User Guide, or other sources with their titles.
    pub permissions_source: &'static [&'static str],
    /// The page of the User Guide.
    pub page: &'static str,
}

/// What is known about one rule type.
#[derive(Debug, PartialEq, Eq)]
pub struct RuleProvider {
    /// For example `VariableCheck`.
    pub provider: &'static str,
    /// What the rule does.
    pub doc: &'static str,
    /// Names that people give it.
    pub also: &'static [&'static str],
    /// How many input artifacts it takes, where that is documented.
    pub inputs: Option<Count>,
    /// The keys of the configuration.
    pub keys: &'static [ConfigurationKey],
    /// True if the rule takes `commands`.
    pub compute: bool,
    /// True if it can read a full clone.
    pub reads_clones: bool,
    /// True if a condition of it can skip a stage.
    pub can_skip: bool,
    /// What the role that runs the rule has to be allowed.
    pub permissions: &'static [Permission],
    /// Where that is documented: pages of the User Guide, or other sources with their titles.
    pub permissions_source: &'static [&'static str],
    /// The page of the User Guide.
    pub page: &'static str,
}

/// A number of artifacts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// The lowest number that any source gives.
    pub least: usize,
    /// The highest number that any source gives.
    pub most: usize,
    /// The bounds on the page of the provider, if other sources contradict it.
    pub documented: Option<(usize, usize)>,
}

/// The output variables of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputVariables {
    /// The provider makes these.
    Fixed(&'static [&'static str]),
    /// The user chooses them: exported variables, stack outputs, the result of a function.
    UserDefined,
    /// Nothing is documented.
    Undocumented,
}

/// A key of an action's or a rule's configuration.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigurationKey {
    /// The name that AWS uses.
    pub name: &'static str,
    /// The name in `pipeline!` and of the method in the builder.
    pub dsl: &'static str,
    /// Names that people give it, for example that of another provider's key for the same thing.
    pub also: &'static [&'static str],
    /// When it has to be there.
    pub required: Required,
    /// True if AWS prints `****` instead of the value.
    pub secret: bool,
    /// What its value looks like.
    pub format: Format,
    /// Whether what the ARN names has to be in the account of the action; `None` where nothing is known of that.
    pub account: Option<ArnAccount>,
    /// True where what the ARN names has to be in the Region of the action.
    pub regional: bool,
    /// What the service takes where the key is left out.
    pub default: Option<&'static str>,
    /// What it is.
    pub doc: &'static str,
}

/// In which account that lies which the ARN in a key names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ArnAccount {
    /// In that of the action: it has no policy that could let in another account.
    Own,
    /// In that of the action, unless its own policy or a share lets in the action's account.
    Granted,
}

/// When a key has to be there.
#[derive(Debug, PartialEq, Eq)]
pub enum Required {
    /// It may be left out.
    No,
    /// Always.
    Always,
    /// Under a condition.
    When(KeyCondition),
    /// Under a condition according to the page, but pipelines work without it.
    Advised(KeyCondition),
}

/// What the value of a key looks like. A value with a `#{…}` reference is only known when the action runs.
#[derive(Debug, PartialEq, Eq)]
pub enum Format {
    /// Any text.
    Text,
    /// A text of at most this many characters.
    Short(usize),
    /// `true` or `false`.
    Boolean,
    /// One of these words.
    OneOf(&'static [&'static str]),
    /// One of some words that are known; there may be more.
    Known(&'static [&'static str]),
    /// A bare name, or some with commas between them: no ARN and no URL. The text is the ARN of what is named, service and resource:
    /// `{}` is the name, `*` any text up to the next separator, and what follows the name begins with the character behind it.
    Name(&'static str),
    /// The same, or an ARN.
    NameOrArn(&'static str),
    /// The name of a stack or of a change set, `[A-Za-z][A-Za-z0-9-]{0,127}`; the text as with `Name`.
    StackName(&'static str),
    /// Some of these words, with commas between them.
    List(&'static [&'static str]),
    /// Some of these words, with a separator that is not documented.
    Words(&'static [&'static str]),
    /// At most this many names, separated by commas, none of which is an ARN; the text as with `Name`.
    Names(usize, &'static str),
    /// A whole number between two bounds.
    Integer(i64, i64),
    /// A whole number of minutes between two bounds.
    Minutes(i64, i64),
    /// A decimal number.
    Decimal,
    /// An ARN, of this service unless it is empty.
    Arn(&'static str),
    /// The ARN of an IAM role.
    RoleArn,
    /// The name of one of the action's input artifacts.
    InputArtifact,
    /// The name of the primary input artifact, if there are several.
    PrimaryArtifact,
    /// `artifact::file`, in one of the action's input artifacts.
    InputFile,
    /// `artifact::file`, or the value itself.
    MaybeInputFile,
    /// A JSON object of at most this many bytes.
    JsonObject(usize),
    /// A JSON array of `{name, value, type}`.
    EnvironmentVariables,
    /// `owner/repository`
    Repository,
    /// `[A-Za-z][A-Za-z0-9-]{0,127}`
    StackSetName,
    /// `AllAtOnce`, `Canary10Percent5Minutes`, `Linear10PercentEvery1Minute`, …
    DeployStrategy,
    /// A `#{namespace.key}` and nothing else.
    VariableReference,
    /// 6 or 7 fields, each within its bounds.
    Cron,
    /// `Region/City`, `UTC`, `UTC+HH:MM`, or an abbreviation of 3 to 5 letters.
    TimeZone,
    /// The ARN of a connection.
    Connection,
    /// The ARN of a Step Functions state machine.
    StateMachine,
}

impl Format {
    /// Whether it is a text of JSON.
    pub fn is_json(&self) -> bool {
        matches!(self, Self::EnvironmentVariables | Self::JsonObject(_))
    }
}

/// A permission that an action needs.
#[derive(Debug, PartialEq, Eq)]
pub struct Permission {
    /// IAM actions.
    pub actions: &'static [&'static str],
    /// Resources, with `{partition}`, `{region}`, `{account}`, `{pipeline}` and names of configuration keys in braces, as
    /// `wiring::template` fills them in. Any other name in braces is a placeholder for what the configuration doesn't tell.
    pub resources: &'static [&'static str],
    /// When it is needed; `None` for always.
    pub when: Option<KeyCondition>,
    /// Operator, key and values of the condition under which AWS documents it.
    pub condition: Option<(&'static str, &'static str, &'static [&'static str])>,
    /// Why it is not granted but offered in a warning, where it is not documented exactly enough.
    pub offered: Option<&'static str>,
}

/// A condition on the keys and artifacts of an action.
#[derive(Debug, PartialEq, Eq)]
pub enum KeyCondition {
    /// A key, or its default, has one of these values.
    Is(&'static str, &'static [&'static str]),
    /// A key is set.
    Set(&'static str),
    /// A key is not set.
    Unset(&'static str),
    /// The action has more than one input artifact.
    SeveralInputs,
    /// Without a condition.
    Always,
    /// One of several conditions.
    Any(&'static [KeyCondition]),
    /// All of several conditions.
    All(&'static [KeyCondition]),
}

impl KeyCondition {
    /// Whether it holds for an action; `None` if the deciding value is only known later. `open` is true for such keys.
    pub fn holds(
        &self,
        action: &ActionDeclaration,
        keys: &[ConfigurationKey],
        open: &dyn Fn(&str) -> bool,
    ) -> Option<bool> {
        let value = |key: &str| action.configuration.as_ref().and_then(|c| c.get(key)).map(String::as_str);
        let inputs = action.input_artifacts.as_ref().map_or(0, Vec::len);
        match self {
            KeyCondition::Is(key, wanted) => {
                let default = || keys.iter().find(|k| k.name == *key).and_then(|k| k.default);
                if open(key) || value(key).is_some_and(has_reference) {
                    return None;
                }
                Some(value(key).or_else(default).is_some_and(|v| wanted.contains(&v)))
            }
            KeyCondition::Set(key) => Some(value(key).is_some() || open(key)),
            KeyCondition::Unset(key) => Some(value(key).is_none() && !open(key)),
            KeyCondition::SeveralInputs => Some(inputs > 1),
            KeyCondition::Always => Some(true),
            KeyCondition::Any(conditions) => {
                let answers: Vec<_> = conditions.iter().map(|c| c.holds(action, keys, open)).collect();
                if answers.contains(&Some(true)) {
                    Some(true)
                } else if answers.contains(&None) {
                    None
                } else {
                    Some(false)
                }
            }
            KeyCondition::All(conditions) => {
                let answers: Vec<_> = conditions.iter().map(|c| c.holds(action, keys, open)).collect();
                if answers.contains(&Some(false)) {
                    Some(false)
                } else if answers.contains(&None) {
                    None
                } else {
                    Some(true)
                }
            }
        }
    }
}

impl std::fmt::Display for KeyCondition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            KeyCondition::Is(key, [value]) => write!(f, "`{key}` is `{value}`"),
            KeyCondition::Is(key, values) => write!(f, "`{key}` is one of `{}`", values.join("`, `")),
            KeyCondition::Set(key) => write!(f, "`{key}` is set"),
            KeyCondition::Unset(key) => write!(f, "`{key}` is not set"),
            KeyCondition::SeveralInputs => f.write_str("there is more than one input artifact"),
            KeyCondition::Always => f.write_str("the provider is used"),
            KeyCondition::Any(conditions) => joined(f, conditions, " or "),
            KeyCondition::All(conditions) => joined(f, conditions, " and "),
        }
    }
}

fn joined(f: &mut std::fmt::Formatter<'_>, conditions: &[KeyCondition], by: &str) -> std::fmt::Result {
    for (index, condition) in conditions.iter().enumerate() {
        if index > 0 {
            f.write_str(by)?;
        }
        write!(f, "{condition}")?;
    }
    Ok(())
}

impl Permission {
    /// Whether an action needs it. If the deciding value is only known when the action runs, it is needed.
    pub fn is_needed(&self, action: &ActionDeclaration, keys: &[ConfigurationKey]) -> bool {
        self.when.as_ref().is_none_or(|when| when.holds(action, keys, &|_| false) != Some(false))
    }
}

impl ActionProvider {
    /// The type id.
    pub fn type_id(&self) -> ActionTypeId {
        ActionTypeId::new(self.category, self.owner, self.provider, self.version)
    }

    /// The keys of the configuration; empty if they are not documented.
    pub fn known_keys(&self) -> &'static [ConfigurationKey] {
        self.keys.unwrap_or_default()
    }

    /// A key by the name that AWS uses.
    pub fn key(&self, name: &str) -> Option<&'static ConfigurationKey> {
        self.known_keys().iter().find(|k| k.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_value_decides_nothing() {
        let condition = KeyCondition::Is("Extract", &["false"]);
        let mut action = ActionDeclaration::default();
        assert_eq!(condition.holds(&action, &[], &|_| true), None);
        assert_eq!(condition.holds(&action, &[], &|_| false), Some(false));
        action.configuration.get_or_insert_default().insert("Extract".into(), "#{a.b}".into());
        assert_eq!(condition.holds(&action, &[], &|_| false), None);
        action.configuration.get_or_insert_default().insert("Extract".into(), "false".into());
        assert_eq!(condition.holds(&action, &[], &|_| false), Some(true));
    }
}
