//! Shared by the tests: the article's accounts, the program that extends A's pipeline, and A as the console left it.

mod account_contents;
mod journal_in_memory;
mod release;

use codepipeline_xacct::core::declaration::{PipelineDocument, read};
use codepipeline_xacct::core::ids::{PipelineArn, RoleArn};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::Local;
use codepipeline_xacct::pipeline;

pub use account_contents::{held, without_leases, without_notes, without_versions};
pub use journal_in_memory::JournalInMemory;
pub use release::{edit, released};

/// A's pipeline.
pub const RELEASE: &str = "arn:aws:codepipeline:ap-northeast-1:111111111111:hoge0315pipeline1";
/// B's pipeline.
pub const DEPLOY: &str = "arn:aws:codepipeline:ap-northeast-1:222222222222:hoge1005command";
/// The role in B.
pub const INVOKER: &str = "arn:aws:iam::222222222222:role/hoge0316-crossaccount-pipeline";
/// A's service role.
pub const SERVICE: &str =
    "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1";

pipeline! {
    /// A.
    pub account Tooling = "111111111111";
    /// B.
    pub account Prod = "222222222222";

    /// The role in B.
    pub role DeployInvoker in Prod {
        name: "hoge0316-crossaccount-pipeline",
        trusts: [Tooling],
        starts: [Deploy],
    }

    /// B's pipeline.
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
            action "Command": Commands { input: SourceArtifact, commands: ["echo #{variables.val1}"] }
        }
    }

    /// A's pipeline, without the variable, as the article prints it.
    pub extended pipeline Release in Tooling {
        name: "hoge0315pipeline1",
        region: "ap-northeast-1",
        service_role: extended(
            "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
        ),

        stage "Build" {
            invoke "ccc": Deploy { role: DeployInvoker }
        }
    }
}

/// The same with the variable.
pub mod passing {
    use super::{Deploy, DeployInvoker, Tooling};

    codepipeline_xacct::pipeline! {
        /// A's pipeline, with the variable.
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),

            stage "Build" {
                invoke "ccc": Deploy { role: DeployInvoker, variables: { val1: "#{variables.val1}" } }
            }
        }
    }
}

/// The same with another role in B: the first one leaves the program.
pub mod other_role {
    use super::{Deploy, Prod, Tooling};

    codepipeline_xacct::pipeline! {
        /// The role in B, under another name.
        pub role DeployInvoker in Prod { name: "invoker", trusts: [Tooling], starts: [Deploy] }

        /// A's pipeline, whose action runs with it.
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),

            stage "Build" {
                invoke "ccc": Deploy { role: DeployInvoker }
            }
        }
    }
}

/// The same with changes of every kind of thing: trust and inline policies, tags, both pipelines.
pub mod changed {
    codepipeline_xacct::pipeline! {
        /// A.
        pub account Tooling = "111111111111";
        /// B.
        pub account Prod = "222222222222";

        /// The role in B, which one more may assume.
        pub role DeployInvoker in Prod {
            name: "hoge0316-crossaccount-pipeline",
            trusts: [Tooling, role("arn:aws:iam::222222222222:role/hoge1005command-service")],
            starts: [Deploy],
        }

        /// B's pipeline, with another source, variable and tag.
        pub pipeline Deploy in Prod {
            name: "hoge1005command",
            region: "ap-northeast-1",
            execution_mode: QUEUED,
            service_role: managed("hoge1005command-service"),
            artifact_bucket: "codepipeline-ap-northeast-1-222222222222",
            variables: { val1: "other" },
            tags: { team: "b" },

            stage "Source" {
                source "Source": CodeCommit {
                    repository: "hoge-deploy-2",
                    branch: "main",
                    poll: false,
                    output: SourceArtifact,
                }
            }
            stage "Run" {
                action "Command": Commands { input: SourceArtifact, commands: ["echo #{variables.val1}"] }
            }
        }

        /// A's pipeline, with the variable.
        pub extended pipeline Release in Tooling {
            name: "hoge0315pipeline1",
            region: "ap-northeast-1",
            service_role: extended(
                "arn:aws:iam::111111111111:role/service-role/AWSCodePipelineServiceRole-ap-northeast-1-hoge0315pipeline1",
            ),

            stage "Build" {
                invoke "ccc": Deploy { role: DeployInvoker, variables: { val1: "#{variables.val1}" } }
            }
        }
    }
}

/// `before.json` and `after.json` of the article.
pub fn article(name: &str) -> Result<PipelineDocument, Box<dyn std::error::Error>> {
    Ok(read(match name {
        "before" => include_str!("../tests/fixtures/before.json"),
        _ => include_str!("../tests/fixtures/after.json"),
    })?)
}

/// A pipeline in B that no program has, and its role.
pub const FOREIGN: &str = "arn:aws:codepipeline:ap-northeast-1:222222222222:theirs";
/// Its role.
pub const FOREIGN_ROLE: &str = "arn:aws:iam::222222222222:role/theirs";

/// A as the console left it, and a pipeline in B that no program has.
pub fn with_a_foreign_pipeline() -> Result<Local, Box<dyn std::error::Error>> {
    let local = as_the_console_left_it()?;
    local.put_role(&FOREIGN_ROLE.parse()?, &service_trust()?, &[])?;
    let mut theirs = article("before")?;
    theirs.pipeline.name = "theirs".to_owned();
    theirs.pipeline.role_arn = Some(FOREIGN_ROLE.to_owned());
    local.put_pipeline(&FOREIGN.parse()?, &theirs)?;
    Ok(local)
}

/// The policy that the console gives the service role of A's pipeline.
pub fn service_role_policy() -> Result<Document, Box<dyn std::error::Error>> {
    Ok(Document::from_json(
        r#"{"Version":"2012-10-17","Statement":[
            {"Effect":"Allow","Action":["s3:Get*","s3:PutObject"],"Resource":"arn:aws:s3:::codepipeline-ap-northeast-1-225279913824/*"},
            {"Effect":"Allow","Action":"codecommit:*","Resource":"arn:aws:codecommit:ap-northeast-1:111111111111:hoge0315code"}
        ]}"#,
    )?)
}

/// A trust policy for a principal.
pub fn trust(principal: &str) -> Result<Document, Box<dyn std::error::Error>> {
    Ok(Document::from_json(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"}}]}}"#
    ))?)
}

/// A trust policy for CodePipeline.
pub fn service_trust() -> Result<Document, Box<dyn std::error::Error>> {
    trust(r#"{"Service":"codepipeline.amazonaws.com"}"#)
}

/// Local AWS with A as the console left it.
pub fn as_the_console_left_it() -> Result<Local, Box<dyn std::error::Error>> {
    let local = Local::new();
    local.put_role(&SERVICE.parse::<RoleArn>()?, &service_trust()?, &[("console", &service_role_policy()?)])?;
    local.put_pipeline(&RELEASE.parse::<PipelineArn>()?, &article("before")?)?;
    Ok(local)
}
