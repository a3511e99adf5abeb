//! `from "contracts/deploy.json";`: reads the contract, and puts what it says in the place of the keys of the item. From there on, the item is
//! like one that was written out; its tokens are all the path.
//!
//! The contract of an account says what several items are, by their names: `extern pipeline Deploy in Prod;` takes it from the contract of `Prod`
//! in the same call, and all its tokens are its name; with `from` and the path, it does so anywhere.
//!
//! The file is read while the macro expands, from the folder of the package that is compiled: its `Cargo.toml` is there. The expansion
//! includes the same file, so that cargo and editors know that the build depends on it. Nothing else is read.

use std::env;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path};

use codepipeline_xacct_core::contract::{
    AccountSignature, Contract, FILE, MAX_SIZE, NoContract, PipelineSignature, RoleSignature, Signature,
};
use codepipeline_xacct_core::policy::Document;
use codepipeline_xacct_core::suggest::misspelt;
use codepipeline_xacct_syntax::ast::{
    CallNode, ContractNode, EntryNode, FieldNode, ItemNode, ItemNodeKind, MapKey, ValueNode, path_text,
};
use codepipeline_xacct_syntax::errors::Errors;
use proc_macro2::Span;
use serde_json::{Value, json};
use syn::{Ident, LitBool, LitStr};

/// The placeholder for the default of a variable, which a contract does not have.
const SOME_DEFAULT: &str = "(a default)";

/// Reads the contracts of all items.
pub(crate) fn fill(file: &mut CallNode, errors: &mut Errors) {
    // Accounts first: items take their contracts from them.
    let mut accounts = Vec::new();
    for item in file.items.iter_mut().filter(|item| matches!(item.kind, ItemNodeKind::Account { .. })) {
        let path = item.contract.as_ref().map(|contract| contract.path.clone());
        let Some(path) = path else { continue };
        fill_or_report(item, &path, errors);
        accounts.push(OfAccount { name: item.name.clone(), contract: item.contract.clone() });
    }
    for item in file.items.iter_mut().filter(|item| !matches!(item.kind, ItemNodeKind::Account { .. })) {
        if item.from_account {
            match of_account(item, &accounts) {
                Ok(contract) => item.contract = contract,
                Err(problem) => report(item, &problem, item.name.span(), errors),
            }
        }
        match item.contract.as_ref().map(|contract| contract.path.clone()) {
            // An item that is not extern; that is reported.
            Some(path) if !item.kind.is_damaged() => fill_or_report(item, &path, errors),
            None if item.from_account => damage(item),
            _ => {}
        }
    }
}

/// An account with a contract; `None` where that could not be read.
struct OfAccount {
    name: Ident,
    contract: Option<ContractNode>,
}

fn fill_or_report(item: &mut ItemNode, path: &LitStr, errors: &mut Errors) {
    if let Err(problem) = fill_item(item, path) {
        let span = if problem.of_name { item.name.span() } else { path.span() };
        report(item, &problem, span, errors);
    }
}

fn report(item: &mut ItemNode, problem: &Problem, span: Span, errors: &mut Errors) {
    errors.push_help(span, &problem.message, &problem.help);
    damage(item);
}

/// The contract of the account of an item that has nothing of its own, as if the item named it; `None` where that could not be read, which is
/// reported.
fn of_account(item: &ItemNode, accounts: &[OfAccount]) -> Result<Option<ContractNode>, Problem> {
    let (kind, account) = match &item.kind {
        ItemNodeKind::Role { account: Some(account), .. } => ("role", account),
        ItemNodeKind::Pipeline { account: Some(account), .. } => ("pipeline", account),
        _ => return Ok(None),
    };
    let name = &item.name;
    let Some(found) = accounts.iter().find(|of| account.is_ident(&of.name)) else {
        let message = format!("expected `{{ … }}` after the head of `{name}`");
        let head = format!("extern {kind} {name} in {}", path_text(account));
        let help = format!("write `{head} {{ … }}`, or `{head} from \"contracts/….json\";` with a contract");
        return Err(Problem::new(message, help));
    };
    let contract = found.contract.as_ref();
    Ok(contract.map(|contract| ContractNode { path: LitStr::new(&contract.path.value(), name.span()), says: None }))
}

/// What is wrong with a contract.
struct Problem {
    message: String,
    help: String,
    /// True where the name of the item has to change, and not the path.
    of_name: bool,
}

impl Problem {
    fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into(), of_name: false }
    }
}

fn fill_item(item: &mut ItemNode, path: &LitStr) -> Result<(), Problem> {
    let Some(folder) = env::var_os("CARGO_MANIFEST_DIR") else {
        let message = "the folder of this package is not known: `CARGO_MANIFEST_DIR` is not set";
        return Err(Problem::new(message, "build with cargo, or set the variable as cargo does"));
    };
    let contract = contract_in(Path::new(&folder), &path.value())?;
    let span = path.span();
    let signature = match (&item.kind, contract.signature) {
        (ItemNodeKind::Account { .. }, signature) => signature,
        (_, Signature::Account(account)) => part(item, &account, &path.value())?,
        (_, signature) => signature,
    };
    match (&mut item.kind, &signature) {
        (ItemNodeKind::Account { id, fields }, Signature::Account(account)) => {
            *id = Some(LitStr::new(account.id.as_str(), span));
            *fields = vec![field("partition", text(account.partition.as_str(), span), span)];
        }
        (ItemNodeKind::Pipeline { fields, .. }, Signature::Pipeline(signature)) => *fields = pipeline(signature, span),
        (ItemNodeKind::Role { fields, .. }, Signature::Role(signature)) => *fields = role(signature, span),
        (_, signature) => {
            let kind = signature.kind();
            let message = format!("`{}` is the contract of a {kind}, `{signature}`", path.value());
            return Err(Problem::new(
                message,
                format!("write `extern {kind} {} in …`, or name another file", item.name),
            ));
        }
    }
    if let Some(node) = &mut item.contract {
        node.says = Some(signature);
    }
    Ok(())
}

/// What the contract of an account says of an item, by its name.
fn part(item: &ItemNode, account: &AccountSignature, path: &str) -> Result<Signature, Problem> {
    let (name, is_role) = (item.name.to_string(), matches!(item.kind, ItemNodeKind::Role { .. }));
    let parts = account.parts();
    let of_kind = |part: &Signature| matches!(part, Signature::Role(_)) == is_role;
    if let Some((_, part)) = parts.iter().find(|(of, part)| *of == name && of_kind(part)) {
        return Ok(part.clone());
    }
    let kind = if is_role { "role" } else { "pipeline" };
    let message = format!("contract `{path}` has no {kind} `{name}`");
    if let Some((_, other)) = parts.iter().find(|(of, _)| *of == name) {
        let help = format!("it is a {} there: write `extern {} {name} in …`", other.kind(), other.kind());
        return Err(Problem { of_name: true, ..Problem::new(message, help) });
    }
    let names: Vec<&str> = parts.iter().filter(|(_, part)| of_kind(part)).map(|(of, _)| *of).collect();
    let help = match (misspelt(&name, names.iter().copied()), names.as_slice()) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, []) => format!("it has no {kind} at all"),
        (None, names) => {
            format!("it has {}", names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", "))
        }
    };
    Err(Problem { of_name: true, ..Problem::new(message, help) })
}

/// Nothing counts as missing in what could not be read.
fn damage(item: &mut ItemNode) {
    match &mut item.kind {
        ItemNodeKind::Role { damaged, .. } | ItemNodeKind::Pipeline { damaged, .. } => *damaged = true,
        ItemNodeKind::Account { .. } => item.contract = None,
    }
}

fn contract_in(folder: &Path, path: &str) -> Result<Contract, Problem> {
    let relative = "a contract is a file of this package: write its path from the folder of `Cargo.toml`, for example `contracts/deploy.json`";
    let inside = |component| matches!(component, Component::Normal(_) | Component::CurDir);
    if path.is_empty() || path.contains('\\') || !Path::new(path).components().all(inside) {
        return Err(Problem::new(format!("`{path}` does not lead into this package"), relative));
    }
    let leads_out = |file: &Path| Some(!file.canonicalize().ok()?.starts_with(folder.canonicalize().ok()?));
    let file = folder.join(path);
    if leads_out(&file) == Some(true) {
        return Err(Problem::new(format!("`{path}` is a link that leads out of this package"), relative));
    }
    let text = read(&file).map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            let help = format!(
                "`cargo xacct contract pull <ARN> -o {path}` writes it; the path begins at the folder of `Cargo.toml`"
            );
            Problem::new(format!("there is no contract `{path}`"), help)
        }
        _ => Problem::new(format!("contract `{path}` can't be read: {error}"), relative),
    })?;
    let told = |error: NoContract| Problem::new(format!("`{path}`: {}", error.message), error.help.replace(FILE, path));
    Contract::from_json(&text).map_err(told)
}

/// The text of a file, but no more of it than tells that it is too large.
fn read(path: &Path) -> io::Result<String> {
    // Whoever reads a named pipe waits for a writer.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no file"));
    }
    let mut text = String::new();
    let most = u64::try_from(MAX_SIZE).unwrap_or(u64::MAX).saturating_add(1);
    File::open(path)?.take(most).read_to_string(&mut text)?;
    Ok(text)
}

fn pipeline(signature: &PipelineSignature, span: Span) -> Vec<FieldNode> {
    let PipelineSignature { arn, variables } = signature;
    let variables = variables.iter().map(|variable| EntryNode {
        key: match syn::parse_str::<Ident>(&variable.name) {
            Ok(mut ident) => {
                ident.set_span(span);
                MapKey::Ident(ident)
            }
            Err(_) => MapKey::Str(LitStr::new(&variable.name, span)),
        },
        value: (!variable.required).then(|| text(SOME_DEFAULT, span)),
    });
    vec![
        field("name", text(arn.name().as_str(), span), span),
        field("region", text(arn.region().as_str(), span), span),
        field("variables", ValueNode::Map(variables.collect(), span), span),
    ]
}

fn role(signature: &RoleSignature, span: Span) -> Vec<FieldNode> {
    let RoleSignature { arn, trust_policy, policies, permissions_boundary } = signature;
    let document = |document: &Document| value(json!(document), span);
    let mut fields = vec![field("arn", text(&arn.to_string(), span), span)];
    fields.extend(trust_policy.as_ref().map(|trust| field("trust_policy", document(trust), span)));
    fields.extend(policies.as_ref().map(|policies| {
        let policies = policies.iter().map(document).collect();
        field("policies", ValueNode::List(policies, span), span)
    }));
    fields
        .extend(permissions_boundary.as_ref().map(|boundary| field("permissions_boundary", document(boundary), span)));
    fields
}

fn field(key: &str, value: ValueNode, span: Span) -> FieldNode {
    FieldNode { key: Ident::new(key, span), value, alone: false }
}

fn text(text: &str, span: Span) -> ValueNode {
    ValueNode::Str(LitStr::new(text, span))
}

/// JSON as if it were written in the call. Numbers, which only conditions have, mean the same as their texts.
fn value(json: Value, span: Span) -> ValueNode {
    match json {
        Value::Null => text("", span),
        Value::Bool(boolean) => ValueNode::Bool(LitBool::new(boolean, span)),
        Value::Number(number) => text(&number.to_string(), span),
        Value::String(string) => text(&string, span),
        Value::Array(list) => ValueNode::List(list.into_iter().map(|entry| value(entry, span)).collect(), span),
        Value::Object(members) => {
            let entry = |(key, member)| EntryNode {
                key: MapKey::Str(LitStr::new(key, span)),
                value: Some(value(member, span)),
            };
            let members = members.iter().map(|(key, member)| entry((key.as_str(), member.clone())));
            ValueNode::Map(members.collect(), span)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEPLOY: &str = include_str!("../tests/contracts/deploy.json");

    fn refused(text: &str, path: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("contracts")).unwrap();
        std::fs::write(folder.path().join("contracts/deploy.json"), text).unwrap();
        match contract_in(folder.path(), path) {
            Ok(contract) => panic!("{contract:?}"),
            Err(problem) => problem.message,
        }
    }

    #[test]
    fn only_files_of_the_package_are_read() {
        for path in ["", "/etc/passwd", "../contracts/deploy.json", "contracts/../../x.json", "contracts\\deploy.json"]
        {
            assert_eq!(refused(DEPLOY, path), format!("`{path}` does not lead into this package"));
        }
    }

    #[test]
    #[cfg(unix)]
    fn a_link_that_leads_out_of_the_package_and_a_named_pipe_are_not_read() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let link = |to: &Path, name: &str| std::os::unix::fs::symlink(to, folder.path().join(name)).unwrap();
        std::fs::write(other.path().join("deploy.json"), DEPLOY).unwrap();
        std::fs::write(folder.path().join("deploy.json"), DEPLOY).unwrap();
        link(&other.path().join("deploy.json"), "out.json");
        link(other.path(), "contracts");
        link(Path::new("deploy.json"), "in.json");
        let problem = |path: &str| contract_in(folder.path(), path).err().map(|problem| problem.message);
        for path in ["out.json", "contracts/deploy.json"] {
            assert_eq!(problem(path).unwrap(), format!("`{path}` is a link that leads out of this package"));
        }
        assert_eq!(problem("in.json"), None);
        let made = std::process::Command::new("mkfifo").arg(folder.path().join("pipe.json")).status().unwrap();
        assert!(made.success());
        assert_eq!(problem("pipe.json").unwrap(), "contract `pipe.json` can't be read: it is no file");
    }

    #[test]
    fn what_is_wrong_with_a_file_is_told() {
        assert_eq!(refused(DEPLOY, "contracts/deplo.json"), "there is no contract `contracts/deplo.json`");
        let of = |text: &str| refused(text, "contracts/deploy.json");
        assert!(of("no JSON").starts_with("`contracts/deploy.json`: this contract can't be read: "));
        assert!(of(&DEPLOY.replace("\"contract\": 1", "\"contract\": 2")).contains("has version 2"));
        assert!(of(&" ".repeat(MAX_SIZE * 2)).contains("has more than 1048576 bytes"));
        assert!(refused(DEPLOY, "contracts").starts_with("contract `contracts` can't be read: "));
    }
}
