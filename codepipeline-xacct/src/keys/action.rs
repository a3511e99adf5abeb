//! Providers of other actions. Made from `codepipeline-xacct-core/catalogue.json` by `cargo xtask write`; edit that file instead.

/// Actions of category Approval.
pub mod Approval {
keys! {
        #[doc = "Waits for manual approval."]
        Manual {
            #[doc = "Text shown to the approver."]
            custom_data,
            #[doc = "Link shown to the approver."]
            external_entity_link,
            #[doc = "Topic that announces the approval; same Region as the pipeline."]
            notification_arn,
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
            #[doc = "How long the action waits: 5 to 86400 minutes."]
            timeout_in_minutes,
        }
}
}
pub use Approval::Manual;
/// Actions of category Build.
pub mod Build {
keys! {
        #[doc = "Runs a CodeBuild project as a build."]
        CodeBuild {
            #[doc = "CodeBuild project to run."]
            project_name,
            #[doc = "Input artifact in whose root the buildspec is looked up."]
            primary_source,
            #[doc = "Run as a batch build."]
            batch_enabled,
            #[doc = "Inline buildspec, or path or S3 ARN of one, for this run; the bucket must be in the Region of the project."]
            buildspec_override,
            #[doc = "Merge the artifacts of a batch into one location; only meaningful with BatchEnabled."]
            combine_artifacts,
            #[doc = "Variables for the build."]
            environment_variables,
            #[doc = "Role that replaces the role of the project for this run; must be in the account of the project."]
            service_role_arn_override,
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
        #[doc = "Builds a container image and pushes it to ECR."]
        ECRBuildAndPublish {
            #[doc = "Repository that receives the image."]
            ecr_repository_name,
            #[doc = "Directory of the Dockerfile in the input artifact; root when omitted."]
            dockerfile_path,
            #[doc = "Tags to push. Default: `latest`."]
            image_tags,
            #[doc = "Kind of registry. Default: `private`."]
            registry_type,
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
        #[doc = "Builds with CloudBees, a custom action."]
        CloudBees {
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
        #[doc = "Builds with Jenkins, a custom action."]
        Jenkins {
            #[doc = "Name of the Jenkins project."]
            project_name,
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
        #[doc = "Builds with TeamCity, a custom action."]
        TeamCity {
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
}
}
pub use Build::CodeBuild;
pub use Build::ECRBuildAndPublish;
pub use Build::CloudBees;
pub use Build::TeamCity;
/// Actions of category Compute.
pub mod Compute {
keys! {
        #[doc = "Runs shell commands on managed compute."]
        Commands {
            #[doc = "Image family. Default: `LINUX_CONTAINER`."]
            environment_type,
            #[doc = "Size; the Windows image does not run on SMALL. Default: `BUILD_GENERAL1_SMALL`."]
            compute_type,
            #[doc = "VPC."]
            vpc_id,
            #[doc = "Subnets of the VPC."]
            subnets,
            #[doc = "Security groups of the VPC."]
            security_group_ids,
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
            #[doc = "Shell commands, one after another."]
            commands,
            #[doc = "Environment variables of the commands; `secrets_manager(\"…\")` is the value of a secret."]
            environment_variables,
            #[doc = "Environment variables that become output variables of the action."]
            output_variables,
            #[doc = "Files that go into the output artifact."]
            files,
        }
}
}
pub use Compute::Commands;
/// Actions of category Deploy.
pub mod Deploy {
keys! {
        #[doc = "Deploys a configuration with AppConfig."]
        AppConfig {
            #[doc = "Application id."]
            application,
            #[doc = "Environment id."]
            environment,
            #[doc = "Configuration profile id."]
            configuration_profile,
            #[doc = "Path of the configuration in the artifact."]
            input_artifact_configuration_path,
            #[doc = "Deployment strategy."]
            deployment_strategy,
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
        #[doc = "Creates, updates or deletes a CloudFormation stack or change set."]
        CloudFormation {
            #[doc = "What is done to the stack or change set."]
            action_mode,
            #[doc = "Stack to act on."]
            stack_name,
            #[doc = "Acknowledged capabilities."]
            capabilities,
            #[doc = "Change set to make or run."]
            change_set_name,
            #[doc = "Role CloudFormation assumes for the stack; must be in the same account as the role of the action."]
            role_arn,
            #[doc = "Template in one of the input artifacts."]
            template_path,
            #[doc = "File in the output artifact that receives the stack outputs; without it there is no output artifact content."]
            output_file_name,
            #[doc = "Template parameters that override the template configuration file; every name must exist in the template."]
            parameter_overrides,
            #[doc = "Parameter, tag and stack-policy file."]
            template_configuration,
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
        #[doc = "Creates or updates instances of a CloudFormation stack set."]
        CloudFormationStackInstances {
            #[doc = "Stack set that receives the instances."]
            stack_set_name,
            #[doc = "Accounts or organisational units."]
            deployment_targets,
            #[doc = "Regions for the instances."]
            regions,
            #[doc = "Parameters that differ for these instances."]
            parameter_overrides,
            #[doc = "Share of accounts per Region that may fail."]
            failure_tolerance_percentage,
            #[doc = "Share of accounts handled at once."]
            max_concurrent_percentage,
            #[doc = "Whether Regions run one after another or together. Default: `Sequential`."]
            region_concurrency_type,
            #[doc = "How concurrency reacts to failures. Default: `STRICT_FAILURE_TOLERANCE`."]
            concurrency_mode,
            #[doc = "Act as the organisation management account or a delegated administrator; service-managed model only."]
            call_as,
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
        #[doc = "Creates or updates a CloudFormation stack set."]
        CloudFormationStackSet {
            #[doc = "Stack set to create or update."]
            stack_set_name,
            #[doc = "Description of the stack set."]
            description,
            #[doc = "Template in an input artifact, at most 460800 bytes."]
            template_path,
            #[doc = "Template parameters."]
            parameters,
            #[doc = "Acknowledged capabilities."]
            capabilities,
            #[doc = "Who manages the stack-set roles. Default: `SELF_MANAGED`."]
            permission_model,
            #[doc = "Administration role; self-managed model only. Default: `AWSCloudFormationStackSetAdministrationRole`."]
            administration_role_arn,
            #[doc = "Execution role in the target accounts; self-managed model only. Default: `AWSCloudFormationStackSetExecutionRole`."]
            execution_role_name,
            #[doc = "Automatic deployment for organisations; service-managed model only, and not together with DeploymentTargets or Regions. Default: `Disabled`."]
            organizations_auto_deployment,
            #[doc = "Accounts or organisational units."]
            deployment_targets,
            #[doc = "Regions for the instances; given together with DeploymentTargets."]
            regions,
            #[doc = "Share of accounts per Region that may fail."]
            failure_tolerance_percentage,
            #[doc = "Share of accounts handled at once."]
            max_concurrent_percentage,
            #[doc = "Whether Regions run one after another or together. Default: `Sequential`."]
            region_concurrency_type,
            #[doc = "How concurrency reacts to failures. Default: `STRICT_FAILURE_TOLERANCE`."]
            concurrency_mode,
            #[doc = "Act as the organisation management account or a delegated administrator; service-managed model only."]
            call_as,
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
        #[doc = "Deploys with CodeDeploy."]
        CodeDeploy {
            #[doc = "CodeDeploy application."]
            application_name,
            #[doc = "Deployment group."]
            deployment_group_name,
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
        #[doc = "Deploys to ECS blue/green with CodeDeploy."]
        CodeDeployToECS {
            #[doc = "CodeDeploy application."]
            application_name,
            #[doc = "Deployment group."]
            deployment_group_name,
            #[doc = "Input artifact with the task definition."]
            task_definition_template_artifact,
            #[doc = "Input artifact with the AppSpec file."]
            appspec_template_artifact,
            #[doc = "Path of the AppSpec file. Default: `appspec.yaml`."]
            appspec_template_path,
            #[doc = "Path of the task definition. Default: `taskdef.json`."]
            task_definition_template_path,
            #[doc = "Input artifact with image detail 1."]
            image1_artifact_name,
            #[doc = "Placeholder of image 1 in the task definition."]
            image1_container_name,
            #[doc = "Input artifact with image detail 2."]
            image2_artifact_name,
            #[doc = "Placeholder of image 2 in the task definition."]
            image2_container_name,
            #[doc = "Input artifact with image detail 3."]
            image3_artifact_name,
            #[doc = "Placeholder of image 3 in the task definition."]
            image3_container_name,
            #[doc = "Input artifact with image detail 4."]
            image4_artifact_name,
            #[doc = "Placeholder of image 4 in the task definition."]
            image4_container_name,
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
        #[doc = "Deploys to EC2 instances or managed nodes."]
        EC2 {
            #[doc = "Tag key that selects the instances."]
            instance_tag_key,
            #[doc = "Tag value; without it every instance with the key matches."]
            instance_tag_value,
            #[doc = "Kind of target."]
            instance_type,
            #[doc = "Destination directory on the instances."]
            target_directory,
            #[doc = "Deploy specification file (YAML) in the artifact."]
            deploy_spec,
            #[doc = "How many instances at once."]
            max_batch,
            #[doc = "How many may fail."]
            max_error,
            #[doc = "Target groups to drain and refill."]
            target_group_name_list,
            #[doc = "Script before the copy."]
            pre_script,
            #[doc = "Script after the copy."]
            post_script,
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
        #[doc = "Updates an ECS service."]
        ECS {
            #[doc = "Cluster."]
            cluster_name,
            #[doc = "Service."]
            service_name,
            #[doc = "Image definitions file. Default: `imagedefinitions.json`."]
            file_name,
            #[doc = "Minutes to wait for the deployment."]
            deployment_timeout,
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
        #[doc = "Deploys to an EKS cluster with Helm or kubectl."]
        EKS {
            #[doc = "Cluster."]
            cluster_name,
            #[doc = "Helm release."]
            helm_release_name,
            #[doc = "Chart path in the artifact."]
            helm_chart_location,
            #[doc = "Values files inside the chart location."]
            helm_values_files,
            #[doc = "Manifest file in the artifact."]
            manifest_files,
            #[doc = "Kubernetes namespace."]
            kubernetes_namespace,
            #[doc = "Subnets in the VPC of the cluster."]
            subnets,
            #[doc = "Security groups in the VPC of the cluster."]
            security_group_ids,
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
        #[doc = "Deploys to an Elastic Beanstalk environment."]
        ElasticBeanstalk {
            #[doc = "Application."]
            application_name,
            #[doc = "Environment."]
            environment_name,
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
        #[doc = "Deploys a Lambda function."]
        Lambda {
            #[doc = "Function to deploy."]
            function_name,
            #[doc = "Alias that is moved; must exist and point to one version. Without an alias the artifact goes to $LATEST as a new version."]
            function_alias,
            #[doc = "Existing version to shift to."]
            published_target_version,
            #[doc = "Traffic shifting; only with FunctionAlias; at most two days in total. Default: `AllAtOnce`."]
            deploy_strategy,
            #[doc = "Alarms watched during the shift."]
            alarms,
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
        #[doc = "Deploys with OpsWorks."]
        OpsWorks {
            #[doc = "OpsWorks app."]
            app,
            #[doc = "OpsWorks stack."]
            stack,
            #[doc = "OpsWorks layer."]
            layer,
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
        #[doc = "Writes an artifact to an S3 bucket."]
        S3 {
            #[doc = "Destination bucket."]
            bucket_name,
            #[doc = "\"true\" unpacks the artifact into the bucket."]
            extract,
            #[doc = "Destination key; {datetime} and {uuid} are replaced."]
            object_key,
            #[doc = "Symmetric key for the uploaded objects; an alias works only in the account of the key, and a bare key id means the key of the account of the action role."]
            kms_encryption_key_arn,
            #[doc = "Canned ACL for the deployed objects."]
            canned_acl,
            #[doc = "Cache-Control header for the deployed objects."]
            cache_control,
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
        #[doc = "Updates a Service Catalog product."]
        ServiceCatalog {
            #[doc = "Template in the artifact."]
            template_file_path,
            #[doc = "Version name."]
            product_version_name,
            #[doc = "Kind of product."]
            product_type,
            #[doc = "Product identifier."]
            product_id,
            #[doc = "Version description."]
            product_version_description,
            #[doc = "Alternative form: a configuration file in the artifact together with ProductId instead of the other keys."]
            configuration_file_path,
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
        #[doc = "Deploys an Alexa skill."]
        AlexaSkillsKit {
            #[doc = "Login with Amazon client id."]
            client_id,
            #[doc = "Client secret."]
            client_secret,
            #[doc = "Refresh token."]
            refresh_token,
            #[doc = "Skill id."]
            skill_id,
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
        #[doc = "Deploys with XebiaLabs, a custom action."]
        XebiaLabs {
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
}
}
pub use Deploy::AppConfig;
pub use Deploy::CloudFormation;
pub use Deploy::CloudFormationStackInstances;
pub use Deploy::CloudFormationStackSet;
pub use Deploy::CodeDeploy;
pub use Deploy::CodeDeployToECS;
pub use Deploy::EC2;
pub use Deploy::ECS;
pub use Deploy::EKS;
pub use Deploy::ElasticBeanstalk;
pub use Deploy::OpsWorks;
pub use Deploy::S3;
pub use Deploy::ServiceCatalog;
pub use Deploy::AlexaSkillsKit;
pub use Deploy::XebiaLabs;
/// Actions of category Invoke.
pub mod Invoke {
keys! {
        #[doc = "Scans code or an image with Inspector."]
        InspectorScan {
            #[doc = "What is scanned."]
            inspector_run_mode,
            #[doc = "Repository of the image."]
            ecr_repository_name,
            #[doc = "Tag of the image."]
            image_tag,
            #[doc = "Number of critical findings above which the action fails."]
            critical_threshold,
            #[doc = "Number of high findings above which the action fails."]
            high_threshold,
            #[doc = "Number of medium findings above which the action fails."]
            medium_threshold,
            #[doc = "Number of low findings above which the action fails."]
            low_threshold,
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
        #[doc = "Calls a Lambda function, which reports the result."]
        Lambda {
            #[doc = "Name of the function."]
            function_name,
            #[doc = "Text handed to the function."]
            user_parameters,
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
        #[doc = "Runs a Step Functions state machine."]
        StepFunctions {
            #[doc = "State machine."]
            state_machine_arn,
            #[doc = "Prefix for the execution name, joined with a hyphen."]
            execution_name_prefix,
            #[doc = "How Input is read. Default: `Literal`."]
            input_type,
            #[doc = "Literal JSON, or a path in the input artifact."]
            state_machine_input,
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
        #[doc = "Scans with Snyk."]
        Snyk {
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
}
}
pub use Invoke::InspectorScan;
pub use Invoke::StepFunctions;
pub use Invoke::Snyk;
/// Actions of category Test.
pub mod Test {
keys! {
        #[doc = "Runs a CodeBuild project as a test."]
        CodeBuild {
            #[doc = "CodeBuild project to run."]
            project_name,
            #[doc = "Input artifact in whose root the buildspec is looked up."]
            primary_source,
            #[doc = "Run as a batch build."]
            batch_enabled,
            #[doc = "Inline buildspec, or path or S3 ARN of one, for this run; the bucket must be in the Region of the project."]
            buildspec_override,
            #[doc = "Merge the artifacts of a batch into one location; only meaningful with BatchEnabled."]
            combine_artifacts,
            #[doc = "Variables for the build."]
            environment_variables,
            #[doc = "Role that replaces the role of the project for this run; must be in the account of the project."]
            service_role_arn_override,
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
        #[doc = "Tests an app on Device Farm."]
        DeviceFarm {
            #[doc = "Platform."]
            app_type,
            #[doc = "Device Farm project identifier (the last part of the ARN)."]
            project_id,
            #[doc = "Path of the application package in the input artifact."]
            app,
            #[doc = "Path of the test specification file."]
            test_spec,
            #[doc = "Device pool to run on."]
            device_pool_arn,
            #[doc = "Framework."]
            test_type,
            #[doc = "Bluetooth on at start."]
            radio_bluetooth_enabled,
            #[doc = "Record device performance."]
            record_app_performance_data,
            #[doc = "Record video."]
            record_video,
            #[doc = "Wi-Fi on at start."]
            radio_wifi_enabled,
            #[doc = "NFC on at start."]
            radio_nfc_enabled,
            #[doc = "GPS on at start."]
            radio_gps_enabled,
            #[doc = "Path of the test definition in the artifact."]
            test,
            #[doc = "Events for the fuzz test."]
            fuzz_event_count,
            #[doc = "Milliseconds between fuzz events."]
            fuzz_event_throttle,
            #[doc = "Seed for the fuzz test."]
            fuzz_randomizer_seed,
            #[doc = "Where custom artifacts are on the host."]
            custom_host_machine_artifacts,
            #[doc = "Where custom artifacts are on the device."]
            custom_device_artifacts,
            #[doc = "Use unmetered devices only."]
            unmetered_devices_only,
            #[doc = "Minutes per device."]
            job_timeout_minutes,
            #[doc = "Device latitude."]
            latitude,
            #[doc = "Device longitude."]
            longitude,
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
        #[doc = "Tests with Ghost Inspector."]
        GhostInspector {
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
        #[doc = "Tests with Nouvola."]
        Nouvola {
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
        #[doc = "Tests with Runscope."]
        Runscope {
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
        #[doc = "Tests with BlazeMeter, a custom action."]
        BlazeMeter {
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
        #[doc = "Tests with Jenkins, a custom action."]
        Jenkins {
            #[doc = "Name of the Jenkins project."]
            project_name,
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
}
pub use Test::DeviceFarm;
pub use Test::GhostInspector;
pub use Test::Nouvola;
pub use Test::Runscope;
pub use Test::BlazeMeter;
