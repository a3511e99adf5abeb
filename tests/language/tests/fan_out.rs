//! One declaration for many targets from a table: what the compiler can't know is checked when the topology is built.

use codepipeline_xacct::builder::{BuiltPipeline, action, pipeline};
use codepipeline_xacct::core::ids::RoleArn;
use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::core::topology::{Account, Ownership, Pipeline, Role, Target};
use codepipeline_xacct::{Topology, pipeline as declare};
use serde::Deserialize;

declare! {
    account Hub = "111111111111";
}

#[derive(Deserialize)]
struct Table {
    target: Vec<Row>,
}

/// A row of the table: the pipeline `deploy` of an account.
#[derive(Deserialize)]
struct Row {
    account: String,
    region: String,
    /// The account of the role; usually the same.
    role: Option<String>,
    #[serde(default)]
    without_role: bool,
}

impl Row {
    fn arn(&self) -> String {
        format!("arn:aws:codepipeline:{}:{}:deploy", self.region, self.account)
    }

    fn role(&self) -> Option<Role> {
        let account = self.role.as_ref().unwrap_or(&self.account);
        let arn: RoleArn = format!("arn:aws:iam::{account}:role/deploy-invoker").parse().unwrap();
        (!self.without_role).then(|| Role::inline(Ownership::Managed, arn))
    }

    /// The signature of the target.
    fn pipeline(&self) -> Pipeline {
        let mut pipeline =
            Pipeline::new(&format!("Deploy in {}", self.account), Ownership::Extern, self.arn().parse().unwrap());
        pipeline.declaration.variables = Some(
            serde_json::from_value(
                serde_json::json!([{ "name": "version" }, { "name": "level", "defaultValue": "1" }]),
            )
            .unwrap(),
        );
        pipeline
    }

    fn target(&self) -> Target {
        self.pipeline().target()
    }
}

/// A hundred accounts in two Regions.
fn table() -> String {
    let row = |number: u32| {
        let region = if number.is_multiple_of(2) { "eu-west-1" } else { "us-east-1" };
        format!("[[target]]\naccount = \"2{number:011}\"\nregion = \"{region}\"\n")
    };
    (0..100).map(row).collect()
}

/// The hub: every target is started with the commit, 50 in a stage.
fn hub(rows: &[Row], variables: &[(&str, &str)]) -> BuiltPipeline {
    let hub = pipeline::<Hub>("Hub", "hub", "eu-west-1")
        .managed_service_role("hub-service")
        .artifact_bucket_in("eu-west-1", "hub-eu")
        .artifact_bucket_in("us-east-1", "hub-us")
        .stage("Source", |s| s.action("code", action::codecommit("shop", "main").output("Code").namespace("Source")))
        .stage("Build", |s| s.action("build", action::codebuild("build").input("Code")));
    let stages = rows.chunks(50).enumerate().fold(hub, |hub, (number, rows)| {
        hub.stage(&format!("Deploy{number}"), |stage| {
            rows.iter().fold(stage, |stage, row| {
                let name = format!("deploy-{}", row.account);
                let start = stage.start_target(&name, row.target()).run_order(2);
                let start = row.role().into_iter().fold(start, |start, role| start.role(role));
                variables.iter().fold(start, |start, (name, value)| start.set(name, *value)).and()
            })
        })
    });
    stages.build()
}

fn json(document: &Option<Document>) -> String {
    serde_json::to_string(document).unwrap()
}

const VARIABLES: &[(&str, &str)] = &[("version", "#{Source.CommitId}")];

fn rows(table: &str) -> Vec<Row> {
    toml::from_str::<Table>(table).unwrap().target
}

/// The codes of the findings, and the place of each.
fn findings(rows: &[Row], variables: &[(&str, &str)]) -> Vec<String> {
    let findings = Topology::builder("hub").add(hub(rows, variables)).build().unwrap_err();
    findings.iter().map(|finding| format!("{} {}", finding.code, finding.place)).collect()
}

#[test]
fn a_hundred_targets_of_a_table() {
    let rows = rows(&table());
    let topology = Topology::builder("hub").add(hub(&rows, VARIABLES)).build().unwrap();
    assert_eq!(topology.warnings(), []);
    let hub = &topology.pipelines()[0];
    assert_eq!(hub.invokes.len(), 100);
    let stages = hub.declaration.stages.as_ref().unwrap();
    for (number, row) in rows.iter().enumerate() {
        let action = &stages[2 + number / 50].actions.as_ref().unwrap()[number % 50];
        let configuration = action.configuration.as_ref().unwrap();
        assert_eq!(configuration["PipelineName"], "deploy");
        assert_eq!(configuration["Variables"], r##"[{"name":"version","value":"#{Source.CommitId}"}]"##);
        assert_eq!(
            action.role_arn.as_deref(),
            Some(format!("arn:aws:iam::{}:role/deploy-invoker", row.account).as_str())
        );
        assert_eq!((action.region.as_deref(), action.run_order), (Some(row.region.as_str()), Some(2)));
        // The role trusts the hub's service role, and may start only its own target.
        let role = topology.role(&row.role().unwrap().arn).unwrap();
        let (trust, policy) = (json(&role.trust), json(&role.policy));
        assert!(trust.contains("arn:aws:iam::111111111111:role/hub-service"), "{trust}");
        assert!(policy.contains(&row.arn()) && policy.matches("arn:").count() == 1, "{policy}");
    }
    let service = topology.role(hub.service_role.as_ref().unwrap()).unwrap();
    let policy = json(&service.policy);
    assert_eq!(policy.matches(":role/deploy-invoker").count(), 100);
}

#[test]
fn a_wrong_row_is_found_by_the_rules_of_the_compiler() {
    let wrong = |extra: &str| {
        let mut rows = rows(&table());
        rows.extend(self::rows(&format!("[[target]]\naccount = \"333333333333\"\nregion = \"eu-west-1\"\n{extra}")));
        rows
    };
    let place = "pipeline Hub / stage \"Deploy2\" / action \"deploy-333333333333\"";
    assert_eq!(findings(&wrong("without_role = true"), VARIABLES), [format!("XA0902 {place}")]);
    assert_eq!(findings(&wrong("role = \"444444444444\""), VARIABLES), [format!("XA0903 {place} / roleArn")]);
    let rows = self::rows("[[target]]\naccount = \"333333333333\"\nregion = \"ap-south-1\"\n");
    let place = "pipeline Hub / stage \"Deploy0\" / action \"deploy-333333333333\"";
    assert!(findings(&rows, &[]).contains(&format!("XA0907 {place}")), "{:?}", findings(&rows, &[]));
    let unknown = [("version", "1"), ("verbose", "1")];
    assert!(findings(&rows, &unknown).iter().any(|finding| finding.starts_with("XA0906 ")));
    // There is no bucket in its Region.
    assert!(findings(&rows, VARIABLES).iter().any(|finding| finding.starts_with("XA0404 ")));
}

/// An account in the table twice, under two names, is one account.
#[test]
fn accounts_of_a_table_are_told_apart() {
    let account = |item: &str| Account {
        item: item.to_owned(),
        id: "222222222222".parse().unwrap(),
        partition: codepipeline_xacct::core::ids::Partition::aws(),
    };
    let topology = Topology::builder("hub").add(account("Europe")).add(account("Emea")).build().unwrap();
    assert_eq!(topology.warnings()[0].code, "XA0923");
}
