use codepipeline_xacct::pipeline;

pipeline! {
    pub account Prod = "222222222222";

    role Managed in Prod {
        name: "managed",
        trusts: [Prod],
        policies: [
            { Effect: "allow", Action: "s3:GetObject", Resource: "*" },
            { Effect: "Allow", Action: "GetObject", Resource: "*" },
            { Effect: "Allow", Action: "s3:GetObject" },
            { Effect: "Allow", Action: "s3:GetObject", Resource: "*", Principal: { AWS: "*" } },
            { Effect: "Allow", Action: "s3:GetObject", Resource: ["*", "bucket"] },
            { Effect: "Allow", Action: "s3:GetObject", Resource: "*", Condition: { StringEqual: { "aws:PrincipalOrgID": "o-1" } } },
        ],
    }

    extended role Extended in Prod {
        arn: "arn:aws:iam::222222222222:role/extended",
        trust_policy: {
            Version: "2012-10-18",
            Statement: [{ Effect: "Allow", Principal: { AWS: "arn:aws:iam::111111111111:role/*" }, Action: "sts:AssumeRole" }],
        },
    }

    extern role Extern in Prod {
        arn: "arn:aws:iam::222222222222:role/extern",
        trusts: [Prod],
        trust_policy: { Effect: "Allow", Principal: "*", Action: "sts:AssumeRole", Resource: "*" },
        starts: [],
        policies: [{ Statement: [{ Sid: "a b", Effect: "Allow", Action: "*", Resource: "*" }] }],
    }

    extern role Bounded in Prod {
        arn: "arn:aws:iam::222222222222:role/bounded",
        permissions_boundary: { Effect: "Allow", Action: "s3", Resource: "*" },
    }

    role Stated in Prod {
        name: "stated",
        trusts: [Prod],
        trust_policy: { Effect: "Allow", Principal: { AWS: "*" }, Action: "sts:AssumeRole" },
    }
}

fn main() {}
