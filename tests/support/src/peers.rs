//! Third-party programs, installed into a virtual environment under `target/` from `peers/requirements.txt`.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The folder with the requirements and with our scripts.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peers")
}

/// The Python of the virtual environment, with moto, boto3 and cfn-lint; created once, and again when requirements
/// change.
pub fn python() -> PathBuf {
    // Tests in one program run at the same time.
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| install("peers", "requirements.txt")).clone()
}

/// The AWS CLI, in a virtual environment of its own: it needs one version of botocore, and others another.
pub fn aws_cli() -> PathBuf {
    static PYTHON: OnceLock<PathBuf> = OnceLock::new();
    PYTHON.get_or_init(|| install("peers-aws-cli", "aws-cli.txt")).with_file_name("aws")
}

fn install(name: &str, requirements: &str) -> PathBuf {
    let requirements = folder().join(requirements);
    let wanted = std::fs::read_to_string(&requirements).unwrap();
    let venv = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target").join(name);
    let python = venv.join("bin/python");
    let stamp = venv.join("installed-requirements.txt");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return python;
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&venv));
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&requirements));
    std::fs::write(stamp, wanted).unwrap();
    python
}

/// Why [`node`] is `None`.
pub const NO_NODE: &str = "there is no Node.js (apt-get install nodejs npm), or no registry of npm";

/// The folder with the programs of Node.js from `peers/node`, installed under `target/`; `None` where there is no Node.js or no registry.
pub fn node() -> Option<PathBuf> {
    static NODE: OnceLock<Option<PathBuf>> = OnceLock::new();
    NODE.get_or_init(install_node).clone()
}

fn install_node() -> Option<PathBuf> {
    let runs =
        |program: &str| Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    if !runs("node") || !runs("npm") {
        return None;
    }
    let installed = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/peers-node");
    let wanted = std::fs::read_to_string(folder().join("node/package.json")).unwrap();
    std::fs::create_dir_all(&installed).unwrap();
    std::fs::copy(folder().join("node/simulate.mjs"), installed.join("simulate.mjs")).unwrap();
    let stamp = installed.join("installed-package.json");
    if std::fs::read_to_string(&stamp).is_ok_and(|installed| installed == wanted) {
        return Some(installed);
    }
    std::fs::write(installed.join("package.json"), &wanted).unwrap();
    // Without a registry nothing can be installed; what a registry answers and can't be installed is a failure.
    if !Command::new("npm").args(["ping", "--silent"]).output().is_ok_and(|ping| ping.status.success()) {
        return None;
    }
    let npm =
        Command::new("npm").args(["install", "--silent", "--no-audit", "--no-fund"]).current_dir(&installed).status();
    assert!(npm.unwrap().success(), "npm can't install what tests/support/peers/node/package.json lists");
    std::fs::write(stamp, wanted).unwrap();
    Some(installed)
}

/// What moto's own tests need beside moto.
const OF_MOTO_TESTS: [&str; 2] = ["pytest==9.2.0", "freezegun==1.5.5"];

/// The folder of moto's own tests, of the version in the requirements, under `target/`, with what they need in its folder `packages`; `None`
/// where they can't be had.
pub fn moto_tests() -> Option<PathBuf> {
    let requirements = std::fs::read_to_string(folder().join("requirements.txt")).unwrap();
    let version = requirements.lines().find_map(|line| line.strip_prefix("moto[server]==")).unwrap();
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target").canonicalize().ok()?;
    let unpacked = target.join(format!("moto-{version}"));
    let packages = unpacked.join("packages");
    if packages.is_dir() {
        return Some(unpacked);
    }
    let python = |arguments: &[&str]| {
        let output = Command::new(python()).args(arguments).current_dir(&target).output();
        output.is_ok_and(|output| output.status.success())
    };
    let (wanted, archive) = (format!("moto=={version}"), format!("moto-{version}.tar.gz"));
    let [pytest, freezegun] = OF_MOTO_TESTS;
    let there = python(&["-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "moto", &wanted])
        && python(&["-m", "tarfile", "-e", &archive])
        && python(&["-m", "pip", "install", "--quiet", "--target", packages.to_str()?, pytest, freezegun]);
    there.then_some(unpacked)
}

/// Gives lines to a program and returns the lines that it answers with.
pub fn ask(command: &mut Command, lines: &str) -> Vec<String> {
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = process.stdin.take().unwrap();
    let input = lines.to_owned();
    // It answers line by line, so writing must not wait for all to be read.
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()).unwrap());
    let output = process.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "{command:?}");
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

/// Runs a program and returns what it prints.
pub fn run(command: &mut Command) -> String {
    let output =
        command.output().unwrap_or_else(|error| panic!("{command:?}: {error}; Python 3 is needed for this test"));
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
