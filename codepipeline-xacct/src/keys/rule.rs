//! Providers of rules. Made from `codepipeline-xacct-core/catalogue.json` by `cargo xtask write`; edit that file instead.

keys! {
        #[doc = "Watches a CloudWatch alarm."]
        CloudWatchAlarm {
            #[doc = "Alarm to watch."]
            alarm_name,
            #[doc = "States to watch for."]
            alarm_states,
            #[doc = "Minutes to wait for a change of state."]
            wait_time,
            #[doc = "Input artifacts."]
            input,
            #[doc = "The Region in which the rule runs. Default: the Region of the pipeline."]
            region,
            #[doc = "The role that the rule runs with."]
            role,
            #[doc = "How long the rule may take: 5 to 86400 minutes."]
            timeout_in_minutes,
        }
        #[doc = "Runs a CodeBuild project."]
        CodeBuild {
            #[doc = "Project to run."]
            project_name,
            #[doc = "Input artifact with the buildspec."]
            primary_source,
            #[doc = "Batch build."]
            batch_enabled,
            #[doc = "Combine batch artifacts."]
            combine_artifacts,
            #[doc = "Build variables."]
            environment_variables,
            #[doc = "Input artifacts."]
            input,
            #[doc = "The Region in which the rule runs. Default: the Region of the pipeline."]
            region,
            #[doc = "The role that the rule runs with."]
            role,
            #[doc = "How long the rule may take: 5 to 86400 minutes."]
            timeout_in_minutes,
        }
        #[doc = "Runs shell commands on managed compute."]
        Commands {
            #[doc = "Input artifacts."]
            input,
            #[doc = "The Region in which the rule runs. Default: the Region of the pipeline."]
            region,
            #[doc = "The role that the rule runs with."]
            role,
            #[doc = "How long the rule may take: 5 to 86400 minutes."]
            timeout_in_minutes,
            #[doc = "Shell commands, one after another."]
            commands,
        }
        #[doc = "Holds during a time window."]
        DeploymentWindow {
            #[doc = "Window expression: seconds minutes hours day-of-month month day-of-week and an optional year."]
            cron,
            #[doc = "Time zone. Default: `UTC`."]
            time_zone,
            #[doc = "Input artifacts."]
            input,
            #[doc = "The Region in which the rule runs. Default: the Region of the pipeline."]
            region,
            #[doc = "The role that the rule runs with."]
            role,
            #[doc = "How long the rule may take: 5 to 86400 minutes."]
            timeout_in_minutes,
        }
        #[doc = "Calls a Lambda function."]
        LambdaInvoke {
            #[doc = "Function to call."]
            function_name,
            #[doc = "Input for the function in key-value form."]
            user_parameters,
            #[doc = "Input artifacts."]
            input,
            #[doc = "The Region in which the rule runs. Default: the Region of the pipeline."]
            region,
            #[doc = "The role that the rule runs with."]
            role,
            #[doc = "How long the rule may take: 5 to 86400 minutes."]
            timeout_in_minutes,
        }
        #[doc = "Compares a variable with a value."]
        VariableCheck {
            #[doc = "Variable reference to test."]
            variable,
            #[doc = "Value to compare with."]
            value,
            #[doc = "Comparison; MATCHES uses Java regular expressions."]
            operator,
            #[doc = "Input artifacts."]
            input,
            #[doc = "The Region in which the rule runs. Default: the Region of the pipeline."]
            region,
            #[doc = "The role that the rule runs with."]
            role,
            #[doc = "How long the rule may take: 5 to 86400 minutes."]
            timeout_in_minutes,
        }
}
