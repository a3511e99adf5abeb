//! The same calls of boto3 to local AWS and to moto: where the answers differ, and who is right.

use std::collections::BTreeSet;
use std::process::Command;

use crate::moto_server::Server;
use codepipeline_xacct::local::Local;
use codepipeline_xacct_test_support::peers::{folder, python, run};
use serde_json::Value;

/// moto's account.
const ACCOUNT: &str = "123456789012";

#[derive(Debug, Clone, Copy, PartialEq)]
enum Right {
    Ours,
    Moto,
    /// No public source says what AWS answers.
    Open,
}

/// The step, what local AWS answers, what moto answers, who is right, and where that can be read.
type Difference = (&'static str, &'static str, &'static str, Right, &'static str);

const DIFFERENCES: &[Difference] = &[
    (
        "create a role",
        "",
        "Role.RoleLastUsed={}",
        Right::Moto,
        "IAM API Reference, Role: local AWS doesn't keep when a role was used",
    ),
    (
        "get a role",
        "",
        "Role.RoleLastUsed={}",
        Right::Moto,
        "IAM API Reference, GetRole: local AWS doesn't keep when a role was used",
    ),
    (
        "a role that does not exist",
        "NoSuchEntity: The role with name nobody cannot be found.",
        "NoSuchEntity: Role nobody not found",
        Right::Ours,
        "github.com/prowler-cloud/prowler/pull/2872",
    ),
    (
        "get the updated role",
        "Role.MaxSessionDuration=7200",
        "Role.MaxSessionDuration=3600, Role.RoleLastUsed={}",
        Right::Ours,
        "github.com/go-to-k/cdkd/pull/1239: what UpdateRole isn't given stays, tried on AWS",
    ),
    ("list roles", "Roles[0].MaxSessionDuration=7200", "Roles[0].MaxSessionDuration=3600", Right::Ours, "as above"),
    (
        "an inline policy that does not exist",
        "NoSuchEntity: The role policy with name none cannot be found.",
        "NoSuchEntity: Policy Document none not attached to role service",
        Right::Ours,
        "github.com/aws/aws-cli/issues/6139",
    ),
    (
        "a trust policy that is not JSON",
        "MalformedPolicyDocument: This policy contains invalid Json",
        "answers",
        Right::Ours,
        "IAM API Reference, CreateRole: MalformedPolicyDocument",
    ),
    (
        "a trust policy without a principal",
        "MalformedPolicyDocument: Missing required field Principal",
        "answers",
        Right::Ours,
        "IAM User Guide, AWS JSON policy elements: Principal",
    ),
    (
        "a trust policy with a principal that does not exist",
        r#"MalformedPolicyDocument: Invalid principal in policy: "AWS":"arn:aws:iam::123456789012:role/nobody""#,
        "answers",
        Right::Ours,
        "IAM User Guide, Troubleshoot IAM policies: Invalid principal in policy",
    ),
    (
        "a trust policy with a resource",
        "MalformedPolicyDocument: Has prohibited field Resource",
        "answers",
        Right::Ours,
        "IAM User Guide, AWS JSON policy elements: Resource",
    ),
    (
        "a trust policy for another action",
        "MalformedPolicyDocument: AssumeRole policy may only specify STS AssumeRole actions.",
        "answers",
        Right::Ours,
        "IAM User Guide, Grammar of the IAM JSON policy language",
    ),
    (
        "a path without slashes",
        "ValidationError: The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.",
        "answers",
        Right::Ours,
        "IAM API Reference, CreateRole: Path",
    ),
    (
        "create a policy",
        "Policy.PermissionsBoundaryUsageCount=0",
        "",
        Right::Ours,
        "IAM API Reference, Policy: PermissionsBoundaryUsageCount",
    ),
    (
        "a policy with a principal",
        "MalformedPolicyDocument: Has prohibited field Principal",
        "MalformedPolicyDocument: Policy statement must contain resources.",
        Right::Ours,
        "IAM User Guide, AWS JSON policy elements: Principal; both refuse it",
    ),
    (
        "get a policy",
        "Policy.PermissionsBoundaryUsageCount=0",
        "",
        Right::Ours,
        "IAM API Reference, Policy: PermissionsBoundaryUsageCount",
    ),
    (
        "create a version",
        "",
        r#"PolicyVersion.Document.Version="2012-10-17", PolicyVersion.Document.Statement[0].Effect="Allow", PolicyVersion.Document.Statement[0].Action="s3:GetObject", PolicyVersion.Document.Statement[0].Resource="arn:aws:s3:::code/*""#,
        Right::Ours,
        "IAM API Reference, PolicyVersion: no document in the answer to CreatePolicyVersion",
    ),
    (
        "list versions",
        r#"Versions[0].VersionId="v2", Versions[0].IsDefaultVersion=true, Versions[1].VersionId="v1", Versions[1].IsDefaultVersion=false, IsTruncated=false"#,
        r#"Versions[0].Document.Version="2012-10-17", Versions[0].Document.Statement[0].Effect="Allow", Versions[0].Document.Statement[0].Action="s3:GetObject", Versions[0].Document.Statement[0].Resource="arn:aws:s3:::code/*", Versions[0].VersionId="v1", Versions[0].IsDefaultVersion=false, Versions[1].Document.Version="2012-10-17", Versions[1].Document.Statement[0].Effect="Allow", Versions[1].Document.Statement[0].Action="s3:GetObject", Versions[1].Document.Statement[0].Resource="arn:aws:s3:::code/*", Versions[1].VersionId="v2", Versions[1].IsDefaultVersion=true"#,
        Right::Ours,
        "IAM API Reference, PolicyVersion: no document in the answer to ListPolicyVersions",
    ),
    (
        "attach a policy of AWS",
        "answers",
        "NoSuchEntity: Policy arn:aws:iam::aws:policy/PowerUserAccess does not exist or is not attachable.",
        Right::Ours,
        "AWS Managed Policy Reference, PowerUserAccess: moto loads them only when it is told to",
    ),
    (
        "delete an attached policy",
        "DeleteConflict: Cannot delete a policy attached to entities.",
        "answers",
        Right::Ours,
        "IAM API Reference, DeletePolicy: DeleteConflict",
    ),
    (
        "who calls",
        r#"Arn="arn:aws:iam::123456789012:user/administrator""#,
        r#"Arn="arn:aws:sts::123456789012:user/moto""#,
        Right::Ours,
        "IAM User Guide, IAM identifiers: `sts` has no users",
    ),
    (
        "assume a role",
        "",
        "PackedPolicySize=6",
        Right::Ours,
        "STS API Reference, AssumeRole: PackedPolicySize is about policies and tags, and none were passed",
    ),
    (
        "assume with a wrong external id",
        "AccessDenied: User: arn:aws:iam::123456789012:user/administrator is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/invoker",
        "answers",
        Right::Ours,
        "IAM User Guide, Access to AWS accounts owned by third parties",
    ),
    (
        "assume a role of a service",
        "AccessDenied: User: arn:aws:iam::123456789012:user/administrator is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/service",
        "answers",
        Right::Ours,
        "STS API Reference, AssumeRole: the trust policy has to allow it",
    ),
    (
        "assume a role that does not exist",
        "AccessDenied: User: arn:aws:iam::123456789012:user/administrator is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/nobody",
        "answers",
        Right::Ours,
        "STS API Reference, AssumeRole: the trust policy has to allow it",
    ),
    (
        "longer than the role allows",
        "ValidationError: The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
        "answers",
        Right::Ours,
        "STS API Reference, AssumeRole: DurationSeconds",
    ),
    (
        "create a pipeline",
        r#"pipeline.stages[0].actions[0].region="eu-west-1", pipeline.stages[1].actions[0].region="eu-west-1", pipeline.executionMode="SUPERSEDED", pipeline.pipelineType="V1""#,
        "",
        Right::Ours,
        "CodePipeline API Reference, PipelineDeclaration and ActionDeclaration",
    ),
    (
        "list pipelines",
        r#"pipelines[0].pipelineType="V1", pipelines[0].executionMode="SUPERSEDED""#,
        "",
        Right::Ours,
        "CodePipeline API Reference, PipelineSummary",
    ),
    (
        "create a pipeline again",
        "PipelineNameInUseException: A pipeline with the name 'release' already exists in account '123456789012'",
        "InvalidStructureException: A pipeline with the name 'release' already exists in account '123456789012'",
        Right::Ours,
        "CodePipeline API Reference, CreatePipeline: PipelineNameInUseException",
    ),
    (
        "a role that does not trust CodePipeline",
        "InvalidStructureException: CodePipeline is not authorized to perform AssumeRole on role arn:aws:iam::123456789012:role/invoker",
        "500: <!doctype html>",
        Right::Ours,
        "CodePipeline User Guide, Troubleshooting",
    ),
    (
        "no source",
        "InvalidStructureException: Pipeline should start with a stage that only contains source actions",
        "answers",
        Right::Ours,
        "CodePipeline User Guide, Pipeline structure reference",
    ),
    (
        "get a pipeline",
        r#"pipeline.stages[0].actions[0].region="eu-west-1", pipeline.stages[1].actions[0].region="eu-west-1", pipeline.executionMode="SUPERSEDED", pipeline.pipelineType="V1""#,
        "",
        Right::Ours,
        "CodePipeline API Reference, PipelineDeclaration and ActionDeclaration",
    ),
    (
        "update a pipeline",
        r#"pipeline.stages[0].actions[0].region="eu-west-1", pipeline.stages[1].actions[0].region="eu-west-1""#,
        "",
        Right::Ours,
        "CodePipeline API Reference, ActionDeclaration: region",
    ),
    (
        "get its first version",
        r#"pipeline.stages[0].actions[0].region="eu-west-1", pipeline.stages[1].actions[0].region="eu-west-1", pipeline.version=1, pipeline.executionMode="SUPERSEDED", pipeline.pipelineType="V1""#,
        r#"pipeline.version=2, pipeline.executionMode="QUEUED", pipeline.pipelineType="V2""#,
        Right::Ours,
        "CodePipeline API Reference, GetPipeline: version",
    ),
    (
        "update what does not exist",
        "ValidationException: The pipeline nothing does not exist",
        "ResourceNotFoundException: The account with id '123456789012' does not include a pipeline with the name 'nothing'",
        Right::Open,
        "CodePipeline API Reference, UpdatePipeline has neither error",
    ),
    (
        "tags of what does not exist",
        "ResourceNotFoundException: The resource arn:aws:codepipeline:eu-west-1:123456789012:nothing was not found.",
        "ResourceNotFoundException: The account with id '123456789012' does not include a pipeline with the name 'nothing'",
        Right::Open,
        "the code is the same; no report with the text",
    ),
    (
        "start a pipeline",
        "answers",
        "500: <!doctype html>",
        Right::Ours,
        "CodePipeline API Reference, StartPipelineExecution: moto has no executions",
    ),
    (
        "its state",
        "answers",
        "500: <!doctype html>",
        Right::Ours,
        "CodePipeline API Reference, GetPipelineState: moto has no executions",
    ),
];

/// The answers to all steps, in order.
fn answers(endpoint: &str, key: &str) -> Vec<(String, Value)> {
    let script = folder().join("differences.py");
    // `-P`: the folder of the script has a `requests.py` that is not the package.
    let printed = run(Command::new(python()).arg("-P").arg(script).args([endpoint, key]));
    let lines = printed.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines.map(|line| (line["step"].as_str().unwrap().to_owned(), line["answer"].clone())).collect()
}

/// The members of a value, with the path of each.
fn members(value: &Value, path: &str, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(entries) if !entries.is_empty() => {
            for (key, entry) in entries {
                members(entry, &if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, found);
            }
        }
        Value::Array(entries) if !entries.is_empty() => {
            for (index, entry) in entries.iter().enumerate() {
                members(entry, &format!("{path}[{index}]"), found);
            }
        }
        other => found.push((path.to_owned(), other.to_string())),
    }
}

/// An error; or that there is none, where the other one has one; or what is different from the other answer.
fn told(answer: &Value, other: &Value) -> String {
    if let Some(error) = answer.get("error") {
        return error.as_str().unwrap().lines().next().unwrap().to_owned();
    }
    if other.get("error").is_some() {
        return "answers".to_owned();
    }
    let (mut mine, mut theirs) = (Vec::new(), Vec::new());
    members(answer, "", &mut mine);
    members(other, "", &mut theirs);
    let theirs: BTreeSet<_> = theirs.into_iter().collect();
    let differing = mine.iter().filter(|member| !theirs.contains(member));
    differing.map(|(path, value)| format!("{path}={value}")).collect::<Vec<_>>().join(", ")
}

#[tokio::test(flavor = "multi_thread")]
async fn every_difference_to_moto_is_known_and_judged() {
    let local = Local::new();
    local.add_account(ACCOUNT).unwrap();
    let served = local.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
    let key = local.access_key(ACCOUNT).unwrap();
    let ours = answers(&format!("http://{}", served.address()), &key);
    let moto = answers(&Server::start(&python()).endpoint, "test");
    assert_eq!(ours.len(), 57);
    let mut found = Vec::new();
    for ((step, ours), (other, moto)) in ours.iter().zip(&moto) {
        assert_eq!(step, other);
        if ours != moto {
            found.push((step.clone(), told(ours, moto), told(moto, ours)));
        }
    }
    let known: Vec<_> = DIFFERENCES
        .iter()
        .map(|(step, ours, moto, ..)| (step.to_string(), ours.to_string(), moto.to_string()))
        .collect();
    assert_eq!(found, known, "{found:#?}");
    // What moto is right about is what local AWS lacks.
    let moto_is_right: Vec<_> = DIFFERENCES.iter().filter(|(.., right, _)| *right == Right::Moto).collect();
    assert!(moto_is_right.iter().all(|(_, ours, ..)| ours.is_empty()), "{moto_is_right:?}");
}
