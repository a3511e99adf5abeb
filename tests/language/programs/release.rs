use codepipeline_xacct::builder::rule::{self, Operator};
use codepipeline_xacct::builder::{Bucket, BuiltPipeline, Push, Trigger, action, pipeline};
use codepipeline_xacct::core::declaration::{ExecutionMode, RetryMode, StageResult};
use codepipeline_xacct::{Topology, pipeline as declare};

declare! {
    pub account Tooling = "111111111111";
    pub account Prod = "222222222222";

    pub role Service in Tooling {
        name: "shop-release-service",
        path: "/service-role/",
        policies: [{ Effect: "Allow", Action: "cloudwatch:DescribeAlarms", Resource: "*" }],
    }
    pub role Invoker in Prod { name: "deploy-invoker", trusts: [Tooling], starts: [Deploy] }
    pub role Deployer in Prod { name: "shop-deployer", trusts: [Tooling] }
    pub role Caller in Tooling {
        name: "gate-caller",
        trusts: [Service],
        policies: [{ Effect: "Allow", Action: "lambda:InvokeFunction", Resource: "*" }],
    }

    pub extern pipeline Deploy in Prod {
        name: "shop-deploy",
        region: "eu-west-1",
        variables: { version, level: "1" },
    }
    pub extern pipeline Clean in Tooling { name: "shop-clean", region: "eu-west-1", variables: { depth: "1" } }
}

const CONNECTION: &str = "arn:aws:codeconnections:eu-west-1:111111111111:connection/0aa1bb2c-1234-5678-9abc-0123456789ab";
const KEY: &str = "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000";

fn release() -> BuiltPipeline {
    pipeline::<Tooling>("Release", "shop-release", "eu-west-1")
        .execution_mode(ExecutionMode::Queued)
        .service_role(Service)
        .artifact_bucket(Bucket::new("shop-release-artifacts").encryption_key(KEY))
        .variable("ticket", "none")
        .described("the ticket that the release belongs to")
        .tag("team", "shop")
        .trigger(Trigger::of("code").push(Push::branches(["main", "release/*"]).file_paths(["src/**"])))
        .stage("Source", |s| {
            s.action(
                "code",
                action::connection(CONNECTION, "acme/shop", "main").output("Code").namespace("Source"),
            )
        })
        .stage("Build", |s| {
            s.retry(RetryMode::FailedActions)
                .action("build", action::codebuild("shop-build").input("Code").output("Built").namespace("Build"))
                .action(
                    "shell",
                    action::commands(["./check", "export DIGEST=$(./digest)"])
                        .run_order(2)
                        .input("Built")
                        .environment_variable("TICKET", "#{variables.ticket}")
                        .output_files("Report", ["report.json"])
                        .output_variable("DIGEST")
                        .namespace("Shell"),
                )
        })
        .stage("Approve", |s| {
            s.action(
                "approve",
                action::manual_approval()
                    .custom_data("Deploy #{Source.CommitId}, digest #{Shell.DIGEST}?")
                    .notification_arn("arn:aws:sns:eu-west-1:111111111111:approvals")
                    .timeout_in_minutes(1440),
            )
        })
        .stage("Deploy", |s| {
            s.before_entry(StageResult::Skip, |rules| {
                rules
                    .rule(rule::variable_check("main", "#{Source.BranchName}", "main", Operator::Eq))
                    .rule(rule::lambda_invoke("gate", "release-gate").role(Caller).timeout_in_minutes(10))
            })
            .on_failure(StageResult::Rollback, |rules| rules.rule(rule::cloudwatch_alarm("alarm", "shop-errors")))
            .start_as("deploy", Deploy, Invoker)
            .set(Deploy::version, "#{Source.CommitId}")
            .set(Deploy::level, "2")
            .run_order(2)
            .and()
            .action("site", action::s3_deploy("shop-site", true).input("Built").role(Deployer))
        })
        .stage("Clean", |s| s.start("clean", Clean).set(Clean::depth, "3"))
        .build()
}

fn main() {
    match Topology::builder("shop").add(release()).build() {
        Ok(topology) => topology.warnings().iter().for_each(|warning| println!("{warning}")),
        Err(findings) => println!("{findings}"),
    }
}
