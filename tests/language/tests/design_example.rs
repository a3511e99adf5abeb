//! The long example of the design, verbatim, and what it derives.

use codepipeline_xacct::pipeline;

pub struct Settings {
    pub branch: String,
}

pub mod accounts {
    codepipeline_xacct::pipeline! {
        /// Holds the sources and runs the releases.
        pub account Tooling = "111111111111";
        /// Where customers are.
        pub account Prod = "222222222222";
        pub account Audit = "333333333333";
    }
}

/// What the team of account B publishes.
pub mod prod {
    use super::accounts::{Prod, Tooling};

    codepipeline_xacct::pipeline! {
        /// May be assumed by the service roles of `Tooling`'s pipelines that name it; may start `Deploy` and nothing else.
        pub role DeployInvoker in Prod {
            name: "hoge0316-crossaccount-pipeline",
            trusts: [Tooling],
            starts: [Deploy],
        }

        pub pipeline Deploy in Prod {
            name: "hoge1005command",
            region: "ap-northeast-1",
            execution_mode: QUEUED,
            service_role: existing("arn:aws:iam::222222222222:role/deploy-service"),
            artifact_bucket: "codepipeline-ap-northeast-1-222222222222",
            variables: { val1: "none" },

            stage "Source" {
                source "Source": CodeCommit { repository: "hoge-deploy", branch: "main", output: SourceArtifact }
            }
            stage "Run" {
                action "Command": Commands {
                    input: SourceArtifact,
                    commands: ["echo #{variables.val1}"],
                }
            }
        }
    }
}

/// Managed elsewhere: only what a caller has to know.
pub mod audit {
    use super::accounts::Audit;

    codepipeline_xacct::pipeline! {
        pub extern pipeline Scan in Audit {
            name: "security-scan",
            region: "eu-west-1",
        }
    }
}

use accounts::Tooling;

pipeline! {
    /// Builds the commit, deploys it in `Prod`, then has it scanned.
    pub pipeline Release(settings: &Settings) in Tooling {
        name: "hoge0315pipeline1",
        region: "ap-northeast-1",
        execution_mode: QUEUED,
        service_role: managed("AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1"),
        artifact_buckets: {
            "ap-northeast-1": "codepipeline-ap-northeast-1-225279913824",
            "eu-west-1": "codepipeline-eu-west-1-225279913824",
        },
        variables: { val1: "aaa" },

        stage "Source" {
            on_failure: RETRY(ALL_ACTIONS),
            source "Source": CodeCommit {
                repository: "hoge0315code",
                branch: (settings.branch.as_str()),
                output: SourceArtifact,
                namespace: SourceVariables,
            }
        }
        stage "Build" {
            on_failure: RETRY(ALL_ACTIONS),
            invoke "ccc": prod::Deploy {
                role: prod::DeployInvoker,
                variables: { val1: "#{variables.val1}" },
            }
        }
        stage "Scan" {
            invoke "scan": audit::Scan {
                role: existing("arn:aws:iam::333333333333:role/scan-invoker"),
            }
        }
    }
}

#[test]
fn one_item_brings_the_whole_topology() {
    let settings = Settings { branch: "release/1".to_owned() };
    let topology = codepipeline_xacct::Topology::builder("release").add(Release::new(&settings)).build().unwrap();
    assert!(topology.warnings().is_empty(), "{:?}", topology.warnings());
    let accounts: Vec<_> = topology.accounts().iter().map(|a| a.item.as_str()).collect();
    assert_eq!(accounts, ["Tooling", "Prod", "Audit"]);
    let pipelines: Vec<_> = topology.pipelines().iter().map(|p| p.arn.to_string()).collect();
    assert_eq!(
        pipelines,
        [
            "arn:aws:codepipeline:ap-northeast-1:111111111111:hoge0315pipeline1",
            "arn:aws:codepipeline:ap-northeast-1:222222222222:hoge1005command",
            "arn:aws:codepipeline:eu-west-1:333333333333:security-scan",
        ]
    );
    let release = serde_json::to_value(&topology.pipelines()[0].declaration).unwrap();
    let invoke = &release["stages"][1]["actions"][0];
    assert_eq!(
        *invoke,
        serde_json::json!({
            "name": "ccc",
            "actionTypeId": {"category": "Invoke", "owner": "AWS", "provider": "CodePipeline", "version": "1"},
            "configuration": {
                "PipelineName": "hoge1005command",
                "Variables": "[{\"name\":\"val1\",\"value\":\"#{variables.val1}\"}]"
            },
            "roleArn": "arn:aws:iam::222222222222:role/hoge0316-crossaccount-pipeline",
            "region": "ap-northeast-1"
        })
    );
    assert_eq!(release["stages"][0]["actions"][0]["configuration"]["BranchName"], "release/1");
    assert_eq!(release["pipelineType"], "V2");
    assert_eq!(release["stages"][2]["actions"][0]["region"], "eu-west-1");
}

#[test]
fn the_managed_service_role_may_do_what_its_pipeline_needs_and_nothing_else() {
    let settings = Settings { branch: "main".to_owned() };
    let topology = codepipeline_xacct::Topology::builder("release").add(Release::new(&settings)).build().unwrap();
    let role = topology.roles().iter().find(|r| r.role.arn.account().as_str() == "111111111111").unwrap();
    let policy: serde_json::Value = serde_json::from_str(&role.policy.as_ref().unwrap().to_json()).unwrap();
    let ours = serde_json::json!({"StringEquals": {"aws:ResourceAccount": "111111111111"}});
    assert_eq!(
        policy["Statement"],
        serde_json::json!([
            {"Effect": "Allow", "Action": ["s3:GetBucketVersioning", "s3:GetBucketAcl", "s3:GetBucketLocation"],
             "Resource": ["arn:aws:s3:::codepipeline-ap-northeast-1-225279913824", "arn:aws:s3:::codepipeline-eu-west-1-225279913824"],
             "Condition": ours},
            {"Effect": "Allow", "Action": ["s3:PutObject", "s3:PutObjectAcl", "s3:GetObject", "s3:GetObjectVersion"],
             "Resource": ["arn:aws:s3:::codepipeline-ap-northeast-1-225279913824/*", "arn:aws:s3:::codepipeline-eu-west-1-225279913824/*"],
             "Condition": ours},
            {"Effect": "Allow",
             "Action": ["codecommit:CancelUploadArchive", "codecommit:GetBranch", "codecommit:GetCommit",
                        "codecommit:GetUploadArchiveStatus", "codecommit:UploadArchive"],
             "Resource": "arn:aws:codecommit:ap-northeast-1:111111111111:hoge0315code"},
            {"Effect": "Allow", "Action": "sts:AssumeRole",
             "Resource": ["arn:aws:iam::222222222222:role/hoge0316-crossaccount-pipeline", "arn:aws:iam::333333333333:role/scan-invoker"]}
        ])
    );
    assert_eq!(
        role.trust.as_ref().unwrap().to_json(),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"codepipeline.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#
    );
    // B's pipeline runs with a role that exists: nothing of it is managed.
    let existing = topology.roles().iter().find(|r| r.role.arn.name().as_str() == "deploy-service").unwrap();
    assert_eq!((existing.trust.as_ref(), existing.policy.as_ref()), (None, None));
}

#[test]
fn a_pipeline_that_another_program_owns_is_only_a_signature_here() {
    use codepipeline_xacct::core::topology::Ownership;
    let release = || Release::new(&Settings { branch: "main".to_owned() });
    let before =
        codepipeline_xacct::Topology::builder("release").external(prod::Deploy).add(release()).build().unwrap();
    let after = codepipeline_xacct::Topology::builder("release").add(release()).external(prod::Deploy).build().unwrap();
    for topology in [before, after] {
        let deploy = topology.pipelines().iter().find(|p| p.item == "Deploy").unwrap();
        assert_eq!(deploy.ownership, Ownership::Extern);
        // Roles that only it brought in are not added, whichever order the two were added in.
        let roles: Vec<&str> = topology.roles().iter().map(|r| r.role.arn.name().as_str()).collect();
        assert!(!roles.contains(&"deploy-service"), "{roles:?}");
        assert_eq!(roles.len(), 3, "{roles:?}");
    }
}
