//! A valid pipeline, made at random, has no findings; with one random mutation of a known kind it has findings of that
//! kind and no other errors.

use codepipeline_xacct::core::check::files::{DeclarationInput, Home, check};
use codepipeline_xacct::core::finding::{Finding, Severity};
use proptest::prelude::*;
use serde_json::{Value, json};

/// Random numbers, one after the other; 0 when they are used up.
struct Dice<'a>(std::slice::Iter<'a, u16>);

impl Dice<'_> {
    fn below(&mut self, bound: usize) -> usize {
        usize::from(self.0.next().copied().unwrap_or_default()) % bound.max(1)
    }

    fn pick<'b, T>(&mut self, items: &'b [T]) -> Option<&'b T> {
        let index = self.below(items.len());
        items.get(index)
    }
}

fn type_id(category: &str, owner: &str, provider: &str) -> Value {
    json!({ "category": category, "owner": owner, "provider": provider, "version": "1" })
}

fn source(number: usize, dice: &mut Dice<'_>) -> Value {
    let (owner, provider, configuration) = match dice.below(4) {
        0 => ("AWS", "CodeCommit", json!({ "RepositoryName": "shop", "BranchName": "main" })),
        1 => ("AWS", "S3", json!({ "S3Bucket": "shop", "S3ObjectKey": "shop.zip" })),
        2 => ("AWS", "ECR", json!({ "RepositoryName": "shop" })),
        _ => ("ThirdParty", "GitHub", json!({ "Owner": "o", "Repo": "r", "Branch": "main", "OAuthToken": "t" })),
    };
    json!({
        "name": format!("source-{number}"),
        "actionTypeId": type_id("Source", owner, provider),
        "configuration": configuration,
        "outputArtifacts": [{ "name": format!("Source{number}") }],
        "namespace": format!("Ns{number}"),
    })
}

/// What earlier actions made.
#[derive(Clone, Default)]
struct Made {
    artifacts: Vec<String>,
    references: Vec<String>,
}

fn action(stage: usize, number: usize, made: &Made, dice: &mut Dice<'_>) -> Value {
    let input = dice.pick(&made.artifacts).unwrap().clone();
    let reference = dice.pick(&made.references).unwrap().clone();
    let mut action = match dice.below(6) {
        0 => json!({
            "actionTypeId": type_id("Build", "AWS", "CodeBuild"),
            "configuration": {
                "ProjectName": "build",
                "EnvironmentVariables": json!([{ "name": "X", "value": reference, "type": "PLAINTEXT" }]).to_string(),
            },
            "inputArtifacts": [{ "name": input }],
            "outputArtifacts": [{ "name": format!("Out{stage}x{number}") }],
        }),
        1 => json!({
            "actionTypeId": type_id("Approval", "AWS", "Manual"),
            "configuration": { "CustomData": reference },
        }),
        2 => json!({
            "actionTypeId": type_id("Invoke", "AWS", "Lambda"),
            "configuration": { "FunctionName": "f", "UserParameters": format!("x {reference} y") },
            "inputArtifacts": [{ "name": input }],
        }),
        3 => json!({
            "actionTypeId": type_id("Compute", "AWS", "Commands"),
            "commands": [format!("echo {reference}")],
            "environmentVariables": [{ "name": "A", "value": reference }],
            "inputArtifacts": [{ "name": input }],
        }),
        4 => json!({
            "actionTypeId": type_id("Invoke", "AWS", "CodePipeline"),
            "configuration": {
                "PipelineName": "target",
                "Variables": json!([{ "name": "v", "value": reference }]).to_string(),
            },
        }),
        _ => json!({
            "actionTypeId": type_id("Deploy", "AWS", "S3"),
            "configuration": { "BucketName": "b", "Extract": "true" },
            "inputArtifacts": [{ "name": input }],
        }),
    };
    action["name"] = json!(format!("action-{number}"));
    action["runOrder"] = json!(1 + number * (1 + dice.below(9)));
    if dice.below(4) == 0 {
        action["region"] = json!("eu-west-1");
    }
    action
}

/// A valid pipeline with everything that a mutation may want to break.
fn pipeline(dice: &mut Dice<'_>) -> Value {
    let sources: Vec<Value> = (0..=dice.below(3)).map(|number| source(number, dice)).collect();
    let mut made = Made {
        artifacts: (0..sources.len()).map(|number| format!("Source{number}")).collect(),
        references: vec!["#{variables.level}".to_owned(), "#{codepipeline.PipelineExecutionId}".to_owned()],
    };
    let keys = |source: &Value| match source["actionTypeId"]["provider"].as_str() {
        Some("S3") => "ETag",
        Some("ECR") => "ImageURI",
        _ => "CommitId",
    };
    made.references
        .extend(sources.iter().enumerate().map(|(number, source)| format!("#{{Ns{number}.{}}}", keys(source))));
    let mut stages = vec![json!({ "name": "Source", "actions": sources })];
    for stage in 0..=dice.below(4) {
        let mut actions = Vec::new();
        let mut order = 0;
        for number in 0..=dice.below(4) {
            let mut action = action(stage, number, &made, dice);
            // Run orders rise with the numbers, with gaps, and the list is in any order.
            order += 1 + dice.below(5);
            action["runOrder"] = json!(order);
            for artifact in action["outputArtifacts"].as_array().into_iter().flatten() {
                made.artifacts.push(artifact["name"].as_str().unwrap().to_owned());
            }
            let at = dice.below(actions.len() + 1);
            actions.insert(at, action);
        }
        stages.push(json!({ "name": format!("Stage{stage}"), "actions": actions }));
    }
    json!({
        "name": "release",
        "roleArn": "arn:aws:iam::111111111111:role/release",
        "artifactStore": { "type": "S3", "location": "artifacts" },
        "stages": stages,
        "executionMode": (["QUEUED", "PARALLEL", "SUPERSEDED"])[dice.below(3)],
        "pipelineType": "V2",
        "variables": [{ "name": "level", "defaultValue": "1" }],
    })
}

fn findings(pipeline: &Value) -> Vec<Finding> {
    let document = json!({
        "pipeline": pipeline,
        "metadata": { "pipelineArn": "arn:aws:codepipeline:eu-west-1:111111111111:release" }
    });
    check(&[DeclarationInput { item: "release", value: &document }], &Home::default()).concat()
}

/// A way to break a pipeline: its name, the codes (one of them has to be found), codes that may follow from it, and the
/// mutation, which says whether there was something to break.
type Mutation = (&'static str, &'static [&'static str], &'static [&'static str], fn(&mut Value, &mut Dice<'_>) -> bool);

/// Pointers to all actions except the sources.
fn actions(pipeline: &Value) -> Vec<String> {
    let stages = pipeline["stages"].as_array().unwrap().iter().enumerate().skip(1);
    let of = |(stage, value): (usize, &Value)| {
        let count = value["actions"].as_array().unwrap().len();
        (0..count).map(move |action| format!("/stages/{stage}/actions/{action}")).collect::<Vec<_>>()
    };
    stages.flat_map(of).collect()
}

/// Changes a random action for which there is something to change.
fn change(
    pipeline: &mut Value,
    dice: &mut Dice<'_>,
    wanted: fn(&Value) -> bool,
    edit: impl FnOnce(&mut Value),
) -> bool {
    let fitting: Vec<String> =
        actions(pipeline).into_iter().filter(|pointer| wanted(pipeline.pointer(pointer).unwrap())).collect();
    match dice.pick(&fitting) {
        Some(pointer) => {
            edit(pipeline.pointer_mut(pointer).unwrap());
            true
        }
        None => false,
    }
}

fn has_input(action: &Value) -> bool {
    action["inputArtifacts"].is_array()
}

fn is_invoke(action: &Value) -> bool {
    action["actionTypeId"]["provider"] == "CodePipeline"
}

fn reads_text(action: &Value) -> bool {
    action["configuration"]["UserParameters"].is_string()
}

fn is_configured(action: &Value) -> bool {
    action["configuration"].is_object()
}

fn is_any(_: &Value) -> bool {
    true
}

const MUTATIONS: &[Mutation] = &[
    ("a stage name twice", &["XA0107"], &[], |p, _| {
        p["stages"][1]["name"] = json!("Source");
        true
    }),
    ("an action name twice", &["XA0108"], &[], |p, _| {
        let actions = p["stages"][1]["actions"].as_array_mut().unwrap();
        let many = actions.len() > 1;
        if many {
            actions[1]["name"] = actions[0]["name"].clone();
        }
        many
    }),
    ("an empty stage", &["XA0102"], &["XA0302"], |p, _| {
        p["stages"][1]["actions"] = json!([]);
        true
    }),
    ("one stage", &["XA0101"], &[], |p, _| {
        p["stages"].as_array_mut().unwrap().truncate(1);
        true
    }),
    ("a source in a later stage", &["XA0105"], &[], |p, dice| {
        let late = json!({
            "name": "late",
            "actionTypeId": type_id("Source", "AWS", "S3"),
            "configuration": { "S3Bucket": "b", "S3ObjectKey": "k" },
            "outputArtifacts": [{ "name": "Late" }],
        });
        let stages = p["stages"].as_array().unwrap().len();
        let stage = 1 + dice.below(stages - 1);
        p["stages"][stage]["actions"].as_array_mut().unwrap().push(late);
        true
    }),
    ("a run order out of range", &["XA0109"], &["XA0303"], |p, dice| {
        change(p, dice, is_any, |action| action["runOrder"] = json!(1000))
    }),
    ("an artifact that nobody makes", &["XA0302"], &[], |p, dice| {
        change(p, dice, has_input, |action| action["inputArtifacts"][0]["name"] = json!("Nobody"))
    }),
    ("an artifact of its own", &["XA0303"], &["XA0305", "XA0301"], |p, dice| {
        change(
            p,
            dice,
            |a| a["outputArtifacts"].is_array(),
            |action| {
                action["inputArtifacts"] = action["outputArtifacts"].clone();
            },
        )
    }),
    ("an output artifact twice", &["XA0301"], &[], |p, dice| {
        change(
            p,
            dice,
            |a| a["outputArtifacts"].is_array(),
            |action| {
                let name = action["outputArtifacts"][0].clone();
                action["outputArtifacts"].as_array_mut().unwrap().push(name);
            },
        )
    }),
    ("a reserved namespace", &["XA0501"], &[], |p, dice| {
        change(p, dice, is_any, |action| action["namespace"] = json!("variables"))
    }),
    ("a namespace twice", &["XA0502"], &[], |p, dice| {
        change(p, dice, is_any, |action| action["namespace"] = json!("Ns0"))
    }),
    ("an unknown namespace", &["XA0505"], &[], |p, dice| {
        change(p, dice, reads_text, |action| action["configuration"]["UserParameters"] = json!("#{Nobody.X}"))
    }),
    ("an undeclared variable", &["XA0504"], &[], |p, dice| {
        change(p, dice, reads_text, |action| action["configuration"]["UserParameters"] = json!("#{variables.nobody}"))
    }),
    ("an empty configuration value", &["XA0208"], &[], |p, dice| {
        change(p, dice, is_configured, |action| {
            let (_, value) = action["configuration"].as_object_mut().unwrap().iter_mut().next().unwrap();
            *value = json!("");
        })
    }),
    ("a misspelt key", &["XA0604"], &[], |p, dice| {
        change(
            p,
            dice,
            |a| a["configuration"]["ProjectName"].is_string(),
            |action| {
                let configuration = action["configuration"].as_object_mut().unwrap();
                let value = configuration.shift_remove("ProjectName").unwrap();
                configuration.insert("ProjetName".to_owned(), value);
            },
        )
    }),
    ("a missing key", &["XA0602"], &[], |p, dice| {
        change(
            p,
            dice,
            |a| a["configuration"]["FunctionName"].is_string(),
            |action| {
                action["configuration"].as_object_mut().unwrap().shift_remove("FunctionName");
            },
        )
    }),
    ("a misspelt owner", &["XA0601"], &[], |p, dice| {
        change(p, dice, is_any, |action| action["actionTypeId"]["owner"] = json!("aws"))
    }),
    ("a version that is not there", &["XA0610"], &[], |p, dice| {
        change(p, dice, is_any, |action| action["actionTypeId"]["version"] = json!("7"))
    }),
    ("a misspelt Region", &["XA0221"], &[], |p, dice| {
        change(p, dice, is_any, |action| action["region"] = json!("eu-wst-1"))
    }),
    ("a Region without a store", &["XA0405"], &[], |p, dice| {
        change(p, dice, is_any, |action| action["region"] = json!("us-east-1"))
    }),
    ("no store", &["XA0402"], &[], |p, _| p.as_object_mut().unwrap().shift_remove("artifactStore").is_some()),
    ("a bucket as an address", &["XA0202"], &[], |p, _| {
        p["artifactStore"]["location"] = json!("s3://artifacts");
        true
    }),
    ("a missing member", &["XA0001"], &[], |p, dice| {
        change(p, dice, is_any, |action| {
            action.as_object_mut().unwrap().shift_remove("actionTypeId");
        })
    }),
    ("a misspelt member", &["XA0005"], &[], |p, dice| {
        change(p, dice, has_input, |action| {
            let members = action.as_object_mut().unwrap();
            let value = members.shift_remove("inputArtifacts").unwrap();
            members.insert("inputArtefacts".to_owned(), value);
        })
    }),
    ("a member of the wrong type", &["XA0002"], &[], |p, dice| {
        change(p, dice, is_any, |action| action["runOrder"] = json!("1"))
    }),
    ("a list that is none", &["XA0002"], &[], |p, _| {
        p["stages"][1]["actions"] = json!("none");
        true
    }),
    ("a V1 pipeline", &["XA0801"], &[], |p, _| {
        p["pipelineType"] = json!("V1");
        true
    }),
    ("no role ARN", &["XA0220"], &[], |p, _| {
        p["roleArn"] = json!("release");
        true
    }),
    ("a service role of another account", &["XA0901"], &[], |p, _| {
        p["roleArn"] = json!("arn:aws:iam::222222222222:role/release");
        true
    }),
    ("an ARN as target", &["XA0701"], &[], |p, dice| {
        change(p, dice, is_invoke, |action| {
            action["configuration"]["PipelineName"] = json!("arn:aws:codepipeline:eu-west-1:222222222222:target");
        })
    }),
    ("variables that are no JSON", &["XA0702"], &[], |p, dice| {
        change(p, dice, is_invoke, |action| action["configuration"]["Variables"] = json!("v=1"))
    }),
    ("a timeout of another action", &["XA0215"], &[], |p, dice| {
        change(
            p,
            dice,
            |a| a["actionTypeId"]["category"] != "Approval",
            |action| action["timeoutInMinutes"] = json!(60),
        )
    }),
    ("a rollback of the sources", &["XA0111"], &["XA0112"], |p, _| {
        p["stages"][0]["onFailure"] = json!({ "result": "ROLLBACK" });
        true
    }),
    ("artifacts that cross accounts without a key", &["XA0406"], &["XA0409"], |p, dice| {
        change(p, dice, has_input, |action| action["roleArn"] = json!("arn:aws:iam::222222222222:role/a"))
    }),
    ("a trigger without a connection", &["XA1201"], &[], |p, _| {
        let trigger = json!({ "sourceActionName": "source-0", "push": [{ "branches": { "includes": ["main"] } }] });
        p["triggers"] = json!([{ "providerType": "CodeStarSourceConnection", "gitConfiguration": trigger }]);
        true
    }),
    ("a condition of the wrong kind", &["XA1104"], &[], |p, dice| {
        let rule = json!({
            "name": "r",
            "ruleTypeId": { "category": "Rule", "owner": "AWS", "provider": "CloudWatchAlarm", "version": "1" },
            "configuration": { "AlarmName": "a" }
        });
        let stage = 1 + dice.below(p["stages"].as_array().unwrap().len() - 1);
        p["stages"][stage]["beforeEntry"] = json!({ "conditions": [{ "result": "RETRY", "rules": [rule] }] });
        true
    }),
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_right_pipeline_has_no_findings(numbers in prop::collection::vec(any::<u16>(), 0..200)) {
        let pipeline = pipeline(&mut Dice(numbers.iter()));
        prop_assert_eq!(findings(&pipeline), vec![], "{:#}", pipeline);
    }

    #[test]
    fn a_mutation_is_found_as_what_it_is(
        numbers in prop::collection::vec(any::<u16>(), 0..200),
        choice in prop::collection::vec(any::<u16>(), 8),
    ) {
        let right = pipeline(&mut Dice(numbers.iter()));
        for (name, wanted, follows, mutate) in MUTATIONS {
            let mut wrong = right.clone();
            if !mutate(&mut wrong, &mut Dice(choice.iter())) {
                continue;
            }
            let found = findings(&wrong);
            let errors: Vec<_> = found.iter().filter(|f| f.severity == Severity::Error).collect();
            prop_assert!(errors.iter().any(|f| wanted.contains(&f.code)), "{}: {:#?}\n{:#}", name, found, wrong);
            let others: Vec<_> =
                errors.iter().filter(|f| !wanted.contains(&f.code) && !follows.contains(&f.code)).collect();
            prop_assert!(others.is_empty(), "{}: {:#?}\n{:#}", name, others, wrong);
        }
    }
}

/// Every mutation finds something to break sooner or later.
#[test]
fn no_mutation_is_idle() {
    let mut idle: Vec<&str> = MUTATIONS.iter().map(|(name, ..)| *name).collect();
    for seed in 0..200_u16 {
        let numbers: Vec<u16> =
            (0..200).map(|n: u16| n.wrapping_mul(2654).wrapping_add(seed.wrapping_mul(40_503)) >> 3).collect();
        let right = pipeline(&mut Dice(numbers.iter()));
        idle.retain(|name| {
            let (_, _, _, mutate) = MUTATIONS.iter().find(|(other, ..)| other == name).unwrap();
            !mutate(&mut right.clone(), &mut Dice([seed].iter()))
        });
    }
    assert!(idle.is_empty(), "{idle:?}");
}
