//! The table of providers in the macro's documentation.

use std::fmt::Write;

use crate::generate::catalogue::{dsl, parts};
use crate::generate::source::{Catalogue, Key, Required};

/// A table with the keys of every provider by their names in the macro; required keys in bold.
pub(crate) fn providers(catalogue: &Catalogue) -> Result<String, String> {
    let mut text = String::from(
        "<!-- Made from `codepipeline-xacct-core/catalogue.json` by `cargo xtask write`. -->\n\n\
         | provider | what it does | keys |\n| --- | --- | --- |\n",
    );
    for action in &catalogue.actions {
        let [category, _, provider, _] = parts(&action.r#type)?;
        // What has a space in its name is only known by the name that the console shows.
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
            Some(keys) => self::keys(keys),
            None => "`configuration: { … }`, with names that are not documented".to_owned(),
        };
        let _ = writeln!(text, "| `{keyword}` `{name}` | {} | {keys} |", action.doc);
    }
    text += "\n| rule | what it does | keys |\n| --- | --- | --- |\n";
    for rule in &catalogue.rules {
        let [_, _, provider, _] = parts(&rule.r#type)?;
        let _ = writeln!(text, "| `{provider}` | {} | {} |", rule.doc, keys(&rule.keys));
    }
    Ok(text)
}

fn keys(keys: &[Key]) -> String {
    let name = |key: &Key| match key.required {
        Some(Required::Always(true)) => format!("**`{}`**", dsl(key)),
        _ => format!("`{}`", dsl(key)),
    };
    keys.iter().map(name).collect::<Vec<_>>().join(", ")
}
