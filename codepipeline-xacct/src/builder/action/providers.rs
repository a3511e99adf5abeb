//! Made from `codepipeline-xacct-core/catalogue.json` by `cargo xtask write`; edit that file instead.

use super::common::{ActionBuilder, of};

/// Reads a branch of a CodeCommit repository.
#[derive(Debug)]
pub enum CodeCommit {}

/// Reads a branch of a CodeCommit repository.
///
/// Source: CodePipeline User Guide, `action-reference-CodeCommit`.
pub fn codecommit(repository: impl Into<String>, branch: impl Into<String>) -> ActionBuilder<CodeCommit> {
    of("Source", "AWS", "CodeCommit", "1")
        .configuration("RepositoryName", repository)
        .configuration("BranchName", branch)
}

impl ActionBuilder<CodeCommit> {
    /// "false" when an EventBridge rule starts the pipeline; the API default polls. Default: `true`.
    pub fn poll(self, value: bool) -> Self {
        self.configuration("PollForSourceChanges", value.to_string())
    }

    /// ZIP of the commit, or a reference that lets downstream CodeBuild actions do a full clone. Default: `CODE_ZIP`.
    pub fn output_format(self, value: OutputArtifactFormat) -> Self {
        self.configuration("OutputArtifactFormat", value.as_str())
    }
}

/// Reads a branch over a connection: GitHub, GitLab, Bitbucket.
#[derive(Debug)]
pub enum Connection {}

/// Reads a branch over a connection: GitHub, GitLab, Bitbucket.
///
/// Source: CodePipeline User Guide, `action-reference-CodestarConnectionSource`.
pub fn connection(
    connection_arn: impl Into<String>,
    full_repository_id: impl Into<String>,
    branch: impl Into<String>,
) -> ActionBuilder<Connection> {
    of("Source", "AWS", "CodeStarSourceConnection", "1")
        .configuration("ConnectionArn", connection_arn)
        .configuration("FullRepositoryId", full_repository_id)
        .configuration("BranchName", branch)
}

impl ActionBuilder<Connection> {
    /// ZIP, or a clone reference for CodeBuild. Default: `CODE_ZIP`.
    pub fn output_format(self, value: OutputArtifactFormat) -> Self {
        self.configuration("OutputArtifactFormat", value.as_str())
    }

    /// Start on every push; set "false" when triggers or a manual start are used. Default: `true`.
    pub fn detect_changes(self, value: bool) -> Self {
        self.configuration("DetectChanges", value.to_string())
    }
}

/// Follows a tag of an ECR repository.
#[derive(Debug)]
pub enum EcrSource {}

/// Follows a tag of an ECR repository.
///
/// Source: CodePipeline User Guide, `action-reference-ECR`.
pub fn ecr_source(repository: impl Into<String>) -> ActionBuilder<EcrSource> {
    of("Source", "AWS", "ECR", "1").configuration("RepositoryName", repository)
}

impl ActionBuilder<EcrSource> {
    /// Tag to follow. Default: `latest`.
    pub fn image_tag(self, value: impl Into<String>) -> Self {
        self.configuration("ImageTag", value)
    }
}

/// Reads an object of a versioned S3 bucket.
#[derive(Debug)]
pub enum S3Source {}

/// Reads an object of a versioned S3 bucket.
///
/// Source: CodePipeline User Guide, `action-reference-S3`.
pub fn s3_source(s3_bucket: impl Into<String>, s3_object_key: impl Into<String>) -> ActionBuilder<S3Source> {
    of("Source", "AWS", "S3", "1").configuration("S3Bucket", s3_bucket).configuration("S3ObjectKey", s3_object_key)
}

impl ActionBuilder<S3Source> {
    /// Must be "true" before a start request may override the object key with S3_OBJECT_KEY. Default: `false`.
    pub fn allow_override_for_s3_object_key(self, value: bool) -> Self {
        self.configuration("AllowOverrideForS3ObjectKey", value.to_string())
    }

    /// "false" when an EventBridge rule starts the pipeline; the API default polls. Default: `true`.
    pub fn poll(self, value: bool) -> Self {
        self.configuration("PollForSourceChanges", value.to_string())
    }
}

/// Reads a GitHub branch with an OAuth token; CodeStarSourceConnection has replaced it.
#[derive(Debug)]
pub enum GitHub {}

/// Reads a GitHub branch with an OAuth token; CodeStarSourceConnection has replaced it.
///
/// Source: CodePipeline User Guide, `appendix-github-oauth`.
pub fn github(
    owner: impl Into<String>,
    repo: impl Into<String>,
    branch: impl Into<String>,
    oauth_token: impl Into<String>,
) -> ActionBuilder<GitHub> {
    of("Source", "ThirdParty", "GitHub", "1")
        .configuration("Owner", owner)
        .configuration("Repo", repo)
        .configuration("Branch", branch)
        .configuration("OAuthToken", oauth_token)
}

impl ActionBuilder<GitHub> {
    /// "false" when a webhook starts the pipeline. Default: `true`.
    pub fn poll(self, value: bool) -> Self {
        self.configuration("PollForSourceChanges", value.to_string())
    }
}

/// Runs a CodeBuild project as a build.
#[derive(Debug)]
pub enum CodeBuild {}

/// Runs a CodeBuild project as a build.
///
/// Source: CodePipeline User Guide, `action-reference-CodeBuild`.
pub fn codebuild(project_name: impl Into<String>) -> ActionBuilder<CodeBuild> {
    of("Build", "AWS", "CodeBuild", "1").configuration("ProjectName", project_name)
}

impl ActionBuilder<CodeBuild> {
    /// Input artifact in whose root the buildspec is looked up.
    pub fn primary_source(self, value: impl Into<String>) -> Self {
        self.configuration("PrimarySource", value)
    }

    /// Run as a batch build.
    pub fn batch_enabled(self, value: bool) -> Self {
        self.configuration("BatchEnabled", value.to_string())
    }

    /// Inline buildspec, or path or S3 ARN of one, for this run; the bucket must be in the Region of the project.
    pub fn buildspec_override(self, value: impl Into<String>) -> Self {
        self.configuration("BuildspecOverride", value)
    }

    /// Merge the artifacts of a batch into one location; only meaningful with BatchEnabled.
    pub fn combine_artifacts(self, value: bool) -> Self {
        self.configuration("CombineArtifacts", value.to_string())
    }

    /// Variables for the build.
    pub fn environment_variables(self, value: impl Into<String>) -> Self {
        self.configuration("EnvironmentVariables", value)
    }

    /// Role that replaces the role of the project for this run; must be in the account of the project.
    pub fn service_role_arn_override(self, value: impl Into<String>) -> Self {
        self.configuration("ServiceRoleArnOverride", value)
    }
}

/// Builds a container image and pushes it to ECR.
#[derive(Debug)]
pub enum EcrBuildAndPublish {}

/// Builds a container image and pushes it to ECR.
///
/// Source: CodePipeline User Guide, `action-reference-ECRBuildAndPublish`.
pub fn ecr_build_and_publish(ecr_repository_name: impl Into<String>) -> ActionBuilder<EcrBuildAndPublish> {
    of("Build", "AWS", "ECRBuildAndPublish", "1").configuration("ECRRepositoryName", ecr_repository_name)
}

impl ActionBuilder<EcrBuildAndPublish> {
    /// Directory of the Dockerfile in the input artifact; root when omitted.
    pub fn dockerfile_path(self, value: impl Into<String>) -> Self {
        self.configuration("DockerFilePath", value)
    }

    /// Tags to push. Default: `latest`.
    pub fn image_tags(self, value: impl Into<String>) -> Self {
        self.configuration("ImageTags", value)
    }

    /// Kind of registry. Default: `private`.
    pub fn registry_type(self, value: RegistryType) -> Self {
        self.configuration("RegistryType", value.as_str())
    }
}

/// Builds with CloudBees, a custom action.
#[derive(Debug)]
pub enum CloudBees {}

/// Builds with CloudBees, a custom action.
///
/// Source: CodePipeline User Guide, `actions-valid-providers`.
pub fn cloudbees() -> ActionBuilder<CloudBees> {
    of("Build", "Custom", "CloudBees", "1")
}

/// Builds with Jenkins, a custom action.
#[derive(Debug)]
pub enum JenkinsBuild {}

/// Builds with Jenkins, a custom action.
///
/// Source: CodePipeline User Guide, `structure-configuration-examples`.
pub fn jenkins_build() -> ActionBuilder<JenkinsBuild> {
    of("Build", "Custom", "Jenkins", "1")
}

impl ActionBuilder<JenkinsBuild> {
    /// Name of the Jenkins project.
    pub fn project_name(self, value: impl Into<String>) -> Self {
        self.configuration("ProjectName", value)
    }
}

/// Builds with TeamCity, a custom action.
#[derive(Debug)]
pub enum TeamCity {}

/// Builds with TeamCity, a custom action.
///
/// Source: CodePipeline User Guide, `actions-valid-providers`.
pub fn teamcity() -> ActionBuilder<TeamCity> {
    of("Build", "Custom", "TeamCity", "1")
}

/// Runs a CodeBuild project as a test.
#[derive(Debug)]
pub enum CodeBuildTest {}

/// Runs a CodeBuild project as a test.
///
/// Source: CodePipeline User Guide, `action-reference-CodeBuild`.
pub fn codebuild_test(project_name: impl Into<String>) -> ActionBuilder<CodeBuildTest> {
    of("Test", "AWS", "CodeBuild", "1").configuration("ProjectName", project_name)
}

impl ActionBuilder<CodeBuildTest> {
    /// Input artifact in whose root the buildspec is looked up.
    pub fn primary_source(self, value: impl Into<String>) -> Self {
        self.configuration("PrimarySource", value)
    }

    /// Run as a batch build.
    pub fn batch_enabled(self, value: bool) -> Self {
        self.configuration("BatchEnabled", value.to_string())
    }

    /// Inline buildspec, or path or S3 ARN of one, for this run; the bucket must be in the Region of the project.
    pub fn buildspec_override(self, value: impl Into<String>) -> Self {
        self.configuration("BuildspecOverride", value)
    }

    /// Merge the artifacts of a batch into one location; only meaningful with BatchEnabled.
    pub fn combine_artifacts(self, value: bool) -> Self {
        self.configuration("CombineArtifacts", value.to_string())
    }

    /// Variables for the build.
    pub fn environment_variables(self, value: impl Into<String>) -> Self {
        self.configuration("EnvironmentVariables", value)
    }

    /// Role that replaces the role of the project for this run; must be in the account of the project.
    pub fn service_role_arn_override(self, value: impl Into<String>) -> Self {
        self.configuration("ServiceRoleArnOverride", value)
    }
}

/// Tests an app on Device Farm.
#[derive(Debug)]
pub enum DeviceFarm {}

/// Tests an app on Device Farm.
///
/// Source: CodePipeline User Guide, `action-reference-DeviceFarm`.
pub fn device_farm(
    app_type: AppType,
    project_id: impl Into<String>,
    app: impl Into<String>,
    device_pool_arn: impl Into<String>,
    test_type: TestType,
) -> ActionBuilder<DeviceFarm> {
    of("Test", "AWS", "DeviceFarm", "1")
        .configuration("AppType", app_type.as_str())
        .configuration("ProjectId", project_id)
        .configuration("App", app)
        .configuration("DevicePoolArn", device_pool_arn)
        .configuration("TestType", test_type.as_str())
}

impl ActionBuilder<DeviceFarm> {
    /// Path of the test specification file.
    pub fn test_spec(self, value: impl Into<String>) -> Self {
        self.configuration("TestSpec", value)
    }

    /// Bluetooth on at start.
    pub fn radio_bluetooth_enabled(self, value: bool) -> Self {
        self.configuration("RadioBluetoothEnabled", value.to_string())
    }

    /// Record device performance.
    pub fn record_app_performance_data(self, value: bool) -> Self {
        self.configuration("RecordAppPerformanceData", value.to_string())
    }

    /// Record video.
    pub fn record_video(self, value: bool) -> Self {
        self.configuration("RecordVideo", value.to_string())
    }

    /// Wi-Fi on at start.
    pub fn radio_wifi_enabled(self, value: bool) -> Self {
        self.configuration("RadioWifiEnabled", value.to_string())
    }

    /// NFC on at start.
    pub fn radio_nfc_enabled(self, value: bool) -> Self {
        self.configuration("RadioNfcEnabled", value.to_string())
    }

    /// GPS on at start.
    pub fn radio_gps_enabled(self, value: bool) -> Self {
        self.configuration("RadioGpsEnabled", value.to_string())
    }

    /// Path of the test definition in the artifact.
    pub fn test(self, value: impl Into<String>) -> Self {
        self.configuration("Test", value)
    }

    /// Events for the fuzz test.
    pub fn fuzz_event_count(self, value: u32) -> Self {
        self.configuration("FuzzEventCount", value.to_string())
    }

    /// Milliseconds between fuzz events.
    pub fn fuzz_event_throttle(self, value: u32) -> Self {
        self.configuration("FuzzEventThrottle", value.to_string())
    }

    /// Seed for the fuzz test.
    pub fn fuzz_randomizer_seed(self, value: impl Into<String>) -> Self {
        self.configuration("FuzzRandomizerSeed", value)
    }

    /// Where custom artifacts are on the host.
    pub fn custom_host_machine_artifacts(self, value: impl Into<String>) -> Self {
        self.configuration("CustomHostMachineArtifacts", value)
    }

    /// Where custom artifacts are on the device.
    pub fn custom_device_artifacts(self, value: impl Into<String>) -> Self {
        self.configuration("CustomDeviceArtifacts", value)
    }

    /// Use unmetered devices only.
    pub fn unmetered_devices_only(self, value: bool) -> Self {
        self.configuration("UnmeteredDevicesOnly", value.to_string())
    }

    /// Minutes per device.
    pub fn job_timeout_minutes(self, value: u32) -> Self {
        self.configuration("JobTimeoutMinutes", value.to_string())
    }

    /// Device latitude.
    pub fn latitude(self, value: impl Into<String>) -> Self {
        self.configuration("Latitude", value)
    }

    /// Device longitude.
    pub fn longitude(self, value: impl Into<String>) -> Self {
        self.configuration("Longitude", value)
    }
}

/// Tests with Ghost Inspector.
#[derive(Debug)]
pub enum GhostInspector {}

/// Tests with Ghost Inspector.
///
/// Source: CodePipeline User Guide, `actions-valid-providers`.
pub fn ghost_inspector() -> ActionBuilder<GhostInspector> {
    of("Test", "ThirdParty", "GhostInspector", "1")
}

/// Tests with Nouvola.
#[derive(Debug)]
pub enum Nouvola {}

/// Tests with Nouvola.
///
/// Source: CodePipeline User Guide, `actions-valid-providers`.
pub fn nouvola() -> ActionBuilder<Nouvola> {
    of("Test", "ThirdParty", "Nouvola", "1")
}

/// Tests with Runscope.
#[derive(Debug)]
pub enum Runscope {}

/// Tests with Runscope.
///
/// Source: CodePipeline User Guide, `actions-valid-providers`.
pub fn runscope() -> ActionBuilder<Runscope> {
    of("Test", "ThirdParty", "Runscope", "1")
}

/// Tests with BlazeMeter, a custom action.
#[derive(Debug)]
pub enum BlazeMeter {}

/// Tests with BlazeMeter, a custom action.
///
/// Source: CodePipeline User Guide, `actions-valid-providers`.
pub fn blazemeter() -> ActionBuilder<BlazeMeter> {
    of("Test", "Custom", "BlazeMeter", "1")
}

/// Tests with Jenkins, a custom action.
#[derive(Debug)]
pub enum JenkinsTest {}

/// Tests with Jenkins, a custom action.
///
/// Source: CodePipeline User Guide, `structure-configuration-examples`.
pub fn jenkins_test() -> ActionBuilder<JenkinsTest> {
    of("Test", "Custom", "Jenkins", "1")
}

impl ActionBuilder<JenkinsTest> {
    /// Name of the Jenkins project.
    pub fn project_name(self, value: impl Into<String>) -> Self {
        self.configuration("ProjectName", value)
    }
}

/// Deploys a configuration with AppConfig.
#[derive(Debug)]
pub enum AppConfig {}

/// Deploys a configuration with AppConfig.
///
/// Source: CodePipeline User Guide, `action-reference-AppConfig`.
pub fn appconfig(
    application: impl Into<String>,
    environment: impl Into<String>,
    configuration_profile: impl Into<String>,
    input_artifact_configuration_path: impl Into<String>,
) -> ActionBuilder<AppConfig> {
    of("Deploy", "AWS", "AppConfig", "1")
        .configuration("Application", application)
        .configuration("Environment", environment)
        .configuration("ConfigurationProfile", configuration_profile)
        .configuration("InputArtifactConfigurationPath", input_artifact_configuration_path)
}

impl ActionBuilder<AppConfig> {
    /// Deployment strategy.
    pub fn deployment_strategy(self, value: impl Into<String>) -> Self {
        self.configuration("DeploymentStrategy", value)
    }
}

/// Creates, updates or deletes a CloudFormation stack or change set.
#[derive(Debug)]
pub enum CloudFormation {}

/// Creates, updates or deletes a CloudFormation stack or change set.
///
/// Source: CodePipeline User Guide, `action-reference-CloudFormation`.
pub fn cloudformation(action_mode: ActionMode, stack_name: impl Into<String>) -> ActionBuilder<CloudFormation> {
    of("Deploy", "AWS", "CloudFormation", "1")
        .configuration("ActionMode", action_mode.as_str())
        .configuration("StackName", stack_name)
}

impl ActionBuilder<CloudFormation> {
    /// Acknowledged capabilities.
    pub fn capabilities(self, value: impl Into<String>) -> Self {
        self.configuration("Capabilities", value)
    }

    /// Change set to make or run.
    pub fn change_set_name(self, value: impl Into<String>) -> Self {
        self.configuration("ChangeSetName", value)
    }

    /// Role CloudFormation assumes for the stack; must be in the same account as the role of the action.
    pub fn role_arn(self, value: impl Into<String>) -> Self {
        self.configuration("RoleArn", value)
    }

    /// Template in one of the input artifacts.
    pub fn template_path(self, value: impl Into<String>) -> Self {
        self.configuration("TemplatePath", value)
    }

    /// File in the output artifact that receives the stack outputs; without it there is no output artifact content.
    pub fn output_file_name(self, value: impl Into<String>) -> Self {
        self.configuration("OutputFileName", value)
    }

    /// Template parameters that override the template configuration file; every name must exist in the template.
    pub fn parameter_overrides(self, value: impl Into<String>) -> Self {
        self.configuration("ParameterOverrides", value)
    }

    /// Parameter, tag and stack-policy file.
    pub fn template_configuration(self, value: impl Into<String>) -> Self {
        self.configuration("TemplateConfiguration", value)
    }
}

/// Creates or updates instances of a CloudFormation stack set.
#[derive(Debug)]
pub enum CloudFormationStackInstances {}

/// Creates or updates instances of a CloudFormation stack set.
///
/// Source: CodePipeline User Guide, `action-reference-StackSets`.
pub fn cloudformation_stack_instances(
    stack_set_name: impl Into<String>,
    regions: impl Into<String>,
) -> ActionBuilder<CloudFormationStackInstances> {
    of("Deploy", "AWS", "CloudFormationStackInstances", "1")
        .configuration("StackSetName", stack_set_name)
        .configuration("Regions", regions)
}

impl ActionBuilder<CloudFormationStackInstances> {
    /// Accounts or organisational units.
    pub fn deployment_targets(self, value: impl Into<String>) -> Self {
        self.configuration("DeploymentTargets", value)
    }

    /// Parameters that differ for these instances.
    pub fn parameter_overrides(self, value: impl Into<String>) -> Self {
        self.configuration("ParameterOverrides", value)
    }

    /// Share of accounts per Region that may fail.
    pub fn failure_tolerance_percentage(self, value: u32) -> Self {
        self.configuration("FailureTolerancePercentage", value.to_string())
    }

    /// Share of accounts handled at once.
    pub fn max_concurrent_percentage(self, value: u32) -> Self {
        self.configuration("MaxConcurrentPercentage", value.to_string())
    }

    /// Whether Regions run one after another or together. Default: `Sequential`.
    pub fn region_concurrency_type(self, value: impl Into<String>) -> Self {
        self.configuration("RegionConcurrencyType", value)
    }

    /// How concurrency reacts to failures. Default: `STRICT_FAILURE_TOLERANCE`.
    pub fn concurrency_mode(self, value: ConcurrencyMode) -> Self {
        self.configuration("ConcurrencyMode", value.as_str())
    }

    /// Act as the organisation management account or a delegated administrator; service-managed model only.
    pub fn call_as(self, value: CallAs) -> Self {
        self.configuration("CallAs", value.as_str())
    }
}

/// Creates or updates a CloudFormation stack set.
#[derive(Debug)]
pub enum CloudFormationStackSet {}

/// Creates or updates a CloudFormation stack set.
///
/// Source: CodePipeline User Guide, `action-reference-StackSets`.
pub fn cloudformation_stack_set(
    stack_set_name: impl Into<String>,
    template_path: impl Into<String>,
) -> ActionBuilder<CloudFormationStackSet> {
    of("Deploy", "AWS", "CloudFormationStackSet", "1")
        .configuration("StackSetName", stack_set_name)
        .configuration("TemplatePath", template_path)
}

impl ActionBuilder<CloudFormationStackSet> {
    /// Description of the stack set.
    pub fn description(self, value: impl Into<String>) -> Self {
        self.configuration("Description", value)
    }

    /// Template parameters.
    pub fn parameters(self, value: impl Into<String>) -> Self {
        self.configuration("Parameters", value)
    }

    /// Acknowledged capabilities.
    pub fn capabilities(self, value: impl Into<String>) -> Self {
        self.configuration("Capabilities", value)
    }

    /// Who manages the stack-set roles. Default: `SELF_MANAGED`.
    pub fn permission_model(self, value: PermissionModel) -> Self {
        self.configuration("PermissionModel", value.as_str())
    }

    /// Administration role; self-managed model only. Default: `AWSCloudFormationStackSetAdministrationRole`.
    pub fn administration_role_arn(self, value: impl Into<String>) -> Self {
        self.configuration("AdministrationRoleArn", value)
    }

    /// Execution role in the target accounts; self-managed model only. Default: `AWSCloudFormationStackSetExecutionRole`.
    pub fn execution_role_name(self, value: impl Into<String>) -> Self {
        self.configuration("ExecutionRoleName", value)
    }

    /// Automatic deployment for organisations; service-managed model only, and not together with DeploymentTargets or Regions. Default: `Disabled`.
    pub fn organizations_auto_deployment(self, value: OrganizationsAutoDeployment) -> Self {
        self.configuration("OrganizationsAutoDeployment", value.as_str())
    }

    /// Accounts or organisational units.
    pub fn deployment_targets(self, value: impl Into<String>) -> Self {
        self.configuration("DeploymentTargets", value)
    }

    /// Regions for the instances; given together with DeploymentTargets.
    pub fn regions(self, value: impl Into<String>) -> Self {
        self.configuration("Regions", value)
    }

    /// Share of accounts per Region that may fail.
    pub fn failure_tolerance_percentage(self, value: u32) -> Self {
        self.configuration("FailureTolerancePercentage", value.to_string())
    }

    /// Share of accounts handled at once.
    pub fn max_concurrent_percentage(self, value: u32) -> Self {
        self.configuration("MaxConcurrentPercentage", value.to_string())
    }

    /// Whether Regions run one after another or together. Default: `Sequential`.
    pub fn region_concurrency_type(self, value: impl Into<String>) -> Self {
        self.configuration("RegionConcurrencyType", value)
    }

    /// How concurrency reacts to failures. Default: `STRICT_FAILURE_TOLERANCE`.
    pub fn concurrency_mode(self, value: ConcurrencyMode) -> Self {
        self.configuration("ConcurrencyMode", value.as_str())
    }

    /// Act as the organisation management account or a delegated administrator; service-managed model only.
    pub fn call_as(self, value: CallAs) -> Self {
        self.configuration("CallAs", value.as_str())
    }
}

/// Deploys with CodeDeploy.
#[derive(Debug)]
pub enum CodeDeploy {}

/// Deploys with CodeDeploy.
///
/// Source: CodePipeline User Guide, `action-reference-CodeDeploy`.
pub fn codedeploy(
    application_name: impl Into<String>,
    deployment_group_name: impl Into<String>,
) -> ActionBuilder<CodeDeploy> {
    of("Deploy", "AWS", "CodeDeploy", "1")
        .configuration("ApplicationName", application_name)
        .configuration("DeploymentGroupName", deployment_group_name)
}

/// Deploys to ECS blue/green with CodeDeploy.
#[derive(Debug)]
pub enum CodeDeployToEcs {}

/// Deploys to ECS blue/green with CodeDeploy.
///
/// Source: CodePipeline User Guide, `action-reference-ECSbluegreen`.
pub fn codedeploy_to_ecs(
    application_name: impl Into<String>,
    deployment_group_name: impl Into<String>,
    task_definition_template_artifact: impl Into<String>,
    appspec_template_artifact: impl Into<String>,
) -> ActionBuilder<CodeDeployToEcs> {
    of("Deploy", "AWS", "CodeDeployToECS", "1")
        .configuration("ApplicationName", application_name)
        .configuration("DeploymentGroupName", deployment_group_name)
        .configuration("TaskDefinitionTemplateArtifact", task_definition_template_artifact)
        .configuration("AppSpecTemplateArtifact", appspec_template_artifact)
}

impl ActionBuilder<CodeDeployToEcs> {
    /// Path of the AppSpec file. Default: `appspec.yaml`.
    pub fn appspec_template_path(self, value: impl Into<String>) -> Self {
        self.configuration("AppSpecTemplatePath", value)
    }

    /// Path of the task definition. Default: `taskdef.json`.
    pub fn task_definition_template_path(self, value: impl Into<String>) -> Self {
        self.configuration("TaskDefinitionTemplatePath", value)
    }

    /// Input artifact with image detail 1.
    pub fn image1_artifact_name(self, value: impl Into<String>) -> Self {
        self.configuration("Image1ArtifactName", value)
    }

    /// Placeholder of image 1 in the task definition.
    pub fn image1_container_name(self, value: impl Into<String>) -> Self {
        self.configuration("Image1ContainerName", value)
    }

    /// Input artifact with image detail 2.
    pub fn image2_artifact_name(self, value: impl Into<String>) -> Self {
        self.configuration("Image2ArtifactName", value)
    }

    /// Placeholder of image 2 in the task definition.
    pub fn image2_container_name(self, value: impl Into<String>) -> Self {
        self.configuration("Image2ContainerName", value)
    }

    /// Input artifact with image detail 3.
    pub fn image3_artifact_name(self, value: impl Into<String>) -> Self {
        self.configuration("Image3ArtifactName", value)
    }

    /// Placeholder of image 3 in the task definition.
    pub fn image3_container_name(self, value: impl Into<String>) -> Self {
        self.configuration("Image3ContainerName", value)
    }

    /// Input artifact with image detail 4.
    pub fn image4_artifact_name(self, value: impl Into<String>) -> Self {
        self.configuration("Image4ArtifactName", value)
    }

    /// Placeholder of image 4 in the task definition.
    pub fn image4_container_name(self, value: impl Into<String>) -> Self {
        self.configuration("Image4ContainerName", value)
    }
}

/// Deploys to EC2 instances or managed nodes.
#[derive(Debug)]
pub enum Ec2Deploy {}

/// Deploys to EC2 instances or managed nodes.
///
/// Source: CodePipeline User Guide, `action-reference-EC2Deploy`.
pub fn ec2_deploy(instance_tag_key: impl Into<String>, instance_type: InstanceType) -> ActionBuilder<Ec2Deploy> {
    of("Deploy", "AWS", "EC2", "1")
        .configuration("InstanceTagKey", instance_tag_key)
        .configuration("InstanceType", instance_type.as_str())
}

impl ActionBuilder<Ec2Deploy> {
    /// Tag value; without it every instance with the key matches.
    pub fn instance_tag_value(self, value: impl Into<String>) -> Self {
        self.configuration("InstanceTagValue", value)
    }

    /// Destination directory on the instances.
    pub fn target_directory(self, value: impl Into<String>) -> Self {
        self.configuration("TargetDirectory", value)
    }

    /// Deploy specification file (YAML) in the artifact.
    pub fn deploy_spec(self, value: impl Into<String>) -> Self {
        self.configuration("DeploySpec", value)
    }

    /// How many instances at once.
    pub fn max_batch(self, value: impl Into<String>) -> Self {
        self.configuration("MaxBatch", value)
    }

    /// How many may fail.
    pub fn max_error(self, value: impl Into<String>) -> Self {
        self.configuration("MaxError", value)
    }

    /// Target groups to drain and refill.
    pub fn target_group_name_list(self, value: impl Into<String>) -> Self {
        self.configuration("TargetGroupNameList", value)
    }

    /// Script before the copy.
    pub fn pre_script(self, value: impl Into<String>) -> Self {
        self.configuration("PreScript", value)
    }

    /// Script after the copy.
    pub fn post_script(self, value: impl Into<String>) -> Self {
        self.configuration("PostScript", value)
    }
}

/// Updates an ECS service.
#[derive(Debug)]
pub enum EcsDeploy {}

/// Updates an ECS service.
///
/// Source: CodePipeline User Guide, `action-reference-ECS`.
pub fn ecs_deploy(cluster_name: impl Into<String>, service_name: impl Into<String>) -> ActionBuilder<EcsDeploy> {
    of("Deploy", "AWS", "ECS", "1")
        .configuration("ClusterName", cluster_name)
        .configuration("ServiceName", service_name)
}

impl ActionBuilder<EcsDeploy> {
    /// Image definitions file. Default: `imagedefinitions.json`.
    pub fn file_name(self, value: impl Into<String>) -> Self {
        self.configuration("FileName", value)
    }

    /// Minutes to wait for the deployment.
    pub fn deployment_timeout(self, value: u32) -> Self {
        self.configuration("DeploymentTimeout", value.to_string())
    }
}

/// Deploys to an EKS cluster with Helm or kubectl.
#[derive(Debug)]
pub enum EksDeploy {}

/// Deploys to an EKS cluster with Helm or kubectl.
///
/// Source: CodePipeline User Guide, `action-reference-EKS`.
pub fn eks_deploy(cluster_name: impl Into<String>) -> ActionBuilder<EksDeploy> {
    of("Deploy", "AWS", "EKS", "1").configuration("ClusterName", cluster_name)
}

impl ActionBuilder<EksDeploy> {
    /// Helm release.
    pub fn helm_release_name(self, value: impl Into<String>) -> Self {
        self.configuration("HelmReleaseName", value)
    }

    /// Chart path in the artifact.
    pub fn helm_chart_location(self, value: impl Into<String>) -> Self {
        self.configuration("HelmChartLocation", value)
    }

    /// Values files inside the chart location.
    pub fn helm_values_files(self, value: impl Into<String>) -> Self {
        self.configuration("HelmValuesFiles", value)
    }

    /// Manifest file in the artifact.
    pub fn manifest_files(self, value: impl Into<String>) -> Self {
        self.configuration("ManifestFiles", value)
    }

    /// Kubernetes namespace.
    pub fn kubernetes_namespace(self, value: impl Into<String>) -> Self {
        self.configuration("Namespace", value)
    }

    /// Subnets in the VPC of the cluster.
    pub fn subnets(self, value: impl Into<String>) -> Self {
        self.configuration("Subnets", value)
    }

    /// Security groups in the VPC of the cluster.
    pub fn security_group_ids(self, value: impl Into<String>) -> Self {
        self.configuration("SecurityGroupIds", value)
    }
}

/// Deploys to an Elastic Beanstalk environment.
#[derive(Debug)]
pub enum ElasticBeanstalk {}

/// Deploys to an Elastic Beanstalk environment.
///
/// Source: CodePipeline User Guide, `action-reference-Beanstalk`.
pub fn elastic_beanstalk(
    application_name: impl Into<String>,
    environment_name: impl Into<String>,
) -> ActionBuilder<ElasticBeanstalk> {
    of("Deploy", "AWS", "ElasticBeanstalk", "1")
        .configuration("ApplicationName", application_name)
        .configuration("EnvironmentName", environment_name)
}

/// Deploys a Lambda function.
#[derive(Debug)]
pub enum LambdaDeploy {}

/// Deploys a Lambda function.
///
/// Source: CodePipeline User Guide, `action-reference-LambdaDeploy`.
pub fn lambda_deploy(function_name: impl Into<String>) -> ActionBuilder<LambdaDeploy> {
    of("Deploy", "AWS", "Lambda", "1").configuration("FunctionName", function_name)
}

impl ActionBuilder<LambdaDeploy> {
    /// Alias that is moved; must exist and point to one version. Without an alias the artifact goes to $LATEST as a new version.
    pub fn function_alias(self, value: impl Into<String>) -> Self {
        self.configuration("FunctionAlias", value)
    }

    /// Existing version to shift to.
    pub fn published_target_version(self, value: impl Into<String>) -> Self {
        self.configuration("PublishedTargetVersion", value)
    }

    /// Traffic shifting; only with FunctionAlias; at most two days in total. Default: `AllAtOnce`.
    pub fn deploy_strategy(self, value: impl Into<String>) -> Self {
        self.configuration("DeployStrategy", value)
    }

    /// Alarms watched during the shift.
    pub fn alarms(self, value: impl Into<String>) -> Self {
        self.configuration("Alarms", value)
    }
}

/// Deploys with OpsWorks.
#[derive(Debug)]
pub enum OpsWorks {}

/// Deploys with OpsWorks.
///
/// Source: CodePipeline User Guide, `action-reference-OpsWorks`.
pub fn opsworks() -> ActionBuilder<OpsWorks> {
    of("Deploy", "AWS", "OpsWorks", "1")
}

impl ActionBuilder<OpsWorks> {
    /// OpsWorks app.
    pub fn app(self, value: impl Into<String>) -> Self {
        self.configuration("App", value)
    }

    /// OpsWorks stack.
    pub fn stack(self, value: impl Into<String>) -> Self {
        self.configuration("Stack", value)
    }

    /// OpsWorks layer.
    pub fn layer(self, value: impl Into<String>) -> Self {
        self.configuration("Layer", value)
    }
}

/// Writes an artifact to an S3 bucket.
#[derive(Debug)]
pub enum S3Deploy {}

/// Writes an artifact to an S3 bucket.
///
/// Source: CodePipeline User Guide, `action-reference-S3Deploy`.
pub fn s3_deploy(bucket_name: impl Into<String>, extract: bool) -> ActionBuilder<S3Deploy> {
    of("Deploy", "AWS", "S3", "1")
        .configuration("BucketName", bucket_name)
        .configuration("Extract", extract.to_string())
}

impl ActionBuilder<S3Deploy> {
    /// Destination key; {datetime} and {uuid} are replaced.
    pub fn object_key(self, value: impl Into<String>) -> Self {
        self.configuration("ObjectKey", value)
    }

    /// Symmetric key for the uploaded objects; an alias works only in the account of the key, and a bare key id means the key of the account of the action role.
    pub fn kms_encryption_key_arn(self, value: impl Into<String>) -> Self {
        self.configuration("KMSEncryptionKeyARN", value)
    }

    /// Canned ACL for the deployed objects.
    pub fn canned_acl(self, value: impl Into<String>) -> Self {
        self.configuration("CannedACL", value)
    }

    /// Cache-Control header for the deployed objects.
    pub fn cache_control(self, value: impl Into<String>) -> Self {
        self.configuration("CacheControl", value)
    }
}

/// Updates a Service Catalog product.
#[derive(Debug)]
pub enum ServiceCatalog {}

/// Updates a Service Catalog product.
///
/// Source: CodePipeline User Guide, `action-reference-ServiceCatalog`.
pub fn service_catalog(product_id: impl Into<String>) -> ActionBuilder<ServiceCatalog> {
    of("Deploy", "AWS", "ServiceCatalog", "1").configuration("ProductId", product_id)
}

impl ActionBuilder<ServiceCatalog> {
    /// Template in the artifact.
    pub fn template_file_path(self, value: impl Into<String>) -> Self {
        self.configuration("TemplateFilePath", value)
    }

    /// Version name.
    pub fn product_version_name(self, value: impl Into<String>) -> Self {
        self.configuration("ProductVersionName", value)
    }

    /// Kind of product.
    pub fn product_type(self, value: impl Into<String>) -> Self {
        self.configuration("ProductType", value)
    }

    /// Version description.
    pub fn product_version_description(self, value: impl Into<String>) -> Self {
        self.configuration("ProductVersionDescription", value)
    }

    /// Alternative form: a configuration file in the artifact together with ProductId instead of the other keys.
    pub fn configuration_file_path(self, value: impl Into<String>) -> Self {
        self.configuration("ConfigurationFilePath", value)
    }
}

/// Deploys an Alexa skill.
#[derive(Debug)]
pub enum AlexaSkillsKit {}

/// Deploys an Alexa skill.
///
/// Source: CodePipeline User Guide, `structure-configuration-examples`.
pub fn alexa_skills_kit(
    client_id: impl Into<String>,
    client_secret: impl Into<String>,
    refresh_token: impl Into<String>,
    skill_id: impl Into<String>,
) -> ActionBuilder<AlexaSkillsKit> {
    of("Deploy", "ThirdParty", "AlexaSkillsKit", "1")
        .configuration("ClientId", client_id)
        .configuration("ClientSecret", client_secret)
        .configuration("RefreshToken", refresh_token)
        .configuration("SkillId", skill_id)
}

/// Deploys with XebiaLabs, a custom action.
#[derive(Debug)]
pub enum XebiaLabs {}

/// Deploys with XebiaLabs, a custom action.
///
/// Source: CodePipeline User Guide, `actions-valid-providers`.
pub fn xebialabs() -> ActionBuilder<XebiaLabs> {
    of("Deploy", "Custom", "XebiaLabs", "1")
}

/// Scans code or an image with Inspector.
#[derive(Debug)]
pub enum InspectorScan {}

/// Scans code or an image with Inspector.
///
/// Source: CodePipeline User Guide, `action-reference-InspectorScan`.
pub fn inspector_scan(inspector_run_mode: InspectorRunMode) -> ActionBuilder<InspectorScan> {
    of("Invoke", "AWS", "InspectorScan", "1").configuration("InspectorRunMode", inspector_run_mode.as_str())
}

impl ActionBuilder<InspectorScan> {
    /// Repository of the image.
    pub fn ecr_repository_name(self, value: impl Into<String>) -> Self {
        self.configuration("ECRRepositoryName", value)
    }

    /// Tag of the image.
    pub fn image_tag(self, value: impl Into<String>) -> Self {
        self.configuration("ImageTag", value)
    }

    /// Number of critical findings above which the action fails.
    pub fn critical_threshold(self, value: u32) -> Self {
        self.configuration("CriticalThreshold", value.to_string())
    }

    /// Number of high findings above which the action fails.
    pub fn high_threshold(self, value: u32) -> Self {
        self.configuration("HighThreshold", value.to_string())
    }

    /// Number of medium findings above which the action fails.
    pub fn medium_threshold(self, value: u32) -> Self {
        self.configuration("MediumThreshold", value.to_string())
    }

    /// Number of low findings above which the action fails.
    pub fn low_threshold(self, value: u32) -> Self {
        self.configuration("LowThreshold", value.to_string())
    }
}

/// Calls a Lambda function, which reports the result.
#[derive(Debug)]
pub enum LambdaInvoke {}

/// Calls a Lambda function, which reports the result.
///
/// Source: CodePipeline User Guide, `action-reference-Lambda`.
pub fn lambda_invoke(function_name: impl Into<String>) -> ActionBuilder<LambdaInvoke> {
    of("Invoke", "AWS", "Lambda", "1").configuration("FunctionName", function_name)
}

impl ActionBuilder<LambdaInvoke> {
    /// Text handed to the function.
    pub fn user_parameters(self, value: impl Into<String>) -> Self {
        self.configuration("UserParameters", value)
    }
}

/// Runs a Step Functions state machine.
#[derive(Debug)]
pub enum StepFunctions {}

/// Runs a Step Functions state machine.
///
/// Source: CodePipeline User Guide, `action-reference-StepFunctions`.
pub fn step_functions(state_machine_arn: impl Into<String>) -> ActionBuilder<StepFunctions> {
    of("Invoke", "AWS", "StepFunctions", "1").configuration("StateMachineArn", state_machine_arn)
}

impl ActionBuilder<StepFunctions> {
    /// Prefix for the execution name, joined with a hyphen.
    pub fn execution_name_prefix(self, value: impl Into<String>) -> Self {
        self.configuration("ExecutionNamePrefix", value)
    }

    /// How Input is read. Default: `Literal`.
    pub fn input_type(self, value: InputType) -> Self {
        self.configuration("InputType", value.as_str())
    }

    /// Literal JSON, or a path in the input artifact.
    pub fn state_machine_input(self, value: impl Into<String>) -> Self {
        self.configuration("Input", value)
    }
}

/// Scans with Snyk.
#[derive(Debug)]
pub enum Snyk {}

/// Scans with Snyk.
///
/// Source: CodePipeline User Guide, `action-reference-Snyk`.
pub fn snyk() -> ActionBuilder<Snyk> {
    of("Invoke", "ThirdParty", "Snyk", "1")
}

/// Waits for manual approval.
#[derive(Debug)]
pub enum ManualApproval {}

/// Waits for manual approval.
///
/// Source: CodePipeline User Guide, `structure-configuration-examples`.
pub fn manual_approval() -> ActionBuilder<ManualApproval> {
    of("Approval", "AWS", "Manual", "1")
}

impl ActionBuilder<ManualApproval> {
    /// Text shown to the approver.
    pub fn custom_data(self, value: impl Into<String>) -> Self {
        self.configuration("CustomData", value)
    }

    /// Link shown to the approver.
    pub fn external_entity_link(self, value: impl Into<String>) -> Self {
        self.configuration("ExternalEntityLink", value)
    }

    /// Topic that announces the approval; same Region as the pipeline.
    pub fn notification_arn(self, value: impl Into<String>) -> Self {
        self.configuration("NotificationArn", value)
    }
}

/// Runs shell commands on managed compute.
#[derive(Debug)]
pub enum Commands {}

impl ActionBuilder<Commands> {
    /// Image family. Default: `LINUX_CONTAINER`.
    pub fn environment_type(self, value: EnvironmentType) -> Self {
        self.configuration("EnvironmentType", value.as_str())
    }

    /// Size; the Windows image does not run on SMALL. Default: `BUILD_GENERAL1_SMALL`.
    pub fn compute_type(self, value: ComputeType) -> Self {
        self.configuration("ComputeType", value.as_str())
    }

    /// VPC.
    pub fn vpc_id(self, value: impl Into<String>) -> Self {
        self.configuration("VpcId", value)
    }

    /// Subnets of the VPC.
    pub fn subnets(self, value: impl Into<String>) -> Self {
        self.configuration("Subnets", value)
    }

    /// Security groups of the VPC.
    pub fn security_group_ids(self, value: impl Into<String>) -> Self {
        self.configuration("SecurityGroupIds", value)
    }
}

/// What is done to the stack or change set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ActionMode {
    /// `CHANGE_SET_EXECUTE`
    ChangeSetExecute,
    /// `CHANGE_SET_REPLACE`
    ChangeSetReplace,
    /// `CREATE_UPDATE`
    CreateUpdate,
    /// `DELETE_ONLY`
    DeleteOnly,
    /// `REPLACE_ON_FAILURE`
    ReplaceOnFailure,
}

impl ActionMode {
    /// The value as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ChangeSetExecute => "CHANGE_SET_EXECUTE",
            Self::ChangeSetReplace => "CHANGE_SET_REPLACE",
            Self::CreateUpdate => "CREATE_UPDATE",
            Self::DeleteOnly => "DELETE_ONLY",
            Self::ReplaceOnFailure => "REPLACE_ON_FAILURE",
        }
    }
}

/// Platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AppType {
    /// `iOS`
    Ios,
    /// `Android`
    Android,
    /// `Web`
    Web,
}

impl AppType {
    /// The value as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ios => "iOS",
            Self::Android => "Android",
            Self::Web => "Web",
        }
    }
}

/// Act as the organisation management account or a delegated administrator; service-managed model only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CallAs {
    /// `SELF`
    SelfManaged,
    /// `DELEGATED_ADMIN`
    DelegatedAdmin,
}

impl CallAs {
    /// The value as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SelfManaged => "SELF",
            Self::DelegatedAdmin => "DELEGATED_ADMIN",
        }
    }
}

/// Size; the Windows image does not run on SMALL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ComputeType {
    /// `BUILD_GENERAL1_SMALL`
    BuildGeneral1Small,
    /// `BUILD_GENERAL1_MEDIUM`
    BuildGeneral1Medium,
    /// `BUILD_GENERAL1_LARGE`
    BuildGeneral1Large,
}

impl ComputeType {
    /// The value as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::BuildGeneral1Small => "BUILD_GENERAL1_SMALL",
            Self::BuildGeneral1Medium => "BUILD_GENERAL1_MEDIUM",
            Self::BuildGeneral1Large => "BUILD_GENERAL1_LARGE",
        }
    }
}

/// How concurrency reacts to failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ConcurrencyMode {
    /// `STRICT_FAILURE_TOLERANCE`
    StrictFailureTolerance,
    /// `SOFT_FAILURE_TOLERANCE`
    SoftFailureTolerance,
}

impl ConcurrencyMode {
    /// The value as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::StrictFailureTolerance => "STRICT_FAILURE_TOLERANCE",
            Self::SoftFailureTolerance => "SOFT_FAILURE_TOLERANCE",
        }
    }
}

/// Image family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EnvironmentType {
    /// `LINUX_CONTAINER`
    LinuxContainer,
    /// `WINDOWS_SERVER_2022_CONTAINER`
    WindowsServer2022Container,
}

impl EnvironmentType {
    /// The value as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LinuxContainer => "LINUX_CONTAINER",
            Self::WindowsServer2022Container => "WINDOWS_SERVER_2022_CONTAINER",
        }
    }
}

/// How Input is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InputType {
    /// `Literal`
    Literal,
    /// `FilePath`
    FilePath,
}

impl InputType {
    /// The value as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Literal => "Literal",
            Self::FilePath => "FilePath",
        }
    }
}

/// What is scanned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InspectorRunMode {
    /// `SourceCodeScan`
    SourceCodeScan,
    /// `ECRImageScan`
    EcrImageScan,
}

impl InspectorRunMode {
    /// The value as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SourceCodeScan => "SourceCodeScan",
            Self::EcrImageScan => "ECRImageScan",
        }
    }
}

/// Kind of target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum InstanceType {
    /// `EC2`
    Ec2,
    /// `SSM_MANAGED_NODE`
    SsmManagedNode,
}

impl InstanceType {
    /// The value as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ec2 => "EC2",
            Self::SsmManagedNode => "SSM_MANAGED_NODE",
        }
    }
}

/// Automatic deployment for organisations; service-managed model only, and not together with DeploymentTargets or Regions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OrganizationsAutoDeployment {
    /// `Enabled`
    Enabled,
    /// `Disabled`
    Disabled,
    /// `EnabledWithStackRetention`
    EnabledWithStackRetention,
}

impl OrganizationsAutoDeployment {
    /// The value as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enabled => "Enabled",
            Self::Disabled => "Disabled",
            Self::EnabledWithStackRetention => "EnabledWithStackRetention",
        }
    }
}

/// ZIP of the commit, or a reference that lets downstream CodeBuild actions do a full clone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum OutputArtifactFormat {
    /// `CODE_ZIP`
    CodeZip,
    /// `CODEBUILD_CLONE_REF`
    CodebuildCloneRef,
}

impl OutputArtifactFormat {
    /// The value as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::CodeZip => "CODE_ZIP",
            Self::CodebuildCloneRef => "CODEBUILD_CLONE_REF",
        }
    }
}

/// Who manages the stack-set roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PermissionModel {
    /// `SELF_MANAGED`
    SelfManaged,
    /// `SERVICE_MANAGED`
    ServiceManaged,
}

impl PermissionModel {
    /// The value as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SelfManaged => "SELF_MANAGED",
            Self::ServiceManaged => "SERVICE_MANAGED",
        }
    }
}

/// Kind of registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RegistryType {
    /// `private`
    Private,
    /// `public`
    Public,
}

impl RegistryType {
    /// The value as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Public => "public",
        }
    }
}

/// Framework.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TestType {
    /// `APPIUM_JAVA_JUNIT`
    AppiumJavaJunit,
    /// `APPIUM_JAVA_TESTNG`
    AppiumJavaTestng,
    /// `APPIUM_NODE`
    AppiumNode,
    /// `APPIUM_RUBY`
    AppiumRuby,
    /// `APPIUM_PYTHON`
    AppiumPython,
    /// `APPIUM_WEB_JAVA_JUNIT`
    AppiumWebJavaJunit,
    /// `APPIUM_WEB_JAVA_TESTNG`
    AppiumWebJavaTestng,
    /// `APPIUM_WEB_NODE`
    AppiumWebNode,
    /// `APPIUM_WEB_RUBY`
    AppiumWebRuby,
    /// `APPIUM_WEB_PYTHON`
    AppiumWebPython,
    /// `BUILTIN_FUZZ`
    BuiltinFuzz,
    /// `INSTRUMENTATION`
    Instrumentation,
    /// `XCTEST`
    Xctest,
    /// `XCTEST_UI`
    XctestUi,
}

impl TestType {
    /// The value as AWS writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AppiumJavaJunit => "APPIUM_JAVA_JUNIT",
            Self::AppiumJavaTestng => "APPIUM_JAVA_TESTNG",
            Self::AppiumNode => "APPIUM_NODE",
            Self::AppiumRuby => "APPIUM_RUBY",
            Self::AppiumPython => "APPIUM_PYTHON",
            Self::AppiumWebJavaJunit => "APPIUM_WEB_JAVA_JUNIT",
            Self::AppiumWebJavaTestng => "APPIUM_WEB_JAVA_TESTNG",
            Self::AppiumWebNode => "APPIUM_WEB_NODE",
            Self::AppiumWebRuby => "APPIUM_WEB_RUBY",
            Self::AppiumWebPython => "APPIUM_WEB_PYTHON",
            Self::BuiltinFuzz => "BUILTIN_FUZZ",
            Self::Instrumentation => "INSTRUMENTATION",
            Self::Xctest => "XCTEST",
            Self::XctestUi => "XCTEST_UI",
        }
    }
}
