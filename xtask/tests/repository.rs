//! Generated files match their sources, files don't import each other in a circle, and no file of tests and no example is left out.
#![allow(clippy::unwrap_used, missing_docs)]

use std::path::Path;

#[test]
fn generated_files_are_up_to_date() {
    xtask::generate::check().unwrap();
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    xtask::imports::check().unwrap();
}

/// A package that says itself which its programs of tests are does not find a new file.
#[test]
fn every_file_of_tests_is_a_module_or_a_program() {
    for package in ["aws", "language"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests").join(package);
        let text = |path: &str| std::fs::read_to_string(folder.join(path)).unwrap();
        let (modules, programs) = (text("tests/main.rs"), text("Cargo.toml"));
        for entry in std::fs::read_dir(folder.join("tests")).unwrap() {
            let file = entry.unwrap().file_name().into_string().unwrap();
            let Some(name) = file.strip_suffix(".rs").filter(|name| *name != "main") else { continue };
            let module = modules.lines().any(|line| line == format!("mod {name};"));
            let program = programs.lines().any(|line| line == format!("name = \"{name}\""));
            assert!(module || program, "tests/{package}/tests/{file} is neither in main.rs nor in Cargo.toml");
        }
    }
}

/// CI runs what the file says, and readers find what the page lists.
#[test]
fn every_example_is_run_and_listed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let text = |path: &str| std::fs::read_to_string(root.join(path)).unwrap();
    let (expected, page) = (text("examples/expected.txt"), text("book/src/examples.md"));
    for entry in std::fs::read_dir(root.join("examples/examples")).unwrap() {
        let path = entry.unwrap().path();
        // Other folders hold what several examples read.
        if path.is_dir() && !path.join("main.rs").exists() {
            continue;
        }
        let name = path.file_stem().unwrap().to_string_lossy();
        assert!(expected.lines().any(|line| line.starts_with(&format!("{name} "))), "{name}: examples/expected.txt");
        assert!(page.contains(&format!("| `{name}` |")), "{name}: book/src/examples.md");
    }
}
