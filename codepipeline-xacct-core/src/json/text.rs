//! Writes the values of structures as JSON text.
//!
//! `serde_json` does the same, but is slow without optimization, and that is how the macro runs for thousands of values.

use serde_json::Value;

use super::member::Node;

/// JSON in one line.
pub(crate) fn written(node: &Node<'_>) -> String {
    let mut json = String::new();
    write(node, &mut json);
    json
}

fn write(node: &Node<'_>, json: &mut String) {
    match node {
        Node::Text(text) => write_text(text, json),
        Node::Integer(number) => json.push_str(&number.to_string()),
        Node::Any(value) => json.push_str(&value.to_string()),
        Node::List(entries) => {
            json.push('[');
            for (index, entry) in entries.iter().enumerate() {
                if index > 0 {
                    json.push(',');
                }
                write(entry, json);
            }
            json.push(']');
        }
        Node::Object(members) => {
            json.push('{');
            for (index, (name, member)) in members.iter().enumerate() {
                if index > 0 {
                    json.push(',');
                }
                write_text(name, json);
                json.push(':');
                write(member, json);
            }
            json.push('}');
        }
    }
}

fn write_text(text: &str, json: &mut String) {
    if is_plain(text.as_bytes()) {
        json.push('"');
        json.push_str(text);
        json.push('"');
    } else {
        json.push_str(&Value::from(text).to_string());
    }
}

/// True for a text that is written as it is.
fn is_plain(mut text: &[u8]) -> bool {
    while let [byte, rest @ ..] = text {
        if matches!(byte, 0..0x20 | b'"' | b'\\') {
            return false;
        }
        text = rest;
    }
    true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn texts_are_written_as_serde_json_writes_them() {
        let texts = (0..=0x100).filter_map(char::from_u32).map(|c| format!("a{c}b")).chain([String::new()]);
        let values: Vec<Value> =
            texts.map(Value::from).chain([json!(1.50), json!({"b": [null, true], "a": 1})]).collect();
        let nodes = || values.iter().map(|value| value.as_str().map_or(Node::Any(value), Node::Text));
        let named = values.iter().filter_map(Value::as_str).zip(nodes()).collect();
        let node = Node::Object(vec![
            ("none", Node::List(Vec::new())),
            ("all", Node::List(nodes().collect())),
            ("named", Node::Object(named)),
            ("number", Node::Integer(-5)),
        ]);
        assert_eq!(written(&node), serde_json::to_string(&node).unwrap_or_default());
    }
}
