//! The words of `pipeline!` as Rust items with documentation. In an editor the macro writes the user's keys as fields of these
//! types, so that completion, hover and rename know them; in a compilation it does not, and nothing here is used.
//!
//! What the fields are called is held against the macro's own lists by a test of the macro.

/// Stands for the value of a key. Nothing calls it.
pub fn value<T>() -> T {
    loop {
        std::hint::spin_loop();
    }
}

/// The variables of a pipeline item, as a type with a field for each.
pub trait Variables {
    /// The type.
    type Of;
}

/// Types with a field for each key.
macro_rules! keys {
    ($($(#[doc = $doc:literal])* $name:ident { $($(#[doc = $key_doc:literal])* $key:ident),* $(,)? })*) => {$(
        $(#[doc = $doc])*
        pub struct $name { $($(#[doc = $key_doc])* pub $key: ()),* }
    )*};
}

/// Modules with the words that a key takes.
macro_rules! words {
    ($($(#[doc = $doc:literal])* $key:ident { $($(#[doc = $word_doc:literal])* $word:ident),* $(,)? })*) => {$(
        $(#[doc = $doc])*
        #[allow(non_upper_case_globals)]
        pub mod $key {
            $($(#[doc = $word_doc])* pub const $word: () = ();)*
        }
    )*};
}

keys! {
    /// An AWS account.
    Account {
        /// The partition that the account lives in: `aws` where it is left out, `aws-cn`, `aws-us-gov`.
        partition,
    }
    /// A role that is created and kept.
    Role {
        /// The name of the role in IAM.
        name,
        /// The path of the role: `/` where it is left out.
        path,
        /// Who may assume the role: accounts, which stand for the service roles of those of their pipelines that use it, roles,
        /// `role("arn:…")` and `whole_account(…)`.
        trusts,
        /// The pipelines that the role may start.
        starts,
        /// Statements that are added to what is derived.
        policies,
        /// Tags of the role.
        tags,
    }
    /// A role that exists, in which one inline policy of ours is kept.
    ExtendedRole {
        /// The ARN of the role.
        arn,
        /// Whom the role is believed to trust, until the plan reads it.
        trusts,
        /// The trust policy of the role as JSON, in place of `trusts`.
        trust_policy,
        /// The pipelines that the role may start.
        starts,
        /// Statements that are added to what is derived.
        policies,
    }
    /// A role that exists and is only read.
    ExternRole {
        /// The ARN of the role.
        arn,
        /// Whom the role is believed to trust, until the plan reads it.
        trusts,
        /// The trust policy of the role as JSON, in place of `trusts`.
        trust_policy,
        /// The pipelines that the role is believed to be allowed to start, until the plan reads it.
        starts,
        /// All identity policies of the role as JSON, in place of `starts`.
        policies,
        /// The permissions boundary of the role as JSON.
        permissions_boundary,
    }
    /// A pipeline that is created and kept.
    Pipeline {
        /// The name of the pipeline in CodePipeline.
        name,
        /// The Region that the pipeline lives in.
        region,
        /// How runs follow each other: `QUEUED`, `SUPERSEDED` or `PARALLEL`.
        execution_mode,
        /// `V1` or `V2`; derived where it is left out.
        pipeline_type,
        /// The role that the pipeline runs with: an item, `managed("…")`, `extended("arn:…")` or `existing("arn:…")`.
        service_role,
        /// The S3 bucket for artifacts, where all actions are in one Region.
        artifact_bucket,
        /// The S3 buckets for artifacts, by Region.
        artifact_buckets,
        /// The variables of the pipeline: `name: "default"`, or a name alone where a run has to give it.
        variables,
        /// What starts the pipeline, by source action.
        triggers,
        /// Tags of the pipeline.
        tags,
    }
    /// A pipeline that exists, of which only the keys that are written are ours.
    ExtendedPipeline {
        /// The name of the pipeline in CodePipeline.
        name,
        /// The Region that the pipeline lives in.
        region,
        /// How runs follow each other: `QUEUED`, `SUPERSEDED` or `PARALLEL`.
        execution_mode,
        /// `V1` or `V2`.
        pipeline_type,
        /// The role that the pipeline runs with.
        service_role,
        /// The S3 bucket for artifacts, where all actions are in one Region.
        artifact_bucket,
        /// The S3 buckets for artifacts, by Region.
        artifact_buckets,
        /// The variables of the pipeline: `name: "default"`, or a name alone where a run has to give it.
        variables,
        /// What starts the pipeline, by source action.
        triggers,
        /// Tags of the pipeline.
        tags,
    }
    /// A pipeline that exists and is only read.
    ExternPipeline {
        /// The name of the pipeline in CodePipeline.
        name,
        /// The Region that the pipeline lives in.
        region,
        /// The variables of the pipeline: `name: "default"`, or a name alone where a run has to give it.
        variables,
    }
    /// An artifact bucket.
    Bucket {
        /// The name of the S3 bucket.
        location,
        /// The KMS key: by its ARN where artifacts cross accounts.
        encryption_key,
    }
    /// A variable of a pipeline.
    Variable {
        /// The value where a run gives none; a variable without it has to be given.
        default_value,
        /// What the variable is for.
        description,
    }
    /// What starts the pipeline from a source action.
    Trigger {
        /// Filters for pushes, one or a list of at most 3.
        push,
        /// Filters for pull requests, one or a list of at most 3.
        pull_request,
    }
    /// A filter for pushes.
    Push {
        /// Patterns for branches.
        branches,
        /// Patterns for paths of files, together with `branches`.
        file_paths,
        /// Patterns for tags.
        tags,
    }
    /// A filter for pull requests.
    PullRequest {
        /// `OPEN`, `UPDATED`, `CLOSED`.
        events,
        /// Patterns for branches.
        branches,
        /// Patterns for paths of files.
        file_paths,
    }
    /// Patterns of a filter.
    Patterns {
        /// What has to match.
        includes,
        /// What must not match.
        excludes,
    }
    /// A stage.
    Stage {
        /// Names of blockers.
        blockers,
        /// What has to hold before the stage is entered: `FAIL({ … })` or `SKIP({ … })`.
        before_entry,
        /// What has to hold once the stage has succeeded: `FAIL({ … })` or `ROLLBACK({ … })`.
        on_success,
        /// What happens when the stage fails: `ROLLBACK`, `RETRY`, `RETRY(ALL_ACTIONS)`, `ROLLBACK({ … })`.
        on_failure,
    }
    /// An action that starts a pipeline.
    Invoke {
        /// The role that starts the pipeline: an item, `managed("…")`, `extended("arn:…")` or `existing("arn:…")`. It lives in the
        /// account of the pipeline that is started.
        role,
        /// Values for the variables of the pipeline that is started.
        variables,
        /// What source actions of the pipeline that is started take: `name: COMMIT_ID("…")`.
        source_revisions,
        /// When the action runs in its stage, from 1.
        run_order,
        /// The namespace of the variables that the action makes.
        namespace,
    }
    /// An action whose type is written out.
    Typed {
        /// The Region in which the action runs.
        region,
        /// When the action runs in its stage, from 1.
        run_order,
        /// The namespace of the variables that the action makes.
        namespace,
        /// The role that the action runs with.
        role,
        /// Input artifacts.
        input,
        /// Output artifacts.
        output,
        /// The configuration, with the names that AWS uses.
        configuration,
    }
    /// A compute action whose type is written out.
    TypedCompute {
        /// The Region in which the action runs.
        region,
        /// When the action runs in its stage, from 1.
        run_order,
        /// The namespace of the variables that the action makes.
        namespace,
        /// The role that the action runs with.
        role,
        /// Input artifacts.
        input,
        /// Output artifacts.
        output,
        /// The configuration, with the names that AWS uses.
        configuration,
        /// Shell commands, one after another.
        commands,
        /// Environment variables of the commands; `secrets_manager("…")` is the value of a secret.
        environment_variables,
        /// Environment variables that become output variables of the action.
        output_variables,
        /// Files that go into the output artifact.
        files,
    }
    /// An approval whose type is written out.
    TypedApproval {
        /// The Region in which the action runs.
        region,
        /// When the action runs in its stage, from 1.
        run_order,
        /// The namespace of the variables that the action makes.
        namespace,
        /// The role that the action runs with.
        role,
        /// Input artifacts.
        input,
        /// Output artifacts.
        output,
        /// The configuration, with the names that AWS uses.
        configuration,
        /// How long the action waits: 5 to 86400 minutes.
        timeout_in_minutes,
    }
}

/// How a role is named where it is used.
pub mod role {
    /// A role that is created and kept, by its path and name.
    pub const fn managed(_path_and_name: &str) {}
    /// A role that exists, in which one inline policy of ours is kept, by its ARN.
    pub const fn extended(_arn: &str) {}
    /// A role that exists and is only read, by its ARN.
    pub const fn existing(_arn: &str) {}
}

/// What a role trusts, where that is no item.
pub mod trust {
    /// A role, by its ARN.
    pub const fn role(_arn: &str) {}
    /// Everybody in an account who is allowed to.
    pub fn whole_account<A>(_account: A) {}
}

/// Words that a key takes.
pub mod words {
    words! {
        /// How runs follow each other.
        execution_mode {
            /// Runs wait for each other, and all of them run.
            QUEUED,
            /// A newer run takes the place of one that waits.
            SUPERSEDED,
            /// Runs do not wait for each other.
            PARALLEL,
        }
        /// The type of a pipeline.
        pipeline_type {
            /// Without variables, triggers, conditions and all that came later.
            V1,
            /// With all of it.
            V2,
        }
        /// What happens where a condition does not hold.
        before_entry {
            /// The stage fails.
            FAIL,
            /// The stage is left out.
            SKIP,
        }
        /// What happens where a condition does not hold.
        on_success {
            /// The stage fails.
            FAIL,
            /// The stage goes back to a run that succeeded.
            ROLLBACK,
        }
        /// What happens when a stage fails.
        on_failure {
            /// The stage goes back to a run that succeeded.
            ROLLBACK,
            /// The stage runs once more.
            RETRY,
        }
        /// What runs once more.
        retry_mode {
            /// The actions that failed.
            FAILED_ACTIONS,
            /// All actions of the stage.
            ALL_ACTIONS,
        }
        /// Events of a pull request.
        events {
            /// It is opened.
            OPEN,
            /// It gets new commits.
            UPDATED,
            /// It is closed or merged.
            CLOSED,
        }
        /// What a source action takes.
        revision_type {
            /// The id of a commit.
            COMMIT_ID,
            /// The digest of an image.
            IMAGE_DIGEST,
            /// The version of an S3 object.
            S3_OBJECT_VERSION_ID,
            /// The key of an S3 object.
            S3_OBJECT_KEY,
        }
    }

    pub use super::providers::words::*;
}

#[rustfmt::skip]
mod providers;

pub use providers::{action, rule, source};
