//! What is lost, what isn't, and what is in doubt.

use super::*;
use crate::declaration::read;
use crate::ids::Partition;
use crate::plan::{PipelineState, PlanOptions, plan};
use crate::policy::Statement;
use crate::topology::items::{Account, Invoke, Pipeline, Role, Target};

const TOOLING: &str = "111111111111";
const PROD: &str = "222222222222";

fn role(account: &str, name: &str) -> RoleArn {
    format!("arn:aws:iam::{account}:role/{name}").parse().unwrap()
}

fn arn(account: &str, name: &str) -> PipelineArn {
    format!("arn:aws:codepipeline:eu-west-1:{account}:{name}").parse().unwrap()
}

fn invoke(name: &str, role: &str) -> String {
    format!(
        r#"{{"name":"{name}","actionTypeId":{{"category":"Invoke","owner":"AWS","provider":"CodePipeline","version":"1"}},
            "roleArn":"arn:aws:iam::{PROD}:role/{role}","configuration":{{"PipelineName":"deploy"}}}}"#
    )
}

/// A pipeline of the first account as it is there: its service role, and its actions that start `deploy`, each with its role.
fn held(name: &str, service: &str, actions: &[(&str, &str)]) -> Found<PipelineState> {
    let actions: Vec<String> = actions.iter().map(|(name, role)| invoke(name, role)).collect();
    let text = format!(
        r#"{{"name":"{name}","version":4,"pipelineType":"V2","roleArn":"{}","stages":[{{"name":"Deploy","actions":[{}]}}]}}"#,
        role(TOOLING, service),
        actions.join(",")
    );
    let declaration = read(&text).unwrap();
    Found::Present(PipelineState { declaration, created: "now".to_owned(), tags: IndexMap::new() })
}

fn assume(roles: &[&str]) -> Document {
    let roles = roles.iter().map(|name| role(PROD, name).to_string()).collect();
    Document::new(vec![Statement::allow(&["sts:AssumeRole"], roles)])
}

fn start() -> Document {
    let target = arn(PROD, "deploy").to_string();
    Document::new(vec![Statement::allow(&["codepipeline:StartPipelineExecution"], vec![target])])
}

/// A role of the first account that CodePipeline may assume.
fn service(name: &str, inline: &[(&str, Document)]) -> (RoleArn, Found<RoleState>) {
    let trust = Document::new(vec![Statement::trust("Service", vec!["codepipeline.amazonaws.com".to_owned()])]);
    let mut state = RoleState::created(&role(TOOLING, name), &trust, &IndexMap::new());
    state.inline = inline.iter().map(|(name, document)| ((*name).to_owned(), document.clone())).collect();
    (role(TOOLING, name), Found::Present(state))
}

/// A role of the second account that trusts some of the first, and may start `deploy`.
fn action(name: &str, trusts: &[&str], tags: &[(&str, &str)]) -> (RoleArn, Found<RoleState>) {
    let trusted = trusts.iter().map(|name| role(TOOLING, name).to_string()).collect();
    let trust = Document::new(vec![Statement::trust("AWS", trusted)]);
    let tags = tags.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let mut state = RoleState::created(&role(PROD, name), &trust, &tags);
    state.inline = [("codepipeline-xacct-t".to_owned(), start())].into();
    (role(PROD, name), Found::Present(state))
}

/// A program that extends action `Ours` of `release`, which runs with the managed role `ours`.
fn topology(service: Ownership) -> Topology {
    let account =
        |item: &str, id: &str| Account { item: item.to_owned(), id: id.parse().unwrap(), partition: Partition::aws() };
    let name = if service == Ownership::Managed { "new" } else { "service" };
    let mut pipeline = Pipeline::new("Release", Ownership::Extended, arn(TOOLING, "release"));
    pipeline.declaration =
        read(&format!(r#"{{"name":"release","stages":[{{"name":"Deploy","actions":[{}]}}]}}"#, invoke("Ours", "ours")))
            .unwrap();
    pipeline.service_role = Some(role(TOOLING, name));
    pipeline.invokes.push(Invoke {
        stage: "Deploy".to_owned(),
        action: "Ours".to_owned(),
        target: Target { item: "Deploy".to_owned(), arn: arn(PROD, "deploy"), variables: None },
        role: Some(role(PROD, "ours")),
        variables: IndexMap::new(),
        wait: None,
    });
    Topology::builder("t")
        .add(account("Tooling", TOOLING))
        .add(account("Prod", PROD))
        .add(Role::inline(service, role(TOOLING, name)))
        .add(Role::inline(Ownership::Managed, role(PROD, "ours")))
        .add(pipeline)
        .build()
        .unwrap()
}

const OURS: &[(&str, &str)] = &[("codepipeline-xacct:topology", "t"), ("codepipeline-xacct:item", "ours")];

fn state(roles: Vec<(RoleArn, Found<RoleState>)>, pipelines: Vec<Found<PipelineState>>) -> State {
    let named = |found: Found<PipelineState>| (arn(TOOLING, &found.present().unwrap().declaration.name), found);
    let pipelines = pipelines.into_iter().map(named).collect();
    State { roles: roles.into_iter().collect(), pipelines, ..State::default() }
}

/// The findings about what is lost, whether or not they prevent the plan, and the roles that are in doubt.
fn lost(service: Ownership, state: &State) -> (Vec<String>, Vec<RoleArn>) {
    let topology = topology(service);
    let (findings, doubt) = match plan(&topology, state, &PlanOptions::default()) {
        Ok(plan) => (plan.warnings().to_vec(), plan.roles_in_doubt(&topology, state).into_iter().collect()),
        Err(findings) => (findings.iter().cloned().collect(), Vec::new()),
    };
    assert!(findings.iter().all(|f| f.code != "XA1013"), "{findings:?}");
    let mut lines = Vec::new();
    for finding in findings.iter().filter(|f| ["XA1031", "XA1032"].contains(&f.code)) {
        lines.push(format!("{} {}: {}", finding.code, finding.place, finding.message));
    }
    (lines, doubt)
}

/// `release` with an action of another team, whose role only our policy of the service role lets it assume.
fn shared(theirs: Option<(RoleArn, Found<RoleState>)>, more: &[(&str, Document)]) -> State {
    let mut inline = vec![("codepipeline-xacct-t", assume(&["ours", "theirs"]))];
    inline.extend(more.iter().cloned());
    let roles = [service("service", &inline), action("ours", &["service"], OURS)].into_iter().chain(theirs).collect();
    state(roles, vec![held("release", "service", &[("Ours", "ours"), ("Theirs", "theirs")])])
}

const THEIRS: &str = "pipeline Release / stage \"Deploy\" / action \"Theirs\"";

#[test]
fn an_action_of_others_that_loses_its_role_prevents_the_plan() {
    let state = shared(Some(action("theirs", &["service"], &[])), &[]);
    let (lines, _) = lost(Ownership::Extended, &state);
    assert_eq!(
        lines,
        [format!(
            "XA1031 {THEIRS}: service role `arn:aws:iam::{TOOLING}:role/service` may assume action role \
             `arn:aws:iam::{PROD}:role/theirs` now, but not after the plan, because no identity-based policy allows the \
             sts:AssumeRole action"
        )]
    );
}

#[test]
fn what_another_policy_still_allows_is_not_lost() {
    let theirs = Some(action("theirs", &["service"], &[]));
    assert_eq!(lost(Ownership::Extended, &shared(theirs, &[("console", assume(&["theirs"]))])), (vec![], vec![]));
}

#[test]
fn what_was_denied_before_is_not_lost() {
    let theirs = Some(action("theirs", &["somebody"], &[]));
    assert_eq!(lost(Ownership::Extended, &shared(theirs, &[])), (vec![], vec![]));
}

#[test]
fn a_role_that_was_not_read_is_in_doubt() {
    let (lines, doubt) = lost(Ownership::Extended, &shared(None, &[]));
    assert_eq!(doubt, [role(PROD, "theirs")]);
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(lines[0].starts_with(&format!("XA1032 {THEIRS}: it is not known whether service role ")), "{lines:?}");
    let (lines, doubt) = lost(Ownership::Extended, &shared(Some((role(PROD, "theirs"), Found::NotConnected)), &[]));
    assert_eq!((lines.len(), doubt), (1, vec![]), "what can't be read is not asked for again");
}

#[test]
fn a_managed_role_that_another_pipeline_uses_keeps_trusting_it() {
    let roles = || {
        vec![
            service("service", &[("codepipeline-xacct-t", assume(&["ours"]))]),
            service("other", &[("p", assume(&["ours"]))]),
        ]
    };
    let pipelines =
        || vec![held("release", "service", &[("Ours", "ours")]), held("other", "other", &[("Run", "ours")])];
    let with = |ours| state(roles().into_iter().chain([ours]).collect(), pipelines());
    let (lines, _) = lost(Ownership::Extended, &with(action("ours", &["service", "other"], OURS)));
    assert_eq!(lines.len(), 1, "{lines:?}");
    assert!(
        lines[0].starts_with(&format!(
            "XA1031 pipeline other / stage \"Deploy\" / action \"Run\": service role `arn:aws:iam::{TOOLING}:role/other` may \
             assume action role `arn:aws:iam::{PROD}:role/ours` now, but not after the plan, "
        )),
        "{lines:?}"
    );
    assert_eq!(lost(Ownership::Extended, &with(action("ours", &["service"], OURS))), (vec![], vec![]));
}

#[test]
fn another_service_role_has_to_do_for_the_actions_of_others_too() {
    let theirs = |trusts: &[&str]| {
        state(
            vec![
                service("service", &[("p", assume(&["ours", "theirs"]))]),
                (role(TOOLING, "new"), Found::Missing),
                action("ours", &["service"], OURS),
                action("theirs", trusts, &[]),
            ],
            vec![held("release", "service", &[("Ours", "ours"), ("Theirs", "theirs")])],
        )
    };
    let (lines, _) = lost(Ownership::Managed, &theirs(&["service"]));
    assert!(lines.len() == 1 && lines[0].starts_with(&format!("XA1031 {THEIRS}: ")), "{lines:?}");
    assert_eq!(lost(Ownership::Managed, &theirs(&["somebody"])), (vec![], vec![]));
}

/// `release` with two actions of another team that deploy and build with the service role, and one that deploys with a role of its own.
fn with_calls(ours: Document, more: &[(&str, Document)]) -> State {
    let action = |name: &str, kind: &str, configuration: &str, role: &str| {
        format!(
            r#"{{"name":"{name}","actionTypeId":{{{kind},"owner":"AWS","version":"1"}},"configuration":{{{configuration}}},
                "inputArtifacts":[{{"name":"Code"}}]{role}}}"#
        )
    };
    let deploy = r#""category":"Deploy","provider":"CodeDeploy""#;
    let group = r#""ApplicationName":"shop","DeploymentGroupName":"all""#;
    let actions = [
        invoke("Ours", "ours"),
        action("Ship", deploy, group, ""),
        action("Build", r#""category":"Build","provider":"CodeBuild""#, r#""ProjectName":"shop""#, ""),
        action("Own", deploy, group, &format!(r#","roleArn":"{}""#, role(TOOLING, "own"))),
    ];
    let text = format!(
        r#"{{"name":"release","version":4,"pipelineType":"V2","roleArn":"{}","stages":[{{"name":"Deploy","actions":[{}]}}]}}"#,
        role(TOOLING, "service"),
        actions.join(",")
    );
    let declaration = read(&text).unwrap();
    let release = Found::Present(PipelineState { declaration, created: "now".to_owned(), tags: IndexMap::new() });
    let policies: Vec<_> = [("codepipeline-xacct-t", ours)].into_iter().chain(more.iter().cloned()).collect();
    state(vec![service("service", &policies), action_role()], vec![release])
}

fn action_role() -> (RoleArn, Found<RoleState>) {
    action("ours", &["service"], OURS)
}

fn on(action: &str, resource: &str) -> Document {
    Document::new(vec![Statement::allow(&[action], vec![resource.to_owned()])])
}

fn both(documents: &[Document]) -> Document {
    Document::new(documents.iter().flat_map(|document| document.statements.iter().cloned()).collect())
}

#[test]
fn calls_that_an_action_of_others_makes_with_a_role_are_lost_where_only_our_policy_allowed_them() {
    let wide = || both(&[assume(&["ours"]), on("codedeploy:*", "*"), on("codebuild:*", "*")]);
    let (lines, _) = lost(Ownership::Extended, &with_calls(wide(), &[]));
    let service = role(TOOLING, "service");
    assert_eq!(
        lines,
        [
            format!(
                "XA1031 pipeline Release / stage \"Deploy\" / action \"Ship\": the action runs with role `{service}`, which may \
                 `codedeploy:GetApplication` on `arn:aws:codedeploy:eu-west-1:{TOOLING}:application:shop` now, but not after the plan"
            ),
            format!(
                "XA1031 pipeline Release / stage \"Deploy\" / action \"Build\": the action runs with role `{service}`, which may \
                 `codebuild:BatchGetBuilds` on `arn:aws:codebuild:eu-west-1:{TOOLING}:project/shop` now, but not after the plan"
            ),
        ]
    );
    // What another policy allows stays, and what was not allowed is not lost.
    let theirs = [("theirs", both(&[on("codedeploy:*", "*"), on("codebuild:*", "*")]))];
    assert_eq!(lost(Ownership::Extended, &with_calls(wide(), &theirs)).0, Vec::<String>::new());
    assert_eq!(lost(Ownership::Extended, &with_calls(assume(&["ours"]), &[])).0, Vec::<String>::new());
    // Without a part of it, the action may run.
    let some = [("theirs", both(&[on("codedeploy:CreateDeployment", "*"), on("codebuild:*", "*")]))];
    let (lines, _) = lost(Ownership::Extended, &with_calls(wide(), &some));
    assert!(lines.len() == 1 && lines[0].starts_with("XA1032") && lines[0].contains("codedeploy:"), "{lines:?}");
}
