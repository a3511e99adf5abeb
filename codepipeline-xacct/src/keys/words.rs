//! Words that a key takes. Made from the table in `codepipeline-xacct-syntax/src/keys` and from
//! `codepipeline-xacct-core/catalogue.json` by `cargo xtask write`; edit these instead.

words! {
    #[doc = "How executions that overlap are handled."]
    execution_mode {
        #[doc = "Executions wait for each other, and all of them run."]
        QUEUED,
        #[doc = "A newer execution replaces one that waits."]
        SUPERSEDED,
        #[doc = "Executions do not wait for each other."]
        PARALLEL,
    }
    #[doc = "The type of a pipeline."]
    pipeline_type {
        #[doc = "The first type, without variables, triggers, conditions and later features."]
        V1,
        #[doc = "The type with all features."]
        V2,
    }
    #[doc = "What happens when a condition is not met."]
    before_entry {
        #[doc = "The stage fails."]
        FAIL,
        #[doc = "The stage is skipped."]
        SKIP,
    }
    #[doc = "What happens when a condition is not met."]
    on_success {
        #[doc = "The stage fails."]
        FAIL,
        #[doc = "The stage is rolled back to an execution that succeeded."]
        ROLLBACK,
    }
    #[doc = "What happens when a stage fails."]
    on_failure {
        #[doc = "The stage is rolled back to an execution that succeeded."]
        ROLLBACK,
        #[doc = "The stage is retried once."]
        RETRY,
    }
    #[doc = "What a retry runs again."]
    retry_mode {
        #[doc = "The actions that failed."]
        FAILED_ACTIONS,
        #[doc = "All actions of the stage."]
        ALL_ACTIONS,
    }
    #[doc = "Events of a pull request."]
    events {
        #[doc = "It is opened."]
        OPEN,
        #[doc = "It gets new commits."]
        UPDATED,
        #[doc = "It is closed or merged."]
        CLOSED,
    }
    #[doc = "The revision that a source action uses."]
    revision_type {
        #[doc = "The id of a commit."]
        COMMIT_ID,
        #[doc = "The digest of an image."]
        IMAGE_DIGEST,
        #[doc = "The version of an S3 object."]
        S3_OBJECT_VERSION_ID,
        #[doc = "The key of an S3 object."]
        S3_OBJECT_KEY,
    }
    #[doc = "How the execution that an invoke action starts is found again."]
    follow {
        #[doc = "By the variable `xacct_caller`, in which the action passes the id of its own execution."]
        caller_variable,
    }
    action_mode { CHANGE_SET_EXECUTE, CHANGE_SET_REPLACE, CREATE_UPDATE, DELETE_ONLY, REPLACE_ON_FAILURE, }
    app_type { Android, Web, iOS, }
    call_as { DELEGATED_ADMIN, SELF, }
    compute_type { BUILD_GENERAL1_LARGE, BUILD_GENERAL1_MEDIUM, BUILD_GENERAL1_SMALL, }
    concurrency_mode { SOFT_FAILURE_TOLERANCE, STRICT_FAILURE_TOLERANCE, }
    environment_type { LINUX_CONTAINER, WINDOWS_SERVER_2022_CONTAINER, }
    input_type { FilePath, Literal, }
    inspector_run_mode { ECRImageScan, SourceCodeScan, }
    instance_type { EC2, SSM_MANAGED_NODE, }
    operator { CONTAINS, EQ, MATCHES, NE, }
    organizations_auto_deployment { Disabled, Enabled, EnabledWithStackRetention, }
    output_format { CODEBUILD_CLONE_REF, CODE_ZIP, }
    permission_model { SELF_MANAGED, SERVICE_MANAGED, }
    registry_type { private, public, }
    test_type { APPIUM_JAVA_JUNIT, APPIUM_JAVA_TESTNG, APPIUM_NODE, APPIUM_PYTHON, APPIUM_RUBY, APPIUM_WEB_JAVA_JUNIT, APPIUM_WEB_JAVA_TESTNG, APPIUM_WEB_NODE, APPIUM_WEB_PYTHON, APPIUM_WEB_RUBY, BUILTIN_FUZZ, INSTRUMENTATION, XCTEST, XCTEST_UI, }
}
