//! Where each box is.

use crate::graph::arrows::{Arrow, End};
use crate::graph::levels::{between_accounts, levels};
use crate::graph::model::{AccountBox, At, Graph};
use crate::graph::rows::{cells, clipped, notes, rows};

/// How many columns of text a box has at most.
const COLUMNS: usize = 40;
/// Between the border of the picture and what is in it.
pub(super) const MARGIN: i32 = 20;
/// The height of the title.
const TITLE: i32 = 44;
/// The height of the name of an account.
const HEADER: i32 = 36;
/// Between boxes.
const GAP: i32 = 16;
/// Between the columns of accounts, for arrows and their labels.
const GUTTER: i32 = 220;
/// Between roles and pipelines, where arrows are.
const STARTS: i32 = 118;
/// How far a role sticks out of its account.
const STICKS_OUT: i32 = 18;
/// How far the boxes behind the first of several are shifted.
pub(super) const BEHIND: i32 = 4;
/// The height of a role.
const PILL: i32 = 26;
/// The height of a line of stages.
pub(super) const ROW: i32 = 20;
const NOTE: i32 = 15;

/// A rectangle.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Rect {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Rect {
    pub(super) fn right(self) -> i32 {
        self.x + self.width
    }

    pub(super) fn bottom(self) -> i32 {
        self.y + self.height
    }
}

/// A pipeline.
#[derive(Debug, Clone)]
pub(super) struct Card {
    pub(super) at: At,
    pub(super) rect: Rect,
    pub(super) name: String,
    pub(super) notes: Vec<String>,
    pub(super) rows: Vec<CardRow>,
}

/// A line of stages.
#[derive(Debug, Clone)]
pub(super) struct CardRow {
    pub(super) rect: Rect,
    pub(super) text: String,
    /// The stage, where something starts there.
    pub(super) stage: Option<usize>,
}

/// A role.
#[derive(Debug, Clone)]
pub(super) struct Pill {
    pub(super) at: At,
    pub(super) rect: Rect,
    pub(super) label: String,
}

/// An account.
#[derive(Debug, Clone, Default)]
pub(super) struct Frame {
    pub(super) account: usize,
    pub(super) column: usize,
    pub(super) rect: Rect,
    pub(super) cards: Vec<Card>,
    pub(super) pills: Vec<Pill>,
}

/// Where everything is.
#[derive(Debug, Clone, Default)]
pub(super) struct Layout {
    pub(super) frames: Vec<Frame>,
    /// Left and right of each column.
    pub(super) columns: Vec<(i32, i32)>,
    /// Right and bottom of all that is drawn so far.
    pub(super) right: i32,
    pub(super) bottom: i32,
}

impl Layout {
    pub(super) fn card(&self, at: At) -> Option<&Card> {
        self.frames.iter().flat_map(|frame| &frame.cards).find(|card| card.at == at)
    }

    pub(super) fn pill(&self, at: At) -> Option<&Pill> {
        self.frames.iter().flat_map(|frame| &frame.pills).find(|pill| pill.at == at)
    }

    pub(super) fn frame(&self, account: usize) -> Option<&Frame> {
        self.frames.iter().find(|frame| frame.account == account)
    }
}

/// How wide a text is, in a font of this many tenths of a pixel for a character.
pub(super) fn width(text: &str, tenths: i32) -> i32 {
    i32::try_from(cells(text)).unwrap_or(i32::MAX / 1000).saturating_mul(tenths) / 10
}

/// Places everything.
pub(super) fn layout(graph: &Graph, arrows: &[Arrow]) -> Layout {
    let levels = levels(graph.accounts.len(), &between_accounts(arrows));
    let of = |(account, drawn): (usize, &AccountBox)| {
        let column = levels.get(account).copied().unwrap_or_default();
        Frame { column, ..frame(graph, account, drawn, arrows) }
    };
    let frames: Vec<Frame> = graph.accounts.iter().enumerate().map(of).collect();
    let mut layout = Layout::default();
    // Room for the arrows around everything.
    let last = levels.iter().max().copied().unwrap_or_default();
    let around = |is: &dyn Fn(usize, usize) -> bool| {
        let level = |end: End| levels.get(end.account()).copied().unwrap_or_default();
        let ends = arrows.iter().map(|arrow| (level(arrow.from), level(arrow.to), arrow));
        let lanes = ends.filter(|(from, to, arrow)| {
            arrow.from.account() != arrow.to.account() && *to != from + 1 && is(*from, *to)
        });
        match i32::try_from(lanes.count()).unwrap_or_default() {
            0 => 0,
            lanes => 30 + 7 * lanes,
        }
    };
    let mut x = MARGIN + STICKS_OUT + around(&|_, to| to == 0) * 2;
    for column in 0..=last {
        let mut of_column: Vec<Frame> = frames.iter().filter(|frame| frame.column == column).cloned().collect();
        // Below each other like what leads to them.
        of_column.sort_by_key(|frame| middle_of_sources(&layout, arrows, frame.account));
        let width = of_column.iter().map(|frame| frame.rect.width).max().unwrap_or_default();
        let mut y = 0;
        for mut frame in of_column {
            frame.move_by(x, y);
            frame.rect.width = width;
            y = frame.rect.bottom() + GAP + 12;
            layout.frames.push(frame);
        }
        layout.columns.push((x, x + width));
        x += width + GUTTER;
    }
    // The columns are as high as the highest, each in its middle.
    let bottom = |column: usize, layout: &Layout| {
        let of_column = layout.frames.iter().filter(|frame| frame.column == column);
        of_column.map(|frame| frame.rect.bottom()).max().unwrap_or_default()
    };
    let bottoms: Vec<i32> = (0..layout.columns.len()).map(|column| bottom(column, &layout)).collect();
    let height = bottoms.iter().copied().max().unwrap_or_default();
    for frame in &mut layout.frames {
        let own = bottoms.get(frame.column).copied().unwrap_or_default();
        frame.move_by(0, TITLE + (height - own) / 2);
    }
    layout.right = layout.columns.last().map_or(MARGIN, |(_, right)| *right) + around(&|from, _| from == last);
    layout.bottom = TITLE + height;
    layout
}

fn middle_of_sources(layout: &Layout, arrows: &[Arrow], account: usize) -> i32 {
    let sources = arrows.iter().filter(|arrow| arrow.to.account() == account && arrow.from.account() != account);
    let heights = sources.filter_map(|arrow| match arrow.from {
        End::Stage(at, stage) => {
            let card = layout.card(at)?;
            let row = card.rows.iter().find(|row| row.stage == Some(stage));
            Some(row.map_or(card.rect.y, |row| row.rect.y))
        }
        End::Pipeline(_) | End::Role(_) => layout.frame(arrow.from.account()).map(|frame| frame.rect.y),
    });
    let heights: Vec<i32> = heights.collect();
    let count = i32::try_from(heights.len()).unwrap_or(i32::MAX).max(1);
    heights.iter().sum::<i32>() / count
}

/// An account with its upper left corner at the origin.
fn frame(graph: &Graph, account: usize, drawn: &AccountBox, arrows: &[Arrow]) -> Frame {
    let is_here = |arrow: &&Arrow| arrow.from.account() == account && arrow.to.account() == account;
    let of_roles = |arrow: &Arrow| [arrow.from, arrow.to].iter().any(|end| matches!(end, End::Role(_)));
    let roles_are_linked = arrows.iter().filter(is_here).any(of_roles);
    let loops = arrows.iter().filter(is_here).filter(|arrow| !of_roles(arrow)).count();
    let loops = i32::try_from(loops).unwrap_or_default();
    let pills: Vec<String> = drawn.roles.iter().map(|role| clipped(&role.label(), COLUMNS)).collect();
    let pill_width = pills.iter().map(|label| width(label, 73) + 28).max().unwrap_or_default();
    let left = match (pills.is_empty(), drawn.pipelines.is_empty()) {
        (true, _) => GAP,
        (false, true) => pill_width - STICKS_OUT,
        (false, false) => pill_width - STICKS_OUT + if roles_are_linked { STARTS } else { GAP },
    };
    let mut cards = Vec::new();
    let mut y = HEADER;
    for index in order(drawn, account, arrows) {
        let card = card(graph, At { account, index }, left, y);
        y = card.rect.bottom() + GAP;
        cards.push(card);
    }
    let card_width = cards.iter().map(|card| card.rect.width).max().unwrap_or_default();
    for card in &mut cards {
        card.rect.width = card_width;
        card.rows.iter_mut().for_each(|row| row.rect.width = card_width - 20);
    }
    let mut frame = Frame { account, cards, ..Frame::default() };
    frame.pills = pills_at(account, &pills, pill_width, &frame, arrows);
    let bottom = frame.pills.iter().map(|pill| pill.rect.bottom() + GAP).max().unwrap_or_default().max(y);
    let note = drawn.note();
    let header = width(&clipped(&drawn.name(), COLUMNS), 80) + width(&note, 68) + 3 * GAP;
    let right = if loops > 0 { 100 + 14 * loops } else { GAP };
    frame.rect = Rect { x: 0, y: 0, width: (left + card_width + right).max(header), height: bottom.max(HEADER + GAP) };
    frame
}

/// The pipelines of an account, each below those of the account that start it.
fn order(drawn: &AccountBox, account: usize, arrows: &[Arrow]) -> Vec<usize> {
    let steps: Vec<(usize, usize)> = arrows
        .iter()
        .filter_map(|arrow| match (arrow.from, arrow.to) {
            (End::Stage(from, _), End::Pipeline(to)) if from.account == account && to.account == account => {
                Some((from.index, to.index))
            }
            _ => None,
        })
        .collect();
    let levels = levels(drawn.pipelines.len(), &steps);
    let mut order: Vec<usize> = (0..drawn.pipelines.len()).collect();
    order.sort_by_key(|index| levels.get(*index));
    order
}

fn card(graph: &Graph, at: At, x: i32, y: i32) -> Card {
    let pipeline = graph.pipeline(at);
    let name = clipped(&pipeline.map(|pipeline| pipeline.name()).unwrap_or_default(), COLUMNS);
    let notes = pipeline.map(notes).unwrap_or_default();
    let notes: Vec<String> = notes.iter().map(|note| clipped(note, COLUMNS + 6)).collect();
    let mut below = y + 30 + NOTE * i32::try_from(notes.len()).unwrap_or_default();
    let mut lines = Vec::new();
    for row in rows(graph, at) {
        let rect = Rect { x: x + 10, y: below + 4, width: 0, height: ROW };
        below = rect.bottom();
        lines.push(CardRow {
            rect,
            text: clipped(&row.text, COLUMNS),
            stage: row.links.first().map(|link| link.stage),
        });
    }
    let of_notes = notes.iter().map(|note| width(note, 68));
    let of_rows = lines.iter().map(|row| width(&row.text, 68) + 36);
    let width = of_notes.chain(of_rows).chain([width(&name, 80), 130]).max().unwrap_or_default() + 28;
    Card { at, rect: Rect { x, y, width, height: below + 10 - y }, name, notes, rows: lines }
}

/// Each role next to the first pipeline that it starts, and none on another.
fn pills_at(account: usize, labels: &[String], width: i32, frame: &Frame, arrows: &[Arrow]) -> Vec<Pill> {
    let wanted = |at: At| {
        let started = arrows.iter().find_map(|arrow| match (arrow.from, arrow.to) {
            (End::Role(role), End::Pipeline(target)) if role == at => Some(target),
            _ => None,
        });
        let card = frame.cards.iter().find(|card| Some(card.at) == started);
        card.map_or(HEADER, |card| card.rect.y) + 7
    };
    let mut pills: Vec<Pill> = labels
        .iter()
        .enumerate()
        .map(|(index, label)| {
            let at = At { account, index };
            let rect = Rect { x: -STICKS_OUT, y: wanted(at), width, height: PILL };
            Pill { at, rect, label: label.clone() }
        })
        .collect();
    pills.sort_by_key(|pill| pill.rect.y);
    let mut free = 0;
    for pill in &mut pills {
        pill.rect.y = pill.rect.y.max(free);
        free = pill.rect.bottom() + 14;
    }
    pills
}

impl Frame {
    fn move_by(&mut self, x: i32, y: i32) {
        let rows = self.cards.iter_mut().flat_map(|card| &mut card.rows).map(|row| &mut row.rect);
        rows.for_each(|rect| rect.move_by(x, y));
        self.cards.iter_mut().for_each(|card| card.rect.move_by(x, y));
        self.pills.iter_mut().for_each(|pill| pill.rect.move_by(x, y));
        self.rect.move_by(x, y);
    }
}

impl Rect {
    fn move_by(&mut self, x: i32, y: i32) {
        self.x += x;
        self.y += y;
    }
}
