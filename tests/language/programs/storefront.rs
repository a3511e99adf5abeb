use codepipeline_xacct::{Topology, pipeline};

pipeline! {
    pub account Delivery = "111111111111";
    pub account Stage = "222222222222";
    pub account Live = "333333333333";

    /// Reads charts and stacks for `Live`.
    pub role Shipper in Live {
        name: "storefront-shipper",
        path: "/delivery/",
        trusts: [Delivery],
        policies: [{ Effect: "Allow", Action: ["eks:DescribeCluster"], Resource: "*" }],
    }
    pub role Starter in Stage { name: "rehearsal-starter", trusts: [Delivery], starts: [Rehearsal] }

    /// Runs the tests of the browser against `Stage`.
    pub pipeline Rehearsal in Stage {
        name: "storefront-rehearsal",
        region: "eu-central-1",
        execution_mode: QUEUED,
        service_role: managed("storefront-rehearsal"),
        artifact_bucket: "storefront-rehearsal",
        variables: { revision, suite: { default_value: "smoke", description: "Which tests run" } },

        stage "Tests" {
            source "tests": CodeCommit { repository: "storefront-tests", branch: "trunk", poll: false, output: Tests }
        }
        stage "Browser" {
            action "browser": CodeBuild {
                project_name: "storefront-browser",
                input: Tests,
                environment_variables: "[{\"name\":\"SUITE\",\"value\":\"#{variables.suite}\"}]",
            }
            action "report": Commands { run_order: 2, input: Tests, commands: ["./report #{variables.revision}"] }
        }
    }

    pub pipeline Storefront in Delivery {
        name: "storefront",
        region: "eu-central-1",
        execution_mode: QUEUED,
        service_role: managed("storefront-service"),
        artifact_bucket: {
            location: "storefront-delivery",
            encryption_key: "arn:aws:kms:eu-central-1:111111111111:key/44444444-4444-4444-4444-444444444444",
        },
        variables: { reason: "routine" },
        triggers: { web: { push: [{ branches: ["trunk"] }] } },
        tags: { team: "storefront", stage: "live" },

        stage "Checkout" {
            source "web": CodeStarSourceConnection {
                connection_arn: "arn:aws:codeconnections:eu-central-1:111111111111:connection/7c0ffee0-0000-4000-8000-000000000003",
                full_repository_id: "acme/storefront",
                branch: "trunk",
                output: Web,
                namespace: Git,
            }
            source "seed": S3 {
                s3_bucket: "storefront-seed",
                s3_object_key: "seed/data.zip",
                poll: false,
                output: Seed,
            }
        }
        stage "Package" {
            on_failure: RETRY(FAILED_ACTIONS),
            action "chart": CodeBuild {
                project_name: "storefront-chart",
                input: [Web, Seed],
                primary_source: Web,
                output: Chart,
                namespace: Charts,
            }
            action "lint": Test::CodeBuild { project_name: "storefront-lint", input: Web }
        }
        stage "Rehearse" {
            invoke "rehearse": Rehearsal {
                role: Starter,
                variables: { revision: "#{Git.CommitId}" },
                wait: "30 minutes",
            }
        }
        stage "Live" {
            before_entry: FAIL({
                calm: DeploymentWindow({ cron: "* * 8-16 ? * MON-THU *", time_zone: "Europe/Berlin" }),
            }),
            action "ask": Manual { custom_data: "Ship #{Git.CommitId} (#{variables.reason})?", timeout_in_minutes: 120 }
            action "network": CloudFormation {
                run_order: 2,
                action_mode: CREATE_UPDATE,
                stack_name: "storefront-network",
                template_path: "Chart::network.yml",
                capabilities: "CAPABILITY_IAM",
                role_arn: "arn:aws:iam::333333333333:role/storefront-stacks",
                input: Chart,
                role: Shipper,
            }
            action "pages": S3 {
                run_order: 3,
                bucket_name: "storefront-pages",
                extract: true,
                input: Chart,
                role: Shipper,
            }
        }
    }
}

fn main() {
    match Topology::builder("storefront").add(Storefront).add(Rehearsal).build() {
        Ok(topology) => topology.warnings().iter().for_each(|warning| println!("{warning}")),
        Err(findings) => println!("{findings}"),
    }
}
