//! Topologies as graphs: what is drawn, what becomes one box, and that no name breaks a format.

use codepipeline_xacct::Topology;
use codepipeline_xacct::core::graph::{At, Graph};
use codepipeline_xacct::core::topology::{Ownership, Role};
use codepipeline_xacct::core::wiring::Sign;

use crate::graphs;

#[test]
fn the_text_shows_what_assumes_and_starts_what_through_which_border() {
    let text = graphs::shop().graph().to_string();
    println!("{text}");
    assert_eq!(
        text,
        "\
topology shop

┌─ Tooling (111111111111) ────┐
│ Release                     │
│   release in eu-west-1      │
│   runs as release-service ✓ │
│   Source → Build → Approve  │
│   Deploy: deploy, stack ────┼── ✓ assume ─▶ DeployInvoker in Prod ── ✓ start ─▶ Deploy
│  ───────────────────────────┼── ✓ assume ─▶ StackDeployer in Prod
│   Scan: scan ───────────────┼── ? assume ─▶ scan-invoker in Audit ── ? start ─▶ Scan
└─────────────────────────────┘

┌─ Prod (222222222222) ──────────────┐
│ ▶ role DeployInvoker               │
│ ▶ role StackDeployer               │
│                                    │
│ Deploy                             │
│   deploy in eu-west-1              │
│   runs as deploy-service ✓         │
│   Source → Run                     │
│   Verify: smoke ─ ✓ start ─▶ Smoke │
│                                    │
│ Smoke                              │
│   smoke in eu-west-1               │
│   runs as smoke-service ✓          │
│   Source → Test                    │
└────────────────────────────────────┘

┌─ Audit (333333333333) ──────────────┐
│ ▶ extern role scan-invoker          │
│                                     │
│ Scan                                │
│   extern security-scan in eu-west-1 │
└─────────────────────────────────────┘
"
    );
}

#[test]
fn mermaid_has_a_subgraph_for_each_account() {
    assert_eq!(
        graphs::shop().graph().to_mermaid(),
        r##"%%{init: {"flowchart": {"wrappingWidth": 1000}}}%%
%% topology shop
flowchart LR
    subgraph a0 ["Tooling (111111111111)"]
        a0p0["Release<br/>release in eu-west-1<br/>runs as release-service ✓<br/>Source → Build → Approve<br/>Deploy: deploy, stack<br/>Scan: scan"]
    end
    subgraph a1 ["Prod (222222222222)"]
        a1r0(["role DeployInvoker"])
        a1r1(["role StackDeployer"])
        a1p0["Deploy<br/>deploy in eu-west-1<br/>runs as deploy-service ✓<br/>Source → Run<br/>Verify: smoke"]
        a1p1["Smoke<br/>smoke in eu-west-1<br/>runs as smoke-service ✓<br/>Source → Test"]
    end
    subgraph a2 ["Audit (333333333333)"]
        a2r0(["extern role scan-invoker"]):::others
        a2p0["Scan<br/>extern security-scan in eu-west-1"]:::others
    end
    classDef others stroke-dasharray: 4 3
    a0p0 -.->|"Deploy: ✓ assume"| a1r0
    a1r0 ==>|"✓ start"| a1p0
    a0p0 -.->|"Scan: ? assume"| a2r0
    a2r0 ==>|"? start"| a2p0
    a0p0 -.->|"Deploy: ✓ assume"| a1r1
    a1p0 ==>|"Verify: ✓ start"| a1p1
    linkStyle 0,1,4,5 stroke:#18794e
    linkStyle 2,3 stroke:#8a6100
"##
    );
}

#[test]
fn dot_has_a_cluster_for_each_account() {
    assert_eq!(
        graphs::hub(1, &[]).graph().to_dot(),
        r##"digraph "topology fleet" {
  rankdir=LR;
  newrank=true;
  fontname="sans-serif";
  node [shape=box, fontname="sans-serif"];
  edge [fontname="sans-serif"];
  subgraph cluster_0 {
    label="Customer1 (200000000001)";
    a0r0 [label="role deploy-invoker", style="rounded"];
    a0p0 [label="Deploy1\ndeploy in eu-west-1\nruns as deploy-service ✓\nSource → Run"];
  }
  subgraph cluster_1 {
    label="Tooling (111111111111)";
    a1p0 [label="Release\nrelease in eu-west-1\nruns as release-service ✓\nSource → Build\nDeploy: deploy-1"];
  }
  a1p0 -> a0r0 [label="Deploy: ✓ assume", style="dashed", color="#18794e"];
  a0r0 -> a0p0 [label="✓ start", style="bold", color="#18794e"];
}
"##
    );
}

fn boxes(graph: &Graph) -> Vec<(String, String, Option<String>)> {
    let of = |account: &codepipeline_xacct::core::graph::AccountBox| {
        (account.name(), account.note(), account.pipelines[0].caption())
    };
    graph.accounts.iter().map(of).collect()
}

#[test]
fn six_that_are_alike_stay_and_seven_become_one_box() {
    assert_eq!(graphs::hub(6, &[]).graph(), graphs::hub(6, &[]).graph_in_full());
    let graph = graphs::hub(7, &[]).graph();
    let text = |text: &str| text.to_owned();
    let seven = (text("Customer1 … Customer7"), text("7 accounts"), Some(text("× 7 pipelines in 7 accounts")));
    let hub = (text("Tooling"), text("111111111111"), None);
    // In the order in which they were added.
    assert_eq!(boxes(&graph), [seven, hub]);
    assert_eq!(graph.links.len(), 1);
    let link = &graph.links[0];
    assert_eq!((link.count, link.assume, link.start), (7, Some(Sign::Works), Some(Sign::Works)));
    assert_eq!(graph.role(link.role.unwrap()).unwrap().label(), "role deploy-invoker ×7");
    assert_eq!(graphs::hub(7, &[]).graph_in_full().accounts.len(), 8);
}

#[test]
fn what_differs_in_one_sign_stands_alone() {
    let graph = graphs::hub(40, &[17]).graph();
    let alone: Vec<_> = graph.links.iter().filter(|link| link.start == Some(Sign::Unknown)).collect();
    assert_eq!(alone.len(), 1);
    assert_eq!(graph.pipeline(alone[0].target.unwrap()).unwrap().name(), "Deploy17");
    assert_eq!(graph.accounts.len(), 3);
    assert_eq!(graph.links.iter().map(|link| link.count).collect::<Vec<_>>(), [39, 1]);
}

#[test]
fn targets_of_another_stage_are_another_box() {
    let graph = graphs::hub(100, &[]).graph();
    let stages: Vec<(usize, usize)> = graph.links.iter().map(|link| (link.stage, link.count)).collect();
    assert_eq!(stages, [(2, 50), (3, 50)]);
}

#[test]
fn a_role_that_nothing_uses_yet_is_drawn_with_what_it_may_start() {
    let mut role = Role::new("Opener", Ownership::Managed, "arn:aws:iam::222222222222:role/opener".parse().unwrap());
    role.trusts = Some(vec![codepipeline_xacct::core::topology::Trust::Role(
        "arn:aws:iam::111111111111:role/of-another-program".parse().unwrap(),
    )]);
    let target = graphs::shop().pipelines().iter().find(|pipeline| pipeline.item == "Smoke").unwrap().target();
    role.starts = Some(vec![target]);
    let topology = Topology::builder("shop").add(role).add(graphs::Smoke).build().unwrap();
    let graph = topology.graph();
    let link = &graph.links[0];
    assert_eq!((link.from, link.start, graph.links.len()), (None, Some(Sign::Works), 1));
    assert_eq!(graph.role(link.role.unwrap()).unwrap().name(), "Opener");
    assert!(graph.to_string().contains("│ ▶ role Opener"), "{graph}");
    assert!(graph.to_string().contains("─ ✓ start ─▶ Smoke │"), "{graph}");
}

#[test]
fn pipelines_in_a_circle_are_all_drawn() {
    let graph = graphs::circle().graph();
    assert_eq!(graph.accounts.len(), 4);
    assert_eq!(graph.links.len(), 5);
    let svg = graph.to_svg();
    let xml = roxmltree::Document::parse(&svg).unwrap();
    let of_class = |class: &str| xml.descendants().filter(|node| node.attribute("class") == Some(class)).count();
    // An arrow each for three roles that are assumed, one of them by two pipelines.
    assert_eq!((of_class("line assume"), of_class("line start")), (4, 4));
}

/// Names that mean something in one format or another.
pub(crate) const NAMES: [&str; 10] = [
    "a \"quoted\" name",
    "<b>bold</b>",
    "AT&T &amp; &#60;",
    "a]] --> b[(x)] end",
    "back\\slash \\N \\",
    "日本語 ü 🚀",
    "%%{init: {}}%% comment; #quot; `code` *a* 1. x",
    "\u{0}\u{7}\u{fffe}\n\t",
    "]]>",
    "",
];

pub(crate) fn named(name: &str) -> Graph {
    let mut graph = graphs::shop().graph();
    graph.title = name.to_owned();
    for account in &mut graph.accounts {
        account.accounts.iter_mut().for_each(|account| account.name = name.to_owned());
        for pipeline in &mut account.pipelines {
            pipeline.pipelines.iter_mut().for_each(|pipeline| pipeline.name = name.to_owned());
            pipeline.service_roles.iter_mut().for_each(|role| role.name = name.to_owned());
            pipeline.stages.iter_mut().for_each(|stage| *stage = name.to_owned());
        }
        account.roles.iter_mut().flat_map(|role| &mut role.roles).for_each(|role| role.name = name.to_owned());
    }
    graph.links.iter_mut().for_each(|link| link.actions = vec![name.to_owned()]);
    graph
}

#[test]
fn svg_is_xml_whatever_the_names_and_shows_them() {
    for name in NAMES {
        let svg = named(name).to_svg();
        let xml = roxmltree::Document::parse(&svg).unwrap_or_else(|error| panic!("{name:?}: {error}"));
        let texts: Vec<&str> = xml.descendants().filter(|node| node.is_text()).filter_map(|node| node.text()).collect();
        let shown: String =
            name.chars().map(|c| if c.is_control() && c != '\n' || c == '\u{fffe}' { ' ' } else { c }).collect();
        assert!(name.is_empty() || texts.contains(&shown.as_str()), "{name:?}: {texts:?}");
        let elements = |tag: &str| xml.descendants().filter(|node| node.has_tag_name((SVG, tag))).count();
        assert_eq!((elements("b"), elements("script"), elements("style")), (0, 0, 1), "{name:?}");
        assert_eq!(xml.root_element().first_element_child().unwrap().tag_name().name(), "title");
    }
}

const SVG: &str = "http://www.w3.org/2000/svg";

/// The tokens of a DOT graph, with what is between quotes as one; fails where a quote is not closed.
fn dot_tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        match c {
            '"' => {
                let mut quoted = String::new();
                loop {
                    match characters.next().unwrap() {
                        '"' => break,
                        '\\' => quoted.extend(['\\', characters.next().unwrap()]),
                        '\n' => panic!("a line ends inside of quotes"),
                        c => quoted.push(c),
                    }
                }
                tokens.push(format!("\"{quoted}\""));
            }
            c if c.is_whitespace() => {}
            c if c.is_ascii_alphanumeric() || c == '_' => {
                let mut word = c.to_string();
                while let Some(c) = characters.next_if(|c| c.is_ascii_alphanumeric() || *c == '_') {
                    word.push(c);
                }
                tokens.push(word);
            }
            c => tokens.push(c.to_string()),
        }
    }
    tokens
}

#[test]
fn dot_and_mermaid_have_the_same_structure_whatever_the_names() {
    let shape = |tokens: Vec<String>| -> Vec<String> {
        tokens.into_iter().map(|token| if token.starts_with('"') { "\"\"".to_owned() } else { token }).collect()
    };
    let plain = named("x");
    let wanted = shape(dot_tokens(&plain.to_dot()));
    assert_eq!(wanted.iter().filter(|token| *token == "{").count(), 4);
    // Between quotes nothing but text and line breaks.
    let outline = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| !line.starts_with("%%"));
        lines.map(|line| line.split('"').step_by(2).collect::<Vec<_>>().join("\"\"")).collect()
    };
    let mermaid = outline(&plain.to_mermaid());
    for name in NAMES {
        let graph = named(name);
        assert_eq!(shape(dot_tokens(&graph.to_dot())), wanted, "{name:?}");
        assert_eq!(outline(&graph.to_mermaid()), mermaid, "{name:?}");
        let inside = graph.to_mermaid();
        assert_eq!(inside.matches("%%{").count(), 1, "{name:?}");
        let inside = inside.lines().skip(2).flat_map(|line| line.split('"').skip(1).step_by(2));
        for text in inside {
            let text = text.replace("<br/>", " ");
            assert!(!text.contains(['<', '>', '&', '`', '*', '[', ']', '\\']), "{name:?}: {text}");
        }
    }
    assert!(named("<b>").to_mermaid().contains("#60;b#62;"));
}

#[test]
fn a_text_is_framed_whatever_the_names() {
    for name in NAMES.into_iter().filter(|name| !name.chars().any(char::is_control)) {
        let text = named(name).to_string();
        for line in text.lines().filter(|line| line.starts_with('│')) {
            assert!(line.ends_with('│') || line.contains('┼'), "{name:?}:\n{text}");
        }
    }
}

#[test]
fn positions_that_are_not_there_draw_nothing() {
    let mut graph = graphs::shop().graph();
    let nowhere = At { account: 99, index: 99 };
    graph.links.iter_mut().for_each(|link| link.target = Some(nowhere));
    roxmltree::Document::parse(&graph.to_svg()).unwrap();
    assert!(!graph.to_mermaid().is_empty() && !graph.to_dot().is_empty() && !graph.to_string().is_empty());
    assert_eq!(graph.pipeline(nowhere), None);
}

#[test]
fn no_arrow_goes_through_the_label_of_another() {
    for targets in [5, 40, 400] {
        let svg = graphs::hub(targets, &[]).graph().to_svg();
        let document = roxmltree::Document::parse(&svg).unwrap();
        let of_class = |class: &'static str| {
            let has = move |node: &roxmltree::Node<'_, '_>| {
                node.attribute("class").is_some_and(|classes| classes.split(' ').any(|one| one == class))
            };
            document.descendants().filter(has)
        };
        let mut points: Vec<(f64, f64)> = Vec::new();
        for path in of_class("assume") {
            let numbers = path.attribute("d").unwrap().replace(['M', 'C'], " ");
            let numbers: Vec<f64> = numbers.split_whitespace().map(|number| number.parse().unwrap()).collect();
            let at = |t: f64, from: usize| {
                let u = 1.0 - t;
                let [a, b, c, d] = [0, 2, 4, 6].map(|point| numbers[point + from]);
                u * u * u * a + 3.0 * u * u * t * b + 3.0 * u * t * t * c + t * t * t * d
            };
            points.extend((0..=500).map(|step| f64::from(step) / 500.0).map(|t| (at(t, 0), at(t, 1))));
        }
        for label in of_class("label").filter(|label| label.text().unwrap().contains("assume")) {
            let number = |name: &str| label.attribute(name).unwrap().parse::<f64>().unwrap();
            let (x, y, width) = (number("x"), number("y"), 6.8 * label.text().unwrap().chars().count() as f64);
            let is_in = |(px, py): &&(f64, f64)| (x - width..x).contains(px) && (y - 9.0..y + 2.0).contains(py);
            assert_eq!(points.iter().find(is_in), None, "{targets}: the label at {x}, {y}");
        }
    }
}
