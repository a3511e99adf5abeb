use codepipeline_xacct::builder::action::{ActionMode, OutputArtifactFormat, RegistryType};
use codepipeline_xacct::builder::rule::{self, Operator};
use codepipeline_xacct::builder::{
    Bucket, BuiltPipeline, FilterCriteria, PullRequest, Push, Trigger, action, pipeline,
};
use codepipeline_xacct::core::declaration::{ExecutionMode, PipelineType, RetryMode, StageResult};
use codepipeline_xacct::{Topology, pipeline as declare};

declare! {
    pub account Central = "444444444444";
    pub account Data = "555555555555";

    pub role Loader in Data { name: "nightly-loader", trusts: [Central], starts: [Load] }
    pub role Writer in Data { name: "nightly-writer", trusts: [Central] }
    pub extern pipeline Load in Data {
        name: "warehouse-load",
        region: "us-east-2",
        variables: { day, tables: "all" },
    }
}

const CONNECTION: &str =
    "arn:aws:codeconnections:us-east-2:444444444444:connection/7c0ffee0-0000-4000-8000-000000000004";

const KEY: &str = "arn:aws:kms:us-east-2:444444444444:key/33333333-3333-3333-3333-333333333333";

fn nightly() -> BuiltPipeline {
    pipeline::<Central>("Nightly", "nightly", "us-east-2")
        .pipeline_type(PipelineType::V2)
        .execution_mode(ExecutionMode::Superseded)
        .managed_service_role("nightly-service")
        .artifact_bucket(Bucket::new("nightly-artifacts").encryption_key(KEY))
        .variable("day", "today")
        .described("the day to load")
        .tag("team", "warehouse")
        .trigger(
            Trigger::of("jobs")
                .push(Push::branches(["main"]).file_paths(FilterCriteria::includes(["jobs/**"]).excludes(["**/*.md"])))
                .pull_request(PullRequest::branches(["main"]).events(["OPEN", "UPDATED"])),
        )
        .stage("Jobs", |s| {
            s.action(
                "jobs",
                action::connection(CONNECTION, "acme/jobs", "main")
                    .output_format(OutputArtifactFormat::CodeZip)
                    .output("Jobs")
                    .namespace("Git"),
            )
        })
        .stage("Image", |s| {
            s.retry(RetryMode::AllActions)
                .action(
                    "image",
                    action::ecr_build_and_publish("nightly-jobs")
                        .image_tags("latest")
                        .registry_type(RegistryType::Private)
                        .input("Jobs"),
                )
                .action(
                    "plan",
                    action::commands(["./plan --day #{variables.day}", "export ROWS=$(./count)"])
                        .run_order(2)
                        .input("Jobs")
                        .output_files("Plan", ["plan.json"])
                        .output_variable("ROWS")
                        .namespace("Planned"),
                )
        })
        .stage("Load", |s| {
            s.before_entry(StageResult::Fail, |rules| {
                rules
                    .rule(rule::deployment_window("night", "* * 0-5 ? * * *").time_zone("America/Chicago"))
                    .rule(rule::variable_check("rows", "#{Planned.ROWS}", "0", Operator::Ne))
            })
            .start_as("load", Load, Loader)
            .set(Load::day, "#{variables.day}")
            .set(Load::tables, "facts")
            .run_order(1)
            .and()
            .action(
                "views",
                action::cloudformation(ActionMode::CreateUpdate, "nightly-views")
                    .run_order(2)
                    .template_path("Plan::views.yml")
                    .capabilities("CAPABILITY_NAMED_IAM")
                    .role_arn("arn:aws:iam::555555555555:role/nightly-stacks")
                    .input("Plan")
                    .role(Writer),
            )
            .action("tell", action::lambda_invoke("nightly-tell").run_order(3).user_parameters("#{Planned.ROWS} rows"))
        })
        .build()
}

fn main() {
    match Topology::builder("nightly").add(nightly()).build() {
        Ok(topology) => topology.warnings().iter().for_each(|warning| println!("{warning}")),
        Err(findings) => println!("{findings}"),
    }
}
