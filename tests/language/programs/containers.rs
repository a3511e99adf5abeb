use codepipeline_xacct::{Topology, pipeline};

pipeline! {
    pub account Images = "555555555555";
    pub account Europe = "666666666666";
    pub account America = "777777777777";

    pub role EuropeDeployer in Europe {
        name: "web-deployer",
        trusts: [Images],
        policies: [{ Effect: "Allow", Action: "iam:PassRole", Resource: "arn:aws:iam::666666666666:role/web-task" }],
    }
    pub role EuropeStarter in Europe { name: "web-migrate-starter", trusts: [Images], starts: [Migrate] }
    pub role AmericaStarter in America { name: "web-rollout-starter", trusts: [Images], starts: [Rollout] }

    /// Brings the database to the release.
    pub pipeline Migrate in Europe {
        name: "web-migrate",
        region: "eu-west-1",
        execution_mode: QUEUED,
        service_role: managed("web-migrate-service"),
        artifact_bucket: "web-migrate-artifacts",
        variables: { image_digest, dry_run: "false" },

        stage "Scripts" {
            source "scripts": CodeCommit { repository: "web-migrations", branch: "main", poll: false, output: Scripts }
        }
        stage "Migrate" {
            action "migrate": CodeBuild {
                project_name: "web-migrate",
                input: Scripts,
                environment_variables: "[{\"name\":\"DIGEST\",\"value\":\"#{variables.image_digest}\"},{\"name\":\"DRY_RUN\",\"value\":\"#{variables.dry_run}\"}]",
            }
        }
    }

    /// The other continent rolls out with a pipeline of its own.
    pub extern pipeline Rollout in America {
        name: "web-rollout",
        region: "us-east-1",
        variables: { image_digest, percent: "10", ticket },
    }

    pub pipeline Web in Images {
        name: "web",
        region: "eu-west-1",
        execution_mode: QUEUED,
        service_role: managed("web-service"),
        artifact_buckets: {
            "eu-west-1": {
                location: "web-artifacts-eu-west-1",
                encryption_key: "arn:aws:kms:eu-west-1:555555555555:key/66666666-6666-6666-6666-666666666666",
            },
            "us-east-1": "web-artifacts-us-east-1",
        },
        variables: { ticket: "none" },

        stage "Image" {
            source "image": ECR { repository: "web", image_tag: "release", output: Image, namespace: Ecr }
            source "definitions": CodeCommit {
                repository: "web-definitions",
                branch: "main",
                poll: false,
                output: Definitions,
            }
        }
        stage "Prepare" {
            action "definition": Commands {
                input: [Definitions, Image],
                output: TaskDefinition,
                files: ["imagedefinitions.json"],
                commands: ["./render #{Ecr.ImageURI}", "export REVISION=$(./revision)"],
                output_variables: [REVISION],
                namespace: Definition,
            }
            action "scan": InspectorScan {
                run_order: 2,
                inspector_run_mode: ECRImageScan,
                ecr_repository_name: "web",
                image_tag: "release",
                critical_threshold: 0,
                output: Scan,
            }
        }
        stage "Europe" {
            invoke "migrate": Migrate {
                role: EuropeStarter,
                variables: { image_digest: "#{Ecr.ImageDigest}" },
                wait: "45 minutes",
            }
            action "service": ECS {
                run_order: 2,
                cluster_name: "web",
                service_name: "web",
                file_name: "imagedefinitions.json",
                deployment_timeout: 15,
                input: TaskDefinition,
                role: EuropeDeployer,
            }
        }
        stage "America" {
            before_entry: FAIL({
                weekdays: DeploymentWindow({ cron: "* * 12-20 ? * MON-FRI *", time_zone: "America/Chicago" }),
            }),
            invoke "rollout": Rollout {
                role: AmericaStarter,
                variables: { image_digest: "#{Ecr.ImageDigest}", percent: "25", ticket: "#{variables.ticket}" },
            }
        }
    }
}

fn main() {
    match Topology::builder("web").add(Web).build() {
        Ok(topology) => topology.warnings().iter().for_each(|warning| println!("{warning}")),
        Err(findings) => println!("{findings}"),
    }
}
