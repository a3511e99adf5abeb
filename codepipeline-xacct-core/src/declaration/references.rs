//! `#{namespace.key}` references in a text. Source: CodePipeline User Guide, "Variables reference".

use std::ops::Range;

const OPEN: &str = "#{";
const CLOSE: char = '}';

/// The namespace of the variables of the pipeline.
pub const VARIABLES: &str = "variables";
/// The namespace of what is known about the execution.
pub const EXECUTION: &str = "codepipeline";
/// The only documented key of [`EXECUTION`].
pub const EXECUTION_ID: &str = "PipelineExecutionId";

/// Whether no action can have the namespace.
pub fn is_reserved(namespace: &str) -> bool {
    matches!(namespace, VARIABLES | EXECUTION)
}

/// The reference to a key of a namespace.
pub fn written(namespace: &str, key: &str) -> String {
    around(&format!("{namespace}.{key}"))
}

/// A text in the signs of a reference.
pub fn around(inner: &str) -> String {
    format!("{OPEN}{inner}{CLOSE}")
}

/// A `#{…}` in a text, well-formed or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference<'a> {
    /// Where it is in the text, in bytes.
    pub range: Range<usize>,
    /// What is between the braces.
    pub inner: &'a str,
}

impl<'a> Reference<'a> {
    /// The namespace and the key; `None` where one of them is missing.
    pub fn parts(&self) -> Option<(&'a str, &'a str)> {
        self.inner.split_once('.').filter(|(namespace, key)| !namespace.is_empty() && !key.is_empty())
    }
}

/// The references in a text, from the left. An unclosed `#{` is not a reference, nor is one with another `#{` before
/// its end.
pub fn references(text: &str) -> impl Iterator<Item = Reference<'_>> {
    text.match_indices(OPEN).filter_map(|(start, _)| {
        let rest = text.get(start + OPEN.len()..)?;
        let (inner, _) = rest.split_once(CLOSE)?;
        let end = start + OPEN.len() + inner.len() + CLOSE.len_utf8();
        (!inner.contains(OPEN)).then_some(Reference { range: start..end, inner })
    })
}

/// What follows each `#{` of a text that begins no reference, up to the next one: nothing closes it, or another `#{` comes before its end.
pub fn unclosed(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(OPEN).filter_map(|(start, _)| {
        let rest = text.get(start + OPEN.len()..)?;
        let inner = rest.split_once(OPEN).map_or(rest, |(inner, _)| inner);
        (!inner.contains(CLOSE)).then_some(inner)
    })
}

/// What a text has in the braces of `${namespace.key}`, which is how others write a reference.
pub fn foreign(text: &str) -> impl Iterator<Item = Reference<'_>> {
    text.match_indices("${").filter_map(|(start, open)| {
        let (inner, _) = text.get(start + open.len()..)?.split_once(CLOSE)?;
        let end = start + open.len() + inner.len() + CLOSE.len_utf8();
        let reference = Reference { range: start..end, inner };
        reference.parts().is_some().then_some(reference)
    })
}

/// Whether a text names a value of Terraform: `var.branch`, `data.aws_region.current.name`, `aws_iam_role.release.arn`.
pub fn is_of_terraform(dotted: &str) -> bool {
    let Some((first, rest)) = dotted.split_once('.') else { return false };
    match first {
        "var" | "local" | "module" => true,
        // A data source has a type and a name.
        "data" => rest.contains('.'),
        _ => first.starts_with("aws_"),
    }
}

/// True where a text has a reference, or begins one: its value is only known when the action runs.
pub fn has_reference(text: &str) -> bool {
    text.contains(OPEN)
}

/// The reference that makes up a whole text.
pub fn whole(text: &str) -> Option<Reference<'_>> {
    references(text).find(|reference| reference.range == (0..text.len()))
}

/// The reference to what a text names as `namespace.key`, without more around it.
pub fn of_parts(text: &str) -> Option<String> {
    let (namespace, key) = text.trim_matches(['$', '#', '{', CLOSE, ' ']).split_once('.')?;
    (is_word(namespace) && is_word(key)).then(|| written(namespace, key))
}

/// The reference to what a text names with other signs than a period: `Namespace::Key`, `Namespace/Key`.
pub fn with_period(inner: &str) -> Option<String> {
    ["::", "->", ":", "/", ">", "-"].iter().find_map(|sign| {
        // A name may have hyphens.
        let (namespace, key) = inner.split_once(sign).filter(|(_, key)| *sign != "-" || !key.contains('-'))?;
        (is_word(namespace) && is_word(key)).then(|| written(namespace, key))
    })
}

/// What is in braces without a sign before them, `{namespace.key}` or `{{namespace.key}}`, which is how templates write a value.
pub fn in_braces(text: &str) -> impl Iterator<Item = Reference<'_>> {
    text.match_indices('{').filter_map(|(start, open)| {
        let signed = text.get(..start)?.trim_end_matches(' ').ends_with('#') || text.get(..start)?.ends_with('$');
        let (inner, _) = text.get(start + open.len()..)?.split_once(CLOSE)?;
        let end = start + open.len() + inner.len() + CLOSE.len_utf8();
        let reference = Reference { range: start..end, inner: inner.trim() };
        (!signed && !inner.starts_with('{') && reference.parts().is_some()).then_some(reference)
    })
}

/// What is in other brackets than braces right behind `#`, or in braces behind a blank: `#(namespace.key)`, `#[namespace.key]`,
/// `# {namespace.key}`.
pub fn in_other_brackets(text: &str) -> impl Iterator<Item = Reference<'_>> {
    text.match_indices('#').filter_map(|(start, sign)| {
        let rest = text.get(start + sign.len()..)?;
        let blanks = rest.len() - rest.trim_start_matches(' ').len();
        let close = match rest.trim_start_matches(' ').chars().next()? {
            '(' if blanks == 0 => ')',
            '[' if blanks == 0 => ']',
            '<' if blanks == 0 => '>',
            '{' if blanks > 0 => CLOSE,
            _ => return None,
        };
        let (inner, _) = rest.get(blanks + 1..)?.split_once(close)?;
        let end = start + sign.len() + blanks + 1 + inner.len() + close.len_utf8();
        let reference = Reference { range: start..end, inner: inner.trim() };
        reference.parts().is_some_and(|(_, key)| is_word(key)).then_some(reference)
    })
}

/// Whether a text can be a namespace or the key of a variable.
pub(crate) fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"@-_".contains(&b))
}

/// What a dynamic reference of CloudFormation begins with. Source: CloudFormation User Guide, "Get values stored in other services using
/// dynamic references".
pub const DYNAMIC: &str = "{{resolve:";

/// The first dynamic reference of a text, without its braces and its first word: `secretsmanager:shop/token`.
pub fn dynamic(text: &str) -> Option<&str> {
    Some(text.split_once(DYNAMIC)?.1.split_once("}}")?.0)
}

/// True where a text has what may have been meant as a reference.
pub fn has_near_miss(text: &str) -> bool {
    foreign(text).chain(in_braces(text)).chain(in_other_brackets(text)).next().is_some() || dynamic(text).is_some()
}

/// A text with its references replaced; those without a replacement stay.
pub fn replaced(text: &str, mut by: impl FnMut(&Reference<'_>) -> Option<String>) -> String {
    let mut replaced = String::new();
    let mut from = 0;
    for reference in references(text) {
        if let Some(value) = by(&reference) {
            replaced.push_str(text.get(from..reference.range.start).unwrap_or_default());
            replaced.push_str(&value);
            from = reference.range.end;
        }
    }
    replaced.push_str(text.get(from..).unwrap_or_default());
    replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_with_their_places() {
        let text = "a #{b.c} #{d} #{.e} #{f #{g.h.i}";
        let found: Vec<_> = references(text).map(|found| (&text[found.range.clone()], found.parts())).collect();
        assert_eq!(
            found,
            [("#{b.c}", Some(("b", "c"))), ("#{d}", None), ("#{.e}", None), ("#{g.h.i}", Some(("g", "h.i")))]
        );
        assert_eq!(references("#{a.b").next(), None);
        assert!(has_reference("#{a.b") && !has_reference("# {a.b}"));
    }

    #[test]
    fn what_is_no_reference_is_found() {
        let all = |text: &'static str| unclosed(text).collect::<Vec<_>>();
        assert_eq!(all("a #{b.c} #{d"), ["d"]);
        assert_eq!(all("#{a.b #{c.d}"), ["a.b "]);
        assert_eq!(all("#{a.b}#{}"), [""; 0]);
        let foreign = |text: &'static str| foreign(text).filter_map(|r| r.parts()).collect::<Vec<_>>();
        assert_eq!(foreign("${a.b} ${HOME} ${c.d ${e.f}"), [("a", "b"), ("c", "d ${e.f"), ("e", "f")]);
        assert_eq!(foreign("#{a.b} $ {c.d} ${"), []);
    }

    #[test]
    fn what_templates_write_is_found() {
        let all = |text: &'static str| in_braces(text).filter_map(|r| r.parts()).collect::<Vec<_>>();
        assert_eq!(all("{a.b} {{c.d}} ${e.f} #{g.h} {i}"), [("a", "b"), ("c", "d")]);
        let others = "#(a.b) # {c.d} #[e.f] #<g.h> #(i) # (j.k #{l.m}";
        let found: Vec<_> = in_other_brackets(others).filter_map(|r| r.parts()).collect();
        assert_eq!(found, [("a", "b"), ("c", "d"), ("e", "f"), ("g", "h")]);
        for text in ["a.b", "{{ a.b }}", "${a.b}", "#{a.b"] {
            assert_eq!(of_parts(text).as_deref(), Some("#{a.b}"), "{text}");
        }
        for text in ["a", "a.b c", ".b", "a.b.c", "äa.b"] {
            assert_eq!(of_parts(text), None, "{text}");
        }
    }

    #[test]
    fn other_signs_than_a_period_are_seen() {
        for text in ["a::b", "a->b", "a:b", "a/b", "a-b"] {
            assert_eq!(with_period(text), Some(written("a", "b")), "{text}");
        }
        assert_eq!(with_period("my-build/tag"), Some(written("my-build", "tag")));
        for text in ["ab", "a-b-c", "a/b/c", "/a", "a b"] {
            assert_eq!(with_period(text), None, "{text}");
        }
        assert!(is_reserved(VARIABLES) && is_reserved(EXECUTION) && !is_reserved("Build"));
    }

    #[test]
    fn a_text_may_be_one_reference() {
        assert_eq!(whole("#{a.b}").and_then(|reference| reference.parts()), Some(("a", "b")));
        assert_eq!(whole("#{a.b} "), None);
        assert_eq!(whole("#{a.b}#{c.d}"), None);
    }

    #[test]
    fn references_without_a_replacement_stay() {
        let by = |reference: &Reference<'_>| (reference.inner == "a.b").then(|| "1".to_owned());
        assert_eq!(replaced("ä#{a.b}#{c.d}#{e", by), "ä1#{c.d}#{e");
    }
}
