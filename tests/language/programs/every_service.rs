use codepipeline_xacct::{Topology, pipeline};

pipeline! {
    pub account Central = "444444444444";
    pub account Live = "555555555555";

    /// Writes stacks, services and sites in `Live`.
    pub role Shipper in Live { name: "orders-shipper", trusts: [Central] }
    /// Calls what runs in `Live`.
    pub role Caller in Live { name: "orders-caller", trusts: [Central] }
    pub role Runner in Central {
        name: "orders-runner",
        path: "/service-role/",
        policies: [{ Effect: "Allow", Action: ["cloudwatch:DescribeAlarms"], Resource: "*" }],
        tags: { team: "orders", "cost-center": "0042" },
    }

    pub pipeline Orders in Central {
        name: "orders",
        region: "eu-west-2",
        pipeline_type: V2,
        execution_mode: PARALLEL,
        service_role: Runner,
        artifact_buckets: {
            "eu-west-2": {
                location: "orders-eu-west-2",
                encryption_key: "arn:aws:kms:eu-west-2:444444444444:key/11111111-1111-1111-1111-111111111111",
            },
            "us-west-2": {
                location: "orders-us-west-2",
                encryption_key: "arn:aws:kms:us-west-2:444444444444:key/22222222-2222-2222-2222-222222222222",
            },
        },
        variables: {
            ticket: { default_value: "none", description: "The ticket of the change" },
            level: "2",
        },
        triggers: {
            orders: {
                push: [
                    { branches: ["main", "hotfix/*"], file_paths: { includes: ["orders/**"], excludes: ["**/*.txt"] } },
                    { tags: { includes: ["v*"], excludes: ["v0.*"] } },
                ],
                pull_request: { branches: ["main"], events: [OPEN, UPDATED] },
            },
        },
        tags: { team: "orders" },

        stage "Inputs" {
            on_failure: RETRY(ALL_ACTIONS),
            source "orders": CodeStarSourceConnection {
                connection_arn: "arn:aws:codeconnections:eu-west-2:444444444444:connection/7c0ffee0-0000-4000-8000-000000000002",
                full_repository_id: "acme/orders",
                branch: "main",
                output_format: CODE_ZIP,
                output: Orders,
                namespace: Git,
            }
            source "base-image": ECR { repository: "orders", image_tag: "stable", output: Image, namespace: Registry }
        }
        stage "Build" {
            action "jar": CodeBuild {
                project_name: "orders-jar",
                input: Orders,
                output: [Jar, Definitions],
                namespace: Jars,
                batch_enabled: true,
                combine_artifacts: true,
                environment_variables: "[{\"name\":\"TICKET\",\"value\":\"#{variables.ticket}\",\"type\":\"PLAINTEXT\"}]",
            }
            action "check": Commands {
                run_order: 2,
                input: Jar,
                output: Report,
                files: ["report.xml", "logs/**"],
                commands: ["./check", "export DIGEST=$(./digest)"],
                environment_variables: { LEVEL: "#{variables.level}", TOKEN: secrets_manager("orders/token") },
                output_variables: [DIGEST],
                namespace: Check,
            }
            action "units": Test::CodeBuild { project_name: "orders-units", input: Jar, run_order: 3 }
        }
        stage "Stacks" {
            blockers: ["until the audit is over"],
            before_entry: SKIP({
                main_only: VariableCheck({ variable: "#{Git.BranchName}", operator: EQ, value: "main" }),
                gate: LambdaInvoke({ function_name: "orders-gate" }),
            }),
            on_success: FAIL({
                quiet: CloudWatchAlarm({ alarm_name: "orders-errors", alarm_states: "ALARM", wait_time: 10 }),
                smoke: Commands({ commands: ["./smoke"], input: Jar, timeout_in_minutes: 15 }),
            }),
            on_failure: RETRY,
            action "london": CloudFormation {
                action_mode: CREATE_UPDATE,
                stack_name: "orders",
                capabilities: "CAPABILITY_NAMED_IAM",
                template_path: "Jar::stack.yml",
                template_configuration: "Jar::config.json",
                parameter_overrides: "{\"Digest\": \"#{Check.DIGEST}\"}",
                role_arn: "arn:aws:iam::555555555555:role/stacks",
                output_file_name: "outputs.json",
                output: StackOutputs,
                input: Jar,
                role: Shipper,
                namespace: London,
            }
            action "oregon": CloudFormation {
                action_mode: CREATE_UPDATE,
                stack_name: "orders",
                template_path: "Jar::stack.yml",
                role_arn: "arn:aws:iam::555555555555:role/stacks",
                input: Jar,
                region: "us-west-2",
                role: Shipper,
            }
        }
        stage "Services" {
            before_entry: FAIL({
                hours: DeploymentWindow({ cron: "* * 9-17 ? * MON-FRI *", time_zone: "Europe/London" }),
            }),
            action "swap": CodeDeployToECS {
                application_name: "orders",
                deployment_group_name: "orders-swap",
                task_definition_template_artifact: Definitions,
                appspec_template_artifact: Definitions,
                image1_artifact_name: Image,
                image1_container_name: "IMAGE1_NAME",
                input: [Definitions, Image],
                role: Shipper,
            }
            action "worker": ECS {
                cluster_name: "orders",
                service_name: "worker",
                file_name: "imagedefinitions.json",
                input: Jar,
            }
            action "pages": S3 { bucket_name: "orders-pages", extract: true, input: Jar, role: Shipper }
        }
        stage "Report" {
            action "tell": Invoke::Lambda {
                function_name: "orders-tell",
                user_parameters: "#{Git.CommitId}",
                role: Caller,
            }
            action "close": StepFunctions {
                state_machine_arn: "arn:aws:states:eu-west-2:555555555555:stateMachine:orders-close",
                input_type: Literal,
                state_machine_input: "{\"commit\": \"#{Git.CommitId}\"}",
                role: Caller,
            }
        }
    }
}

fn main() {
    let topology = Topology::builder("orders").add(Orders).build().unwrap_or_else(|error| panic!("{error}"));
    assert!(!topology.pipelines().is_empty());
}
