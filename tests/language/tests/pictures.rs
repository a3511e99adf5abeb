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

/// How much of a picture without its texts may differ: boxes and arrows are the same everywhere.
const LINES_TOLERANCE: f64 = 0.0002;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pictures")
}

/// The picture without its texts.
fn lines(graph: &Graph) -> String {
    let svg = graph.to_svg();
    let (picture, end) = svg.rsplit_once("</svg>").unwrap();
    format!("{picture}<style>text {{ display: none }}</style></svg>{end}")
}

/// Opens a picture as a file of its own, as large as it is.
fn show(browser: &mut Browser, svg: &str) {
    let xml = roxmltree::Document::parse(svg).unwrap();
    let size = |name: &str| xml.root_element().attribute(name).unwrap().parse::<u32>().unwrap();
    browser.size(size("width"), size("height"));
    browser.open(&format!("data:image/svg+xml;base64,{}", BASE64_STANDARD.encode(svg)));
    browser.wait_for("document.readyState === 'complete'");
    assert_eq!(browser.errors, Vec::<String>::new());
}

fn compare_in_both_schemes(browser: &mut Browser, name: &str, graph: &Graph) {
    for scheme in ["light", "dark"] {
        browser.scheme(scheme);
        show(browser, &graph.to_svg());
        compare(browser, &format!("{name}-{scheme}"));
    }
    browser.scheme("light");
    show(browser, &lines(graph));
    compare_within(browser, &format!("{name}-lines"), LINES_TOLERANCE);
}

/// Compares what is shown with the picture that is kept under this name.
pub(crate) fn compare(browser: &mut Browser, name: &str) {
    compare_within(browser, name, TOLERANCE);
}

fn compare_within(browser: &mut Browser, name: &str, tolerance: f64) {
    let now = browser.picture();
    let file = folder().join(format!("{name}.png"));
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(folder()).unwrap();
        std::fs::write(&file, BASE64_STANDARD.decode(&now).unwrap()).unwrap();
        return;
    }
    let kept = std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}; UPDATE=1 writes it", file.display()));
    let by = browser.difference(&BASE64_STANDARD.encode(kept), &now);
    assert!(by <= tolerance, "{name}: {by} of the picture differs from {}", file.display());
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
    let mut picture = |svg: &str| {
        show(&mut browser, svg);
        browser.picture()
    };
    let [all, one] = [graphs::hub(3, &[]), graphs::hub(3, &[2])].map(|topology| picture(&topology.graph().to_svg()));
    let same = picture(&graphs::hub(3, &[]).graph().to_svg());
    // Each arrow counts, also in a large picture.
    let large = lines(&graphs::hub(40, &[17]).graph());
    let whole = picture(&large);
    let arrows: Vec<usize> = large.match_indices("class=\"line").map(|(at, _)| at).collect();
    let without_one: Vec<String> =
        arrows.iter().map(|at| without_element(&large, *at)).map(|svg| picture(&svg)).collect();
    assert!(browser.difference(&all, &same) == 0.0);
    assert!(browser.difference(&all, &one) > 0.0);
    assert!(without_one.len() > 1);
    for other in without_one {
        assert!(browser.difference(&whole, &other) > LINES_TOLERANCE);
    }
}

/// A picture without the element that has something at a position in its tag.
fn without_element(svg: &str, at: usize) -> String {
    let begin = svg[..at].rfind('<').unwrap();
    let end = at + svg[at..].find("/>").unwrap() + "/>".len();
    format!("{}{}", &svg[..begin], &svg[end..])
}
