//! The members of every structure, by name: for tables that have a row for each.

use super::document::PipelineDocument;
use crate::json::member::Member;
use crate::json::shape::Shape;

/// The structures from `PipelineDocument` down, each with the names of its members in JSON.
pub fn members() -> Vec<(&'static str, Vec<&'static str>)> {
    let mut found = Vec::new();
    collect(&PipelineDocument::SHAPE, &mut found);
    found
}

fn collect(shape: &Shape, found: &mut Vec<(&'static str, Vec<&'static str>)>) {
    match shape {
        Shape::Text | Shape::Word(_) | Shape::Integer | Shape::Any => {}
        Shape::List(inner) | Shape::Map(inner) => collect(inner, found),
        Shape::Either(one, other) => {
            collect(one, found);
            collect(other, found);
        }
        Shape::Structure(name, members) => {
            if found.iter().all(|(known, _)| known != name) {
                found.push((name, members.iter().map(|(member, ..)| *member).collect()));
                members.iter().for_each(|(_, _, shape)| collect(shape, found));
            }
        }
    }
}
