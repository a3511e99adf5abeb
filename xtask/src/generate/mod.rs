//! What is generated in this repository: the catalogue's data, the builder's functions per provider and its methods for plain
//! members, keys for editors, the macro's tables of keys and providers, the list of rules, the steps in the schema of plans.

mod builder;
mod catalogue;
mod keys;
mod plan_schema;
mod rules;
mod source;
mod table;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use codepipeline_xacct_syntax::keys::{ACTION, RULE};

/// The generated files: where they are and what they contain.
pub fn files() -> Result<Vec<(PathBuf, String)>, String> {
    let root = root();
    let source = root.join("codepipeline-xacct-core/catalogue.json");
    let text = read(&source)?;
    let catalogue: source::Catalogue =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", source.display()))?;
    let plan_schema = root.join("book/src/reference/plan.schema.json");
    let plan_schema_text = plan_schema::schema(&read(&plan_schema)?, &read(&root.join(plan_schema::SOURCE))?)?;
    Ok(vec![
        (root.join("codepipeline-xacct-core/src/catalogue/data.rs"), catalogue::data(&catalogue)?),
        (root.join("codepipeline-xacct/src/builder/action/providers.rs"), formatted(&builder::providers(&catalogue)?)?),
        (root.join("codepipeline-xacct/src/builder/rule/providers.rs"), formatted(&builder::rules(&catalogue)?)?),
        (
            root.join("codepipeline-xacct/src/builder/action/members.rs"),
            formatted(&builder::members(&ACTION, "ActionBuilder"))?,
        ),
        (
            root.join("codepipeline-xacct/src/builder/rule/members.rs"),
            formatted(&builder::members(&RULE, "ConditionRule"))?,
        ),
        (root.join("codepipeline-xacct/src/keys/mod.rs"), keys::constructs()),
        (root.join("codepipeline-xacct/src/keys/source.rs"), keys::sources(&catalogue)?),
        (root.join("codepipeline-xacct/src/keys/action.rs"), keys::actions(&catalogue)?),
        (root.join("codepipeline-xacct/src/keys/rule.rs"), keys::rules(&catalogue)?),
        (root.join("codepipeline-xacct/src/keys/words.rs"), keys::words(&catalogue)),
        (root.join("codepipeline-xacct-core/docs/rules.md"), rules::page()?),
        (root.join("codepipeline-xacct-macros/docs/keys.md"), table::constructs()),
        (root.join("codepipeline-xacct-macros/docs/providers.md"), table::providers(&catalogue)?),
        (plan_schema, plan_schema_text),
    ])
}

/// Writes the generated files.
pub fn write() -> Result<(), String> {
    for (path, text) in files()? {
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(())
}

/// Fails if a generated file does not match its source.
pub fn check() -> Result<(), String> {
    for (path, text) in files()? {
        if std::fs::read_to_string(&path).unwrap_or_default() != text {
            return Err(format!("{} is not up to date; run `cargo xtask write`", path.display()));
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The text as rustfmt formats it.
fn formatted(text: &str) -> Result<String, String> {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("rustfmt: {error}"))?;
    if let Some(mut stdin) = rustfmt.stdin.take() {
        stdin.write_all(text.as_bytes()).map_err(|error| format!("rustfmt: {error}"))?;
    }
    let output = rustfmt.wait_with_output().map_err(|error| format!("rustfmt: {error}"))?;
    if !output.status.success() {
        return Err("rustfmt refused the generated text".to_owned());
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}
