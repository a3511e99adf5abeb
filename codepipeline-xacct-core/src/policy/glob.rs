//! Wildcards.
//!
//! Source: IAM User Guide, "IAM JSON policy elements: Resource".

/// A piece of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Token {
    Char(char),
    /// `*`
    Any,
    /// `?`
    One,
}

/// A pattern without variables.
pub(crate) fn plain(text: &str) -> Vec<Token> {
    text.chars().map(wildcard).collect()
}

/// A character of a pattern.
pub(super) fn wildcard(c: char) -> Token {
    match c {
        '*' => Token::Any,
        '?' => Token::One,
        c => Token::Char(c),
    }
}

/// `*` is any run of characters, `?` is exactly one.
pub(crate) fn glob(pattern: &[Token], text: &str) -> bool {
    glob_by(pattern, text, |known, c| known == c)
}

/// [`glob`] with characters that are the same by `same`.
pub(super) fn glob_by(pattern: &[Token], text: &str, same: impl Fn(char, char) -> bool) -> bool {
    let text: Vec<char> = text.chars().collect();
    let (mut p, mut t) = (0, 0);
    // Where to resume after a `*` that matched too little.
    let mut retry: Option<(usize, usize)> = None;
    while let Some(c) = text.get(t) {
        let matches = match pattern.get(p) {
            Some(Token::Any) => {
                retry = Some((p + 1, t));
                p += 1;
                continue;
            }
            Some(Token::One) => true,
            Some(Token::Char(known)) => same(*known, *c),
            None => false,
        };
        if matches {
            p += 1;
            t += 1;
        } else if let Some((after, taken)) = retry {
            p = after;
            t = taken + 1;
            retry = Some((after, taken + 1));
        } else {
            return false;
        }
    }
    pattern.iter().skip(p).all(|token| *token == Token::Any)
}
