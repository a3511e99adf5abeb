//! The pages, links, snippets and compile errors of the book are right.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use codepipeline_xacct_syntax::format;
use codepipeline_xacct_test_support::answers::lines;

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every page and picture: its path under `src`, and its text with what it includes.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    let mut open = vec![here().join("src")];
    while let Some(directory) = open.pop() {
        for entry in std::fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
            } else {
                let name = path.strip_prefix(here().join("src")).unwrap();
                pages.insert(name.to_string_lossy().replace('\\', "/"), with_includes(&path));
            }
        }
    }
    pages
}

fn with_includes(page: &Path) -> String {
    let text = read(page);
    let mut parts = text.split("{{#include ");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (path, rest) = part.split_once("}}").unwrap();
        whole.push_str(&read(&page.parent().unwrap().join(path)));
        whole.push_str(rest);
    }
    whole
}

/// A block of code: its language, and its text.
fn blocks(text: &str) -> Vec<(String, String)> {
    let mut blocks: Vec<(String, String)> = Vec::new();
    let mut inside = false;
    for line in text.lines() {
        match line.trim_start().strip_prefix("```") {
            Some(language) if !inside => {
                blocks.push((language.to_owned(), String::new()));
                inside = true;
            }
            Some(_) => inside = false,
            None if inside => {
                let block = &mut blocks.last_mut().unwrap().1;
                block.push_str(line);
                block.push('\n');
            }
            None => {}
        }
    }
    blocks
}

/// The Markdown without its blocks of code.
fn prose(text: &str) -> String {
    let mut inside = false;
    let lines = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        !inside && !fence
    });
    lines.map(|line| format!("{line}\n")).collect()
}

/// The targets of the links, in round brackets after square ones.
fn links(text: &str) -> Vec<String> {
    let text = prose(text);
    let behind = text.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    behind.map(str::to_owned).filter(|link| !link.contains("://")).collect()
}

/// The anchors that mdBook gives the headings.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text);
    let headings =
        headings.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let kept = |c: char| c.is_alphanumeric() || c == '-' || c == '_' || c == ' ';
    headings.map(|heading| heading.to_lowercase().replace(|c| !kept(c), "").replace(' ', "-")).collect()
}

#[test]
fn the_summary_lists_every_page_once() {
    let pages = pages();
    let listed = links(&pages["SUMMARY.md"]);
    let once: BTreeSet<&String> = listed.iter().collect();
    assert_eq!(once.len(), listed.len());
    assert_eq!(once, pages.keys().filter(|page| page.ends_with(".md") && *page != "SUMMARY.md").collect());
}

#[test]
fn links_lead_somewhere() {
    let pages = pages();
    let mut checked = 0;
    for (page, text) in &pages {
        for link in links(text) {
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let mut parts: Vec<_> = Path::new(page).parent().unwrap().components().collect();
            for part in Path::new(path).components() {
                if part == Component::ParentDir {
                    parts.pop();
                } else {
                    parts.push(part);
                }
            }
            let target = parts.iter().collect::<PathBuf>().to_string_lossy().replace('\\', "/");
            let target = if path.is_empty() { page } else { &target };
            let found = pages.get(target).unwrap_or_else(|| panic!("{page}: {link}"));
            assert!(anchor.is_empty() || anchors(found).contains(anchor), "{page}: {link}");
            checked += 1;
        }
    }
    assert!(checked > 50, "{checked}");
}

#[test]
fn every_page_with_rust_is_compiled() {
    let snippets = read(&here().join("snippets.rs"));
    for (page, text) in pages() {
        let rust = blocks(&text).iter().any(|(language, _)| language.starts_with("rust"));
        assert_eq!(rust, snippets.contains(&format!("\"src/{page}\"")), "{page}");
        for (language, _) in blocks(&text) {
            assert!(!language.contains("ignore") && !language.is_empty(), "{page}: a block of `{language}`");
        }
    }
}

#[test]
fn snippets_are_formatted() {
    for (page, text) in pages() {
        for (language, block) in blocks(&text) {
            if language.starts_with("rust") {
                let lines = block.lines().map(|line| line.strip_prefix("# ").unwrap_or(line).trim_end_matches('#'));
                let program: String = lines.map(|line| format!("{line}\n")).collect();
                let formatted =
                    format::file(&program, &format::Style { max_width: 120, ..Default::default() }).unwrap();
                assert_eq!(formatted.skipped, [], "{page}");
                assert_eq!(formatted.text, program, "{page}");
            }
        }
    }
}

/// The compile-fail tests.
fn ui(path: &str) -> PathBuf {
    here().join("../tests/language/tests/ui").join(path)
}

#[test]
fn compile_errors_are_what_the_compiler_says() {
    let page = &pages()["reference/errors.md"];
    let mut shown = 0;
    for section in page.split("`ui/").skip(1) {
        let (name, rest) = section.split_once("`:").unwrap();
        let blocks = blocks(rest);
        let program = read(&ui(name));
        for line in blocks[0].1.lines().filter(|line| *line != "…") {
            assert!(program.lines().any(|found| found == line), "{name}: {line}");
        }
        let answer = read(&ui(name).with_extension("stderr"));
        assert!(answer.contains(blocks[1].1.trim_end()), "{name}:\n{}", blocks[1].1);
        shown += 1;
    }
    assert!(shown >= 10, "{shown}");
}

#[test]
fn the_tutorials_errors_are_what_the_compiler_says() {
    let tutorial = &pages()["tutorial.md"];
    let blocks = blocks(tutorial);
    let (_, program) = blocks.iter().find(|(language, _)| language == "rust").unwrap();
    let shown: Vec<_> =
        blocks.iter().filter(|(language, text)| language == "text" && text.starts_with("error")).collect();
    let cases = ["wrong_trust", "no_role", "unknown_variable", "arn_as_name"];
    assert_eq!(shown.len(), cases.len());
    for (case, (_, shown)) in cases.iter().zip(shown) {
        let file = format!("tests/ui/tutorial/{case}.rs");
        // One line of the tutorial's program differs or is missing.
        let edited = read(&ui(&format!("tutorial/{case}.rs")));
        let kept = |line: &&str| program.lines().any(|other| other.trim_start_matches("# ") == *line);
        assert!(edited.lines().filter(|line| !kept(line)).count() <= 1, "{case}");
        let missing = program.lines().filter(|line| !edited.contains(line.trim_start_matches("# "))).count();
        assert_eq!(missing, 1, "{case}");
        let answer = read(&ui(&format!("tutorial/{case}.stderr")));
        assert_eq!(lines(shown, "src/main.rs"), lines(&answer, &file), "{case}");
    }
}
