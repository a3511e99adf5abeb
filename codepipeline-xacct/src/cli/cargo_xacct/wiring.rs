//! `cargo xacct wiring`: the proof of a chain of roles from its documents.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::PathBuf;

use serde_json::{Value, json};

use super::offline::texts;
use super::open_options::OpenOptions;
use super::resources::Resources;
use super::wiring_json::{json_of, wiring_json};
use crate::cli::input::{InputProblem, is_stdin};
use crate::cli::terminal::{CLEAN, FOUND, Stream, UNDECIDED, UNUSABLE, write};
use crate::core::policy::CODEPIPELINE;
use crate::core::policy::evaluate::Verdict;
use crate::core::rules;
use crate::core::wiring::{CallProof, Hop, Sign};
use crate::files::Unreadable;
use crate::files::chain::{ChainReport, prove_text, value_of};
use crate::files::template::{ActionWiring, wirings};

/// Prove from policy documents that a pipeline may start another through its roles
///
/// Reads one JSON object with `service_role`, `action_role` (each with `arn`, `trust`, `policies`) and `target_pipeline_arn`; without
/// a target only the assumptions are proven. Or reads CloudFormation templates and plans and states of Terraform (`terraform show -json`),
/// as one set, and proves all actions in them that have a role or start a pipeline.
/// Exit code: 0 authorized, 1 denied, 2 unreadable, 3 unknown: the input does not determine the result.
#[derive(clap::Args)]
pub(super) struct WiringArgs {
    /// The file, or several templates and plans; `-` is the standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    open: OpenOptions,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t, conflicts_with = "jsonl")]
    format: WiringFormat,
    /// Read one object per line, and answer each on a line, with its `id`
    #[arg(long, conflicts_with_all = ["account", "parameter", "region"])]
    jsonl: bool,
    /// Print what is known about the request of each hop
    #[arg(long, short)]
    verbose: bool,
}

#[derive(Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
enum WiringFormat {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

impl WiringArgs {
    /// Writes each answer as it is found, and returns the exit code and whether all could be written.
    pub(super) fn run(
        self,
        stdin: &mut dyn Read,
        stdout: &mut dyn Write,
        stderr: &mut dyn Write,
    ) -> (u8, io::Result<()>) {
        let mut stream = Stream::new(stdout);
        match self.answer(stdin, &mut stream) {
            Ok(code) => (code, stream.end()),
            Err(problem) => (UNUSABLE, write(stderr, &format!("error: {problem}\n"))),
        }
    }

    fn answer(&self, stdin: &mut dyn Read, stdout: &mut Stream<'_>) -> Result<u8, String> {
        if self.jsonl {
            return match self.files.as_slice() {
                [path] if is_stdin(path) => self.lines("<stdin>", BufReader::new(stdin), stdout),
                [path] => {
                    let name = path.display().to_string();
                    let file = File::open(path).map_err(|error| InputProblem::io(&name, &error).to_string())?;
                    self.lines(&name, BufReader::new(file), stdout)
                }
                _ => Err("`--jsonl` takes one file".to_owned()),
            };
        }
        let texts = texts(&self.files, stdin)?;
        if let Some(resources) = Resources::read(&texts, &self.open.parameter)? {
            return self.of_resources(&resources, stdout);
        }
        if let Some((name, what)) = texts.iter().find_map(|(name, text)| Some((name, of_doctor(name, text)?))) {
            let files: Vec<&str> = texts.iter().map(|(name, _)| name.as_str()).collect();
            let has_roles = texts.iter().any(|(name, text)| of_doctor(name, text) == Some(DETAILS));
            let given = match has_roles {
                true => "",
                false => ", given also the output of `aws iam get-account-authorization-details` for each account",
            };
            let help = format!("`cargo xacct doctor --offline {}` proves its wiring{given}", files.join(" "));
            return Err(format!("{name}: this is {what}\n  help: {help}"));
        }
        let [(name, text)] = texts.as_slice() else {
            return Err("several files have to be templates or plans".to_owned());
        };
        let answer = prove_text(name, text).map_err(|problem| problem.to_string())?;
        stdout.write(&match self.format {
            WiringFormat::Text => tree(&answer, self.verbose, true),
            WiringFormat::Json => format!("{:#}\n", json_of(&answer, self.verbose)),
        });
        Ok(code(&answer))
    }

    /// The answer for each action of templates and of plans.
    fn of_resources(&self, resources: &Resources, stdout: &mut Stream<'_>) -> Result<u8, String> {
        let (set, plans) = resources.placed(&self.open.homes(), &self.open.parameter)?;
        let (mut worst, mut actions) = (None, Vec::new());
        wirings(&set, &plans, |chains| {
            let of = |wiring: &ActionWiring| wiring.report.as_ref().map_or(UNDECIDED, code);
            let first = chains.first().map_or(UNDECIDED, of);
            // Which chain an action has may be up to conditions.
            let decided = chains.iter().all(|wiring| of(wiring) == first);
            worst = Some(worse(worst.unwrap_or(CLEAN), if decided { first } else { UNDECIDED }));
            for wiring in &chains {
                match self.format {
                    WiringFormat::Text => stdout.write(&wiring_text(wiring, self.verbose)),
                    WiringFormat::Json => actions.push(wiring_json(wiring, self.verbose)),
                }
            }
        });
        match self.format {
            WiringFormat::Json => stdout.write(&format!("{:#}\n", json!({ "actions": actions }))),
            WiringFormat::Text if worst.is_none() => {
                stdout.write("no action has a role of its own or starts a pipeline\n");
            }
            WiringFormat::Text => {}
        }
        Ok(worst.unwrap_or(UNDECIDED))
    }

    /// One answer per line, before the next line is read. A line that can't be read has an answer too, and sets the exit code.
    fn lines(&self, name: &str, input: impl BufRead, stdout: &mut Stream<'_>) -> Result<u8, String> {
        let mut worst = CLEAN;
        for (number, line) in input.split(b'\n').enumerate() {
            let line = line.map_err(|error| InputProblem::io(name, &error).to_string())?;
            if line.trim_ascii().is_empty() {
                continue;
            }
            let line = String::from_utf8(line).map_err(|_| format!("{name}:{}:1: this is not UTF-8", number + 1))?;
            let (answer, code) = match prove_text(name, &line) {
                Ok(answer) => (with_id(answer.input.id.clone(), json_of(&answer, self.verbose)), code(&answer)),
                Err(unreadable) => {
                    let unreadable = Unreadable { line: number + 1, ..unreadable };
                    let id = serde_json::from_str::<Value>(&line).ok().and_then(|value| value.get("id").cloned());
                    (with_id(id, json!({ "error": unreadable.to_string() })), UNUSABLE)
                }
            };
            stdout.write(&format!("{answer}\n"));
            worst = worse(worst, code);
        }
        Ok(worst)
    }
}

const DETAILS: &str = "output of `iam get-account-authorization-details`";

/// What `doctor --offline` reads, if a text is that and no chain of roles.
fn of_doctor(name: &str, text: &str) -> Option<&'static str> {
    let (value, _) = value_of(name, text).ok()?;
    let has = |member: &str| value.get(member).is_some();
    match () {
        () if has("pipeline") || has("stages") => Some("the declaration of a pipeline"),
        () if has("RoleDetailList") => Some(DETAILS),
        () => None,
    }
}

/// An action as a title, and the tree of its chain.
fn wiring_text(wiring: &ActionWiring, verbose: bool) -> String {
    let ActionWiring { file, location, pipeline, stage, action, report, .. } = wiring;
    let rests_on = wiring.rests_on.as_ref().map(|guess| format!("this rests on {guess}\n")).unwrap_or_default();
    let tree = match report {
        Ok(report) => wiring.shown(&tree(report, verbose, false)) + &rests_on,
        Err(problem) => format!("{}\n", wiring.shown(problem)),
    };
    let (line, column) = (location.line, location.column);
    let holds = |holds: bool| if holds { "holds" } else { "does not hold" };
    let when = wiring.when.iter().map(|(condition, is)| format!("condition `{condition}` {}", holds(*is)));
    let when: Vec<String> = when.collect();
    let when = if when.is_empty() { String::new() } else { format!(", where {}", when.join(" and ")) };
    format!("{file}:{line}:{column}: pipeline `{pipeline}`, stage `{stage}`, action `{action}`{when}\n\n{tree}\n")
}

/// The worse exit code: unreadable, then denied, then unknown.
fn worse(one: u8, other: u8) -> u8 {
    let rank = |code: u8| match code {
        UNUSABLE => 3,
        FOUND => 2,
        UNDECIDED => 1,
        _ => 0,
    };
    if rank(other) > rank(one) { other } else { one }
}

fn with_id(id: Option<Value>, mut answer: Value) -> Value {
    if let (Some(id), Some(members)) = (id, answer.as_object_mut()) {
        members.shift_insert(0, "id".to_owned(), id);
    }
    answer
}

fn code(answer: &ChainReport) -> u8 {
    match answer.authorized() {
        Verdict::Allowed => CLEAN,
        Verdict::Denied(_) => FOUND,
        Verdict::Unknown(_) => UNDECIDED,
    }
}

/// What the action calls, below the hops.
fn calls_tree(answer: &ChainReport, text: &mut String) {
    let indent = "   ".repeat(answer.proof.hops.len());
    let role = &answer.input.chain.starter().arn;
    for CallProof { call, verdict, hints } in answer.calls.iter().flatten() {
        let (sign, reason) = sign_and_reason(verdict);
        let _ = writeln!(text, "{indent}└─ {sign} calls {} on {}", call.action, call.resource);
        let inner = format!("{indent}      ");
        let _ = writeln!(text, "{inner}{reason}");
        for hint in hints {
            let _ = writeln!(text, "{inner}fix: {hint}");
        }
        if matches!(verdict, Verdict::Denied(_)) {
            let _ =
                writeln!(text, "{inner}fix: let a policy of `{role}` allow `{}` on `{}`", call.action, call.resource);
        }
    }
}

/// A verdict as a sign and in words.
fn sign_and_reason(verdict: &Verdict) -> (char, String) {
    let reason = match verdict {
        Verdict::Allowed => "allowed".to_owned(),
        Verdict::Denied(why) => format!("denied {why}"),
        Verdict::Unknown(why) => format!("unknown, depends on {why}"),
    };
    (Sign::from(verdict).as_char(), reason)
}

/// The chain as a tree; `told` where a person gave its parts.
fn tree(answer: &ChainReport, verbose: bool, told: bool) -> String {
    let chain = &answer.input.chain;
    let mut text = format!("{CODEPIPELINE}\n");
    for (depth, hop) in answer.proof.hops.iter().enumerate() {
        let indent = "   ".repeat(depth);
        let (sign, reason) = sign_and_reason(&hop.verdict);
        let what = match hop.hop {
            Hop::ServiceTrust => format!("assumes {}", chain.service_role.arn),
            Hop::Assume => format!("assumes {}", chain.starter().arn),
            Hop::Start => {
                format!("starts {}", chain.target.as_ref().map(ToString::to_string).unwrap_or_default())
            }
        };
        let _ = writeln!(text, "{indent}└─ {sign} {what}");
        let inner = format!("{indent}      ");
        let _ = writeln!(text, "{inner}{reason}");
        for deciding in &hop.decided_by {
            let how = deciding.how(matches!(hop.verdict, Verdict::Denied(_)));
            let _ = writeln!(text, "{inner}{how}: {}", deciding.describe());
        }
        for hint in &hop.hints {
            let _ = writeln!(text, "{inner}fix: {hint}");
        }
        for change in &hop.fix {
            let _ = writeln!(text, "{inner}fix: {}:", change.what());
            for line in format!("{:#}", json!(change.statement())).lines() {
                let _ = writeln!(text, "{inner}  {line}");
            }
        }
        if verbose {
            for (key, value) in hop.context.iter() {
                let _ = writeln!(text, "{inner}{key}: {value}");
            }
        }
    }
    calls_tree(answer, &mut text);
    if chain.target.is_none() && answer.calls.is_none() {
        let why = if told { "no `target_pipeline_arn` is given" } else { "the action starts no pipeline" };
        let _ = writeln!(text, "\n{why}, so what the role may do is not judged");
    }
    // Denied and unknown hops are in the tree already.
    let shown = [rules::XA1013.code, rules::XA1014.code];
    for finding in answer.findings.iter().filter(|finding| !shown.contains(&finding.code)) {
        let _ = writeln!(text, "\n{finding}");
    }
    let verdict = match answer.authorized() {
        Verdict::Allowed => "authorized",
        Verdict::Denied(_) => "not authorized",
        Verdict::Unknown(_) => "unknown: the input does not determine the result",
    };
    let _ = writeln!(text, "\n{verdict}");
    text
}
