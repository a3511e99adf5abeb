use codepipeline_xacct::{Topology, pipeline};

pipeline! {
    pub account Tooling = "111111111111";
    pub account Prod = "222222222222";

    pub role Service in Tooling {
        name: "fleet-service",
        policies: [
            { Effect: "Allow", Action: "cloudwatch:DescribeAlarms", Resource: "*" },
            { Effect: "Allow", Action: ["devicefarm:*", "lambda:InvokeFunction"], Resource: "*" },
        ],
        tags: { team: "fleet" },
    }
    pub role Deployer in Prod {
        name: "fleet-deployer",
        trusts: [Service],
        policies: [{
            Effect: "Allow",
            Action: "iam:PassRole",
            Resource: "arn:aws:iam::222222222222:role/fleet-tasks",
            Condition: { StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" } },
        }],
    }
    pub extern role Caller in Prod {
        arn: "arn:aws:iam::222222222222:role/fleet-caller",
        trust_policy: {
            Effect: "Allow",
            Principal: { AWS: "arn:aws:iam::111111111111:role/fleet-service" },
            Action: "sts:AssumeRole",
        },
        policies: [
            {
                Effect: "Allow",
                Action: "codepipeline:StartPipelineExecution",
                Resource: "arn:aws:codepipeline:eu-west-1:222222222222:fleet-check",
            },
            { Effect: "Allow", Action: ["lambda:InvokeFunction", "states:*", "lambda:ListFunctions"], Resource: "*" },
        ],
    }
    pub extern pipeline Check in Prod { name: "fleet-check", region: "eu-west-1", variables: { version, level: "1" } }

    pub pipeline Fleet in Tooling {
        name: "fleet",
        region: "eu-west-1",
        execution_mode: QUEUED,
        service_role: Service,
        artifact_bucket: {
            location: "fleet-artifacts",
            encryption_key: "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000",
        },
        variables: { ticket: { default_value: "none", description: "why" }, wave: "1" },
        tags: { team: "fleet" },

        stage "Source" {
            source "code": S3 {
                s3_bucket: "fleet-code",
                s3_object_key: "code.zip",
                poll: false,
                output: Code,
                namespace: Source,
            }
            source "image": ECR { repository: "fleet", image_tag: "latest", output: Image, namespace: Container }
            source "app": CodeStarSourceConnection {
                connection_arn: "arn:aws:codeconnections:eu-west-1:111111111111:connection/0aa1bb2c-1234-5678-9abc-0123456789ab",
                full_repository_id: "acme/app",
                branch: "main",
                output: App,
                namespace: Git,
            }
        }
        stage "Build" {
            action "build": Build::CodeBuild {
                project_name: "fleet-build",
                input: [Code, App],
                primary_source: App,
                output: [Built, Defs],
                environment_variables: "[{\"name\":\"TICKET\",\"value\":\"#{variables.ticket}\",\"type\":\"PLAINTEXT\"}]",
                namespace: Build,
            }
            action "publish": ECRBuildAndPublish {
                ecr_repository_name: "fleet-web",
                image_tags: "latest",
                registry_type: private,
                input: App,
                namespace: Published,
            }
            action "shell": Commands {
                run_order: 2,
                input: Built,
                output: Report,
                files: ["report.json"],
                commands: ["./test", "export DIGEST=$(./digest)"],
                environment_variables: { LEVEL: "1", TOKEN: secrets_manager("fleet/token") },
                output_variables: [DIGEST],
                namespace: Shell,
            }
            action "phones": DeviceFarm {
                run_order: 2,
                app_type: Android,
                project_id: "0aa1bb2c-1234-5678-9abc-0123456789ab",
                app: "app.apk",
                device_pool_arn: "arn:aws:devicefarm:us-west-2::devicepool:082d10e5-d7d7-48a5-ba5c-b33d66efa1f5",
                test_type: BUILTIN_FUZZ,
                fuzz_event_count: 1000,
                fuzz_event_throttle: 50,
                record_video: true,
                input: Built,
            }
        }
        stage "Approve" {
            action "approve": Manual {
                notification_arn: "arn:aws:sns:eu-west-1:111111111111:approvals",
                custom_data: "Release #{Git.CommitId} as #{variables.ticket}?",
                external_entity_link: "https://example.com/#{Git.CommitId}",
                timeout_in_minutes: 60,
            }
        }
        stage "Deploy" {
            before_entry: FAIL({
                hours: DeploymentWindow({ cron: "* * 9-17 ? * MON-FRI *", time_zone: "Europe/Berlin" }),
                wave: VariableCheck({ variable: "#{variables.wave}", operator: EQ, value: "1" }),
            }),
            on_success: ROLLBACK({
                quiet: CloudWatchAlarm({ alarm_name: "errors", alarm_states: "ALARM", wait_time: 10 }),
                smoke: Commands({ commands: ["./smoke"], input: Built, timeout_in_minutes: 10 }),
            }),
            on_failure: ROLLBACK({ gate: LambdaInvoke({ function_name: "gate" }) }),
            action "changes": CloudFormation {
                action_mode: CHANGE_SET_REPLACE,
                stack_name: "fleet",
                change_set_name: "fleet-release",
                capabilities: "CAPABILITY_NAMED_IAM",
                template_path: "Built::template.yml",
                parameter_overrides: "{\"Digest\": \"#{Shell.DIGEST}\"}",
                role_arn: "arn:aws:iam::222222222222:role/stacks",
                input: Built,
                role: Deployer,
            }
            action "execute": CloudFormation {
                run_order: 2,
                action_mode: CHANGE_SET_EXECUTE,
                stack_name: "fleet",
                change_set_name: "fleet-release",
                role: Deployer,
            }
            action "service": ECS {
                run_order: 3,
                cluster_name: "fleet",
                service_name: "worker",
                deployment_timeout: 20,
                input: Built,
                role: Deployer,
            }
            action "hosts": CodeDeploy {
                run_order: 3,
                application_name: "fleet",
                deployment_group_name: "hosts",
                input: Built,
                role: Deployer,
            }
            action "blue-green": CodeDeployToECS {
                run_order: 4,
                application_name: "fleet",
                deployment_group_name: "blue-green",
                task_definition_template_artifact: Defs,
                appspec_template_artifact: Defs,
                image1_artifact_name: Image,
                image1_container_name: "IMAGE1_NAME",
                input: [Defs, Image],
                role: Deployer,
            }
            action "site": Deploy::S3 {
                run_order: 4,
                bucket_name: "fleet-site",
                extract: true,
                canned_acl: "bucket-owner-full-control",
                input: Built,
                role: Deployer,
            }
        }
        stage "Tell" {
            action "function": Invoke::Lambda {
                function_name: "notify",
                user_parameters: "#{Git.CommitId}",
                role: Caller,
            }
            action "machine": StepFunctions {
                state_machine_arn: "arn:aws:states:eu-west-1:222222222222:stateMachine:release",
                input_type: Literal,
                state_machine_input: "{\"commit\": \"#{Git.CommitId}\"}",
                role: Caller,
            }
            action "image-scan": InspectorScan {
                inspector_run_mode: ECRImageScan,
                ecr_repository_name: "fleet",
                image_tag: "latest",
                critical_threshold: 1,
                output: Findings,
            }
            invoke "check": Check {
                role: Caller,
                variables: { version: "#{Git.CommitId}", level: "2" },
                run_order: 2,
            }
        }
    }
}

fn main() {
    match Topology::builder("fleet").add(Fleet).build() {
        Ok(topology) => topology.warnings().iter().for_each(|warning| println!("{warning}")),
        Err(findings) => println!("{findings}"),
    }
}
