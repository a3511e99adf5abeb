//! What the formatter makes of calls, and what it leaves alone.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, missing_docs)]

use codepipeline_xacct_syntax::format::{self, FormatError, Formatted, Style};
use codepipeline_xacct_test_support::golden;

fn file(text: &str, max_width: usize) -> Result<Formatted, FormatError> {
    format::file(text, &Style { max_width, ..Style::default() })
}

fn formatted(text: &str) -> String {
    let formatted = file(text, 120).unwrap();
    assert_eq!(formatted.skipped, [], "{text}");
    let again = file(&formatted.text, 120).unwrap();
    assert_eq!(again.text, formatted.text, "formatting twice changes something");
    formatted.text
}

#[test]
fn two_colons_of_a_path_stay_behind_that_of_a_key() {
    let text =
        "pipeline! {\n    role A in ::shop::Prod { name: \"a\", trusts: [::shop::B], starts: ::shop::Deploy }\n}\n";
    assert_eq!(formatted(text), text);
}

#[test]
fn keys_get_lines_commas_and_blanks() {
    let before = r#"
fn untouched( ) { let x=1 ; }

mod inner {
    codepipeline_xacct::pipeline! {
      pub   account Tooling="111111111111" ;
    /// Doc comments
  /// stay.
      #[cfg(all())]   pub(crate) role   Invoker in  super :: Prod{
        name:"invoker",trusts:[ Tooling,whole_account( Tooling ) ],
            starts : [
          Deploy
            ] }
        extern pipeline Deploy in Prod { name : "deploy" , region : "eu-west-1" , }
        pub  extern   pipeline Scan in  accounts :: Prod   from
            "contracts/scan.json"  ; // of team B
        extern role Starter in Prod from "contracts/starter.json";
        pub  extern account Audit   from "contracts/audit.json"  ;
        extern role Invoker in Audit
            ;
        extern  pipeline Scan in  Audit ; // of team C
    }
}
"#;
    let after = r#"
fn untouched( ) { let x=1 ; }

mod inner {
    codepipeline_xacct::pipeline! {
        pub account Tooling = "111111111111";
        /// Doc comments
        /// stay.
        #[cfg(all())]
        pub(crate) role Invoker in super::Prod {
            name: "invoker",
            trusts: [Tooling, whole_account(Tooling)],
            starts: [
                Deploy,
            ],
        }
        extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1" }
        pub extern pipeline Scan in accounts::Prod from "contracts/scan.json"; // of team B
        extern role Starter in Prod from "contracts/starter.json";
        pub extern account Audit from "contracts/audit.json";
        extern role Invoker in Audit;
        extern pipeline Scan in Audit; // of team C
    }
}
"#;
    assert_eq!(formatted(before), after);
}

#[test]
fn comments_stay_where_they_stand() {
    let before = r#"pipeline! {
    // Before everything.
    account A = "111111111111"; // behind the account

    /* a block */
    pipeline P(x: &str /* of Rust */) in A { // behind the brace
        // Before a key.
        name: "p", // behind a key
        region: "eu-west-1" /* before the comma */,


        // Alone, with a blank line before it.
        variables: {
            a: "1", // why
            // the last
        },
        stage "S" {
            // In a stage.
            source "s": S3 { s3_bucket: (x /* kept */ . trim()), s3_object_key: "k", output: O } // behind an action
            // At the end.
        }
    }
    // At the very end.
}
"#;
    let after = r#"pipeline! {
    // Before everything.
    account A = "111111111111"; // behind the account

    /* a block */
    pipeline P(x: &str /* of Rust */) in A { // behind the brace
        // Before a key.
        name: "p", // behind a key
        region: "eu-west-1", /* before the comma */

        // Alone, with a blank line before it.
        variables: {
            a: "1", // why
            // the last
        },
        stage "S" {
            // In a stage.
            source "s": S3 { s3_bucket: (x /* kept */ . trim()), s3_object_key: "k", output: O } // behind an action
            // At the end.
        }
    }
    // At the very end.
}
"#;
    assert_eq!(formatted(before), after);
}

#[test]
fn what_is_too_long_is_broken() {
    let before = r##"pipeline! {
    pipeline P in A {
        stage "Build" {
            action "x": CodeBuild { project_name: "a rather long name of a project", input: [One, Two, Three], output: [Four, Five, Six] }
            before_entry: SKIP({ wanted: VariableCheck({ variable: "#{Source.BranchName}", operator: "EQ", value: "a rather long one" }) })
        }
    }
}
"##;
    let after = r##"pipeline! {
    pipeline P in A {
        stage "Build" {
            action "x": CodeBuild {
                project_name: "a rather long name of a project",
                input: [One, Two, Three],
                output: [Four, Five, Six],
            }
            before_entry: SKIP({
                wanted: VariableCheck({ variable: "#{Source.BranchName}", operator: "EQ", value: "a rather long one" }),
            }),
        }
    }
}
"##;
    assert_eq!(formatted(before), after);
}

#[test]
fn a_call_in_one_line_stays_in_one_line() {
    assert_eq!(
        formatted("fn f() { pipeline! {account A=\"111111111111\";} }"),
        "fn f() { pipeline! { account A = \"111111111111\"; } }"
    );
    assert_eq!(formatted("pipeline!{}"), "pipeline!{}");
    assert_eq!(
        formatted("pipeline! { crate=a::b; account A=\"1\"; account B=\"2\"; }"),
        "pipeline! {\n    crate = a::b;\n    account A = \"1\";\n    account B = \"2\";\n}"
    );
    let raw = "pipeline! {\n    role R in A { name: r#\"a \"quoted\" name\"#, tags: { \"a b\": \"c\" } }\n}";
    assert_eq!(formatted(raw), raw);
}

#[test]
fn what_does_not_parse_stays_and_is_named() {
    let text = "pipeline! { account A = 1; }\nmod m { pipeline! { role R   in A {} } }\n";
    let formatted = file(text, 120).unwrap();
    assert_eq!(formatted.text, "pipeline! { account A = 1; }\nmod m { pipeline! { role R in A {} } }\n");
    let skipped: Vec<String> = formatted.skipped.iter().map(ToString::to_string).collect();
    assert_eq!(skipped, ["1:25: expected the account id as a string"]);
    assert_eq!(file("fn f( {", 120).unwrap_err().to_string(), "1:7: this is not Rust");
}

#[test]
fn templates_and_other_macros_are_left_alone() {
    let text = "macro_rules! m { ($x:tt) => { pipeline! { account   A = $x; } } }\nother! { account   A }\n// pipeline! { account   A }\nlet x = \"pipeline! { }\";\n";
    assert_eq!(formatted(text), text);
    let nested = "fn f() { other!({ pipeline! {account A = \"1\";} }) }";
    assert_eq!(formatted(nested), "fn f() { other!({ pipeline! { account A = \"1\"; } }) }");
}

#[test]
fn the_golden_examples_are_formatted() {
    for (name, program) in golden::all() {
        assert_eq!(formatted(&program), program, "{name}");
    }
}

#[test]
fn letters_of_all_kinds_are_kept() {
    let text = "// ünïcödé\npipeline! {\n    // 日本語\n    account A = \"111111111111\"; // é\n}\n";
    assert_eq!(formatted(text), text);
    let mark = format!("\u{feff}{text}");
    assert_eq!(formatted(&mark), mark);
}

#[test]
fn windows_lines_stay_windows_lines() {
    let text = "//  a\r\npipeline! {\r\n    // b\r\n    account A = \"1\"; // c\r\n    /* d\r\n       e */\r\n    account B = \"2\";\r\n}\r\n";
    assert_eq!(formatted(text), text);
    assert_eq!(formatted(&text.replace("    account", " account")), text);
}

#[test]
fn tabs_stay_tabs() {
    let style = Style { hard_tabs: true, ..Style::default() };
    let text = "mod m {\n\tpipeline! {\n\t\trole R in A {\n\t\t\tname: \"r\",\n\t\t}\n\t}\n}\n";
    let formatted = format::file(&text.replace("\t\t", ""), &style).unwrap();
    assert_eq!(formatted.skipped, []);
    assert_eq!(formatted.text, text);
    let spaces = format::file(&text.replace('\t', "  "), &Style { tab_spaces: 2, ..Style::default() }).unwrap();
    assert_eq!(spaces.text, text.replace('\t', "  "));
}

#[test]
fn comments_in_heads_are_kept() {
    let before = r#"pipeline! {
    /// Docs
    // plain
    #[cfg(all())] // behind
    pub role R in P /* a */ { name: "r" }
    pipeline Q(/* none */) in /* b */ A { name: /* c */ "q", region: // d
        (x), tags: /* e */ { a: "b" }, stage "S" /* f */ { action "x": /* g */ Manual { run_order: 1 } }
    }
}
"#;
    let after = r#"pipeline! {
    /// Docs
    // plain
    #[cfg(all())] // behind
    pub role R in P { /* a */
        name: "r",
    }
    pipeline Q(/* none */) in A { /* b */
        name: "q", /* c */
        region: // d
            (x),
        tags: { /* e */
            a: "b",
        },
        stage "S" { /* f */
            action "x": Manual { /* g */
                run_order: 1,
            }
        }
    }
}
"#;
    assert_eq!(formatted(before), after);
}

#[test]
fn comments_belong_to_what_they_stand_before() {
    let before = r#"pipeline! {
    /// Docs with a space behind  
    // NOTE: of A
    account A = "1"; /* of A */ // too
    account B = "2";
    #[cfg(/* why */ unix)]
    role R in B { name: "r" }
}
"#;
    assert_eq!(formatted(before), before);
}

#[test]
fn deep_nesting_is_refused_and_ends() {
    for (open, close) in [("[", "]"), ("{ a: ", "}"), ("(", ")"), ("f(", ")")] {
        for depth in [20, 100, 3000] {
            let text =
                format!("pipeline! {{ role R in A {{ x: {}/* c */{} }} }}", open.repeat(depth), close.repeat(depth));
            let formatted = file(&text, 100).unwrap();
            if depth == 3000 {
                let said: Vec<String> = formatted.skipped.iter().map(ToString::to_string).collect();
                assert!(said[0].ends_with("groups are nested more than 128 deep"), "{said:?}");
                assert_eq!(formatted.text, text);
            }
        }
    }
    let outside = format!("fn f() {{ {}{} }}", "(".repeat(20_000), ")".repeat(20_000));
    assert_eq!(file(&outside, 100).unwrap().text, outside);
}

/// A comment at every other space of every golden example, in turn of either kind: none is lost, whatever it takes to keep it.
/// How many gaps lie from one comment to the next.
const APART: usize = 12;

#[test]
fn a_comment_may_stand_anywhere() {
    for (name, program) in golden::all() {
        for body in golden::bodies(&program) {
            // One place of each gap: all of an indentation is the same to the formatter.
            let gaps = body.match_indices(' ').map(|(at, _)| at).filter(|at| !body[..*at].ends_with(' '));
            let gaps: Vec<usize> = gaps.filter(|at| !in_a_string(&body, *at)).collect();
            // Each gap gets a comment in one of the texts; those of a text are far apart.
            for first in 0..APART.min(gaps.len()) {
                let places = gaps.iter().skip(first).step_by(APART).enumerate();
                let comments: Vec<_> = places.map(|(n, at)| (*at, format!("here {n} there"), n % 2 == 0)).collect();
                let mut text = body.clone();
                for (at, comment, block) in comments.iter().rev() {
                    text.insert_str(
                        *at,
                        &if *block { format!(" /* {comment} */ ") } else { format!(" // {comment}\n") },
                    );
                }
                let formatted = file(&format!("pipeline! {{{text}}}\n"), 120).unwrap();
                assert_eq!(formatted.skipped, [], "{name}: {text}");
                for (_, comment, _) in &comments {
                    assert_eq!(formatted.text.matches(comment).count(), 1, "{name}: {comment}: {}", formatted.text);
                }
                assert_eq!(file(&formatted.text, 120).unwrap().text, formatted.text, "{name}");
            }
        }
    }
}

/// True where a place is in a string of its line, or in a comment.
fn in_a_string(body: &str, at: usize) -> bool {
    let line = body[..at].rsplit('\n').next().unwrap();
    line.contains("//") || line.matches('"').count() % 2 == 1
}

#[test]
fn what_is_added_keeps_its_word_and_its_place() {
    let before = r#"
pipeline! {
    extended pipeline Release in Tooling {
        name: "release", region: "eu-west-1"
        add   stage   "Ask"
            after "Build" { action "approve": Manual {} }
        stage "Deploy" { run: 1 // comment
            add invoke"deploy":Deploy { run_order:2 } }
        add stage "First" before "Source" { source "code": CodeCommit {} }
    }
}
"#;
    let after = r#"
pipeline! {
    extended pipeline Release in Tooling {
        name: "release",
        region: "eu-west-1",
        add stage "Ask" after "Build" { action "approve": Manual {} }
        stage "Deploy" {
            run: 1, // comment
            add invoke "deploy": Deploy { run_order: 2 }
        }
        add stage "First" before "Source" { source "code": CodeCommit {} }
    }
}
"#;
    assert_eq!(formatted(before), after);
}
