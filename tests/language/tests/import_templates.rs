//! Templates become source: what is not known is a parameter, and where only a literal is taken, the default of the template or what an option
//! says. `import.rs` compiles the sources of [`compiled`] and compares their declarations.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};

use crate::import::{Ran, declared, import, written};

/// A file, as the program names it.
fn file(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/import/templates").join(name);
    path.to_str().unwrap().to_owned()
}

/// Templates of the tests of `check` and `wiring`.
fn template(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../codepipeline-xacct/tests/templates").join(name);
    path.to_str().unwrap().to_owned()
}

const HOME: [&str; 4] = ["--account", "111111111111", "--region", "eu-west-1"];
const KEY: &str = "Key=1234abcd-12ab-34cd-56ef-1234567890ab";

fn shop(options: &[&str]) -> Ran {
    import(&[&HOME, options, &[&file("shop.yaml")]].concat())
}

/// Sources whose declarations are those in the JSON files of the same names.
pub(crate) fn compiled() -> Vec<(&'static str, Ran)> {
    vec![("shop", shop(&["--parameter", KEY, "--parameter", "UseTests=yes"])), ("plan", plan(&PROD))]
}

const PROD: [&str; 2] = ["--account", "aws.prod=222222222222"];

fn plan(options: &[&str]) -> Ran {
    import(&[&["--account", "111111111111"], options, &[&file("plan-of-terraform.json")]].concat())
}

#[test]
fn templates_of_others_become_source_that_compiles() {
    let mut sources = BTreeMap::new();
    for entry in std::fs::read_dir(template("")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        // The service role of one assumes itself, which it isn't trusted to.
        let is_denied = name.ends_with("multiple-inputs-outputs");
        if !is_denied && (name.starts_with("cdk-") || name.starts_with("cfn-lint-")) {
            // Some have their buckets there.
            let region = if name.contains("cross-region") { "us-west-2" } else { "eu-west-1" };
            let ran = import(&["--account", "111111111111", "--region", region, path.to_str().unwrap()]);
            assert!(ran.code < 2 && !ran.said.contains("error["), "{name}: {}", ran.said);
            sources.insert(name, ran.source);
        }
    }
    assert_eq!(sources.len(), 18);
    sources.insert("unknown".to_owned(), unknown_configurations());
    let built = declared("templates", &sources).into_iter();
    let wrong = built.filter(|(_, built)| built["pipelines"].as_object().is_none_or(serde_json::Map::is_empty));
    assert_eq!(wrong.collect::<Vec<_>>(), []);
}

/// The source of a pipeline with nothing known of what its actions are told, but for one.
fn unknown_configurations() -> String {
    let action = |category: &str, provider: &str, configuration: Value| {
        let inputs = if ["Source", "Invoke"].contains(&category) { json!([]) } else { json!([{ "Name": "Code" }]) };
        let outputs = if category == "Source" { json!([{ "Name": "Code" }]) } else { json!([]) };
        json!({ "Name": format!("{category}-{provider}"), "InputArtifacts": inputs, "OutputArtifacts": outputs, "Configuration": configuration,
            "ActionTypeId": { "Category": category, "Owner": "AWS", "Provider": provider, "Version": "1" } })
    };
    let open = || json!({ "Ref": "Settings" });
    let mut actions: Vec<Value> = [
        ("Build", "CodeBuild"),
        ("Deploy", "CloudFormation"),
        ("Deploy", "CodeDeploy"),
        ("Deploy", "ECS"),
        ("Deploy", "S3"),
        ("Invoke", "Lambda"),
        ("Invoke", "StepFunctions"),
    ]
    .map(|(category, provider)| action(category, provider, open()))
    .into();
    let transform = json!({ "ProjectName": "shop", "Fn::Transform": { "Name": "Settings" } });
    actions.push(action("Test", "CodeBuild", transform));
    // A name is a literal too.
    actions[1]["Name"] = json!({ "Fn::GetAtt": ["Nested", "Outputs.Group"] });
    let gate = json!({ "Conditions": [{ "Result": "FAIL", "Rules": [{ "Name": "ask", "Configuration": open(),
        "RuleTypeId": { "Category": "Rule", "Owner": "AWS", "Provider": "LambdaInvoke", "Version": "1" } }] }] });
    let pipeline = |name: &str, rest: Value| {
        json!({ "Type": "AWS::CodePipeline::Pipeline", "Properties": {
            "Name": name, "RoleArn": "arn:aws:iam::111111111111:role/release", "PipelineType": "V2",
            "ArtifactStore": { "Type": "S3", "Location": "shop" },
            "Stages": [{ "Name": "Source", "Actions": [action("Source", "CodeCommit", open())] }, rest] } })
    };
    let template = json!({ "Parameters": { "Settings": { "Type": "String" } }, "Resources": {
        "Release": pipeline("release", json!({ "Name": "Rest", "Actions": actions, "BeforeEntry": gate })),
        "Starts": pipeline("starts", json!({ "Name": "Rest", "Actions": [action("Invoke", "CodePipeline", open())] })),
    } });
    let path = written("configurations", "template.json", &template);
    let ran = import(&[&path, "--region", "eu-west-1"]);
    let lost = "not imported: not all of `configuration` is known before it is deployed: the keys that have to be there are parameters, \
                others are left out\n";
    assert_eq!(ran.said.matches(lost).count(), 10, "{}", ran.said);
    let name = "a name that is not known; `nested-outputs-group` is written in its place: give `--parameter Nested.Outputs.Group=…`";
    assert!(ran.said.contains(name) && ran.source.contains("action \"nested-outputs-group\""), "{}", ran.said);
    assert!(ran.source.contains("pub extern pipeline Starts in ") && !ran.said.contains("error["), "{}", ran.said);
    assert!(ran.source.contains("\"shop\"") && ran.source.contains("function_name: (function_name)"), "{}", ran.source);
    ran.source
}

#[test]
fn a_plan_of_terraform_has_pipelines_and_the_roles_that_they_refer_to() {
    let ran = plan(&PROD);
    let path = file("plan-of-terraform.json");
    let told: Vec<&str> =
        ran.said.lines().filter_map(|line| line.rsplit_once(": note: ").map(|(_, note)| note)).collect();
    assert_eq!(
        told,
        [
            "`${aws_s3_bucket.artifacts.id}` is the parameter `aws_s3_bucket_artifacts_id`",
            "`${FullRepositoryId}` is the parameter `full_repository_id`",
        ]
    );
    assert_eq!(ran.code, 0, "{}", ran.said);
    for part in [
        "pub extern role ReleaseService in Account111111111111 {\n        arn: \"arn:aws:iam::111111111111:role/release-service\",",
        "pub extern role DeployInvoker in Account222222222222 {\n        arn: \"arn:aws:iam::222222222222:role/deploy-invoker\",",
        "Resource: \"arn:aws:iam::222222222222:role/deploy-invoker\"",
        "Resource: \"arn:aws:codepipeline:eu-west-1:222222222222:deploy\"",
        "region: \"eu-west-1\"",
        "tags: { team: \"shop\" }",
        "invoke \"start\": Deploy {\n                role: DeployInvoker,\n            }",
    ] {
        assert!(ran.source.contains(part), "{part}\n{}", ran.source);
    }
    assert!(!ran.source.contains("secret-shop") && !ran.source.contains("role/build"), "{}", ran.source);

    let ran = plan(&[]);
    let asked = "has to be known here: give `--account aws.prod=…`";
    assert!(ran.code == 1 && ran.said.contains(asked) && ran.said.contains(&path), "{}", ran.said);
}

/// Terraform with its AWS provider 5.100.0 made both. A state has zeros for the numbers that are not written.
#[test]
fn a_state_of_terraform_gives_what_its_plan_gives() {
    let planned = import(&["--account", "123456789012", &file("plan-of-that-state.json")]);
    let ran = import(&[&file("state-of-terraform.json")]);
    // Its service role may not assume the role of an action.
    let found = |ran: &Ran| ran.said.lines().filter(|line| line.contains("error[XA1013]")).count();
    assert_eq!((planned.code, planned.said.lines().count(), found(&planned)), (1, 1, 1), "{}", planned.said);
    assert_eq!((ran.code, ran.said.lines().count(), found(&ran)), (1, 1, 1), "{}", ran.said);
    assert_eq!(ran.source, planned.source);
    assert_eq!(ran.source.matches("pub pipeline ").count(), 2);
    assert_eq!(ran.source.matches("timeout_in_minutes: ").count(), 2);
}

#[test]
fn what_a_plan_of_terraform_marks_as_sensitive_is_nowhere() {
    let text = std::fs::read_to_string(file("plan-of-terraform.json")).unwrap();
    let mut plan: Value = serde_json::from_str(&text).unwrap();
    let changes = plan["resource_changes"].as_array_mut().unwrap();
    let mut change = |address: &str| {
        let found = changes.iter_mut().find(|change| change["address"] == address).unwrap();
        std::mem::take(&mut found["change"])
    };
    let (mut role, mut pipeline) = (change("aws_iam_role.service"), change("module.release.aws_codepipeline.this"));
    let policy = json!({ "Version": "2012-10-17", "Statement":
        [{ "Sid": "hunter2", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*" }] });
    role["after"]["inline_policy"] = json!([{ "name": "own", "policy": policy.to_string() }]);
    role["after_sensitive"]["inline_policy"] = json!([{ "policy": true }]);
    pipeline["after"]["tags"]["owner"] = json!("hunter3");
    pipeline["after_sensitive"]["tags"] = json!({ "owner": true });
    for (address, changed) in [("aws_iam_role.service", role), ("module.release.aws_codepipeline.this", pipeline)] {
        changes.iter_mut().find(|change| change["address"] == address).unwrap()["change"] = changed;
    }
    let path = written("templates", "sensitive.json", &plan);
    let ran = import(&[&["--account", "111111111111"], &PROD[..], &[&path]].concat());
    assert!(!ran.source.contains("hunter") && !ran.said.contains("hunter"), "{}\n{}", ran.said, ran.source);
    assert!(ran.source.contains("team: \"shop\""), "{}", ran.source);
    // The role has more policies than can be stated.
    let incomplete = "its policies are not stated: it has policies or a permissions boundary whose text is not given";
    assert!(ran.code == 1 && ran.said.contains(incomplete), "{}", ran.said);
}

#[test]
fn the_wiring_of_a_plan_of_terraform_is_proven() {
    let run = |accounts: &[&str], text: &str| {
        let arguments =
            ["cargo-xacct", "wiring", "-", "--account", "111111111111"].iter().chain(accounts).map(Into::into);
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let code =
            codepipeline_xacct::cli::cargo_xacct(arguments, &mut text.as_bytes(), &mut stdout, &mut stderr, false);
        (code, String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
    };
    let text = std::fs::read_to_string(file("plan-of-terraform.json")).unwrap();
    let (code, said) = run(&PROD, &text);
    assert_eq!(code, 0, "{said}");
    let (code, said) = run(&PROD, &text.replace("codepipeline:StartPipelineExecution", "codepipeline:GetPipeline"));
    assert_eq!(code, 1, "{said}");
    // What is in an account that is not known may be right.
    let (code, said) = run(&[], &text);
    assert_eq!(code, 3, "{said}");
}

/// What a plan doesn't know of a policy may be what is missing elsewhere in it.
#[test]
fn a_policy_of_which_a_plan_knows_nothing_denies_nothing() {
    let text = std::fs::read_to_string(file("plan-of-terraform.json")).unwrap();
    let run = |change: &dyn Fn(&mut Vec<Value>)| {
        let mut plan: Value = serde_json::from_str(&text).unwrap();
        change(plan["resource_changes"].as_array_mut().unwrap());
        let path = written("open", "plan.json", &plan);
        let arguments = ["cargo-xacct", "wiring", &path, "--account", "111111111111", PROD[0], PROD[1]].map(Into::into);
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let code =
            codepipeline_xacct::cli::cargo_xacct(arguments, &mut std::io::empty(), &mut stdout, &mut stderr, false);
        (code, import(&["--account", "111111111111", PROD[0], PROD[1], &path]).said)
    };
    const POLICY: &str = "aws_iam_role_policy.service";
    let find = |changes: &mut Vec<Value>, address: &str| changes.iter().position(|one| one["address"] == address);
    // The role and the document are only known once the plan is applied.
    let open = |changes: &mut Vec<Value>| {
        let at = find(changes, POLICY).unwrap();
        changes[at]["change"]["after"] = json!({});
        changes[at]["change"]["after_unknown"] = json!({ "id": true, "name": true, "policy": true, "role": true });
    };
    let removed = |changes: &mut Vec<Value>| {
        let at = find(changes, POLICY).unwrap();
        changes[at]["change"]["after"] = Value::Null;
    };
    let inline = |changes: &mut Vec<Value>| {
        removed(changes);
        let at = find(changes, "aws_iam_role.service").unwrap();
        changes[at]["change"]["after"]["inline_policy"] = json!([{ "name": "own" }]);
        changes[at]["change"]["after_unknown"]["inline_policy"] = json!([{ "policy": true }]);
    };
    for unknown in [&open as &dyn Fn(&mut Vec<Value>), &inline] {
        let (code, said) = run(unknown);
        assert_eq!(code, 3, "{said}");
        let unstated = "its policies are not stated: it has policies or a permissions boundary whose text is not given";
        assert!(said.contains(unstated) && !said.contains("error["), "{said}");
    }
    let (code, said) = run(&removed);
    assert!(code == 1 && said.contains("error[XA1013]"), "{said}");
}

/// The plan of one team with the pipeline, that of another with the role that the pipeline assumes, and a third with the policy of that role.
#[test]
fn plans_of_several_teams_are_one_set() {
    let text = std::fs::read_to_string(file("plan-of-terraform.json")).unwrap();
    let part = |name: &str, keep: &dyn Fn(&str) -> bool, change: &dyn Fn(&mut Value)| {
        let mut plan: Value = serde_json::from_str(&text).unwrap();
        let resources = plan["resource_changes"].as_array_mut().unwrap();
        resources.retain(|resource| keep(resource["address"].as_str().unwrap()));
        resources.iter_mut().for_each(change);
        written("teams", name, &plan)
    };
    let invoker = "arn:aws:iam::222222222222:role/deploy-invoker";
    let literal = |resource: &mut Value| {
        if resource["type"] == "aws_codepipeline" {
            resource["change"]["after"]["stage"][1]["action"][0]["role_arn"] = json!(invoker);
            resource["change"]["after_unknown"]["stage"][1]["action"][0]["role_arn"] = json!(false);
        }
    };
    let nothing = |_: &mut Value| {};
    let denied = |resource: &mut Value| {
        let after = resource.pointer_mut("/change/after").unwrap();
        after["policy"] = json!(after["policy"].as_str().unwrap().replace("StartPipelineExecution", "GetPipeline"));
    };
    let pipeline = part("pipeline.json", &|address| !address.contains("invoker"), &literal);
    let role = part("role.json", &|address| address == "aws_iam_role.invoker[0]", &nothing);
    let is_policy = |address: &str| address == "aws_iam_role_policy.invoker[0]";
    let policy = part("policy.json", &is_policy, &nothing);
    let wrong = part("wrong.json", &is_policy, &denied);
    let run = |command: &str, accounts: &[&str], files: &[&String]| {
        let files = files.iter().map(|file| file.as_str());
        let arguments = ["cargo-xacct", command].into_iter().chain(accounts.iter().copied()).chain(files);
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let arguments = arguments.map(Into::into);
        let code =
            codepipeline_xacct::cli::cargo_xacct(arguments, &mut std::io::empty(), &mut stdout, &mut stderr, false);
        (code, String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap())
    };
    let accounts = ["--account", "111111111111", PROD[0], PROD[1]];
    let wiring = |files: &[&String]| run("wiring", &accounts, files);
    // Without the role nothing is known of it.
    assert_eq!(wiring(&[&pipeline]).0, 3);
    assert_eq!(wiring(&[&pipeline, &role, &policy]), wiring(&[&policy, &role, &pipeline]));
    let (code, said) = wiring(&[&pipeline, &role, &policy]);
    assert!(code == 0 && said.contains("by: "), "{said}");
    for files in [&[&pipeline, &role][..], &[&pipeline, &role, &wrong]] {
        let (code, said) = wiring(files);
        assert!(code == 1 && said.contains("codepipeline:StartPipelineExecution"), "{said}");
    }
    // The policy may be one of that role, as its account isn't known.
    let (code, said) = run("wiring", &["--account", "111111111111"], &[&pipeline, &role, &policy]);
    assert_eq!(code, 3, "{said}");

    let (_, said) = run("import", &accounts, &[&pipeline, &role, &policy]);
    assert!(said.contains(r#"Action: "codepipeline:StartPipelineExecution""#) && !said.contains("error["), "{said}");
}

#[test]
fn what_is_not_known_is_a_parameter_and_a_default_where_only_a_literal_is_taken() {
    let path = file("shop.yaml");
    let ran = shop(&["--parameter", KEY]);
    let said: Vec<&str> = ran.said.lines().map(|line| line.strip_prefix(&path).unwrap()).collect();
    assert_eq!(
        said,
        [
            ":3:3: note: `Env` is written out as its default `prod`: give `--parameter Env=…` for another value",
            ":8:3: note: `UseTests` is written out as its default `no`: give `--parameter UseTests=…` for another value",
            ":50:17: note: `test` is left out: condition `WithTests` does not hold",
            ":23:9: note: `${Bucket}` is the parameter `bucket`",
            ":34:17: note: `${Repository}` is the parameter `repository`",
            ":36:17: note: `${Token}` is the parameter `token`",
            ":45:17: note: `${Project}` is the parameter `project`",
            ":20:7: not imported: `RestartExecutionOnUpdate` is not part of a declaration",
        ]
    );
    assert!(!ran.source.contains("abcdef") && !ran.source.contains("action \"test\""), "{}", ran.source);
    assert!(ran.source.contains("tags: { team: \"shop\" },\n"), "{}", ran.source);
    let ran = shop(&["--parameter", "UseTests=yes", "--parameter", "Env=dev"]);
    assert!(ran.source.contains("name: \"shop-dev\""), "{}", ran.source);
    assert!(ran.source.contains("branch: \"develop\""), "{}", ran.source);
    assert!(!ran.source.contains("action \"test\""), "{}", ran.source);
    // The key of the bucket is a text that may be made at run time.
    assert!(ran.source.contains("encryption_key: (key_arn)"), "{}", ran.source);
    let ran = shop(&["--parameter", "Token=s3cr3t"]);
    assert!(ran.said.contains("--parameter Token: note: this is `NoEcho`, and stays a parameter\n"), "{}", ran.said);
    assert!(!ran.source.contains("s3cr3t") && ran.source.contains("oauth_token: (token)"), "{}", ran.source);
    let ran = shop(&["--parameter", "Evn=dev"]);
    let why = "--parameter Evn: not used: no template has a parameter or a resource of this name\n";
    assert!(ran.code == 1 && ran.said.contains(why), "{}", ran.said);
}

#[test]
fn templates_of_two_accounts_are_one_set() {
    let (tooling, prod) = (template("tooling.yaml"), template("prod.yaml"));
    let of_prod = format!("{prod}=222222222222");
    let options = ["--account", &of_prod, "--parameter", "ProdAccount=222222222222", "--parameter"];
    let rest = ["ToolingAccount=111111111111", "--parameter", "DeployRole=deploy", &tooling, &prod];
    let ran = import(&[&HOME[..], &options, &rest].concat());
    assert_eq!(ran.code, 0, "{}", ran.said);
    let start = "invoke \"start\": Deploy {\n                role: DeployInvoker,\n                variables: { version: \"1\" },";
    assert!(ran.source.contains(start), "{}", ran.source);
    let policy = "Resource: \"arn:aws:codepipeline:eu-west-1:222222222222:deploy\"";
    assert!(ran.source.contains(policy) && ran.source.contains("service_role: ReleaseService"), "{}", ran.source);
}

#[test]
fn what_cannot_be_told_says_which_option_tells_it() {
    let (tooling, prod) = (template("tooling.yaml"), template("prod.yaml"));
    let ran = import(&[&tooling, &prod]);
    assert_eq!((ran.code, ran.source.as_str()), (2, ""));
    for said in [
        format!(
            "{tooling}:32:13: not imported: neither its account nor its Region is known: give `--account` and `--region`; the pipeline is left out"
        ),
        format!(
            "{prod}:37:13: not imported: neither its account nor its Region is known: give `--account` and `--region`; the pipeline is left out"
        ),
    ] {
        assert!(ran.said.lines().any(|line| line == said), "{}", ran.said);
    }
    let ran = import(&[&HOME[..], &[&tooling]].concat());
    let asked =
        "`arn:aws:iam::${ProdAccount}:role/deploy-invoker` has to be known here: give `--parameter ProdAccount=…`";
    assert!(ran.code == 1 && ran.said.contains(asked), "{}", ran.said);
}

#[test]
fn a_stack_tells_what_its_resources_are_called() {
    let cdk = template("cdk-integ.pipeline-cfn-with-action-role.json");
    let ran = import(&[&HOME[..], &[&cdk]].concat());
    let asked = "stand-in: a name that is not known; `MyPipelineAED38ECF` is written in its place: give `--parameter MyPipelineAED38ECF=…`, or the output of `aws cloudformation describe-stack-resources`\n";
    assert!(ran.code == 1 && ran.said.contains(asked), "{}", ran.said);
    assert!(ran.source.contains("name: \"MyPipelineAED38ECF\""), "{}", ran.source);
    let names = [
        ("MyBucketF68F3FF0", "shop-artifacts"),
        ("MyPipelineAED38ECF", "shop-release"),
        ("MyPipelineRoleC0D47CA4", "shop-service"),
        ("ActionRole60B0EDF7", "shop-action"),
        ("MyPipelineSourceS3CodePipelineActionRole9F003087", "shop-source"),
        ("MyPipelineCFNCFNDeployRole9CC99B3F", "shop-deploy"),
    ];
    let stack = "arn:aws:cloudformation:us-east-1:111111111111:stack/shop/1";
    let resources: Vec<_> = names
        .iter()
        .map(|(id, name)| json!({ "StackId": stack, "LogicalResourceId": id, "PhysicalResourceId": name }))
        .collect();
    let resources = written("stack", "resources.json", &json!({ "StackResources": resources }));
    let ran = import(&[&cdk, &resources]);
    assert!(
        ran.source.contains("name: \"shop-release\",\n        region: \"us-east-1\""),
        "{}{}",
        ran.source,
        ran.said
    );
    assert!(ran.source.contains("artifact_bucket: \"shop-artifacts\""), "{}", ran.source);
    assert!(ran.source.contains("\"arn:aws:s3:::shop-artifacts/*\""), "{}", ran.source);
    assert_eq!((ran.code, ran.said.as_str()), (0, ""));
}

#[test]
fn what_a_macro_or_a_module_makes_is_said_and_the_rest_is_imported() {
    let template = json!({
        "Transform": ["Shop::Macro"],
        "Resources": {
            "Other": { "Type": "Shop::Pipeline::MODULE" },
            "Release": { "Type": "AWS::CodePipeline::Pipeline", "Properties": {
                "Name": "release", "RoleArn": "arn:aws:iam::111111111111:role/release", "Stages": { "Fn::GetAtt": "Other.Stages" },
                "ArtifactStore": { "Type": "S3", "Location": "shop" },
            } },
        },
    });
    let path = written("macros", "template.json", &template);
    let ran = import(&[&path, "--region", "eu-west-1"]);
    assert_eq!(ran.code, 1);
    for said in [
        "macro `Shop::Macro` may change what is here, and is not run",
        "what is in module `Shop::Pipeline::MODULE` is not read",
        "stand-in: not all of its stages and actions are known: it is an `extern pipeline`",
    ] {
        assert!(ran.said.contains(said), "{}", ran.said);
    }
    assert!(ran.source.contains("pub extern pipeline Release in "), "{}", ran.source);
}

/// A pipeline whose name, Regions and trust policy are written in the longer ways.
const LISTS: &str = r#"
Parameters:
  Names: { Type: CommaDelimitedList, Default: "shop, other" }
  Branch: { Type: String }
Resources:
  Code:
    Type: AWS::CodeCommit::Repository
    Properties: { RepositoryName: shop-code }
  Service:
    Type: AWS::IAM::Role
    Properties:
      RoleName: service
      AssumeRolePolicyDocument: |
        { "Version": "2012-10-17", "Statement": [
          { "Effect": "Allow", "Principal": { "Service": "codepipeline.amazonaws.com" }, "Action": "sts:AssumeRole" } ] }
      Policies:
        - PolicyName: all
          PolicyDocument: !Sub |
            { "Version": "2012-10-17", "Statement": { "Effect": "Allow", "Action": "s3:*", "Resource": "arn:${AWS::Partition}:s3:::*" } }
  Release:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Name: !Join ["-", [!Select [0, !Ref Names], !GetAtt Code.Name, !Join ["-", !Split ["/", !Ref Branch]], !Ref AWS::StackName]]
      RoleArn: !GetAtt Service.Arn
      ArtifactStore: { Type: S3, Location: shop-artifacts }
      Stages:
        - Name: Source
          Actions:
            - Name: Source
              ActionTypeId: { Category: Source, Owner: AWS, Provider: CodeCommit, Version: "1" }
              Configuration: { RepositoryName: !GetAtt Code.Name, BranchName: !Ref Branch, PollForSourceChanges: false }
              OutputArtifacts: [{ Name: Sources }]
        - Name: Approve
          Actions:
            - Name: Approve
              ActionTypeId: { Category: Approval, Owner: AWS, Provider: Manual, Version: "1" }
"#;

#[test]
fn what_a_function_depends_on_is_asked_for_and_a_stack_tells_its_name() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tests/import-lists");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("lists.yaml");
    std::fs::write(&path, LISTS).unwrap();
    let path = path.to_str().unwrap();
    let ran = import(&[&HOME[..], &[path]].concat());
    for asked in [
        "a name that is not known; `branch` is written in its place: give `--parameter Branch=…`\n",
        "a name that is not known; `stackname` is written in its place: give `--parameter AWS::StackName=…`, or the output of",
        "options for the unknown values, on one line: cargo xacct import … --parameter AWS::StackName=… --parameter Branch=…\n",
    ] {
        assert!(ran.code == 1 && ran.said.contains(asked), "{asked}{}", ran.said);
    }
    let stack = "arn:aws:cloudformation:eu-west-1:111111111111:stack/main/1";
    let resource = json!({ "StackId": stack, "LogicalResourceId": "Service", "PhysicalResourceId": "service" });
    let resources = written("lists", "resources.json", &json!({ "StackResources": [resource] }));
    let ran = import(&[path, &resources, "--parameter", "Branch=release/1"]);
    let note =
        "note: `Names` is written out as its default `shop, other`: give `--parameter Names=…` for another value";
    assert!(ran.code == 0 && ran.said.contains(note), "{}", ran.said);
    for part in [
        "name: \"shop-shop-code-release-1-main\"",
        "repository: \"shop-code\"",
        "Principal: { Service: \"codepipeline.amazonaws.com\" }",
        "Resource: \"arn:aws:s3:::*\"",
    ] {
        assert!(ran.source.contains(part), "{part}\n{}", ran.source);
    }
}

#[test]
fn what_is_written_for_a_name_that_is_not_known_decides_no_condition() {
    let ran = import(&[&HOME[..], &[&file("undecided.yaml")]].concat());
    assert!(ran.source.contains("name: \"release\"") && ran.source.contains("name: \"test-stage\""), "{}", ran.source);
    let asked = "condition `IsProd` is assumed to be true: give `--parameter Stage=…`";
    assert!(ran.said.contains(asked) && !ran.said.contains("does not hold"), "{}", ran.said);
    let ran = import(&[&HOME[..], &["--parameter", "Stage=dev", &file("undecided.yaml")]].concat());
    assert!(!ran.source.contains("name: \"release\""), "{}", ran.source);
}

#[test]
fn a_large_file_is_read_and_its_places_are_said() {
    let mut text = String::from("Resources:\n");
    for number in 0..60 {
        let _ = write!(
            text,
            "  P{number}:\n    Type: AWS::CodePipeline::Pipeline\n    Properties:\n      Name: {}\n",
            ["x", "p!"][number % 2].to_owned() + &number.to_string()
        );
        text.push_str("      RoleArn: arn:aws:iam::111111111111:role/service\n      ArtifactStore: { Type: S3, Location: shop-artifacts }\n      Stages:\n");
        for stage in 0..20 {
            let _ = write!(text, "        - Name: S{stage}\n          Actions:\n");
            for action in 0..10 {
                let _ = write!(
                    text,
                    "            - Name: A{action}\n              ActionTypeId: {{ Category: Build, Owner: AWS, Provider: CodeBuild, Version: \"1\" }}\n              Configuration:\n                ProjectName: shop\n                EnvironmentVariables: '[{{\"name\":\"X\",\"value\":\"{}\"}}]'\n",
                    "y".repeat(200)
                );
            }
        }
    }
    assert!(text.len() > 5_000_000, "{}", text.len());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/tests/import-large");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("large.yaml");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    let ran = import(&[&HOME[..], &[path]].concat());
    assert_eq!(ran.code, 1);
    assert_eq!(ran.source.matches("pub pipeline ").count(), 30);
    let left_out =
        ran.said.lines().filter(|line| line.starts_with(path) && line.ends_with("; the pipeline is left out"));
    assert_eq!(left_out.count(), 30);
}

/// The templates of `tests/aws/tests/imported/stacks`, with the names that a stack engine gave: `tests/aws/tests/import.rs` plans the source on
/// what that engine made. The same from what is read of the accounts.
#[test]
fn what_stacks_made_is_imported_from_their_templates_and_from_the_accounts() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../aws/tests/imported/stacks");
    let read =
        |name: &str| serde_json::from_str::<Value>(&std::fs::read_to_string(folder.join(name)).unwrap()).unwrap();
    let (stacks, accounts) = (read("stacks.json"), read("accounts.json"));
    let mut of_stacks: Vec<String> = Vec::new();
    for (number, stack) in stacks.as_array().unwrap().iter().enumerate() {
        let template = folder.join(stack["template"].as_str().unwrap()).to_str().unwrap().to_owned();
        of_stacks.push(written("stacks", &format!("resources-{number}.json"), &accounts["stacks"][number]));
        for (name, value) in stack["parameters"].as_object().unwrap() {
            of_stacks.extend(["--parameter".to_owned(), format!("{template}:{name}={}", value.as_str().unwrap())]);
        }
        of_stacks.push(template);
    }
    let pipelines = accounts["pipelines"].as_array().unwrap().iter().enumerate();
    let mut of_accounts: Vec<String> =
        pipelines.map(|(number, pipeline)| written("stacks", &format!("pipeline-{number}.json"), pipeline)).collect();
    let details = accounts["accounts"].as_object().unwrap().iter();
    of_accounts.extend(details.map(|(account, details)| written("stacks", &format!("roles-{account}.json"), details)));
    for (arguments, kept) in [(of_stacks, "templates.rs"), (of_accounts, "accounts.rs")] {
        let ran = import(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(ran.code, 0, "{}", ran.said);
        let expected = |line: &str| line.contains(": note: ") || line.contains(": warning[XA1311]: ");
        assert!(ran.said.lines().all(expected), "{}", ran.said);
        let kept = folder.join(kept);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&kept, &ran.source).unwrap();
        }
        assert_eq!(ran.source, std::fs::read_to_string(&kept).unwrap());
    }
}
