//! Topologies as pictures, drawn by headless Chromium, compared with those in `tests/pictures`.
//!
//! `UPDATE=1` writes these anew; look at them afterwards.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use codepipeline_xacct::core::graph::Graph;
use codepipeline_xacct_test_support::browser::Browser;
use serde_json::json;

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

/// The share of pixels that differ visibly, after both are made coarser, so that the edges of letters don't count.
fn difference(browser: &mut Browser, one: &str, other: &str) -> f64 {
    browser.open("about:blank");
    let script = format!(
        r#"(async () => {{
            const load = (data) => new Promise((done, fail) => {{
                const image = new Image();
                image.onload = () => done(image);
                image.onerror = fail;
                image.src = 'data:image/png;base64,' + data;
            }});
            const [one, other] = [await load({one}), await load({other})];
            if (one.width !== other.width || one.height !== other.height) return 1;
            const [width, height] = [Math.ceil(one.width / 4), Math.ceil(one.height / 4)];
            const pixels = (image) => {{
                const canvas = new OffscreenCanvas(width, height);
                const context = canvas.getContext('2d');
                context.drawImage(image, 0, 0, width, height);
                return context.getImageData(0, 0, width, height).data;
            }};
            const [a, b] = [pixels(one), pixels(other)];
            let different = 0;
            for (let i = 0; i < a.length; i += 4) {{
                const by = Math.abs(a[i] - b[i]) + Math.abs(a[i + 1] - b[i + 1]) + Math.abs(a[i + 2] - b[i + 2]);
                if (by > 90) different += 1;
            }}
            return different / (width * height);
        }})()"#,
        one = json!(one),
        other = json!(other),
    );
    browser.value(&script).as_f64().unwrap()
}

fn compare(browser: &mut Browser, name: &str, graph: &Graph) {
    for scheme in ["light", "dark"] {
        browser.scheme(scheme);
        show(browser, graph);
        let now = browser.picture();
        let file = folder().join(format!("{name}-{scheme}.png"));
        if std::env::var_os("UPDATE").is_some() {
            std::fs::create_dir_all(folder()).unwrap();
            std::fs::write(&file, BASE64_STANDARD.decode(&now).unwrap()).unwrap();
            continue;
        }
        let kept =
            std::fs::read(&file).unwrap_or_else(|error| panic!("{}: {error}; UPDATE=1 writes it", file.display()));
        let by = difference(browser, &BASE64_STANDARD.encode(kept), &now);
        assert!(by <= TOLERANCE, "{name}, {scheme}: {by} of the picture differs from {}", file.display());
    }
}

#[test]
fn pictures_look_as_they_did_when_somebody_looked_at_them() {
    let Some(mut browser) = Browser::start("pictures") else { return };
    compare(&mut browser, "shop", &graphs::shop().graph());
    compare(&mut browser, "circle", &graphs::circle().graph());
    compare(&mut browser, "1-target", &graphs::hub(1, &[]).graph());
    compare(&mut browser, "5-targets", &graphs::hub(5, &[]).graph());
    compare(&mut browser, "40-targets", &graphs::hub(40, &[17]).graph());
    compare(&mut browser, "400-targets", &graphs::hub(400, &[]).graph());
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
    assert!(difference(&mut browser, &all, &same) == 0.0);
    assert!(difference(&mut browser, &all, &one) > 0.0);
}
