//! Which files of a crate import which, and whether any of them do so in a circle.
//!
//! An import is a path that starts with `crate`, `self`, `super` or a child module, in a `use` or anywhere else in the code. It counts as
//! an import of the file that the path itself names: one that goes through a re-export imports the file with the re-export. `mod`
//! lines are not imports, and what is only compiled for tests is left out.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree, token_stream};

/// A module path below the crate root; the root is empty.
type Module = Vec<String>;

/// The files of a crate by module, with the modules that each imports.
pub type Imports = BTreeMap<Module, BTreeSet<Module>>;

const CRATES: [&str; 5] = [
    "codepipeline-xacct-core",
    "codepipeline-xacct-syntax",
    "codepipeline-xacct-macros",
    "codepipeline-xacct",
    "xtask",
];

/// Fails where files of a crate import each other in a circle.
pub fn check() -> Result<(), String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut found = Vec::new();
    for name in CRATES {
        let imports = imports(&root.join(name).join("src"))?;
        if imports.values().all(BTreeSet::is_empty) {
            return Err(format!("{name}: no import was found, so nothing was checked"));
        }
        found.extend(circles(imports).into_iter().map(|circle| format!("{name}: {circle}")));
    }
    if found.is_empty() { Ok(()) } else { Err(format!("files import each other in a circle:\n{}", found.join("\n"))) }
}

/// Reads the files of a crate.
pub fn imports(source: &Path) -> Result<Imports, String> {
    let mut files = BTreeMap::new();
    list(source, &mut Vec::new(), &mut files)?;
    let mut imports = Imports::new();
    for (module, path) in &files {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let tokens: TokenStream = text.parse().map_err(|error| format!("{}: {error}", path.display()))?;
        let mut reader = Reader { files: &files, file: module, found: BTreeSet::new() };
        reader.tokens(tokens, module);
        imports.insert(module.clone(), reader.found);
    }
    Ok(imports)
}

fn list(folder: &Path, module: &mut Module, files: &mut BTreeMap<Module, PathBuf>) -> Result<(), String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for path in entries.flatten().map(|entry| entry.path()) {
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if path.is_dir() {
            if name != "bin" {
                module.push(name);
                list(&path, module, files)?;
                module.pop();
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let mut module = module.clone();
            if !matches!(name.as_str(), "lib" | "main" | "mod") {
                module.push(name);
            }
            // A crate with both has its modules in `lib.rs`.
            if !path.ends_with("main.rs") {
                files.insert(module, path);
            }
        }
    }
    Ok(())
}

struct Reader<'a> {
    files: &'a BTreeMap<Module, PathBuf>,
    file: &'a Module,
    found: BTreeSet<Module>,
}

type Tokens = Peekable<token_stream::IntoIter>;

impl Reader<'_> {
    /// Reads code; `module` is the module that it is in, which may be one within the file.
    fn tokens(&mut self, tokens: TokenStream, module: &Module) {
        let mut tokens = tokens.into_iter().peekable();
        // After `.` or `::` a name is not the beginning of a path.
        let mut behind = false;
        // The first of two colons that belong together: what follows a single one is a type, and may be a path.
        let mut colon = false;
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' => {
                    if let Some(TokenTree::Group(attribute)) = tokens.next_if(is_bracket)
                        && attribute.stream().to_string().replace(' ', "") == "cfg(test)"
                    {
                        skip_item(&mut tokens);
                    }
                    behind = false;
                }
                TokenTree::Punct(punct) => {
                    let (before, name_follows) = (std::mem::take(&mut colon), next_is_name(&mut tokens));
                    colon = punct.as_char() == ':' && punct.spacing() == Spacing::Joint;
                    behind = name_follows && (punct.as_char() == '.' || punct.as_char() == ':' && before);
                }
                TokenTree::Group(group) => {
                    self.tokens(group.stream(), module);
                    behind = false;
                }
                TokenTree::Ident(name) if name == "pub" => drop(tokens.next_if(is_visibility)),
                TokenTree::Ident(name) if name == "use" => self.tree(&mut tokens, Vec::new(), module),
                TokenTree::Ident(name) if name == "mod" => {
                    let name = tokens.next().map(|name| name.to_string()).unwrap_or_default();
                    if let Some(TokenTree::Group(body)) = tokens.next_if(|next| matches!(next, TokenTree::Group(_))) {
                        let inner = [module.as_slice(), &[name]].concat();
                        self.tokens(body.stream(), &inner);
                    }
                }
                TokenTree::Ident(name) => {
                    let mut path = vec![name.to_string()];
                    while let Some(next) = path_step(&mut tokens) {
                        path.push(next);
                    }
                    if !std::mem::take(&mut behind) && path.len() > 1 {
                        self.path(&path, module);
                    }
                }
                TokenTree::Literal(_) => behind = false,
            }
        }
    }

    /// Reads what follows `use`, up to the semicolon or the end of the group.
    fn tree(&mut self, tokens: &mut Tokens, prefix: Vec<String>, module: &Module) {
        let mut path = prefix.clone();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Ident(name) if name == "as" => {
                    tokens.next();
                }
                TokenTree::Ident(name) => path.push(name.to_string()),
                TokenTree::Group(group) => {
                    self.tree(&mut group.stream().into_iter().peekable(), path, module);
                    path = Vec::new();
                }
                TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ';') => {
                    self.path(&path, module);
                    path = prefix.clone();
                    if punct.as_char() == ';' {
                        return;
                    }
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
        self.path(&path, module);
    }

    fn path(&mut self, path: &[String], module: &Module) {
        let mut base = match path.first().map(String::as_str) {
            Some("crate") => Vec::new(),
            Some("self" | "super") => module.clone(),
            Some(name) if self.files.contains_key(&[module.as_slice(), &[name.to_owned()]].concat()) => {
                [module.as_slice(), &[name.to_owned()]].concat()
            }
            _ => return,
        };
        for name in path {
            match name.as_str() {
                "super" => drop(base.pop()),
                "crate" | "self" => {}
                name if base.last().is_some_and(|last| last == name) && path.first().is_some_and(|p| p == name) => {}
                name => base.push(name.to_owned()),
            }
        }
        while !self.files.contains_key(&base) && base.pop().is_some() {}
        if base != *self.file {
            self.found.insert(base);
        }
    }
}

fn is_bracket(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket)
}

/// `(in crate::plan)`, which imports nothing.
fn is_visibility(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.stream().into_iter().next().is_some_and(|first| first.to_string() == "in"))
}

fn next_is_name(tokens: &mut Tokens) -> bool {
    matches!(tokens.peek(), Some(TokenTree::Ident(_)))
}

/// The name after `::`.
fn path_step(tokens: &mut Tokens) -> Option<String> {
    let mut ahead = tokens.clone();
    for _ in 0..2 {
        match ahead.next() {
            Some(TokenTree::Punct(punct)) if punct.as_char() == ':' => {}
            _ => return None,
        }
    }
    let Some(TokenTree::Ident(name)) = ahead.next() else { return None };
    *tokens = ahead;
    Some(name.to_string())
}

/// Skips to the end of an item: its body, or a semicolon.
fn skip_item(tokens: &mut Tokens) {
    for token in tokens.by_ref() {
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
            TokenTree::Punct(punct) if punct.as_char() == ';' => return,
            _ => {}
        }
    }
}

/// Circles of imports: the files of each in order. A circle that is found is cut, so that one file doesn't hide all
/// others.
pub fn circles(mut imports: Imports) -> Vec<String> {
    let mut found = Vec::new();
    while let Some(circle) = imports.keys().find_map(|module| circle_from(module, &imports)) {
        if let [.., last] = circle.as_slice()
            && let Some(first) = circle.first()
            && let Some(of_last) = imports.get_mut(last)
        {
            of_last.remove(first);
        }
        let names = circle.iter().chain(circle.first()).map(|module| match module.as_slice() {
            [] => "lib".to_owned(),
            names => names.join("/"),
        });
        found.push(names.collect::<Vec<_>>().join(" -> "));
    }
    found
}

/// The shortest way from a module back to itself.
fn circle_from(start: &Module, imports: &Imports) -> Option<Vec<Module>> {
    let mut came_from: BTreeMap<&Module, &Module> = BTreeMap::new();
    let mut open = std::collections::VecDeque::from([start]);
    while let Some(module) = open.pop_front() {
        for next in imports.get(module).into_iter().flatten() {
            if next == start {
                let mut way = vec![module.clone()];
                let mut at = module;
                while let Some(before) = came_from.get(at) {
                    way.push((*before).clone());
                    at = before;
                }
                way.reverse();
                return Some(way);
            }
            if !came_from.contains_key(next) {
                came_from.insert(next, module);
                open.push_back(next);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str, module: &[&str], others: &[&[&str]]) -> Vec<String> {
        let module: Module = module.iter().map(|name| (*name).to_owned()).collect();
        let mut files: BTreeMap<Module, PathBuf> = BTreeMap::from([(Vec::new(), PathBuf::new())]);
        files.insert(module.clone(), PathBuf::new());
        for other in others {
            files.insert(other.iter().map(|name| (*name).to_owned()).collect(), PathBuf::new());
        }
        let mut reader = Reader { files: &files, file: &module, found: BTreeSet::new() };
        reader.tokens(text.parse().unwrap_or_default(), &module);
        reader.found.iter().map(|module| module.join("/")).collect()
    }

    #[test]
    fn imports_are_found_in_uses_and_in_code() {
        let others: &[&[&str]] = &[&["a"], &["a", "b"], &["c"], &["d"], &["e"], &["d", "x"]];
        assert_eq!(of("use crate::{a::{b::X, Y}, c::Z as W};", &["d"], others), ["a", "a/b", "c"]);
        assert_eq!(of("fn f() { let y = crate::c::f(x::g(), super::e::h); }", &["d"], others), ["c", "d/x", "e"]);
        assert_eq!(of("use serde::Serialize; mod x; fn f() { a.c::<u8>(); }", &["d"], others), Vec::<String>::new());
        assert_eq!(of("#[cfg(test)] mod tests { use crate::a::X; } use crate::c::Y;", &["d"], others), ["c"]);
        assert_eq!(
            of("fn f(x: crate::c::T) -> Vec<u8> { Y { a: super::e::X, b: Self::a::<u8>() } }", &["d"], others),
            ["c", "e"]
        );
        assert_eq!(of("fn f() { y.crate::c::X; <A as B>::e::X }", &["d"], others), Vec::<String>::new());
        assert_eq!(of("mod inner { use super::super::c::Y; }", &["d"], others), ["c"]);
        assert_eq!(of("pub(in crate::a) fn f() { for x in crate::c::X {} }", &["d"], others), ["c"]);
    }

    #[test]
    fn a_circle_is_found_and_named() {
        let module = |name: &str| vec![name.to_owned()];
        let imports = Imports::from([
            (module("a"), BTreeSet::from([module("b")])),
            (module("b"), BTreeSet::from([module("c")])),
            (module("c"), BTreeSet::from([module("a"), module("b")])),
        ]);
        assert_eq!(circles(imports), ["a -> b -> c -> a", "b -> c -> b"]);
    }
}
