//! The keys of each construct.

use super::row::{ApiMember, Construct, DslKey, ValueKind};
use super::word_lists::{
    BEFORE_ENTRY, EVENTS, EXECUTION_MODE, FOLLOW, ON_FAILURE, ON_SUCCESS, PIPELINE_TYPE, REVISION_TYPE,
};

/// The constructs whose keys are all here.
pub static CONSTRUCTS: &[&Construct] = &[
    &ACCOUNT,
    &ROLE,
    &EXTENDED_ROLE,
    &EXTERN_ROLE,
    &PIPELINE,
    &EXTENDED_PIPELINE,
    &EXTERN_PIPELINE,
    &BUCKET,
    &VARIABLE,
    &TRIGGER,
    &PUSH,
    &PULL_REQUEST,
    &PATTERNS,
    &STAGE,
    &INVOKE,
];

/// The keys that actions and rules have in addition to those of their provider.
pub static PROVIDER_CONSTRUCTS: &[&Construct] =
    &[&ACTION, &UNKNOWN_ACTION, &COMPUTE_ACTION, &APPROVAL_ACTION, &RULE, &COMPUTE_RULE, &UNKNOWN_RULE];

/// Every row of the table once: the construct and the key.
pub fn rows() -> impl Iterator<Item = (&'static Construct, &'static DslKey)> {
    let constructs = CONSTRUCTS.iter().chain(PROVIDER_CONSTRUCTS);
    constructs.flat_map(|construct| construct.keys.iter().map(move |key| (*construct, key)))
}

/// Whether a key takes a list of texts, or the patterns of a filter, wherever it is.
pub fn takes_texts(name: &str) -> bool {
    let kinds = || rows().filter(|(_, key)| key.name == name).map(|(_, key)| &key.value);
    let is_list = |kind: &ValueKind| match kind {
        ValueKind::Texts | ValueKind::Literals => true,
        ValueKind::Keys(of) => of.name == PATTERNS.name,
        _ => false,
    };
    kinds().next().is_some() && kinds().all(is_list)
}

/// Whether a key can take a Rust value somewhere. Keys that are not in the table configure an action: they can.
pub fn takes_rust_values(name: &str) -> bool {
    let mut kinds = rows().filter(|(_, key)| key.name == name).map(|(_, key)| &key.value).peekable();
    let takes = |kind: &ValueKind| {
        matches!(kind, ValueKind::Text | ValueKind::Texts | ValueKind::TextMap | ValueKind::Environment)
    };
    kinds.peek().is_none() || kinds.any(takes)
}

/// Whether a key takes a list of names somewhere.
pub fn takes_names(name: &str) -> bool {
    let is_list = |kind: &ValueKind| {
        matches!(kind, ValueKind::Names | ValueKind::Words(_) | ValueKind::Trusts | ValueKind::Starts)
    };
    rows().any(|(_, key)| key.name == name && is_list(&key.value))
}

/// `account Name = "id" { … }`
pub static ACCOUNT: Construct = Construct {
    name: "Account",
    phrase: "an account",
    doc: "An AWS account.",
    keys: &[key(
        "partition",
        None,
        ValueKind::Literal,
        "The partition of the account: `aws` (default), `aws-cn`, `aws-us-gov`.",
    )],
};

/// `role Name in account { … }`
pub static ROLE: Construct = Construct {
    name: "Role",
    phrase: "a role",
    doc: "A role that is created and kept.",
    keys: &[
        key("name", role("RoleName"), ValueKind::Literal, "The name of the role in IAM.").required(),
        key("path", role("Path"), ValueKind::Literal, "The path of the role. Default: `/`."),
        key(
            "trusts",
            None,
            ValueKind::Trusts,
            "Who may assume the role: roles, `role(\"arn:…\")`, accounts, which mean the service roles of their \
             pipelines that use the role, and `whole_account(…)`.",
        ),
        key("starts", None, ValueKind::Starts, "The pipelines that the role may start."),
        key("policies", None, ValueKind::Policies, "Statements that are added to the derived policy."),
        key("tags", role("Tags"), ValueKind::Tags, "Tags of the role."),
    ],
};

const ARN: DslKey = key("arn", role("Arn"), ValueKind::Literal, "The ARN of the role.").required();
const BELIEVED_TRUSTS: DslKey =
    key("trusts", None, ValueKind::Trusts, "Who may assume the role: assumed here, and verified by the plan.");
const TRUST_POLICY: DslKey = key(
    "trust_policy",
    role("AssumeRolePolicyDocument"),
    ValueKind::Policy,
    "The trust policy of the role as JSON, instead of `trusts`.",
);

/// `extended role Name in account { … }`
pub static EXTENDED_ROLE: Construct = Construct {
    name: "ExtendedRole",
    phrase: "an extended role",
    doc: "An existing role in which one inline policy is kept.",
    keys: &[
        ARN,
        BELIEVED_TRUSTS,
        TRUST_POLICY,
        key("starts", None, ValueKind::Starts, "The pipelines that the role may start."),
        key("policies", None, ValueKind::Policies, "Statements that are added to the derived policy."),
    ],
};

/// `extern role Name in account { … }`
pub static EXTERN_ROLE: Construct = Construct {
    name: "ExternRole",
    phrase: "an extern role",
    doc: "An existing role that is only read.",
    keys: &[
        ARN,
        BELIEVED_TRUSTS,
        TRUST_POLICY,
        key(
            "starts",
            None,
            ValueKind::Starts,
            "The pipelines that the role may start: assumed here, and verified by the plan.",
        ),
        key("policies", None, ValueKind::Policies, "All identity policies of the role as JSON, instead of `starts`."),
        key(
            "permissions_boundary",
            role("PermissionsBoundary"),
            ValueKind::Policy,
            "The permissions boundary of the role as JSON.",
        ),
    ],
};

const PIPELINE_NAME: DslKey =
    key("name", pipeline("name"), ValueKind::Literal, "The name of the pipeline in CodePipeline.").required();
const PIPELINE_REGION: DslKey =
    key("region", None, ValueKind::Literal, "The Region that the pipeline is in.").required();
const DECLARED_VARIABLES: DslKey = key(
    "variables",
    pipeline("variables"),
    ValueKind::KeysByName(&VARIABLE),
    "The variables of the pipeline: `name: \"default\"`, or a name alone where every start has to pass a value.",
);
const MODE: DslKey = key(
    "execution_mode",
    pipeline("executionMode"),
    ValueKind::Word(&EXECUTION_MODE),
    "How executions that overlap are handled.",
);
const TYPE: DslKey = key(
    "pipeline_type",
    pipeline("pipelineType"),
    ValueKind::Word(&PIPELINE_TYPE),
    "The type of the pipeline. Default: V2 where something needs it, else V1.",
);
const SERVICE_ROLE: DslKey = key(
    "service_role",
    pipeline("roleArn"),
    ValueKind::Role,
    "The role that the pipeline runs with: an item, `managed(\"…\")`, `extended(\"arn:…\")` or `existing(\"arn:…\")`.",
);
const ARTIFACT_BUCKET: DslKey = key(
    "artifact_bucket",
    pipeline("artifactStore"),
    ValueKind::Keys(&BUCKET),
    "The S3 bucket for artifacts, where all actions are in one Region.",
);
const ARTIFACT_BUCKETS: DslKey = key(
    "artifact_buckets",
    pipeline("artifactStores"),
    ValueKind::KeysByName(&BUCKET),
    "The S3 buckets for artifacts, by Region.",
);
const TRIGGERS: DslKey = key(
    "triggers",
    pipeline("triggers"),
    ValueKind::KeysByName(&TRIGGER),
    "What starts the pipeline, by source action.",
);
const PIPELINE_TAGS: DslKey = key("tags", member("PipelineDocument", "tags"), ValueKind::Tags, "Tags of the pipeline.");

/// `pipeline Name in account { … }`
pub static PIPELINE: Construct = Construct {
    name: "Pipeline",
    phrase: "a pipeline",
    doc: "A pipeline that is created and kept.",
    keys: &[
        PIPELINE_NAME,
        PIPELINE_REGION,
        MODE,
        TYPE,
        SERVICE_ROLE.required(),
        ARTIFACT_BUCKET,
        ARTIFACT_BUCKETS,
        DECLARED_VARIABLES,
        TRIGGERS,
        PIPELINE_TAGS,
    ],
};

/// `extended pipeline Name in account { … }`
pub static EXTENDED_PIPELINE: Construct = Construct {
    name: "ExtendedPipeline",
    phrase: "an extended pipeline",
    doc: "An existing pipeline; only the keys that are written are managed.",
    keys: &[
        PIPELINE_NAME,
        PIPELINE_REGION,
        MODE,
        TYPE,
        SERVICE_ROLE,
        ARTIFACT_BUCKET,
        ARTIFACT_BUCKETS,
        DECLARED_VARIABLES,
        TRIGGERS,
        PIPELINE_TAGS,
    ],
};

/// `extern pipeline Name in account { … }`
pub static EXTERN_PIPELINE: Construct = Construct {
    name: "ExternPipeline",
    phrase: "an extern pipeline",
    doc: "An existing pipeline that is only read.",
    keys: &[PIPELINE_NAME, PIPELINE_REGION, DECLARED_VARIABLES],
};

/// `artifact_bucket: { … }`
pub static BUCKET: Construct = Construct {
    name: "Bucket",
    phrase: "an artifact bucket",
    doc: "An artifact bucket.",
    keys: &[
        key("location", member("ArtifactStore", "location"), ValueKind::Text, "The name of the S3 bucket.").required(),
        key(
            "encryption_key",
            member("ArtifactStore", "encryptionKey"),
            ValueKind::Text,
            "The KMS key: by its ARN where artifacts cross accounts.",
        ),
    ],
};

/// `variables: { name: { … } }` of a pipeline.
pub static VARIABLE: Construct = Construct {
    name: "Variable",
    phrase: "a variable",
    doc: "A variable of a pipeline.",
    keys: &[
        key(
            "default_value",
            member("PipelineVariableDeclaration", "defaultValue"),
            ValueKind::Text,
            "The value where a start passes none; without a default, every start has to pass one.",
        ),
        key(
            "description",
            member("PipelineVariableDeclaration", "description"),
            ValueKind::Literal,
            "What the variable is for.",
        ),
    ],
};

/// `triggers: { source: { … } }`
pub static TRIGGER: Construct = Construct {
    name: "Trigger",
    phrase: "a trigger",
    doc: "What starts the pipeline from a source action.",
    keys: &[
        key(
            "push",
            member("GitConfiguration", "push"),
            ValueKind::KeysListed(&PUSH),
            "Filters for pushes, one or a list of at most 3.",
        ),
        key(
            "pull_request",
            member("GitConfiguration", "pullRequest"),
            ValueKind::KeysListed(&PULL_REQUEST),
            "Filters for pull requests, one or a list of at most 3.",
        ),
    ],
};

/// A filter of `push:`.
pub static PUSH: Construct = Construct {
    name: "Push",
    phrase: "a push filter",
    doc: "A filter for pushes.",
    keys: &[
        key("branches", member("GitPushFilter", "branches"), ValueKind::Keys(&PATTERNS), "Patterns for branches."),
        key(
            "file_paths",
            member("GitPushFilter", "filePaths"),
            ValueKind::Keys(&PATTERNS),
            "Patterns for paths of files, together with `branches`.",
        ),
        key("tags", member("GitPushFilter", "tags"), ValueKind::Keys(&PATTERNS), "Patterns for tags."),
    ],
};

/// A filter of `pull_request:`.
pub static PULL_REQUEST: Construct = Construct {
    name: "PullRequest",
    phrase: "a pull request filter",
    doc: "A filter for pull requests.",
    keys: &[
        key(
            "events",
            member("GitPullRequestFilter", "events"),
            ValueKind::Words(&EVENTS),
            "Events of the pull request.",
        ),
        key(
            "branches",
            member("GitPullRequestFilter", "branches"),
            ValueKind::Keys(&PATTERNS),
            "Patterns for branches.",
        ),
        key(
            "file_paths",
            member("GitPullRequestFilter", "filePaths"),
            ValueKind::Keys(&PATTERNS),
            "Patterns for paths of files.",
        ),
    ],
};

/// `branches: { … }` and similar keys.
pub static PATTERNS: Construct = Construct {
    name: "Patterns",
    phrase: "patterns",
    doc: "Patterns of a filter.",
    keys: &[
        key("includes", member("GitFilterCriteria", "includes"), ValueKind::Texts, "Patterns that have to match."),
        key("excludes", member("GitFilterCriteria", "excludes"), ValueKind::Texts, "Patterns that must not match."),
    ],
};

/// `stage "…" { … }`
pub static STAGE: Construct = Construct {
    name: "Stage",
    phrase: "a stage",
    doc: "A stage.",
    keys: &[
        key(
            "blockers",
            member("StageDeclaration", "blockers"),
            ValueKind::Literals,
            "Names of blockers of the transition into the stage.",
        ),
        key(
            "before_entry",
            member("StageDeclaration", "beforeEntry"),
            ValueKind::Conditions(&BEFORE_ENTRY),
            "Conditions for entering the stage: `FAIL({ … })` or `SKIP({ … })`.",
        ),
        key(
            "on_success",
            member("StageDeclaration", "onSuccess"),
            ValueKind::Conditions(&ON_SUCCESS),
            "Conditions for leaving the stage: `FAIL({ … })` or `ROLLBACK({ … })`.",
        ),
        key(
            "on_failure",
            member("StageDeclaration", "onFailure"),
            ValueKind::Conditions(&ON_FAILURE),
            "What happens when the stage fails: `ROLLBACK`, `RETRY`, `RETRY(ALL_ACTIONS)`, `RETRY(FAILED_ACTIONS)` or `ROLLBACK({ … })`.",
        ),
    ],
};

const RUN_ORDER: DslKey = key(
    "run_order",
    action("runOrder"),
    ValueKind::Integer,
    "When the action runs in its stage: 1 to 999, default 1. Actions with equal values run in parallel.",
);
const NAMESPACE: DslKey =
    key("namespace", action("namespace"), ValueKind::Name, "The namespace of the action's output variables.");

/// `invoke "…": Target { … }`
pub static INVOKE: Construct = Construct {
    name: "Invoke",
    phrase: "an invoke action",
    doc: "An action that starts a pipeline.",
    keys: &[
        key(
            "role",
            action("roleArn"),
            ValueKind::Role,
            "The role that starts the pipeline, in the account of that pipeline: an item, `managed(\"…\")`, `extended(\"arn:…\")` or \
             `existing(\"arn:…\")`.",
        ),
        key(
            "variables",
            member("configuration", "Variables"),
            ValueKind::TextMap,
            "Values for the variables of the pipeline that is started.",
        ),
        key(
            "source_revisions",
            member("configuration", "SourceRevisions"),
            ValueKind::Revisions(&REVISION_TYPE),
            "Revisions for source actions of the pipeline that is started: `name: COMMIT_ID(\"…\")`.",
        ),
        key(
            "follow",
            None,
            ValueKind::Word(&FOLLOW),
            "How the execution that it starts is found again: `caller_variable` passes the id of its own execution in the variable \
             `xacct_caller`, which a managed pipeline that is started then declares.",
        ),
        key(
            "wait",
            None,
            ValueKind::Literal,
            "How long the pipeline waits until the execution that it starts has ended: `\"45 minutes\"`, of 1 to 50. An action \
             `<name>-wait` is added, which runs with the same role and fails where the execution doesn't succeed.",
        ),
        RUN_ORDER,
        NAMESPACE,
    ],
};

/// Keys that every action except an invoke takes.
pub static ACTION: Construct = Construct {
    name: "Action",
    phrase: "an action",
    doc: "An action. It also has the keys of its provider.",
    keys: &[
        key(
            "region",
            action("region"),
            ValueKind::Literal,
            "The Region in which the action runs. Default: the Region of the pipeline.",
        ),
        RUN_ORDER,
        NAMESPACE,
        key("role", action("roleArn"), ValueKind::Role, "The role that the action runs with."),
        key("input", action("inputArtifacts"), ValueKind::Names, "Input artifacts."),
        key("output", action("outputArtifacts"), ValueKind::Names, "Output artifacts."),
    ],
};

/// Further keys of an action whose provider has no known keys.
pub static UNKNOWN_ACTION: Construct = Construct {
    name: "UnknownAction",
    phrase: "an action of an unknown provider",
    doc: "An action whose provider is not in the table, or has no documented keys.",
    keys: &[key(
        "configuration",
        action("configuration"),
        ValueKind::TextMap,
        "The configuration, with the names that AWS uses.",
    )],
};

/// Further keys of an action of category Compute.
pub static COMPUTE_ACTION: Construct = Construct {
    name: "ComputeAction",
    phrase: "a compute action",
    doc: "An action of category Compute.",
    keys: &[
        key("commands", action("commands"), ValueKind::Texts, "Shell commands, one after another."),
        key(
            "environment_variables",
            action("environmentVariables"),
            ValueKind::Environment,
            "Environment variables of the commands; `secrets_manager(\"…\")` is the value of a secret.",
        ),
        key(
            "output_variables",
            action("outputVariables"),
            ValueKind::Names,
            "Environment variables that become output variables of the action.",
        ),
        key("files", member("OutputArtifact", "files"), ValueKind::Literals, "Files that go into the output artifact."),
    ],
};

/// Further keys of an action of category Approval.
pub static APPROVAL_ACTION: Construct = Construct {
    name: "ApprovalAction",
    phrase: "an approval",
    doc: "An action of category Approval.",
    keys: &[key(
        "timeout_in_minutes",
        action("timeoutInMinutes"),
        ValueKind::Integer,
        "How long the action waits: 5 to 86400 minutes.",
    )],
};

/// Keys that every rule of a condition takes.
pub static RULE: Construct = Construct {
    name: "Rule",
    phrase: "a rule",
    doc: "A rule of a condition. It also has the keys of its provider.",
    keys: &[
        key("input", rule("inputArtifacts"), ValueKind::Names, "Input artifacts."),
        key(
            "region",
            rule("region"),
            ValueKind::Literal,
            "The Region in which the rule runs. Default: the Region of the pipeline.",
        ),
        key("role", rule("roleArn"), ValueKind::Role, "The role that the rule runs with."),
        key(
            "timeout_in_minutes",
            rule("timeoutInMinutes"),
            ValueKind::Integer,
            "How long the rule may take: 5 to 86400 minutes.",
        ),
    ],
};

/// Further keys of a compute rule.
pub static COMPUTE_RULE: Construct = Construct {
    name: "ComputeRule",
    phrase: "a compute rule",
    doc: "A rule that runs commands.",
    keys: &[key("commands", rule("commands"), ValueKind::Texts, "Shell commands, one after another.")],
};

/// Further keys of a rule whose provider is not known.
pub static UNKNOWN_RULE: Construct = Construct {
    name: "UnknownRule",
    phrase: "a rule of an unknown provider",
    doc: "A rule whose provider is not in the table.",
    keys: &[key(
        "configuration",
        rule("configuration"),
        ValueKind::TextMap,
        "The configuration, with the names that AWS uses.",
    )],
};

/// The keys of an action in addition to those of [`ACTION`] and of its provider; `unknown` where the provider has no known keys.
pub fn extra_of_action(category: &str, unknown: bool) -> impl Iterator<Item = &'static Construct> + use<> {
    let extra = [
        unknown.then_some(&UNKNOWN_ACTION),
        (category == "Compute").then_some(&COMPUTE_ACTION),
        (category == "Approval").then_some(&APPROVAL_ACTION),
    ];
    extra.into_iter().flatten()
}

/// The keys of a rule in addition to those of [`RULE`] and of its provider.
pub fn extra_of_rule(compute: bool, unknown: bool) -> impl Iterator<Item = &'static Construct> + use<> {
    [compute.then_some(&COMPUTE_RULE), unknown.then_some(&UNKNOWN_RULE)].into_iter().flatten()
}

const fn key(name: &'static str, member: Option<ApiMember>, value: ValueKind, doc: &'static str) -> DslKey {
    DslKey { name, member, value, required: false, doc }
}

impl DslKey {
    const fn required(self) -> Self {
        Self { required: true, ..self }
    }
}

const fn member(structure: &'static str, name: &'static str) -> Option<ApiMember> {
    Some(ApiMember { structure, name })
}

const fn pipeline(name: &'static str) -> Option<ApiMember> {
    member("PipelineDeclaration", name)
}

const fn action(name: &'static str) -> Option<ApiMember> {
    member("ActionDeclaration", name)
}

const fn rule(name: &'static str) -> Option<ApiMember> {
    member("RuleDeclaration", name)
}

const fn role(name: &'static str) -> Option<ApiMember> {
    member("Role", name)
}
