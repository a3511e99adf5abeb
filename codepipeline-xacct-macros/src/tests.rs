//! Input that is never finished: whatever is cut off or left out, nothing panics and the declared types exist.

use std::collections::{BTreeMap, BTreeSet};

use codepipeline_xacct_core::catalogue;
use codepipeline_xacct_test_support::golden;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::model::LoweredKind;
use crate::run;

const GOLDEN: &str = r##"
    /// Holds the sources.
    pub account Tooling = "111111111111";
    account Prod = "222222222222" { partition: "aws" }
    pub role Invoker in Prod {
        name: "invoker", path: "/x/", trusts: [Tooling, role("arn:aws:iam::111111111111:role/x"), whole_account(Tooling)],
        starts: [Deploy], policies: [{ Effect: "Allow", Action: ["s3:GetObject"], Resource: "*" }], tags: { a: "b" },
    }
    extern role Seen in Prod { arn: "arn:aws:iam::222222222222:role/seen" }
    extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1", variables: { val1: "x", val2 } }
    pub pipeline Release(settings: &Settings) in Tooling {
        name: "release", region: "eu-west-1", execution_mode: QUEUED,
        service_role: managed("service-role/release"),
        artifact_buckets: { "eu-west-1": "bucket-1", "us-east-1": { location: (settings.bucket), encryption_key: "arn" } },
        variables: { val1: { default_value: "aaa", description: "text" } },
        stage "Source" {
            on_failure: RETRY(ALL_ACTIONS),
            source "Source": CodeCommit { repository: "code", branch: (settings.branch.as_str()), output: Code, namespace: Src }
        }
        stage "Build" {
            before_entry: SKIP({ wanted: VariableCheck({ variable: "#{Src.BranchName}", operator: "EQ", value: "main" }) }),
            on_failure: ROLLBACK({ alarm: CloudWatchAlarm({ alarm_name: "errors", region: "eu-west-1" }) }),
            invoke "ccc": prod::Deploy { role: Invoker, variables: { val1: "x", val2: "y" }, run_order: 2 }
            action "build": CodeBuild { project_name: "p", input: [Code], role: existing("arn:aws:iam::111111111111:role/b") }
            action "shell": Commands { input: Code, commands: ["ls"], environment_variables: { A: "b", C: secrets_manager("d") } }
            action "other": type("Invoke", "AWS", "Lambda", "1") { configuration: { FunctionName: "f" } }
        }
    }
"##;

/// The stream with the token of a number, counted through all groups, treated by `edit`: left out, or the last one kept.
fn edited(stream: TokenStream, wanted: usize, cut: bool) -> (TokenStream, usize) {
    fn walk(stream: TokenStream, count: &mut usize, wanted: usize, cut: bool) -> TokenStream {
        let mut kept = Vec::new();
        for token in stream {
            *count += 1;
            let here = *count;
            if cut && here > wanted || !cut && here == wanted {
                if let TokenTree::Group(group) = token {
                    // Its tokens count all the same.
                    walk(group.stream(), count, wanted, cut);
                }
                continue;
            }
            kept.push(match token {
                TokenTree::Group(group) => {
                    let inner = walk(group.stream(), count, wanted, cut);
                    TokenTree::Group(Group::new(group.delimiter(), inner))
                }
                other => other,
            });
        }
        kept.into_iter().collect()
    }
    let mut count = 0;
    let stream = walk(stream, &mut count, wanted, cut);
    (stream, count)
}

/// The golden examples: what stands in each call.
fn examples() -> Vec<TokenStream> {
    let examples = golden::all();
    let bodies = examples.iter().flat_map(|(_, program)| golden::bodies(program));
    std::iter::once(GOLDEN.to_owned()).chain(bodies).map(|body| body.parse().unwrap()).collect()
}

/// The names of the items that stand in a call.
fn items(stream: &TokenStream) -> Vec<String> {
    let tokens: Vec<TokenTree> = stream.clone().into_iter().collect();
    let words = tokens.windows(2).filter_map(|pair| match pair {
        [TokenTree::Ident(word), TokenTree::Ident(name)]
            if ["account", "role", "pipeline"].iter().any(|kind| word == kind) =>
        {
            Some(name.to_string())
        }
        _ => None,
    });
    words.collect()
}

/// Those of some items that an expansion declares.
fn declared(expansion: &str, items: &[String]) -> usize {
    let is_declared = |name: &&String| {
        expansion.contains(&format!("struct {name} ")) || expansion.contains(&format!("struct {name};"))
    };
    items.iter().filter(is_declared).count()
}

#[test]
fn the_golden_examples_have_no_errors() {
    for stream in examples() {
        let expansion = run(stream.clone(), true).to_string();
        assert!(!expansion.contains("compile_error"), "{expansion}");
        let items = items(&stream);
        assert_eq!(declared(&expansion, &items), items.len(), "{items:?}");
    }
}

#[test]
fn whatever_is_cut_off_the_items_before_it_exist() {
    for stream in examples() {
        let items = items(&stream);
        let (_, count) = edited(stream.clone(), usize::MAX, true);
        let mut most = 0;
        for kept in 0..count {
            let expansion = run(edited(stream.clone(), kept, true).0, true).to_string();
            let found = declared(&expansion, &items);
            assert!(found >= most, "after {kept} tokens there are {found} items, there were {most}: {items:?}");
            most = found;
        }
        assert_eq!(most, items.len());
    }
}

#[test]
fn whatever_token_is_left_out_the_other_items_exist() {
    for stream in examples() {
        let items = items(&stream);
        let (_, count) = edited(stream.clone(), usize::MAX, false);
        for left_out in 1..=count {
            let expansion = run(edited(stream.clone(), left_out, false).0, true).to_string();
            // A head that lost its keyword or its name declares nothing, and no other item is lost with it.
            let found = declared(&expansion, &items);
            assert!(found + 1 >= items.len(), "without token {left_out} there are only {found} of {items:?}");
        }
    }
}

#[test]
fn delimiters_may_be_any() {
    for delimiter in [Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket] {
        let group = TokenTree::Group(Group::new(delimiter, GOLDEN.parse().unwrap()));
        run(group.into(), true);
    }
}

/// Every provider of the catalogue is written with all of its keys; the names that AWS uses stand in the declaration.
#[test]
fn every_provider_takes_its_keys() {
    let sources = catalogue::ACTIONS.iter().filter(|a| !a.provider.contains(' ') && a.provider != "CodePipeline");
    for action in sources {
        let keyword = if action.category == "Source" { "source" } else { "action" };
        let name = format!("{}::{}", action.category, action.provider);
        let mut fields = match action.keys {
            Some(keys) => keys.iter().map(|key| format!("{}: \"x\",", key.dsl)).collect(),
            None => "configuration: { Key: \"x\" },".to_owned(),
        };
        if action.compute {
            fields += "commands: [\"ls\"], environment_variables: { A: \"b\" }, output_variables: [A], output: Out, files: [\"f\"],";
        }
        let text = format!("pipeline P in A {{ stage \"S\" {{ {keyword} \"x\": {name} {{ {fields} }} }} }}");
        let mut errors = codepipeline_xacct_syntax::errors::Errors::default();
        let model = crate::lower::model(
            codepipeline_xacct_syntax::parse::file(text.parse().unwrap(), &mut errors),
            &mut errors,
        );
        let LoweredKind::Pipeline(pipeline) = &model.items[0].kind else { panic!("{text}") };
        let declared = &pipeline.declaration.stages.as_ref().unwrap()[0].actions.as_ref().unwrap()[0];
        assert_eq!(declared.action_type_id, action.type_id());
        let written: Vec<_> = declared.configuration.iter().flat_map(|c| c.keys()).map(String::as_str).collect();
        let expected: Vec<_> = match action.keys {
            Some(keys) => keys.iter().map(|key| key.name).collect(),
            None => vec!["Key"],
        };
        assert_eq!(written, expected, "{text}");
    }
}

/// The types of the library that stand for constructs in an editor, with their fields.
fn types_for_editors() -> Vec<(String, BTreeSet<String>)> {
    let written = include_str!("../../codepipeline-xacct/src/macro_support/keys/mod.rs");
    let generated = include_str!("../../codepipeline-xacct/src/macro_support/keys/providers.rs");
    let mut types = Vec::new();
    for text in [written, generated] {
        for block in text.split("keys! {\n").skip(1) {
            for line in block.lines().map(str::trim).filter(|line| !line.starts_with("//") && !line.starts_with('#')) {
                if line.starts_with("pub ") {
                    break;
                } else if let Some(name) = line.strip_suffix(" {") {
                    types.push((name.to_owned(), BTreeSet::new()));
                } else if let (Some(field), Some((_, fields))) = (line.strip_suffix(','), types.last_mut()) {
                    fields.insert(field.to_owned());
                } else if line.is_empty() {
                    break;
                }
            }
        }
    }
    types
}

#[test]
fn editors_know_all_keys() {
    let mut expected: Vec<(String, BTreeSet<String>)> = crate::lower::keys()
        .into_iter()
        .map(|(name, keys)| (name.to_owned(), keys.into_iter().map(str::to_owned).collect()))
        .collect();
    let mut found = types_for_editors();
    expected.sort();
    found.sort();
    assert_eq!(found, expected);
}

/// The words of the library's modules for editors.
fn words_for_editors() -> BTreeMap<String, BTreeSet<String>> {
    let written = include_str!("../../codepipeline-xacct/src/macro_support/keys/mod.rs");
    let generated = include_str!("../../codepipeline-xacct/src/macro_support/keys/providers.rs");
    let mut words: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for block in [written, generated].iter().flat_map(|text| text.split("words! {\n").skip(1)) {
        let code =
            block.lines().take_while(|line| !line.is_empty()).filter(|line| !line.trim_start().starts_with("//"));
        let code = code.collect::<String>();
        for module in code.split('}') {
            let Some((key, list)) = module.split_once('{') else { continue };
            let list = list.split(',').map(str::trim).filter(|word| !word.is_empty());
            words.insert(key.trim().to_owned(), list.map(str::to_owned).collect());
        }
    }
    words
}

#[test]
fn editors_know_all_words() {
    use codepipeline_xacct_core::catalogue::{ACTIONS, Format, RULES};
    use codepipeline_xacct_core::check::{PULL_REQUEST_EVENTS, REVISION_TYPES};
    use codepipeline_xacct_core::declaration::{ExecutionMode, PipelineType, RetryMode};

    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<BTreeSet<_>>();
    let mut expected: BTreeMap<String, BTreeSet<String>> = [
        ("execution_mode", ExecutionMode::VALUES),
        ("pipeline_type", PipelineType::VALUES),
        ("retry_mode", RetryMode::VALUES),
        ("events", PULL_REQUEST_EVENTS),
        ("revision_type", REVISION_TYPES),
        // Which result goes with which key is said by the rules XA0110 and XA0113.
        ("before_entry", &["FAIL", "SKIP"]),
        ("on_success", &["FAIL", "ROLLBACK"]),
        ("on_failure", &["RETRY", "ROLLBACK"]),
    ]
    .map(|(key, words)| (key.to_owned(), set(words)))
    .into();
    let keys = ACTIONS.iter().flat_map(|action| action.known_keys()).chain(RULES.iter().flat_map(|rule| rule.keys));
    for key in keys {
        if let Format::OneOf(words) = key.format {
            expected.insert(key.dsl.to_owned(), set(words));
        }
    }
    assert_eq!(words_for_editors(), expected);
}

#[test]
fn an_editor_reads_no_holes_in_the_golden_examples() {
    for stream in examples() {
        let mut errors = codepipeline_xacct_syntax::errors::Errors::default();
        let tokens = crate::editor::tokens(&codepipeline_xacct_syntax::parse::file(stream, &mut errors));
        let text = tokens.to_string();
        assert!(text.contains("__editor"), "{text}");
        for hole in [":: ;", ": ;", ":: }"] {
            assert!(!text.contains(hole), "{text}");
        }
    }
}
