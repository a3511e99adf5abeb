use codepipeline_xacct::Topology;

pub struct Build {
    pub branch: String,
    pub labels: Vec<String>,
    pub ticket: Option<String>,
}

pub const BUCKET: &str = "catalog-artifacts";

pub mod platform {
    codepipeline_xacct::pipeline! {
        pub account Main = "888888888888";
        pub account Edge = "999999999999";
        pub role CatalogService in Main { name: "catalog-service" }
    }
}

pub mod edge {
    codepipeline_xacct::pipeline! {
        pub role PublishStarter in super::platform::Edge {
            name: "publish-starter",
            trusts: [super::platform::CatalogService, role("arn:aws:iam::888888888888:role/operators")],
            starts: [Publish],
        }

        pub pipeline Publish in super::platform::Edge {
            name: "publish",
            region: "sa-east-1",
            service_role: existing("arn:aws:iam::999999999999:role/publish-service"),
            artifact_bucket: "publish-artifacts",
            variables: { version, target: "cdn" },

            stage "Pages" {
                source "pages": S3 { s3_bucket: "pages", s3_object_key: "pages.zip", poll: false, output: Pages }
            }
            stage "Publish" {
                action "publish": Commands {
                    input: Pages,
                    commands: ["./publish #{variables.version} #{variables.target}"],
                }
            }
        }
    }
}

pub mod catalog {
    use codepipeline_xacct::pipeline;

    use super::Build;

    pipeline! {
        pub pipeline Catalog(build: &Build, bucket: &str, attempts: u32) in crate::platform::Main {
            name: "catalog",
            region: "sa-east-1",
            service_role: super::platform::CatalogService,
            artifact_bucket: (bucket),

            stage "Code" {
                source "code": CodeCommit {
                    repository: "catalog",
                    branch: (build.branch.as_str()),
                    poll: false,
                    output: Code,
                    namespace: Git,
                }
            }
            stage "Index" {
                action "index": CodeBuild {
                    project_name: (format!("index-{attempts}")),
                    input: Code,
                    output: Index,
                }
            }
            stage "Publish" {
                invoke "publish": crate::edge::Publish {
                    role: crate::edge::PublishStarter,
                    variables: { version: "#{Git.CommitId}", target: (build.branch.replace('/', "-")) },
                    source_revisions: { pages: S3_OBJECT_VERSION_ID("3HL4kqtJlcpXroDTDmJ") },
                }
            }
        }
    }
}

fn main() {
    let build = Build { branch: "main".to_owned(), labels: Vec::new(), ticket: None };
    let catalog = catalog::Catalog::new(&build, BUCKET, 3);
    let topology = Topology::builder("catalog").add(catalog).build().unwrap_or_else(|error| panic!("{error}"));
    let _ = (&build.labels, &build.ticket);
    assert!(!topology.pipelines().is_empty());
}
