//! A program that deploys a topology, as it is used on the command line.

use std::io::BufRead;

use codepipeline_xacct::aws::Session;
use codepipeline_xacct::cli::{Console, run_in};
use codepipeline_xacct::core::contract::Contract;
use codepipeline_xacct::core::plan::Plan;
use codepipeline_xacct::core::topology::Subject;
use codepipeline_xacct::local::{Fault, Local};
use codepipeline_xacct::{Findings, Topology};
use codepipeline_xacct_aws_tests::*;

fn topology() -> Result<Topology, Findings> {
    Topology::builder("release").add(Release).build()
}

/// What the program did: its exit code, its output and its errors.
#[derive(Debug)]
pub struct Ran {
    pub code: u8,
    pub stdout: String,
    pub stderr: String,
}

async fn ran(session: &Session, args: &[&str], answer: Option<&str>) -> Ran {
    ran_with(topology(), session, args, answer).await
}

pub async fn ran_with(
    topology: Result<Topology, Findings>,
    session: &Session,
    args: &[&str],
    answer: Option<&str>,
) -> Ran {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let mut answers = answer.map(str::as_bytes);
    let console = Console {
        stdout: &mut stdout,
        stderr: &mut stderr,
        stdin: answers.as_mut().map(|answers| answers as &mut dyn BufRead),
    };
    let writes = ["apply", "prune", "destroy", "restore"].iter().any(|command| args.first() == Some(command));
    let journal = if writes && !args.contains(&"--journal") { ["--no-journal"].as_slice() } else { &[] };
    let args = std::iter::once("release").chain(args.iter().copied()).chain(journal.iter().copied()).map(Into::into);
    let code = run_in(topology, session.clone(), args, console).await;
    Ran { code, stdout: String::from_utf8(stdout).unwrap(), stderr: String::from_utf8(stderr).unwrap() }
}

async fn connected() -> (Local, Session) {
    let local = as_the_console_left_it().unwrap();
    let session = local.connect(&topology().unwrap()).await.unwrap();
    (local, session)
}

#[tokio::test]
async fn plan_ends_with_2_until_it_was_applied() {
    let (_, session) = connected().await;
    let plan = ran(&session, &["plan"], None).await;
    assert_eq!(plan.code, 2, "{plan:?}");
    assert!(
        plan.stdout.starts_with("topology release: 3 to create, 2 to change, 0 to delete in 2 accounts\n"),
        "{plan:?}"
    );
    let whole = ran(&session, &["plan", "-v"], None).await;
    assert!(whole.stdout.contains("\"Action\": \"sts:AssumeRole\""), "{whole:?}");
    let apply = ran(&session, &["apply", "--yes"], None).await;
    assert_eq!(apply.code, 0, "{apply:?}");
    assert!(apply.stdout.ends_with("\n8 steps done\n"), "{apply:?}");
    assert!(apply.stderr.contains("done: ~ pipeline hoge0315pipeline1 (111111111111, ap-northeast-1)\n"), "{apply:?}");
    assert_eq!(ran(&session, &["plan"], None).await.code, 0);
}

#[tokio::test]
async fn why_a_step_failed_is_printed_once() {
    let (local, session) = connected().await;
    local.faults().add(Fault::on("CreatePipeline").access_denied());
    let apply = ran(&session, &["apply", "--yes"], None).await;
    assert_eq!(apply.code, 1, "{apply:?}");
    let step = "+ pipeline hoge1005command (222222222222, ap-northeast-1)";
    assert!(apply.stderr.contains(&format!("failed: {step}\n")), "{apply:?}");
    assert!(apply.stderr.contains(&format!("{step}: ")), "{apply:?}");
    assert_eq!(apply.stderr.matches("AccessDenied").count(), 1, "{apply:?}");
}

#[tokio::test]
async fn what_the_credentials_need_to_apply_a_plan_is_printed_for_each_account() {
    let (_, session) = connected().await;
    let text = ran(&session, &["plan", "--permissions"], None).await;
    assert_eq!(text.code, 2, "{text:?}");
    let title = |account: &str| {
        format!("account {account}: policy of the credentials (what applying needs, beyond reading)\n{{")
    };
    assert!(text.stdout.starts_with(&title("111111111111")), "{text:?}");
    assert!(text.stdout.contains(&title("222222222222")) && !text.stdout.contains("to create"), "{text:?}");
    let json = ran(&session, &["plan", "--permissions", "--format", "json"], None).await;
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    let plan = session.plan(&topology().unwrap()).exclusive().await.unwrap();
    assert_eq!(json, serde_json::to_value(plan.required_permissions()).unwrap());
    assert_eq!(ran(&session, &["apply", "--yes"], None).await.code, 0);
    let nothing = ran(&session, &["plan", "--permissions"], None).await;
    assert_eq!((nothing.code, nothing.stdout.as_str()), (0, "nothing to do, so nothing is needed\n"));
}

#[tokio::test]
async fn what_is_written_is_reported_as_objects_that_a_program_can_read() {
    let objects = |ran: &Ran| -> Vec<serde_json::Value> {
        ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
    };
    let (local, session) = connected().await;
    local.faults().add(Fault::on("CreatePipeline").access_denied());
    let apply = ran(&session, &["apply", "--yes", "--format", "json"], None).await;
    assert_eq!(apply.code, 1, "{apply:?}");
    let all = objects(&apply);
    assert_eq!((&all[0]["type"], &all[0]["plan"]["topology"]), (&"plan".into(), &"release".into()), "{apply:?}");
    assert!(all.iter().any(|object| object["type"] == "failed" && object["step"]["verb"] == "create"), "{apply:?}");
    let report = all.last().unwrap();
    assert_eq!((&report["type"], &report["outcome"]), (&"report".into(), &"failed".into()), "{apply:?}");
    assert!(report["failed"][0]["why"].as_str().unwrap().contains("AccessDenied"), "{report}");
    local.faults().clear();
    for command in ["apply", "destroy"] {
        let written = ran(&session, &[command, "--yes", "--format", "json"], None).await;
        let all = objects(&written);
        let count = |kind: &str| all.iter().filter(|object| object["type"] == kind).count();
        assert_eq!((written.code, written.stderr.as_str()), (0, ""), "{written:?}");
        let done = all.last().unwrap()["done"].as_array().unwrap().len();
        assert!(done > 0 && count("done") == done && count("started") == done, "{written:?}");
        let nothing = ran(&session, &[command, "--yes", "--format", "json"], None).await;
        assert_eq!((nothing.code, objects(&nothing).len()), (0, 1), "{nothing:?}");
    }
}

#[tokio::test]
async fn the_topology_and_its_policies_are_one_document_each() {
    let (_, session) = connected().await;
    let document = |ran: &Ran| -> serde_json::Value { serde_json::from_str(&ran.stdout).unwrap() };
    let show = document(&ran(&session, &["show", "--format", "json"], None).await);
    let release = show["pipelines"].as_array().unwrap().iter().find(|pipeline| pipeline["item"] == "Release").unwrap();
    assert_eq!((&release["arn"], &release["invokes"][0]["starts"]), (&RELEASE.into(), &DEPLOY.into()), "{show:#}");
    assert!(show["roles"].as_array().unwrap().iter().any(|role| role["arn"] == INVOKER), "{show:#}");
    let policies = document(&ran(&session, &["policies", "--format", "json"], None).await);
    let title = format!("trust policy of role {INVOKER}");
    let trust = policies["policies"].as_array().unwrap().iter().find(|policy| policy["title"] == title.as_str());
    assert_eq!(trust.unwrap()["document"]["Statement"][0]["Action"], "sts:AssumeRole", "{policies:#}");
}

codepipeline_xacct::pipeline! {
    account Clusters = "111111111111";

    pipeline ToCluster in Clusters {
        name: "to-cluster",
        region: "eu-west-1",
        service_role: existing("arn:aws:iam::111111111111:role/to-cluster"),
        artifact_bucket: "to-cluster-artifacts",

        stage "Source" {
            source "Source": S3 { s3_bucket: "shop-sources", s3_object_key: "shop.zip", poll: false, output: Code }
        }
        stage "Deploy" {
            action "Deploy": EKS { cluster_name: "shop", manifest_files: "manifest.yml", input: Code }
        }
    }
}

#[tokio::test]
async fn an_access_entry_is_printed_with_the_cluster_that_it_is_for() {
    let (_, session) = connected().await;
    let topology = Topology::builder("clusters").add(ToCluster).build();
    let policies = ran_with(topology, &session, &["policies", "--format", "json"], None).await;
    let policies: serde_json::Value = serde_json::from_str(&policies.stdout).unwrap();
    let role = "arn:aws:iam::111111111111:role/to-cluster";
    let entry = serde_json::json!({
        "account": "111111111111",
        "region": "eu-west-1",
        "title": format!("access entry of EKS cluster shop in eu-west-1 for role {role}"),
        "entry": { "ClusterName": "shop", "PrincipalArn": role, "Type": "STANDARD" },
    });
    assert_eq!(policies["access_entries"], serde_json::json!([entry]));
}

/// A reader that has gone, for example `head`.
struct Gone;

impl std::io::Write for Gone {
    fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
        Err(std::io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn a_plan_that_nobody_reads_is_not_applied_and_no_success() {
    let (local, session) = connected().await;
    for command in [["apply", "--yes"].as_slice(), &["plan"]] {
        let mut stderr = Vec::new();
        let console = Console { stdout: &mut Gone, stderr: &mut stderr, stdin: None };
        let args = std::iter::once("release").chain(command.iter().copied()).map(Into::into);
        assert_eq!(run_in(topology(), session.clone(), args, console).await, 1);
        assert!(stderr.is_empty());
    }
    assert!(local.pipeline(&DEPLOY.parse().unwrap()).is_none());
}

#[tokio::test]
async fn nothing_is_written_without_a_yes() {
    let (local, session) = connected().await;
    for answer in ["\n", "n\n", "no\n", "", "yess\n"] {
        let apply = ran(&session, &["apply"], Some(answer)).await;
        assert_eq!((apply.code, apply.stderr.as_str()), (1, "apply? [y/N] nothing was written\n"), "{answer:?}");
    }
    let apply = ran(&session, &["apply"], None).await;
    assert_eq!(apply.code, 1);
    assert_eq!(apply.stderr, "error: there is no terminal to ask on\n  help: add `--yes` to write without asking\n");
    assert!(local.pipeline(&DEPLOY.parse().unwrap()).is_none());
    assert_eq!(ran(&session, &["apply"], Some("y\n")).await.code, 0);
    assert!(local.pipeline(&DEPLOY.parse().unwrap()).is_some());
    let destroy = ran(&session, &["destroy"], Some("Yes\n")).await;
    assert!(destroy.stderr.starts_with("delete? [y/N] "), "{destroy:?}");
    assert!(local.pipeline(&DEPLOY.parse().unwrap()).is_none());
    assert_eq!(ran(&session, &["plan", "--destroy"], None).await.code, 0);
}

#[tokio::test]
async fn a_saved_plan_is_applied_and_one_of_another_topology_is_not() {
    let (_, session) = connected().await;
    let folder = std::env::temp_dir().join(format!("codepipeline-xacct-deploy-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("plan.json");
    let file = file.to_str().unwrap();
    assert_eq!(ran(&session, &["plan", "--out", file], None).await.code, 2);
    let printed = ran(&session, &["plan", "--json"], None).await;
    let printed: Plan = serde_json::from_str(&printed.stdout).unwrap();
    let text = std::fs::read_to_string(file).unwrap();
    assert_eq!(serde_json::from_str::<Plan>(&text).unwrap(), printed);
    assert_eq!(ran(&session, &["apply", file, "--yes"], None).await.code, 0);
    // A plan replaces an earlier one, and nothing else.
    let mine = folder.join("mine.json");
    std::fs::write(&mine, "{}").unwrap();
    let refused = ran(&session, &["plan", "--out", mine.to_str().unwrap()], None).await;
    let why = format!("error: {}: the file exists, and is not a saved plan\n", mine.display());
    assert_eq!((refused.code, refused.stderr), (1, why));
    assert_eq!(std::fs::read_to_string(&mine).unwrap(), "{}");
    // A saved plan to delete asks whether to delete.
    assert_eq!(ran(&session, &["plan", "--destroy", "--out", file], None).await.code, 2);
    let destroy = ran(&session, &["apply", file], Some("n\n")).await;
    assert_eq!((destroy.code, destroy.stderr.as_str()), (1, "delete? [y/N] nothing was written\n"));
    for ignored in [["apply", "--json"].as_slice(), &["plan", "--destroy", "--adopt", DEPLOY]] {
        let refused = ran(&session, ignored, None).await;
        assert!(refused.code == 1 && refused.stderr.starts_with("error: "), "{refused:?}");
    }
    std::fs::write(file, text.replacen("\"release\"", "\"other\"", 1)).unwrap();
    let other = ran(&session, &["apply", file, "--yes"], None).await;
    assert_eq!(other.code, 1);
    assert!(other.stderr.ends_with("this is a plan of topology `other`, not of `release`\n"), "{other:?}");
    std::fs::write(file, "{").unwrap();
    let broken = ran(&session, &["apply", file, "--yes"], None).await;
    assert!(broken.stderr.contains("this is not a saved plan: EOF while parsing"), "{broken:?}");
    let missing = ran(&session, &["apply", "no-such-plan.json", "--yes"], None).await;
    assert!(missing.stderr.starts_with("error: no-such-plan.json: this can't be read: "), "{missing:?}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_pipeline_is_started_by_its_item_its_name_or_its_arn() {
    let (local, session) = connected().await;
    assert_eq!(ran(&session, &["apply", "--yes"], None).await.code, 0);
    for name in ["Deploy", "hoge1005command", DEPLOY] {
        let start = ran(&session, &["start", name, "-v", "val1=x"], None).await;
        assert_eq!(start.code, 0, "{start:?}");
        assert!(start.stdout.starts_with(&format!("{DEPLOY} Succeeded, val1=x\n")), "{start:?}");
    }
    let id = ran(&session, &["start", "Release", "--no-wait"], None).await;
    assert!(id.code == 0 && id.stderr.contains(id.stdout.trim()), "{id:?}");
    let none = ran(&session, &["start", "Nobody"], None).await;
    assert_eq!(none.stderr, "error: the topology has no pipeline `Nobody`; it has Release, Deploy\n");
    local.fail(&DEPLOY.parse().unwrap(), "Run", "Command", "it broke");
    let failed = ran(&session, &["start", "Deploy"], None).await;
    assert!(failed.code == 1 && failed.stdout.contains("it broke"), "{failed:?}");
}

#[tokio::test]
async fn what_can_be_seen_without_an_account_needs_none() {
    let session = Session::builder().connect().await.unwrap();
    let show = ran(&session, &["show"], None).await;
    assert_eq!((show.code, show.stdout), (0, topology().unwrap().to_string()));
    let graph = ran(&session, &["graph"], None).await;
    assert_eq!((graph.code, graph.stdout), (0, topology().unwrap().graph().to_string()));
    let graph = ran(&session, &["graph", "--format", "svg"], None).await;
    assert_eq!((graph.code, graph.stdout), (0, topology().unwrap().graph().to_svg()));
    let policies = ran(&session, &["policies"], None).await;
    assert!(
        policies.code == 0 && policies.stdout.contains("account 222222222222: trust policy of role "),
        "{policies:?}"
    );
}

#[tokio::test]
async fn completions_and_manual_pages_are_those_of_the_program_that_is_called() {
    let session = Session::builder().connect().await.unwrap();
    let bash = ran(&session, &["completions", "bash"], None).await;
    assert_eq!(bash.code, 0, "{bash:?}");
    assert!(bash.stdout.contains("complete -F _release ") && bash.stdout.contains("--rename-from"), "{bash:?}");
    for shell in ["elvish", "fish", "powershell", "zsh"] {
        let script = ran(&session, &["completions", shell], None).await;
        assert!(script.code == 0 && script.stdout.contains("restore"), "{shell}: {script:?}");
    }
    let folder = folder("man").join("man1");
    let man = ran(&session, &["man", folder.to_str().unwrap()], None).await;
    assert_eq!(man.code, 0, "{man:?}");
    let pages: Vec<&str> = man.stdout.lines().collect();
    let help = ran(&session, &["--help"], None).await;
    let commands =
        help.stdout.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let commands: Vec<&str> = commands.filter_map(|line| line.trim().split(' ').next()).collect();
    for command in commands.iter().filter(|command| **command != "help") {
        let page = folder.join(format!("release-{command}.1"));
        assert!(pages.contains(&page.to_str().unwrap()), "{page:?}");
        assert!(std::fs::read_to_string(&page).unwrap().contains(&format!("release\\-{command}")), "{page:?}");
    }
    assert!(std::fs::read_to_string(folder.join("release.1")).unwrap().contains(".SH SYNOPSIS\n\\fBrelease\\fR"));
    assert_eq!(pages.len(), commands.len());
    std::fs::write(folder.join("file"), "").unwrap();
    let nowhere = folder.join("file/man1");
    let failed = ran(&session, &["man", nowhere.to_str().unwrap()], None).await;
    assert!(
        failed.code == 1 && failed.stderr.starts_with(&format!("error: {}/release", nowhere.display())),
        "{failed:?}"
    );
    std::fs::remove_dir_all(folder.parent().unwrap()).unwrap();
    // They have nothing to do with the topology.
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let console = Console { stdout: &mut stdout, stderr: &mut stderr, stdin: None };
    let wrong = Topology::builder("wrong").add(Release).add(Release).add(changed::Release).build();
    assert!(wrong.is_err());
    assert_eq!(run_in(wrong, session, ["p", "completions", "fish"].map(Into::into), console).await, 0);
}

#[tokio::test]
async fn export_writes_files_and_replaces_none_without_being_told() {
    let session = Session::builder().connect().await.unwrap();
    let folder = std::env::temp_dir().join(format!("codepipeline-xacct-export-{}", std::process::id()));
    let to = folder.to_str().unwrap();
    let written = ran(&session, &["export", "aws-cli", "-o", to], None).await;
    assert_eq!(written.code, 0, "{written:?}");
    let export = topology().unwrap().to_aws_cli().unwrap();
    let paths: String = export.files.iter().map(|file| format!("{to}/{}\n", file.path)).collect();
    assert_eq!(written.stdout, paths);
    let notes: String = export.notes.iter().map(|note| format!("note: {note}\n")).collect();
    assert_eq!(written.stderr, notes);
    for file in &export.files {
        assert_eq!(std::fs::read_to_string(folder.join(&file.path)).unwrap(), file.text);
    }
    let script = folder.join("apply.sh");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(std::fs::metadata(&script).unwrap().permissions().mode() & 0o777, 0o755);
    }
    std::fs::write(&script, "mine").unwrap();
    let again = ran(&session, &["export", "aws-cli", "-o", to], None).await;
    assert_eq!(
        (again.code, again.stderr),
        (1, format!("error: {to}/apply.sh: the file exists; `--force` replaces it\n"))
    );
    assert_eq!(std::fs::read_to_string(&script).unwrap(), "mine");
    let forced = ran(&session, &["export", "aws-cli", "-o", to, "--force"], None).await;
    assert_eq!((forced.code, std::fs::read_to_string(&script).unwrap()), (0, export.files[0].text.clone()));
    for tool in ["cloudformation", "terraform"] {
        assert_eq!(ran(&session, &["export", tool, "-o", to], None).await.code, 0, "{tool}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn errors_are_told_with_their_findings() {
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let console = Console { stdout: &mut stdout, stderr: &mut stderr, stdin: None };
    let session = Session::builder().connect().await.unwrap();
    let pipeline = codepipeline_xacct::core::topology::Pipeline::new(
        "P",
        codepipeline_xacct::core::topology::Ownership::Managed,
        DEPLOY.parse().unwrap(),
    );
    let wrong = Topology::builder("wrong").add(pipeline).build();
    assert!(wrong.is_err());
    let code = run_in(wrong, session, ["p", "plan"].map(Into::into), console).await;
    assert_eq!(code, 1);
    let stderr = String::from_utf8(stderr).unwrap();
    assert!(stderr.starts_with("error[XA"), "{stderr}");
    let (_, session) = connected().await;
    let unknown = ran(&session, &["plam"], None).await;
    assert!(unknown.code == 1 && unknown.stderr.contains("unrecognized subcommand 'plam'"), "{unknown:?}");
    let help = ran(&session, &["--help"], None).await;
    assert!(help.code == 0 && help.stdout.contains("Plan, ask for confirmation, then apply"), "{help:?}");
    let adopt = ran(&session, &["plan", "--adopt", "Deploy"], None).await;
    assert!(adopt.stderr.contains("expected the ARN of a role or a pipeline"), "{adopt:?}");
}

/// A folder for the journals of a test.
fn folder(name: &str) -> std::path::PathBuf {
    std::env::temp_dir().join(format!("codepipeline-xacct-{name}-{}", std::process::id()))
}

fn journals(folder: &std::path::Path) -> Vec<String> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let mut files: Vec<String> =
        files.filter(|file| file.extension().is_some()).map(|file| file.display().to_string()).collect();
    files.sort();
    files
}

#[tokio::test]
async fn an_apply_leaves_a_journal_and_restore_puts_back_what_it_says() {
    let (local, session) = connected().await;
    let before = held(&local).unwrap();
    let folder = folder("journals");
    let dir = folder.to_str().unwrap();
    let apply = ran(&session, &["apply", "--yes", "--journal", dir], None).await;
    let [journal] = &journals(&folder)[..] else { panic!("{apply:?}") };
    assert!(journal.starts_with(&format!("{dir}/release-20")) && journal.ends_with(".jsonl"), "{journal}");
    assert!(apply.stderr.ends_with(&format!("journal: {journal}\n")), "{apply:?}");
    assert_eq!(std::fs::read_to_string(folder.join(".gitignore")).unwrap(), "*\n");
    let refused = ran(&session, &["restore", journal], Some("n\n")).await;
    assert_eq!((refused.code, refused.stderr.as_str()), (1, "put back? [y/N] nothing was written\n"));
    let restore = ran(&session, &["restore", journal, "--yes", "--journal", dir], None).await;
    assert!(restore.code == 0 && restore.stdout.ends_with("\n8 steps done\n"), "{restore:?}");
    assert_eq!(held(&local).unwrap(), before);
    let again = ran(&session, &["restore", journal, "--yes"], None).await;
    assert_eq!((again.code, again.stdout.as_str()), (0, "topology release: nothing to put back\n"));
    let other =
        std::fs::read_to_string(journal).unwrap().replacen("\"topology\":\"release\"", "\"topology\":\"other\"", 1);
    std::fs::write(folder.join("other"), other).unwrap();
    let other = ran(&session, &["restore", &format!("{dir}/other")], None).await;
    assert!(other.stderr.ends_with("/other: this is a journal of topology `other`, not of `release`\n"), "{other:?}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_failed_apply_says_how_to_go_back_or_goes_back_if_told_to() {
    let (local, session) = connected().await;
    let folder = folder("failed");
    let dir = folder.to_str().unwrap();
    local.faults().add(codepipeline_xacct::local::Fault::on("UpdatePipeline").access_denied());
    let args = ["apply", "--yes", "--without-asking-first", "--journal", dir];
    let apply = ran(&session, &args, None).await;
    let [journal] = &journals(&folder)[..] else { panic!("{apply:?}") };
    let help = format!(
        "what was written stays; a new plan continues from there\n  help: `restore {journal}` plans to put back what was written\n"
    );
    assert!(apply.code == 1 && apply.stderr.ends_with(&help), "{apply:?}");
    assert_eq!(ran(&session, &["restore", journal, "--yes"], None).await.code, 0);
    let undone = ran(&session, &[args.as_slice(), &["--undo-on-failure"]].concat(), None).await;
    assert!(undone.code == 1 && undone.stderr.contains("\nput back: - "), "{undone:?}");
    assert!(local.pipeline(&DEPLOY.parse().unwrap()).is_none());
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn a_program_publishes_contracts_of_what_it_manages() {
    let (_, session) = connected().await;
    let published = ran(&session, &["contract", "publish", "Deploy"], None).await;
    assert_eq!((published.code, published.stderr.as_str()), (0, ""));
    let contract = Contract::from_json(&published.stdout).unwrap();
    assert_eq!(contract.origin.topology.as_deref(), Some("release"));
    // What was published is what the account says once it is applied, and applied again.
    assert_eq!(ran(&session, &["apply", "--yes"], None).await.code, 0);
    let deploy = Subject::Pipeline(DEPLOY.parse().unwrap());
    let there = session.contract(&deploy).await.unwrap().unwrap();
    assert_eq!(there.signature, contract.signature);
    assert_eq!(there.origin.topology, contract.origin.topology);
    let folder = folder("contracts");
    let file = folder.join("deploy.json").display().to_string();
    for said in ["written", "unchanged"] {
        let ran = ran(&session, &["contract", "publish", DEPLOY, "-o", &file], None).await;
        assert_eq!((ran.code, ran.stdout), (0, format!("{file}: {said}\n")));
    }
    std::fs::write(&file, "mine").unwrap();
    let refused = ran(&session, &["contract", "publish", DEPLOY, "-o", &file], None).await;
    assert_eq!((refused.code, refused.stderr), (1, format!("error: {file}: the file exists; `--force` replaces it\n")));
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "mine");
    let forced = ran(&session, &["contract", "publish", DEPLOY, "-o", &file, "--force"], None).await;
    assert_eq!((forced.code, forced.stdout), (0, format!("{file}: written\n")));
    std::fs::remove_dir_all(&folder).unwrap();
    let refused = ran(&session, &["contract", "publish", "Release"], None).await;
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.starts_with("error: `Release` is extended, so the program doesn't say all of it\n"),
        "{refused:?}"
    );
}
