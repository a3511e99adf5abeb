//! `from "path";`: the contract that an extern item has instead of its keys.

use codepipeline_xacct_core::topology::Ownership;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Token, token};

use super::body::Body;
use super::tokens::{peek_text, peek_word, skip, starts_item};
use crate::ast::ContractNode;
use crate::errors::Errors;

/// True at the word `from`, where nothing but a contract can follow.
pub(super) fn starts_contract(input: ParseStream<'_>) -> bool {
    peek_word(input, "from")
}

/// What follows the head of an item that has a contract; `head` is that head without the word `extern`.
pub(super) fn from_contract(head: &str, ownership: Ownership, input: ParseStream<'_>, errors: &mut Errors) -> Body {
    let damaged = Body { damaged: true, ..Body::default() };
    let Ok(from) = input.call(Ident::parse_any) else { return damaged };
    let path = if peek_text(input) { input.parse::<LitStr>().ok() } else { None };
    let Some(path) = path else {
        let span = if input.is_empty() { from.span() } else { input.span() };
        let form = format!("write `extern {head} from \"contracts/….json\";`");
        errors.push_help(span, "expected the path of the contract as a string", form);
        while !input.is_empty() && !starts_item(input) {
            skip(input);
        }
        return damaged;
    };
    let form = format!("write `extern {head} from {};`", path.token());
    if ownership != Ownership::Extern {
        let message = "only an `extern` item takes what it says from a contract";
        errors.push_help(from.span(), message, &form);
    }
    if input.peek(token::Brace) {
        errors.push_help(input.span(), "the contract says all of this", format!("leave the braces out: {form}"));
        skip(input);
        let _ = input.parse::<Token![;]>();
        return damaged;
    }
    if input.parse::<Token![;]>().is_err() {
        let comma = input.peek(Token![,]);
        errors.push_help(if comma { input.span() } else { path.span() }, "expected `;` after the contract", form);
        if comma {
            skip(input);
        }
    }
    Body {
        contract: Some(ContractNode { path, says: None }),
        damaged: ownership != Ownership::Extern,
        ..Body::default()
    }
}
