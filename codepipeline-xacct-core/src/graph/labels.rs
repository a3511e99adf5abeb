//! The words of a picture, the same in each form.

use indexmap::IndexSet;

use super::model::{AccountBox, Named, PipelineBox, RoleBox};
use crate::topology::items::Ownership;

/// One name for several: `deploy`, `a, b`, `a … z`; `deploy-2` comes before `deploy-10`.
pub(super) fn span<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: IndexSet<&str> = names.collect();
    if names.len() > 2 {
        names.sort_by_key(|name| (name.chars().count(), *name));
    }
    match (names.len(), names.first(), names.last()) {
        (0 | 1, first, _) => first.map(|name| (*name).to_owned()).unwrap_or_default(),
        (2, Some(first), Some(last)) => format!("{first}, {last}"),
        (_, first, last) => format!("{} … {}", first.unwrap_or(&""), last.unwrap_or(&"")),
    }
}

fn names<T>(of: &[Named<T>]) -> String {
    span(of.iter().map(|named| named.name.as_str()))
}

/// `× 40`; nothing for one.
pub(super) fn times(count: usize) -> String {
    if count > 1 { format!(" ×{count}") } else { String::new() }
}

fn of_others(ownership: Option<Ownership>) -> Option<&'static str> {
    ownership.filter(|ownership| *ownership != Ownership::Managed).map(Ownership::as_str)
}

impl AccountBox {
    /// The names.
    pub fn name(&self) -> String {
        names(&self.accounts)
    }

    /// The names, with the ids or how many accounts there are in parentheses.
    pub(super) fn title(&self) -> String {
        match self.note() {
            note if note.is_empty() => self.name(),
            note => format!("{} ({note})", self.name()),
        }
    }

    /// The ids, or how many accounts there are.
    pub fn note(&self) -> String {
        match self.accounts.as_slice() {
            [account] if account.name == account.id.as_str() => String::new(),
            [account] => account.id.to_string(),
            accounts => format!("{} accounts", accounts.len()),
        }
    }
}

impl PipelineBox {
    /// The names.
    pub fn name(&self) -> String {
        names(&self.pipelines)
    }

    /// How they are called in AWS, where, and who manages them.
    pub fn note(&self) -> String {
        let aws = span(self.pipelines.iter().map(|pipeline| pipeline.id.name().as_str()));
        let regions: IndexSet<&str> = self.pipelines.iter().map(|pipeline| pipeline.id.region().as_str()).collect();
        let regions = match regions.len() {
            0..=2 => regions.into_iter().collect::<Vec<_>>().join(", "),
            several => format!("{several} Regions"),
        };
        let aws = if aws == self.name() { String::new() } else { format!("{aws} ") };
        let whose = of_others(self.ownership).map(|ownership| format!("{ownership} ")).unwrap_or_default();
        format!("{whose}{aws}in {regions}")
    }

    /// `× 40 pipelines in 40 accounts`, for more than one.
    pub fn caption(&self) -> Option<String> {
        let accounts: IndexSet<_> = self.pipelines.iter().map(|pipeline| pipeline.id.account()).collect();
        let count = self.pipelines.len();
        (count > 1).then(|| match accounts.len() {
            1 => format!("× {count} pipelines"),
            accounts => format!("× {count} pipelines in {accounts} accounts"),
        })
    }

    /// `runs as deploy-service ✓`
    pub fn service(&self) -> Option<String> {
        let sign = self.service_trust?.as_char();
        Some(format!("runs as {} {sign}", names(&self.service_roles)))
    }

    /// The ARNs, for a tooltip.
    pub fn arns(&self) -> String {
        arns(self.pipelines.iter().map(|pipeline| pipeline.id.to_string()))
    }

    /// True for one that this program doesn't manage.
    pub fn is_of_others(&self) -> bool {
        of_others(self.ownership).is_some()
    }
}

impl RoleBox {
    /// The names.
    pub fn name(&self) -> String {
        names(&self.roles)
    }

    /// The name, how many there are, and who manages them.
    pub fn label(&self) -> String {
        let whose = of_others(self.ownership).map(|ownership| format!("{ownership} ")).unwrap_or_default();
        format!("{whose}role {}{}", self.name(), times(self.roles.len()))
    }

    /// The ARNs, for a tooltip.
    pub fn arns(&self) -> String {
        arns(self.roles.iter().map(|role| role.id.to_string()))
    }

    /// True for one that this program doesn't manage.
    pub fn is_of_others(&self) -> bool {
        of_others(self.ownership).is_some()
    }
}

fn arns(arns: impl ExactSizeIterator<Item = String>) -> String {
    const SHOWN: usize = 10;
    let more = arns.len().saturating_sub(SHOWN);
    let mut lines: Vec<String> = arns.take(SHOWN).collect();
    if more > 0 {
        lines.push(format!("and {more} more"));
    }
    lines.join("\n")
}
