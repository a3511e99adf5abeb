//! IAM policy documents.

use super::rule::{rules, text};

rules! {
    XA1301 Refused "a policy document that IAM refuses",
        "A document has `Version`, `Statement` and, in a trust policy, `Id`; a statement has an `Effect`, actions and, in an identity policy, resources; ids of statements are unique; documents have a maximum size.",
        ["IAM User Guide, Grammar of the IAM JSON policy language", "IAM User Guide, IAM and AWS STS quotas"],
        text("{\"Effect\": \"allow\", …}", "{\"Effect\": \"Allow\", …}");
    XA1302 Refused "a principal that IAM refuses",
        "The principal of a trust policy is an account, a role, a session, a user, a service or `{\"AWS\": \"*\"}`, of the role's partition and without wildcards; identity policies have none.",
        ["IAM User Guide, AWS JSON policy elements: Principal", "IAM Access Analyzer, policy check reference"],
        text("\"Principal\": {\"AWS\": \"arn:aws:iam::111111111111:role/*\"}", "\"Principal\": {\"AWS\": \"arn:aws:iam::111111111111:role/release-service\"}");
    XA1303 Refused "an action or a resource that IAM refuses",
        "Actions have the prefix of their service, resources are ARNs or `*`, and a trust policy has actions of STS that assume the role, and no resources.",
        ["IAM User Guide, IAM JSON policy elements: Action", "IAM User Guide, IAM JSON policy elements: Resource"],
        text("\"Action\": \"AssumeRole\"", "\"Action\": \"sts:AssumeRole\"");
    XA1304 Refused "a condition that IAM refuses",
        "A condition maps known operators to keys with a prefix, and these to strings, numbers or booleans.",
        ["IAM User Guide, IAM JSON policy elements: Condition operators"],
        text("\"Condition\": {\"StringEqual\": {…}}", "\"Condition\": {\"StringEquals\": {…}}");
    XA1305 Advice "a policy over a quota of IAM",
        "A trust policy has 2048 characters by default, a managed policy 6144, and all inline policies of a role together 10240, white space not counted.",
        ["IAM User Guide, IAM and AWS STS quotas"],
        text("a trust policy that names 20 service roles one by one", "a higher quota, or a role for each group of service roles");
    XA1306 Advice "an old version of the policy language",
        "Without a version, and in `2008-10-17`, `${…}` is plain text; IAM is reported to refuse such identity policies.",
        ["IAM User Guide, IAM JSON policy elements: Version"],
        text("\"Version\": \"2008-10-17\"", "\"Version\": \"2012-10-17\"");
    XA1312 Advice "a wildcard in the service of a resource",
        "The service of a resource is written out. IAM refuses a wildcard for the whole service; of one for a part of it, sources differ.",
        ["IAM User Guide, IAM JSON policy elements: Resource", "IAM Access Analyzer, policy check reference"],
        text("\"Resource\": \"arn:aws:code*:eu-west-1:222222222222:deploy\"", "\"Resource\": \"arn:aws:codepipeline:eu-west-1:222222222222:deploy\"");
    XA1313 Advice "an action or a resource that matches nothing",
        "IAM may accept an action with a space in it and an ARN that lacks fields, but no request has such an action or resource.",
        ["IAM User Guide, IAM JSON policy elements: Action", "IAM User Guide, IAM JSON policy elements: Resource"],
        text("\"Resource\": \"arn:aws:s3::code/*\"", "\"Resource\": \"arn:aws:s3:::code/*\"");
    XA1314 Advice "a misspelt condition key",
        "IAM accepts any condition key with a prefix. One that does not exist is in no request: `StringEquals` with it never holds.",
        ["IAM User Guide, AWS global condition context keys", "IAM Access Analyzer, policy check reference"],
        text("\"aws:SourceAcount\"", "\"aws:SourceAccount\"");
}
