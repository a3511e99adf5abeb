//! The layout of a call: nodes to text.

use std::ops::Range;

use codepipeline_xacct_core::topology::Ownership;
use proc_macro2::Span;
use syn::spanned::Spanned as _;
use syn::{Attribute, LitStr, Path, Visibility};

use super::source::{self, CallSource};
use super::style::Style;
use crate::ast::{
    ActionNode, CallNode, EntryNode, FieldNode, ItemNode, ItemNodeKind, MapKey, ProviderNode, StageNode, ValueNode,
    path_text,
};

/// The text between the delimiters of a call.
pub(super) fn body(source: &CallSource<'_>, file: &CallNode, inside: &Range<usize>, style: &Style) -> String {
    let open = inside.start.saturating_sub(1);
    let line = source.text.get(..open).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
    let leading = line.get(..line.len() - line.trim_start().len()).unwrap_or_default();
    let indent = leading.chars().map(|c| if c == '\t' { style.tab_spaces } else { 1 }).sum();
    let mut entries: Vec<LayoutNode<'_>> = Vec::new();
    if let Some(library) = &file.library {
        let start = source.start(library.segments.first().map_or_else(Span::call_site, |s| s.ident.span()));
        // `crate` and `=` come before it.
        let start = source.previous(source.previous(start));
        entries.push(LayoutNode { start, end: inside.end, kind: NodeKind::Library(library) });
    }
    entries.extend(file.items.iter().map(|item| LayoutNode {
        start: first_token(source, item),
        end: 0,
        kind: NodeKind::Item(item),
    }));
    let ends: Vec<usize> = entries.iter().skip(1).map(|node| node.start).chain([inside.end]).collect();
    entries.iter_mut().zip(ends).for_each(|(node, end)| node.end = end);
    let mut layout = Layout { source, style, written: inside.start, one_line: false };
    if !source.breaks_behind(open) && file.items.len() < 2 {
        let one = layout.in_one_line(&entries, inside.start, inside.end, Separator::Clause);
        let used = line.chars().count() + 4;
        if let Some(one) = one.filter(|one| used + one.chars().count() <= style.max_width) {
            return if one.is_empty() { String::new() } else { format!(" {one} ") };
        }
    }
    let mut out = String::new();
    layout.lines(&entries, indent + style.tab_spaces, inside.end, Separator::Clause, &mut out);
    format!("{out}\n{}", style.pad(indent))
}

/// Where an item begins: its attributes, or its head.
fn first_token(source: &CallSource<'_>, item: &ItemNode) -> usize {
    let attribute = item.attributes.first();
    attribute.map_or_else(|| head_token(source, item), |attribute| source.start(attribute.pound_token.span))
}

/// Where the head of an item begins: its visibility, or its words.
fn head_token(source: &CallSource<'_>, item: &ItemNode) -> usize {
    if !matches!(item.visibility, Visibility::Inherited) {
        return source.start(item.visibility.span());
    }
    let kind = source.previous(source.start(item.name.span()));
    match ownership(item) {
        Ownership::Managed => kind,
        Ownership::Extended | Ownership::Extern => source.previous(kind),
    }
}

fn ownership(item: &ItemNode) -> Ownership {
    match &item.kind {
        ItemNodeKind::Account { .. } if item.contract.is_some() => Ownership::Extern,
        ItemNodeKind::Account { .. } => Ownership::Managed,
        ItemNodeKind::Role { ownership, .. } | ItemNodeKind::Pipeline { ownership, .. } => *ownership,
    }
}

/// Something that can have its own line.
struct LayoutNode<'a> {
    start: usize,
    /// Where the next one begins, or the group ends.
    end: usize,
    kind: NodeKind<'a>,
}

enum NodeKind<'a> {
    Library(&'a Path),
    Item(&'a ItemNode),
    Field(&'a FieldNode),
    Stage(&'a StageNode),
    Action(&'a ActionNode),
    Entry(&'a EntryNode),
    Value(&'a ValueNode),
}

/// What follows an entry.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Separator {
    /// A comma after everything.
    Comma,
    /// A comma after keys, nothing after clauses and items.
    Clause,
}

struct Layout<'a> {
    source: &'a CallSource<'a>,
    style: &'a Style,
    /// Up to where comments are written.
    written: usize,
    /// True where one line of any length is wanted: a node that needs more writes a line break and stops.
    one_line: bool,
}

impl Layout<'_> {
    /// One entry per line, from the line after the opening delimiter; comments stay where they were.
    fn lines(&mut self, nodes: &[LayoutNode<'_>], indent: usize, to: usize, separator: Separator, out: &mut String) {
        let pad = self.style.pad(indent);
        for (index, node) in nodes.iter().enumerate() {
            let commented = self.comments(node.start, index == 0, &pad, out);
            let blank = self.source.blank_before(node.start) && (index > 0 || commented);
            out.push_str(if blank { "\n\n" } else { "\n" });
            out.push_str(&pad);
            let comma = separator == Separator::Comma || matches!(node.kind, NodeKind::Field(_));
            self.node(node, indent, indent, usize::from(comma), out);
            if comma {
                out.push(',');
            }
        }
        self.comments(to, nodes.is_empty(), &pad, out);
    }

    /// The comments up to a place that are not written yet: at the end of the line, or on their own lines. True if
    /// there are any.
    fn comments(&mut self, to: usize, first: bool, pad: &str, out: &mut String) -> bool {
        let from = self.written;
        self.written = from.max(to);
        let comments = self.source.comments_within(from, to);
        let mut behind = true;
        for (index, comment) in comments.iter().enumerate() {
            // After something on its line, or after such a comment, unless that is a line comment or spans lines.
            let before = index.checked_sub(1).and_then(|index| comments.get(index)).map_or("", |before| &before.text);
            behind = comment.trailing && behind && !before.starts_with("//") && !before.contains('\n');
            if behind {
                out.push(' ');
            } else {
                let blank = self.source.blank_before(comment.start) && !(first && index == 0);
                out.push_str(if blank { "\n\n" } else { "\n" });
                out.push_str(pad);
            }
            out.push_str(&comment.text);
        }
        !comments.is_empty()
    }

    /// Entries on one line; `None` where one of them needs more, or there is a comment between them.
    fn in_one_line(&self, nodes: &[LayoutNode<'_>], from: usize, to: usize, separator: Separator) -> Option<String> {
        let mut out = String::new();
        for (index, node) in nodes.iter().enumerate() {
            if index > 0 {
                let comma = separator == Separator::Comma
                    || nodes.get(index - 1).is_some_and(|node| matches!(node.kind, NodeKind::Field(_)));
                out.push_str(if comma { ", " } else { " " });
            }
            out.push_str(&self.one_line(node)?);
        }
        // Comments in Rust expressions are written with the expressions.
        let comments = self.source.comments_within(from, to).len();
        (comments == 0 || comments == source::comments(&out).len()).then_some(out)
    }

    fn one_line(&self, node: &LayoutNode<'_>) -> Option<String> {
        let mut out = String::new();
        Layout { source: self.source, style: self.style, written: node.start, one_line: true }
            .node(node, 0, 0, 0, &mut out);
        (!out.contains('\n')).then_some(out)
    }

    /// A node that starts at a column; `room` is the width of what has to follow it.
    fn node(&mut self, node: &LayoutNode<'_>, indent: usize, column: usize, room: usize, out: &mut String) {
        match &node.kind {
            NodeKind::Library(path) => {
                out.push_str("crate = ");
                out.push_str(&path_text(path));
                out.push(';');
            }
            NodeKind::Item(item) => self.item(item, indent, out),
            NodeKind::Field(field) => {
                let head = format!("{}: ", field.key);
                out.push_str(&head);
                self.value(&field.value, indent, column + head.chars().count(), room, out);
            }
            NodeKind::Entry(entry) => {
                let key = match &entry.key {
                    MapKey::Ident(ident) => ident.to_string(),
                    MapKey::Str(text) => self.source.token(text.span()).to_owned(),
                };
                out.push_str(&key);
                if let Some(value) = &entry.value {
                    out.push_str(": ");
                    self.value(value, indent, column + key.chars().count() + 2, room, out);
                }
            }
            NodeKind::Value(value) => self.value(value, indent, column, room, out),
            NodeKind::Stage(stage) => {
                let name = self.source.token(stage.name.span());
                let place = stage.added.as_ref().and_then(|added| added.place.as_ref());
                let (head, last) = match place {
                    Some(place) => {
                        let (word, anchor) = (place.word(), place.anchor.span());
                        (format!("add stage {name} {word} {} ", self.source.token(anchor)), anchor)
                    }
                    None => (format!("stage {name} "), stage.name.span()),
                };
                out.push_str(&head);
                let open = self.source.next(last.byte_range().end);
                let nodes = self.nodes(&stage.fields, &[], &stage.actions, open);
                self.group(&nodes, open, Separator::Clause, indent, column + head.chars().count(), 0, out);
            }
            NodeKind::Action(action) => self.action(action, indent, column, out),
        }
    }

    fn item(&mut self, item: &ItemNode, indent: usize, out: &mut String) {
        let pad = self.style.pad(indent);
        let (head, mut attributes) = (head_token(self.source, item), item.attributes.iter().peekable());
        while let Some(attribute) = attributes.next() {
            out.push_str(self.attribute(attribute));
            let end = attribute.bracket_token.span.close().byte_range().end;
            self.written = self.written.max(end);
            let next = attributes.peek().map_or(head, |next| self.source.start(next.pound_token.span));
            self.comments(next, false, &pad, out);
            out.push('\n');
            out.push_str(&pad);
        }
        let begin = out.len();
        match &item.visibility {
            Visibility::Inherited => {}
            Visibility::Public(_) => out.push_str("pub "),
            Visibility::Restricted(restricted) => {
                let open = restricted.paren_token.span.open().byte_range().start;
                out.push_str("pub");
                self.verbatim(open, indent, out);
                out.push(' ');
            }
        }
        let ownership = ownership(item);
        if ownership != Ownership::Managed {
            out.push_str(ownership.as_str());
            out.push(' ');
        }
        let name = &item.name;
        let behind = name.span().byte_range().end;
        match &item.kind {
            ItemNodeKind::Account { .. } if item.contract.is_some() => {
                let path = item.contract.as_ref().map(|contract| self.source.token(contract.path.span()));
                out.push_str(&format!("account {name} from {};", path.unwrap_or_default()));
            }
            ItemNodeKind::Account { id, fields } => {
                let id = id.as_ref().map(|id| self.source.token(id.span())).unwrap_or_default();
                out.push_str(&format!("account {name} = {id}"));
                // The id, then its keys or a semicolon.
                let open = self.source.next(self.source.next(self.source.next(behind) + 1) + id.len().max(1));
                if self.source.text.get(open..).is_some_and(|rest| rest.starts_with('{')) {
                    out.push(' ');
                    let column = indent + out.get(begin..).unwrap_or_default().chars().count();
                    let nodes = self.nodes(fields, &[], &[], open);
                    self.group(&nodes, open, Separator::Clause, indent, column, 0, out);
                } else {
                    out.push(';');
                }
            }
            ItemNodeKind::Role { account, fields, .. } => {
                out.push_str(&format!("role {name}"));
                match &item.contract {
                    None if item.from_account => out.push_str(&of_account(account.as_ref())),
                    Some(contract) => self.contract(account.as_ref(), &contract.path, out),
                    None => self.body(account.as_ref(), behind, fields, &[], (indent, begin), out),
                }
            }
            ItemNodeKind::Pipeline { account, fields, stages, .. } => {
                out.push_str(&format!("pipeline {name}"));
                let mut behind = behind;
                let next = self.source.next(behind);
                if self.source.text.get(next..).is_some_and(|rest| rest.starts_with('(')) {
                    behind = self.source.close(next) + 1;
                    self.verbatim(next, indent, out);
                }
                match &item.contract {
                    None if item.from_account => out.push_str(&of_account(account.as_ref())),
                    Some(contract) => self.contract(account.as_ref(), &contract.path, out),
                    None => self.body(account.as_ref(), behind, fields, stages, (indent, begin), out),
                }
            }
        }
    }

    /// ` in account from "path";`
    fn contract(&self, account: Option<&Path>, path: &LitStr, out: &mut String) {
        let account = account.map(path_text).unwrap_or_default();
        out.push_str(&format!(" in {account} from {};", self.source.token(path.span())));
    }

    /// ` in account { … }`
    fn body(
        &mut self,
        account: Option<&Path>,
        behind: usize,
        fields: &[FieldNode],
        stages: &[StageNode],
        (indent, begin): (usize, usize),
        out: &mut String,
    ) {
        let account = account.map(path_text).unwrap_or_default();
        out.push_str(&format!(" in {account} "));
        // The first brace after the path.
        let mut open = self.source.next(behind);
        while self.source.text.get(open..).is_some_and(|rest| !rest.starts_with('{') && !rest.is_empty()) {
            open = self.source.next(open + 1);
        }
        let head = out.get(begin..).unwrap_or_default();
        let column = indent + head.rsplit('\n').next().unwrap_or_default().chars().count();
        let nodes = self.nodes(fields, stages, &[], open);
        self.group(&nodes, open, Separator::Clause, indent, column, 0, out);
    }

    fn attribute(&self, attribute: &Attribute) -> &str {
        let start = self.source.start(attribute.pound_token.span);
        let end = attribute.bracket_token.span.close().byte_range().end;
        self.source.text.get(start..end).unwrap_or_default().trim_end_matches(['\r', '\n'])
    }

    fn action(&mut self, action: &ActionNode, indent: usize, column: usize, out: &mut String) {
        let name = self.source.token(action.name.span());
        let add = if action.added.is_some() { "add " } else { "" };
        let mut head = format!("{add}{} {name}: ", action.keyword.as_str());
        match &action.provider {
            Some(ProviderNode::Path(path)) => head.push_str(&path_text(path)),
            Some(ProviderNode::Type(parts, _)) => {
                let parts: Vec<&str> = parts.iter().map(|part| self.source.token(part.span())).collect();
                head.push_str(&format!("type({})", parts.join(", ")));
            }
            Some(ProviderNode::Quoted(text)) => head.push_str(self.source.token(text.span())),
            None => {}
        }
        head.push(' ');
        out.push_str(&head);
        let mut open = self.source.next(action.name.span().byte_range().end);
        while self.source.text.get(open..).is_some_and(|rest| !rest.starts_with('{') && !rest.is_empty()) {
            open = self.source.next(open + 1);
        }
        let nodes = self.nodes(&action.fields, &[], &[], open);
        self.group(&nodes, open, Separator::Clause, indent, column + head.chars().count(), 0, out);
    }

    /// Keys and clauses in the order of the source.
    fn nodes<'n>(
        &self,
        fields: &'n [FieldNode],
        stages: &'n [StageNode],
        actions: &'n [ActionNode],
        open: usize,
    ) -> Vec<LayoutNode<'n>> {
        let node = |start: usize, kind: NodeKind<'n>| LayoutNode { start, end: 0, kind };
        // The words of a clause come before its name.
        let clause = |added: Option<Span>, name: Span| match added {
            Some(added) => self.source.start(added),
            None => self.source.previous(self.source.start(name)),
        };
        let fields = fields.iter().map(|field| node(self.source.start(field.key.span()), NodeKind::Field(field)));
        let stages = stages.iter().map(|stage| {
            node(clause(stage.added.as_ref().map(|added| added.span), stage.name.span()), NodeKind::Stage(stage))
        });
        let actions =
            actions.iter().map(|action| node(clause(action.added, action.name.span()), NodeKind::Action(action)));
        let mut nodes: Vec<LayoutNode<'n>> = fields.chain(stages).chain(actions).collect();
        nodes.sort_by_key(|node| node.start);
        self.ended(nodes, open)
    }

    fn ended<'n>(&self, mut nodes: Vec<LayoutNode<'n>>, open: usize) -> Vec<LayoutNode<'n>> {
        let ends: Vec<usize> = nodes.iter().skip(1).map(|node| node.start).chain([self.source.close(open)]).collect();
        nodes.iter_mut().zip(ends).for_each(|(node, end)| node.end = end);
        nodes
    }

    /// A group on one line if it was started on one line and fits, else with a line for each entry.
    #[expect(clippy::too_many_arguments, reason = "a group, where it is, and what is around it")]
    fn group(
        &mut self,
        nodes: &[LayoutNode<'_>],
        open: usize,
        separator: Separator,
        indent: usize,
        column: usize,
        room: usize,
        out: &mut String,
    ) {
        let close = self.source.close(open);
        let delimiters = match self.source.text.get(open..) {
            Some(text) if text.starts_with('[') => ("[", "]", ""),
            Some(text) if text.starts_with('(') => ("(", ")", ""),
            _ => ("{", "}", " "),
        };
        let (begin, end, space) = delimiters;
        // Comments before the group move into it, which needs several lines.
        let pending = !self.source.comments_within(self.written, open).is_empty();
        if !pending
            && !self.source.breaks_behind(open)
            && let Some(one) = self.in_one_line(nodes, open + 1, close, separator)
        {
            let space = if one.is_empty() { "" } else { space };
            let length = one.chars().count() + 2 + 2 * space.len() + room;
            if self.one_line || column.saturating_add(length) <= self.style.max_width {
                out.push_str(&format!("{begin}{space}{one}{space}{end}"));
                self.written = self.written.max(close);
                return;
            }
        }
        // If one line is wanted, a line break says that it failed; the rest doesn't matter.
        let empty = !pending && nodes.is_empty() && self.source.comments_within(open + 1, close).is_empty();
        if self.one_line && !empty {
            out.push('\n');
            return;
        }
        out.push_str(begin);
        if empty {
            out.push_str(end);
            return;
        }
        self.lines(nodes, indent + self.style.tab_spaces, close, separator, out);
        out.push('\n');
        out.push_str(&self.style.pad(indent));
        out.push_str(end);
    }

    fn value(&mut self, value: &ValueNode, indent: usize, column: usize, room: usize, out: &mut String) {
        match value {
            ValueNode::Str(text) => out.push_str(self.source.token(text.span())),
            ValueNode::Int(number) => out.push_str(self.source.token(number.span())),
            ValueNode::Bool(boolean) => out.push_str(self.source.token(boolean.span())),
            ValueNode::Path(path) => out.push_str(&path_text(path)),
            ValueNode::Call(path, values) => {
                let name = path_text(path);
                out.push_str(&name);
                let last = path.segments.last().map_or_else(Span::call_site, |s| s.ident.span());
                let open = self.source.next(last.byte_range().end);
                // The braces of a single map go on the line of the parentheses.
                if let [ValueNode::Map(entries, span)] = values.as_slice() {
                    out.push('(');
                    self.map(entries, *span, indent, column + name.chars().count() + 1, room + 1, out);
                    out.push(')');
                } else {
                    let nodes = self.values(values, open);
                    self.group(&nodes, open, Separator::Comma, indent, column + name.chars().count(), room, out);
                }
            }
            ValueNode::List(values, span) if self.is_hugged(values, *span) => {
                out.push('[');
                if let [ValueNode::Map(entries, span)] = values.as_slice() {
                    self.map(entries, *span, indent, column + 1, room + 1, out);
                }
                out.push(']');
            }
            ValueNode::List(values, span) => {
                let open = self.source.start(*span);
                let nodes = self.values(values, open);
                self.group(&nodes, open, Separator::Comma, indent, column, room, out);
            }
            ValueNode::Map(entries, span) => self.map(entries, *span, indent, column, room, out),
            ValueNode::Runtime(_, span) => self.verbatim(self.source.start(*span), indent, out),
            ValueNode::NotAValue(..) | ValueNode::Hole(..) => {}
        }
    }

    /// True for a list of one map whose brackets touch its braces.
    fn is_hugged(&self, values: &[ValueNode], span: Span) -> bool {
        let open = self.source.start(span);
        matches!(values, [ValueNode::Map(_, inner)] if self.source.start(*inner) == open + 1)
    }

    /// A group of Rust, unchanged, with the comments before it.
    fn verbatim(&mut self, open: usize, indent: usize, out: &mut String) {
        for comment in self.source.comments_within(self.written, open) {
            out.push_str(&comment.text);
            if comment.text.starts_with("//") {
                out.push('\n');
                out.push_str(&self.style.pad(indent + self.style.tab_spaces));
            } else {
                out.push(' ');
            }
        }
        let close = self.source.close(open);
        out.push_str(self.source.text.get(open..=close).unwrap_or_default());
        self.written = self.written.max(close);
    }

    fn map(&mut self, entries: &[EntryNode], span: Span, indent: usize, column: usize, room: usize, out: &mut String) {
        let open = self.source.start(span);
        let node = |entry| LayoutNode { start: 0, end: 0, kind: NodeKind::Entry(entry) };
        let nodes =
            entries.iter().map(|entry| LayoutNode { start: self.source.start(entry.key.span()), ..node(entry) });
        let nodes = self.ended(nodes.collect(), open);
        self.group(&nodes, open, Separator::Comma, indent, column, room, out);
    }

    fn values<'n>(&self, values: &'n [ValueNode], open: usize) -> Vec<LayoutNode<'n>> {
        let start = |value: &ValueNode| match value {
            ValueNode::Path(path) | ValueNode::Call(path, _) => {
                let first = path.segments.first().map_or_else(Span::call_site, |s| s.ident.span());
                let start = self.source.start(first);
                // Two colons may come before it.
                if path.leading_colon.is_some() { self.source.previous(self.source.previous(start)) } else { start }
            }
            value => self.source.start(value.span()),
        };
        let nodes = values.iter().map(|value| LayoutNode { start: start(value), end: 0, kind: NodeKind::Value(value) });
        self.ended(nodes.collect(), open)
    }
}

/// ` in account;`
fn of_account(account: Option<&Path>) -> String {
    format!(" in {};", account.map(path_text).unwrap_or_default())
}
