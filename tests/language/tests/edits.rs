//! The golden examples with exactly one edit each: how many errors there are, which token each marks, and what it says.
//!
//! The golden examples are the long example of the design, the examples in the reference of `pipeline!`, and the programs in
//! `programs/`. A case is a file in `edits/<topic>/`, in this form:
//!
//! ```text
//! golden: Triggers
//! - region: "eu-west-1",
//! + regoin: "eu-west-1",
//! mark: regoin
//! fix: `region`
//! errors: 1
//! `regoin`: `regoin` is not a key of a pipeline
//!   help: did you mean `region`?
//! ```
//!
//! A program in `programs/` is built, and run if it compiles. What it prints is the answer then: the findings of its topology,
//! with the line of the program that each of them names.
//!
//! ```text
//! golden: release
//! - .run_order(2)
//! + .run_order(0)
//! errors: 0
//! run: 1
//! error[XA0109] pipeline Release / stage "Deploy" / action "deploy" / runOrder: …
//!   at `.start_as("deploy", Deploy, Invoker)`
//! ```
//!
//! The text after `-` occurs once in the example, or `at: N` says which one is meant. `mark` and `fix` are what the error has
//! to be: the token that is marked, and words of the fix. `UPDATE=1` records what the compiler says, but for these two, and counts the cases in
//! `edits/README.md`. `EDITS=<topic>` checks one topic alone.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use codepipeline_xacct_test_support::golden;
use serde_json::Value;

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A golden example with one edit.
#[derive(Debug)]
struct Case {
    /// `topic/name`
    name: String,
    golden: String,
    /// What is replaced: at which occurrence, and by what.
    old: String,
    at: Option<usize>,
    new: String,
    /// The token that has to be marked.
    mark: Option<String>,
    /// What the error has to offer.
    fix: Option<String>,
    /// Everything from `errors:` on.
    expected: String,
}

impl Case {
    fn read(name: String, text: &str) -> Self {
        let mut case = Self {
            name,
            golden: String::new(),
            old: String::new(),
            at: None,
            new: String::new(),
            mark: None,
            fix: None,
            expected: String::new(),
        };
        let (head, expected) = match text.find("\nerrors:") {
            Some(at) => text.split_at(at + 1),
            None => (text, ""),
        };
        case.expected = expected.to_owned();
        for line in head.lines() {
            let add = |text: &mut String, line: &str| {
                if !text.is_empty() {
                    text.push('\n');
                }
                text.push_str(line);
            };
            match line.split_once(' ') {
                Some(("golden:", name)) => name.clone_into(&mut case.golden),
                Some(("at:", number)) => case.at = Some(number.parse().unwrap()),
                Some(("mark:", token)) => case.mark = Some(token.to_owned()),
                Some(("fix:", words)) => case.fix = Some(words.to_owned()),
                Some(("-", old)) => add(&mut case.old, old),
                Some(("+", new)) => add(&mut case.new, new),
                _ if line == "+" => {}
                _ => panic!("{}: {line}", case.name),
            }
        }
        case
    }

    fn head(&self) -> String {
        let mut head = format!("golden: {}\n", self.golden);
        if let Some(at) = self.at {
            let _ = writeln!(head, "at: {at}");
        }
        self.old.split('\n').for_each(|line| writeln!(head, "- {line}").unwrap());
        self.new.lines().for_each(|line| writeln!(head, "+ {line}").unwrap());
        if self.new.is_empty() {
            head.push_str("+\n");
        }
        for (key, value) in [("mark", &self.mark), ("fix", &self.fix)] {
            value.iter().for_each(|value| writeln!(head, "{key}: {value}").unwrap());
        }
        head
    }

    /// True where what was recorded is one error at the token, with the fix.
    fn is_met(&self) -> bool {
        let marked = |mark: &String| self.expected.starts_with(&format!("errors: 1\n`{mark}`: "));
        self.mark.as_ref().is_none_or(marked)
            && self.fix.as_ref().is_none_or(|fix| self.expected.contains(fix.as_str()))
    }

    /// True if there is exactly one error or one finding.
    fn is_one(&self) -> bool {
        self.expected.starts_with("errors: 1\n") || self.expected.starts_with("errors: 0\nrun: 1\n")
    }

    /// The program with the edit.
    fn program(&self) -> String {
        let program = golden::program(&self.golden);
        let places: Vec<usize> = program.match_indices(&self.old).map(|(at, _)| at).collect();
        let at = match (self.at, places.as_slice()) {
            (Some(number), places) => places[number - 1],
            (None, [one]) => *one,
            (None, places) => panic!("{}: `{}` occurs {} times", self.name, self.old, places.len()),
        };
        let mut edited = program.clone();
        edited.replace_range(at..at + self.old.len(), &self.new);
        assert_ne!(edited, program, "{}", self.name);
        edited
    }
}

fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    let only = std::env::var_os("EDITS");
    for topic in std::fs::read_dir(here().join("edits")).unwrap() {
        let topic = topic.unwrap();
        let wanted = only.as_ref().is_none_or(|only| topic.file_name() == *only);
        if !wanted || !topic.path().is_dir() {
            continue;
        }
        for file in std::fs::read_dir(topic.path()).unwrap() {
            let file = file.unwrap();
            let name = format!("{}/{}", topic.file_name().to_string_lossy(), file.file_name().to_string_lossy());
            cases.push(Case::read(name, &std::fs::read_to_string(file.path()).unwrap()));
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    cases
}

/// A package with a program for each case, which are checked or built in one go.
struct Package {
    folder: PathBuf,
    programs: BTreeMap<String, String>,
}

/// What the compiler and the programs say, by the name of the program.
#[derive(Default)]
struct Answers {
    errors: BTreeMap<String, Vec<Error>>,
    executables: BTreeMap<String, PathBuf>,
}

impl Package {
    fn write(name: &str, programs: BTreeMap<String, String>) -> Self {
        let workspace = here().join("../..").canonicalize().unwrap();
        let folder = workspace.join("target/tests").join(name);
        let _ = std::fs::remove_dir_all(folder.join("src"));
        std::fs::create_dir_all(folder.join("src/bin")).unwrap();
        let manifest = format!(
            "[package]\nname = \"edits\"\nversion = \"0.0.0\"\nedition = \"2024\"\npublish = false\n\n[workspace]\n\n[profile.dev]\ndebug = false\n\n\
             [dependencies]\ncodepipeline-xacct = {{ path = {:?}, default-features = false }}\n",
            workspace.join("codepipeline-xacct")
        );
        std::fs::write(folder.join("Cargo.toml"), manifest).unwrap();
        std::fs::copy(workspace.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        // The example in the reference of `pipeline!` reads those of its own package.
        let contracts = workspace.join("codepipeline-xacct-macros/tests/contracts");
        std::fs::create_dir_all(folder.join("tests/contracts")).unwrap();
        for contract in std::fs::read_dir(contracts).unwrap().map(Result::unwrap) {
            std::fs::copy(contract.path(), folder.join("tests/contracts").join(contract.file_name())).unwrap();
        }
        for (name, program) in &programs {
            std::fs::write(folder.join("src/bin").join(format!("{name}.rs")), program).unwrap();
        }
        Self { folder, programs }
    }

    /// The errors of each program, in source order, and the executables of those that were built.
    fn run_cargo(&self, command: &str) -> Answers {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let output = Command::new(cargo)
            .args([command, "--offline", "--keep-going", "--bins", "--quiet", "--message-format=json"])
            .current_dir(&self.folder)
            .env("CARGO_TARGET_DIR", self.folder.parent().unwrap().join("trybuild"))
            .env("CARGO_INCREMENTAL", "0")
            .env_remove("RUSTFLAGS")
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let mut found: BTreeMap<String, Vec<Error>> =
            self.programs.keys().map(|name| (name.clone(), Vec::new())).collect();
        let mut executables = BTreeMap::new();
        let mut checked = 0;
        for line in text.lines() {
            let message: Value = serde_json::from_str(line).unwrap();
            let name = message["target"]["name"].as_str().unwrap_or_default().to_owned();
            if message["reason"] == "compiler-artifact" && found.contains_key(&name) {
                checked += 1;
                executables.extend(message["executable"].as_str().map(|path| (name.clone(), PathBuf::from(path))));
            }
            let Some(program) = self.programs.get(&name) else { continue };
            let message = &message["message"];
            let summary = message["message"].as_str().is_some_and(|text| text.starts_with("aborting due to"));
            let call =
                message["level"] == "note" && message["message"].as_str().is_some_and(|t| t.contains("instantiating"));
            if call && let Some(error) = found.get_mut(&name).unwrap().last_mut().filter(|e| e.marked.is_empty()) {
                // A constant of a generic function is in the library, and this note has the call: it ends the marked chain.
                let call = Error::read(message, &name, program);
                call.marked.lines().last().unwrap_or_default().trim().clone_into(&mut error.marked);
            }
            if message["level"] == "error" && !summary {
                found.get_mut(&name).unwrap().push(Error::read(message, &name, program));
            }
        }
        let failed = found.values().filter(|errors| !errors.is_empty()).count();
        assert_eq!(checked + failed, found.len(), "{}", String::from_utf8_lossy(&output.stderr));
        found.values_mut().for_each(|errors| errors.sort_by_key(|error| error.at));
        Answers { errors: found, executables }
    }

    /// What a program prints: the number of findings, and their text with lines of the program instead of their numbers.
    fn run(&self, name: &str, executable: &Path) -> (usize, String) {
        let output = Command::new(executable).output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let printed = String::from_utf8(output.stdout).unwrap();
        let place = format!("  at src/bin/{name}.rs:");
        let lines = printed.lines().map(|line| match line.strip_prefix(&place) {
            Some(number) => {
                let line = self.programs[name].lines().nth(number.parse::<usize>().unwrap() - 1).unwrap();
                format!("  at `{}`\n", line.trim())
            }
            None => format!("{line}\n"),
        });
        let findings = printed.lines().filter(|line| line.starts_with("error[") || line.starts_with("warning["));
        (findings.count(), lines.collect())
    }
}

/// An error of the compiler.
#[derive(Debug)]
struct Error {
    at: usize,
    line: usize,
    marked: String,
    text: String,
    /// The labels at the marked tokens.
    labels: Vec<String>,
    /// What the compiler adds without a place.
    notes: Vec<String>,
}

impl Error {
    fn read(message: &Value, name: &str, program: &str) -> Self {
        let here =
            |span: &&Value| span["file_name"].as_str().is_some_and(|file| file.ends_with(&format!("/{name}.rs")));
        let spans: Vec<&Value> = message["spans"].as_array().unwrap().iter().filter(here).collect();
        let primary = spans.iter().copied().find(|span| span["is_primary"] == true).unwrap_or(&Value::Null);
        let number = |key: &str| primary[key].as_u64().unwrap_or_default() as usize;
        let (start, end) = (number("byte_start"), number("byte_end"));
        Self {
            at: start,
            line: number("line_start"),
            marked: program.get(start..end).unwrap_or_default().to_owned(),
            text: message["message"].as_str().unwrap().to_owned(),
            notes: message["children"].as_array().into_iter().flatten().filter_map(note).collect(),
            labels: spans.iter().filter_map(|span| span["label"].as_str()).map(str::to_owned).collect(),
        }
    }

    /// The error of a program in plain Rust: what rustc says in a label and in notes belongs to it.
    fn describe_with_notes(&self) -> String {
        let mismatch = self.text == "mismatched types";
        let labels = self.labels.iter().filter(|_| mismatch).take(1);
        let mut text = self.describe();
        labels.chain(&self.notes).for_each(|note| writeln!(text, "  {note}").unwrap());
        text
    }

    fn describe(&self) -> String {
        // The compiler puts a prefix before the message of a constant.
        let text = self.text.strip_prefix("evaluation panicked: ").unwrap_or(&self.text);
        let text: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.contains("is declared at ")).collect();
        format!("`{}`: {}\n", self.marked, text.join("\n  "))
    }
}

/// The text of a note or a help of ours: those of the compiler have places, or tell what it requires.
fn note(child: &Value) -> Option<String> {
    let text = child["message"].as_str()?;
    let ours = child["level"] == "note" && child["spans"].as_array()?.is_empty() && !text.starts_with("required");
    ours.then(|| format!("note: {text}"))
}

/// Rust names that no message or label may contain: the internals of the library.
fn names_of_ours(text: &str) -> Option<&str> {
    const TRAITS: [&str; 8] =
        ["ToPipeline", "ToRole", "ToTrusted", "ToAccount", "RoleIn", "PipelineIn", "ServiceRoleIn", "TopologyBuilder"];
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.find(|word| {
        word.starts_with("__")
            || TRAITS.contains(word)
            || *word == "codepipeline_xacct"
            || *word == "codepipeline_xacct_core"
    })
}

/// The table of `edits/README.md`: cases by topic, how many give one error, and how many that state a token and a fix meet them.
fn table(cases: &[Case]) -> String {
    let mut topics: BTreeMap<&str, Vec<&Case>> = BTreeMap::new();
    let mut programs: BTreeMap<&str, usize> = BTreeMap::new();
    for case in cases {
        topics.entry(case.name.split_once('/').unwrap().0).or_default().push(case);
        *programs.entry(&case.golden).or_default() += 1;
    }
    let mut text = "| topic | cases | one error | with a help | token and fix stated, and met |\n".to_owned();
    text.push_str("| --- | --- | --- | --- | --- |\n");
    let mut row = |topic: &str, cases: &[&Case]| {
        let one = cases.iter().filter(|case| case.is_one()).count();
        let help = cases.iter().filter(|case| case.expected.contains("\n  help: ")).count();
        let stated = cases.iter().filter(|case| case.mark.is_some() || case.fix.is_some());
        let (met, all) = stated.fold((0, 0), |(met, all), case| (met + usize::from(case.is_met()), all + 1));
        let _ = writeln!(text, "| {topic} | {} | {one} | {help} | {met} of {all} |", cases.len());
    };
    for (topic, cases) in &topics {
        row(topic, cases);
    }
    row("all", &cases.iter().collect::<Vec<_>>());
    text.push_str("\n| program | cases |\n| --- | --- |\n");
    for (program, count) in programs {
        let _ = writeln!(text, "| {program} | {count} |");
    }
    text
}

#[test]
fn the_readme_counts_the_cases() {
    let path = here().join("edits/README.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (head, counted) =
        text.split_once("\n| topic |").map(|(head, rest)| (head, format!("| topic |{rest}"))).unwrap();
    let now = table(&cases());
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, format!("{head}\n{now}")).unwrap();
    } else {
        assert_eq!(counted, now);
    }
}

#[test]
fn one_edit_gives_the_errors_that_it_has() {
    let cases = cases();
    // Those that are only checked, and those that run.
    let mut programs = [BTreeMap::new(), BTreeMap::new()];
    for case in &cases {
        programs[usize::from(golden::runs(&case.golden))].insert(case.name.replace('/', "__"), case.program());
    }
    for (name, program) in golden::all() {
        let key = format!("golden__{}", name.replace(|c: char| !c.is_alphanumeric(), "_"));
        programs[usize::from(golden::runs(&name))].insert(key, program);
    }
    let [checked, run] = programs;
    let checked = Package::write("edits", checked);
    let run = Package::write("edits_run", run);
    let (mut answers, of_run) = (checked.run_cargo("check"), run.run_cargo("build"));
    answers.errors.extend(of_run.errors);
    answers.executables = of_run.executables;
    let found = &answers.errors;
    let printed: BTreeMap<&String, (usize, String)> =
        answers.executables.iter().map(|(name, executable)| (name, run.run(name, executable))).collect();
    let mut wrong = Vec::new();
    for (name, (findings, text)) in printed.iter().filter(|(name, _)| name.starts_with("golden__")) {
        if *findings > 0 || !text.is_empty() {
            wrong.push(format!("{name} is right, and there are findings:\n{text}"));
        }
    }
    for (name, errors) in found.iter().filter(|(name, _)| name.starts_with("golden__")) {
        if !errors.is_empty() {
            wrong.push(format!("{name} is right, and there are errors: {errors:#?}"));
        }
    }
    let update = std::env::var_os("UPDATE").is_some();
    for case in &cases {
        let key = case.name.replace('/', "__");
        let program = checked.programs.get(&key).or_else(|| run.programs.get(&key)).unwrap();
        let errors = &found[&key];
        let mut actual = format!("errors: {}\n", errors.len());
        let builder = program.contains("codepipeline_xacct::builder");
        let describe = if builder { Error::describe_with_notes } else { Error::describe };
        errors.iter().for_each(|error| actual.push_str(&describe(error)));
        let findings = printed.get(&key).map_or(0, |(findings, text)| {
            actual.push_str(&format!("run: {findings}\n{text}"));
            *findings
        });
        if update {
            std::fs::write(here().join("edits").join(&case.name), case.head() + &actual).unwrap();
        } else if actual != case.expected {
            wrong.push(format!("{}:\n{}expected:\n{}", case.name, actual, case.expected));
        }
        // One mistake is one error.
        if errors.len() + findings != 1 {
            wrong.push(format!("{}: there are {} errors and {findings} findings", case.name, errors.len()));
        }
        if let [error] = errors.as_slice() {
            if case.mark.as_ref().is_some_and(|mark| *mark != error.marked) {
                wrong.push(format!("{}: another token is marked: {error:#?}", case.name));
            }
            if case.fix.as_ref().is_some_and(|fix| !error.text.contains(fix)) {
                wrong.push(format!("{}: the fix is not in the text: {error:#?}", case.name));
            }
        }
        for error in errors {
            let line = program.lines().nth(error.line.saturating_sub(1)).unwrap_or_default();
            if line.contains("pipeline! {") || error.marked.is_empty() || error.marked.contains('\n') {
                wrong.push(format!("{}: the whole call is marked: {error:#?}", case.name));
            }
            let texts = std::iter::once(&error.text).chain(&error.labels);
            if let Some(name) = texts.into_iter().find_map(|text| names_of_ours(text)) {
                wrong.push(format!("{}: an internal name, {name}: {error:#?}", case.name));
            }
        }
    }
    let all = std::env::var_os("EDITS").is_none();
    assert!(!all || cases.len() >= 450, "there are {} cases", cases.len());
    assert!(wrong.is_empty(), "{} are wrong:\n{}", wrong.len(), wrong.join("\n\n"));
}
