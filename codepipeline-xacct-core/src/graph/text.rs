//! The picture for a terminal: a box for each account, and behind each stage what it assumes and starts, through the border where it
//! leaves the account.

use std::fmt;

use super::labels::times;
use super::levels::{between_accounts, levels};
use super::model::{AccountBox, At, DrawnLink, Graph};
use super::rows::{cells, notes, rows};
use crate::wiring::Sign;

/// A line of a box.
#[derive(Default)]
struct Line {
    inside: String,
    /// What continues behind it, and whether it leaves the account.
    arrow: Option<(String, bool)>,
}

impl From<String> for Line {
    fn from(inside: String) -> Self {
        Self { inside, arrow: None }
    }
}

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.title)?;
        let levels = levels(self.accounts.len(), &between_accounts(&self.arrows()));
        let mut order: Vec<usize> = (0..self.accounts.len()).collect();
        order.sort_by_key(|account| levels.get(*account));
        for account in order {
            if let Some(drawn) = self.accounts.get(account) {
                writeln!(f)?;
                self.draw(account, drawn, f)?;
            }
        }
        Ok(())
    }
}

impl Graph {
    fn draw(&self, account: usize, drawn: &AccountBox, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut lines: Vec<Line> = Vec::new();
        for (index, role) in drawn.roles.iter().enumerate() {
            let at = At { account, index };
            lines.push(format!("▶ {}", role.label()).into());
            let unused = self.links.iter().filter(|link| link.from.is_none() && link.role == Some(at));
            lines.extend(unused.map(|link| Line { inside: String::new(), arrow: self.start_of(link, account) }));
        }
        for (index, pipeline) in drawn.pipelines.iter().enumerate() {
            if !lines.is_empty() {
                lines.push(Line::default());
            }
            lines.push(pipeline.name().into());
            lines.extend(notes(pipeline).into_iter().map(|note| format!("  {note}").into()));
            for row in rows(self, At { account, index }) {
                let mut text = format!("  {}", row.text);
                if row.links.is_empty() {
                    lines.push(text.into());
                    continue;
                }
                for link in row.links {
                    lines.push(Line { inside: std::mem::take(&mut text), arrow: self.arrow(link, account) });
                }
            }
        }
        let title = drawn.title();
        let width = |line: &Line| match &line.arrow {
            Some((arrow, false)) => cells(&line.inside) + 1 + cells(arrow),
            Some((_, true)) => cells(&line.inside) + 3,
            None => cells(&line.inside),
        };
        let width = lines.iter().map(width).max().unwrap_or_default().max(cells(&title) + 2);
        writeln!(f, "┌─ {title} {}┐", "─".repeat((width + 2).saturating_sub(cells(&title) + 3)))?;
        for Line { inside, arrow } in &lines {
            match arrow {
                Some((arrow, true)) => {
                    let dashes = "─".repeat(width.saturating_sub(cells(inside) + 1));
                    writeln!(f, "│ {inside} {dashes}─┼─{arrow}")?;
                }
                Some((arrow, false)) => {
                    let dashes = width.saturating_sub(cells(inside) + 1 + cells(arrow));
                    writeln!(f, "│ {inside} {}{arrow} │", "─".repeat(dashes))?;
                }
                None => writeln!(f, "│ {inside}{} │", " ".repeat(width.saturating_sub(cells(inside))))?,
            }
        }
        writeln!(f, "└{}┘", "─".repeat(width + 2))
    }

    /// What a link assumes and starts, and whether that leaves the account.
    fn arrow(&self, link: &DrawnLink, account: usize) -> Option<(String, bool)> {
        let (start, leaves) = self.start_of(link, account).unwrap_or_default();
        let Some(role) = link.role else { return Some((start, leaves)) };
        let sign = link.assume.map_or('?', Sign::as_char);
        let name = self.role(role).map(|role| role.name()).unwrap_or_default();
        let place = self.place(role, account);
        let start = if start.is_empty() { start } else { format!(" ─{start}") };
        let text = format!("─ {sign} assume{} ─▶ {name}{place}{start}", times(link.count));
        Some((text, leaves || role.account != account))
    }

    fn start_of(&self, link: &DrawnLink, account: usize) -> Option<(String, bool)> {
        let target = link.target?;
        let sign = link.start.map_or('?', Sign::as_char);
        let name = self.pipeline(target).map(|pipeline| pipeline.name()).unwrap_or_default();
        // The role says where it is.
        let place = match link.role {
            Some(role) => self.place(target, role.account),
            None => self.place(target, account),
        };
        Some((format!("─ {sign} start{} ─▶ {name}{place}", times(link.count)), target.account != account))
    }

    /// ` in Prod`, for what is in another account.
    fn place(&self, at: At, account: usize) -> String {
        let name = self.accounts.get(at.account).filter(|_| at.account != account).map(AccountBox::name);
        name.map(|name| format!(" in {name}")).unwrap_or_default()
    }
}
