//! Where the calls of `pipeline!` are in a file.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree, token_stream};

/// The groups after `pipeline!`. What a `macro_rules!` writes is a template, not a call.
pub(super) fn find_calls(stream: TokenStream) -> Vec<Group> {
    /// A group that is being read; a file may nest them too deep for a recursive function.
    struct Open {
        rest: token_stream::IntoIter,
        template: bool,
        /// The words before.
        words: [String; 2],
        /// After `macro_rules`.
        rules: bool,
    }
    let open = |stream: TokenStream, template| Open {
        rest: stream.into_iter(),
        template,
        words: Default::default(),
        rules: false,
    };
    let mut found = Vec::new();
    let mut groups = vec![open(stream, false)];
    while let Some(top) = groups.last_mut() {
        let word = match top.rest.next() {
            None => {
                groups.pop();
                continue;
            }
            Some(TokenTree::Group(group)) => {
                let call = top.words == ["pipeline", "!"] && !top.template;
                let template = top.template || top.rules && group.delimiter() != Delimiter::None;
                top.rules &= group.delimiter() == Delimiter::None;
                top.words = Default::default();
                if call {
                    found.push(group);
                } else {
                    groups.push(open(group.stream(), template));
                }
                continue;
            }
            Some(TokenTree::Ident(ident)) => ident.to_string(),
            Some(TokenTree::Punct(punct)) => punct.to_string(),
            Some(TokenTree::Literal(_)) => String::new(),
        };
        top.rules |= word == "macro_rules";
        let [_, last] = std::mem::take(&mut top.words);
        top.words = [last, word];
    }
    found
}
