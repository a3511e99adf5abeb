use codepipeline_xacct::{Topology, pipeline};

pipeline! {
    pub account Ci = "111111111111";
    pub account Test = "222222222222";
    pub account Live = "333333333333";

    /// Deploys the stacks of the services in `Test`.
    pub role TestDeployer in Test { name: "services-deployer", path: "/ci/", trusts: [Ci] }
    /// Deploys the stacks of the services in `Live`.
    pub role LiveDeployer in Live { name: "services-deployer", path: "/ci/", trusts: [Ci] }

    pub role BillingService in Ci {
        name: "billing-service",
        path: "/ci/",
        policies: [{
            Effect: "Allow",
            Action: "cloudwatch:DescribeAlarms",
            Resource: "arn:aws:cloudwatch:eu-west-1:111111111111:alarm:billing-5xx",
        }],
    }

    /// One folder of the repository, through both environments.
    pub pipeline Billing in Ci {
        name: "billing",
        region: "eu-west-1",
        execution_mode: SUPERSEDED,
        service_role: BillingService,
        artifact_bucket: {
            location: "services-artifacts",
            encryption_key: "arn:aws:kms:eu-west-1:111111111111:key/55555555-5555-5555-5555-555555555555",
        },
        variables: { log_level: { default_value: "info", description: "Of the functions" } },
        triggers: {
            repository: {
                push: [{
                    branches: { includes: ["main", "release/**"], excludes: ["release/old-*"] },
                    file_paths: ["services/billing/**", "libraries/money/**"],
                }],
                pull_request: { events: [OPEN, UPDATED], branches: ["main"], file_paths: ["services/billing/**"] },
            },
        },

        stage "Source" {
            source "repository": CodeStarSourceConnection {
                connection_arn: "arn:aws:codeconnections:eu-west-1:111111111111:connection/7c0ffee0-0000-4000-8000-000000000005",
                full_repository_id: "acme/services",
                branch: "main",
                output_format: CODEBUILD_CLONE_REF,
                output: Repository,
                namespace: Git,
            }
        }
        stage "Build" {
            on_failure: RETRY(FAILED_ACTIONS),
            action "package": CodeBuild {
                project_name: "billing-package",
                input: Repository,
                output: [Package, Checks],
                environment_variables: "[{\"name\":\"BRANCH\",\"value\":\"#{Git.BranchName}\"},{\"name\":\"TOKEN\",\"value\":\"billing/npm\",\"type\":\"SECRETS_MANAGER\"}]",
                namespace: Packaged,
            }
        }
        stage "Test" {
            action "stack": CloudFormation {
                action_mode: CREATE_UPDATE,
                stack_name: "billing-test",
                template_path: "Package::template.yml",
                template_configuration: "Package::test.json",
                capabilities: "CAPABILITY_NAMED_IAM,CAPABILITY_AUTO_EXPAND",
                role_arn: "arn:aws:iam::222222222222:role/billing-stacks",
                output_file_name: "outputs.json",
                input: Package,
                output: Outputs,
                role: TestDeployer,
                namespace: TestStack,
            }
            action "contract": Commands {
                run_order: 2,
                input: [Checks, Outputs],
                commands: ["npm ci", "npm run contract -- --api #{TestStack.ApiUrl}", "export COVERAGE=$(./coverage)"],
                output_variables: [COVERAGE],
                namespace: Contract,
                environment_variables: { LEVEL: "#{variables.log_level}", TOKEN: secrets_manager("billing/contract") },
            }
        }
        stage "Live" {
            before_entry: FAIL({
                covered: VariableCheck({ variable: "#{Contract.COVERAGE}", operator: NE, value: "0" }),
            }),
            on_success: ROLLBACK({
                healthy: CloudWatchAlarm({ alarm_name: "billing-5xx", alarm_states: "ALARM", wait_time: 15 }),
            }),
            action "ask": Manual {
                notification_arn: "arn:aws:sns:eu-west-1:111111111111:billing-releases",
                external_entity_link: "https://example.com/acme/services/commit/#{Git.CommitId}",
                custom_data: "#{Git.CommitMessage}, coverage #{Contract.COVERAGE}",
            }
            action "stack": CloudFormation {
                run_order: 2,
                action_mode: CREATE_UPDATE,
                stack_name: "billing",
                template_path: "Package::template.yml",
                capabilities: "CAPABILITY_NAMED_IAM",
                parameter_overrides: "{\"LogLevel\": \"#{variables.log_level}\"}",
                role_arn: "arn:aws:iam::333333333333:role/billing-stacks",
                input: Package,
                role: LiveDeployer,
            }
        }
    }
}

fn main() {
    match Topology::builder("billing").add(Billing).build() {
        Ok(topology) => topology.warnings().iter().for_each(|warning| println!("{warning}")),
        Err(findings) => println!("{findings}"),
    }
}
