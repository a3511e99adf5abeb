//! Real pipelines in local AWS: those of the corpus whose actions have roles, with these roles, and with two more actions: a start of a pipeline of
//! account B, and a build in account B. What doctor offers for them is tried.

use std::collections::BTreeSet;
use std::time::Duration;

use codepipeline_xacct::aws::Session;
use codepipeline_xacct::core::declaration::{PipelineDeclaration, PipelineDocument, read};
use codepipeline_xacct::core::doctor::{Confidence, Diagnosis, Edit, Problem, Remedy, RoleEdit};
use codepipeline_xacct::core::ids::{AccountId, PipelineArn, RoleArn};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::core::topology::Account;
use codepipeline_xacct::core::wiring::Sign;
use codepipeline_xacct::local::Local;
use codepipeline_xacct_aws_tests::service_trust;
use serde_json::{Value, json};

use crate::doctor_commands::{execute, update};

pub const CORPUS: [&str; 13] = [
    "002-cdk-invoke-snapshot",
    "080-aws-integ-cfn-template-from-repo-lit-expected",
    "081-aws-integ-lambda-pipeline-expected",
    "082-aws-integ-pipeline-cfn-cross-region-expected",
    "083-aws-integ-pipeline-cfn-with-action-role-expected",
    "084-aws-integ-pipeline-cfn-expected",
    "085-aws-integ-pipeline-code-commit-expected",
    "086-aws-integ-pipeline-ecs-deploy-expected",
    "087-aws-integ-pipeline-events-expected",
    "088-aws-integ-pipeline-manual-approval-expected",
    "089-aws-integ-pipeline-s3-deploy-expected",
    "095-awslabs-code-pipeline",
    "102-dragonkingemperor-pipeline",
];

pub const A: &str = "111111111111";
pub const B: &str = "222222222222";
pub const INVOKER: &str = "arn:aws:iam::222222222222:role/invoker";
pub const BUILDER: &str = "arn:aws:iam::222222222222:role/builder";

/// What the actions of the corpus use, on all resources.
pub fn uses() -> Value {
    let services = ["cloudformation", "codebuild", "codecommit", "ecs", "events", "kms", "lambda", "logs", "s3"];
    let mut actions: Vec<String> = services.iter().map(|service| format!("{service}:*")).collect();
    actions.push("iam:PassRole".to_owned());
    allow(&json!(actions), &json!("*"))
}

pub fn allow(action: &Value, resource: &Value) -> Value {
    json!({ "Effect": "Allow", "Action": action, "Resource": resource })
}

pub fn trusting(principal: &str) -> Value {
    json!({ "Effect": "Allow", "Principal": { "AWS": principal }, "Action": "sts:AssumeRole" })
}

pub fn document(statements: &Value) -> Document {
    Document::from_json(&json!({ "Version": "2012-10-17", "Statement": statements }).to_string()).unwrap()
}

fn action(name: &str, category: &str, provider: &str, role: Option<&str>, more: Value) -> Value {
    let mut action = json!({
        "name": name,
        "actionTypeId": { "category": category, "owner": "AWS", "provider": provider, "version": "1" },
    });
    let members = action.as_object_mut().unwrap();
    members.extend(role.map(|role| ("roleArn".to_owned(), json!(role))));
    members.extend(more.as_object().unwrap().clone());
    action
}

pub fn invoker() -> RoleArn {
    INVOKER.parse().unwrap()
}

pub struct World {
    pub file: &'static str,
    pub local: Local,
    session: Session,
    pub arn: PipelineArn,
    pub service: RoleArn,
    /// The role of the first action that has one.
    pub role: RoleArn,
    pub bucket: String,
    pub key: String,
    is_approved: bool,
}

impl World {
    pub async fn new(file: &'static str) -> Self {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../language/tests/corpus");
        let text = std::fs::read_to_string(folder.join(format!("{file}.json"))).unwrap();
        let mut document: PipelineDocument = read(&text).unwrap();
        let pipeline = &mut document.pipeline;
        let stores = pipeline.artifact_stores.as_mut().and_then(|stores| stores.iter_mut().next());
        let (region, store) = match stores {
            Some((region, store)) => (region.clone(), store),
            None => ("us-east-1".to_owned(), pipeline.artifact_store.as_mut().unwrap()),
        };
        let key = format!("arn:aws:kms:{region}:{A}:key/12345678-aaaa-bbbb-cccc-1234567890ab");
        store.encryption_key = serde_json::from_value(json!({ "id": key, "type": "KMS" })).unwrap();
        let bucket = store.location.clone();
        // What is made in a third account can't be read in B.
        let is_of_a = |role: &Option<String>| role.as_ref().is_none_or(|role| role.contains(A));
        let outputs = pipeline.actions_mut().filter(|action| is_of_a(&action.role_arn));
        let output = outputs.filter_map(|action| action.output_artifacts.as_ref()?.first().cloned()).next();
        let variables = json!([{ "name": "version", "value": "1" }]).to_string();
        let start = json!({ "configuration": { "PipelineName": "deploy", "Variables": variables } });
        let build = json!({ "configuration": { "ProjectName": "project" }, "inputArtifacts": [output.unwrap()] });
        let more = [
            action("start-in-b", "Invoke", "CodePipeline", Some(INVOKER), start),
            action("build-in-b", "Build", "CodeBuild", Some(BUILDER), build),
        ];
        let actions = pipeline.stages.as_mut().unwrap().last_mut().unwrap().actions.as_mut().unwrap();
        actions.extend(more.map(|action| serde_json::from_value(action).unwrap()));
        let arn: PipelineArn = format!("arn:aws:codepipeline:{region}:{A}:{}", pipeline.name).parse().unwrap();
        let service: RoleArn = pipeline.role_arn.as_ref().unwrap().parse().unwrap();
        let roles: BTreeSet<RoleArn> =
            pipeline.actions_mut().filter_map(|action| action.role_arn.as_ref()?.parse().ok()).collect();
        let role = pipeline.actions_mut().find_map(|action| action.role_arn.as_ref()?.parse().ok()).unwrap();
        let is_approved = pipeline.actions_mut().any(|action| action.action_type_id.provider == "Manual");

        let local = Local::new();
        plant_roles(&local, &arn, &service, &roles);
        plant_resources(&local, &bucket, &key, &roles);
        local.put_pipeline(&arn, &document).unwrap();
        let accounts: BTreeSet<AccountId> =
            roles.iter().map(|role| role.account().clone()).chain([A.parse().unwrap()]).collect();
        let mut builder = Session::builder();
        for id in accounts {
            let config = local.sdk_config(id.as_str(), &region);
            builder = builder.account(Account { item: id.to_string(), id, partition: "aws".parse().unwrap() }, config);
        }
        let session = builder.connect().await.unwrap();
        Self { file, local, session, arn, service, role, bucket, key, is_approved }
    }

    pub fn iam(&self, role: &RoleArn) -> aws_sdk_iam::Client {
        aws_sdk_iam::Client::new(&self.local.sdk_config(role.account().as_str(), self.arn.region().as_str()))
    }

    pub async fn trust(&self, role: &RoleArn, statements: &Value) {
        let call = self.iam(role).update_assume_role_policy().role_name(role.name().as_str());
        call.policy_document(document(statements).to_json()).send().await.unwrap();
    }

    pub async fn policy(&self, role: &RoleArn, name: &str, statements: &Value) {
        let call = self.iam(role).put_role_policy().role_name(role.name().as_str()).policy_name(name);
        call.policy_document(document(statements).to_json()).send().await.unwrap();
    }

    /// The roles that the service role may assume are other ones.
    pub async fn may_assume(&self, change: impl Fn(&str) -> Option<String>) {
        let policies = self.local.policies(&self.service).unwrap();
        let (_, assume) = policies.iter().find(|(name, _)| name == "assume").unwrap();
        let statements: Value = serde_json::to_value(&assume.statements).unwrap();
        let roles = statements[0]["Resource"].as_array().unwrap();
        let roles: Vec<String> = roles.iter().filter_map(|role| change(role.as_str().unwrap())).collect();
        self.policy(&self.service, "assume", &json!([allow(&json!("sts:AssumeRole"), &json!(roles))])).await;
    }

    /// Writes the pipeline as others would, without the checks of UpdatePipeline.
    pub fn edit(&self, edit: impl FnOnce(&mut PipelineDeclaration)) {
        let mut pipeline = self.local.pipeline(&self.arn).unwrap();
        edit(&mut pipeline);
        self.local.put_pipeline(&self.arn, &PipelineDocument { pipeline, ..Default::default() }).unwrap();
    }

    /// Sets a key of the action that starts the pipeline of B.
    pub fn configure(&self, key: &str, value: &str) {
        self.edit(|pipeline| {
            let action = pipeline.actions_mut().find(|action| action.name == "start-in-b").unwrap();
            action.configuration.as_mut().unwrap().insert(key.to_owned(), value.to_owned());
        });
    }

    /// A diagnosis, which only read.
    pub async fn doctor(&self) -> Diagnosis {
        self.local.clear_calls();
        let diagnosis = self.session.doctor(self.arn.clone()).await;
        let calls = self.local.calls();
        let reads = |operation: &str| ["Get", "List", "Simulate"].iter().any(|read| operation.starts_with(read));
        assert!(calls.len() > 5 && calls.iter().all(|call| reads(&call.operation)), "{calls:?}");
        diagnosis
    }

    /// Whether UpdatePipeline takes the pipeline as it is.
    pub async fn is_saved(&self) -> Result<(), String> {
        let declaration = self.local.pipeline(&self.arn).unwrap();
        update(&self.local, A, self.arn.region().as_str(), &declaration).await
    }

    /// Whether it runs to its end; `None` where somebody has to approve.
    pub async fn runs(&self) -> Option<bool> {
        if self.is_approved {
            return None;
        }
        let started = self.session.start_arn(self.arn.clone()).await.unwrap();
        let wait = started.wait().poll(Duration::from_secs(5)).timeout(Duration::from_secs(3600));
        Some(wait.await.unwrap().succeeded())
    }

    /// What is wrong beside the hops, without how the last run ended.
    pub fn problems(diagnosis: &Diagnosis) -> Vec<Problem> {
        let problems = diagnosis.pipelines.iter().flat_map(|pipeline| &pipeline.problems);
        problems.filter(|problem| problem.code != "failure").cloned().collect()
    }

    /// All hops work, and nothing else is wrong than before.
    pub async fn is_right(&self, before: &[Problem], by: &str) {
        let (file, diagnosis) = (self.file, self.doctor().await);
        let works = diagnosis.hops().all(|hop| hop.sign == Sign::Works);
        let artifacts = diagnosis.pipelines.iter().flat_map(|pipeline| &pipeline.artifacts);
        let works = works && artifacts.clone().all(|found| found.sign == Sign::Works);
        assert!(works && !diagnosis.has_errors() && !diagnosis.is_incomplete(), "{file}, {by}: {diagnosis:#}");
        assert!(
            diagnosis.hops().all(|hop| hop.moment.is_none()) && artifacts.clone().count() > 0,
            "{file}: {diagnosis:#}"
        );
        let wrong: Vec<Problem> =
            Self::problems(&diagnosis).into_iter().filter(|problem| !before.contains(problem)).collect();
        // A grant by an ARN that nothing has is not taken away.
        let wrong: Vec<Problem> = wrong.into_iter().filter(|problem| !problem.message.contains("may assume")).collect();
        assert!(wrong.is_empty(), "{file}, {by}: {wrong:#?}");
        self.is_saved().await.unwrap_or_else(|error| panic!("{file}, {by}: {error}"));
        let ran = self.runs().await;
        assert_ne!(ran, Some(false), "{file}, {by}: {diagnosis:#}");
        // As long as the last run failed at a hop, it is not decided that it works.
        if ran == Some(true) {
            let after = self.doctor().await;
            assert!(after.hops().all(|hop| hop.confidence == Confidence::Verified), "{file}, {by}: {after:#}");
        }
    }

    /// What is offered makes it right: as a plan where plans do all of it, as commands where there are some for all of it, and as JSON. Each
    /// pipeline is healed in one of these ways, another one for the next.
    pub async fn heals(&self, diagnosis: &Diagnosis, before: &[Problem]) {
        let changes: Vec<Remedy> =
            diagnosis.pipelines.iter().flat_map(|pipeline| pipeline.changes()).cloned().collect();
        assert!(!changes.is_empty(), "{}: {diagnosis:#}", self.file);
        let is_planned = changes.iter().all(|change| change.edit.is_some());
        let is_command = changes.iter().all(|change| change.command.is_some());
        match CORPUS.iter().position(|file| *file == self.file).unwrap() % 3 {
            0 if is_planned => {
                let plan = self.session.plan_fixes(diagnosis, &"doctor".parse().unwrap()).await.unwrap();
                assert!(!plan.is_empty() && plan.warnings().is_empty(), "{}: {diagnosis:#}\n{plan}", self.file);
                self.session.apply(&plan).await.unwrap();
                self.is_right(before, "by the plan").await;
            }
            1 if is_command => {
                for change in &changes {
                    execute(&self.local, change).await;
                }
                self.is_right(before, "by the commands").await;
            }
            _ => {
                let (mut bucket, mut key) = (bucket_policy(&self.bucket, &[]), key_policy(&[]));
                for change in &changes {
                    if change.edit.is_some() || change.command.is_some() {
                        self.paste(change).await;
                    } else if change.what.contains(&self.key) {
                        key.push(change.json.clone());
                    } else {
                        assert!(change.what.contains(&format!("bucket `{}`", self.bucket)), "{change:?}");
                        bucket.push(change.json.clone());
                    }
                }
                if bucket.len() > 1 {
                    self.local.put_bucket(A, &self.bucket, Some(&document(&json!(bucket)))).unwrap();
                }
                if key.len() > 1 {
                    self.local.put_key(&self.key, Some(&document(&json!(key)))).unwrap();
                }
                self.is_right(before, "by the JSON").await;
            }
        }
    }

    /// Pastes the JSON of a change to where its text says.
    async fn paste(&self, change: &Remedy) {
        let json = &change.json;
        match &change.edit {
            Some(Edit::Role(edit)) => self.paste_statement(edit, json).await,
            Some(Edit::Pipeline(_)) => self.edit(|pipeline| {
                let mut value = serde_json::to_value(&*pipeline).unwrap();
                match change.what.strip_suffix(" of action `start-in-b`") {
                    Some(_) => {
                        let stages = value["stages"].as_array_mut().unwrap();
                        let actions = stages.last_mut().unwrap()["actions"].as_array_mut().unwrap();
                        let action = actions.iter_mut().find(|action| action["name"] == "start-in-b").unwrap();
                        merge(action, json);
                    }
                    None => {
                        let old = change.what.split('`').nth(3).unwrap();
                        let new = json["roleArn"].as_str().unwrap();
                        assert_ne!(old, new, "{change:?}");
                        value = serde_json::from_str(&value.to_string().replace(old, new)).unwrap();
                    }
                }
                *pipeline = serde_json::from_value(value).unwrap();
            }),
            None => execute(&self.local, change).await,
        }
    }

    async fn paste_statement(&self, edit: &RoleEdit, statement: &Value) {
        let RoleEdit { role, policy, .. } = edit;
        if policy.is_some() {
            let name = format!("pasted-{}", self.local.policies(role).unwrap().len());
            return self.policy(role, &name, &json!([statement])).await;
        }
        let mut trust = serde_json::to_value(&self.local.trust(role).unwrap().statements).unwrap();
        let statements = trust.as_array_mut().unwrap();
        // IAM saves no id of what was deleted.
        statements.retain(|other| !other.to_string().contains("AROA"));
        statements.push(statement.clone());
        self.trust(role, &trust).await;
    }
}

fn merge(value: &mut Value, with: &Value) {
    match (value, with) {
        (Value::Object(value), Value::Object(with)) => {
            for (key, with) in with {
                match with {
                    Value::Null => drop(value.remove(key)),
                    with => merge(value.entry(key).or_insert(Value::Null), with),
                }
            }
        }
        (value, with) => *value = with.clone(),
    }
}

/// The roles of the actions, each of which trusts the service role; what they start, with the service roles of that.
fn plant_roles(local: &Local, arn: &PipelineArn, service: &RoleArn, roles: &BTreeSet<RoleArn>) {
    let texts: Vec<String> = roles.iter().map(ToString::to_string).collect();
    let assume = document(&json!([allow(&json!("sts:AssumeRole"), &json!(texts))]));
    let uses = document(&json!([uses()]));
    local.put_role(service, &service_trust().unwrap(), &[("assume", &assume), ("uses", &uses)]).unwrap();
    let build = json!({ "configuration": { "ProjectName": "project" }, "inputArtifacts": [{ "name": "Code" }] });
    let source = json!({
        "configuration": { "S3Bucket": "sources", "S3ObjectKey": "shop.zip", "PollForSourceChanges": "false" },
        "outputArtifacts": [{ "name": "Code" }],
    });
    let mut starts: Vec<(RoleArn, String)> = Vec::new();
    for (account, name, variable, starter) in [
        (B, "deploy", "version", INVOKER),
        (
            A,
            "targetPipelineName",
            "name1",
            "arn:aws:iam::111111111111:role/MyPipelineBuildInvokeCodePipelineActionRoleB3AADD82",
        ),
    ] {
        let role = format!("arn:aws:iam::{account}:role/{name}-service");
        local.put_role(&role.parse().unwrap(), &service_trust().unwrap(), &[("uses", &uses)]).unwrap();
        let target = json!({
            "name": name,
            "roleArn": role,
            "pipelineType": "V2",
            "artifactStore": { "type": "S3", "location": "target-artifacts" },
            "variables": [{ "name": variable, "defaultValue": "none" }],
            "stages": [
                { "name": "Source", "actions": [action("Source", "Source", "S3", None, source.clone())] },
                { "name": "Build", "actions": [action("build", "Build", "CodeBuild", None, build.clone())] },
            ],
        });
        let target: PipelineDocument = read(&json!({ "pipeline": target }).to_string()).unwrap();
        let arn: PipelineArn = format!("arn:aws:codepipeline:{}:{account}:{name}", arn.region()).parse().unwrap();
        local.put_pipeline(&arn, &target).unwrap();
        starts.push((starter.parse().unwrap(), arn.to_string()));
    }
    let trust = document(&json!([trusting(&service.to_string())]));
    for role in roles {
        let started = starts.iter().find(|(starter, _)| starter == role);
        let start = started.map(|(_, arn)| allow(&json!("codepipeline:StartPipelineExecution"), &json!(arn)));
        let policy = document(&json!([start.unwrap_or_else(self::uses)]));
        local.put_role(role, &trust, &[("own", &policy)]).unwrap();
    }
}

/// The bucket and the key, whose policies let the roles of other accounts in.
fn plant_resources(local: &Local, bucket: &str, key: &str, roles: &BTreeSet<RoleArn>) {
    let foreign: Vec<String> =
        roles.iter().filter(|role| role.account().as_str() != A).map(ToString::to_string).collect();
    local.put_bucket(A, bucket, Some(&document(&json!(bucket_policy(bucket, &foreign))))).unwrap();
    local.put_key(key, Some(&document(&json!(key_policy(&foreign))))).unwrap();
}

fn admitting(principals: &[String], actions: &Value, resources: &Value) -> Value {
    json!({ "Effect": "Allow", "Principal": { "AWS": principals }, "Action": actions, "Resource": resources })
}

pub fn bucket_policy(bucket: &str, roles: &[String]) -> Vec<Value> {
    let secure = json!({
        "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": format!("arn:aws:s3:::{bucket}/*"),
        "Condition": { "Bool": { "aws:SecureTransport": "false" } },
    });
    let resources = json!([format!("arn:aws:s3:::{bucket}"), format!("arn:aws:s3:::{bucket}/*")]);
    let admitted = (!roles.is_empty()).then(|| admitting(roles, &json!("s3:*"), &resources));
    admitted.into_iter().chain([secure]).collect()
}

pub fn key_policy(roles: &[String]) -> Vec<Value> {
    let root = admitting(&[format!("arn:aws:iam::{A}:root")], &json!("kms:*"), &json!("*"));
    let admitted = (!roles.is_empty()).then(|| admitting(roles, &json!("kms:*"), &json!("*")));
    [root].into_iter().chain(admitted).collect()
}
