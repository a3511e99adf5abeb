//! Runs the commands that doctor offers against local AWS, as a person does who pastes them.

use codepipeline_xacct::core::declaration::{PipelineDeclaration, read};
use codepipeline_xacct::core::doctor::Remedy;
use codepipeline_xacct::local::Local;
use serde_json::json;

/// Runs the command of a change.
pub async fn execute(local: &Local, change: &Remedy) {
    let words = words(change.command.as_ref().unwrap());
    let option = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        words.get(at + 1).cloned()
    };
    let region = option("--region").unwrap_or_else(|| "us-east-1".to_owned());
    let config = local.sdk_config(change.account.as_str(), &region);
    let iam = aws_sdk_iam::Client::new(&config);
    let role = option("--role-name");
    match words[2].as_str() {
        "create-role" => {
            let call = iam.create_role().set_role_name(role).set_path(option("--path"));
            call.set_assume_role_policy_document(option("--assume-role-policy-document")).send().await.unwrap();
        }
        "update-assume-role-policy" => {
            let call = iam.update_assume_role_policy().set_role_name(role);
            call.set_policy_document(option("--policy-document")).send().await.unwrap();
        }
        "put-role-policy" => {
            let call = iam.put_role_policy().set_role_name(role).set_policy_name(option("--policy-name"));
            call.set_policy_document(option("--policy-document")).send().await.unwrap();
        }
        "delete-role-policy" => {
            let call = iam.delete_role_policy().set_role_name(role).set_policy_name(option("--policy-name"));
            call.send().await.unwrap();
        }
        "create-policy-version" => {
            let call = iam.create_policy_version().set_policy_arn(option("--policy-arn")).set_as_default(true);
            call.set_policy_document(option("--policy-document")).send().await.unwrap();
        }
        "enable-stage-transition" => {
            let call = aws_sdk_codepipeline::Client::new(&config).enable_stage_transition();
            let inbound = aws_sdk_codepipeline::types::StageTransitionType::Inbound;
            let call = call.set_pipeline_name(option("--pipeline-name")).set_stage_name(option("--stage-name"));
            call.transition_type(inbound).send().await.unwrap();
        }
        "update-pipeline" => {
            let declaration = read(&option("--pipeline").unwrap()).unwrap();
            update(local, change.account.as_str(), &region, &declaration).await.unwrap();
        }
        other => panic!("{other}"),
    }
}

/// UpdatePipeline with a declaration as it is written, whatever the SDK knows of it; the error is its message.
pub async fn update(
    local: &Local,
    account: &str,
    region: &str,
    declaration: &PipelineDeclaration,
) -> Result<(), String> {
    let client = aws_sdk_codepipeline::Client::new(&local.sdk_config(account, region));
    let body = json!({ "pipeline": declaration }).to_string();
    let stage = aws_sdk_codepipeline::types::StageDeclaration::builder().name("S").set_actions(Some(Vec::new()));
    let any = aws_sdk_codepipeline::types::PipelineDeclaration::builder().stages(stage.build().unwrap());
    let any = any.name("any").role_arn("arn:aws:iam::111111111111:role/any").build().unwrap();
    let call = client.update_pipeline().pipeline(any).customize();
    let sent = call.mutate_request(move |request| *request.body_mut() = body.clone().into()).send().await;
    sent.map(drop).map_err(|error| error.into_service_error().to_string())
}

/// The words of a command, as a shell splits them.
fn words(command: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    let mut chars = command.chars();
    while let Some(c) = chars.next() {
        match c {
            '\'' => quoted = !quoted,
            '\\' if !quoted => word.extend(chars.next()),
            ' ' if !quoted => words.push(std::mem::take(&mut word)),
            c => word.push(c),
        }
    }
    words.push(word);
    words
}
