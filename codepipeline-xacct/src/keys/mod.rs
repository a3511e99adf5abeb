//! The words of `pipeline!` as Rust items with documentation. Made from the table in `codepipeline-xacct-syntax/src/keys` by
//! `cargo xtask write`; edit that table instead.
//!
//! In an editor the macro writes the user's keys as fields of these types, so that completion, hover and rename know them; in a
//! compilation it does not, and nothing here is used. An editor shows the path of the module, so that is short.

#[macro_use]
mod support;

#[rustfmt::skip]
pub mod action;
pub mod role;
#[rustfmt::skip]
pub mod rule;
#[rustfmt::skip]
pub mod source;
pub mod trust;
#[rustfmt::skip]
pub mod words;

pub use support::{Variables, value};

keys! {
    #[doc = "An AWS account."]
    Account {
        #[doc = "The partition of the account: `aws` (default), `aws-cn`, `aws-us-gov`."]
        partition,
    }
    #[doc = "A role that is created and kept."]
    Role {
        #[doc = "The name of the role in IAM."]
        name,
        #[doc = "The path of the role. Default: `/`."]
        path,
        #[doc = "Who may assume the role: roles, `role(\"arn:…\")`, accounts, which mean the service roles of their pipelines that use the role, and `whole_account(…)`."]
        trusts,
        #[doc = "The pipelines that the role may start."]
        starts,
        #[doc = "Statements that are added to the derived policy."]
        policies,
        #[doc = "Tags of the role."]
        tags,
    }
    #[doc = "An existing role in which one inline policy is kept."]
    ExtendedRole {
        #[doc = "The ARN of the role."]
        arn,
        #[doc = "Who may assume the role: assumed here, and verified by the plan."]
        trusts,
        #[doc = "The trust policy of the role as JSON, instead of `trusts`."]
        trust_policy,
        #[doc = "The pipelines that the role may start."]
        starts,
        #[doc = "Statements that are added to the derived policy."]
        policies,
    }
    #[doc = "An existing role that is only read."]
    ExternRole {
        #[doc = "The ARN of the role."]
        arn,
        #[doc = "Who may assume the role: assumed here, and verified by the plan."]
        trusts,
        #[doc = "The trust policy of the role as JSON, instead of `trusts`."]
        trust_policy,
        #[doc = "The pipelines that the role may start: assumed here, and verified by the plan."]
        starts,
        #[doc = "All identity policies of the role as JSON, instead of `starts`."]
        policies,
        #[doc = "The permissions boundary of the role as JSON."]
        permissions_boundary,
    }
    #[doc = "A pipeline that is created and kept."]
    Pipeline {
        #[doc = "The name of the pipeline in CodePipeline."]
        name,
        #[doc = "The Region that the pipeline is in."]
        region,
        #[doc = "How executions that overlap are handled."]
        execution_mode,
        #[doc = "The type of the pipeline. Default: V2 where something needs it, else V1."]
        pipeline_type,
        #[doc = "The role that the pipeline runs with: an item, `managed(\"…\")`, `extended(\"arn:…\")` or `existing(\"arn:…\")`."]
        service_role,
        #[doc = "The S3 bucket for artifacts, where all actions are in one Region."]
        artifact_bucket,
        #[doc = "The S3 buckets for artifacts, by Region."]
        artifact_buckets,
        #[doc = "The variables of the pipeline: `name: \"default\"`, or a name alone where every start has to pass a value."]
        variables,
        #[doc = "What starts the pipeline, by source action."]
        triggers,
        #[doc = "Tags of the pipeline."]
        tags,
        #[doc = "A stage: `stage \"…\" { … }`, with its keys and actions."]
        stage,
    }
    #[doc = "An existing pipeline; only the keys that are written are managed."]
    ExtendedPipeline {
        #[doc = "The name of the pipeline in CodePipeline."]
        name,
        #[doc = "The Region that the pipeline is in."]
        region,
        #[doc = "How executions that overlap are handled."]
        execution_mode,
        #[doc = "The type of the pipeline. Default: V2 where something needs it, else V1."]
        pipeline_type,
        #[doc = "The role that the pipeline runs with: an item, `managed(\"…\")`, `extended(\"arn:…\")` or `existing(\"arn:…\")`."]
        service_role,
        #[doc = "The S3 bucket for artifacts, where all actions are in one Region."]
        artifact_bucket,
        #[doc = "The S3 buckets for artifacts, by Region."]
        artifact_buckets,
        #[doc = "The variables of the pipeline: `name: \"default\"`, or a name alone where every start has to pass a value."]
        variables,
        #[doc = "What starts the pipeline, by source action."]
        triggers,
        #[doc = "Tags of the pipeline."]
        tags,
        #[doc = "A stage that exists: `stage \"…\" { … }`, with the keys and the actions that are kept."]
        stage,
        #[doc = "A stage that is created: `add stage \"…\" after \"…\" { … }`, or `before \"…\"`."]
        add,
    }
    #[doc = "An existing pipeline that is only read."]
    ExternPipeline {
        #[doc = "The name of the pipeline in CodePipeline."]
        name,
        #[doc = "The Region that the pipeline is in."]
        region,
        #[doc = "The variables of the pipeline: `name: \"default\"`, or a name alone where every start has to pass a value."]
        variables,
    }
    #[doc = "An artifact bucket."]
    Bucket {
        #[doc = "The name of the S3 bucket."]
        location,
        #[doc = "The KMS key: by its ARN where artifacts cross accounts."]
        encryption_key,
    }
    #[doc = "A variable of a pipeline."]
    Variable {
        #[doc = "The value where a start passes none; without a default, every start has to pass one."]
        default_value,
        #[doc = "What the variable is for."]
        description,
    }
    #[doc = "What starts the pipeline from a source action."]
    Trigger {
        #[doc = "Filters for pushes, one or a list of at most 3."]
        push,
        #[doc = "Filters for pull requests, one or a list of at most 3."]
        pull_request,
    }
    #[doc = "A filter for pushes."]
    Push {
        #[doc = "Patterns for branches."]
        branches,
        #[doc = "Patterns for paths of files, together with `branches`."]
        file_paths,
        #[doc = "Patterns for tags."]
        tags,
    }
    #[doc = "A filter for pull requests."]
    PullRequest {
        #[doc = "Events of the pull request."]
        events,
        #[doc = "Patterns for branches."]
        branches,
        #[doc = "Patterns for paths of files."]
        file_paths,
    }
    #[doc = "Patterns of a filter."]
    Patterns {
        #[doc = "Patterns that have to match."]
        includes,
        #[doc = "Patterns that must not match."]
        excludes,
    }
    #[doc = "A stage."]
    Stage {
        #[doc = "Names of blockers of the transition into the stage."]
        blockers,
        #[doc = "Conditions for entering the stage: `FAIL({ … })` or `SKIP({ … })`."]
        before_entry,
        #[doc = "Conditions for leaving the stage: `FAIL({ … })` or `ROLLBACK({ … })`."]
        on_success,
        #[doc = "What happens when the stage fails: `ROLLBACK`, `RETRY`, `RETRY(ALL_ACTIONS)`, `RETRY(FAILED_ACTIONS)` or `ROLLBACK({ … })`."]
        on_failure,
        #[doc = "An action that reads a source: `source \"…\": CodeCommit { … }`."]
        source,
        #[doc = "An action: `action \"…\": CodeBuild { … }`."]
        action,
        #[doc = "An action that starts another pipeline: `invoke \"…\": <pipeline item> { … }`."]
        invoke,
        #[doc = "An action that an extended pipeline creates: `add invoke \"…\": <pipeline item> { … }`."]
        add,
    }
    #[doc = "An action that starts a pipeline."]
    Invoke {
        #[doc = "The role that starts the pipeline, in the account of that pipeline: an item, `managed(\"…\")`, `extended(\"arn:…\")` or `existing(\"arn:…\")`."]
        role,
        #[doc = "Values for the variables of the pipeline that is started."]
        variables,
        #[doc = "Revisions for source actions of the pipeline that is started: `name: COMMIT_ID(\"…\")`."]
        source_revisions,
        #[doc = "How the execution that it starts is found again: `caller_variable` passes the id of its own execution in the variable `xacct_caller`, which a managed pipeline that is started then declares."]
        follow,
        #[doc = "How long the pipeline waits until the execution that it starts has ended: `\"45 minutes\"`, of 1 to 50. An action `<name>-wait` is added, which runs with the same role and fails where the execution doesn't succeed."]
        wait,
        #[doc = "When the action runs in its stage: 1 to 999, default 1. Actions with equal values run in parallel."]
        run_order,
        #[doc = "The namespace of the action's output variables."]
        namespace,
    }
    #[doc = "A policy document."]
    PolicyDocument {
        #[doc = "The version of the policy language: `\"2012-10-17\"`."]
        Version,
        #[doc = "A name for the document."]
        Id,
        #[doc = "The statements."]
        Statement,
    }
    #[doc = "A statement of a policy."]
    PolicyStatement {
        #[doc = "A name for the statement: letters and digits."]
        Sid,
        #[doc = "`\"Allow\"` or `\"Deny\"`."]
        Effect,
        #[doc = "Who is allowed or denied; in trust policies only."]
        Principal,
        #[doc = "Everybody but these."]
        NotPrincipal,
        #[doc = "Actions, for example `\"codepipeline:StartPipelineExecution\"`."]
        Action,
        #[doc = "All actions but these."]
        NotAction,
        #[doc = "ARNs of resources."]
        Resource,
        #[doc = "All resources but these."]
        NotResource,
        #[doc = "Operators with keys and values that a request has to meet."]
        Condition,
    }
    #[doc = "An action whose type is written out."]
    Typed {
        #[doc = "The Region in which the action runs. Default: the Region of the pipeline."]
        region,
        #[doc = "When the action runs in its stage: 1 to 999, default 1. Actions with equal values run in parallel."]
        run_order,
        #[doc = "The namespace of the action's output variables."]
        namespace,
        #[doc = "The role that the action runs with."]
        role,
        #[doc = "Input artifacts."]
        input,
        #[doc = "Output artifacts."]
        output,
        #[doc = "The configuration, with the names that AWS uses."]
        configuration,
    }
    #[doc = "A compute action whose type is written out."]
    TypedCompute {
        #[doc = "The Region in which the action runs. Default: the Region of the pipeline."]
        region,
        #[doc = "When the action runs in its stage: 1 to 999, default 1. Actions with equal values run in parallel."]
        run_order,
        #[doc = "The namespace of the action's output variables."]
        namespace,
        #[doc = "The role that the action runs with."]
        role,
        #[doc = "Input artifacts."]
        input,
        #[doc = "Output artifacts."]
        output,
        #[doc = "The configuration, with the names that AWS uses."]
        configuration,
        #[doc = "Shell commands, one after another."]
        commands,
        #[doc = "Environment variables of the commands; `secrets_manager(\"…\")` is the value of a secret."]
        environment_variables,
        #[doc = "Environment variables that become output variables of the action."]
        output_variables,
        #[doc = "Files that go into the output artifact."]
        files,
    }
    #[doc = "An approval whose type is written out."]
    TypedApproval {
        #[doc = "The Region in which the action runs. Default: the Region of the pipeline."]
        region,
        #[doc = "When the action runs in its stage: 1 to 999, default 1. Actions with equal values run in parallel."]
        run_order,
        #[doc = "The namespace of the action's output variables."]
        namespace,
        #[doc = "The role that the action runs with."]
        role,
        #[doc = "Input artifacts."]
        input,
        #[doc = "Output artifacts."]
        output,
        #[doc = "The configuration, with the names that AWS uses."]
        configuration,
        #[doc = "How long the action waits: 5 to 86400 minutes."]
        timeout_in_minutes,
    }
}
