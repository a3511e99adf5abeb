//! The `PipelineDeclaration` of the CodePipeline API, in the exact JSON shape of `get-pipeline`.
//!
//! Every member of the service model is here. A member that is left out stays left out, an empty list stays
//! an empty list, the entries of maps keep their order, and a member that we don't know is kept in `other` and
//! written back, so that a pipeline survives a round trip whatever AWS adds.
//!
//! Source: CodePipeline API Reference, `PipelineDeclaration` and the structures below it.

pub mod features;

use std::fmt;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Members that this version doesn't know, kept as they came.
pub type Other = Map<String, Value>;

/// Defines a structure of the API. Members are optional where the service model says so, and `other` keeps the rest.
macro_rules! structure {
    ($(#[$doc:meta])* $name:ident { $(@required { $($(#[$req_doc:meta])* $req:ident: $req_ty:ty,)* })? $($(#[$opt_doc:meta])* $opt:ident: $opt_ty:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub struct $name {
            $($($(#[$req_doc])* pub $req: $req_ty,)*)?
            $($(#[$opt_doc])* #[serde(default, skip_serializing_if = "Option::is_none")] pub $opt: Option<$opt_ty>,)*
            /// Members that this version doesn't know.
            #[serde(flatten)]
            pub other: Other,
        }

        impl Shaped for $name {
            const SHAPE: Shape = Shape::Structure(stringify!($name), &[
                $($((stringify!($req), true, &<$req_ty as Shaped>::SHAPE),)*)?
                $((stringify!($opt), false, &<$opt_ty as Shaped>::SHAPE),)*
            ]);
        }
    };
}

/// What JSON a member of a declaration is.
#[derive(Debug)]
pub(crate) enum Shape {
    Text,
    Integer,
    /// Anything.
    Any,
    List(&'static Shape),
    Map(&'static Shape),
    /// The name of a structure and its members: their Rust name, whether the Rust type requires them, what they are.
    Structure(&'static str, &'static [(&'static str, bool, &'static Shape)]),
}

pub(crate) trait Shaped {
    const SHAPE: Shape;
}

impl Shaped for String {
    const SHAPE: Shape = Shape::Text;
}

impl Shaped for i64 {
    const SHAPE: Shape = Shape::Integer;
}

impl Shaped for Value {
    const SHAPE: Shape = Shape::Any;
}

impl<T: Shaped> Shaped for Vec<T> {
    const SHAPE: Shape = Shape::List(&T::SHAPE);
}

impl<T: Shaped> Shaped for IndexMap<String, T> {
    const SHAPE: Shape = Shape::Map(&T::SHAPE);
}

/// Defines an enumeration of the API that keeps values it doesn't know.
macro_rules! enumeration {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $text)] $variant,)*
            /// A value that this version doesn't know.
            #[serde(untagged)]
            Other(String),
        }

        impl $name {
            /// The values of the service model.
            pub const VALUES: &'static [&'static str] = &[$($text),*];

            /// The value as the API writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl Shaped for $name {
            const SHAPE: Shape = Shape::Text;
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    _ => Self::Other(text.to_owned()),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

structure! {
    /// A pipeline as GetPipeline returns it and Create/UpdatePipeline take it.
    PipelineDeclaration {
        @required {
            /// Unique in its account and Region; can't be changed.
            name: String,
        }
        /// The service role. The API requires it; it is optional here because a declaration that is still
        /// being put together, or that extends another, doesn't have it.
        role_arn: String,
        /// The bucket of a pipeline whose actions are all in one Region.
        artifact_store: ArtifactStore,
        /// The buckets by Region, when there is more than one Region.
        artifact_stores: IndexMap<String, ArtifactStore>,
        /// 2 to 50 stages.
        stages: Vec<StageDeclaration>,
        /// Made by the service and raised with every update.
        version: i64,
        /// How executions that overlap are handled.
        execution_mode: ExecutionMode,
        /// V1 or V2.
        pipeline_type: PipelineType,
        /// Pipeline variables; V2 only.
        variables: Vec<PipelineVariableDeclaration>,
        /// Triggers with filters; V2 only.
        triggers: Vec<PipelineTriggerDeclaration>,
    }
}

structure! {
    /// An S3 bucket for artifacts, in the account of the pipeline.
    ArtifactStore {
        @required {
            /// Always `S3`.
            r#type: String,
            /// Name of the bucket.
            location: String,
        }
        /// A customer-managed KMS key; without it the AWS managed key of S3 is used.
        encryption_key: EncryptionKey,
    }
}

structure! {
    /// The KMS key of an artifact store.
    EncryptionKey {
        @required {
            /// Key id, key ARN or alias ARN; across accounts, the key ARN.
            id: String,
            /// Always `KMS`.
            r#type: String,
        }
    }
}

structure! {
    /// A stage.
    StageDeclaration {
        @required {
            /// Unique in the pipeline.
            name: String,
        }
        /// Blocks of the transition into the stage.
        blockers: Vec<BlockerDeclaration>,
        /// 1 to 50 actions; `runOrder` and not their order in the list decides when they run.
        actions: Vec<ActionDeclaration>,
        /// What happens when the stage fails.
        on_failure: FailureConditions,
        /// Conditions for leaving the stage.
        on_success: ConditionSet,
        /// Conditions for entering the stage.
        before_entry: ConditionSet,
    }
}

structure! {
    /// A block of the transition into a stage.
    BlockerDeclaration {
        @required {
            /// A name for the block.
            name: String,
            /// Always `Schedule`.
            r#type: String,
        }
    }
}

structure! {
    /// An action.
    ActionDeclaration {
        @required {
            /// Unique in its stage.
            name: String,
            /// What the action is.
            action_type_id: ActionTypeId,
        }
        /// 1 to 999, default 1: equal values run in parallel.
        run_order: i64,
        /// The keys of the provider.
        configuration: IndexMap<String, String>,
        /// Shell commands; the Commands action only.
        commands: Vec<String>,
        /// Artifacts that the action makes.
        output_artifacts: Vec<OutputArtifact>,
        /// Artifacts that the action reads.
        input_artifacts: Vec<InputArtifact>,
        /// Variables that a Commands action exports.
        output_variables: Vec<String>,
        /// The action role, assumed through the service role.
        role_arn: String,
        /// The Region that the action runs in; default: the Region of the pipeline.
        region: String,
        /// Namespace of the action's output variables.
        namespace: String,
        /// 5 to 86400; manual approval only.
        timeout_in_minutes: i64,
        /// Environment of the action.
        environment_variables: Vec<EnvironmentVariable>,
    }
}

structure! {
    /// Category, owner, provider and version of an action.
    ActionTypeId {
        @required {
            /// `Source`, `Build`, `Deploy`, `Test`, `Invoke`, `Approval` or `Compute`.
            category: String,
            /// `AWS`, `ThirdParty` or `Custom`.
            owner: String,
            /// The provider, for example `CodeBuild`.
            provider: String,
            /// The version, mostly `1`.
            version: String,
        }
    }
}

impl ActionTypeId {
    /// Makes a type id.
    pub fn new(category: &str, owner: &str, provider: &str, version: &str) -> Self {
        Self {
            category: category.to_owned(),
            owner: owner.to_owned(),
            provider: provider.to_owned(),
            version: version.to_owned(),
            other: Other::new(),
        }
    }

    /// The type of the action that starts another pipeline.
    pub fn pipeline_invoke() -> Self {
        Self::new("Invoke", "AWS", "CodePipeline", "1")
    }

    /// True for the action that starts another pipeline.
    pub fn is_pipeline_invoke(&self) -> bool {
        self.category == "Invoke" && self.owner == "AWS" && self.provider == "CodePipeline"
    }
}

impl fmt::Display for ActionTypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}/{}", self.category, self.owner, self.provider, self.version)
    }
}

structure! {
    /// An artifact that an action makes.
    OutputArtifact {
        @required {
            /// Unique in the pipeline.
            name: String,
        }
        /// Files to export; the Commands action only.
        files: Vec<String>,
    }
}

structure! {
    /// An artifact that an action reads.
    InputArtifact {
        @required {
            /// The output artifact of an action that runs earlier.
            name: String,
        }
    }
}

structure! {
    /// An environment variable of an action.
    EnvironmentVariable {
        @required {
            /// `[A-Za-z0-9_]{1,128}`.
            name: String,
            /// 1 to 2000 characters.
            value: String,
        }
        /// `PLAINTEXT` (default) or `SECRETS_MANAGER`.
        r#type: String,
    }
}

structure! {
    /// What happens when a stage fails: a result, or conditions, not both.
    FailureConditions {
        /// `ROLLBACK` or `RETRY` where no condition is given.
        result: StageResult,
        /// What is run again on `RETRY`.
        retry_configuration: RetryConfiguration,
        /// Conditions; at most one.
        conditions: Vec<Condition>,
    }
}

structure! {
    /// How a stage is retried.
    RetryConfiguration {
        /// Failed actions only, or all.
        retry_mode: RetryMode,
    }
}

structure! {
    /// The conditions of `beforeEntry` or `onSuccess`.
    ConditionSet {
        /// Exactly one.
        conditions: Vec<Condition>,
    }
}

structure! {
    /// A condition: rules that must all pass, and what follows when it is not met.
    Condition {
        /// What follows.
        result: StageResult,
        /// 1 to 5 rules.
        rules: Vec<RuleDeclaration>,
    }
}

structure! {
    /// A rule of a condition.
    RuleDeclaration {
        @required {
            /// Name of the rule.
            name: String,
            /// What the rule is.
            rule_type_id: RuleTypeId,
        }
        /// The keys of the provider.
        configuration: IndexMap<String, String>,
        /// Shell commands; the Commands rule only.
        commands: Vec<String>,
        /// Artifacts that the rule reads.
        input_artifacts: Vec<InputArtifact>,
        /// Role of the rule.
        role_arn: String,
        /// Region of the rule.
        region: String,
        /// 5 to 86400.
        timeout_in_minutes: i64,
    }
}

structure! {
    /// Category, owner, provider and version of a rule.
    RuleTypeId {
        @required {
            /// Always `Rule`.
            category: String,
            /// The provider, for example `VariableCheck`.
            provider: String,
        }
        /// Always `AWS`.
        owner: String,
        /// Always `1`.
        version: String,
    }
}

structure! {
    /// A pipeline variable.
    PipelineVariableDeclaration {
        @required {
            /// Unique in the pipeline.
            name: String,
        }
        /// Without it every start has to pass a value.
        default_value: String,
        /// What the variable is for.
        description: String,
    }
}

structure! {
    /// A trigger for one source action.
    PipelineTriggerDeclaration {
        @required {
            /// Always `CodeStarSourceConnection`.
            provider_type: String,
            /// The source action and its filters.
            git_configuration: GitConfiguration,
        }
    }
}

structure! {
    /// The source action of a trigger and its filters.
    GitConfiguration {
        @required {
            /// Name of a CodeStarSourceConnection action.
            source_action_name: String,
        }
        /// Filters for pushes; any of them starts the pipeline.
        push: Vec<GitPushFilter>,
        /// Filters for pull requests.
        pull_request: Vec<GitPullRequestFilter>,
    }
}

structure! {
    /// A filter for pushes: all that it names must hold.
    GitPushFilter {
        /// Tags, alone.
        tags: GitFilterCriteria,
        /// Branches.
        branches: GitFilterCriteria,
        /// Paths, together with branches.
        file_paths: GitFilterCriteria,
    }
}

structure! {
    /// A filter for pull requests.
    GitPullRequestFilter {
        /// `OPEN`, `UPDATED`, `CLOSED`.
        events: Vec<String>,
        /// Target branches.
        branches: GitFilterCriteria,
        /// Paths, together with branches.
        file_paths: GitFilterCriteria,
    }
}

structure! {
    /// Glob patterns; an exclude wins over an include.
    GitFilterCriteria {
        /// 1 to 8 patterns.
        includes: Vec<String>,
        /// 1 to 8 patterns.
        excludes: Vec<String>,
    }
}

enumeration! {
    /// How executions that overlap are handled.
    ExecutionMode {
        /// Executions wait for each other in order of arrival.
        Queued = "QUEUED",
        /// A newer waiting execution replaces an older waiting one; the default.
        Superseded = "SUPERSEDED",
        /// Executions don't know of each other.
        Parallel = "PARALLEL",
    }
}

enumeration! {
    /// The type of a pipeline, which decides on features and price.
    PipelineType {
        /// The first type.
        V1 = "V1",
        /// Has variables, triggers, conditions, execution modes and the invoke action.
        V2 = "V2",
    }
}

enumeration! {
    /// What follows when a condition is not met or a stage fails.
    StageResult {
        /// Back to the last good execution.
        Rollback = "ROLLBACK",
        /// The stage fails.
        Fail = "FAIL",
        /// The stage is run once more.
        Retry = "RETRY",
        /// The stage is left out.
        Skip = "SKIP",
    }
}

enumeration! {
    /// What a retry runs again.
    RetryMode {
        /// Only the actions that failed.
        FailedActions = "FAILED_ACTIONS",
        /// All actions of the stage.
        AllActions = "ALL_ACTIONS",
    }
}

structure! {
    /// The document around a declaration: output of `get-pipeline`, input of `create-pipeline`.
    PipelineDocument {
        @required {
            /// The declaration.
            pipeline: PipelineDeclaration,
        }
        /// Only in the output of GetPipeline; Create and UpdatePipeline don't accept it.
        metadata: PipelineMetadata,
        /// Only in the input of CreatePipeline.
        tags: Vec<Tag>,
    }
}

structure! {
    /// What the service says about a pipeline besides its declaration.
    PipelineMetadata {
        /// ARN of the pipeline.
        pipeline_arn: String,
        /// When it was made: text, or seconds since 1970.
        created: Value,
        /// When it was last written.
        updated: Value,
        /// When polling was switched off for inactivity.
        polling_disabled_at: Value,
    }
}

structure! {
    /// A tag of a pipeline.
    Tag {
        @required {
            /// 1 to 128 characters.
            key: String,
            /// Up to 256 characters.
            value: String,
        }
    }
}

/// A text that is no pipeline declaration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}{}: {message}", if path.is_empty() { String::new() } else { format!(", at `{path}`") })]
pub struct DeclarationError {
    /// Path of the member, for example `pipeline.stages[0].actions[1].runOrder`; empty when the text is no JSON.
    pub path: String,
    /// Line, counted from 1.
    pub line: usize,
    /// Column, counted from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

impl DeclarationError {
    fn new(path: String, error: &serde_json::Error) -> Self {
        // serde_json repeats the position at the end of its text.
        let text = error.to_string();
        let message = text.split(" at line ").next().unwrap_or(&text).to_owned();
        Self {
            // "." is the whole, "?" a place in text that is no JSON.
            path: if path == "." || path == "?" { String::new() } else { path },
            line: error.line(),
            // An end of file behind a line break has column 0.
            column: error.column().max(1),
            message,
        }
    }
}

/// Whether a declaration stood alone or in the document around it.
#[derive(Debug, Clone, PartialEq)]
pub enum DeclarationFile {
    /// `{"pipeline": {…}, …}`
    Document(Box<PipelineDocument>),
    /// `{"name": …, "stages": …}`
    Bare(Box<PipelineDeclaration>),
}

impl DeclarationFile {
    /// Reads the output of `get-pipeline`, the input of `create-pipeline` or a bare declaration.
    pub fn from_json(text: &str) -> Result<Self, DeclarationError> {
        #[derive(Deserialize)]
        #[serde(expecting = "a JSON object with the declaration of a pipeline")]
        struct Peek {
            pipeline: Option<serde::de::IgnoredAny>,
        }
        // A byte order mark is no JSON, but Windows tools write one.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let peek: Peek = read(text)?;
        Ok(match peek.pipeline {
            Some(_) => Self::Document(Box::new(read(text)?)),
            None => Self::Bare(Box::new(read(text)?)),
        })
    }

    /// The declaration.
    pub fn declaration(&self) -> &PipelineDeclaration {
        match self {
            Self::Document(document) => &document.pipeline,
            Self::Bare(declaration) => declaration,
        }
    }

    /// The JSON value, in the shape in which it was read.
    pub fn to_value(&self) -> Result<Value, serde_json::Error> {
        match self {
            Self::Document(document) => serde_json::to_value(document),
            Self::Bare(declaration) => serde_json::to_value(declaration),
        }
    }
}

/// Reads any of the structures above from JSON, with the path and the position of what doesn't fit.
pub fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, DeclarationError> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| DeclarationError::new(error.path().to_string(), error.inner()))?;
    deserializer.end().map_err(|error| DeclarationError::new(String::new(), &error))?;
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_members_survive_at_every_level() {
        let text = r#"{"pipeline":{"name":"x","stages":[{"name":"S","new":1,"actions":[{"name":"A","actionTypeId":
            {"category":"Build","owner":"AWS","provider":"P","version":"1","more":[]},"configuration":{"b":"1","a":"2"},
            "inputArtifacts":[],"later":{"x":null}}]}],"executionMode":"SOMETHING","tomorrow":true},"tags":[]}"#;
        let file = DeclarationFile::from_json(text).unwrap();
        let before: Value = serde_json::from_str(text).unwrap();
        let after = file.to_value().unwrap();
        assert_eq!(before, after);
        let keys: Vec<_> =
            after["pipeline"]["stages"][0]["actions"][0]["configuration"].as_object().unwrap().keys().collect();
        assert_eq!(keys, ["b", "a"]);
    }

    #[test]
    fn a_wrong_type_is_refused_with_path_and_position() {
        let text = "{\"name\": \"x\",\n \"stages\": [{\"name\": \"S\", \"actions\": [\n{\"name\": 5}]}]}";
        let error = DeclarationFile::from_json(text).unwrap_err();
        assert_eq!(
            error.to_string(),
            "line 3, column 10, at `stages[0].actions[0].name`: invalid type: integer `5`, expected a string"
        );
    }

    #[test]
    fn text_behind_the_document_is_refused() {
        let error = DeclarationFile::from_json("{\"name\": \"x\"} }").unwrap_err();
        assert_eq!((error.line, error.column), (1, 15));
    }
}
