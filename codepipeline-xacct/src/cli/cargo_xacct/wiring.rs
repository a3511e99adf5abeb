//! `cargo xacct wiring`: the proof of a chain of roles from its documents.

use std::fmt::{Display, Write};
use std::io::Read;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::cli::input::text_of;
use crate::cli::terminal::{CLEAN, FOUND, Output, UNDECIDED, UNUSABLE};
use crate::core::policy::evaluate::Verdict;
use crate::core::rules;
use crate::core::wiring::{self, Hop, HopProof};
use crate::files::Unreadable;
use crate::files::chain::{ChainReport, prove_text};

/// Prove from policy documents that a pipeline may start another through its roles
///
/// Reads one JSON object with `service_role`, `action_role` (each with `arn`, `trust`, `policies`) and `target_pipeline_arn`; without
/// a target only the assumptions are proven.
/// Exit code: 0 authorized, 1 denied, 2 unreadable, 3 not decided by what is given.
#[derive(clap::Args)]
pub(super) struct WiringArgs {
    /// The file; `-` is the standard input
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How the answer is written
    #[arg(long, value_enum, default_value_t, conflicts_with = "jsonl")]
    format: WiringFormat,
    /// Read one object per line, and answer each on a line, with its `id`
    #[arg(long)]
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
    pub(super) fn run(self, stdin: &mut dyn Read) -> Output {
        let (name, text) = match text_of(&self.file, stdin) {
            Ok(read) => read,
            Err(problem) => return unusable(&problem),
        };
        if self.jsonl {
            return self.lines(&name, &text);
        }
        match prove_text(&name, &text) {
            Ok(answer) => {
                let stdout = match self.format {
                    WiringFormat::Text => tree(&answer, self.verbose),
                    WiringFormat::Json => format!("{:#}\n", json_of(&answer, self.verbose)),
                };
                Output { code: code(&answer), stdout, ..Output::default() }
            }
            Err(problem) => unusable(&problem),
        }
    }

    /// One answer per line. A line that can't be read has an answer too, and sets the exit code.
    fn lines(&self, name: &str, text: &str) -> Output {
        let mut output = Output::default();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let (answer, code) = match prove_text(name, line) {
                Ok(answer) => (with_id(answer.input.id.clone(), json_of(&answer, self.verbose)), code(&answer)),
                Err(unreadable) => {
                    let unreadable = Unreadable { line: number + 1, ..unreadable };
                    let id = serde_json::from_str::<Value>(line).ok().and_then(|value| value.get("id").cloned());
                    (with_id(id, json!({ "error": unreadable.to_string() })), UNUSABLE)
                }
            };
            output.stdout.push_str(&format!("{answer}\n"));
            output.code = worse(output.code, code);
        }
        output
    }
}

/// The worse exit code: unreadable, then denied, then not decided.
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

fn unusable(problem: &impl Display) -> Output {
    Output { code: UNUSABLE, stderr: format!("error: {problem}\n"), ..Output::default() }
}

fn code(answer: &ChainReport) -> u8 {
    match answer.proof.authorized() {
        Verdict::Allowed => CLEAN,
        Verdict::Denied(_) => FOUND,
        Verdict::Unknown(_) => UNDECIDED,
    }
}

fn word(verdict: &Verdict) -> &'static str {
    match verdict {
        Verdict::Allowed => "allowed",
        Verdict::Denied(_) => "denied",
        Verdict::Unknown(_) => "unknown",
    }
}

fn json_of(answer: &ChainReport, verbose: bool) -> Value {
    let mut document = json!({});
    let Some(members) = document.as_object_mut() else { return document };
    for hop in &answer.proof.hops {
        members.insert(hop.hop.as_str().to_owned(), word(&hop.verdict).into());
    }
    members.insert("authorized".to_owned(), word(&answer.proof.authorized()).into());
    members.insert("documents_valid".to_owned(), answer.input.documents_valid().into());
    let hops: serde_json::Map<String, Value> =
        answer.proof.hops.iter().map(|hop| (hop.hop.as_str().to_owned(), hop_json(hop, verbose))).collect();
    members.insert("hops".to_owned(), hops.into());
    let findings = answer.findings.iter().map(|finding| {
        json!({
            "code": finding.code,
            "severity": finding.severity,
            "path": finding.place,
            "message": finding.message,
            "help": finding.help,
        })
    });
    members.insert("findings".to_owned(), findings.collect());
    document
}

fn hop_json(hop: &HopProof, verbose: bool) -> Value {
    let reason = match &hop.verdict {
        Verdict::Allowed => None,
        Verdict::Denied(why) | Verdict::Unknown(why) => Some(why),
    };
    let deciding = hop.decided_by.iter().map(|deciding| {
        let mut document = json!({
            "document": deciding.document.to_string(),
            "statement": deciding.index,
            "sid": deciding.statement.sid,
            "effect": deciding.statement.effect,
            "element": deciding.element,
        });
        if let (Some(why), Some(members)) = (&deciding.why, document.as_object_mut()) {
            members.insert("why".to_owned(), why.as_str().into());
        }
        document
    });
    let mut document = json!({
        "verdict": word(&hop.verdict),
        "reason": reason,
        "decided_by": deciding.collect::<Vec<_>>(),
        "fix": hop.fix.iter().map(wiring::PolicyChange::to_json).collect::<Vec<_>>(),
    });
    if let (false, Some(members)) = (hop.hints.is_empty(), document.as_object_mut()) {
        members.insert("hints".to_owned(), hop.hints.clone().into());
    }
    if verbose && let Some(members) = document.as_object_mut() {
        let context: serde_json::Map<String, Value> =
            hop.context.iter().map(|(key, value)| (key.to_owned(), value.to_string().into())).collect();
        members.insert("context".to_owned(), context.into());
    }
    document
}

/// The chain as a tree.
fn tree(answer: &ChainReport, verbose: bool) -> String {
    let chain = &answer.input.chain;
    let mut text = "codepipeline.amazonaws.com\n".to_owned();
    for (depth, hop) in answer.proof.hops.iter().enumerate() {
        let indent = "   ".repeat(depth);
        let (sign, reason) = match &hop.verdict {
            Verdict::Allowed => ('✓', "allowed".to_owned()),
            Verdict::Denied(why) => ('✗', format!("denied {why}")),
            Verdict::Unknown(why) => ('?', format!("unknown, depends on {why}")),
        };
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
            let how = match &hop.verdict {
                Verdict::Denied(_) if deciding.element.is_some() => "nearest",
                _ => "by",
            };
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
    if chain.target.is_none() {
        let _ = writeln!(text, "\nno `target_pipeline_arn` is given, so nothing is said of what the role may do");
    }
    // Denied and unknown hops are in the tree already.
    let shown = [rules::XA1013.code, rules::XA1014.code];
    for finding in answer.findings.iter().filter(|finding| !shown.contains(&finding.code)) {
        let _ = writeln!(text, "\n{finding}");
    }
    let verdict = match answer.proof.authorized() {
        Verdict::Allowed => "authorized",
        Verdict::Denied(_) => "not authorized",
        Verdict::Unknown(_) => "not decided by what is given",
    };
    let _ = writeln!(text, "\n{verdict}");
    text
}
