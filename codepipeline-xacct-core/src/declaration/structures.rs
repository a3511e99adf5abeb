//! The structures of a declaration, from the pipeline down to a filter's patterns.

use std::fmt;

use indexmap::IndexMap;

use super::enumerations::{ExecutionMode, PipelineType, RetryMode, StageResult};
use crate::json::member::{Member as _, Other, structure};
use crate::json::text::written;

structure! {
    /// A pipeline as GetPipeline returns it and Create/UpdatePipeline accept it.
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
        /// Set by the service and incremented with every update.
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
            /// What kind of action it is.
            action_type_id: ActionTypeId,
        }
        /// 1 to 999, default 1: equal values run in parallel.
        run_order: i64,
        /// The keys of the provider.
        configuration: IndexMap<String, String>,
        /// Shell commands; the Commands action only.
        commands: Vec<String>,
        /// Artifacts that the action produces.
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

impl PipelineDeclaration {
    /// As JSON in one line.
    pub fn to_json(&self) -> String {
        written(&self.node())
    }

    /// Whether it is of type V2, which has features that V1 doesn't.
    pub fn is_v2(&self) -> bool {
        self.pipeline_type == Some(PipelineType::V2)
    }

    /// Whether executions run beside each other.
    pub fn is_parallel(&self) -> bool {
        self.execution_mode == Some(ExecutionMode::Parallel)
    }

    /// All actions, in the order of their stages.
    pub fn actions(&self) -> impl Iterator<Item = &ActionDeclaration> {
        self.stages.iter().flatten().flat_map(|stage| stage.actions.iter().flatten())
    }

    /// All actions, to be changed.
    pub fn actions_mut(&mut self) -> impl Iterator<Item = &mut ActionDeclaration> {
        self.stages.iter_mut().flatten().flat_map(|stage| stage.actions.iter_mut().flatten())
    }
}

impl ActionDeclaration {
    /// True where it has input artifacts.
    pub fn reads_artifacts(&self) -> bool {
        self.input_artifacts.iter().flatten().next().is_some()
    }

    /// True where it has output artifacts.
    pub fn writes_artifacts(&self) -> bool {
        self.output_artifacts.iter().flatten().next().is_some()
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

    /// The type of the action that runs shell commands.
    pub fn commands() -> Self {
        Self::new("Compute", "AWS", "Commands", "1")
    }

    /// Compares the four members that make up a type; what AWS may add to them doesn't count.
    #[cfg(feature = "plan")]
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        (&self.category, &self.owner, &self.provider, &self.version)
            == (&other.category, &other.owner, &other.provider, &other.version)
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
    /// An artifact that an action produces.
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
    /// A condition: rules that must all pass, and what happens when it is not met.
    Condition {
        /// What happens when it is not met.
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
            /// What kind of rule it is.
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

impl RuleDeclaration {
    /// True where it has input artifacts.
    pub fn reads_artifacts(&self) -> bool {
        self.input_artifacts.iter().flatten().next().is_some()
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
    /// A filter for pushes: everything in it must match.
    GitPushFilter {
        /// Tags; not combined with the others.
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
