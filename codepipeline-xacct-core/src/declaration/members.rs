//! The members of every structure, by name: for tables that have a row for each.

use super::{PipelineDocument, Shape, Shaped};

/// The structures from [`PipelineDocument`] down, each with the names of its members in JSON.
pub fn members() -> Vec<(&'static str, Vec<String>)> {
    let mut found = Vec::new();
    collect(&PipelineDocument::SHAPE, &mut found);
    found
}

fn collect(shape: &Shape, found: &mut Vec<(&'static str, Vec<String>)>) {
    match shape {
        Shape::Text | Shape::Integer | Shape::Any => {}
        Shape::List(inner) | Shape::Map(inner) => collect(inner, found),
        Shape::Structure(name, members) => {
            if found.iter().all(|(known, _)| known != name) {
                found.push((name, members.iter().map(|(member, ..)| json_name(member)).collect()));
                members.iter().for_each(|(_, _, shape)| collect(shape, found));
            }
        }
    }
}

/// `role_arn` is `roleArn` in JSON, `r#type` is `type`.
fn json_name(member: &str) -> String {
    let mut name = String::new();
    let mut upper = false;
    for letter in member.trim_start_matches("r#").chars() {
        match letter {
            '_' => upper = true,
            letter if std::mem::take(&mut upper) => name.extend(letter.to_uppercase()),
            letter => name.push(letter),
        }
    }
    name
}
