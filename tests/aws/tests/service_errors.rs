//! What CreatePipeline says about an invalid pipeline: the code and the words of AWS, where they are known.

use crate::world::{World, build, pipeline, stage, type_id};
use serde_json::{Value, json};

const STRUCTURE: &str = "InvalidStructureException";
const STAGE: &str = "InvalidStageDeclarationException";
const ACTION: &str = "InvalidActionDeclarationException";
const VALIDATION: &str = "ValidationException";

type Edit = fn(&mut Value);

fn v1(pipeline: &mut Value) {
    pipeline["pipelineType"] = json!("V1");
    pipeline["executionMode"] = json!("SUPERSEDED");
    pipeline.as_object_mut().unwrap().remove("variables");
}

fn action(pipeline: &mut Value) -> &mut Value {
    &mut pipeline["stages"][1]["actions"][0]
}

fn rollback_condition() -> Value {
    let rule = json!({
        "name": "R",
        "ruleTypeId": { "category": "Rule", "owner": "AWS", "provider": "VariableCheck", "version": "1" },
        "configuration": { "Variable": "a", "Value": "b", "Operator": "EQ" },
    });
    json!([{ "result": "ROLLBACK", "rules": [rule] }])
}

/// The fault, the code, and the message. Sources: `15. Error messages` of the facts, with the reports in which they were seen.
const FAULTS: &[(&str, Edit, &str, &str)] = &[
    (
        "one stage",
        |p| drop(p["stages"].as_array_mut().unwrap().pop()),
        STRUCTURE,
        "Pipeline has only 1 stage(s). There should be a minimum of 2 stages in a pipeline",
    ),
    (
        "51 stages",
        |p| {
            let stages = p["stages"].as_array_mut().unwrap();
            stages.extend((0..49).map(|n| stage(&format!("S{n}"), &[build(&format!("B{n}"), 1)])));
        },
        STRUCTURE,
        "Pipeline has too many stages. There can only be up to 50 stages in a pipeline",
    ),
    (
        "51 actions in a stage",
        |p| {
            let actions = p["stages"][1]["actions"].as_array_mut().unwrap();
            actions.extend((0..50).map(|n| build(&format!("B{n}"), 1)));
        },
        STAGE,
        "Pipeline stage 'Build' has too many actions. There can only be up to 50 actions in a pipeline stage",
    ),
    (
        "a first stage without a source",
        |p| p["stages"][0]["actions"] = json!([build("First", 1)]),
        STRUCTURE,
        "Pipeline should start with a stage that only contains source actions",
    ),
    (
        "a source in a later stage",
        |p| {
            let mut source = p["stages"][0]["actions"][0].clone();
            (source["name"], source["namespace"]) = (json!("Late"), json!("Late"));
            source["outputArtifacts"] = json!([{ "name": "Late" }]);
            p["stages"][1]["actions"].as_array_mut().unwrap().push(source);
        },
        STRUCTURE,
        "Source actions can only be included in the first stage of the pipeline",
    ),
    (
        "variables of V1",
        |p| {
            v1(p);
            p["variables"] = json!([{ "name": "v" }]);
        },
        STRUCTURE,
        "Pipeline variable can only be used with V2 pipelines",
    ),
    (
        "QUEUED in V1",
        |p| {
            v1(p);
            p["executionMode"] = json!("QUEUED");
        },
        STRUCTURE,
        "QUEUED or PARALLEL mode can only be used with V2 pipelines",
    ),
    (
        "a tag trigger of V1",
        |p| {
            v1(p);
            let git = json!({ "sourceActionName": "Source", "push": [{ "tags": { "includes": ["v*"] } }] });
            p["triggers"] = json!([{ "providerType": "CodeStarSourceConnection", "gitConfiguration": git }]);
        },
        STRUCTURE,
        "Triggers on tag can only be used with V2 pipelines",
    ),
    (
        "a rollback of V1",
        |p| {
            v1(p);
            p["stages"][1]["onFailure"] = json!({ "result": "ROLLBACK" });
        },
        STAGE,
        "Stage level conditions can only be used with V2 pipelines.",
    ),
    (
        "Commands in V1",
        |p| {
            v1(p);
            action(p)["actionTypeId"] = type_id("Compute/AWS/Commands/1");
            action(p)["commands"] = json!(["make"]);
            action(p).as_object_mut().unwrap().remove("configuration");
        },
        ACTION,
        "Commands Action can only be used with V2 pipelines.",
    ),
    (
        "a variable twice",
        |p| p["variables"] = json!([{ "name": "v" }, { "name": "v" }]),
        STRUCTURE,
        "Variable names must be unique. The following variable name is already in use: v",
    ),
    (
        "a trigger of CodeCommit",
        |p| {
            let git = json!({ "sourceActionName": "Source", "push": [{ "tags": { "includes": ["v*"] } }] });
            p["triggers"] = json!([{ "providerType": "CodeStarSourceConnection", "gitConfiguration": git }]);
        },
        STRUCTURE,
        "Triggers for connections must reference a CodeStarSourceConnection action. Note that when you specify a trigger, you can't specify more than one trigger per source action.",
    ),
    (
        "a pipeline variable in a source",
        |p| p["stages"][0]["actions"][0]["configuration"]["BranchName"] = json!("#{variables.who}"),
        STRUCTURE,
        "Variables at the pipeline level cannot be used in source actions. StageName=[Source], ActionName=[Source], ActionConfigurationKey=[BranchName], VariableReferenceText=[#{variables.who}]",
    ),
    (
        "a variable that is not declared",
        |p| action(p)["configuration"]["ProjectName"] = json!("#{variables.nobody}"),
        STRUCTURE,
        "The referenced variables haven't been declared.",
    ),
    (
        "an artifact made twice",
        |p| {
            let mut again = build("Again", 1);
            again["outputArtifacts"] = action(p)["outputArtifacts"].clone();
            p["stages"][1]["actions"].as_array_mut().unwrap().push(again);
        },
        STRUCTURE,
        "Output Artifact Bundle name must be unique within the pipeline. CompileOut has been used more than once.",
    ),
    (
        "a stage name twice",
        |p| p["stages"].as_array_mut().unwrap().push(stage("Build", &[build("Other", 1)])),
        STAGE,
        "Stage name 'Build' is used more than once",
    ),
    (
        "a result and conditions",
        |p| p["stages"][1]["onFailure"] = json!({ "result": "ROLLBACK", "conditions": rollback_condition() }),
        STAGE,
        "The following stage cannot have a failure exit gate configured with both top level result and conditions: 'Build",
    ),
    (
        "a rollback in PARALLEL mode",
        |p| {
            p["executionMode"] = json!("PARALLEL");
            p["stages"][1]["onFailure"] = json!({ "conditions": rollback_condition() });
        },
        STAGE,
        "Failure conditions with rollback result type cannot be added to a PARALLEL pipeline.",
    ),
    (
        "a provider that does not exist",
        |p| action(p)["actionTypeId"]["provider"] = json!("Codebuild"),
        ACTION,
        "ActionType (Category: 'Build', Provider: 'Codebuild', Owner: 'AWS', Version: '1') in action 'Compile' is not available in region 'EU_WEST_1'",
    ),
    (
        "a required key that is missing",
        |p| action(p)["configuration"] = json!({ "EnvironmentVariables": "[]" }),
        ACTION,
        "Action configuration for action 'Compile' is missing required configuration 'ProjectName'",
    ),
    (
        "a misspelt key",
        |p| action(p)["configuration"]["PrimarySorce"] = json!("In"),
        ACTION,
        "Action configuration for action 'Compile' contains unknown configuration 'PrimarySorce'",
    ),
    (
        "no input artifact",
        |p| action(p)["inputArtifacts"] = json!([]),
        ACTION,
        "Action Compile declares 0 input artifacts which is less than the minimum count (1)",
    ),
    (
        "a namespace twice",
        |p| action(p)["namespace"] = json!("Src"),
        ACTION,
        "Namespaces must be unique across the pipeline definition. The following occur more than once in the pipeline. StageName=[Build], ActionName=[Compile], Namespace=[Src]",
    ),
    (
        "a namespace that no action has",
        |p| action(p)["configuration"]["ProjectName"] = json!("a-#{nope.x}"),
        ACTION,
        "Valid format for a pipeline execution variable reference is a namespace and a key separated by a period (.). The following pipeline execution variables are referencing a namespace that does not exist. StageName=[Build], ActionName=[Compile], ActionConfigurationKey=[ProjectName], VariableReferenceText=[#{nope.x}]",
    ),
    (
        "commands of CodeBuild",
        |p| action(p)["commands"] = json!(["make"]),
        ACTION,
        "The following action cannot contain a commands field: Compile. To use the commands field, use a compute action.",
    ),
    (
        "two Regions and one store",
        |p| action(p)["region"] = json!("us-east-1"),
        VALIDATION,
        "Your pipeline contains actions in more than one region. Use 'pipeline.artifactStores' instead of 'pipeline.artifactStore' to declare an artifact store, such as an artifact bucket, for each region where you have an action.",
    ),
    (
        "a Region without a store",
        |p| {
            let store = p.as_object_mut().unwrap().remove("artifactStore").unwrap();
            p["artifactStores"] = json!({ "eu-west-1": store });
            action(p)["region"] = json!("us-east-1");
        },
        VALIDATION,
        "Your pipeline must have an artifact store, such as an artifact bucket, for each region where you have an action. The following region is missing in 'pipeline.artifactStores': us-east-1.",
    ),
    (
        "no store for the Region of the pipeline",
        |p| {
            let store = p.as_object_mut().unwrap().remove("artifactStore").unwrap();
            p["artifactStores"] = json!({ "us-east-1": store });
        },
        VALIDATION,
        "Your pipeline must have an artifact store, such as an artifact bucket, for each region where you have an action. The following region is missing in 'pipeline.artifactStores': eu-west-1.",
    ),
    (
        "an empty value",
        |p| action(p)["configuration"]["EnvironmentVariables"] = json!(""),
        VALIDATION,
        "1 validation error detected: Value at 'pipeline.stages.2.member.actions.1.member.configuration' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less than or equal to 50000, Member must have length greater than or equal to 1]",
    ),
    (
        "a role on a custom action",
        |p| {
            action(p)["actionTypeId"] = type_id("Build/Custom/Jenkins/1");
            action(p)["configuration"] = json!({ "ProjectName": "p" });
            action(p)["roleArn"] = json!("arn:aws:iam::111111111111:role/builder");
        },
        ACTION,
        "Role ARN is not supported for actions with owner other than 'AWS'",
    ),
];

#[tokio::test]
async fn a_pipeline_that_is_not_right_is_refused_in_the_words_of_aws() {
    let world = World::new();
    let right = pipeline("shop", "QUEUED", &[stage("Build", &[build("Compile", 1)])]);
    for (what, edit, code, message) in FAULTS {
        let mut wrong = right.clone();
        edit(&mut wrong);
        let error = world.create(&wrong).await.expect_err(what);
        assert_eq!(error, ((*code).to_owned(), (*message).to_owned()), "{what}");
    }
    // What is refused when it is created is refused when it is updated.
    world.create(&right).await.unwrap();
    for (what, edit, code, message) in FAULTS {
        let mut wrong = right.clone();
        edit(&mut wrong);
        let error = world.update(&wrong).await.expect_err(what);
        assert_eq!(error, ((*code).to_owned(), (*message).to_owned()), "{what}");
    }
}

#[tokio::test]
async fn no_answer_has_a_spelling_of_the_macro() {
    let world = World::new();
    let mut wrong = pipeline("shop", "QUEUED", &[stage("Build", &[build("Compile", 1)])]);
    action(&mut wrong)["inputArtifacts"] = json!([{ "name": "In" }, { "name": "In2" }]);
    wrong["stages"][0]["actions"].as_array_mut().unwrap().push(json!({
        "name": "Second",
        "actionTypeId": type_id("Source/AWS/CodeCommit/1"),
        "configuration": { "RepositoryName": "code", "BranchName": "main" },
        "outputArtifacts": [{ "name": "In2" }],
    }));
    let (code, message) = world.create(&wrong).await.unwrap_err();
    assert_eq!(code, ACTION);
    assert!(message.contains("lacks `PrimarySource`, which") && !message.contains("pipeline!"), "{message}");
}
