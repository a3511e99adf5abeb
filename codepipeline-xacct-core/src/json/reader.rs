//! Reads JSON of a given shape: what doesn't fit is refused where it appears.

use std::fmt;

use serde_core::Deserialize;
use serde_core::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Unexpected, Visitor};
use serde_json::{Map, Value};

use super::shape::Shape;

/// Reads a value of a shape. On failure, `path` says where.
pub(crate) fn fitted<'de, D: Deserializer<'de>>(
    shape: &'static Shape,
    path: &mut String,
    deserializer: D,
) -> Result<Value, D::Error> {
    Reader { shape, optional: false, path }.deserialize(deserializer)
}

struct Reader<'p> {
    shape: &'static Shape,
    /// Whether `null` means that the member is left out.
    optional: bool,
    path: &'p mut String,
}

impl Reader<'_> {
    /// A reader for a value inside this one.
    fn inner(&mut self, shape: &'static Shape, optional: bool) -> Reader<'_> {
        Reader { shape, optional, path: self.path }
    }

    /// Reads the value of a member.
    fn member<'de, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        shape: &'static Shape,
        optional: bool,
        map: &mut A,
    ) -> Result<Value, A::Error> {
        let whole = self.path.len();
        if whole > 0 {
            self.path.push('.');
        }
        self.path.push_str(name);
        let value = map.next_value_seed(self.inner(shape, optional))?;
        self.path.truncate(whole);
        Ok(value)
    }

    fn structure<'de, A: MapAccess<'de>>(
        mut self,
        members: &'static [(&'static str, bool, &'static Shape)],
        mut map: A,
    ) -> Result<Value, A::Error> {
        let mut read = Map::new();
        let mut seen = vec![false; members.len()];
        while let Some(key) = map.next_key::<String>()? {
            let known = members.iter().zip(&mut seen).find(|((name, ..), _)| *name == key);
            let Some(((name, required, shape), seen)) = known else {
                let value = self.member(&key, &Shape::Any, false, &mut map)?;
                read.insert(key, value);
                continue;
            };
            if std::mem::replace(seen, true) {
                return Err(A::Error::duplicate_field(name));
            }
            let value = self.member(&key, shape, !required, &mut map)?;
            if *required || !value.is_null() {
                read.insert(key, value);
            }
        }
        let missing = members.iter().zip(seen).find(|((_, required, _), seen)| *required && !seen);
        match missing {
            Some(((name, ..), _)) => Err(A::Error::missing_field(name)),
            None => Ok(Value::Object(read)),
        }
    }
}

fn expecting(shape: &Shape, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    match shape {
        Shape::Text | Shape::Word(_) => f.write_str("a string"),
        Shape::Integer => f.write_str("i64"),
        Shape::Any => f.write_str("any valid JSON value"),
        Shape::List(_) => f.write_str("a sequence"),
        Shape::Map(_) => f.write_str("a map"),
        Shape::Structure(name, _) => write!(f, "struct {name}"),
        Shape::Either(first, second) => {
            expecting(first, f)?;
            f.write_str(" or ")?;
            expecting(second, f)
        }
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        if self.optional {
            return deserializer.deserialize_option(self);
        }
        match self.shape {
            Shape::Text | Shape::Word(_) => deserializer.deserialize_string(self),
            Shape::Integer => deserializer.deserialize_i64(self),
            Shape::Any => Value::deserialize(deserializer),
            Shape::List(_) => deserializer.deserialize_seq(self),
            Shape::Map(_) | Shape::Structure(..) => deserializer.deserialize_map(self),
            Shape::Either(..) => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        expecting(self.shape, f)
    }

    fn visit_none<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_some<D: Deserializer<'de>>(mut self, deserializer: D) -> Result<Value, D::Error> {
        self.inner(self.shape, false).deserialize(deserializer)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        self.visit_string(text.to_owned())
    }

    fn visit_string<E: Error>(self, text: String) -> Result<Value, E> {
        match self.shape.choose(Shape::is_text) {
            Shape::Text => Ok(Value::String(text)),
            Shape::Word(words) if words.contains(&text.as_str()) => Ok(Value::String(text)),
            Shape::Word(words) => Err(E::unknown_variant(&text, words)),
            _ => Err(E::invalid_type(Unexpected::Str(&text), &self)),
        }
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        match self.shape {
            Shape::Integer => Ok(Value::from(number)),
            _ => Err(E::invalid_type(Unexpected::Signed(number), &self)),
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        match self.shape {
            Shape::Integer => i64::try_from(number)
                .map(Value::from)
                .map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self)),
            _ => Err(E::invalid_type(Unexpected::Unsigned(number), &self)),
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Value, A::Error> {
        let Shape::List(shape) = self.shape.choose(Shape::is_list) else {
            return Err(A::Error::invalid_type(Unexpected::Seq, &self));
        };
        let mut entries = Vec::new();
        let whole = self.path.len();
        loop {
            self.path.push_str(&format!("[{}]", entries.len()));
            let Some(entry) = seq.next_element_seed(self.inner(shape, false))? else { break };
            entries.push(entry);
            self.path.truncate(whole);
        }
        self.path.truncate(whole);
        Ok(Value::Array(entries))
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Value, A::Error> {
        match self.shape.choose(Shape::is_object) {
            Shape::Structure(_, members) => self.structure(members, map),
            Shape::Map(shape) => {
                let mut read = Map::new();
                while let Some(key) = map.next_key::<String>()? {
                    let value = self.member(&key, shape, false, &mut map)?;
                    read.insert(key, value);
                }
                Ok(Value::Object(read))
            }
            _ => Err(A::Error::invalid_type(Unexpected::Map, &self)),
        }
    }
}
