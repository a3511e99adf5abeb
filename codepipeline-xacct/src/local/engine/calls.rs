//! The calls that an action makes with its role, as the page of its provider in the CodePipeline User Guide and the API references of
//! the services describe them.
//!
//! This is not the table from which policies are derived, and must not be made from it: an action that runs here with its derived policy
//! shows that the two agree. Names that only AWS makes up (ids, versions, streams) are `local`.

use std::collections::BTreeMap;

use crate::core::arns::s3_arn;
use crate::core::declaration::{ActionDeclaration, ArtifactStore, resource_suffix};
use crate::core::ids::{AccountId, PipelineArn, split_arn};

/// One request, as IAM sees it. A request about several resources is one entry for each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Request {
    pub(super) action: &'static str,
    pub(super) resource: String,
    /// Condition keys and their values, besides the account of the resource.
    pub(super) context: Vec<(String, Vec<String>)>,
    /// The action continues if it is denied.
    pub(super) spare: bool,
}

/// Where an action runs, and its configuration with all references replaced.
pub(super) struct Site<'a> {
    pub(super) pipeline: &'a PipelineArn,
    pub(super) account: &'a AccountId,
    pub(super) region: &'a str,
    pub(super) configuration: &'a BTreeMap<String, String>,
}

/// The requests of an action, or `None` where they are not known.
pub(super) fn requests(action: &ActionDeclaration, site: &Site<'_>) -> Option<Vec<Request>> {
    let id = &action.action_type_id;
    if id.owner != "AWS" {
        // Workers of others poll with credentials of their own.
        return Some(Vec::new());
    }
    let mut requests = Requests(Vec::new());
    match (id.category.as_str(), id.provider.as_str()) {
        ("Source", "CodeCommit") => site.codecommit(&mut requests),
        ("Source", "CodeStarSourceConnection") => site.connection(&mut requests),
        ("Source", "ECR") => requests.on(site.ecr("RepositoryName"), &["ecr:DescribeImages"]),
        ("Source", "S3") => site.s3_source(&mut requests),
        ("Build" | "Test", "CodeBuild") => site.codebuild(&mut requests),
        ("Build", "ECRBuildAndPublish") => site.publish_image(&mut requests),
        ("Test", "DeviceFarm") => site.device_farm(&mut requests),
        ("Deploy", "AppConfig") => site.appconfig(&mut requests),
        ("Deploy", "CloudFormation") => site.cloudformation(&mut requests),
        ("Deploy", "CloudFormationStackSet") => site.stack_set(&mut requests),
        ("Deploy", "CloudFormationStackInstances") => {
            let instances = &["cloudformation:CreateStackInstances", "cloudformation:DescribeStackSetOperation"];
            requests.on(site.named_stack_set(), instances);
            site.delegated_admin(&mut requests);
        }
        ("Deploy", "CodeDeploy") => site.codedeploy(&mut requests),
        ("Deploy", "CodeDeployToECS") => site.codedeploy_to_ecs(&mut requests),
        ("Deploy", "EC2") => site.ec2(&mut requests),
        ("Deploy", "ECS") => site.ecs(&mut requests),
        ("Deploy", "EKS") => site.eks(&mut requests),
        ("Deploy", "Lambda") => site.lambda_deploy(&mut requests),
        ("Deploy", "OpsWorks") => requests.on(
            "*",
            &[
                "opsworks:DescribeStacks",
                "opsworks:DescribeApps",
                "opsworks:DescribeInstances",
                "opsworks:UpdateApp",
                "opsworks:UpdateStack",
                "opsworks:CreateDeployment",
                "opsworks:DescribeDeployments",
                "opsworks:DescribeCommands",
            ],
        ),
        ("Deploy", "S3") => site.s3_deploy(&mut requests),
        ("Deploy", "ServiceCatalog") => site.service_catalog(&mut requests),
        ("Invoke", "InspectorScan") => site.inspector(&mut requests),
        ("Invoke", "Lambda") => requests.on(site.function(), &["lambda:InvokeFunction"]),
        ("Invoke", "StepFunctions") => site.step_functions(&mut requests),
        ("Approval", "Manual") => {
            if let Some(topic) = site.value("NotificationArn") {
                requests.on(topic, &["sns:Publish"]);
            }
        }
        ("Compute", "Commands") => {
            site.logs(&mut requests);
            site.secrets(action, &mut requests);
        }
        _ => return None,
    }
    Some(requests.0)
}

/// The requests of a rule, or `None` where they are not known. For CloudWatchAlarm and LambdaInvoke they are not documented; these are
/// the ones without which it can't work.
pub(super) fn rule_requests(provider: &str, site: &Site<'_>) -> Option<Vec<Request>> {
    let mut requests = Requests(Vec::new());
    match provider {
        "CloudWatchAlarm" => {
            let alarm = site.text("AlarmName");
            let alarm = match split_arn(alarm) {
                Some(_) => alarm.to_owned(),
                None => site.arn("cloudwatch", &format!("alarm:{alarm}")),
            };
            requests.on(alarm, &["cloudwatch:DescribeAlarms"]);
        }
        "CodeBuild" => site.codebuild(&mut requests),
        "Commands" => site.logs_below(&mut requests),
        "LambdaInvoke" => requests.on(site.function(), &["lambda:InvokeFunction"]),
        "DeploymentWindow" | "VariableCheck" => {}
        _ => return None,
    }
    Some(requests.0)
}

/// The requests for the artifacts of an action, in the bucket of its Region.
pub(super) fn artifact_requests(site: &Site<'_>, store: &ArtifactStore, reads: bool, writes: bool) -> Vec<Request> {
    let mut requests = Requests(Vec::new());
    let object = s3_arn(site.pipeline.partition().as_str(), &format!("{}/local", store.location));
    let key = store.encryption_key.as_ref().map(|key| site.key(&key.id));
    for (does, s3, kms) in [(reads, "s3:GetObject", "kms:Decrypt"), (writes, "s3:PutObject", "kms:GenerateDataKey")] {
        if does {
            requests.on(&object, &[s3]);
            if let Some((key, alias)) = &key {
                requests.with(key, &[kms], alias.clone());
            }
        }
    }
    requests.0
}

struct Requests(Vec<Request>);

impl Requests {
    fn with(&mut self, resource: impl Into<String>, actions: &[&'static str], context: Vec<(String, Vec<String>)>) {
        let resource = resource.into();
        self.0.extend(actions.iter().map(|action| Request {
            action,
            resource: resource.clone(),
            context: context.clone(),
            spare: false,
        }));
    }

    fn on(&mut self, resource: impl Into<String>, actions: &[&'static str]) {
        self.with(resource, actions, Vec::new());
    }

    fn pass(&mut self, role: &str, service: &str) {
        self.with(role, &["iam:PassRole"], vec![("iam:PassedToService".to_owned(), vec![service.to_owned()])]);
    }
}

impl Site<'_> {
    fn value(&self, key: &str) -> Option<&str> {
        self.configuration.get(key).map(String::as_str)
    }

    fn text(&self, key: &str) -> &str {
        self.value(key).unwrap_or_default()
    }

    fn is(&self, key: &str, wanted: &str) -> bool {
        self.value(key) == Some(wanted)
    }

    fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", self.pipeline.partition(), self.region, self.account)
    }

    fn bucket(&self, key: &str) -> String {
        s3_arn(self.pipeline.partition().as_str(), self.text(key))
    }

    fn ecr(&self, key: &str) -> String {
        self.arn("ecr", &format!("repository/{}", self.text(key)))
    }

    /// A key, and its aliases as condition key where it is named by one. A name is one of the caller's account.
    fn key(&self, text: &str) -> (String, Vec<(String, Vec<String>)>) {
        let (key, name) = match split_arn(text) {
            Some(arn) => (format!("arn:{}:kms:{}:{}:key/", arn.partition, arn.region, arn.account), arn.resource),
            None => (self.arn("kms", "key/"), text),
        };
        match name.strip_prefix("alias/") {
            Some(_) => {
                let aliases = vec![name.to_owned(), "alias/another".to_owned()];
                (format!("{key}local"), vec![("kms:ResourceAliases".to_owned(), aliases)])
            }
            None => (format!("{key}{}", name.trim_start_matches("key/")), Vec::new()),
        }
    }

    /// What runs on managed compute writes its output into the log group of the pipeline.
    fn logs(&self, requests: &mut Requests) {
        let group = self.arn("logs", &format!("log-group:/aws/codepipeline/{}", self.pipeline.name()));
        requests.on(&group, &["logs:CreateLogGroup"]);
        requests.on(format!("{group}:log-stream:local"), &["logs:CreateLogStream", "logs:PutLogEvents"]);
    }

    /// The same, where the page names the log group with `:*` behind it.
    fn logs_below(&self, requests: &mut Requests) {
        let group = self.arn("logs", &format!("log-group:/aws/codepipeline/{}", self.pipeline.name()));
        requests.on(format!("{group}:*"), &["logs:CreateLogGroup"]);
        requests.on(format!("{group}:log-stream:local"), &["logs:CreateLogStream", "logs:PutLogEvents"]);
    }

    fn secrets(&self, action: &ActionDeclaration, requests: &mut Requests) {
        for variable in action.environment_variables.iter().flatten() {
            if variable.r#type.as_deref() == Some(crate::core::declaration::fixed_values::SECRET_VARIABLE_TYPE) {
                let named = resource_suffix::secret(&variable.value);
                let secret = match split_arn(named) {
                    Some(_) if resource_suffix::suffix(named) == resource_suffix::Suffix::Added => named.to_owned(),
                    // A word is hardly ever what the service adds.
                    Some(_) => format!("{named}-AbCdEf"),
                    None => self.arn("secretsmanager", &format!("secret:{named}-AbCdEf")),
                };
                requests.on(secret, &["secretsmanager:GetSecretValue"]);
            }
        }
    }

    fn codecommit(&self, requests: &mut Requests) {
        let repository = self.arn("codecommit", self.text("RepositoryName"));
        requests.on(
            &repository,
            &[
                "codecommit:GetBranch",
                "codecommit:GetCommit",
                "codecommit:UploadArchive",
                "codecommit:GetUploadArchiveStatus",
                "codecommit:CancelUploadArchive",
            ],
        );
        if self.is("OutputArtifactFormat", "CODEBUILD_CLONE_REF") {
            requests.on(repository, &["codecommit:GetRepository"]);
        }
    }

    /// The page asks for both names of the permission, whichever the ARN of the connection has.
    fn connection(&self, requests: &mut Requests) {
        let uses = &["codeconnections:UseConnection", "codestar-connections:UseConnection"];
        requests.on(self.text("ConnectionArn"), uses);
    }

    fn s3_source(&self, requests: &mut Requests) {
        let bucket = self.bucket("S3Bucket");
        requests.on(&bucket, &["s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation"]);
        let object = match self.is("AllowOverrideForS3ObjectKey", "true") {
            true => "the/key/of/the/start",
            false => self.text("S3ObjectKey"),
        };
        requests.on(format!("{bucket}/{object}"), &["s3:GetObject", "s3:GetObjectVersion"]);
    }

    fn codebuild(&self, requests: &mut Requests) {
        let project = self.arn("codebuild", &format!("project/{}", self.text("ProjectName")));
        requests.on(
            project,
            match self.is("BatchEnabled", "true") {
                true => &["codebuild:StartBuildBatch", "codebuild:BatchGetBuildBatches"],
                false => &["codebuild:StartBuild", "codebuild:BatchGetBuilds"],
            },
        );
        if let Some(role) = self.value("ServiceRoleArnOverride") {
            requests.pass(role, "codebuild.amazonaws.com");
        }
    }

    fn publish_image(&self, requests: &mut Requests) {
        self.logs(requests);
        if self.is("RegistryType", "public") {
            requests.on("*", &["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"]);
            let name = self.text("ECRRepositoryName");
            requests.on(
                format!("arn:{}:ecr-public::{}:repository/{name}", self.pipeline.partition(), self.account),
                &[
                    "ecr-public:DescribeRepositories",
                    "ecr-public:BatchCheckLayerAvailability",
                    "ecr-public:InitiateLayerUpload",
                    "ecr-public:UploadLayerPart",
                    "ecr-public:CompleteLayerUpload",
                    "ecr-public:PutImage",
                ],
            );
            return;
        }
        requests.on("*", &["ecr:GetAuthorizationToken"]);
        requests.on(
            self.ecr("ECRRepositoryName"),
            &[
                "ecr:DescribeRepositories",
                "ecr:BatchCheckLayerAvailability",
                "ecr:GetDownloadUrlForLayer",
                "ecr:InitiateLayerUpload",
                "ecr:UploadLayerPart",
                "ecr:CompleteLayerUpload",
                "ecr:PutImage",
            ],
        );
    }

    fn appconfig(&self, requests: &mut Requests) {
        let application = self.arn("appconfig", &format!("application/{}", self.text("Application")));
        let environment = format!("{application}/environment/{}", self.text("Environment"));
        let profile = format!("{application}/configurationprofile/{}", self.text("ConfigurationProfile"));
        let strategy = self.value("DeploymentStrategy").unwrap_or("local");
        let strategy = self.arn("appconfig", &format!("deploymentstrategy/{strategy}"));
        for resource in [&application, &environment, &profile, &strategy] {
            requests.on(resource, &["appconfig:StartDeployment"]);
        }
        for resource in [&application, &environment, &format!("{environment}/deployment/1")] {
            requests.on(resource, &["appconfig:GetDeployment", "appconfig:StopDeployment"]);
        }
    }

    fn cloudformation(&self, requests: &mut Requests) {
        let stack = self.arn("cloudformation", &format!("stack/{}/local", self.text("StackName")));
        let mode = self.text("ActionMode");
        requests.on(&stack, &["cloudformation:DescribeStacks"]);
        match mode {
            "CHANGE_SET_REPLACE" => requests.on(
                &stack,
                &[
                    "cloudformation:DescribeChangeSet",
                    "cloudformation:DeleteChangeSet",
                    "cloudformation:CreateChangeSet",
                ],
            ),
            "CHANGE_SET_EXECUTE" => {
                requests.on(&stack, &["cloudformation:DescribeChangeSet", "cloudformation:ExecuteChangeSet"]);
            }
            "DELETE_ONLY" => requests.on(&stack, &["cloudformation:DeleteStack"]),
            _ => {
                requests.on("*", &["cloudformation:ValidateTemplate"]);
                if mode == "REPLACE_ON_FAILURE" {
                    requests.on(&stack, &["cloudformation:DeleteStack"]);
                }
                requests.on(
                    &stack,
                    &["cloudformation:GetTemplate", "cloudformation:CreateStack", "cloudformation:UpdateStack"],
                );
            }
        }
        if mode != "CHANGE_SET_REPLACE" {
            // For the message of a failure: without it, it is a general one.
            let events = "cloudformation:DescribeStackEvents";
            requests.0.push(Request { action: events, resource: stack.clone(), context: Vec::new(), spare: true });
        }
        if !mode.starts_with("CHANGE_SET") {
            requests.on(&stack, &["cloudformation:DescribeStackResources"]);
        }
        if let Some(role) = self.value("RoleArn").filter(|_| mode != "CHANGE_SET_EXECUTE") {
            requests.pass(role, "cloudformation.amazonaws.com");
        }
    }

    fn named_stack_set(&self) -> String {
        self.arn("cloudformation", &format!("stackset/{}:local", self.text("StackSetName")))
    }

    fn stack_set(&self, requests: &mut Requests) {
        let stack_set = self.named_stack_set();
        requests.on(
            &stack_set,
            &[
                "cloudformation:DescribeStackSet",
                "cloudformation:CreateStackSet",
                "cloudformation:UpdateStackSet",
                "cloudformation:ListStackInstances",
                "cloudformation:DescribeStackSetOperation",
            ],
        );
        if self.value("DeploymentTargets").is_some() {
            requests.on(&stack_set, &["cloudformation:CreateStackInstances"]);
        }
        self.delegated_admin(requests);
        let managed = self.is("PermissionModel", "SERVICE_MANAGED");
        if let Some(role) = self.value("AdministrationRoleArn").filter(|_| !managed) {
            requests.pass(role, "cloudformation.amazonaws.com");
        }
    }

    fn delegated_admin(&self, requests: &mut Requests) {
        if self.is("CallAs", "DELEGATED_ADMIN") {
            requests.on("*", &["organizations:ListDelegatedAdministrators"]);
        }
    }

    fn application(&self) -> String {
        self.arn("codedeploy", &format!("application:{}", self.text("ApplicationName")))
    }

    fn deployment_group(&self) -> String {
        let name = format!("deploymentgroup:{}/{}", self.text("ApplicationName"), self.text("DeploymentGroupName"));
        self.arn("codedeploy", &name)
    }

    fn codedeploy(&self, requests: &mut Requests) {
        requests.on(
            self.application(),
            &[
                "codedeploy:GetApplication",
                "codedeploy:ListDeploymentGroups",
                "codedeploy:RegisterApplicationRevision",
                "codedeploy:GetApplicationRevision",
            ],
        );
        requests.on("*", &["codedeploy:ListDeploymentConfigs"]);
        requests.on(self.arn("codedeploy", "deploymentconfig:local"), &["codedeploy:GetDeploymentConfig"]);
        requests.on(
            self.deployment_group(),
            &[
                "codedeploy:GetDeploymentGroup",
                "codedeploy:ListDeployments",
                "codedeploy:CreateDeployment",
                "codedeploy:GetDeployment",
            ],
        );
    }

    /// The roles of the task definition are in an artifact; here it has none.
    fn register_task_definition(&self, requests: &mut Requests) {
        requests.on("*", &["ecs:RegisterTaskDefinition"]);
        let creates = vec![("ecs:CreateAction".to_owned(), vec!["RegisterTaskDefinition".to_owned()])];
        requests.with(self.arn("ecs", "task-definition/local:1"), &["ecs:TagResource"], creates);
    }

    fn codedeploy_to_ecs(&self, requests: &mut Requests) {
        self.register_task_definition(requests);
        requests.on(
            self.application(),
            &[
                "codedeploy:GetApplication",
                "codedeploy:RegisterApplicationRevision",
                "codedeploy:GetApplicationRevision",
            ],
        );
        requests.on(self.arn("codedeploy", "deploymentconfig:local"), &["codedeploy:GetDeploymentConfig"]);
        requests.on(self.deployment_group(), &["codedeploy:CreateDeployment", "codedeploy:GetDeployment"]);
    }

    fn ecs(&self, requests: &mut Requests) {
        let service = format!("service/{}/{}", self.text("ClusterName"), self.text("ServiceName"));
        requests.on(self.arn("ecs", &service), &["ecs:DescribeServices", "ecs:UpdateService"]);
        requests.on("*", &["ecs:DescribeTaskDefinition"]);
        self.register_task_definition(requests);
    }

    fn ec2(&self, requests: &mut Requests) {
        requests.on("*", &["ec2:DescribeInstances", "ssm:DescribeInstanceInformation"]);
        for group in self.value("TargetGroupNameList").into_iter().flat_map(|list| list.split(',')).map(str::trim) {
            requests.on(
                "*",
                &[
                    "elasticloadbalancing:DescribeTargetGroups",
                    "elasticloadbalancing:DescribeTargetGroupAttributes",
                    "elasticloadbalancing:DescribeTargetHealth",
                ],
            );
            requests.on(
                self.arn("elasticloadbalancing", &format!("targetgroup/{group}/local")),
                &["elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"],
            );
        }
        let value = self.value("InstanceTagValue").unwrap_or("any");
        let tags = vec![(format!("aws:ResourceTag/{}", self.text("InstanceTagKey")), vec![value.to_owned()])];
        requests.with(self.arn("ec2", "instance/i-local"), &["ssm:SendCommand"], tags.clone());
        if self.is("InstanceType", "SSM_MANAGED_NODE") {
            requests.with(self.arn("ssm", "managed-instance/mi-local"), &["ssm:SendCommand"], tags);
        }
        // Of Linux only.
        let script = format!("arn:{}:ssm:{}::document/AWS-RunShellScript", self.pipeline.partition(), self.region);
        requests.on(script, &["ssm:SendCommand"]);
        requests.on("*", &["ssm:ListCommandInvocations", "ssm:CancelCommand"]);
        self.logs_below(requests);
    }

    fn eks(&self, requests: &mut Requests) {
        self.logs(requests);
        let cluster = self.arn("eks", &format!("cluster/{}", self.text("ClusterName")));
        requests.on(cluster, &["eks:DescribeCluster"]);
        requests.on(
            "*",
            &[
                "ec2:DescribeVpcs",
                "ec2:DescribeSubnets",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeRouteTables",
                "ec2:DescribeDhcpOptions",
                "ec2:DescribeNetworkInterfaces",
                "ec2:CreateNetworkInterface",
                "ec2:CreateNetworkInterfacePermission",
                "ec2:DeleteNetworkInterface",
            ],
        );
    }

    /// The ARN of the function, which the configuration gives as a name or an ARN.
    pub(super) fn function(&self) -> String {
        let name = self.text("FunctionName");
        match split_arn(name) {
            Some(_) => name.to_owned(),
            None => self.arn("lambda", &format!("function:{name}")),
        }
    }

    fn lambda_deploy(&self, requests: &mut Requests) {
        self.logs(requests);
        let function = self.function();
        let version = format!("{function}:1");
        for resource in [&function, &version] {
            requests.on(resource, &["lambda:GetFunctionConfiguration"]);
        }
        if self.value("PublishedTargetVersion").is_none() {
            requests.on(&function, &["lambda:UpdateFunctionCode", "lambda:PublishVersion"]);
        }
        if let Some(alias) = self.value("FunctionAlias") {
            requests.on(&function, &["lambda:GetAlias", "lambda:UpdateAlias"]);
            requests.on(format!("{function}:{alias}"), &["lambda:GetProvisionedConcurrencyConfig"]);
        }
        for alarm in self.value("Alarms").into_iter().flat_map(|list| list.split(',')).map(str::trim) {
            requests.on(self.arn("cloudwatch", &format!("alarm:{alarm}")), &["cloudwatch:DescribeAlarms"]);
        }
    }

    fn s3_deploy(&self, requests: &mut Requests) {
        let bucket = self.bucket("BucketName");
        requests.on(&bucket, &["s3:GetBucketLocation", "s3:GetBucketVersioning", "s3:GetBucketAcl"]);
        let key = self.value("ObjectKey").map(|key| key.replace("{datetime}", "2026-01-01").replace("{uuid}", "0-1"));
        let object = match (key, self.is("Extract", "true")) {
            (Some(key), true) => format!("{bucket}/{}/index.html", key.trim_end_matches('/')),
            (Some(key), false) => format!("{bucket}/{key}"),
            (None, _) => format!("{bucket}/index.html"),
        };
        requests.on(object, &["s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectVersionAcl"]);
        if let Some(key) = self.value("KMSEncryptionKeyARN") {
            let (key, aliases) = self.key(key);
            requests.with(key, &["kms:GenerateDataKey", "kms:Decrypt"], aliases);
        }
    }

    /// Device Farm is in one Region only, wherever the action runs.
    fn device_farm(&self, requests: &mut Requests) {
        const REGION: &str = "us-west-2";
        let arn = |resource: &str| {
            let (partition, project) = (self.pipeline.partition(), self.text("ProjectId"));
            format!("arn:{partition}:devicefarm:{REGION}:{}:{resource}:{project}", self.account)
        };
        let mut on = |resource: &str, actions: &[&'static str]| {
            requests.with(resource, actions, vec![("aws:RequestedRegion".to_owned(), vec![REGION.to_owned()])]);
        };
        let (project, upload) = (arn("project"), format!("{}/local", arn("upload")));
        on("*", &["devicefarm:ListProjects"]);
        on(&project, &["devicefarm:ListDevicePools", "devicefarm:CreateUpload", "devicefarm:ScheduleRun"]);
        on(&upload, &["devicefarm:GetUpload", "devicefarm:ScheduleRun"]);
        on(self.text("DevicePoolArn"), &["devicefarm:ScheduleRun"]);
        on(&format!("{}/local", arn("run")), &["devicefarm:GetRun"]);
    }

    fn service_catalog(&self, requests: &mut Requests) {
        requests.on("*", &["cloudformation:ValidateTemplate"]);
        requests.on(
            self.arn("catalog", &format!("product/{}", self.text("ProductId"))),
            &[
                "servicecatalog:ListProvisioningArtifacts",
                "servicecatalog:CreateProvisioningArtifact",
                "servicecatalog:DescribeProvisioningArtifact",
                "servicecatalog:DeleteProvisioningArtifact",
                "servicecatalog:UpdateProduct",
            ],
        );
    }

    fn inspector(&self, requests: &mut Requests) {
        self.logs(requests);
        requests.on("*", &["inspector-scan:ScanSbom"]);
        if self.is("InspectorRunMode", "ECRImageScan") {
            let pulls = &["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"];
            requests.on(self.ecr("ECRRepositoryName"), pulls);
        }
    }

    fn step_functions(&self, requests: &mut Requests) {
        let machine = resource_suffix::state_machine(self.text("StateMachineArn"));
        requests.on(machine, &["states:DescribeStateMachine", "states:StartExecution"]);
        let execution = format!("{}:local", machine.replace(":stateMachine:", ":execution:"));
        requests.on(execution, &["states:DescribeExecution"]);
    }
}
