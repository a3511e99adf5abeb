use codepipeline_xacct::builder::action::{ActionMode, OutputArtifactFormat};
use codepipeline_xacct::builder::{BuiltPipeline, action, pipeline};
use codepipeline_xacct::core::declaration::PipelineType;
use codepipeline_xacct::{Topology, pipeline as declare};

declare! {
    pub account Tooling = "111111111111";
    pub account Prod = "222222222222";

    pub extern role Deployer in Prod { arn: "arn:aws:iam::222222222222:role/deployer", trusts: [Tooling] }
    pub extern pipeline Scan in Prod { name: "security-scan", region: "eu-west-1", variables: { level: "1" } }
}

const KEY: &str = "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000";

fn services() -> BuiltPipeline {
    pipeline::<Tooling>("Services", "shop-services", "eu-west-1")
        .pipeline_type(PipelineType::V2)
        .existing_service_role("arn:aws:iam::111111111111:role/service-role/shop-services")
        .artifact_bucket_in("eu-west-1", codepipeline_xacct::builder::Bucket::new("shop-eu-west-1").encryption_key(KEY))
        .artifact_bucket_in("us-east-1", "shop-us-east-1")
        .required_variable("ticket")
        .stage("Source", |s| {
            s.action(
                "code",
                action::codecommit("shop", "main")
                    .poll(false)
                    .output_format(OutputArtifactFormat::CodebuildCloneRef)
                    .output("Code")
                    .namespace("Source"),
            )
            .action("image", action::ecr_source("shop").image_tag("stable").output("Image").namespace("Container"))
            .action("data", action::s3_source("shop-data", "seed.zip").poll(false).output("Data"))
        })
        .stage("Build", |s| {
            s.action("build", action::codebuild("shop-build").input("Code").input("Data").primary_source("Code").output("Built"))
                .action("unit", action::codebuild_test("shop-test").input("Built").run_order(2))
        })
        .stage("Deploy", |s| {
            s.action(
                "stack",
                action::cloudformation(ActionMode::CreateUpdate, "shop")
                    .template_path("Built::template.yml")
                    .capabilities("CAPABILITY_IAM,CAPABILITY_AUTO_EXPAND")
                    .role_arn("arn:aws:iam::222222222222:role/stacks")
                    .input("Built")
                    .role(Deployer)
                    .namespace("Stack"),
            )
            .action(
                "virginia",
                action::cloudformation(ActionMode::CreateUpdate, "shop-edge")
                    .template_path("Built::edge.yml")
                    .role_arn("arn:aws:iam::111111111111:role/stacks")
                    .input("Built")
                    .region("us-east-1"),
            )
            .action("service", action::ecs_deploy("shop", "worker").input("Built").deployment_timeout(15).run_order(2))
            .action("fleet", action::codedeploy("shop", "fleet").input("Built").run_order(2))
        })
        .stage("Tell", |s| {
            s.action("function", action::lambda_invoke("notify").user_parameters("#{Source.CommitId}"))
                .action(
                    "machine",
                    action::step_functions("arn:aws:states:eu-west-1:111111111111:stateMachine:release")
                        .state_machine_input("{\"commit\": \"#{Source.CommitId}\"}"),
                )
                .start_as_existing("scan", Scan, "arn:aws:iam::222222222222:role/scan-invoker")
                .set(Scan::level, "2")
                .source_revision("code", "COMMIT_ID", "#{Source.CommitId}")
        })
        .build()
}

fn main() {
    match Topology::builder("services").add(services()).build() {
        Ok(topology) => topology.warnings().iter().for_each(|warning| println!("{warning}")),
        Err(findings) => println!("{findings}"),
    }
}
