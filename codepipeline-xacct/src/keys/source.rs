//! Providers of source actions. Made from `codepipeline-xacct-core/catalogue.json` by `cargo xtask write`; edit that file instead.

keys! {
        #[doc = "Reads a branch of a CodeCommit repository."]
        CodeCommit {
            #[doc = "Repository to read."]
            repository,
            #[doc = "Branch whose head is read."]
            branch,
            #[doc = "\"false\" when an EventBridge rule starts the pipeline; the API default polls. Default: `true`."]
            poll,
            #[doc = "ZIP of the commit, or a reference that lets downstream CodeBuild actions do a full clone. Default: `CODE_ZIP`."]
            output_format,
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
        }
        #[doc = "Reads a branch over a connection: GitHub, GitLab, Bitbucket."]
        CodeStarSourceConnection {
            #[doc = "ARN of the connection (codeconnections or codestar-connections)."]
            connection_arn,
            #[doc = "Owner and repository."]
            full_repository_id,
            #[doc = "Branch to follow."]
            branch,
            #[doc = "ZIP, or a clone reference for CodeBuild. Default: `CODE_ZIP`."]
            output_format,
            #[doc = "Start on every push; set \"false\" when triggers or a manual start are used. Default: `true`."]
            detect_changes,
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
        }
        #[doc = "Follows a tag of an ECR repository."]
        ECR {
            #[doc = "Repository that holds the image."]
            repository,
            #[doc = "Tag to follow. Default: `latest`."]
            image_tag,
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
        }
        #[doc = "Reads an object of a versioned S3 bucket."]
        S3 {
            #[doc = "Bucket that holds the source object."]
            s3_bucket,
            #[doc = "Key of the source object; a ZIP file unless the consumer of the artifact accepts another form."]
            s3_object_key,
            #[doc = "Must be \"true\" before a start request may override the object key with S3_OBJECT_KEY. Default: `false`."]
            allow_override_for_s3_object_key,
            #[doc = "\"false\" when an EventBridge rule starts the pipeline; the API default polls. Default: `true`."]
            poll,
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
        }
        #[doc = "Reads a GitHub branch with an OAuth token; CodeStarSourceConnection has replaced it."]
        GitHub {
            #[doc = "GitHub user or organisation."]
            owner,
            #[doc = "Repository name."]
            repo,
            #[doc = "Branch name."]
            branch,
            #[doc = "Personal access token. Read back as \"****\"; the masked value is accepted only when an existing action is updated."]
            oauth_token,
            #[doc = "\"false\" when a webhook starts the pipeline. Default: `true`."]
            poll,
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
        }
}

pub use super::source as Source;
