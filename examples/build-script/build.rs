//! Checks the files in `pipelines/`, and a topology that this program declares itself.

use codepipeline_xacct::{Topology, build_script, pipeline};

pipeline! {
    account Tooling = "111111111111";
    account Prod = "222222222222";
    role Invoker in Prod { name: "acceptance-invoker", trusts: [Tooling], starts: [Acceptance] }
    extern pipeline Acceptance in Prod { name: "acceptance", region: "eu-west-1", variables: { commit } }

    pipeline Nightly in Tooling {
        name: "nightly",
        region: "eu-west-1",
        service_role: managed("nightly-service"),
        artifact_bucket: "shop-artifacts",

        stage "Source" {
            source "Code": CodeCommit {
                repository: "shop",
                branch: "main",
                poll: "false",
                output: Code,
                namespace: Source,
            }
        }
        stage "Accept" {
            invoke "start": Acceptance { role: Invoker, variables: { commit: "#{Source.CommitId}" } }
        }
    }
}

fn main() {
    // The two files are one set: what `release` passes is what `acceptance` declares.
    build_script::files(["pipelines/release.json", "pipelines/acceptance.json"]).deny_warnings().emit();
    build_script::topology(Topology::builder("nightly").add(Nightly).build()).deny_warnings().emit();
}
