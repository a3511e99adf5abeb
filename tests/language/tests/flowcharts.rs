//! The DOT and Mermaid of topologies, drawn by what draws them for users: Graphviz, and Mermaid's own library in headless Chromium.
//!
//! Fonts differ from machine to machine, and with them every place in these drawings. So a test reads from the drawing that everything
//! is there and nothing covers anything else. Some are also compared with those in `tests/pictures`; `UPDATE=1` writes these anew; look
//! at them afterwards.

use std::io::Write as _;
use std::process::{Command, Stdio};

use codepipeline_xacct::core::graph::Graph;
use codepipeline_xacct_test_support::browser::Browser;
use codepipeline_xacct_test_support::{not_run, peers};
use serde::Deserialize;
use serde_json::json;

use crate::graph::{NAMES, named};
use crate::graphs;
use crate::pictures::compare;

/// What is seen of a drawing: its boxes and labels.
#[derive(Debug, Deserialize)]
struct Drawing {
    width: f64,
    height: f64,
    accounts: Vec<Drawn>,
    boxes: Vec<Drawn>,
    labels: Vec<Drawn>,
}

/// A box with its text, or a label.
#[derive(Debug, Deserialize)]
struct Drawn {
    /// Without spaces: what breaks lines, and what doesn't, differs.
    text: String,
    /// Where its frame is; for a label, where its text is.
    frame: Area,
    /// Where its text is.
    words: Area,
}

/// Left, top, right, bottom.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Area([f64; 4]);

impl Area {
    fn is_inside(self, outer: Area) -> bool {
        // The width of a line.
        const EDGE: f64 = 2.0;
        let ([left, top, right, bottom], [o_left, o_top, o_right, o_bottom]) = (self.0, outer.0);
        left >= o_left - EDGE && top >= o_top - EDGE && right <= o_right + EDGE && bottom <= o_bottom + EDGE
    }

    fn covers(self, other: Area) -> bool {
        // Letters don't reach the edges of their lines.
        const EDGE: f64 = 3.0;
        let ([left, top, right, bottom], [o_left, o_top, o_right, o_bottom]) = (self.0, other.0);
        left + EDGE < o_right && o_left + EDGE < right && top + EDGE < o_bottom && o_top + EDGE < bottom
    }
}

/// Shows a drawing as large as it is.
fn show(browser: &mut Browser, svg: &str) -> Drawing {
    browser.open("about:blank");
    let script = format!(
        r#"(() => {{
            document.body.style.margin = 0;
            document.body.innerHTML = {};
            const svg = document.querySelector('svg');
            svg.removeAttribute('style');
            svg.setAttribute('width', svg.viewBox.baseVal.width);
            svg.setAttribute('height', svg.viewBox.baseVal.height);
            const area = (elements) => {{
                const areas = [...elements].map((element) => element.getBoundingClientRect());
                const of = (pick, side) => Math[pick](...areas.map((area) => area[side]));
                return [of('min', 'left'), of('min', 'top'), of('max', 'right'), of('max', 'bottom')];
            }};
            const drawn = (groups, frame) => [...svg.querySelectorAll(groups)].flatMap((group) => {{
                const words = [...group.querySelectorAll('text, p')];
                const text = words.map((element) => element.textContent).join('').replace(/\s/g, '');
                return text ? [{{ text, words: area(words), frame: area(frame ? group.querySelectorAll(frame) : words) }}] : [];
            }});
            const frame = 'rect, path, polygon';
            const {{ width, height }} = svg.getBoundingClientRect();
            return {{
                width, height,
                accounts: drawn('g.cluster', frame), boxes: drawn('g.node', frame), labels: drawn('g.edge, g.edgeLabel'),
            }};
        }})()"#,
        json!(svg)
    );
    let drawing: Drawing = serde_json::from_value(browser.value(&script)).unwrap();
    browser.size(drawing.width.ceil() as u32, drawing.height.ceil() as u32);
    assert_eq!(browser.errors, Vec::<String>::new());
    drawing
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Everything of the graph is there.
fn is_complete(name: &str, graph: &Graph, drawing: &Drawing) {
    let texts = |drawn: &[Drawn]| drawn.iter().map(|drawn| drawn.text.clone()).collect::<Vec<_>>();
    let sorted = |mut texts: Vec<String>| {
        texts.sort();
        texts
    };
    let titles = graph.accounts.iter().map(|account| match account.note() {
        note if note.is_empty() => without_spaces(&account.name()),
        note => without_spaces(&format!("{} ({note})", account.name())),
    });
    assert_eq!(sorted(texts(&drawing.accounts)), sorted(titles.collect()), "{name}");

    let roles: Vec<_> = graph.accounts.iter().flat_map(|account| &account.roles).collect();
    let pipelines: Vec<_> = graph.accounts.iter().flat_map(|account| &account.pipelines).collect();
    assert_eq!(drawing.boxes.len(), roles.len() + pipelines.len(), "{name}");
    let has = |parts: &[String]| {
        let parts: Vec<String> = parts.iter().map(|part| without_spaces(part)).collect();
        drawing.boxes.iter().any(|drawn| parts.iter().all(|part| drawn.text.contains(part)))
    };
    for role in roles {
        assert!(has(&[role.label()]), "{name}: {}", role.label());
    }
    for pipeline in pipelines {
        let mut parts = vec![pipeline.name(), pipeline.note()];
        parts.extend(pipeline.caption());
        parts.extend(pipeline.service());
        parts.extend(pipeline.stages.iter().cloned());
        assert!(has(&parts), "{name}: {parts:?}");
    }

    assert!(!graph.links.is_empty(), "{name}");
    for link in &graph.links {
        let labelled = |start: &str| {
            let start = without_spaces(start);
            assert!(drawing.labels.iter().any(|label| label.text.starts_with(&start)), "{name}: {start}");
        };
        let stage = link.from.and_then(|from| graph.pipeline(from)?.stages.get(link.stage).cloned()).unwrap();
        if let Some(sign) = link.assume {
            labelled(&format!("{stage}: {} assume", sign.as_char()));
        }
        if let Some(sign) = link.start {
            let stage = if link.role.is_some() { String::new() } else { format!("{stage}: ") };
            labelled(&format!("{stage}{} start", sign.as_char()));
        }
    }
}

/// Nothing covers anything else, and each text has its place.
fn is_readable(name: &str, drawing: &Drawing) {
    let Drawing { width, height, accounts, boxes, labels } = drawing;
    let picture = Area([0.0, 0.0, *width, *height]);
    for drawn in accounts.iter().chain(boxes).chain(labels) {
        assert!(drawn.words.is_inside(drawn.frame), "{name}: the text leaves its box: {drawn:?}");
        assert!(drawn.frame.is_inside(picture), "{name}: outside of the picture: {drawn:?}");
    }
    for (index, one) in accounts.iter().enumerate() {
        for other in accounts.iter().skip(index + 1) {
            assert!(!one.frame.covers(other.frame), "{name}: accounts cover each other: {one:?}, {other:?}");
        }
    }
    for one in boxes {
        let homes = accounts.iter().filter(|account| one.frame.is_inside(account.frame)).count();
        assert_eq!(homes, 1, "{name}: in the box of one account: {one:?}");
    }
    // What must not be covered: boxes, the titles of accounts, labels.
    let titles = accounts.iter().map(|account| (&account.text, account.words));
    let parts = boxes.iter().chain(labels).map(|drawn| (&drawn.text, drawn.frame)).chain(titles);
    let parts: Vec<(&String, Area)> = parts.collect();
    for (index, (text, one)) in parts.iter().enumerate() {
        for (other_text, other) in parts.iter().skip(index + 1) {
            assert!(!one.covers(*other), "{name}: {text} and {other_text} cover each other: {one:?}, {other:?}");
        }
    }
}

/// What is drawn, and whether the drawing is kept.
fn drawn() -> [(&'static str, Graph, bool); 6] {
    [
        ("shop", graphs::shop().graph(), true),
        ("circle", graphs::circle().graph(), false),
        ("1-target", graphs::hub(1, &[]).graph(), false),
        ("5-targets", graphs::hub(5, &[]).graph(), false),
        ("40-targets", graphs::hub(40, &[17]).graph(), true),
        ("400-targets", graphs::hub(400, &[]).graph(), true),
    ]
}

fn each_is_readable(browser: &mut Browser, by: &str, mut draw: impl FnMut(&mut Browser, &Graph) -> String) {
    for (name, graph, kept) in drawn() {
        let name = format!("{name}-{by}");
        let svg = draw(browser, &graph);
        let drawing = show(browser, &svg);
        is_complete(&name, &graph, &drawing);
        is_readable(&name, &drawing);
        if kept {
            compare(browser, &name);
        }
    }
    for name in NAMES.into_iter().filter(|name| !name.chars().any(char::is_control)) {
        let graph = named(name);
        let svg = draw(browser, &graph);
        is_complete(&format!("{name:?}-{by}"), &graph, &show(browser, &svg));
    }
}

/// What Graphviz draws, without a warning; `None` where there is no Graphviz.
fn graphviz(dot: &str) -> Option<String> {
    let mut command = Command::new("dot");
    command.arg("-Tsvg").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().ok()?;
    process.stdin.take().unwrap().write_all(dot.as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let svg = String::from_utf8(output.stdout).unwrap();
    // HTML takes the element alone.
    Some(svg[svg.find("<svg").unwrap()..].to_owned())
}

#[test]
fn what_graphviz_draws_can_be_read() {
    const NAME: &str = "what Graphviz draws";
    if graphviz("digraph {}").is_none() {
        return not_run(NAME, "there is no Graphviz (apt-get install graphviz)");
    }
    let Some(mut browser) = Browser::start("graphviz") else { return };
    each_is_readable(&mut browser, "dot", |_, graph| graphviz(&graph.to_dot()).unwrap());
}

#[test]
fn what_mermaid_draws_can_be_read() {
    let Some(installed) = peers::node() else {
        return not_run("what Mermaid draws", peers::NO_NODE);
    };
    let Some(mut browser) = Browser::start("mermaid") else { return };
    let library = std::fs::read_to_string(installed.join("node_modules/mermaid/dist/mermaid.min.js")).unwrap();
    each_is_readable(&mut browser, "mermaid", |browser, graph| {
        browser.open("about:blank");
        browser.value(&format!("{library};0"));
        let text = json!(graph.to_mermaid());
        let script = format!("mermaid.initialize({{}}); mermaid.render('drawn', {text}).then((drawn) => drawn.svg)");
        browser.value(&script).as_str().unwrap().to_owned()
    });
}

#[test]
fn texts_that_cover_each_other_are_seen() {
    let Some(mut browser) = Browser::start("covered") else { return };
    let drawing = |browser: &mut Browser, x: u32| {
        let svg = format!(
            r#"<svg viewBox="0 0 400 100"><g class="cluster"><rect width="400" height="100"/><text x="5" y="15">account</text></g>
            <g class="node"><rect x="10" y="30" width="100" height="40"/><text x="20" y="50">one</text></g>
            <g class="node"><rect x="{x}" y="30" width="100" height="40"/><text x="{x}" y="50">two</text></g></svg>"#
        );
        show(browser, &svg)
    };
    is_readable("apart", &drawing(&mut browser, 200));
    for (x, why) in [(50, "one and two cover each other"), (350, "outside of the picture")] {
        let drawing = drawing(&mut browser, x);
        let panic = std::panic::catch_unwind(|| is_readable("covered", &drawing)).unwrap_err();
        let message = panic.downcast_ref::<String>().unwrap();
        assert!(message.contains(why), "{message}");
    }
}
