//! The shape of `catalogue.json`.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Catalogue {
    pub(crate) actions: Vec<Action>,
    pub(crate) rules: Vec<Rule>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Action {
    /// `category/owner/provider/version`
    pub(crate) r#type: String,
    pub(crate) page: String,
    pub(crate) doc: String,
    /// Names that people give the provider.
    #[serde(default)]
    pub(crate) also: Vec<String>,
    /// Regions in which it is not offered.
    #[serde(default)]
    pub(crate) missing_in: Vec<String>,
    /// The name of the builder's function; null where there is none.
    pub(crate) builder: Option<String>,
    /// The name of its marker type in the builder, where it is not the function's name in camel case.
    pub(crate) marker: Option<String>,
    pub(crate) inputs: Option<(usize, usize)>,
    pub(crate) inputs_documented: Option<(usize, usize)>,
    pub(crate) outputs: Option<(usize, usize)>,
    pub(crate) outputs_documented: Option<(usize, usize)>,
    #[serde(default)]
    pub(crate) tighter: Vec<Tighter>,
    #[serde(default)]
    pub(crate) output_variables: OutputVariables,
    /// Output variables of runs that a `pullRequest` trigger starts.
    #[serde(default)]
    pub(crate) trigger_variables: Vec<String>,
    /// Output variables whose value is free text.
    #[serde(default)]
    pub(crate) free_text: Vec<String>,
    /// The types of its source revisions.
    #[serde(default)]
    pub(crate) revisions: Vec<String>,
    /// The pattern of the event that says that it has something new.
    pub(crate) event: Option<serde_json::Value>,
    /// What a build needs that clones the repository itself.
    #[serde(default)]
    pub(crate) clone_permissions: Vec<Permission>,
    /// Whether it can read a full clone.
    #[serde(default)]
    pub(crate) reads_clones: bool,
    /// How long it may run, where that is not an hour.
    pub(crate) timeout_minutes: Option<u32>,
    #[serde(default)]
    pub(crate) v2_only: bool,
    #[serde(default)]
    pub(crate) compute: bool,
    pub(crate) cross_account: Option<bool>,
    #[serde(default)]
    pub(crate) alternatives: Vec<Vec<String>>,
    pub(crate) keys: Option<Vec<Key>>,
    /// The pages from which `permissions` are.
    #[serde(default)]
    pub(crate) permissions_source: Vec<String>,
    pub(crate) permissions: Vec<Permission>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rule {
    /// `Rule/AWS/provider/1`
    pub(crate) r#type: String,
    /// The name of the builder's function, where it is not the provider in snake case.
    pub(crate) builder: Option<String>,
    pub(crate) page: String,
    pub(crate) doc: String,
    /// Names that people give the rule.
    #[serde(default)]
    pub(crate) also: Vec<String>,
    pub(crate) inputs: Option<(usize, usize)>,
    #[serde(default)]
    pub(crate) compute: bool,
    pub(crate) keys: Vec<Key>,
    /// Whether it can read a full clone.
    #[serde(default)]
    pub(crate) reads_clones: bool,
    /// Whether a condition of it can skip a stage.
    #[serde(default)]
    pub(crate) can_skip: bool,
    /// The pages from which `permissions` are.
    #[serde(default)]
    pub(crate) permissions_source: Vec<String>,
    pub(crate) permissions: Vec<Permission>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tighter {
    pub(crate) when: Condition,
    pub(crate) inputs: (usize, usize),
}

#[derive(Deserialize, Default)]
#[serde(untagged)]
pub(crate) enum OutputVariables {
    Fixed(Vec<String>),
    /// `"user_defined"`
    Word(String),
    #[default]
    Undocumented,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Key {
    pub(crate) name: String,
    /// The name in `pipeline!` and of the builder's method, where it is not `name` in snake case.
    pub(crate) dsl: Option<String>,
    /// Names that people give the key; those of other providers for the same thing.
    #[serde(default)]
    pub(crate) also: Vec<String>,
    pub(crate) required: Option<Required>,
    /// When the page calls it required although pipelines work without it.
    pub(crate) advised: Option<Condition>,
    #[serde(default)]
    pub(crate) secret: bool,
    pub(crate) format: Option<Format>,
    /// `own` or `granted`: whether what the ARN names has to be in the account of the action.
    pub(crate) account: Option<String>,
    /// True where what the ARN names has to be in the Region of the action.
    #[serde(default)]
    pub(crate) regional: bool,
    pub(crate) default: Option<String>,
    pub(crate) doc: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Required {
    Always(bool),
    When(Condition),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Format {
    Boolean,
    OneOf(Vec<String>),
    Known(Vec<String>),
    List(Vec<String>),
    Words(Vec<String>),
    Names((usize, String)),
    Short(usize),
    Integer((i64, i64)),
    Minutes((i64, i64)),
    Decimal,
    #[serde(untagged)]
    Other(Other),
}

/// Formats without parameters, the ARN of a service, and names with the form of the ARN of what they name.
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Other {
    Word(String),
    Arn { arn: String },
    Name { name: String },
    NameOrArn { name_or_arn: String },
    StackName { stack_name: String },
    Json { json_object: usize },
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Condition {
    Is {
        key: String,
        is: Vec<String>,
    },
    Set {
        set: String,
    },
    Unset {
        unset: String,
    },
    Any {
        any: Vec<Condition>,
    },
    All {
        all: Vec<Condition>,
    },
    /// `several_inputs` or `always`
    Word(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Permission {
    pub(crate) actions: Vec<String>,
    pub(crate) resources: Vec<String>,
    pub(crate) when: Option<Condition>,
    pub(crate) condition: Option<(String, String, Vec<String>)>,
    /// Why it is offered in a warning instead of being granted.
    pub(crate) offered: Option<String>,
}
