//! What the policies of buckets and keys let roles of other accounts do, as doctor reads them from local AWS.

use codepipeline_xacct::aws::Session;
use codepipeline_xacct::core::check::files::Home;
use codepipeline_xacct::core::declaration::{PipelineDeclaration, PipelineDocument, read};
use codepipeline_xacct::core::doctor::{Confidence, Diagnosis, Reading, diagnose};
use codepipeline_xacct::core::ids::{AccountId, RoleArn};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::core::topology::Account;
use codepipeline_xacct::core::wiring::Sign;
use codepipeline_xacct::local::{Fault, Local};
use serde_json::{Value, json};

const A: &str = "111111111111";
const B: &str = "222222222222";
const RELEASE: &str = "arn:aws:codepipeline:eu-west-1:111111111111:release";
pub const SERVICE: &str = "arn:aws:iam::111111111111:role/release-service";
pub const BUILDER: &str = "arn:aws:iam::222222222222:role/builder";
const BUCKET: &str = "release-artifacts";
const KEY: &str = "arn:aws:kms:eu-west-1:111111111111:key/12345678-aaaa-bbbb-cccc-1234567890ab";

pub fn document(statements: Value) -> Document {
    Document::from_json(&json!({ "Version": "2012-10-17", "Statement": statements }).to_string()).unwrap()
}

fn statement(principal: &Value, actions: &Value, resource: &str) -> Value {
    json!({ "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": resource })
}

/// A build with a role of account B, which reads and writes artifacts of account A.
pub struct World {
    local: Local,
}

impl World {
    pub fn new() -> Self {
        let local = Local::new();
        let all = document(json!([{ "Effect": "Allow", "Action": "*", "Resource": "*" }]));
        let trust = |principal: Value| {
            document(json!([{ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" }]))
        };
        let codepipeline = trust(json!({ "Service": "codepipeline.amazonaws.com" }));
        local.put_role(&SERVICE.parse().unwrap(), &codepipeline, &[("all", &all)]).unwrap();
        local.put_role(&BUILDER.parse().unwrap(), &trust(json!({ "AWS": SERVICE })), &[("all", &all)]).unwrap();
        let world = Self { local };
        world.local.put_pipeline(&RELEASE.parse().unwrap(), &release()).unwrap();
        world.bucket(&[]);
        world.key(&[]);
        world
    }

    fn iam(&self, role: &RoleArn) -> aws_sdk_iam::Client {
        aws_sdk_iam::Client::new(&self.local.sdk_config(role.account().as_str(), "eu-west-1"))
    }

    /// All that a role may do.
    pub async fn policy(&self, role: &str, statements: &Value) {
        let role: RoleArn = role.parse().unwrap();
        let call = self.iam(&role).put_role_policy().role_name(role.name().as_str()).policy_name("all");
        call.policy_document(document(statements.clone()).to_json()).send().await.unwrap();
    }

    /// Limits the role of the build.
    pub async fn boundary(&self, document: &Document) {
        let role: RoleArn = BUILDER.parse().unwrap();
        let iam = self.iam(&role);
        let made = iam.create_policy().policy_name("limit").policy_document(document.to_json()).send().await.unwrap();
        let call = iam.put_role_permissions_boundary().role_name(role.name().as_str());
        call.permissions_boundary(made.policy().unwrap().arn().unwrap()).send().await.unwrap();
    }

    pub fn edit(&self, edit: impl FnOnce(&mut PipelineDeclaration)) {
        let arn = RELEASE.parse().unwrap();
        let mut pipeline = self.local.pipeline(&arn).unwrap();
        edit(&mut pipeline);
        self.local.put_pipeline(&arn, &PipelineDocument { pipeline, ..Default::default() }).unwrap();
    }

    /// The bucket lets the role in, and has what the console writes into the policy of a bucket; `more` is added.
    fn bucket(&self, more: &[Value]) {
        let aws = json!({ "AWS": BUILDER });
        let mut statements = console_policy();
        statements.push(statement(&aws, &json!(["s3:Get*", "s3:Put*"]), &format!("arn:aws:s3:::{BUCKET}/*")));
        statements.extend(more.iter().cloned());
        self.local.put_bucket(A, BUCKET, Some(&document(json!(statements)))).unwrap();
    }

    /// The key lets its account and the role in.
    fn key(&self, more: &[Value]) {
        let use_it = json!(["kms:DescribeKey", "kms:GenerateDataKey*", "kms:Encrypt", "kms:ReEncrypt*", "kms:Decrypt"]);
        let mut statements = vec![root(), statement(&json!({ "AWS": BUILDER }), &use_it, "*")];
        statements.extend(more.iter().cloned());
        self.local.put_key(KEY, Some(&document(json!(statements)))).unwrap();
    }

    pub async fn diagnosis(&self) -> Diagnosis {
        let builder = [A, B].iter().fold(Session::builder(), |builder, id| {
            let id: AccountId = id.parse().unwrap();
            let config = self.local.sdk_config(id.as_str(), "eu-west-1");
            builder.account(Account { item: id.to_string(), id, partition: "aws".parse().unwrap() }, config)
        });
        builder.connect().await.unwrap().doctor(RELEASE.parse().unwrap()).await
    }
}

fn release() -> PipelineDocument {
    let action = |name: &str, kind: [&str; 2], more: Value| {
        let mut action = json!({
            "name": name,
            "actionTypeId": { "category": kind[0], "owner": "AWS", "provider": kind[1], "version": "1" },
        });
        action.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        action
    };
    let source = json!({
        "configuration": { "RepositoryName": "shop", "BranchName": "main", "PollForSourceChanges": "false" },
        "outputArtifacts": [{ "name": "Code" }],
    });
    let build = json!({
        "configuration": { "ProjectName": "project" },
        "inputArtifacts": [{ "name": "Code" }],
        "outputArtifacts": [{ "name": "Built" }],
        "roleArn": BUILDER,
    });
    let pipeline = json!({
        "name": "release",
        "roleArn": SERVICE,
        "pipelineType": "V2",
        "artifactStore": { "type": "S3", "location": BUCKET, "encryptionKey": { "type": "KMS", "id": KEY } },
        "stages": [
            { "name": "Source", "actions": [action("code", ["Source", "CodeCommit"], source)] },
            { "name": "Build", "actions": [action("build", ["Build", "CodeBuild"], build)] },
        ],
    });
    read(&json!({ "pipeline": pipeline }).to_string()).unwrap()
}

fn root() -> Value {
    statement(&json!({ "AWS": "arn:aws:iam::111111111111:root" }), &json!("kms:*"), "*")
}

/// Source: CodePipeline User Guide, "Troubleshooting CodePipeline", the policy of a bucket that the console made.
fn console_policy() -> Vec<Value> {
    let deny = |action: &str, condition: Value| {
        json!({
            "Effect": "Deny", "Principal": "*", "Action": action,
            "Resource": format!("arn:aws:s3:::{BUCKET}/*"), "Condition": condition,
        })
    };
    vec![
        deny("s3:PutObject", json!({ "StringNotEquals": { "s3:x-amz-server-side-encryption": "aws:kms" } })),
        deny("s3:*", json!({ "Bool": { "aws:SecureTransport": "false" } })),
    ]
}

/// Whether the bucket and the key let the role in.
fn signs(diagnosis: &Diagnosis) -> Vec<(Sign, Confidence)> {
    diagnosis.pipelines[0].artifacts.iter().map(|found| (found.sign, found.confidence)).collect()
}

const WORKS: (Sign, Confidence) = (Sign::Works, Confidence::Verified);
const FAILS: (Sign, Confidence) = (Sign::Fails, Confidence::Verified);
const NOT_READABLE: (Sign, Confidence) = (Sign::Unknown, Confidence::NotReadable);

#[tokio::test]
async fn a_bucket_and_a_key_that_let_the_role_in_are_verified() {
    let world = World::new();
    // The requests are signed for S3 and KMS.
    world.local.check_signatures(true);
    let diagnosis = world.diagnosis().await;
    assert_eq!(signs(&diagnosis), [WORKS, WORKS], "{diagnosis:#}");
    assert!(!diagnosis.has_errors() && !diagnosis.is_incomplete(), "{diagnosis:#}");
    let text = format!("{diagnosis:#}");
    for part in [
        "GetBucketPolicy ×1",
        "GetKeyPolicy ×1",
        "└─ ✓ uses bucket `release-artifacts`: s3:GetObject, s3:PutObject (verified)\n",
        "by: Allow statement 3 of the policy of bucket `release-artifacts`\n",
        &format!("└─ ✓ uses key `{KEY}`: kms:Decrypt, kms:GenerateDataKey (verified)\n"),
    ] {
        assert!(text.contains(part), "{part}\n{text}");
    }
    let saved: Diagnosis = serde_json::from_str(&serde_json::to_string(&diagnosis).unwrap()).unwrap();
    assert_eq!(saved, diagnosis);
    let redacted = format!("{:#}{}", diagnosis.redacted(), json!(diagnosis.redacted()));
    for secret in [A, B, BUCKET, "builder", "12345678-aaaa"] {
        assert!(!redacted.contains(secret), "{secret}\n{redacted}");
    }
}

#[tokio::test]
async fn what_a_bucket_and_a_key_lack_is_pasted_and_helps() {
    let world = World::new();
    world.local.put_bucket(A, BUCKET, Some(&document(json!(console_policy())))).unwrap();
    world.local.put_key(KEY, Some(&document(json!([root()])))).unwrap();
    let diagnosis = world.diagnosis().await;
    assert_eq!(signs(&diagnosis), [FAILS, FAILS], "{diagnosis:#}");
    assert!(diagnosis.has_errors(), "{diagnosis:#}");
    let text = diagnosis.to_string();
    let why = "its policy does not let the role `kms:Decrypt`, and no grant of the key does";
    assert!(text.contains(why), "{text}");
    let added = |index: usize| -> Vec<Value> {
        let causes = &diagnosis.pipelines[0].artifacts[index].causes;
        causes.iter().flat_map(|cause| cause.fix.changes()).map(|change| change.json.clone()).collect()
    };
    let mut bucket = console_policy();
    bucket.extend(added(0));
    world.local.put_bucket(A, BUCKET, Some(&document(json!(bucket)))).unwrap();
    let mut key = vec![root()];
    key.extend(added(1));
    world.local.put_key(KEY, Some(&document(json!(key)))).unwrap();
    let after = world.diagnosis().await;
    assert_eq!(signs(&after), [WORKS, WORKS], "{diagnosis:#}\nthen\n{after:#}");
}

#[tokio::test]
async fn a_grant_of_the_key_lets_the_role_in_as_its_policy_would() {
    let world = World::new();
    world.local.check_signatures(true);
    world.local.put_key(KEY, Some(&document(json!([root()])))).unwrap();
    world.local.put_grant(KEY, SERVICE, &["Decrypt", "GenerateDataKey"]).unwrap();
    world.local.put_grant(KEY, BUILDER, &["Decrypt"]).unwrap();
    let diagnosis = world.diagnosis().await;
    assert_eq!(signs(&diagnosis), [WORKS, FAILS], "{diagnosis:#}");
    let text = diagnosis.to_string();
    assert!(text.contains("does not let the role `kms:GenerateDataKey`, and no grant of the key does"), "{text}");
    world.local.put_grant(KEY, BUILDER, &["GenerateDataKey"]).unwrap();
    let diagnosis = world.diagnosis().await;
    assert_eq!(signs(&diagnosis), [WORKS, WORKS], "{diagnosis:#}");
    // Where grants may not be read, it is not known.
    world.local.faults().add(Fault::on("ListGrants").access_denied());
    let diagnosis = world.diagnosis().await;
    assert_eq!(signs(&diagnosis), [WORKS, NOT_READABLE], "{diagnosis:#}");
    let text = diagnosis.to_string();
    assert!(text.contains("a grant of the key may (`aws kms list-grants`), and grants can't be read: "), "{text}");
}

/// The resources whose policies stop the service role.
fn stopping(diagnosis: &Diagnosis) -> Vec<(&str, Sign)> {
    let artifacts = diagnosis.pipelines[0].artifacts.iter().filter(|found| found.role.to_string() == SERVICE);
    artifacts.map(|found| (found.resource.rsplit(':').next().unwrap(), found.sign)).collect()
}

#[tokio::test]
async fn a_bucket_that_denies_the_service_role_of_its_own_account_stops_it() {
    let world = World::new();
    let deny = |values: Value| {
        json!({
            "Effect": "Deny", "Principal": "*", "Action": "s3:PutObject",
            "Resource": format!("arn:aws:s3:::{BUCKET}/*"), "Condition": { "StringNotEquals": values },
        })
    };
    world.bucket(&[deny(json!({ "aws:PrincipalAccount": B }))]);
    let diagnosis = world.diagnosis().await;
    assert_eq!(stopping(&diagnosis), [(BUCKET, Sign::Fails)], "{diagnosis:#}");
    assert!(diagnosis.has_errors(), "{diagnosis:#}");
    let text = diagnosis.to_string();
    assert!(text.contains("by: Deny statement 4 of the policy of bucket `release-artifacts`"), "{text}");
    assert!(diagnosis.pipelines[0].changes().next().is_none(), "{text}");
    world.bucket(&[deny(json!({ "aws:SourceVpce": "vpce-1" }))]);
    let diagnosis = world.diagnosis().await;
    assert_eq!(stopping(&diagnosis), [(BUCKET, Sign::Unknown)], "{diagnosis:#}");
    world.bucket(&[deny(json!({ "aws:PrincipalAccount": [A, B] }))]);
    let diagnosis = world.diagnosis().await;
    assert_eq!(stopping(&diagnosis), [], "{diagnosis:#}");
    assert!(!diagnosis.has_errors(), "{diagnosis:#}");
}

#[tokio::test]
async fn the_policies_of_the_service_role_count_for_a_key_that_delegates_to_its_account() {
    let world = World::new();
    let key = KEY.rsplit(':').next().unwrap();
    let use_it = json!("kms:*");
    let builder = statement(&json!({ "AWS": BUILDER }), &use_it, "*");
    let deny = json!({
        "Effect": "Deny", "Principal": { "AWS": SERVICE }, "Action": "kms:GenerateDataKey*", "Resource": "*",
    });
    let administrator = json!({ "AWS": "arn:aws:iam::111111111111:user/administrator" });
    let both = statement(&json!({ "AWS": [SERVICE, BUILDER] }), &use_it, "*");
    for (statements, stops) in [
        (json!([root(), builder, deny]), true),
        (json!([statement(&administrator, &use_it, "*"), builder]), true),
        (json!([root(), builder]), false),
        (json!([both]), false),
    ] {
        world.local.put_key(KEY, Some(&document(statements.clone()))).unwrap();
        let diagnosis = world.diagnosis().await;
        let expected = stops.then_some((key, Sign::Fails));
        assert_eq!(stopping(&diagnosis), Vec::from_iter(expected), "{statements}\n{diagnosis:#}");
        assert_eq!(diagnosis.has_errors(), stops, "{diagnosis:#}");
    }
    // A grant lets it in as well.
    world.local.put_key(KEY, Some(&document(json!([builder])))).unwrap();
    world.local.put_grant(KEY, SERVICE, &["Decrypt", "GenerateDataKey"]).unwrap();
    let diagnosis = world.diagnosis().await;
    assert_eq!(stopping(&diagnosis), [], "{diagnosis:#}");
}

#[tokio::test]
async fn what_the_service_role_lacks_for_a_key_of_its_account_is_an_error_once_its_policy_was_read() {
    let world = World::new();
    let s3 = json!([{ "Effect": "Allow", "Action": ["s3:*", "codecommit:*", "sts:AssumeRole"], "Resource": "*" }]);
    world.policy(SERVICE, &s3).await;
    let diagnosis = world.diagnosis().await;
    let text = diagnosis.to_string();
    assert!(text.contains(&format!("role `{SERVICE}` may not `kms:Decrypt` on `{KEY}`")), "{text}");
    assert!(diagnosis.has_errors(), "{text}");
    let both = statement(&json!({ "AWS": [SERVICE, BUILDER] }), &json!("kms:*"), "*");
    world.local.put_key(KEY, Some(&document(json!([root(), both])))).unwrap();
    let diagnosis = world.diagnosis().await;
    assert!(!diagnosis.has_errors(), "{diagnosis:#}");
}

#[tokio::test]
async fn a_key_of_another_account_has_to_let_the_service_role_in() {
    let world = World::new();
    let key = KEY.replace(A, B);
    world.edit(|pipeline| {
        pipeline.artifact_store.as_mut().unwrap().encryption_key.as_mut().unwrap().id.clone_from(&key);
    });
    let root = statement(&json!({ "AWS": "arn:aws:iam::222222222222:root" }), &json!("kms:*"), "*");
    world.local.put_key(&key, Some(&document(json!([root])))).unwrap();
    let diagnosis = world.diagnosis().await;
    assert_eq!(stopping(&diagnosis), [(key.rsplit(':').next().unwrap(), Sign::Fails)], "{diagnosis:#}");
    let changes: Vec<_> = diagnosis.pipelines[0].changes().collect();
    assert!(changes.len() == 1 && changes[0].account.as_str() == B, "{diagnosis:#}");
    world.local.put_key(&key, Some(&document(json!([root, changes[0].json])))).unwrap();
    let diagnosis = world.diagnosis().await;
    assert!(!diagnosis.has_errors() && !diagnosis.is_incomplete(), "{diagnosis:#}");
}

#[tokio::test]
async fn a_bucket_without_policy_lets_nobody_in() {
    let world = World::new();
    world.local.put_bucket(A, BUCKET, None).unwrap();
    let diagnosis = world.diagnosis().await;
    assert_eq!(signs(&diagnosis), [FAILS, WORKS], "{diagnosis:#}");
}

#[tokio::test]
async fn a_statement_that_denies_is_named_and_no_allow_is_offered() {
    let world = World::new();
    let resource = format!("arn:aws:s3:::{BUCKET}/*");
    world.bucket(&[json!({
        "Sid": "NotB", "Effect": "Deny", "Principal": { "AWS": BUILDER }, "Action": "s3:PutObject", "Resource": resource,
    })]);
    let diagnosis = world.diagnosis().await;
    assert_eq!(signs(&diagnosis), [FAILS, WORKS], "{diagnosis:#}");
    let text = diagnosis.to_string();
    assert!(text.contains("by: Deny statement 4 (`NotB`) of the policy of bucket `release-artifacts`"), "{text}");
    assert!(diagnosis.pipelines[0].changes().next().is_none(), "{text}");
    // No grant helps against one of a key.
    let world = World::new();
    world
        .key(&[json!({ "Effect": "Deny", "Principal": { "AWS": BUILDER }, "Action": "kms:Decrypt", "Resource": "*" })]);
    let diagnosis = world.diagnosis().await;
    assert_eq!(signs(&diagnosis), [WORKS, FAILS], "{diagnosis:#}");
}

#[tokio::test]
async fn an_allow_for_the_objects_of_the_pipeline_alone_is_enough() {
    let world = World::new();
    let mut statements = console_policy();
    let resource = format!("arn:aws:s3:::{BUCKET}/release/*");
    statements.push(statement(&json!({ "AWS": BUILDER }), &json!(["s3:GetObject", "s3:PutObject"]), &resource));
    world.local.put_bucket(A, BUCKET, Some(&document(json!(statements)))).unwrap();
    let diagnosis = world.diagnosis().await;
    assert_eq!(signs(&diagnosis), [WORKS, WORKS], "{diagnosis:#}");
}

#[tokio::test]
async fn a_key_that_only_s3_may_use_for_the_role_lets_it_in() {
    let world = World::new();
    let mut through = statement(&json!({ "AWS": BUILDER }), &json!(["kms:Decrypt", "kms:GenerateDataKey"]), "*");
    through["Condition"] = json!({ "StringEquals": { "kms:ViaService": "s3.eu-west-1.amazonaws.com" } });
    world.local.put_key(KEY, Some(&document(json!([root(), through])))).unwrap();
    let diagnosis = world.diagnosis().await;
    assert_eq!(signs(&diagnosis), [WORKS, WORKS], "{diagnosis:#}");
}

#[tokio::test]
async fn what_may_not_be_read_is_not_known_and_what_is_needed_is_printed() {
    let world = World::new();
    world.local.faults().add(Fault::on("GetBucketPolicy").access_denied());
    world.local.faults().add(Fault::on("GetKeyPolicy").access_denied());
    let diagnosis = world.diagnosis().await;
    assert_eq!(signs(&diagnosis), [NOT_READABLE, NOT_READABLE], "{diagnosis:#}");
    assert!(!diagnosis.has_errors() && diagnosis.is_incomplete(), "{diagnosis:#}");
    let text = diagnosis.to_string();
    assert!(text.contains("    failed: GetBucketPolicy: account 111111111111: GetBucketPolicy of bucket release-artifacts: AccessDenied"), "{text}");
    assert!(text.contains("the policy of the bucket `release-artifacts` has to have: {"), "{text}");
    assert!(text.contains("AccessDeniedException"), "{text}");
}

#[test]
fn the_policies_may_be_in_files() {
    let home = Home { account: Some(A.parse().unwrap()), region: Some("eu-west-1".parse().unwrap()) };
    let mut reading = Reading::of_files();
    let value = json!(release());
    let arn = reading.add(&value.to_string(), &value, &[], &home).unwrap().unwrap();
    // As where they may not be read, it is not known what they allow.
    let diagnosis = diagnose(&reading, std::slice::from_ref(&arn));
    assert_eq!(signs(&diagnosis), [NOT_READABLE, NOT_READABLE], "{diagnosis:#}");
    let mut add = |value: Value| reading.add(&value.to_string(), &value, &[], &home);
    let bucket =
        document(json!([statement(&json!({ "AWS": BUILDER }), &json!("s3:*"), &format!("arn:aws:s3:::{BUCKET}/*"))]));
    add(json!({ "Policy": bucket.to_json() })).unwrap();
    add(json!({ "KeyId": KEY, "Policy": document(json!([root()])).to_json(), "PolicyName": "default" })).unwrap();
    assert!(add(json!({ "Policy": document(json!([root()])).to_json() })).unwrap_err().to_string().contains("`KeyId`"));
    let diagnosis = diagnose(&reading, &[arn]);
    let stated = |sign| (sign, Confidence::Stated);
    assert_eq!(signs(&diagnosis), [stated(Sign::Works), NOT_READABLE], "{diagnosis:#}");
}

#[tokio::test]
async fn a_principal_that_a_bucket_and_a_key_name_by_its_id_is_the_role_or_one_that_was_deleted() {
    let world = World::new();
    let role: RoleArn = BUILDER.parse().unwrap();
    let got = world.iam(&role).get_role().role_name(role.name().as_str()).send().await.unwrap();
    let id = got.role().unwrap().role_id().to_owned();
    for (id, expected) in [(id.as_str(), WORKS), ("AROAAAAAAAAAAAAAAAAAA", FAILS)] {
        let named = json!({ "AWS": id });
        let bucket = json!([statement(&named, &json!("s3:*"), &format!("arn:aws:s3:::{BUCKET}/*"))]);
        world.local.put_bucket(A, BUCKET, Some(&document(bucket))).unwrap();
        world.local.put_key(KEY, Some(&document(json!([root(), statement(&named, &json!("kms:*"), "*")])))).unwrap();
        let diagnosis = world.diagnosis().await;
        assert_eq!(signs(&diagnosis), [expected, expected], "{diagnosis:#}");
    }
}
