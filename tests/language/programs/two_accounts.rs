use codepipeline_xacct::{Topology, pipeline};

pipeline! {
    /// Builds and releases.
    pub account Builds = "444444444444";
    /// The shop, as customers see it.
    pub account Shop = "555555555555";

    /// Starts `Rollout` for the pipelines of `Builds`.
    pub role RolloutStarter in Shop {
        name: "rollout-starter",
        path: "/delivery/",
        trusts: [Builds],
        starts: [Rollout],
        tags: { team: "payments" },
    }

    pub pipeline Rollout in Shop {
        name: "payments-rollout",
        region: "eu-central-1",
        execution_mode: QUEUED,
        service_role: managed("payments-rollout-service"),
        artifact_bucket: "payments-rollout-artifacts",
        variables: {
            commit,
            wave: "canary",
            notes: { default_value: "none", description: "For the log" },
        },

        stage "Scripts" {
            source "scripts": CodeCommit { repository: "rollout", branch: "main", poll: false, output: Scripts }
        }
        stage "Roll" {
            action "roll": Commands {
                input: Scripts,
                commands: ["./roll #{variables.commit}", "./announce #{variables.wave} #{variables.notes}"],
            }
        }
    }

    /// From a push to the payments repository to a rollout.
    pub pipeline Payments in Builds {
        name: "payments",
        region: "eu-central-1",
        execution_mode: SUPERSEDED,
        service_role: managed("delivery/payments-service"),
        artifact_bucket: "payments-artifacts",

        stage "Fetch" {
            source "payments": CodeStarSourceConnection {
                connection_arn: "arn:aws:codeconnections:eu-central-1:444444444444:connection/7c0ffee0-0000-4000-8000-000000000001",
                full_repository_id: "acme/payments",
                branch: "main",
                detect_changes: true,
                output: Payments,
                namespace: Commit,
            }
        }
        stage "Compile" {
            on_failure: RETRY(FAILED_ACTIONS),
            action "compile": CodeBuild {
                project_name: "payments-compile",
                input: Payments,
                output: [Binaries, Reports],
                run_order: 1,
                namespace: Compile,
            }
        }
        stage "Ask" {
            action "ask": Manual {
                custom_data: "Roll out #{Commit.CommitId}?",
                notification_arn: "arn:aws:sns:eu-central-1:444444444444:releases",
                timeout_in_minutes: 720,
            }
        }
        stage "Start" {
            invoke "start": Rollout {
                role: RolloutStarter,
                variables: { commit: "#{Commit.CommitId}", wave: "all" },
            }
        }
    }
}

fn main() {
    let topology = Topology::builder("payments").add(Payments).build().unwrap_or_else(|error| panic!("{error}"));
    assert!(!topology.pipelines().is_empty());
}
