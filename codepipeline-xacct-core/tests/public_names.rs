//! A public type has one path, and no two of a crate have the same name.
#![allow(clippy::unwrap_used, missing_docs)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A module that users reach: its path and its text.
struct Module {
    path: String,
    text: String,
}

/// The public modules of a crate, as far as they are written by hand.
fn modules(sources: &Path) -> Vec<Module> {
    let mut found = Vec::new();
    let mut open: Vec<(String, PathBuf, PathBuf)> =
        vec![("crate".to_owned(), sources.join("lib.rs"), sources.to_path_buf())];
    while let Some((path, file, folder)) = open.pop() {
        let text = std::fs::read_to_string(&file).unwrap();
        if text.contains("by `cargo xtask write`; edit that file instead") {
            continue;
        }
        let mut is_hidden = false;
        for line in text.lines() {
            if let Some(name) = line.strip_prefix("pub mod ").and_then(|rest| rest.strip_suffix(';')) {
                let (own, within) = (folder.join(format!("{name}.rs")), folder.join(name));
                let file = if own.exists() { own } else { within.join("mod.rs") };
                if !is_hidden {
                    open.push((format!("{path}::{name}"), file, within));
                }
            }
            is_hidden = line == "#[doc(hidden)]" || is_hidden && line.starts_with("#[");
        }
        found.push(Module { path, text });
    }
    found
}

/// The types and traits that a module declares or re-exports by name.
fn types(module: &str) -> Vec<String> {
    let is_type = |name: &&str| name.starts_with(char::is_uppercase) && name.contains(char::is_lowercase);
    let word = |text: &str| text.split(|c: char| !c.is_alphanumeric() && c != '_').next().map(str::to_owned);
    let kinds = ["pub struct ", "pub enum ", "pub trait ", "pub type "];
    let declared = module.lines().filter_map(|line| kinds.iter().find_map(|kind| line.strip_prefix(kind)));
    let mut found: Vec<String> = declared.filter_map(word).collect();
    for statement in module.split("\npub use ").skip(1) {
        let tree = statement.split(';').next().unwrap_or_default();
        let names = tree.split(['{', '}', ',']).filter_map(|path| path.trim().rsplit(['>', ':', ' ']).next());
        found.extend(names.filter(is_type).map(str::to_owned));
    }
    found
}

#[test]
fn a_public_type_has_one_path_and_a_name_of_its_own() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for name in ["codepipeline-xacct-core", "codepipeline-xacct-syntax", "codepipeline-xacct"] {
        let mut paths: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let modules = modules(&root.join(name).join("src"));
        assert!(modules.len() > 3, "{name}");
        for module in modules {
            for found in types(&module.text) {
                paths.entry(found).or_default().push(module.path.clone());
            }
        }
        assert!(paths.len() > 3, "{name}");
        paths.retain(|_, paths| paths.len() > 1);
        assert_eq!(paths, BTreeMap::new(), "{name}");
    }
}
