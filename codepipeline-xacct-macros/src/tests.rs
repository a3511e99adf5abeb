//! Input that is never finished: whatever is cut off or left out, nothing panics and the declared types exist.

use std::collections::BTreeSet;

use codepipeline_xacct_core::catalogue;
use codepipeline_xacct_syntax::keys::{self, Construct, DslKey, ValueKind, WordList};
use codepipeline_xacct_test_support::golden;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

use crate::model::LoweredKind;
use crate::run;

const GOLDEN: &str = r##"
    /// Holds the sources.
    pub account Tooling = "111111111111";
    pub account Prod = "222222222222" { partition: "aws" }
    pub role Invoker in Prod {
        name: "invoker", path: "/x/", trusts: [Tooling, role("arn:aws:iam::111111111111:role/x"), whole_account(Tooling)],
        starts: [Deploy], policies: [{ Effect: "Allow", Action: ["s3:GetObject"], Resource: "*" }], tags: { a: "b" },
    }
    extern role Seen in Prod { arn: "arn:aws:iam::222222222222:role/seen" }
    extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1", variables: { val1: "x", val2 } }
    extern pipeline Other in Prod from "tests/contracts/deploy.json";
    extern role Starter in Prod from "tests/contracts/starter.json";
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

/// The stream without the token `wanted`, counted through all groups, or with that token as the last one if `cut`.
fn edited(stream: TokenStream, wanted: usize, cut: bool) -> (TokenStream, usize) {
    fn walk(stream: TokenStream, count: &mut usize, wanted: usize, cut: bool) -> TokenStream {
        let mut kept = Vec::new();
        for token in stream {
            *count += 1;
            let here = *count;
            if cut && here > wanted || !cut && here == wanted {
                if let TokenTree::Group(group) = token {
                    // Its tokens count as well.
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

/// The golden examples: the contents of each call.
fn examples() -> Vec<TokenStream> {
    let examples = golden::all();
    let bodies = examples.iter().flat_map(|(_, program)| golden::bodies(program));
    std::iter::once(GOLDEN.to_owned()).chain(bodies).map(|body| body.parse().unwrap()).collect()
}

/// The names of the items in a call.
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

/// How many of the items an expansion declares.
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

/// Every provider of the catalogue is written with all of its keys; the declaration has the names that AWS uses.
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

/// A value that a key takes.
fn sample(key: &DslKey) -> String {
    let first = |list: &WordList| list.names().next().unwrap();
    match (key.name, key.value) {
        ("arn", _) => "\"arn:aws:iam::111111111111:role/x\"".to_owned(),
        ("region", _) => "\"eu-west-1\"".to_owned(),
        ("partition", _) => "\"aws-cn\"".to_owned(),
        ("path", _) => "\"/x/\"".to_owned(),
        ("wait", _) => "\"45 minutes\"".to_owned(),
        (_, ValueKind::Text | ValueKind::Texts | ValueKind::Literal | ValueKind::Literals) => "\"x\"".to_owned(),
        (_, ValueKind::Integer) => "7".to_owned(),
        (_, ValueKind::Name | ValueKind::Names) => "X".to_owned(),
        (_, ValueKind::Word(list)) => first(list).to_owned(),
        (_, ValueKind::Words(list)) => format!("[{}]", first(list)),
        (_, ValueKind::Role) => "managed(\"x\")".to_owned(),
        (_, ValueKind::Trusts | ValueKind::Starts) => "[X]".to_owned(),
        (_, ValueKind::Policy) => {
            "{ Effect: \"Allow\", Principal: { AWS: \"111111111111\" }, Action: \"sts:AssumeRole\" }".to_owned()
        }
        (_, ValueKind::Policies) => "[{ Effect: \"Allow\", Action: \"s3:GetObject\", Resource: \"*\" }]".to_owned(),
        (_, ValueKind::Tags | ValueKind::TextMap | ValueKind::Environment) => "{ x: \"y\" }".to_owned(),
        (_, ValueKind::Revisions(list)) => format!("{{ x: {}(\"y\") }}", first(list)),
        (_, ValueKind::Conditions(list)) => {
            format!("{}({{ x: VariableCheck({{ variable: \"#{{a.b}}\" }}) }})", first(list))
        }
        (_, ValueKind::Keys(_)) => "\"x\"".to_owned(),
        (_, ValueKind::KeysByName(of)) => format!("{{ x: {{ {} }} }}", only_required(of, "")),
        (_, ValueKind::KeysListed(_)) => "{ branches: [\"x\"] }".to_owned(),
    }
}

/// The required keys of a construct except one.
fn only_required(construct: &Construct, but: &str) -> String {
    let required = construct.keys.iter().filter(|key| key.required && key.name != but);
    required.map(|key| format!("{}: {}, ", key.name, sample(key))).collect()
}

/// A construct with some keys in a call, and all the constructs whose keys belong there.
fn call_with(construct: &Construct, keys: &str) -> (String, Vec<&'static Construct>) {
    let pipeline = |body: String| {
        format!("pipeline P in A {{ name: \"p\", region: \"eu-west-1\", service_role: managed(\"s\"), {body} }}")
    };
    let trigger = |filter: String| pipeline(format!("triggers: {{ S: {{ {filter} }} }}"));
    let stage = |body: String| pipeline(format!("stage \"S\" {{ {body} }}"));
    let rule = |provider: &str| stage(format!("on_failure: ROLLBACK({{ r: {provider}({{ {keys} }}) }})"));
    let (text, also) = match construct.name {
        "Account" => (format!("account A = \"111111111111\" {{ {keys} }}"), None),
        "Role" => (format!("role R in A {{ {keys} }}"), None),
        "ExtendedRole" => (format!("extended role R in A {{ {keys} }}"), None),
        "ExternRole" => (format!("extern role R in A {{ {keys} }}"), None),
        "Pipeline" => (format!("pipeline P in A {{ {keys} }}"), None),
        "ExtendedPipeline" => (format!("extended pipeline P in A {{ {keys} }}"), None),
        "ExternPipeline" => (format!("extern pipeline P in A {{ {keys} }}"), None),
        "Bucket" => (pipeline(format!("artifact_bucket: {{ {keys} }}")), None),
        "Variable" => (pipeline(format!("variables: {{ x: {{ {keys} }} }}")), None),
        "Trigger" => (trigger(keys.to_owned()), None),
        "Push" => (trigger(format!("push: {{ {keys} }}")), None),
        "PullRequest" => (trigger(format!("pull_request: {{ {keys} }}")), None),
        "Patterns" => (trigger(format!("push: {{ branches: {{ {keys} }} }}")), None),
        "Stage" => (stage(keys.to_owned()), None),
        "Invoke" => (stage(format!("invoke \"x\": T {{ {keys} }}")), None),
        "Action" => (stage(format!("action \"x\": Snyk {{ {keys} }}")), Some(&keys::UNKNOWN_ACTION)),
        "UnknownAction" => {
            (stage(format!("action \"x\": type(\"Test\", \"Custom\", \"X\", \"1\") {{ {keys} }}")), Some(&keys::ACTION))
        }
        "ComputeAction" => (stage(format!("action \"x\": Commands {{ {keys} }}")), Some(&keys::ACTION)),
        "ApprovalAction" => (stage(format!("action \"x\": Manual {{ {keys} }}")), Some(&keys::ACTION)),
        "Rule" => (rule("VariableCheck"), None),
        "ComputeRule" => (rule("Commands"), Some(&keys::RULE)),
        "UnknownRule" => (rule("Unheard"), Some(&keys::RULE)),
        other => panic!("{other} has no example here"),
    };
    let all = keys::CONSTRUCTS.iter().chain(keys::PROVIDER_CONSTRUCTS);
    (text, all.copied().filter(|of| of.name == construct.name).chain(also).collect())
}

/// What the lowering reports.
fn reported(text: &str) -> Vec<String> {
    let mut errors = codepipeline_xacct_syntax::errors::Errors::default();
    let mut nodes = codepipeline_xacct_syntax::parse::file(text.parse().unwrap(), &mut errors);
    crate::contract::fill(&mut nodes, &mut errors);
    crate::lower::model(nodes, &mut errors);
    errors.iter().map(|(_, message)| message.to_owned()).collect()
}

/// True where the lowering takes a key.
fn is_taken(construct: &Construct, key: &DslKey) -> bool {
    let (text, _) =
        call_with(construct, &format!("{} {}: {}", only_required(construct, key.name), key.name, sample(key)));
    let (unknown, derived) = (format!("`{}` is not a key of", key.name), format!("`{}` comes from", key.name));
    // An ARN in a role that is created makes it one that exists.
    let exists = "a role with an ARN exists already";
    let refuses = |message: &String| [&unknown, &derived, exists].iter().any(|text| message.starts_with(*text));
    !reported(&text).iter().any(refuses)
}

#[test]
fn a_construct_takes_the_keys_of_the_table_and_no_others() {
    for construct in keys::CONSTRUCTS.iter().chain(keys::PROVIDER_CONSTRUCTS) {
        let (_, of) = call_with(construct, "");
        for (_, key) in keys::rows() {
            let is_known = of.iter().any(|construct| construct.key(key.name).is_some())
                || provider_keys(construct).iter().any(|known| known.dsl == key.name);
            assert_eq!(is_taken(construct, key), is_known, "`{}` of {}", key.name, construct.phrase);
        }
    }
}

/// The keys of the provider in the example of a construct.
fn provider_keys(construct: &Construct) -> &'static [catalogue::ConfigurationKey] {
    let action = |provider: &str| catalogue::ACTIONS.iter().find(|known| known.provider == provider);
    let rule = |provider: &str| catalogue::RULES.iter().find(|known| known.provider == provider);
    match construct.name {
        "ComputeAction" => action("Commands").unwrap().known_keys(),
        "ApprovalAction" => action("Manual").unwrap().known_keys(),
        "Rule" => rule("VariableCheck").unwrap().keys,
        "ComputeRule" => rule("Commands").unwrap().keys,
        _ => &[],
    }
}

#[test]
fn every_key_of_the_table_says_something() {
    for (construct, key) in keys::rows() {
        let expansion = |keys: &str| {
            let (text, _) = call_with(construct, &format!("{} {keys}", only_required(construct, key.name)));
            run(text.parse().unwrap(), false).to_string()
        };
        let with = expansion(&format!("{}: {}", key.name, sample(key)));
        assert_ne!(with, expansion(""), "`{}` of {} is not used", key.name, construct.phrase);
    }
}

#[test]
fn a_construct_needs_its_required_keys_and_no_others() {
    for construct in keys::CONSTRUCTS.iter().chain(keys::PROVIDER_CONSTRUCTS) {
        let (text, _) = call_with(construct, &only_required(construct, ""));
        assert_eq!(reported(&text), Vec::<String>::new(), "{text}");
        for key in construct.keys.iter().filter(|key| key.required) {
            let (text, _) = call_with(construct, &only_required(construct, key.name));
            assert_ne!(reported(&text), Vec::<String>::new(), "{text}");
        }
    }
}

#[test]
fn the_name_that_aws_uses_leads_to_the_key() {
    for (construct, key) in keys::rows() {
        let Some(member) = key.member else { continue };
        let (_, of) = call_with(construct, "");
        if of.iter().any(|construct| construct.key(member.name).is_some()) {
            continue;
        }
        let written = format!("{} {}: {}", only_required(construct, key.name), member.name, sample(key));
        let reported = reported(&call_with(construct, &written).0);
        let help = format!("did you mean `{}`?", key.name);
        assert!(
            reported.iter().any(|message| message.contains(&help)),
            "{} of {}: {reported:?}",
            key.name,
            construct.name
        );
    }
}

#[test]
fn no_key_of_a_provider_has_the_name_of_a_common_key() {
    for action in catalogue::ACTIONS.iter().filter(|action| action.provider != "CodePipeline") {
        let common =
            std::iter::once(&keys::ACTION).chain(keys::extra_of_action(action.category, action.keys.is_none()));
        for construct in common {
            let both = action.known_keys().iter().find(|key| construct.key(key.dsl).is_some());
            assert_eq!(both, None, "{}", action.type_id());
        }
    }
    for rule in catalogue::RULES {
        let common = std::iter::once(&keys::RULE).chain(keys::extra_of_rule(rule.compute, false));
        for construct in common {
            let both = rule.keys.iter().find(|key| construct.key(key.dsl).is_some());
            assert_eq!(both, None, "{}", rule.provider);
        }
    }
}

/// Keys that take one of a few words have a list of them for editors.
#[test]
fn editors_know_the_words_of_every_provider() {
    use codepipeline_xacct_core::catalogue::{ACTIONS, Format, RULES};

    let generated = include_str!("../../codepipeline-xacct/src/keys/words.rs");
    let keys = ACTIONS.iter().flat_map(|action| action.known_keys()).chain(RULES.iter().flat_map(|rule| rule.keys));
    for key in keys {
        if let Format::OneOf(words) = key.format {
            let line = generated.lines().find_map(|line| line.trim().strip_prefix(&format!("{} {{ ", key.dsl)));
            let list: BTreeSet<&str> =
                line.unwrap_or_default().trim_end_matches('}').split(',').map(str::trim).collect();
            assert!(words.iter().all(|word| list.contains(word)), "{}: {list:?}", key.dsl);
        }
    }
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

#[test]
fn a_wait_is_a_number_of_minutes() {
    let with = |wait: &str| reported(&GOLDEN.replace("run_order: 2 }", &format!("run_order: 2, wait: {wait} }}")));
    assert_eq!(with("\"45 minutes\""), [""; 0]);
    for (wait, said) in [
        ("\"2 hours\"", "`2 hours` is not a time to wait"),
        ("\"51 minutes\"", "can't wait 51 minutes: 1 to 50 are allowed"),
    ] {
        let reported = with(wait);
        assert!(reported.len() == 1 && reported[0].contains(said), "{reported:?}");
    }
}
