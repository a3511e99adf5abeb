//! Topologies to be drawn.

use codepipeline_xacct::Topology;
use codepipeline_xacct::builder::{BuiltPipeline, action, pipeline};
use codepipeline_xacct::core::declaration::{ActionDeclaration, ActionTypeId, PipelineDeclaration, read};
use codepipeline_xacct::core::ids::PipelineArn;
use codepipeline_xacct::core::topology::{Account, Invoke, Ownership, Pipeline, Role, Target};
use codepipeline_xacct::pipeline as declare;

declare! {
    pub account Tooling = "111111111111";
    pub account Prod = "222222222222";
    pub account Audit = "333333333333";

    pub role DeployInvoker in Prod { name: "deploy-invoker", trusts: [Tooling], starts: [Deploy] }
    pub role StackDeployer in Prod { name: "stack-deployer", trusts: [Tooling] }

    pub pipeline Deploy in Prod {
        name: "deploy",
        region: "eu-west-1",
        execution_mode: QUEUED,
        service_role: managed("deploy-service"),
        artifact_bucket: "deploy-artifacts",
        variables: { version: "none" },

        stage "Source" {
            source "code": CodeCommit { repository: "deploy", branch: "main", poll: false, output: Code }
        }
        stage "Run" {
            action "run": Commands { input: Code, commands: ["./deploy #{variables.version}"] }
        }
        stage "Verify" {
            invoke "smoke": Smoke {}
        }
    }

    pub pipeline Smoke in Prod {
        name: "smoke",
        region: "eu-west-1",
        service_role: managed("smoke-service"),
        artifact_bucket: "deploy-artifacts",

        stage "Source" {
            source "code": CodeCommit { repository: "smoke", branch: "main", poll: false, output: Code }
        }
        stage "Test" {
            action "test": Commands { input: Code, commands: ["./smoke"] }
        }
    }

    pub extern pipeline Scan in Audit { name: "security-scan", region: "eu-west-1" }

    pub pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        execution_mode: QUEUED,
        service_role: managed("release-service"),
        artifact_bucket: {
            location: "release-artifacts",
            encryption_key: "arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000000",
        },
        variables: { version: "none" },

        stage "Source" {
            source "code": CodeCommit { repository: "shop", branch: "main", poll: false, output: Code }
        }
        stage "Build" {
            action "build": Build::CodeBuild { project_name: "shop", input: Code, output: Built }
        }
        stage "Approve" {
            action "approve": Manual {}
        }
        stage "Deploy" {
            invoke "deploy": Deploy { role: DeployInvoker, variables: { version: "#{variables.version}" } }
            action "stack": CloudFormation {
                action_mode: CREATE_UPDATE,
                stack_name: "shop",
                template_path: "Built::template.yml",
                role_arn: "arn:aws:iam::222222222222:role/stacks",
                input: Built,
                role: StackDeployer,
            }
        }
        stage "Scan" {
            invoke "scan": Scan { role: existing("arn:aws:iam::333333333333:role/scan-invoker") }
        }
    }
}

/// Three accounts: started with a role, started without, an action with a role, a role about which nothing is known.
#[allow(dead_code, reason = "not every test draws it")]
pub fn shop() -> Topology {
    Topology::builder("shop").add(Release).build().unwrap()
}

/// Pipelines that start each other over three accounts in a circle, and one that starts itself.
#[allow(dead_code, reason = "not every test draws it")]
pub fn circle() -> Topology {
    let pipelines = [("Deploy1", 1), ("Deploy2", 2), ("Deploy3", 3), ("Deploy4", 4), ("Other1", 1)];
    network("circle", &pipelines, &[(0, 1), (1, 2), (2, 0), (3, 3), (4, 2)])
}

/// Pipelines, each with its account, and which starts which. Across accounts they do it with a role of the target's account.
#[allow(dead_code, reason = "not every test draws it")]
pub fn network(name: &str, pipelines: &[(&str, usize)], starts: &[(usize, usize)]) -> Topology {
    let mut builder = Topology::builder(name);
    let arn = |(item, number): (&str, usize)| -> PipelineArn {
        format!("arn:aws:codepipeline:eu-west-1:{}:{}", account(number).id, item.to_lowercase()).parse().unwrap()
    };
    for (index, pipeline) in pipelines.iter().enumerate() {
        let mut made = target(pipeline.0, &arn(*pipeline));
        made.declaration.name = made.arn.name().to_string();
        let started: Vec<usize> = starts.iter().filter(|(from, _)| *from == index).map(|(_, to)| *to).collect();
        for to in &started {
            let to = pipelines[*to];
            let action = if started.len() == 1 { "next".to_owned() } else { format!("start-{}", to.0) };
            let stage = made.declaration.stages.as_mut().unwrap().last_mut().unwrap();
            stage.actions.as_mut().unwrap().push(ActionDeclaration {
                name: action.clone(),
                action_type_id: ActionTypeId::pipeline_invoke(),
                ..ActionDeclaration::default()
            });
            let role = (to.1 != pipeline.1).then(|| {
                let role = format!("arn:aws:iam::{}:role/invoker", account(to.1).id).parse().unwrap();
                Role::inline(Ownership::Managed, role)
            });
            made.invokes.push(Invoke {
                stage: "Run".to_owned(),
                action,
                target: Pipeline::new(to.0, Ownership::Managed, arn(to)).target(),
                role: role.as_ref().map(|role| role.arn.clone()),
                variables: Default::default(),
                wait: None,
            });
            role.into_iter().for_each(|role| builder.role(role));
        }
        builder.account(account(pipeline.1));
        builder.role(Role::inline(Ownership::Managed, made.service_role.clone().unwrap()));
        builder.pipeline(made);
    }
    builder.build().unwrap()
}

/// The account of a target.
#[allow(dead_code, reason = "not every test draws it")]
pub fn account(number: usize) -> Account {
    let id = format!("{:012}", 200_000_000_000_u64 + u64::try_from(number).unwrap());
    Account { item: format!("Customer{number}"), id: id.parse().unwrap(), partition: "aws".parse().unwrap() }
}

/// A pipeline that starts another in each of so many accounts. Of the targets in `unknown`, the role is not ours.
#[allow(dead_code, reason = "not every test draws it")]
pub fn hub(count: usize, unknown: &[usize]) -> Topology {
    let mut builder = Topology::builder("fleet");
    let mut targets = Vec::new();
    for number in 1..=count {
        let account = account(number);
        let arn: PipelineArn = format!("arn:aws:codepipeline:eu-west-1:{}:deploy", account.id).parse().unwrap();
        let item = format!("Deploy{number}");
        let deploy = target(&item, &arn);
        let ownership = if unknown.contains(&number) { Ownership::Extern } else { Ownership::Managed };
        let invoker = format!("arn:aws:iam::{}:role/deploy-invoker", account.id);
        let role = Role::inline(ownership, invoker.parse().unwrap());
        targets.push((format!("deploy-{number}"), deploy.target(), role));
        builder.account(account);
        builder.role(Role::inline(Ownership::Managed, deploy.service_role.clone().unwrap()));
        builder.pipeline(deploy);
    }
    builder.add(release(targets)).build().unwrap()
}

fn release(targets: Vec<(String, Target, Role)>) -> BuiltPipeline {
    // A stage holds 50 actions at most.
    let mut hub = pipeline::<Tooling>("Release", "release", "eu-west-1")
        .managed_service_role("release-service")
        .artifact_bucket("release-artifacts")
        .stage("Source", |s| s.action("code", action::codecommit("shop", "main").poll(false).output("Code")))
        .stage("Build", |s| s.action("build", action::codebuild("shop").input("Code")));
    let waves: Vec<Vec<_>> = targets.chunks(50).map(<[_]>::to_vec).collect();
    let several = waves.len() > 1;
    for (index, wave) in waves.into_iter().enumerate() {
        let name = if several { format!("Wave{}", index + 1) } else { "Deploy".to_owned() };
        hub = hub.stage(&name, |s| {
            wave.into_iter().fold(s, |s, (action, target, role)| s.start_target(&action, target).role(role).and())
        });
    }
    hub.build()
}

fn target(item: &str, arn: &PipelineArn) -> Pipeline {
    let mut pipeline = Pipeline::new(item, Ownership::Managed, arn.clone());
    let service = format!("arn:aws:iam::{}:role/deploy-service", arn.account());
    pipeline.service_role = Some(service.parse().unwrap());
    pipeline.declaration = declaration();
    pipeline
}

fn declaration() -> PipelineDeclaration {
    let text = r#"{
        "name": "deploy", "pipelineType": "V2", "executionMode": "QUEUED",
        "artifactStore": { "type": "S3", "location": "deploy-artifacts" },
        "stages": [
            { "name": "Source", "actions": [{
                "name": "code",
                "actionTypeId": { "category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1" },
                "configuration": { "RepositoryName": "deploy", "BranchName": "main", "PollForSourceChanges": "false" },
                "outputArtifacts": [{ "name": "Code" }]
            }] },
            { "name": "Run", "actions": [{
                "name": "run",
                "actionTypeId": { "category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1" },
                "configuration": { "ProjectName": "deploy" }, "inputArtifacts": [{ "name": "Code" }]
            }] }
        ]
    }"#;
    read(text).unwrap()
}
