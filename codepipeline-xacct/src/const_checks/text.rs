//! Texts that are built while constants are evaluated: the messages of the checks, and ARNs.

use crate::core::sentences::Sentence;

/// A text that is built while constants are evaluated.
pub(super) struct ConstText {
    bytes: [u8; 2048],
    length: usize,
}

impl ConstText {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; 2048], length: 0 }
    }

    pub(super) const fn push(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut index = 0;
        while index < bytes.len() && self.length < self.bytes.len() {
            self.bytes[self.length] = bytes[index];
            self.length += 1;
            index += 1;
        }
        self
    }

    /// Adds a template with the placeholders `{Self}`, `{A}` and `{T}` for names.
    pub(super) const fn render(mut self, template: &str, this: &str, account: &str, target: &str) -> Self {
        let mut rest = template.as_bytes();
        while let [first, tail @ ..] = rest {
            if let [b'{', b'S', b'e', b'l', b'f', b'}', behind @ ..] = rest {
                self = self.push(this);
                rest = behind;
            } else if let [b'{', b'A', b'}', behind @ ..] = rest {
                self = self.push(account);
                rest = behind;
            } else if let [b'{', b'T', b'}', behind @ ..] = rest {
                self = self.push(target);
                rest = behind;
            } else {
                if self.length < self.bytes.len() {
                    self.bytes[self.length] = *first;
                    self.length += 1;
                }
                rest = tail;
            }
        }
        self
    }

    /// Adds where the item is declared, if that is known.
    pub(super) const fn declared(self, item: &str, at: &str) -> Self {
        if at.is_empty() { self } else { self.push("\n  note: `").push(item).push("` is declared at ").push(at) }
    }

    pub(super) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            // Only a text that was cut in the middle of a character.
            Err(_) => "wrong wiring (the names are too long to be shown)",
        }
    }

    #[track_caller]
    pub(super) const fn fail(&self) -> ! {
        panic!("{}", self.as_str())
    }
}

pub(super) const fn sentence(sentence: Sentence, this: &str, account: &str, target: &str) -> ConstText {
    ConstText::new().render(sentence.message, this, account, target).push("\n  help: ").render(
        sentence.help,
        this,
        account,
        target,
    )
}

pub(super) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// True where one of the items could not be read: that is reported already.
pub(super) const fn unread(a: &str, b: &str) -> bool {
    a.is_empty() || b.is_empty()
}

pub(super) const fn contains(list: &[&str], wanted: &str) -> bool {
    let mut index = 0;
    while index < list.len() {
        if same(list[index], wanted) {
            return true;
        }
        index += 1;
    }
    false
}
