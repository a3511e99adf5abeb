//! The head of an added stage that says all it has to, in other words, in another order or with other signs than
//! `add stage "…" after "…"`: reported once, and read as what it means.

use codepipeline_xacct_core::suggest::nearest;
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use syn::parse::ParseStream;
use syn::{Ident, LitStr, Token, token};

use super::added_stage::{PLACES, added_stage, is_place};
use super::clause_head::is_clause;
use super::tokens::{ADD, next_word, skip};
use crate::ast::PlaceNode;
use crate::errors::{Errors, PLACE_BEHIND_NAME, not_a_clause};

/// Words that people write for `after` and `before`.
const FOR_PLACES: [(&str, &str); 6] = [
    ("behind", "after"),
    ("following", "after"),
    ("between", "after"),
    ("below", "after"),
    ("preceding", "before"),
    ("above", "before"),
];

/// Words that people write for `add`.
const FOR_ADD: [&str; 6] = ["added", "adding", "insert", "append", "create", "new"];

/// True for a word that means `add`.
pub(super) fn means_add(word: &str) -> bool {
    FOR_ADD.contains(&word) || nearest(word, [ADD]).is_some()
}

/// What a head says.
pub(super) struct AddedHead {
    pub(super) add: Span,
    pub(super) name: LitStr,
    pub(super) place: PlaceNode,
}

/// A word, a string or a sign of a head. Groups are their first sign and what is in them.
enum Part {
    Word(Ident),
    Text(LitStr),
    Sign(char, Span),
}

impl Part {
    fn span(&self) -> Span {
        match self {
            Part::Word(word) => word.span(),
            Part::Text(text) => text.span(),
            Part::Sign(_, span) => *span,
        }
    }

    fn is(&self, text: &str) -> bool {
        matches!(self, Part::Word(word) if word == text)
    }

    /// The text of a word or a string.
    fn text(&self) -> String {
        match self {
            Part::Word(word) => word.to_string(),
            Part::Text(text) => text.value(),
            Part::Sign(sign, _) => sign.to_string(),
        }
    }

    /// The name that a string or a word tells.
    fn name(&self) -> Option<LitStr> {
        match self {
            Part::Word(word) => Some(LitStr::new(&word.to_string(), word.span())),
            Part::Text(text) => Some(text.clone()),
            Part::Sign(..) => None,
        }
    }
}

/// Reports a head that differs from `add stage "…" after "…"` and says the same, and skips it. `None` for a right head, and where
/// something is missing.
pub(super) fn added_head(input: ParseStream<'_>, errors: &mut Errors) -> Option<AddedHead> {
    let begins = match next_word(input) {
        Some(word) => word == ADD || is_place(&word) || means_add(&word.to_string()),
        None => input.peek(Token![+]),
    };
    if !begins {
        return None;
    }
    let parts = parts(input)?;
    let found = Found::new(&parts)?;
    let (at, what) = found.deviation()?;
    let name = parts.get(found.name)?.name()?;
    let anchor = parts.get(found.anchor)?.name()?;
    let place = found.place_word;
    let told = PlaceNode { before: place == "before", anchor };
    let form = format!("write `{}`", added_stage(&name.value(), &told));
    let wrong = parts.get(at)?;
    let (message, help) = what.sentences(wrong, place, form);
    errors.push_help(wrong.span(), message, help);
    let add = parts.get(found.add)?.span();
    while !input.peek(token::Brace) && !input.is_empty() {
        skip(input);
    }
    Some(AddedHead { add, name, place: told })
}

/// What is in the place of what should be there.
#[derive(Clone, Copy)]
enum Expected {
    Add,
    Stage,
    Name,
    Place,
    Anchor,
    Body,
}

impl Expected {
    /// The message and the help for the part in its place.
    fn sentences(self, wrong: &Part, place: &str, form: String) -> (String, String) {
        let text = wrong.text();
        let is_place = PLACES.contains(&text.as_str());
        let message = match (self, wrong) {
            (Expected::Add | Expected::Stage | Expected::Name, Part::Word(_)) if is_place => {
                PLACE_BEHIND_NAME.to_owned()
            }
            (Expected::Stage, Part::Word(_)) if nearest(&text, ["stage"]).is_some() => {
                return (not_a_clause(&text), "did you mean `stage`?".to_owned());
            }
            (Expected::Add, _) => not_a_clause(&text),
            (Expected::Stage, _) => "`stage` comes right after `add`".to_owned(),
            (Expected::Name, Part::Word(_)) => "the name of this stage is written in quotes".to_owned(),
            (Expected::Name, Part::Sign('(' | '[', _)) => "the name of this stage comes without parentheses".to_owned(),
            (Expected::Name, _) => format!("the name of this stage comes without `{text}`"),
            (Expected::Place, Part::Word(_)) if nearest(&text, PLACES).is_some() => {
                return (format!("`{text}` does not say where a stage goes"), format!("did you mean `{place}`?"));
            }
            (Expected::Place, Part::Word(_)) if FOR_PLACES.iter().any(|(word, _)| *word == text) => {
                format!("`{text}` does not say where a stage goes")
            }
            (Expected::Place, Part::Text(_)) if is_place => format!("`{text}` is written without quotes"),
            (Expected::Anchor, Part::Word(word)) if word != "stage" => {
                "the name of a stage is written in quotes".to_owned()
            }
            (Expected::Anchor, Part::Sign('(' | '[', _)) => "the name of a stage comes without parentheses".to_owned(),
            (Expected::Anchor, _) => format!("the name of a stage comes right after `{place}`"),
            (Expected::Place | Expected::Body, _) => {
                "only the position may come between the name of a stage and its body".to_owned()
            }
        };
        (message, form)
    }
}

/// Where in a head its parts are.
struct Found<'a> {
    parts: &'a [Part],
    add: usize,
    place_word: &'static str,
    name: usize,
    anchor: usize,
}

impl<'a> Found<'a> {
    fn new(parts: &'a [Part]) -> Option<Self> {
        let position = |test: &dyn Fn(&Part) -> bool| parts.iter().position(test);
        let is_add = |part: &Part| {
            matches!(part, Part::Sign('+', _)) || matches!(part, Part::Word(word) if means_add(&word.to_string()))
        };
        let add = position(&is_add)?;
        let is_stage =
            |part: &Part| matches!(part, Part::Word(word) if nearest(&word.to_string(), ["stage"]).is_some());
        let exact = |part: &Part| PLACES.into_iter().find(|place| part.text() == *place);
        let near = |part: &Part| match part {
            Part::Word(word) => {
                let text = word.to_string();
                let meant = FOR_PLACES.iter().find(|(written, _)| *written == text).map(|(_, place)| *place);
                meant.or_else(|| nearest(&text, PLACES).and_then(|near| PLACES.into_iter().find(|p| *p == near)))
            }
            _ => None,
        };
        let place = position(&|part| exact(part).is_some()).or_else(|| position(&|part| near(part).is_some()))?;
        let place_word = parts.get(place).and_then(|part| exact(part).or_else(|| near(part)))?;
        let behind = parts.iter().enumerate().skip(place + 1);
        let anchor = behind
            .clone()
            .find(|(_, part)| matches!(part, Part::Text(_)))
            .or_else(|| behind.clone().find(|(_, part)| matches!(part, Part::Word(_))))
            .map(|(at, _)| at)?;
        // A clause that begins behind all of this has the body.
        let told = |at: usize| at == add || at == place || at == anchor;
        let stage = parts.iter().enumerate().position(|(at, part)| at != place + 1 && !told(at) && is_stage(part))?;
        let free = |at: usize| !told(at) && at != stage;
        let texts = || parts.iter().enumerate().filter(|(at, part)| free(*at) && matches!(part, Part::Text(_)));
        let name = texts()
            .find(|(at, _)| *at < place)
            .or_else(|| texts().find(|(at, _)| *at > stage))
            .map(|(at, _)| at)
            .or_else(|| Some(stage + 1).filter(|at| free(*at) && matches!(parts.get(*at), Some(Part::Word(_)))))?;
        let end = [add, stage, place, name, anchor].into_iter().max()?;
        let rest = parts.get(end + 1..).unwrap_or_default();
        let begins = |pair: &[Part]| match pair {
            [Part::Word(word), Part::Text(_)] => is_clause(word),
            [Part::Word(word), Part::Sign(':', _)] => !is_place(word),
            _ => false,
        };
        // Signs in a name without quotes.
        let split =
            matches!(parts.get(name), Some(Part::Word(_))) && matches!(parts.get(name + 1), Some(Part::Sign(..)));
        if rest.windows(2).any(begins) || rest.iter().any(|part| part.is(ADD)) || split {
            return None;
        }
        Some(Self { parts, add, place_word, name, anchor })
    }

    /// The first part that is not what should be there, and what should.
    fn deviation(&self) -> Option<(usize, Expected)> {
        let right = |at: usize, expected: Expected| {
            self.parts.get(at).is_none_or(|part| match (expected, part) {
                (Expected::Add, part) => part.is(ADD),
                (Expected::Stage, part) => part.is("stage"),
                (Expected::Name, Part::Text(_)) => at == self.name,
                (Expected::Place, Part::Word(word)) => is_place(word),
                (Expected::Anchor, Part::Text(_)) => at == self.anchor,
                _ => false,
            })
        };
        let order = [Expected::Add, Expected::Stage, Expected::Name, Expected::Place, Expected::Anchor, Expected::Body];
        order.into_iter().enumerate().find(|(at, expected)| !right(*at, *expected))
    }
}

/// What is before the body; `None` where no body comes soon.
fn parts(input: ParseStream<'_>) -> Option<Vec<Part>> {
    const MOST: usize = 16;
    let ahead = input.fork();
    let mut found = Vec::new();
    while !ahead.peek(token::Brace) {
        add_part(ahead.parse().ok()?, &mut found);
        if found.len() > MOST {
            return None;
        }
    }
    Some(found)
}

fn add_part(token: TokenTree, found: &mut Vec<Part>) {
    match token {
        TokenTree::Ident(word) => found.push(Part::Word(word)),
        TokenTree::Punct(sign) => found.push(Part::Sign(sign.as_char(), sign.span())),
        TokenTree::Literal(literal) => {
            let span = literal.span();
            match syn::parse2::<LitStr>(TokenStream::from(TokenTree::Literal(literal))) {
                Ok(text) => found.push(Part::Text(text)),
                Err(_) => found.push(Part::Sign('0', span)),
            }
        }
        TokenTree::Group(group) => {
            let sign = match group.delimiter() {
                Delimiter::Parenthesis => Some('('),
                Delimiter::Bracket => Some('['),
                Delimiter::Brace => Some('{'),
                Delimiter::None => None,
            };
            found.extend(sign.map(|sign| Part::Sign(sign, group.span_open())));
            group.stream().into_iter().for_each(|token| add_part(token, found));
        }
    }
}
