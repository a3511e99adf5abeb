//! The SVG itself.

use std::collections::HashMap;
use std::fmt::{self, Write as _};

use super::arrow::sentence;
use super::layout::{BEHIND, Card, Frame, Layout, MARGIN, Pill, ROW, Rect, layout, width};
use super::route::{Label, Route, routes};
use super::xml::escaped;
use crate::graph::arrows::{Arrow, Does};
use crate::graph::model::Graph;
use crate::graph::rows::clipped;
use crate::wiring::Sign;

const STYLE: &str = include_str!("style.css");
/// How many arrows the description of the picture names.
const DESCRIBED: usize = 50;

impl Graph {
    /// A picture as SVG. It needs no other file, and is readable on light and dark.
    pub fn to_svg(&self) -> String {
        let arrows = self.arrows();
        let mut layout = layout(self, &arrows);
        let routes = routes(&mut layout, &arrows);
        let mut svg = String::new();
        // Writing to a string can't fail.
        let _ = Picture { graph: self, layout: &layout, arrows: &arrows, routes: &routes }.write(&mut svg);
        svg
    }
}

struct Picture<'a> {
    graph: &'a Graph,
    layout: &'a Layout,
    arrows: &'a [Arrow],
    routes: &'a [Option<Route>],
}

impl Picture<'_> {
    fn write(&self, svg: &mut String) -> fmt::Result {
        let legend =
            ["╌╌▶ assumes a role", "━━▶ starts a pipeline", "✓ allowed", "✗ denied", "? not known here"].join("    ");
        let title = clipped(&self.graph.title, 100);
        let width = (self.layout.right.max(MARGIN + width(&legend, 68)) + MARGIN + 2 * BEHIND)
            .max(2 * MARGIN + self::width(&title, 92));
        let height = self.layout.bottom + 52;
        writeln!(
            svg,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"xacct\" role=\"img\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\">"
        )?;
        writeln!(svg, "<title>{}</title>", escaped(&self.graph.title))?;
        writeln!(svg, "<desc>{}</desc>", escaped(&self.description()))?;
        writeln!(svg, "<style>{STYLE}</style>")?;
        writeln!(svg, "<rect class=\"page\" width=\"{width}\" height=\"{height}\"/>")?;
        writeln!(svg, "<text class=\"title\" x=\"{MARGIN}\" y=\"28\">{}</text>", escaped(&title))?;
        for frame in &self.layout.frames {
            self.frame(frame, svg)?;
        }
        self.lines(svg)?;
        for frame in &self.layout.frames {
            frame.cards.iter().try_for_each(|card| self.card(card, svg))?;
            frame.pills.iter().try_for_each(|pill| self.pill(pill, svg))?;
        }
        self.labels(svg)?;
        let y = height - 18;
        writeln!(svg, "<text class=\"quiet\" xml:space=\"preserve\" x=\"{MARGIN}\" y=\"{y}\">{legend}</text>")?;
        writeln!(svg, "</svg>")
    }

    fn description(&self) -> String {
        let mut sentences: Vec<String> =
            self.arrows.iter().take(DESCRIBED).map(|arrow| sentence(self.graph, arrow)).collect();
        if let Some(more) = self.arrows.len().checked_sub(DESCRIBED).filter(|more| *more > 0) {
            sentences.push(format!("and {more} more"));
        }
        sentences.join("; ")
    }

    fn frame(&self, frame: &Frame, svg: &mut String) -> fmt::Result {
        let Some(account) = self.graph.accounts.get(frame.account) else { return Ok(()) };
        let (name, note) = (clipped(&account.name(), 40), account.note());
        writeln!(svg, "<g><title>{}</title>", escaped(format!("account {name} {note}").trim()))?;
        stacked("account", frame.rect, 8, account.accounts.len(), svg)?;
        let (x, y) = (frame.rect.x + 14, frame.rect.y + 23);
        writeln!(svg, "<text class=\"name\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(&name))?;
        let x = x + width(&name, 80) + 10;
        writeln!(svg, "<text class=\"quiet\" x=\"{x}\" y=\"{y}\">{}</text></g>", escaped(&note))
    }

    fn card(&self, card: &Card, svg: &mut String) -> fmt::Result {
        let Some(pipeline) = self.graph.pipeline(card.at) else { return Ok(()) };
        let class = if pipeline.is_of_others() { "card others" } else { "card" };
        writeln!(svg, "<g><title>{}</title>", escaped(&pipeline.arns()))?;
        stacked(class, card.rect, 6, pipeline.pipelines.len(), svg)?;
        let x = card.rect.x + 12;
        let mut y = card.rect.y + 24;
        writeln!(svg, "<text class=\"name\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(&card.name))?;
        y += 1;
        for note in &card.notes {
            y += 15;
            let class = match pipeline.service_trust {
                Some(Sign::Fails) if pipeline.service().is_some_and(|s| s == *note) => "quiet bad",
                _ if note.starts_with('×') => "quiet many",
                _ => "quiet",
            };
            writeln!(svg, "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(note))?;
        }
        for row in &card.rows {
            let class = if row.stage.is_some() { "row on" } else { "row" };
            rect(class, row.rect, 4, svg)?;
            let (x, y) = (row.rect.x + 8, row.rect.y + ROW - 6);
            writeln!(svg, "<text class=\"stage\" x=\"{x}\" y=\"{y}\">{}</text>", escaped(&row.text))?;
        }
        writeln!(svg, "</g>")
    }

    fn pill(&self, pill: &Pill, svg: &mut String) -> fmt::Result {
        let Some(role) = self.graph.role(pill.at) else { return Ok(()) };
        let class = if role.is_of_others() { "pill others" } else { "pill" };
        writeln!(svg, "<g><title>{}</title>", escaped(&role.arns()))?;
        stacked(class, pill.rect, 13, role.roles.len(), svg)?;
        let (x, y) = (pill.rect.x + 14, pill.rect.y + 17);
        writeln!(svg, "<text class=\"role\" x=\"{x}\" y=\"{y}\">{}</text></g>", escaped(&pill.label))
    }

    fn lines(&self, svg: &mut String) -> fmt::Result {
        let routed = self.arrows.iter().zip(self.routes);
        let mut routed: Vec<_> = routed.filter_map(|(arrow, route)| Some((arrow, route.as_ref()?))).collect();
        // What fails lies on top.
        routed.sort_by_key(|(arrow, _)| arrow.sign);
        for (arrow, route) in routed {
            let (sign, does) = (class(arrow.sign), if arrow.does == Does::Assume { "assume" } else { "start" });
            writeln!(svg, "<g class=\"{sign}\"><title>{}</title>", escaped(&sentence(self.graph, arrow)))?;
            writeln!(svg, "<path class=\"line {does}\" d=\"{}\"/>", route.path)?;
            writeln!(svg, "<path class=\"head\" d=\"{}\"/></g>", route.head)?;
        }
        Ok(())
    }

    /// The labels; several at one place are drawn below each other, and equal ones once.
    fn labels(&self, svg: &mut String) -> fmt::Result {
        let mut at: HashMap<Label, Vec<String>> = HashMap::new();
        for (arrow, route) in self.arrows.iter().zip(self.routes) {
            let Some(route) = route else { continue };
            let label = arrow.label();
            let known = at.entry(route.label).or_default();
            if known.contains(&label) {
                continue;
            }
            let Label { x, y, ends } = route.label;
            let below = i32::try_from(known.len()).unwrap_or_default();
            let y = if below > 0 { y + 6 + 14 * below } else { y };
            let anchor = if ends { " text-anchor=\"end\"" } else { "" };
            let place = if route.inside { " inside" } else { "" };
            let class = class(arrow.sign);
            writeln!(
                svg,
                "<text class=\"label {class}{place}\" x=\"{x}\" y=\"{y}\"{anchor}>{}</text>",
                escaped(&label)
            )?;
            known.push(label);
        }
        Ok(())
    }
}

fn class(sign: Sign) -> &'static str {
    match sign {
        Sign::Works => "good",
        Sign::Fails => "bad",
        Sign::Unknown => "open",
    }
}

/// A box; for several, others behind it.
fn stacked(class: &str, at: Rect, radius: i32, count: usize, svg: &mut String) -> fmt::Result {
    for behind in (1..=i32::from(count > 1) * 2).rev() {
        let shifted = Rect { x: at.x + behind * BEHIND, y: at.y + behind * BEHIND, ..at };
        rect(class, shifted, radius, svg)?;
    }
    rect(class, at, radius, svg)
}

fn rect(class: &str, Rect { x, y, width, height }: Rect, radius: i32, svg: &mut String) -> fmt::Result {
    writeln!(svg, "<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\" rx=\"{radius}\"/>")
}
