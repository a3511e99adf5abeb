use codepipeline_xacct::{Topology, pipeline};

pipeline! {
    pub account Platform = "666666666666";
    pub account Store = "888888888888";

    /// Of the team of the store.
    pub extern pipeline Rollout in Store {
        name: "store-rollout",
        region: "eu-north-1",
        variables: { commit, channel: "stable" },
    }

    pub extern role RolloutStarter in Store {
        arn: "arn:aws:iam::888888888888:role/rollout-starter",
        trusts: [Platform],
    }

    pub extern pipeline Smoke in Platform { name: "smoke", region: "eu-north-1" }

    pub extended pipeline Catalog in Platform {
        name: "catalog",
        region: "eu-north-1",
        service_role: extended("arn:aws:iam::666666666666:role/catalog-service"),

        stage "Build" {
            add action "notify": Invoke::Lambda { function_name: "notify-of-builds", run_order: 3 }
            add invoke "smoke": Smoke { run_order: 2 }
        }
        add stage "Review" after "Build" {
            action "approve": Manual { custom_data: "Look at the catalog" }
        }
        add stage "Rollout" before "Cleanup" {
            on_failure: ROLLBACK,
            invoke "rollout": Rollout {
                role: RolloutStarter,
                variables: { commit: "#{SourceVariables.CommitId}" },
            }
        }
        stage "Cleanup" {
            action "sweep": Invoke::Lambda { user_parameters: "old" }
        }
    }
}

fn main() {
    match Topology::builder("catalog").add(Catalog).build() {
        Ok(topology) => topology.warnings().iter().for_each(|warning| println!("{warning}")),
        Err(findings) => println!("{findings}"),
    }
}
