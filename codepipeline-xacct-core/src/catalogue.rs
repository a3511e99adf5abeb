//! What action providers take: artifacts, configuration keys, output variables, permissions.
//!
//! An action type that is not here is used with its full type id and free configuration; nothing is said
//! about its keys then. Source: the action reference pages of the CodePipeline User Guide, named per entry.

use crate::declaration::{ActionDeclaration, ActionTypeId};

/// What is known of one action type.
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
    /// Least and greatest number of input artifacts.
    pub inputs: (usize, usize),
    /// Least and greatest number of output artifacts.
    pub outputs: (usize, usize),
    /// The keys of the configuration.
    pub keys: &'static [ConfigurationKey],
    /// Names of the output variables, where the provider and not the user chooses them.
    pub output_variables: Option<&'static [&'static str]>,
    /// True where only V2 pipelines may hold the action.
    pub v2_only: bool,
    /// True where the action takes `commands`, `outputVariables` and `files`.
    pub compute: bool,
    /// What the role that runs the action has to be allowed.
    pub permissions: &'static [Permission],
    /// The page of the User Guide.
    pub page: &'static str,
}

/// A key of an action's configuration.
#[derive(Debug, PartialEq, Eq)]
pub struct ConfigurationKey {
    /// The name that AWS uses.
    pub name: &'static str,
    /// The name in `pipeline!`.
    pub dsl: &'static str,
    /// True where the service refuses the action without it.
    pub required: bool,
    /// The values that it may take; empty where any text may stand.
    pub values: &'static [&'static str],
    /// What it is.
    pub doc: &'static str,
}

/// A permission that an action needs.
#[derive(Debug, PartialEq, Eq)]
pub struct Permission {
    /// IAM actions.
    pub actions: &'static [&'static str],
    /// Resources, with `{partition}`, `{region}`, `{account}`, `{pipeline}` and names of configuration keys in braces.
    pub resources: &'static [&'static str],
    /// When it is needed.
    pub when: When,
}

/// When a permission is needed.
#[derive(Debug, PartialEq, Eq)]
pub enum When {
    /// Always.
    Always,
    /// When a configuration key has a value.
    KeyIs(&'static str, &'static str),
    /// When a configuration key is there.
    KeySet(&'static str),
}

impl When {
    /// Whether the permission is needed for an action.
    pub fn holds(&self, action: &ActionDeclaration) -> bool {
        let value = |key: &str| action.configuration.as_ref().and_then(|c| c.get(key));
        match self {
            When::Always => true,
            When::KeyIs(key, wanted) => value(key).is_some_and(|v| v == wanted),
            When::KeySet(key) => value(key).is_some(),
        }
    }
}

const fn key(name: &'static str, dsl: &'static str, required: bool, doc: &'static str) -> ConfigurationKey {
    ConfigurationKey { name, dsl, required, values: &[], doc }
}

const fn choice(
    name: &'static str,
    dsl: &'static str,
    values: &'static [&'static str],
    doc: &'static str,
) -> ConfigurationKey {
    ConfigurationKey { name, dsl, required: false, values, doc }
}

const BOOLEAN: &[&str] = &["true", "false"];
const OUTPUT_FORMAT: ConfigurationKey = choice(
    "OutputArtifactFormat",
    "output_format",
    &["CODE_ZIP", "CODEBUILD_CLONE_REF"],
    "a ZIP of the commit (default), or a reference with which CodeBuild makes a full clone",
);
const POLL: ConfigurationKey = choice(
    "PollForSourceChanges",
    "poll",
    BOOLEAN,
    "`false` where an EventBridge rule starts the pipeline; the default of the API polls",
);

const CODEBUILD_KEYS: &[ConfigurationKey] = &[
    key("ProjectName", "project_name", true, "the CodeBuild project"),
    key("PrimarySource", "primary_source", false, "the input artifact that holds the buildspec"),
    choice("BatchEnabled", "batch_enabled", BOOLEAN, "run as a batch build"),
    key("BuildspecOverride", "buildspec_override", false, "a buildspec for this run, inline or its path"),
    choice("CombineArtifacts", "combine_artifacts", BOOLEAN, "merge the artifacts of a batch into one location"),
    key("EnvironmentVariables", "environment_variables", false, "JSON array of `{name, value, type}`"),
    key("ServiceRoleArnOverride", "service_role_arn_override", false, "replaces the role of the project for this run"),
];

const CODEBUILD_PERMISSIONS: &[Permission] = &[
    Permission {
        actions: &["codebuild:BatchGetBuilds", "codebuild:StartBuild"],
        resources: &["arn:{partition}:codebuild:{region}:{account}:project/{ProjectName}"],
        when: When::Always,
    },
    Permission {
        actions: &["codebuild:BatchGetBuildBatches", "codebuild:StartBuildBatch"],
        resources: &["arn:{partition}:codebuild:{region}:{account}:project/{ProjectName}"],
        when: When::KeyIs("BatchEnabled", "true"),
    },
    Permission {
        actions: &["iam:PassRole"],
        resources: &["{ServiceRoleArnOverride}"],
        when: When::KeySet("ServiceRoleArnOverride"),
    },
];

/// Every action type that is known.
pub static ACTIONS: &[ActionProvider] = &[
    ActionProvider {
        category: "Source",
        owner: "AWS",
        provider: "CodeCommit",
        version: "1",
        inputs: (0, 0),
        outputs: (1, 1),
        keys: &[
            key("RepositoryName", "repository", true, "the repository to read"),
            key("BranchName", "branch", true, "the branch whose head is read"),
            POLL,
            OUTPUT_FORMAT,
        ],
        output_variables: Some(&[
            "CommitId",
            "CommitMessage",
            "RepositoryName",
            "BranchName",
            "AuthorDate",
            "CommitterDate",
        ]),
        v2_only: false,
        compute: false,
        permissions: &[
            Permission {
                actions: &[
                    "codecommit:CancelUploadArchive",
                    "codecommit:GetBranch",
                    "codecommit:GetCommit",
                    "codecommit:GetUploadArchiveStatus",
                    "codecommit:UploadArchive",
                ],
                resources: &["arn:{partition}:codecommit:{region}:{account}:{RepositoryName}"],
                when: When::Always,
            },
            Permission {
                actions: &["codecommit:GetRepository"],
                resources: &["arn:{partition}:codecommit:{region}:{account}:{RepositoryName}"],
                when: When::KeyIs("OutputArtifactFormat", "CODEBUILD_CLONE_REF"),
            },
        ],
        page: "action-reference-CodeCommit",
    },
    ActionProvider {
        category: "Source",
        owner: "AWS",
        provider: "S3",
        version: "1",
        inputs: (0, 0),
        outputs: (1, 1),
        keys: &[
            key("S3Bucket", "s3_bucket", true, "the bucket of the source object; it must be versioned"),
            key("S3ObjectKey", "s3_object_key", true, "the key of the source object"),
            choice(
                "AllowOverrideForS3ObjectKey",
                "allow_override_for_s3_object_key",
                BOOLEAN,
                "whether a start may override the key with `S3_OBJECT_KEY`",
            ),
            POLL,
        ],
        output_variables: Some(&["BucketName", "ETag", "ObjectKey", "VersionId"]),
        v2_only: false,
        compute: false,
        permissions: &[
            Permission {
                actions: &["s3:GetObject", "s3:GetObjectVersion"],
                resources: &["arn:{partition}:s3:::{S3Bucket}/*"],
                when: When::Always,
            },
            Permission {
                actions: &["s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation"],
                resources: &["arn:{partition}:s3:::{S3Bucket}"],
                when: When::Always,
            },
        ],
        page: "action-reference-S3",
    },
    ActionProvider {
        category: "Source",
        owner: "AWS",
        provider: "CodeStarSourceConnection",
        version: "1",
        inputs: (0, 0),
        outputs: (1, 1),
        keys: &[
            key("ConnectionArn", "connection_arn", true, "the ARN of the connection"),
            key("FullRepositoryId", "full_repository_id", true, "owner and repository: `owner/repository`"),
            key("BranchName", "branch", true, "the branch to follow"),
            OUTPUT_FORMAT,
            choice("DetectChanges", "detect_changes", BOOLEAN, "start on every push (default)"),
        ],
        output_variables: Some(&[
            "AuthorDate",
            "BranchName",
            "CommitId",
            "CommitMessage",
            "ConnectionArn",
            "FullRepositoryName",
        ]),
        v2_only: false,
        compute: false,
        permissions: &[Permission {
            actions: &["codeconnections:UseConnection", "codestar-connections:UseConnection"],
            resources: &["{ConnectionArn}"],
            when: When::Always,
        }],
        page: "action-reference-CodestarConnectionSource",
    },
    ActionProvider {
        category: "Build",
        owner: "AWS",
        provider: "CodeBuild",
        version: "1",
        inputs: (1, 5),
        outputs: (0, 5),
        keys: CODEBUILD_KEYS,
        output_variables: None,
        v2_only: false,
        compute: false,
        permissions: CODEBUILD_PERMISSIONS,
        page: "action-reference-CodeBuild",
    },
    ActionProvider {
        category: "Test",
        owner: "AWS",
        provider: "CodeBuild",
        version: "1",
        inputs: (1, 5),
        outputs: (0, 5),
        keys: CODEBUILD_KEYS,
        output_variables: None,
        v2_only: false,
        compute: false,
        permissions: CODEBUILD_PERMISSIONS,
        page: "action-reference-CodeBuild",
    },
    ActionProvider {
        category: "Compute",
        owner: "AWS",
        provider: "Commands",
        version: "1",
        inputs: (1, 10),
        outputs: (0, 1),
        keys: &[
            choice(
                "EnvironmentType",
                "environment_type",
                &["LINUX_CONTAINER", "WINDOWS_SERVER_2022_CONTAINER"],
                "the image family",
            ),
            choice(
                "ComputeType",
                "compute_type",
                &["BUILD_GENERAL1_SMALL", "BUILD_GENERAL1_MEDIUM", "BUILD_GENERAL1_LARGE"],
                "the size",
            ),
            key("VpcId", "vpc_id", false, "the VPC"),
            key("Subnets", "subnets", false, "the subnets of the VPC"),
            key("SecurityGroupIds", "security_group_ids", false, "the security groups of the VPC"),
        ],
        output_variables: None,
        v2_only: true,
        compute: true,
        permissions: &[Permission {
            actions: &["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
            resources: &[
                "arn:{partition}:logs:{region}:{account}:log-group:/aws/codepipeline/{pipeline}",
                "arn:{partition}:logs:{region}:{account}:log-group:/aws/codepipeline/{pipeline}:*",
            ],
            when: When::Always,
        }],
        page: "action-reference-Commands",
    },
    ActionProvider {
        category: "Approval",
        owner: "AWS",
        provider: "Manual",
        version: "1",
        inputs: (0, 0),
        outputs: (0, 0),
        keys: &[
            key("CustomData", "custom_data", false, "text shown to the approver"),
            key("ExternalEntityLink", "external_entity_link", false, "a link shown to the approver"),
            key("NotificationArn", "notification_arn", false, "the SNS topic that announces the approval"),
        ],
        output_variables: None,
        v2_only: false,
        compute: false,
        permissions: &[Permission {
            actions: &["sns:Publish"],
            resources: &["{NotificationArn}"],
            when: When::KeySet("NotificationArn"),
        }],
        page: "action-reference-ManualApproval",
    },
    ActionProvider {
        category: "Invoke",
        owner: "AWS",
        provider: "CodePipeline",
        version: "1",
        inputs: (0, 0),
        outputs: (0, 0),
        keys: &[
            key("PipelineName", "pipeline_name", true, "the bare name of the target pipeline"),
            key(
                "SourceRevisions",
                "source_revisions",
                false,
                "JSON array of `{actionName, revisionType, revisionValue}`",
            ),
            key("Variables", "variables", false, "JSON array of `{name, value}`"),
        ],
        output_variables: None,
        v2_only: true,
        compute: false,
        permissions: &[Permission {
            actions: &["codepipeline:StartPipelineExecution"],
            resources: &["arn:{partition}:codepipeline:{region}:{account}:{PipelineName}"],
            when: When::Always,
        }],
        page: "action-reference-PipelineInvoke",
    },
];

/// The entry of an action type, if it is known.
pub fn find(type_id: &ActionTypeId) -> Option<&'static ActionProvider> {
    ACTIONS.iter().find(|a| {
        a.category == type_id.category
            && a.owner == type_id.owner
            && a.provider == type_id.provider
            && a.version == type_id.version
    })
}

/// The entry of a provider that the macro names by its bare name; `source` tells a source from the rest.
///
/// CodeBuild is in two categories: its bare name means Build.
pub fn by_name(provider: &str, source: bool) -> Option<&'static ActionProvider> {
    ACTIONS.iter().find(|a| a.provider == provider && (a.category == "Source") == source)
}

impl ActionProvider {
    /// The type id.
    pub fn type_id(&self) -> ActionTypeId {
        ActionTypeId::new(self.category, self.owner, self.provider, self.version)
    }

    /// A key by the name that AWS uses.
    pub fn key(&self, name: &str) -> Option<&'static ConfigurationKey> {
        self.keys.iter().find(|k| k.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_macro_are_unique_per_provider() {
        for action in ACTIONS {
            let mut names: Vec<_> = action.keys.iter().map(|k| k.dsl).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), action.keys.len(), "{}", action.provider);
        }
    }
}
