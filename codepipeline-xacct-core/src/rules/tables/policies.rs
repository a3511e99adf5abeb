//! XA13xx: IAM policy documents and what they grant.

use super::text;

rules! {
    XA1301 Refused "a policy document that IAM refuses",
        "A document has `Version`, `Statement` and, in a trust policy, `Id`; a statement has an `Effect`, actions and, in an identity policy, resources; ids of statements are unique; documents have a largest size.",
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
    XA1307 Advice "a whole account is trusted without a condition",
        "With the root of an account as principal, every principal of the account that is allowed to may assume the role.",
        ["IAM User Guide, AWS JSON policy elements: Principal"],
        text("\"Principal\": {\"AWS\": \"arn:aws:iam::111111111111:root\"}", "the same with \"Condition\": {\"ArnEquals\": {\"aws:PrincipalArn\": \"arn:aws:iam::111111111111:role/release-service\"}}");
    XA1308 Advice "everybody is trusted",
        "With `*` as principal, every principal of every account that is allowed to may assume the role, unless a condition narrows it.",
        ["IAM User Guide, AWS JSON policy elements: Principal"],
        text("\"Principal\": {\"AWS\": \"*\"}", "\"Principal\": {\"AWS\": \"arn:aws:iam::111111111111:role/release-service\"}");
    XA1309 Advice "a grant on more than is needed",
        "A resource with wildcards also allows other roles to be assumed or other pipelines to be started.",
        ["IAM User Guide, Security best practices: least privilege"],
        text("\"Action\": \"sts:AssumeRole\", \"Resource\": \"*\"", "\"Action\": \"sts:AssumeRole\", \"Resource\": \"arn:aws:iam::222222222222:role/DeployInvoker\"");
    XA1310 Advice "a grant to a role that is gone",
        "IAM stores a role as its id, and shows the id once the role is deleted. A new role of the same name has another id, so the grant stays dead until the document is saved again with the ARN.",
        ["IAM User Guide, AWS JSON policy elements: Principal"],
        text("\"Principal\": {\"AWS\": \"AROAEXAMPLEABCDEFGHIJ\"}", "\"Principal\": {\"AWS\": \"arn:aws:iam::111111111111:role/release-service\"}");
    XA1311 Advice "the verdict rests on what CodePipeline is not documented to send",
        "That `aws:SourceArn` and `aws:SourceAccount` are sent when CodePipeline assumes a service role is not stated by its pages.",
        ["IAM User Guide, The confused deputy problem"],
        text("a service role whose trust demands `aws:SourceArn`", "a trial run, or the trust without the condition");
}
