use codepipeline_xacct::pipeline;

pipeline! {
    /// Holds the sources and runs the releases.
    pub account Tooling = "111111111111";
    /// Where customers are.
    pub account Prod = "222222222222";

    /// May be assumed by the service roles of `Tooling`'s pipelines that name it; may start `Deploy` and nothing else.
    pub role DeployInvoker in Prod {
        name: "hoge0316-crossaccount-pipeline",
        trusts: [Tooling],
        starts: [Deploy],
    }

    /// B's pipeline: prints what it was given.
    pub pipeline Deploy in Prod {
        name: "hoge1005command",
        region: "ap-northeast-1",
        execution_mode: QUEUED,
        service_role: managed("hoge1005command-service"),
        artifact_bucket: "codepipeline-ap-northeast-1-222222222222",
        variables: { val1: "none" },

        stage "Source" {
            source "Source": CodeCommit {
                repository: "hoge-deploy",
                branch: "main",
                poll: false,
                output: SourceArtifact,
            }
        }
        stage "Run" {
            action "Command": Commands {
                input: SourceArtifact,
                commands: ["echo #{variables.val1}"],
            }
        }
    }

    /// A's pipeline exists; what is written here is added to it, and nothing else is touched.
    pub extended pipeline Release in Tooling {
        name: "hoge0315pipeline1",
        region: "ap-northeast-1",
        service_role: extended(
            "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
        ),

        stage "Build" {
            invoke "ccc": Deploy {
                variables: { val1: "#{variables.val1}" },
            }
        }
    }
}
fn main() {}
