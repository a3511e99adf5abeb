use codepipeline_xacct::pipeline;

pipeline! {
    pub account Tooling = "111111111111";
    pub account Prod = "222222222222";

    /// Right: everything that follows from it is allowed.
    pub extern role Service in Tooling {
        arn: "arn:aws:iam::111111111111:role/service-role/release",
        trust_policy: { Effect: "Allow", Principal: { Service: "codepipeline.amazonaws.com" }, Action: "sts:AssumeRole" },
        policies: [{ Effect: "Allow", Action: "sts:*", Resource: "arn:aws:iam::222222222222:role/ci/*" }],
    }

    /// Wrong: it lets another service in.
    pub extern role Builder in Tooling {
        arn: "arn:aws:iam::111111111111:role/service-role/builder",
        trust_policy: { Effect: "Allow", Principal: { Service: "codebuild.amazonaws.com" }, Action: "sts:AssumeRole" },
    }

    /// Right.
    pub extern role Invoker in Prod {
        arn: "arn:aws:iam::222222222222:role/ci/invoker",
        trust_policy: {
            Version: "2012-10-17",
            Statement: [{
                Effect: "Allow",
                Principal: { AWS: ["arn:aws:iam::111111111111:role/service-role/release", "arn:aws:iam::111111111111:role/service-role/builder"] },
                Action: "sts:AssumeRole",
            }],
        },
        policies: [{
            Effect: "Allow",
            Action: "codepipeline:Start*",
            Resource: "arn:aws:codepipeline:*:222222222222:deploy",
        }],
    }

    /// Wrong: the path of the service role is missing.
    pub extern role Pathless in Prod {
        arn: "arn:aws:iam::222222222222:role/ci/pathless",
        trust_policy: { Effect: "Allow", Principal: { AWS: "arn:aws:iam::111111111111:role/release" }, Action: "sts:AssumeRole" },
    }

    /// Wrong: no path that the service role may assume, and it may start stages only.
    pub extern role Elsewhere in Prod {
        arn: "arn:aws:iam::222222222222:role/elsewhere",
        trust_policy: { Effect: "Allow", Principal: { AWS: "111111111111" }, Action: "sts:AssumeRole" },
    }

    pub extern role Stages in Prod {
        arn: "arn:aws:iam::222222222222:role/ci/stages",
        policies: [{ Effect: "Allow", Action: "codepipeline:*", Resource: "arn:aws:codepipeline:eu-west-1:222222222222:deploy/*" }],
    }

    /// Not for the compiler: a condition.
    pub extern role Conditional in Prod {
        arn: "arn:aws:iam::222222222222:role/ci/conditional",
        trust_policy: {
            Effect: "Allow",
            Principal: { AWS: "*" },
            Action: "sts:AssumeRole",
            Condition: { ArnEquals: { "aws:PrincipalArn": "arn:aws:iam::111111111111:role/another" } },
        },
    }

    pub extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1" }

    pub pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        service_role: Service,
        artifact_bucket: "release-artifacts",

        stage "Source" {
            source "Source": CodeCommit { repository: "code", branch: "main", output: Code }
        }
        stage "Start" {
            invoke "right": Deploy { role: Invoker }
            invoke "pathless": Deploy { role: Pathless }
            invoke "elsewhere": Deploy { role: Elsewhere }
            invoke "stages": Deploy { role: Stages }
            invoke "conditional": Deploy { role: Conditional }
        }
    }

    pub pipeline Build in Tooling {
        name: "build",
        region: "eu-west-1",
        service_role: Builder,
        artifact_bucket: "release-artifacts",

        stage "Source" {
            source "Source": CodeCommit { repository: "code", branch: "main", output: Code }
        }
        stage "Start" {
            invoke "right": Deploy { role: Invoker }
        }
    }
}

fn main() {}
