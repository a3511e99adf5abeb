//! The text of a plan with colours. They are always written; the stream removes them where they can't be seen: if it is not a terminal, and
//! where `NO_COLOR` says so.

use std::fmt::Write as _;
use std::io::{self, Write};

use anstream::adapter::StripBytes;
use anstyle::{AnsiColor, Effects, Style};

/// What comes.
const COMES: Style = AnsiColor::Green.on_default();
/// What goes, and errors.
const GOES: Style = AnsiColor::Red.on_default();
/// What changes, and warnings.
const CHANGES: Style = AnsiColor::Yellow.on_default();
/// What the program did not do.
const OUTSIDE: Style = AnsiColor::Magenta.on_default().effects(Effects::BOLD);
const HELP: Style = AnsiColor::Cyan.on_default();
const HEADING: Style = Style::new().effects(Effects::BOLD);

/// How the text of a plan marks what was changed outside, behind what it says.
const MARK: &str = " (changed outside";

/// The text of a plan with colours.
pub(super) fn coloured(plan: &str) -> String {
    let mut text = String::with_capacity(plan.len() * 2);
    for (index, line) in plan.split_inclusive('\n').enumerate() {
        let (line, end) = line.strip_suffix('\n').map_or((line, ""), |line| (line, "\n"));
        let (line, mark) = line.rfind(MARK).map_or((line, ""), |at| line.split_at(at));
        let word = line.trim_start();
        let style = match word.chars().next() {
            _ if index == 0 || line.starts_with("account ") => HEADING,
            Some('+') => COMES,
            Some('-') => GOES,
            Some('~') => CHANGES,
            _ if line.starts_with("warning[") || line.starts_with("partial: ") => CHANGES,
            _ if line.starts_with("error[") => GOES,
            _ if word.starts_with("help:") => HELP,
            _ => Style::new(),
        };
        // Writing to a string can't fail.
        let _ = write!(text, "{style}{line}{style:#}");
        if !mark.is_empty() {
            let _ = write!(text, "{OUTSIDE}{mark}{OUTSIDE:#}");
        }
        text.push_str(end);
    }
    text
}

/// A stream without colours.
pub(super) struct Plain<'a> {
    stream: &'a mut (dyn Write + Send),
    state: StripBytes,
}

impl<'a> Plain<'a> {
    pub(super) fn new(stream: &'a mut (dyn Write + Send)) -> Self {
        Self { stream, state: StripBytes::new() }
    }
}

impl Write for Plain<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for printable in self.state.strip_next(bytes) {
            self.stream.write_all(printable)?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAN: &str = "topology t: 1 to create, 1 to change, 0 to delete in 1 account\n\naccount A (1)\n  + role r\n      trusts x\n  \
                        ~ role s: trust policy (changed outside)\n      - trusts y\n\nwarning[XA1014] role s: m\n  help: h";

    #[test]
    fn colours_change_no_letter() {
        assert_eq!(anstream::adapter::strip_str(&coloured(PLAN)).to_string(), PLAN);
    }

    #[test]
    fn what_comes_goes_and_changes_has_a_colour_of_its_own() {
        let lines: Vec<String> = coloured(PLAN).lines().map(str::to_owned).collect();
        let line = |text: &str| lines.iter().find(|line| line.contains(text)).unwrap();
        assert_eq!(line("role r"), "\u{1b}[32m  + role r\u{1b}[0m");
        assert_eq!(line("trusts x"), "      trusts x");
        assert_eq!(
            line("trust policy"),
            "\u{1b}[33m  ~ role s: trust policy\u{1b}[0m\u{1b}[1m\u{1b}[35m (changed outside)\u{1b}[0m"
        );
        assert_eq!(line("trusts y"), "\u{1b}[31m      - trusts y\u{1b}[0m");
        assert_eq!(line("XA1014"), "\u{1b}[33mwarning[XA1014] role s: m\u{1b}[0m");
        assert_eq!(line("account A"), "\u{1b}[1maccount A (1)\u{1b}[0m");
    }
}
