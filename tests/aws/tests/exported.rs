//! The exports of many topologies, those of the examples and generated ones, as cfn-lint and Terraform read them.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use codepipeline_xacct::Topology;
use codepipeline_xacct::core::export::Export;
use codepipeline_xacct_test_support::peers;
use serde_json::{Value, json};

use crate::export::plugins;

#[path = "../../language/tests/graphs/mod.rs"]
mod graphs;

// The programs of the examples, for what they declare.
#[allow(dead_code)]
#[path = "../../../examples/examples/deploy.rs"]
mod deploy;
#[allow(dead_code)]
#[path = "../../../examples/examples/doctor.rs"]
mod doctor;
#[allow(dead_code)]
#[path = "../../../examples/examples/events.rs"]
mod events;
#[allow(dead_code)]
#[path = "../../../examples/examples/extend.rs"]
mod extend;
#[allow(dead_code)]
#[path = "../../../examples/examples/policies.rs"]
mod policies;
#[allow(dead_code)]
#[path = "../../../examples/examples/quickstart.rs"]
mod quickstart;
#[allow(dead_code)]
#[path = "../../../examples/examples/wait.rs"]
mod wait;

/// How many topologies are generated.
const SEEDS: u64 = 8;

/// Pipelines in up to three accounts, each of which starts some of those after it.
fn generated(seed: u64) -> Topology {
    let mut state = seed.wrapping_mul(2_654_435_761).wrapping_add(1);
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((state >> 33) % below).unwrap()
    };
    let count = 2 + next(5);
    let items = ["One", "Two", "Three", "Four", "Five", "Six"];
    let pipelines: Vec<(&str, usize)> = items.into_iter().take(count).map(|item| (item, 1 + next(3))).collect();
    let pairs = (0..count).flat_map(|from| (from + 1..count).map(move |to| (from, to)));
    let starts: Vec<(usize, usize)> = pairs.filter(|_| next(2) == 0).collect();
    graphs::network("net", &pipelines, &starts)
}

fn topologies() -> BTreeMap<String, Topology> {
    let of_examples = [
        ("deploy", Topology::builder("deploy").add(deploy::Release)),
        ("doctor", Topology::builder("doctor").add(doctor::Release)),
        ("events", Topology::builder("events").add(events::Release)),
        ("extend", Topology::builder("extend").add(extend::Release)),
        ("policies", Topology::builder("policies").add(policies::Release)),
        ("quickstart", Topology::builder("quickstart").add(quickstart::Release)),
        ("wait", Topology::builder("wait").add(wait::Release)),
    ];
    let of_examples = of_examples.into_iter().map(|(name, builder)| (name.to_owned(), builder.build().unwrap()));
    let generated = (0..SEEDS).map(|seed| (format!("generated-{seed}"), generated(seed)));
    let drawn = [("shop", graphs::shop()), ("circle", graphs::circle()), ("hub", graphs::hub(5, &[]))];
    let drawn = drawn.into_iter().map(|(name, topology)| (name.to_owned(), topology));
    of_examples.chain(generated).chain(drawn).collect()
}

/// Writes an export to a folder.
fn write(export: &Export, folder: &Path) {
    for file in &export.files {
        let path = folder.join(&file.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, &file.text).unwrap();
    }
}

/// Exit code, and what a command printed.
fn ran(command: &mut Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8(text).unwrap())
}

#[test]
fn no_template_of_any_topology_has_a_finding_of_cfn_lint() {
    let folder = tempfile::tempdir().unwrap();
    let mut paths = Vec::new();
    for (name, topology) in topologies() {
        let export = topology.to_cloudformation().unwrap();
        write(&export, &folder.path().join(&name));
        paths.extend(export.files.iter().map(|file| format!("{name}/{}", file.path)));
    }
    assert!(paths.len() > 30, "{paths:?}");
    // It takes seconds to start.
    let mut lint = Command::new(peers::python().with_file_name("cfn-lint"));
    let found = ran(lint.args(["--include-checks", "I", "--"]).args(&paths).current_dir(folder.path()));
    assert_eq!(found, (Some(0), String::new()));
}

#[test]
fn terraform_reads_the_configuration_of_every_topology() {
    let Some(plugins) = plugins("validation of exports by Terraform") else { return };
    let folder = tempfile::tempdir().unwrap();
    let mut modules = serde_json::Map::new();
    for (name, topology) in topologies() {
        let export = topology.to_terraform().unwrap();
        let Some(main) = export.files.iter().find(|file| file.path == "main.tf.json") else { continue };
        let main: Value = serde_json::from_str(&main.text).unwrap();
        // Actions of category Compute need a later provider than the one that is on the machine.
        if main["terraform"]["required_providers"]["aws"]["version"] != ">= 5.100, < 7" {
            continue;
        }
        write(&export, &folder.path().join(&name));
        // Terraform reads the provider's schema for each run, so all are modules of one configuration.
        let mut module = json!({ "source": format!("./{name}") });
        for (variable, _) in main["variable"].as_object().into_iter().flatten() {
            module[variable] = json!("given");
        }
        modules.insert(name, module);
    }
    assert!(modules.len() > 10, "{:?}", modules.keys().collect::<Vec<_>>());
    std::fs::write(folder.path().join("main.tf.json"), json!({ "module": modules }).to_string()).unwrap();
    for arguments in [&["init", &format!("-plugin-dir={plugins}")][..], &["validate"]] {
        let mut terraform = Command::new("terraform");
        let (code, said) = ran(terraform.args(arguments).arg("-no-color").current_dir(folder.path()));
        assert_eq!(code, Some(0), "{arguments:?}: {said}");
    }
}
