use codepipeline_xacct::{Topology, pipeline};

pipeline! {
    pub account Platform = "666666666666";
    account Checks = "777777777777";

    /// Of the security team.
    extern pipeline Scan in Checks {
        name: "dependency-scan",
        region: "us-east-2",
        variables: { commit, severity: "high" },
    }

    /// Theirs too, with the policies that they sent us.
    extern role ScanStarter in Checks {
        arn: "arn:aws:iam::777777777777:role/shared/scan-starter",
        trust_policy: {
            Version: "2012-10-17",
            Statement: [{
                Sid: "Platform",
                Effect: "Allow",
                Principal: { AWS: "arn:aws:iam::666666666666:role/website-service" },
                Action: "sts:AssumeRole",
            }],
        },
        policies: [
            {
                Effect: "Allow",
                Action: ["codepipeline:StartPipelineExecution", "codepipeline:GetPipelineExecution"],
                Resource: "arn:aws:codepipeline:us-east-2:777777777777:dependency-scan",
            },
            { Effect: "Deny", Action: "codepipeline:DeletePipeline", Resource: "*" },
        ],
        permissions_boundary: { Effect: "Allow", Action: "codepipeline:*", Resource: "*" },
    }

    pub extended role WebsiteService in Platform {
        arn: "arn:aws:iam::666666666666:role/website-service",
        trust_policy: {
            Effect: "Allow",
            Principal: { Service: "codepipeline.amazonaws.com" },
            Action: "sts:AssumeRole",
        },
        policies: [{
            Effect: "Allow",
            Action: "s3:GetObject",
            Resource: "arn:aws:s3:::website-sources/*",
            Condition: {
                Bool: { "aws:SecureTransport": true },
                StringEquals: { "aws:ResourceAccount": "666666666666" },
            },
        }],
    }

    pub extended pipeline Website in Platform {
        name: "website",
        region: "us-east-2",
        service_role: WebsiteService,
        execution_mode: QUEUED,
        variables: { channel: "stable" },

        stage "Scan" {
            on_failure: ROLLBACK,
            invoke "scan": Scan {
                role: ScanStarter,
                variables: { commit: "#{variables.channel}", severity: "low" },
                run_order: 2,
                namespace: Scanned,
            }
        }
    }
}

fn main() {
    let topology = Topology::builder("website").add(Website).build().unwrap_or_else(|error| panic!("{error}"));
    assert!(!topology.pipelines().is_empty());
}
