//! The ways of the arrows.

use super::layout::{Layout, Rect};
use crate::graph::arrows::{Arrow, End};

/// Where an arrow goes, and where its label is.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Route {
    /// The line, as the path of SVG.
    pub(super) path: String,
    /// The head.
    pub(super) head: String,
    pub(super) label: Label,
    /// True where label and head are inside an account.
    pub(super) inside: bool,
}

/// Where a label is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Label {
    pub(super) x: i32,
    pub(super) y: i32,
    /// True where the text ends there; otherwise it begins there.
    pub(super) ends: bool,
}

/// The routes of all arrows. The layout grows by the lanes of those that don't go to the next column.
pub(super) fn routes(layout: &mut Layout, arrows: &[Arrow]) -> Vec<Option<Route>> {
    let mut lanes = 0;
    let mut loops = 0;
    let bottom = layout.bottom;
    let routes = arrows.iter().map(|arrow| route(layout, arrow, &mut lanes, &mut loops)).collect();
    layout.bottom = bottom + 14 * lanes + if lanes > 0 { 10 } else { 0 };
    routes
}

fn route(layout: &Layout, arrow: &Arrow, lanes: &mut i32, loops: &mut i32) -> Option<Route> {
    let (from_account, to_account) = (arrow.from.account(), arrow.to.account());
    let (source, target) = (layout.frame(from_account)?, layout.frame(to_account)?);
    let from = from_rect(layout, arrow.from)?;
    let to = to_rect(layout, arrow.to)?;
    let (from_y, to_y) = (from.y + from.height / 2, to.y + to.height / 2);
    if from_account == to_account {
        return Some(match (arrow.from, arrow.to) {
            // Back to the border.
            (End::Stage(..), End::Role(_)) => {
                let label = Label { x: to.right() + 14, y: to_y + 15, ends: false };
                to_the_left((from.x, from_y), (to.right(), to_y), 50, label)
            }
            (End::Stage(..), _) => {
                let x = to.right();
                *loops += 1;
                let bulge = 22 + 14 * *loops + (to_y - from_y).abs() / 8;
                let label = Label { x: x + 14, y: beside(from_y, to_y), ends: false };
                to_the_left((from.right(), from_y), (x, to_y), -bulge, label)
            }
            _ => {
                let bend = ((to.x - from.right()) / 2).max(30);
                curve((from.right(), from_y), (to.x, to_y), (bend, bend), true)
            }
        });
    }
    if target.column == source.column + 1 {
        // It goes up or down close to where it begins, and so not through the labels at the ends of others.
        let across = to.x - from.right();
        let bends = (across / 5, across * 4 / 5);
        return Some(curve((from.right(), from_y), (to.x, to_y), bends, matches!(arrow.to, End::Pipeline(_))));
    }
    // Below all boxes.
    let out = layout.columns.get(source.column)?.1 + 24 + 7 * *lanes;
    let back = layout.columns.get(target.column)?.0 - 34 - 7 * *lanes;
    let lane = layout.bottom + 10 + 14 * *lanes;
    *lanes += 1;
    let points = [(from.right(), from_y), (out, from_y), (out, lane), (back, lane), (back, to_y), (to.x - 7, to_y)];
    Some(Route {
        path: rounded(&points),
        head: format!("M{} {to_y}l-9 -4.5v9z", to.x),
        label: Label { x: to.x - 12, y: to_y - 7, ends: true },
        inside: false,
    })
}

/// Where an arrow begins: the line of a stage, or the box.
fn from_rect(layout: &Layout, end: End) -> Option<Rect> {
    let End::Stage(at, stage) = end else { return to_rect(layout, end) };
    let card = layout.card(at)?;
    let row = card.rows.iter().find(|row| row.stage == Some(stage));
    Some(row.map_or(card.rect, |row| Rect { x: card.rect.x, width: card.rect.width, ..row.rect }))
}

/// Where an arrow ends: the box of a role, or the first line of that of a pipeline.
fn to_rect(layout: &Layout, end: End) -> Option<Rect> {
    match end {
        End::Stage(at, _) | End::Pipeline(at) => layout.card(at).map(|card| Rect { height: 40, ..card.rect }),
        End::Role(at) => layout.pill(at).map(|pill| pill.rect),
    }
}

/// A curve that ends with a head to the right; `bends` say how far it goes straight on at its ends.
fn curve((x1, y1): (i32, i32), (x2, y2): (i32, i32), bends: (i32, i32), inside: bool) -> Route {
    let end = x2 - 7;
    Route {
        path: format!("M{x1} {y1}C{} {y1} {} {y2} {end} {y2}", x1 + bends.0, end - bends.1),
        head: format!("M{x2} {y2}l-9 -4.5v9z"),
        label: Label { x: x2 - 12, y: beside(y1, y2), ends: true },
        inside,
    }
}

/// The height of a label at the end of a line: on the side that the line doesn't come from.
fn beside(from_y: i32, to_y: i32) -> i32 {
    if from_y < to_y { to_y + 16 } else { to_y - 7 }
}

/// A curve that ends with a head to the left.
fn to_the_left((x1, y1): (i32, i32), (x2, y2): (i32, i32), bend: i32, label: Label) -> Route {
    let end = x2 + 7;
    let second = end + bend.abs();
    Route {
        path: format!("M{x1} {y1}C{} {y1} {second} {y2} {end} {y2}", x1 - bend),
        head: format!("M{x2} {y2}l9 -4.5v9z"),
        label,
        inside: true,
    }
}

/// A line through points with round corners.
fn rounded(points: &[(i32, i32)]) -> String {
    const RADIUS: i32 = 7;
    let towards = |from: (i32, i32), to: (i32, i32)| {
        let step = |from: i32, to: i32| from + (to - from).clamp(-RADIUS, RADIUS);
        (step(from.0, to.0), step(from.1, to.1))
    };
    let mut path = String::new();
    for window in points.windows(3) {
        if let [before, corner, after] = window {
            if path.is_empty() {
                path = format!("M{} {}", before.0, before.1);
            }
            let ((x1, y1), (x2, y2)) = (towards(*corner, *before), towards(*corner, *after));
            path.push_str(&format!("L{x1} {y1}Q{} {} {x2} {y2}", corner.0, corner.1));
        }
    }
    if let Some((x, y)) = points.last() {
        path.push_str(&format!("L{x} {y}"));
    }
    path
}
