//! Checks for a build script: of declaration files, of a topology, or of the wiring of roles.
//!
//! In `build.rs`:
//!
//! ```no_run
//! codepipeline_xacct::build_script::files(["pipelines/release.json", "pipelines/deploy.json"])
//!     .region("eu-west-1")
//!     .account("111111111111")
//!     .emit();
//! ```
//!
//! Errors stop the build, warnings are shown, each with file, line and column. Without errors the declarations are written
//! to `OUT_DIR` as UpdatePipeline takes them, `{"pipeline": …}`: those of files under the name of their file, those of a topology
//! under `<topology>/<account>/<region>/<name>.json`.
//!
//! ```ignore
//! const RELEASE: &str = include_str!(concat!(env!("OUT_DIR"), "/release.json"));
//! ```

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::exit;

use serde_json::{Value, json};

use crate::core::check::files::Home;
use crate::core::finding::{Findings, Severity};
use crate::core::topology::{Ownership, Topology};
use crate::files::chain;
use crate::files::{self, SourceFile};

/// Checks declaration files as one set: the targets of invoke actions are looked up in it.
pub fn files<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Files {
    Files {
        paths: paths.into_iter().map(|path| path.as_ref().to_owned()).collect(),
        account: None,
        region: None,
        deny_warnings: false,
    }
}

/// A check of declaration files in a build script.
#[derive(Debug, Clone)]
#[must_use]
pub struct Files {
    paths: Vec<PathBuf>,
    account: Option<String>,
    region: Option<String>,
    deny_warnings: bool,
}

impl Files {
    /// The account of pipelines whose file doesn't contain it.
    pub fn account(mut self, id: &str) -> Self {
        self.account = Some(id.to_owned());
        self
    }

    /// The Region of pipelines whose file doesn't contain it.
    pub fn region(mut self, region: &str) -> Self {
        self.region = Some(region.to_owned());
        self
    }

    /// Makes warnings stop the build too.
    pub fn deny_warnings(mut self) -> Self {
        self.deny_warnings = true;
        self
    }

    /// Writes to standard output what Cargo reads; ends the build script if there is an error.
    ///
    /// Returns the files that were written to `OUT_DIR`.
    pub fn emit(self) -> Vec<PathBuf> {
        emit(|out_dir, output| self.run(out_dir, output))
    }

    /// What [`Files::emit`] does, with a given folder and output. `None` if there is an error.
    pub fn run(&self, out_dir: &Path, output: &mut dyn Write) -> io::Result<Option<Vec<PathBuf>>> {
        let mut script = Script { output, failed: false };
        let mut home = Home::default();
        match self.account.as_ref().map(|id| id.parse()).transpose() {
            Ok(account) => home.account = account,
            Err(error) => script.error(&error.to_string())?,
        }
        match self.region.as_ref().map(|region| region.parse()).transpose() {
            Ok(region) => home.region = region,
            Err(error) => script.error(&error.to_string())?,
        }
        let mut sources = Vec::new();
        let mut names: Vec<&OsStr> = Vec::new();
        for path in &self.paths {
            writeln!(script.output, "cargo::rerun-if-changed={}", path.display())?;
            let name = path.file_stem().unwrap_or_default();
            if names.contains(&name) {
                let message =
                    format!("{}: another file of that name would be written to the same place", path.display());
                script.error(&message)?;
            }
            names.push(name);
            match std::fs::read_to_string(path) {
                Err(error) => script.error(&format!("{}: this can't be read: {error}", path.display()))?,
                Ok(text) => match SourceFile::parse(path.display().to_string(), text) {
                    Err(error) => script.error(&error.to_string())?,
                    Ok(source) => sources.push(source),
                },
            }
        }
        for located in files::check(&sources, &home) {
            if located.severity == Severity::Error || self.deny_warnings {
                script.error(&located.in_one_line())?;
            } else {
                script.warning(&located.in_one_line())?;
            }
        }
        if script.failed {
            return Ok(None);
        }
        let mut written = Vec::new();
        for (source, name) in sources.iter().zip(names) {
            let mut file = name.to_owned();
            file.push(".json");
            written.push(write(out_dir.join(file), source.declaration())?);
        }
        Ok(Some(written))
    }
}

/// Checks the result of building a topology.
///
/// ```no_run
/// # use codepipeline_xacct::Topology;
/// codepipeline_xacct::build_script::topology(Topology::builder("release").build()).emit();
/// ```
pub fn topology(built: Result<Topology, Findings>) -> Built {
    Built { built, deny_warnings: false }
}

/// A check of a topology in a build script.
#[derive(Debug)]
#[must_use]
pub struct Built {
    built: Result<Topology, Findings>,
    deny_warnings: bool,
}

impl Built {
    /// Makes warnings stop the build too.
    pub fn deny_warnings(mut self) -> Self {
        self.deny_warnings = true;
        self
    }

    /// Writes to standard output what Cargo reads; ends the build script if there is an error.
    ///
    /// Returns the files that were written to `OUT_DIR`, one for each pipeline that the topology manages.
    pub fn emit(self) -> Vec<PathBuf> {
        emit(|out_dir, output| self.run(out_dir, output))
    }

    /// What [`Built::emit`] does, with a given folder and output. `None` if there is an error.
    pub fn run(&self, out_dir: &Path, output: &mut dyn Write) -> io::Result<Option<Vec<PathBuf>>> {
        let mut script = Script { output, failed: false };
        let findings: Vec<_> = match &self.built {
            Ok(topology) => topology.warnings().iter().collect(),
            Err(findings) => findings.iter().collect(),
        };
        for finding in findings {
            if finding.severity == Severity::Error || self.deny_warnings {
                script.error(&finding.to_string())?;
            } else {
                script.warning(&finding.to_string())?;
            }
        }
        let (Ok(topology), false) = (&self.built, script.failed) else { return Ok(None) };
        let mut written = Vec::new();
        for pipeline in topology.pipelines().iter().filter(|p| p.ownership == Ownership::Managed) {
            let arn = &pipeline.arn;
            let folder =
                out_dir.join(topology.name().as_str()).join(arn.account().as_str()).join(arn.region().as_str());
            let declaration = serde_json::to_value(&pipeline.declaration)?;
            written.push(write(folder.join(format!("{}.json", arn.name())), &declaration)?);
        }
        Ok(Some(written))
    }
}

/// Proves chains of roles from files in the form of [`crate::core::wiring::input`], which `cargo xacct wiring` reads.
///
/// ```no_run
/// codepipeline_xacct::build_script::wiring(["wiring/deploy.json"]).emit();
/// ```
///
/// A hop that is denied and a document that IAM would refuse stop the build; what the documents don't decide is a warning.
pub fn wiring<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Chains {
    Chains { paths: paths.into_iter().map(|path| path.as_ref().to_owned()).collect(), deny_warnings: false }
}

/// A check of chains of roles in a build script.
#[derive(Debug, Clone)]
#[must_use]
pub struct Chains {
    paths: Vec<PathBuf>,
    deny_warnings: bool,
}

impl Chains {
    /// Makes warnings stop the build too, including what the documents don't decide.
    pub fn deny_warnings(mut self) -> Self {
        self.deny_warnings = true;
        self
    }

    /// Writes to standard output what Cargo reads; ends the build script if there is an error.
    pub fn emit(self) {
        if !matches!(self.run(&mut io::stdout().lock()), Ok(true)) {
            exit(1);
        }
    }

    /// What [`Chains::emit`] does, with a given output. `false` if there is an error.
    pub fn run(&self, output: &mut dyn Write) -> io::Result<bool> {
        let mut script = Script { output, failed: false };
        for path in &self.paths {
            let name = path.display().to_string();
            writeln!(script.output, "cargo::rerun-if-changed={name}")?;
            let answer = match std::fs::read_to_string(path) {
                Err(error) => {
                    script.error(&format!("{name}: this can't be read: {error}"))?;
                    continue;
                }
                Ok(text) => chain::prove_text(&name, &text),
            };
            match answer {
                Err(error) => script.error(&error.to_string())?,
                Ok(answer) => {
                    for finding in &answer.findings {
                        let message = format!("{name}: {finding}");
                        if finding.severity == Severity::Error || self.deny_warnings {
                            script.error(&message)?;
                        } else {
                            script.warning(&message)?;
                        }
                    }
                }
            }
        }
        Ok(!script.failed)
    }
}

/// The output of a build script. Source: The Cargo Book, "Build Scripts".
struct Script<'a> {
    output: &'a mut dyn Write,
    failed: bool,
}

impl Script<'_> {
    fn error(&mut self, message: &str) -> io::Result<()> {
        self.failed = true;
        writeln!(self.output, "cargo::error={}", one_line(message))
    }

    fn warning(&mut self, message: &str) -> io::Result<()> {
        writeln!(self.output, "cargo::warning={}", one_line(message))
    }
}

/// A directive is one line.
fn one_line(message: &str) -> String {
    message.lines().map(str::trim).collect::<Vec<_>>().join("; ")
}

/// Writes what UpdatePipeline takes.
fn write(path: PathBuf, declaration: &Value) -> io::Result<PathBuf> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(&path, format!("{:#}\n", json!({ "pipeline": declaration })))?;
    Ok(path)
}

fn emit(run: impl FnOnce(&Path, &mut dyn Write) -> io::Result<Option<Vec<PathBuf>>>) -> Vec<PathBuf> {
    let mut stdout = io::stdout();
    let Some(out_dir) = std::env::var_os("OUT_DIR") else {
        let _ = writeln!(stdout, "cargo::error=`OUT_DIR` is not set: this is for build scripts");
        exit(1);
    };
    match run(Path::new(&out_dir), &mut stdout) {
        Ok(Some(written)) => written,
        Ok(None) => exit(1),
        Err(error) => {
            let _ = writeln!(stdout, "cargo::error=the declarations could not be written: {error}");
            exit(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A separate folder for each test.
    fn folder(test: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("codepipeline-xacct-build-{}-{test}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    const RIGHT: &str = r#"{"name": "release", "roleArn": "arn:aws:iam::111111111111:role/release",
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "stages": [
            {"name": "Source", "actions": [{"name": "Code", "outputArtifacts": [{"name": "Code"}],
                "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1"},
                "configuration": {"RepositoryName": "shop", "BranchName": "main"}}]},
            {"name": "Build", "actions": [{"name": "compile", "inputArtifacts": [{"name": "Code"}],
                "actionTypeId": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"},
                "configuration": {"ProjectName": "compile"}}]}
        ]}"#;

    fn run(test: &str, text: &str, deny_warnings: bool) -> (Option<Vec<PathBuf>>, String) {
        let folder = folder(test);
        let path = folder.join("release.json");
        std::fs::write(&path, text).unwrap();
        let mut files = files([&path]).account("111111111111").region("eu-west-1");
        if deny_warnings {
            files = files.deny_warnings();
        }
        let mut output = Vec::new();
        let written = files.run(&folder.join("out"), &mut output).unwrap();
        (written, String::from_utf8(output).unwrap().replace(&*folder.to_string_lossy(), "…"))
    }

    #[test]
    fn a_right_file_is_written() {
        let (written, output) = run("right", RIGHT, true);
        assert_eq!(output, "cargo::rerun-if-changed=…/release.json\n");
        let text = std::fs::read_to_string(&written.unwrap()[0]).unwrap();
        let written: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(written["pipeline"], serde_json::from_str::<Value>(RIGHT).unwrap());
    }

    #[test]
    fn an_error_has_its_line_and_stops_the_build() {
        let (written, output) = run("error", &RIGHT.replace("ProjectName", "ProjectNam"), false);
        assert_eq!(written, None);
        assert_eq!(
            output,
            "cargo::rerun-if-changed=…/release.json\ncargo::error=…/release.json:9:35: error[XA0604]: `ProjectNam` is not a configuration key of CodeBuild; help: did you mean `ProjectName` (`project_name:` in `pipeline!`)?\n"
        );
    }

    #[test]
    fn a_warning_stops_the_build_where_warnings_are_denied() {
        let text = RIGHT.replace("\"compile\"}", "\"compile\", \"Fleet\": \"large\"}");
        let (written, output) = run("warning", &text, false);
        assert!(written.is_some());
        assert!(output.contains("cargo::warning=…/release.json:9:61: warning[XA0605]"), "{output}");
        let (written, output) = run("denied", &text, true);
        assert_eq!(written, None);
        assert!(output.contains("cargo::error=…/release.json:9:61: warning[XA0605]"), "{output}");
    }

    #[test]
    fn what_can_not_be_read_is_an_error() {
        let (written, output) = run("unreadable", "{", false);
        assert_eq!(written, None);
        assert!(output.contains("cargo::error=…/release.json:1:1: EOF while parsing an object"), "{output}");
        let mut output = Vec::new();
        assert_eq!(files(["no such file.json"]).account("1").run(Path::new("."), &mut output).unwrap(), None);
        let output = String::from_utf8(output).unwrap();
        assert!(output.contains("cargo::error=`1` is not an account id of 12 digits\n"), "{output}");
        assert!(output.contains("cargo::error=no such file.json: this can't be read: "), "{output}");
    }
}
