//! `cargo xacct doctor`, `import` and `contract` as they are called for accounts: profiles, names, all pipelines of a Region, credentials of the
//! environment.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::path::Path;
use std::process::Command;

use aws_sdk_codepipeline::types::PipelineVariableDeclaration;
use codepipeline_xacct::core::declaration::{PipelineDocument, read};
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::local::{Deployer, Fault, Local, Server};
use serde_json::{Value, json};

const A: &str = "111111111111";
const B: &str = "222222222222";
const RELEASE: &str = "arn:aws:codepipeline:eu-west-1:111111111111:release";
const DEPLOY: &str = "arn:aws:codepipeline:eu-west-1:222222222222:deploy";
const SERVICE: &str = "arn:aws:iam::111111111111:role/release-service";
const DEPLOY_SERVICE: &str = "arn:aws:iam::222222222222:role/deploy-service";
const INVOKER: &str = "arn:aws:iam::222222222222:role/deploy-invoker";
const PROFILES: [&str; 4] = ["--account-profile", "111111111111=tooling", "--account-profile", "222222222222=prod"];

/// Exit code, output and errors.
type Ran = (i32, String, String);

/// Pipeline `release` of A starts pipeline `deploy` of B; local AWS on a port, and a file with a profile for each account.
struct World {
    local: Local,
    server: Server,
    folder: tempfile::TempDir,
}

impl World {
    /// All is right, or nobody may start `deploy`.
    async fn new(right: bool) -> Self {
        let local = Local::new();
        let folder = tempfile::tempdir().unwrap();
        let codepipeline = json!({ "Service": "codepipeline.amazonaws.com" });
        let own = [("codecommit:*", "arn:aws:codecommit:*:*:shop"), ("s3:*", "arn:aws:s3:::artifacts/*")];
        role(&local, SERVICE, &codepipeline, &[&own[..], &[("sts:AssumeRole", INVOKER)]].concat());
        role(&local, DEPLOY_SERVICE, &codepipeline, &own);
        let start = [("codepipeline:StartPipelineExecution", DEPLOY)];
        let start = if right { &start[..] } else { &[] };
        role(&local, INVOKER, &json!({ "AWS": SERVICE }), start);
        let start = json!({
            "name": "start",
            "actionTypeId": { "category": "Invoke", "owner": "AWS", "provider": "CodePipeline", "version": "1" },
            "configuration": { "PipelineName": "deploy" },
            "roleArn": INVOKER,
        });
        let wait = json!({
            "name": "wait",
            "actionTypeId": { "category": "Approval", "owner": "AWS", "provider": "Manual", "version": "1" },
        });
        pipeline(&local, RELEASE, SERVICE, &start);
        pipeline(&local, DEPLOY, DEPLOY_SERVICE, &wait);
        let profile = |name: &str, account: &str| {
            let key = local.access_key(account).unwrap();
            format!("[profile {name}]\naws_access_key_id = {key}\naws_secret_access_key = local\n")
        };
        let profiles = profile("tooling", A) + &profile("prod", B);
        std::fs::write(folder.path().join("config"), profiles).unwrap();
        let server = local.serve(([127, 0, 0, 1], 0).into()).await.unwrap();
        Self { local, server, folder }
    }

    async fn doctor(&self, arguments: &[&str]) -> Ran {
        self.doctor_in(arguments, &[]).await
    }

    async fn doctor_in(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
        self.run("doctor", arguments, environment).await
    }

    async fn contract(&self, arguments: &[&str]) -> Ran {
        self.run("contract", arguments, &[]).await
    }

    /// Another team writes its pipeline.
    fn declare(&self, variables: &Value) {
        let arn = DEPLOY.parse().unwrap();
        let mut declaration = serde_json::to_value(self.local.pipeline(&arn).unwrap()).unwrap();
        declaration["variables"] = variables.clone();
        let document: PipelineDocument = read(&json!({ "pipeline": declaration }).to_string()).unwrap();
        self.local.put_pipeline(&arn, &document).unwrap();
    }

    /// The same through the API.
    async fn update(&self, variables: &Value) {
        let client = aws_sdk_codepipeline::Client::new(&self.local.sdk_config(B, "eu-west-1"));
        let mut there = client.get_pipeline().name("deploy").send().await.unwrap().pipeline.unwrap();
        let variable = |of: &Value| {
            let default = of["defaultValue"].as_str().map(str::to_owned);
            let variable = PipelineVariableDeclaration::builder().name(of["name"].as_str().unwrap());
            variable.set_default_value(default).build().unwrap()
        };
        there.variables = Some(variables.as_array().unwrap().iter().map(variable).collect());
        client.update_pipeline().pipeline(there).send().await.unwrap();
    }

    /// Runs the program with nothing in its environment but local AWS, the profiles and what is given.
    async fn run(&self, subcommand: &str, arguments: &[&str], environment: &[(&str, &str)]) -> Ran {
        let file = |name: &str| Path::join(self.folder.path(), name);
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-xacct"));
        command.args(["xacct", subcommand]).args(arguments).env_clear().current_dir(self.folder.path());
        command.env("AWS_ENDPOINT_URL", format!("http://{}", self.server.address()));
        command.env("AWS_CONFIG_FILE", file("config")).env("AWS_SHARED_CREDENTIALS_FILE", file("credentials"));
        command.env("AWS_EC2_METADATA_DISABLED", "true").envs(environment.iter().copied());
        let output = tokio::task::spawn_blocking(move || command.output().unwrap()).await.unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
    }
}

fn role(local: &Local, arn: &str, principal: &Value, allowed: &[(&str, &str)]) {
    let document = |statements: Value| {
        Document::from_json(&json!({ "Version": "2012-10-17", "Statement": statements }).to_string()).unwrap()
    };
    let trust = document(json!([{ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" }]));
    let statement =
        |(action, resource): &(&str, &str)| json!({ "Effect": "Allow", "Action": action, "Resource": resource });
    let policy = document(allowed.iter().map(statement).collect());
    let policies = if allowed.is_empty() { vec![] } else { vec![("own", &policy)] };
    local.put_role(&arn.parse().unwrap(), &trust, &policies).unwrap();
}

fn pipeline(local: &Local, arn: &str, service: &str, action: &Value) {
    let source = json!({
        "name": "code",
        "actionTypeId": { "category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1" },
        "configuration": { "RepositoryName": "shop", "BranchName": "main", "PollForSourceChanges": "false" },
        "outputArtifacts": [{ "name": "Code" }],
    });
    let document = json!({ "pipeline": {
        "name": arn.rsplit(':').next().unwrap(),
        "roleArn": service,
        "pipelineType": "V2",
        "artifactStore": { "type": "S3", "location": "artifacts" },
        "stages": [{ "name": "Source", "actions": [source] }, { "name": "Then", "actions": [action] }],
    }});
    let document: PipelineDocument = read(&document.to_string()).unwrap();
    local.put_pipeline(&arn.parse().unwrap(), &document).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pipeline_is_read_through_the_profiles_of_its_accounts() {
    let world = World::new(true).await;
    let (code, text, errors) = world.doctor(&[&[RELEASE], &PROFILES[..]].concat()).await;
    assert_eq!((code, errors.as_str()), (0, ""), "{text}");
    assert!(text.starts_with(&format!("read:\n  account {A}: GetPipeline ×1, ")), "{text}");
    assert!(text.contains(&format!("✓ assumes {INVOKER} (verified)")), "{text}");
    assert!(text.contains(&format!("✓ starts {DEPLOY} (verified)")), "{text}");
    assert!(text.ends_with("2 pipelines, 4 hops: 0 ✗, 0 ?; 0 more errors, 0 warnings\n"), "{text}");

    let world = World::new(false).await;
    let (code, text, _) = world.doctor(&[&[RELEASE, "--verbose"], &PROFILES[..]].concat()).await;
    assert_eq!(code, 2, "{text}");
    assert!(text.contains(&format!("✗ starts {DEPLOY} (verified)")), "{text}");
    assert!(text.contains("by: Allow statement 1 of the trust policy of"), "{text}");
    assert!(text.contains("aws iam put-role-policy --role-name deploy-invoker --policy-name start-"), "{text}");
    let (code, text, _) = world.doctor(&[&[RELEASE, "--redact", "--format", "json"], &PROFILES[..]].concat()).await;
    assert_eq!(code, 2, "{text}");
    let diagnosis: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(diagnosis["pipelines"][0]["links"][0]["hops"][1]["sign"], "fails");
    assert!(!text.contains(A) && !text.contains("deploy-invoker"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_all_are_looked_up_in_the_region_of_every_account() {
    let world = World::new(false).await;
    let region = ["--region", "eu-west-1"];
    let (code, text, errors) = world.doctor(&[&["--all"], &region[..], &PROFILES[..]].concat()).await;
    assert_eq!((code, errors.as_str()), (2, ""), "{text}");
    assert!(text.contains(&format!("\n{RELEASE}\n")) && text.contains(&format!("\n{DEPLOY}\n")), "{text}");
    // Of those that are named, only the one that starts it is ill.
    let (code, text, _) = world.doctor(&[&["release"], &region[..], &PROFILES[..]].concat()).await;
    assert_eq!(code, 2, "{text}");
    let (code, text, _) = world.doctor(&[&["deploy"], &region[..], &PROFILES[..]].concat()).await;
    assert_eq!(code, 0, "{text}");
    assert!(text.ends_with("\n1 pipeline, 1 hop: 0 ✗, 0 ?; 0 more errors, 0 warnings\n"), "{text}");

    let (code, text, errors) = world.doctor(&[&["other"], &region[..], &PROFILES[..]].concat()).await;
    let missing = "error: there is no pipeline `other` in Region eu-west-1 of the accounts given\n";
    assert_eq!((code, text.as_str(), errors.as_str()), (1, "", missing));
    let (code, _, errors) = world.doctor(&[&["release"], &PROFILES[..]].concat()).await;
    assert_eq!((code, errors.as_str()), (1, "error: give `--region`, or the ARN of the pipeline\n"));
    let (code, _, errors) = world.doctor(&[&["--all"], &region[..]].concat()).await;
    assert_eq!(
        (code, errors.as_str()),
        (1, "error: give `--account-profile ID=PROFILE`, or the ARN of the pipeline\n")
    );
    let (code, text, _) =
        world.doctor(&[&["arn:aws:codepipeline:eu-west-1:111111111111:gone"], &PROFILES[..]].concat()).await;
    assert_eq!(code, 2, "{text}");
    assert!(text.contains("✗ there is no pipeline"), "{text}");
    assert!(text.ends_with("\n1 pipeline, 0 hops: 1 ✗, 0 ?; 0 more errors, 0 warnings\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn all_pipelines_of_a_region_that_has_none_are_an_error() {
    let world = World::new(true).await;
    let of = |region: &'static str| [&["--all", "--region", region], &PROFILES[..]].concat();
    let (code, text, _) = world.doctor(&of("eu-west-1")).await;
    assert_eq!(code, 0, "{text}");
    assert!(text.starts_with(&format!("read:\n  account {A}: ListPipelines ×1, GetPipeline ×1, ")), "{text}");
    let nothing = format!("error: there are no pipelines in Region eu-west-2 of accounts {A}, {B}\n");
    assert_eq!(world.doctor(&of("eu-west-2")).await, (1, String::new(), nothing));
    let (code, text, errors) = world.doctor(&of("eu-wst-1")).await;
    assert_eq!((code, text.as_str()), (1, ""));
    assert!(errors.ends_with("\n  Region eu-wst-1 is not known: did you mean `eu-west-1`?\n"), "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_can_not_be_used_are_named_in_words() {
    let world = World::new(true).await;
    let refused = |profile: &str| [RELEASE.to_owned(), format!("--account-profile={A}={profile}")];
    let file = world.folder.path().join("config");
    let role = "[profile chained]\nrole_arn = arn:aws:iam::111111111111:role/nothing\nsource_profile = tooling\nregion = eu-west-1\n";
    std::fs::write(&file, std::fs::read_to_string(&file).unwrap() + role).unwrap();
    for (profile, why) in [("nosuch", "profile `nosuch`"), ("chained", "AccessDenied: ")] {
        let arguments = refused(profile);
        let (code, _, errors) = world.doctor(&[&arguments[0], &arguments[1]]).await;
        assert_eq!(code, 1, "{errors}");
        assert!(errors.contains("there are no credentials: ") && errors.contains(why), "{errors}");
        assert!(!errors.contains("Error {") && !errors.contains("other: "), "{errors}");
    }
    world.local.faults().add(Fault::on("GetCallerIdentity").account(A).expired_token());
    let arguments = refused("tooling");
    let (_, _, errors) = world.doctor(&[&arguments[0], &arguments[1]]).await;
    assert!(errors.ends_with("  help: sign in to account 111111111111 again\n"), "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_fails_takes_nothing_away_of_the_others() {
    let world = World::new(true).await;
    let all = [&["--all", "--region", "eu-west-1"], &PROFILES[..]].concat();
    world.local.faults().add(Fault::on("ListPipelines").account(B).access_denied());
    let (code, text, errors) = world.doctor(&all).await;
    assert_eq!(code, 1, "{text}");
    assert!(errors.starts_with("error: account 222222222222: ListPipelines of Region eu-west-1: "), "{errors}");
    assert!(text.contains(&format!("✓ starts {DEPLOY} (verified)")), "{text}");
    world.local.faults().clear();
    world.local.faults().add(Fault::on("GetCallerIdentity").account(B).expired_token());
    let (code, text, errors) = world.doctor(&all).await;
    assert_eq!((code, errors.as_str()), (1, ""), "{text}");
    assert!(text.contains("account 222222222222: nothing\n    failed: GetCallerIdentity: "), "{text}");
    assert!(text.contains(&format!("? assumes {INVOKER} (not readable)")), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_environment_has_the_credentials_of_the_only_account() {
    let world = World::new(true).await;
    let key = |account: &str| world.local.access_key(account).unwrap();
    let (of_a, of_b) = (key(A), key(B));
    let (code, text, errors) =
        world.doctor_in(&[RELEASE], &[("AWS_ACCESS_KEY_ID", &of_a), ("AWS_SECRET_ACCESS_KEY", "local")]).await;
    assert_eq!((code, errors.as_str()), (1, ""), "{text}");
    assert!(text.contains("--account-profile 222222222222=PROFILE"), "{text}");
    assert!(text.ends_with("1 pipeline, 3 hops: 0 ✗, 2 ?; 0 more errors, 0 warnings\n"), "{text}");
    // A profile goes before the environment, and credentials of another account are refused.
    let environment = [("AWS_ACCESS_KEY_ID", of_b.as_str()), ("AWS_SECRET_ACCESS_KEY", "local")];
    let (code, text, _) = world.doctor_in(&[&[RELEASE], &PROFILES[..]].concat(), &environment).await;
    assert_eq!(code, 0, "{text}");
    let (code, text, errors) = world.doctor_in(&[RELEASE], &environment).await;
    assert_eq!((code, text.as_str()), (1, ""), "{errors}");
    assert!(errors.starts_with("error: ") && errors.contains(A) && errors.contains(B), "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_follows_what_a_pipeline_starts_into_the_accounts_with_a_profile() {
    let world = World::new(true).await;
    let (code, source, errors) = world.run("import", &[&["--pipeline", RELEASE], &PROFILES[..]].concat(), &[]).await;
    assert_eq!((code, errors.as_str()), (0, ""), "{source}");
    for part in [
        "pub extern role ReleaseService in Tooling {",
        "pub extern role DeployInvoker in Prod {",
        "pub extern role DeployService in Prod {",
        "pub pipeline Release in Tooling {",
        "pub pipeline Deploy in Prod {",
        "invoke \"start\": Deploy {\n                role: DeployInvoker,\n            }",
        "service_role: DeployService",
    ] {
        assert!(source.contains(part), "{part}\n{source}");
    }
    // All of a Region is the same here.
    let (_, all, _) = world.run("import", &[&["--region", "eu-west-1"], &PROFILES[..]].concat(), &[]).await;
    assert_eq!(all.matches("pub pipeline ").count(), 2, "{all}");
    // Without credentials for its account, the target is what is known of it.
    let only = ["--pipeline", RELEASE, "--account-profile", "111111111111=tooling"];
    let (code, source, errors) = world.run("import", &only, &[]).await;
    assert_eq!((code, errors.as_str()), (0, ""), "{source}");
    assert!(source.contains("pub extern pipeline Deploy in Account222222222222 {"), "{source}");
    assert!(source.contains(&format!("role: existing(\"{INVOKER}\")")), "{source}");
    let (code, _, errors) = world.run("import", &["--pipeline", "release"], &[]).await;
    assert_eq!((code, errors.contains("give `--account-profile ID=PROFILE`")), (2, true), "{errors}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_other_side_says_is_recorded_and_what_it_changes_is_told() {
    let world = World::new(true).await;
    world.declare(&json!([{ "name": "version" }, { "name": "mode", "defaultValue": "hunter2" }]));
    let file = |name: &str| std::fs::read_to_string(world.folder.path().join(name)).unwrap();
    let pull = [&["pull", DEPLOY, INVOKER, "-o", "contracts"], &PROFILES[..]].concat();
    let (code, text, errors) = world.contract(&pull).await;
    assert_eq!((code, errors.as_str()), (0, ""), "{text}");
    assert_eq!(text, "contracts/deploy.json: written\ncontracts/deploy-invoker.json: written\n");
    let deploy = file("contracts/deploy.json");
    assert!(deploy.contains("\"version\": \"required\"") && !deploy.contains("hunter2"), "{deploy}");
    let check = [&["check"], &PROFILES[..]].concat();
    let (code, text, errors) = world.contract(&check).await;
    assert_eq!((code, errors.as_str()), (0, ""), "{text}");
    assert_eq!(
        text,
        format!(
            "contracts/deploy-invoker.json: role {INVOKER} is unchanged\ncontracts/deploy.json: pipeline {DEPLOY} is unchanged\n"
        )
    );

    let asked = || world.local.calls().iter().filter(|call| call.operation == "LookupEvents").count();
    assert_eq!(asked(), 0, "nobody is asked who changed what is the same");
    world.update(&json!([{ "name": "mode", "defaultValue": "hunter2" }])).await;
    let iam = aws_sdk_iam::Client::new(&world.local.sdk_config(B, "eu-west-1"));
    let trust = json!({ "Version": "2012-10-17", "Statement":
        { "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::222222222222:root" }, "Action": "sts:AssumeRole" } });
    let call = iam.update_assume_role_policy().role_name("deploy-invoker").policy_document(trust.to_string());
    call.send().await.unwrap();
    iam.delete_role_policy().role_name("deploy-invoker").policy_name("own").send().await.unwrap();
    let (code, text, _) = world.contract(&check).await;
    assert_eq!(code, 2, "{text}");
    // Without the times.
    let told: Vec<&str> = text.lines().map(|line| line.split(" on 20").next().unwrap_or_default()).collect();
    let told = told.join("\n") + "\n";
    let by = "    changed by arn:aws:iam::222222222222:user/administrator\n";
    for line in [
        format!("contracts/deploy-invoker.json: role {INVOKER} changed\n  it no longer trusts: {SERVICE}\n"),
        format!("  it trusts now: arn:aws:iam::222222222222:root\n{by}"),
        format!("  it may no longer: codepipeline:StartPipelineExecution on {DEPLOY}\n{by}"),
        format!(
            "contracts/deploy.json: pipeline {DEPLOY} changed\n  variable `version` is gone\n{by}  note: it has version "
        ),
        format!("  help: `cargo xacct contract pull {DEPLOY} -o contracts/deploy.json` records it\n"),
    ] {
        assert!(told.contains(&line), "{line}\n{told}");
    }
    for operation in ["UpdateAssumeRolePolicy", "DeleteRolePolicy", "UpdatePipeline"] {
        assert_eq!(text.matches(&format!("Z ({operation})\n")).count(), 1, "{text}");
    }
    assert!(!text.contains("hunter2"), "{text}");

    // For programs.
    let (code, text, _) = world.contract(&[&check[..], &["--format", "json"]].concat()).await;
    assert_eq!(code, 2, "{text}");
    let answer: Value = serde_json::from_str(&text).unwrap();
    let by = &answer["contracts"][0]["changed_by"];
    assert_eq!((&by[0]["arn"], &by[0]["term"]), (&json!(INVOKER), &json!("trust")), "{text}");
    assert_eq!(by[0]["changed"][0], format!("it no longer trusts: {SERVICE}"), "{text}");
    assert_eq!(by[0]["calls"][0]["principal"], "arn:aws:iam::222222222222:user/administrator", "{text}");
    assert_eq!((&by[0]["calls"][0]["operation"], &by[0]["message"]), (&json!("UpdateAssumeRolePolicy"), &Value::Null));
    assert_eq!((&by[1]["term"], &by[1]["calls"][0]["operation"]), (&json!("rights"), &json!("DeleteRolePolicy")));
    assert_eq!(answer["contracts"][1]["changed_by"][0]["calls"][0]["operation"], "UpdatePipeline", "{text}");

    // Who may not read the event history sees all the same what changed.
    let key = world.local.access_key_as(B, &Deployer::ReadOnly).unwrap();
    let reader = format!("aws_access_key_id = {key}\naws_secret_access_key = local\naws_session_token = local\n");
    let profiles = file("config");
    let (others, _) = profiles.split_once("[profile prod]\n").unwrap();
    std::fs::write(world.folder.path().join("config"), format!("{others}[profile prod]\n{reader}")).unwrap();
    let (code, denied, _) = world.contract(&check).await;
    std::fs::write(world.folder.path().join("config"), &profiles).unwrap();
    assert_eq!(code, 2, "{denied}");
    let why = "    who changed it is not known: AccessDeniedException (cloudtrail:LookupEvents)\n";
    assert_eq!((denied.matches(why).count(), denied.contains("changed by")), (3, false), "{denied}");

    // Without credentials of the account nothing is known to have changed.
    let (code, text, _) = world.contract(&["check", "contracts/deploy.json", "--account-profile", PROFILES[1]]).await;
    assert_eq!(code, 1, "{text}");
    assert!(text.contains("could not be read: "), "{text}");
    // Recorded again, it holds; a file that is not a contract is not replaced.
    let again = ["pull", "deploy", "--region", "eu-west-1", "-o", "contracts/deploy.json"];
    let (code, text, errors) = world.contract(&[&again, &PROFILES[..]].concat()).await;
    assert_eq!((code, errors.as_str(), text.as_str()), (0, "", "contracts/deploy.json: written\n"));
    let (code, text, _) = world.contract(&[&again, &PROFILES[..]].concat()).await;
    assert_eq!((code, text.as_str()), (0, "contracts/deploy.json: unchanged\n"));
    let (code, _, errors) = world.contract(&[&["pull", DEPLOY, "-o", "./config.json"], &PROFILES[..]].concat()).await;
    assert_eq!((code, errors.as_str()), (0, ""));
    std::fs::write(world.folder.path().join("config.json"), "{}").unwrap();
    let (code, _, errors) = world.contract(&[&["pull", DEPLOY, "-o", "config.json"], &PROFILES[..]].concat()).await;
    assert_eq!((code, errors.as_str()), (1, "error: config.json: the file exists; `--force` replaces it\n"));
    // Who deleted it is told as well.
    let client = aws_sdk_codepipeline::Client::new(&world.local.sdk_config(B, "eu-west-1"));
    client.delete_pipeline().name("deploy").send().await.unwrap();
    let (code, text, _) = world.contract(&[&["check", "contracts/deploy.json"], &PROFILES[..]].concat()).await;
    let deleted = format!(
        "contracts/deploy.json: pipeline {DEPLOY} is gone\n  changed by arn:aws:iam::222222222222:user/administrator on "
    );
    assert!(code == 2 && text.starts_with(&deleted) && text.contains("Z (DeletePipeline)\n"), "{text}");
    assert!(!text.contains("(CreatePipeline)") && text.contains("  help: ask who owns it; "), "{text}");
    let gone = "arn:aws:codepipeline:eu-west-1:222222222222:gone";
    let (code, text, errors) = world.contract(&[&["pull", gone], &PROFILES[..]].concat()).await;
    assert_eq!((code, text.as_str(), errors), (1, "", format!("error: there is no pipeline {gone}\n")));
}

#[cfg(feature = "deploy")]
#[tokio::test(flavor = "multi_thread")]
async fn the_fixes_are_saved_as_a_plan_applied_and_put_back() {
    let world = World::new(false).await;
    let (code, text, errors) = world.doctor(&[&[RELEASE, "--fix-plan", "fixes.json"], &PROFILES[..]].concat()).await;
    assert_eq!((code, errors.as_str()), (2, ""), "{text}");
    let plan = "\
fixes: 0 to create, 1 to change, 0 to delete in 1 account

account 222222222222
  + role deploy-invoker: inline policy start-eu-west-1-deploy
      may codepipeline:StartPipelineExecution on arn:aws:codepipeline:eu-west-1:222222222222:deploy

saved: `apply fixes.json` carries it out
";
    assert!(text.ends_with(plan), "{text}");
    // Nobody is there to ask.
    let only = ["--account-profile", "222222222222=prod"];
    let (code, _, errors) = world.run("apply", &[&["fixes.json"], &only[..]].concat(), &[]).await;
    assert_eq!(code, 1, "{errors}");
    assert!(errors.starts_with("error: there is no terminal to ask on\n"), "{errors}");
    let (code, _, errors) =
        world.run("apply", &["fixes.json", "--yes", "--account-profile", "111111111111=tooling"], &[]).await;
    assert_eq!((code, errors.contains("222222222222")), (1, true), "{errors}");
    let (code, text, errors) = world.run("apply", &[&["fixes.json", "--yes"], &only[..]].concat(), &[]).await;
    assert_eq!(code, 0, "{text}{errors}");
    assert!(text.ends_with("1 step done\n"), "{text}");
    let (code, text, errors) = world.doctor(&[&[RELEASE, "--fix-plan", "fixes.json"], &PROFILES[..]].concat()).await;
    assert_eq!((code, errors.as_str()), (0, ""), "{text}");
    assert!(text.contains("\nfixes: there is none that a plan can write\n"), "{text}");
    let journals = world.folder.path().join(".codepipeline-xacct");
    let journals = std::fs::read_dir(journals).unwrap().map(|entry| entry.unwrap().path());
    let journal = journals.filter(|path| path.extension().is_some_and(|e| e == "jsonl")).max().unwrap();
    let restore = [&[journal.to_str().unwrap(), "--yes"], &only[..]].concat();
    let (code, text, errors) = world.run("restore", &restore, &[]).await;
    assert_eq!(code, 0, "{text}{errors}");
    let (code, text, _) = world.doctor(&[&[RELEASE], &PROFILES[..]].concat()).await;
    assert_eq!(code, 2, "{text}");
    let (code, _, errors) = world.doctor(&[RELEASE, "--redact", "--fix-plan", "fixes.json"]).await;
    assert_eq!(code, 1, "{errors}");
}
