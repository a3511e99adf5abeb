//! The golden examples: the long example of the design, every example in the reference of `pipeline!`, and the programs in
//! `tests/language/programs`.

const REFERENCE: &str = include_str!("../../../codepipeline-xacct-macros/docs/pipeline.md");
const DESIGN: &str = include_str!("../../language/tests/design_example.rs");

/// Whole programs, with the names of their files. Each builds its topology and prints what is found.
const PROGRAMS: [(&str, &str); 13] = [
    ("added", include_str!("../../language/programs/added.rs")),
    ("containers", include_str!("../../language/programs/containers.rs")),
    ("datalake", include_str!("../../language/programs/datalake.rs")),
    ("every_service", include_str!("../../language/programs/every_service.rs")),
    ("existing", include_str!("../../language/programs/existing.rs")),
    ("existing_ones", include_str!("../../language/programs/existing_ones.rs")),
    ("fleet", include_str!("../../language/programs/fleet.rs")),
    ("monorepo", include_str!("../../language/programs/monorepo.rs")),
    ("nightly", include_str!("../../language/programs/nightly.rs")),
    ("release", include_str!("../../language/programs/release.rs")),
    ("storefront", include_str!("../../language/programs/storefront.rs")),
    ("two_accounts", include_str!("../../language/programs/two_accounts.rs")),
    ("two_modules", include_str!("../../language/programs/two_modules.rs")),
];

/// Every example: its name, and a program of its own. The name is the heading above it, with a number if there is more
/// than one.
pub fn all() -> Vec<(String, String)> {
    let design = DESIGN.split("#[test]").next().unwrap();
    // Inner attributes and documentation belong to the test.
    let design = design.lines().filter(|line| !line.starts_with("//!") && !line.starts_with("#![")).collect::<Vec<_>>();
    let mut found = vec![("design".to_owned(), format!("{}\nfn main() {{}}\n", design.join("\n")))];
    found.extend(PROGRAMS.map(|(name, program)| (name.to_owned(), program.to_owned())));
    let mut heading = "pipeline!".to_owned();
    let mut block: Option<String> = None;
    for line in REFERENCE.lines() {
        match (&mut block, line) {
            (None, "```") => block = Some(String::new()),
            (Some(_), "```") => {
                let program = block.take().unwrap();
                let before =
                    found.iter().filter(|(name, _)| name.trim_end_matches(char::is_numeric).trim() == heading).count();
                let name = if before == 0 { heading.clone() } else { format!("{heading} {}", before + 1) };
                found.push((name, program));
            }
            (Some(program), line) => {
                // What rustdoc hides is part of the program.
                let line = line.strip_prefix("# ").unwrap_or(line);
                program.push_str(line);
                program.push('\n');
            }
            (None, line) => {
                if let Some(text) = line.strip_prefix('#') {
                    heading = text.trim_start_matches('#').trim().to_owned();
                }
            }
        }
    }
    found
}

/// The program of an example.
pub fn program(name: &str) -> String {
    let examples = all();
    let found = examples.iter().find(|(known, _)| known == name);
    found
        .unwrap_or_else(|| {
            panic!("there is no example {name}: {:?}", examples.iter().map(|(n, _)| n).collect::<Vec<_>>())
        })
        .1
        .clone()
}

/// True for the example of a program that prints what is found.
pub fn runs(name: &str) -> bool {
    PROGRAMS.iter().any(|(known, _)| *known == name)
}

/// The insides of every call of `pipeline!` in an example.
pub fn bodies(program: &str) -> Vec<String> {
    let mut bodies = Vec::new();
    let mut rest = program;
    while let Some((_, behind)) = rest.split_once("pipeline! {") {
        let mut depth = 1;
        let end = behind.char_indices().find(|(_, c)| {
            depth += match c {
                '{' => 1,
                '}' => -1,
                _ => 0,
            };
            depth == 0
        });
        let end = end.map_or(behind.len(), |(at, _)| at);
        bodies.push(behind[..end].to_owned());
        rest = &behind[end..];
    }
    bodies
}
