//! What the other side of a topology needs: the policies of artifact buckets and keys, and event rules; and how a topology is shown, as
//! `topology.txt` has it. After a change, review the diff and regenerate the file with
//! `UPDATE=1 cargo test -p codepipeline-xacct-core --test resource_policies`.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::path::Path;

use codepipeline_xacct_core::declaration::{PipelineType, read};
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::{AccountId, Partition, PipelineArn, RoleArn};
use codepipeline_xacct_core::policy::evaluate::RequestContext;
use codepipeline_xacct_core::policy::evaluate::{Caller, Layers, PolicedResource, Verdict, resource_in};
use codepipeline_xacct_core::policy::validate::validate;
use codepipeline_xacct_core::policy::{Document, DocumentKind};
use codepipeline_xacct_core::topology::{
    Account, AttachedPolicy, AttachedTo, Gate, Ownership, Pipeline, Role, RoleLink, RoleUser, Topology, Trust,
};
use serde_json::{Value, json};

const A: &str = "111111111111";
const B: &str = "222222222222";
const KEY: &str = "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000";
const KEY_OF_VIRGINIA: &str = "arn:aws:kms:us-east-1:111111111111:key/00000000-0000-0000-0000-000000000001";

fn account(item: &str, id: &str) -> Account {
    Account { item: item.to_owned(), id: id.parse().unwrap(), partition: Partition::aws() }
}

fn role_arn(account: &str, name: &str) -> RoleArn {
    format!("arn:aws:iam::{account}:role/{name}").parse().unwrap()
}

fn source(provider: &str, configuration: Value) -> Value {
    json!({
        "name": "code",
        "actionTypeId": { "category": "Source", "owner": "AWS", "provider": provider, "version": "1" },
        "configuration": configuration,
        "outputArtifacts": [{ "name": "Code" }],
    })
}

fn polling() -> Value {
    source("CodeCommit", json!({ "RepositoryName": "shop", "BranchName": "main" }))
}

fn stack(name: &str) -> Value {
    json!({
        "name": name,
        "actionTypeId": { "category": "Deploy", "owner": "AWS", "provider": "CloudFormation", "version": "1" },
        "configuration": {
            "ActionMode": "CREATE_UPDATE", "StackName": "shop", "TemplatePath": "Code::template.yml",
            "RoleArn": "arn:aws:iam::222222222222:role/stacks",
        },
        "inputArtifacts": [{ "name": "Code" }],
    })
}

fn build(configuration: Value) -> Value {
    json!({
        "name": "build",
        "actionTypeId": { "category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1" },
        "configuration": configuration,
        "inputArtifacts": [{ "name": "Code" }],
        "outputArtifacts": [{ "name": "Built" }],
    })
}

fn approval() -> Value {
    json!({
        "name": "approval",
        "actionTypeId": { "category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1" },
    })
}

fn with(mut action: Value, key: &str, value: Value) -> Value {
    action[key] = value;
    action
}

/// A pipeline of account A. Roles are those of the actions by name.
fn pipeline(source: Value, work: &[Value], roles: &[(&str, RoleArn)]) -> Pipeline {
    let arn: PipelineArn = format!("arn:aws:codepipeline:eu-west-1:{A}:release").parse().unwrap();
    let mut pipeline = Pipeline::new("Release", Ownership::Managed, arn);
    let store = json!({
        "type": "S3", "location": "artifacts", "encryptionKey": { "id": KEY, "type": "KMS" },
    });
    let declaration = json!({
        "name": "release",
        "artifactStore": store,
        "stages": [{ "name": "Source", "actions": [source] }, { "name": "Work", "actions": work }],
    });
    pipeline.declaration = read(&declaration.to_string()).unwrap();
    pipeline.service_role = Some(role_arn(A, "service"));
    let stage = |action: &str| if action == "code" { "Source" } else { "Work" }.to_owned();
    pipeline.role_links = roles
        .iter()
        .map(|(action, role)| RoleLink {
            stage: stage(action),
            user: RoleUser::Action((*action).to_owned()),
            role: role.clone(),
        })
        .collect();
    pipeline
}

fn topology(pipeline: Pipeline) -> Topology {
    let roles: Vec<RoleArn> = pipeline.role_links.iter().map(|link| link.role.clone()).collect();
    let mut topology = Topology::builder("shop").add(account("Tooling", A)).add(account("Prod", B));
    topology = topology.add(Role::inline(Ownership::Managed, role_arn(A, "service")));
    for role in roles {
        topology = topology.add(Role::inline(Ownership::Managed, role));
    }
    topology.add(pipeline).build().unwrap()
}

fn of_kind(topology: &Topology, kind: DocumentKind) -> Vec<AttachedPolicy> {
    topology.policies().into_iter().filter(|policy| policy.kind == kind).collect()
}

fn statements(policy: &AttachedPolicy) -> Value {
    serde_json::to_value(&policy.document).unwrap()["Statement"].clone()
}

#[test]
fn who_reads_may_not_write() {
    let pipeline = pipeline(polling(), &[stack("stack")], &[("stack", role_arn(B, "deployer"))]);
    let topology = topology(pipeline);
    let buckets = of_kind(&topology, DocumentKind::Bucket);
    assert_eq!(buckets.len(), 1);
    assert_eq!(buckets[0].attached_to, AttachedTo::Bucket("artifacts".to_owned()));
    assert_eq!(buckets[0].account.as_str(), A);
    assert!(!buckets[0].managed);
    assert_eq!(
        buckets[0].document.to_json(),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:role/deployer"},"Action":["s3:GetObject","s3:GetObjectVersion"],"Resource":"arn:aws:s3:::artifacts/*"}]}"#
    );
    let keys = of_kind(&topology, DocumentKind::Key);
    assert_eq!(keys.len(), 1);
    assert_eq!(keys[0].attached_to, AttachedTo::Key(KEY.to_owned()));
    assert_eq!(keys[0].account.as_str(), A);
    assert_eq!(
        keys[0].document.to_json(),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/service"},"Action":["kms:DescribeKey","kms:GenerateDataKey*","kms:Encrypt","kms:ReEncrypt*","kms:Decrypt"],"Resource":"*"},{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:role/deployer"},"Action":["kms:DescribeKey","kms:Decrypt"],"Resource":"*"}]}"#
    );
}

#[test]
fn a_build_runs_with_the_role_of_its_project() {
    let deployer = role_arn(B, "deployer");
    let own = build(json!({ "ProjectName": "shop" }));
    let unnamed = topology(pipeline(polling(), std::slice::from_ref(&own), &[("build", deployer.clone())]));
    let roles = "arn:aws:iam::222222222222:role/deployer";
    let bucket = &of_kind(&unnamed, DocumentKind::Bucket)[0];
    assert_eq!(
        statements(bucket),
        json!([
            { "Effect": "Allow", "Principal": { "AWS": roles }, "Action": ["s3:GetObject", "s3:GetObjectVersion"], "Resource": "arn:aws:s3:::artifacts/*" },
            { "Effect": "Allow", "Principal": { "AWS": roles }, "Action": ["s3:PutObject", "s3:PutObjectAcl"], "Resource": "arn:aws:s3:::artifacts/*" },
        ])
    );
    let who =
        "the service role of CodeBuild project `shop` in account 222222222222, which reads and writes artifacts too";
    assert_eq!(bucket.unnamed, [who]);
    assert_eq!(of_kind(&unnamed, DocumentKind::Key)[0].unnamed, [who]);

    let builder = "arn:aws:iam::222222222222:role/builder";
    let named = build(json!({ "ProjectName": "shop", "ServiceRoleArnOverride": builder }));
    let named = topology(pipeline(polling(), &[named], &[("build", deployer)]));
    let bucket = &of_kind(&named, DocumentKind::Bucket)[0];
    assert_eq!(bucket.unnamed, Vec::<String>::new());
    assert_eq!(statements(bucket)[0]["Principal"], json!({ "AWS": [roles, builder] }));

    let home = topology(pipeline(polling(), &[own], &[]));
    assert_eq!(of_kind(&home, DocumentKind::Bucket), []);
    let key = &of_kind(&home, DocumentKind::Key)[0];
    assert_eq!(statements(key)[0]["Principal"], json!({ "AWS": "arn:aws:iam::111111111111:role/service" }));
    assert_eq!(key.unnamed, Vec::<String>::new(), "in its own account that is a matter of the account");
}

#[test]
fn who_reads_on_behalf_of_an_action_is_told_in_words() {
    let unnamed = |work: Value, account: &str| {
        let topology = topology(pipeline(polling(), &[work], &[("work", role_arn(account, "deployer"))]));
        let found: Vec<Vec<String>> =
            of_kind(&topology, DocumentKind::Bucket).into_iter().map(|policy| policy.unnamed).collect();
        found.concat()
    };
    let action = |provider: &str, configuration: Value| {
        json!({
            "name": "work",
            "actionTypeId": { "category": "Deploy", "owner": "AWS", "provider": provider, "version": "1" },
            "configuration": configuration,
            "inputArtifacts": [{ "name": "Code" }],
        })
    };
    let fleet = action(
        "EC2",
        json!({ "InstanceTagKey": "app", "InstanceType": "EC2", "TargetDirectory": "/srv", "PostScript": "start.sh" }),
    );
    assert_eq!(
        unnamed(fleet.clone(), B),
        ["the role of the instances with tag `app` in account 222222222222, which reads artifacts too"]
    );
    assert_eq!(unnamed(fleet, A), Vec::<String>::new(), "in its own account that is a matter of the account");

    let stack = with(stack("work"), "name", json!("work"));
    let may_read = "arn:aws:iam::222222222222:role/stacks, which reads artifacts where the template names code in them";
    assert_eq!(unnamed(stack.clone(), B), [may_read]);
    let mut plain = stack;
    plain["configuration"].as_object_mut().unwrap().remove("RoleArn");
    assert_eq!(unnamed(plain, B), Vec::<String>::new());
}

#[test]
fn the_build_of_a_rule_reads_with_the_role_of_its_project() {
    let unnamed = |inputs: Value| {
        let mut pipeline = pipeline(polling(), &[approval()], &[]);
        let rule = json!({
            "name": "check",
            "ruleTypeId": { "category": "Rule", "owner": "AWS", "provider": "CodeBuild", "version": "1" },
            "configuration": { "ProjectName": "check" },
            "inputArtifacts": inputs,
        });
        let conditions = json!({ "conditions": [{ "result": "FAIL", "rules": [rule] }] });
        let work = &mut pipeline.declaration.stages.as_mut().unwrap()[1];
        work.before_entry = Some(read(&conditions.to_string()).unwrap());
        let user = RoleUser::Rule { gate: Gate::BeforeEntry, rule: "check".to_owned() };
        pipeline.role_links.push(RoleLink { stage: "Work".to_owned(), user, role: role_arn(B, "checker") });
        let topology = topology(pipeline);
        let found: Vec<Vec<String>> =
            of_kind(&topology, DocumentKind::Bucket).into_iter().map(|policy| policy.unnamed).collect();
        found.concat()
    };
    assert_eq!(
        unnamed(json!([{ "name": "Code" }])),
        ["the service role of CodeBuild project `check` in account 222222222222, which reads artifacts too"]
    );
    assert_eq!(unnamed(json!([])), Vec::<String>::new());
}

/// The documents for roles that no declaration names or that only a build runs with.
fn used(topology: &Topology) -> Vec<(String, String, Value)> {
    let of_build = AttachedTo::Role(role_arn(B, "builder"));
    let used = topology.policies().into_iter().filter(|policy| {
        assert!(!policy.managed || policy.attached_to != of_build);
        matches!(policy.attached_to, AttachedTo::UnnamedRole(_)) || policy.attached_to == of_build
    });
    used.map(|policy| (policy.account.to_string(), policy.title(), statements(&policy))).collect()
}

#[test]
fn a_function_has_to_tell_codepipeline_how_it_ended() {
    let invoke = |name: &str, function: &str| {
        json!({
            "name": name,
            "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "Lambda", "version": "1" },
            "configuration": { "FunctionName": function },
        })
    };
    let work = [invoke("here", "tell"), invoke("again", "tell"), invoke("there", "tell")];
    let topology = topology(pipeline(polling(), &work, &[("there", role_arn(B, "caller"))]));
    let statement = json!([{
        "Effect": "Allow",
        "Action": ["codepipeline:PutJobSuccessResult", "codepipeline:PutJobFailureResult"],
        "Resource": "*",
    }]);
    let title = "permissions of the execution role of Lambda function `tell`".to_owned();
    assert_eq!(used(&topology), [(A.to_owned(), title.clone(), statement.clone()), (B.to_owned(), title, statement)]);
}

#[test]
fn instances_fetch_what_is_deployed_to_them() {
    let deploy = json!({
        "name": "fleet",
        "actionTypeId": { "category": "Deploy", "owner": "AWS", "provider": "EC2", "version": "1" },
        "configuration": {
            "InstanceTagKey": "app", "InstanceType": "EC2", "TargetDirectory": "/srv", "PostScript": "start.sh",
        },
        "inputArtifacts": [{ "name": "Code" }],
    });
    let topology = topology(pipeline(polling(), &[deploy], &[("fleet", role_arn(B, "deployer"))]));
    let statements = json!([
        { "Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::artifacts/*" },
        { "Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY },
    ]);
    let title = "permissions of the role of the instances with tag `app`".to_owned();
    assert_eq!(used(&topology), [(B.to_owned(), title, statements)]);
}

#[test]
fn instances_of_codedeploy_fetch_what_is_deployed_to_them() {
    let deploy = json!({
        "name": "web",
        "actionTypeId": { "category": "Deploy", "owner": "AWS", "provider": "CodeDeploy", "version": "1" },
        "configuration": { "ApplicationName": "shop", "DeploymentGroupName": "web" },
        "inputArtifacts": [{ "name": "Code" }],
    });
    let topology = topology(pipeline(polling(), &[deploy], &[]));
    let statements = json!([
        { "Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjectVersion"], "Resource": "arn:aws:s3:::artifacts/*" },
        { "Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY },
    ]);
    let title = "permissions of the role of the instances of CodeDeploy application `shop`".to_owned();
    assert_eq!(used(&topology), [(A.to_owned(), title, statements)]);
}

/// What the build of these tests needs: it reads artifacts and makes some.
fn of_build() -> Vec<Value> {
    vec![
        json!({ "Effect": "Allow", "Action": ["s3:GetObject", "s3:GetObjectVersion"], "Resource": "arn:aws:s3:::artifacts/*" }),
        json!({ "Effect": "Allow", "Action": "s3:PutObject", "Resource": "arn:aws:s3:::artifacts/*" }),
        json!({ "Effect": "Allow", "Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": KEY }),
    ]
}

#[test]
fn a_build_reads_and_writes_the_artifacts_itself() {
    let own = build(json!({ "ProjectName": "shop" }));
    let of_project = || "permissions of the service role of CodeBuild project `shop`".to_owned();
    let home = topology(pipeline(polling(), std::slice::from_ref(&own), &[]));
    assert_eq!(used(&home), [(A.to_owned(), of_project(), json!(of_build()))]);
    let foreign = topology(pipeline(polling(), std::slice::from_ref(&own), &[("build", role_arn(B, "deployer"))]));
    assert_eq!(used(&foreign), [(B.to_owned(), of_project(), json!(of_build()))]);
    // One that makes nothing writes nothing.
    let mut check = own;
    check.as_object_mut().unwrap().remove("outputArtifacts");
    let decrypt = json!({ "Effect": "Allow", "Action": "kms:Decrypt", "Resource": KEY });
    let only_reads = topology(pipeline(polling(), &[check], &[]));
    assert_eq!(used(&only_reads), [(A.to_owned(), of_project(), json!([of_build()[0], decrypt]))]);
}

#[test]
fn the_role_of_a_stack_is_not_told_to_read_artifacts() {
    let stack = topology(pipeline(polling(), &[stack("stack")], &[("stack", role_arn(B, "deployer"))]));
    assert_eq!(used(&stack), []);
}

#[test]
fn a_build_that_reads_a_full_clone_clones_the_repository() {
    let code = |format: &str| {
        let configuration = json!({ "RepositoryName": "shop", "BranchName": "main", "OutputArtifactFormat": format });
        source("CodeCommit", configuration)
    };
    let own = build(json!({ "ProjectName": "shop" }));
    let pull = |account: &str| {
        let repository = format!("arn:aws:codecommit:eu-west-1:{account}:shop");
        let pull = json!({ "Effect": "Allow", "Action": "codecommit:GitPull", "Resource": repository });
        json!([of_build(), vec![pull]].concat())
    };
    let of_project = || "permissions of the service role of CodeBuild project `shop`".to_owned();
    let full = topology(pipeline(code("CODEBUILD_CLONE_REF"), std::slice::from_ref(&own), &[]));
    assert_eq!(used(&full), [(A.to_owned(), of_project(), pull(A))]);
    let foreign = [("code", role_arn(B, "reader")), ("build", role_arn(B, "deployer"))];
    let full = topology(pipeline(code("CODEBUILD_CLONE_REF"), std::slice::from_ref(&own), &foreign));
    assert_eq!(used(&full), [(B.to_owned(), of_project(), pull(B))]);
    let zip = topology(pipeline(code("CODE_ZIP"), std::slice::from_ref(&own), &[]));
    assert_eq!(used(&zip), [(A.to_owned(), of_project(), json!(of_build()))]);
    let unread = topology(pipeline(code("CODEBUILD_CLONE_REF"), &[approval()], &[]));
    assert_eq!(used(&unread), []);

    let connection = "arn:aws:codeconnections:eu-west-1:111111111111:connection/00000000-0000-0000-0000-000000000000";
    let connected = source(
        "CodeStarSourceConnection",
        json!({
            "ConnectionArn": connection, "FullRepositoryId": "acme/shop", "BranchName": "main",
            "OutputArtifactFormat": "CODEBUILD_CLONE_REF",
        }),
    );
    let builder = role_arn(B, "builder");
    let named = build(json!({ "ProjectName": "shop", "ServiceRoleArnOverride": builder.to_string() }));
    let full = topology(pipeline(connected, &[named], &[("build", role_arn(B, "deployer"))]));
    let statement = json!({
        "Effect": "Allow",
        "Action": ["codeconnections:UseConnection", "codestar-connections:UseConnection"],
        "Resource": connection,
    });
    let statements = json!([of_build(), vec![statement]].concat());
    assert_eq!(used(&full), [(B.to_owned(), format!("permissions of role {builder}"), statements)]);
}

#[test]
fn what_is_made_elsewhere_and_read_at_home_is_only_written_there() {
    let topology = topology(pipeline(polling(), &[approval()], &[("code", role_arn(B, "reader"))]));
    let bucket = &of_kind(&topology, DocumentKind::Bucket)[0];
    assert_eq!(statements(bucket)[0]["Action"], json!(["s3:PutObject", "s3:PutObjectAcl"]));
    assert_eq!(statements(bucket).as_array().unwrap().len(), 1);
}

#[test]
fn an_action_without_artifacts_needs_no_bucket() {
    let invoke = json!({
        "name": "function",
        "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "Lambda", "version": "1" },
        "configuration": { "FunctionName": "f" },
    });
    let topology = topology(pipeline(polling(), &[invoke], &[("function", role_arn(B, "caller"))]));
    assert_eq!(of_kind(&topology, DocumentKind::Bucket), []);
    let key = &of_kind(&topology, DocumentKind::Key)[0];
    assert_eq!(statements(key)[0]["Principal"], json!({ "AWS": "arn:aws:iam::111111111111:role/service" }));
}

#[test]
fn a_region_has_a_bucket_and_a_key_of_its_own() {
    let far = with(stack("far"), "region", json!("us-east-1"));
    let roles = [("near", role_arn(B, "near")), ("far", role_arn(B, "far"))];
    let mut pipeline = pipeline(polling(), &[stack("near"), far], &roles);
    pipeline.declaration.artifact_store = None;
    let store = |name: &str, key: &str| json!({ "type": "S3", "location": name, "encryptionKey": { "id": key, "type": "KMS" } });
    let stores = json!({ "eu-west-1": store("near", KEY), "us-east-1": store("far", KEY_OF_VIRGINIA) });
    pipeline.declaration.artifact_stores = Some(
        ["eu-west-1", "us-east-1"].map(|region| (region.to_owned(), read(&stores[region].to_string()).unwrap())).into(),
    );
    let topology = topology(pipeline);
    let buckets = of_kind(&topology, DocumentKind::Bucket);
    let users: Vec<_> =
        buckets.iter().map(|b| (&b.attached_to, statements(b)[0]["Principal"]["AWS"].clone())).collect();
    assert_eq!(
        users,
        [
            (&AttachedTo::Bucket("near".to_owned()), json!("arn:aws:iam::222222222222:role/near")),
            (&AttachedTo::Bucket("far".to_owned()), json!("arn:aws:iam::222222222222:role/far")),
        ]
    );
    let keys: Vec<_> = of_kind(&topology, DocumentKind::Key).into_iter().map(|key| key.attached_to).collect();
    assert_eq!(keys, [AttachedTo::Key(KEY.to_owned()), AttachedTo::Key(KEY_OF_VIRGINIA.to_owned())]);
}

/// Whether a role may do something with an object or a key of account A.
fn may(role: &RoleArn, identity: &[&Document], kind: DocumentKind, policy: &Document, action: &str) -> bool {
    let caller = Caller::Session { role: role.clone(), session: "1778464758388".to_owned() };
    let layers = Layers { identity: identity.to_vec(), ..Layers::default() };
    let arn = if kind == DocumentKind::Key { KEY } else { "arn:aws:s3:::artifacts/release/Code/x" };
    let owner: AccountId = A.parse().unwrap();
    let resource = PolicedResource { arn, account: &owner, kind, policy, rcps: &[] };
    resource_in(&caller, &layers, &resource, action, &RequestContext::new()).verdict == Verdict::Allowed
}

#[test]
fn what_is_derived_is_enough_and_nothing_of_it_can_be_left_out() {
    let override_role = "arn:aws:iam::222222222222:role/deployer";
    let works = [
        stack("work"),
        with(build(json!({ "ProjectName": "shop" })), "name", json!("work")),
        with(build(json!({ "ProjectName": "shop", "ServiceRoleArnOverride": override_role })), "name", json!("work")),
    ];
    for work in works {
        let writes = work.get("outputArtifacts").is_some();
        let role = role_arn(B, "deployer");
        let topology = topology(pipeline(polling(), std::slice::from_ref(&work), &[("work", role.clone())]));
        let policies = topology.policies();
        let identity: Vec<&Document> = policies
            .iter()
            .filter(|p| p.kind == DocumentKind::Identity && p.attached_to == AttachedTo::Role(role.clone()))
            .map(|p| &p.document)
            .collect();
        assert_eq!(identity.len(), 1);
        let cases = [
            (DocumentKind::Bucket, "s3:GetObject", true),
            (DocumentKind::Bucket, "s3:GetObjectVersion", true),
            (DocumentKind::Bucket, "s3:PutObject", writes),
            (DocumentKind::Bucket, "s3:DeleteObject", false),
            (DocumentKind::Key, "kms:Decrypt", true),
            (DocumentKind::Key, "kms:GenerateDataKey", writes),
            (DocumentKind::Key, "kms:ScheduleKeyDeletion", false),
        ];
        for (kind, action, expected) in cases {
            let policy = policies.iter().find(|p| p.kind == kind).unwrap();
            let allowed = |document: &Document| may(&role, &identity, kind, document, action);
            assert_eq!(allowed(&policy.document), expected, "{work} {action}");
            assert!(!may(&role_arn(B, "other"), &identity, kind, &policy.document, action), "another role");
            assert!(!may(&role, &[], kind, &policy.document, action), "without its own policy");
            // Exactly one statement gives it.
            let without = (0..policy.document.statements.len()).filter(|index| {
                let mut document = policy.document.clone();
                document.statements.remove(*index);
                !allowed(&document)
            });
            assert_eq!(without.count(), if expected { 1 } else { policy.document.statements.len() }, "{work} {action}");
        }
    }
}

#[test]
fn every_document_is_one_that_its_service_takes() {
    let elsewhere = source("ECR", json!({ "RepositoryName": "shop" }));
    let work = [stack("stack"), build(json!({ "ProjectName": "shop" })), approval()];
    let roles =
        [("code", role_arn(B, "reader")), ("stack", role_arn(B, "deployer")), ("build", role_arn(B, "deployer"))];
    let topology = topology(pipeline(elsewhere, &work, &roles));
    let mut kinds = Vec::new();
    for policy in topology.policies() {
        let value = serde_json::to_value(&policy.document).unwrap();
        assert_eq!(validate(&value, policy.kind, &Partition::aws(), &Place::default()), [], "{policy}");
        kinds.push(policy.kind);
    }
    for kind in
        [DocumentKind::Trust, DocumentKind::Identity, DocumentKind::Bucket, DocumentKind::Key, DocumentKind::EventBus]
    {
        assert!(kinds.contains(&kind), "{kind:?}");
    }
}

fn rules(source: Value, roles: &[(&str, RoleArn)]) -> Vec<Value> {
    let topology = topology(pipeline(source, &[approval()], roles));
    topology.event_rules().iter().map(|rule| rule.to_json()).collect()
}

#[test]
fn a_source_that_does_not_poll_is_started_by_a_rule() {
    let rule = |pattern: Value| {
        json!({
            "Name": "release-code",
            "EventPattern": pattern,
            "State": "ENABLED",
            "Targets": [{
                "Id": "release-code",
                "Arn": "arn:aws:codepipeline:eu-west-1:111111111111:release",
                "RoleArn": "arn:aws:iam::111111111111:role/start-release-eu-west-1",
            }],
        })
    };
    let poll = |poll: &str| json!({ "RepositoryName": "shop", "BranchName": "main", "PollForSourceChanges": poll });
    assert_eq!(
        rules(source("CodeCommit", poll("false")), &[]),
        [rule(json!({
            "source": ["aws.codecommit"],
            "detail-type": ["CodeCommit Repository State Change"],
            "resources": ["arn:aws:codecommit:eu-west-1:111111111111:shop"],
            "detail": {
                "event": ["referenceCreated", "referenceUpdated"],
                "referenceType": ["branch"],
                "referenceName": ["main"],
            },
        }))]
    );
    assert_eq!(
        rules(
            source("S3", json!({ "S3Bucket": "drop", "S3ObjectKey": "a/b.zip", "PollForSourceChanges": "false" })),
            &[]
        ),
        [rule(json!({
            "source": ["aws.s3"],
            "detail-type": ["Object Created"],
            "detail": { "bucket": { "name": ["drop"] }, "object": { "key": ["a/b.zip"] } },
        }))]
    );
    assert_eq!(
        rules(source("ECR", json!({ "RepositoryName": "shop" })), &[]),
        [rule(json!({
            "source": ["aws.ecr"],
            "detail-type": ["ECR Image Action"],
            "detail": { "action-type": ["PUSH"], "image-tag": ["latest"], "repository-name": ["shop"], "result": ["SUCCESS"] },
        }))]
    );
    let connection = "arn:aws:codeconnections:eu-west-1:111111111111:connection/00000000-0000-0000-0000-000000000000";
    for quiet in [
        source("CodeCommit", poll("true")),
        polling(),
        source("S3", json!({ "S3Bucket": "drop", "S3ObjectKey": "b.zip" })),
        source(
            "CodeStarSourceConnection",
            json!({ "ConnectionArn": connection, "FullRepositoryId": "o/r", "BranchName": "main" }),
        ),
    ] {
        assert_eq!(rules(quiet.clone(), &[]), [json!(null); 0], "{quiet}");
    }
}

#[test]
fn the_role_of_a_rule_may_start_the_pipeline_and_nothing_else() {
    let topology = topology(pipeline(source("ECR", json!({ "RepositoryName": "shop" })), &[approval()], &[]));
    let role = AttachedTo::Role(role_arn(A, "start-release-eu-west-1"));
    let documents: Vec<_> = topology.policies().into_iter().filter(|policy| policy.attached_to == role).collect();
    let texts: Vec<_> =
        documents.iter().map(|policy| (policy.kind, policy.managed, policy.document.to_json())).collect();
    assert_eq!(
        texts,
        [
            (DocumentKind::Trust, false, r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#.to_owned()),
            (DocumentKind::Identity, false, r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"codepipeline:StartPipelineExecution","Resource":"arn:aws:codepipeline:eu-west-1:111111111111:release"}]}"#.to_owned()),
        ]
    );
}

#[test]
fn events_of_another_account_are_sent_on() {
    let source = source("ECR", json!({ "RepositoryName": "shop", "ImageTag": "prod" }));
    let topology = topology(pipeline(source, &[approval()], &[("code", role_arn(B, "reader"))]));
    let rules = topology.event_rules();
    let pattern = |account: Option<&str>| {
        let mut pattern = json!({
            "source": ["aws.ecr"],
            "detail-type": ["ECR Image Action"],
            "detail": { "action-type": ["PUSH"], "image-tag": ["prod"], "repository-name": ["shop"], "result": ["SUCCESS"] },
        });
        account.into_iter().for_each(|account| pattern["account"] = json!([account]));
        pattern
    };
    let shown: Vec<_> = rules
        .iter()
        .map(|rule| (rule.account.as_str(), rule.title(), rule.role.to_string(), rule.pattern.clone()))
        .collect();
    assert_eq!(
        shown,
        [
            (
                B,
                "event rule release-code-to-111111111111 in eu-west-1, which sends on to arn:aws:events:eu-west-1:111111111111:event-bus/default".to_owned(),
                "arn:aws:iam::222222222222:role/forward-eu-west-1-to-111111111111".to_owned(),
                pattern(None),
            ),
            (
                A,
                "event rule release-code in eu-west-1, which starts arn:aws:codepipeline:eu-west-1:111111111111:release".to_owned(),
                "arn:aws:iam::111111111111:role/start-release-eu-west-1".to_owned(),
                pattern(Some(B)),
            ),
        ]
    );
    assert_eq!(
        rules[0].policy.to_json(),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"events:PutEvents","Resource":"arn:aws:events:eu-west-1:111111111111:event-bus/default"}]}"#
    );
    let bus = &of_kind(&topology, DocumentKind::EventBus)[0];
    assert_eq!(bus.account.as_str(), A);
    assert_eq!(
        bus.document.to_json(),
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"events:PutEvents","Resource":"arn:aws:events:eu-west-1:111111111111:event-bus/default","Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:events:eu-west-1:222222222222:rule/release-code-to-111111111111"}}}]}"#
    );
}

#[test]
fn a_cluster_has_to_let_in_the_role_that_deploys_to_it() {
    let deploy = |name: &str| {
        json!({
            "name": name,
            "actionTypeId": { "category": "Deploy", "owner": "AWS", "provider": "EKS", "version": "1" },
            "configuration": { "ClusterName": "shop", "ManifestFiles": "web.yaml" },
            "inputArtifacts": [{ "name": "Code" }],
        })
    };
    let work = [deploy("here"), deploy("there"), deploy("again")];
    let deployer = role_arn(B, "deployer");
    let mut pipeline = pipeline(polling(), &work, &[("there", deployer.clone()), ("again", deployer)]);
    pipeline.declaration.pipeline_type = Some(PipelineType::V2);
    let topology = topology(pipeline);
    let shown: Vec<String> = topology.access_entries().iter().map(|entry| entry.to_string()).collect();
    let entry = |account: &str, role: &str| {
        let role = format!("arn:aws:iam::{account}:role/{role}");
        format!(
            "account {account}: access entry of EKS cluster shop in eu-west-1 for role {role}\n{{\n  \"ClusterName\": \"shop\",\n  \"PrincipalArn\": \"{role}\",\n  \"Type\": \"STANDARD\"\n}}"
        )
    };
    assert_eq!(shown, [entry(A, "service"), entry(B, "deployer")]);
    assert!(topology.to_string().contains("\n  account 222222222222: access entry of EKS cluster shop in eu-west-1"));

    let none = self::topology(self::pipeline(polling(), &[approval()], &[]));
    assert_eq!(none.access_entries(), []);
}

#[test]
fn a_bucket_has_to_be_told_to_send_its_events() {
    let configuration = json!({ "S3Bucket": "drop", "S3ObjectKey": "b.zip", "PollForSourceChanges": "false" });
    let topology = topology(pipeline(source("S3", configuration), &[approval()], &[]));
    let rule = topology.event_rules()[0].to_string();
    assert!(rule.ends_with("\nlet bucket drop send its events to EventBridge"), "{rule}");
}

#[test]
fn suggested_names_fit() {
    let mut names = Vec::new();
    for last in ["a", "b"] {
        let mut pipeline = pipeline(source("ECR", json!({ "RepositoryName": "shop" })), &[approval()], &[]);
        let name = format!("{}@{last}", "x".repeat(90));
        pipeline.arn = format!("arn:aws:codepipeline:eu-west-1:{A}:{name}").parse().unwrap();
        pipeline.declaration.name = name;
        let rules = topology(pipeline).event_rules();
        names.extend([rules[0].name.clone(), rules[0].role.name().to_string()]);
    }
    assert!(names.iter().all(|name| name.len() == 64 && !name.contains('@')), "{names:?}");
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 4);
}

#[test]
fn what_roles_of_others_need_is_there_too() {
    let deployer = role_arn(B, "deployer");
    let build = |ownership: Ownership| {
        let pipeline = pipeline(polling(), &[stack("stack")], &[("stack", deployer.clone())]);
        let mut role = Role::new("Deployer", ownership, deployer.clone());
        if ownership == Ownership::Managed {
            role.trusts = Some(vec![Trust::Account(account("Tooling", A))]);
        }
        let topology = Topology::builder("shop").add(account("Tooling", A)).add(account("Prod", B));
        let service = Role::inline(Ownership::Managed, role_arn(A, "service"));
        let topology = topology.add(service).add(role).add(pipeline).build().unwrap();
        let of_role = AttachedTo::Role(deployer.clone());
        topology.policies().into_iter().filter(|policy| policy.attached_to == of_role).collect::<Vec<_>>()
    };
    let managed = build(Ownership::Managed);
    assert!(managed.len() == 2 && managed.iter().all(|policy| policy.managed));
    let not_ours = build(Ownership::Extern);
    let theirs: Vec<_> = managed.iter().cloned().map(|policy| AttachedPolicy { managed: false, ..policy }).collect();
    assert_eq!(not_ours, theirs, "the same, but somebody has to paste it");
    let extended: Vec<_> = build(Ownership::Extended).iter().map(|policy| (policy.kind, policy.managed)).collect();
    assert_eq!(extended, [(DocumentKind::Trust, false), (DocumentKind::Identity, true)]);
}

#[test]
fn a_topology_is_shown_in_short() {
    let source = source("ECR", json!({ "RepositoryName": "shop" }));
    let topology = topology(pipeline(source, &[stack("stack")], &[("stack", role_arn(B, "deployer"))]));
    let shown = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/topology.txt");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&shown, topology.to_string()).unwrap();
    }
    assert_eq!(topology.to_string(), std::fs::read_to_string(&shown).unwrap());
}
