//! The tables in the macro's documentation: keys of the grammar, and providers.

use std::fmt::Write;

use codepipeline_xacct_syntax::keys::{self, DslKey};

use crate::generate::catalogue::{dsl, parts};
use crate::generate::source::{Catalogue, Key, Required};

/// A table for each construct of the grammar; required keys in bold.
pub(crate) fn constructs() -> String {
    let mut text = String::from(
        "<!-- Made from the table in `codepipeline-xacct-syntax/src/keys` by `cargo xtask write`. -->\n\n\
         A key in bold is required. The member is the one of CodePipeline's declaration, or of IAM's `Role`, that the key sets; keys \
         without a member are what the wiring is derived from.\n",
    );
    for construct in keys::CONSTRUCTS.iter().chain(keys::PROVIDER_CONSTRUCTS) {
        let _ = write!(
            text,
            "\n## {}\n\n{}\n\n| key | value | member | meaning |\n| --- | --- | --- | --- |\n",
            title(construct.phrase),
            construct.doc
        );
        for key in construct.keys {
            let name = if key.required { format!("**`{}`**", key.name) } else { format!("`{}`", key.name) };
            let _ = writeln!(text, "| {name} | {} | {} | {} |", key.value.describe(), member(key), key.doc);
        }
    }
    text
}

/// A phrase without its article, with a capital letter.
fn title(phrase: &str) -> String {
    let words = phrase.trim_start_matches("an ").trim_start_matches("a ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn member(key: &DslKey) -> String {
    key.member.map(|member| format!("`{}.{}`", member.structure, member.name)).unwrap_or_default()
}

/// A table with the keys of every provider by their names in the macro; required keys in bold.
pub(crate) fn providers(catalogue: &Catalogue) -> Result<String, String> {
    let mut text = String::from(
        "<!-- Made from `codepipeline-xacct-core/catalogue.json` by `cargo xtask write`. -->\n\n\
         | provider | what it does | keys |\n| --- | --- | --- |\n",
    );
    for action in &catalogue.actions {
        let [category, _, provider, _] = parts(&action.r#type)?;
        // Where the name has a space, only the name that the console shows is known.
        if provider.contains(' ') || provider == "CodePipeline" {
            continue;
        }
        let same_word = |other: &&crate::generate::source::Action| {
            parts(&other.r#type).is_ok_and(|[c, _, p, _]| p == provider && (c == "Source") == (category == "Source"))
        };
        let several = catalogue.actions.iter().filter(same_word).count() > 1;
        let name = if several { format!("{category}::{provider}") } else { provider.to_owned() };
        let keyword = if category == "Source" { "source" } else { "action" };
        let keys = match &action.keys {
            Some(keys) => names(keys),
            None => "`configuration: { … }`, with names that are not documented".to_owned(),
        };
        let _ = writeln!(text, "| `{keyword}` `{name}` | {} | {keys} |", action.doc);
    }
    text += "\n| rule | what it does | keys |\n| --- | --- | --- |\n";
    for rule in &catalogue.rules {
        let [_, _, provider, _] = parts(&rule.r#type)?;
        let _ = writeln!(text, "| `{provider}` | {} | {} |", rule.doc, names(&rule.keys));
    }
    Ok(text)
}

fn names(keys: &[Key]) -> String {
    let name = |key: &Key| match key.required {
        Some(Required::Always(true)) => format!("**`{}`**", dsl(key)),
        _ => format!("`{}`", dsl(key)),
    };
    keys.iter().map(name).collect::<Vec<_>>().join(", ")
}
