//! Topologies as pictures, drawn by headless Chromium, compared with those in `tests/pictures`.
//! `UPDATE=1` regenerates these; look at them afterwards.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use codepipeline_xacct::core::graph::Graph;
use codepipeline_xacct_test_support::browser::Browser;

use crate::graphs;

/// How much of a picture may differ: fonts differ from machine to machine.
const TOLERANCE: f64 = 0.04;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures")
}

/// Opens the picture as a file of its own, as large as it is.
fn show(browser: &mut Browser, graph: &Graph) {
    let svg = graph.to_svg();
    let xml = roxmltree::Document::parse(&svg).unwrap();
    let size = |name: &str| xml.root_element().attribute(name).unwrap().parse::<u32>().unwrap();
    browser.size(size("width"), size("height"));
    browser.open(&format!("data:image/svg+xml;base64,{}", BASE64_STANDARD.encode(&svg)));
    browser.wait_for("document.readyState === 'complete'");
    assert_eq!(browser.errors, Vec::<String>::new());
}

fn compare_in_both_schemes(browser: &mut Browser, name: &str, graph: &Graph) {
    for scheme in ["light", "dark"] {
        browser.scheme(scheme);
        show(browser, graph);
        compare(browser, &format!("{name}-{scheme}"));
    }
}

/// Compares what is shown with the picture that is kept under this name.
pub(crate) fn compare(browser: &mut Browser, name: &str) {
    let now = browser.picture();
    let file = folder().join(format!("{name}.png"));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(folder()).unwrap();
        std::fs::write(&file, BASE64_STANDARD.decode(&now).unwrap()).unwrap();
        return;
    }
    let kept = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}; UPDATE=1 writes it", file.display()));
    let by = browser.difference(&BASE64_STANDARD.encode(kept), &now);
    assert!(by <= TOLERANCE, "{name}: {by} of the picture differs from {}", file.display());
}

#[test]
fn pictures_look_as_they_did_when_somebody_looked_at_them() {
    let Some(mut browser) = Browser::start("pictures") else { return };
    compare_in_both_schemes(&mut browser, "shop", &graphs::shop().graph());
    compare_in_both_schemes(&mut browser, "circle", &graphs::circle().graph());
    compare_in_both_schemes(&mut browser, "1-target", &graphs::hub(1, &[]).graph());
    compare_in_both_schemes(&mut browser, "5-targets", &graphs::hub(5, &[]).graph());
    compare_in_both_schemes(&mut browser, "40-targets", &graphs::hub(40, &[17]).graph());
    compare_in_both_schemes(&mut browser, "400-targets", &graphs::hub(400, &[]).graph());
}

#[test]
fn another_picture_is_seen_to_be_another() {
    let Some(mut browser) = Browser::start("other-pictures") else { return };
    let mut picture = |graph: &Graph| {
        show(&mut browser, graph);
        browser.picture()
    };
    let (all, one) = (picture(&graphs::hub(3, &[]).graph()), picture(&graphs::hub(3, &[2]).graph()));
    let same = picture(&graphs::hub(3, &[]).graph());
    assert!(browser.difference(&all, &same) == 0.0);
    assert!(browser.difference(&all, &one) > 0.0);
}
