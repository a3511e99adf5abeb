//! Values that are read from JSON and written as JSON.

use std::any::Any;
use std::fmt;

use indexmap::IndexMap;
use serde_core::{Serialize, Serializer};
use serde_json::{Map, Value};

use super::shape::Shape;

/// Members that this version doesn't know, kept as they are.
pub type Other = Map<String, Value>;

/// A structure, or a value in one.
pub trait Member {
    /// Its JSON shape.
    const SHAPE: Shape;

    /// Makes it from JSON of that shape. What doesn't fit is left empty; the reader refuses it.
    fn from_fitted(value: &Value) -> Self;

    /// The JSON to write.
    fn node(&self) -> Node<'_>;
}

/// A member as `{:?}` shows it: of a configuration the keys alone.
pub(crate) struct Shown<'a, T>(pub(crate) &'a T);

impl<T: fmt::Debug + Any> fmt::Debug for Shown<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.0 as &dyn Any).downcast_ref::<Option<IndexMap<String, String>>>() {
            Some(Some(configuration)) => {
                let hidden = configuration.keys().map(|key| (key, format_args!("…")));
                f.debug_map().entries(hidden).finish()
            }
            Some(None) | None => self.0.fmt(f),
        }
    }
}

/// JSON to write, borrowed from the value that it represents.
pub enum Node<'a> {
    /// A string.
    Text(&'a str),
    /// A whole number.
    Integer(i64),
    /// JSON that is kept as it is.
    Any(&'a Value),
    /// A list.
    List(Vec<Node<'a>>),
    /// An object.
    Object(Vec<(&'a str, Node<'a>)>),
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Any(value) => value.serialize(serializer),
            Self::List(entries) => serializer.collect_seq(entries),
            Self::Object(members) => serializer.collect_map(members.iter().map(|(name, node)| (name, node))),
        }
    }
}

impl Member for String {
    const SHAPE: Shape = Shape::Text;

    fn from_fitted(value: &Value) -> Self {
        value.as_str().unwrap_or_default().to_owned()
    }

    fn node(&self) -> Node<'_> {
        Node::Text(self)
    }
}

impl Member for i64 {
    const SHAPE: Shape = Shape::Integer;

    fn from_fitted(value: &Value) -> Self {
        value.as_i64().unwrap_or_default()
    }

    fn node(&self) -> Node<'_> {
        Node::Integer(*self)
    }
}

impl Member for Value {
    const SHAPE: Shape = Shape::Any;

    fn from_fitted(value: &Value) -> Self {
        value.clone()
    }

    fn node(&self) -> Node<'_> {
        Node::Any(self)
    }
}

impl<T: Member> Member for Vec<T> {
    const SHAPE: Shape = Shape::List(&T::SHAPE);

    fn from_fitted(value: &Value) -> Self {
        value.as_array().into_iter().flatten().map(T::from_fitted).collect()
    }

    fn node(&self) -> Node<'_> {
        Node::List(self.iter().map(T::node).collect())
    }
}

impl<T: Member> Member for IndexMap<String, T> {
    const SHAPE: Shape = Shape::Map(&T::SHAPE);

    fn from_fitted(value: &Value) -> Self {
        value.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), T::from_fitted(value))).collect()
    }

    fn node(&self) -> Node<'_> {
        Node::Object(self.iter().map(|(key, value)| (key.as_str(), value.node())).collect())
    }
}

/// The members of a structure that is being read, taken in the order of its shape.
pub(crate) struct Taken<'a> {
    members: Option<&'a Map<String, Value>>,
    known: &'static [(&'static str, bool, &'static Shape)],
    /// How many were taken.
    count: usize,
}

impl<'a> Taken<'a> {
    /// The members of a structure.
    pub(crate) fn from(value: &'a Value, shape: &Shape) -> Self {
        Self { members: value.as_object(), known: shape.members(), count: 0 }
    }

    /// The next member.
    pub(crate) fn next(&mut self) -> Option<&'a Value> {
        let (name, ..) = self.known.get(self.count)?;
        self.count += 1;
        // Objects are small: comparing is faster than hashing.
        self.members?.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    /// The next member, which is optional.
    pub(crate) fn optional<T: Member>(&mut self) -> Option<T> {
        self.next().map(T::from_fitted)
    }

    /// The next member, which the shape requires.
    pub(crate) fn required<T: Member>(&mut self) -> T {
        T::from_fitted(self.next().unwrap_or(&Value::Null))
    }

    /// The members that this version doesn't know.
    pub(crate) fn other(self) -> Other {
        let members = self.members.into_iter().flatten();
        let other = members.filter(|(name, _)| !self.known.iter().any(|(known, ..)| known == name));
        other.map(|(name, value)| (name.clone(), value.clone())).collect()
    }
}

/// The members of a structure that is being written, put in the order of its shape.
pub(crate) struct Put<'a> {
    members: Vec<(&'a str, Node<'a>)>,
    known: &'static [(&'static str, bool, &'static Shape)],
}

impl<'a> Put<'a> {
    /// No members yet.
    pub(crate) fn new(shape: &Shape) -> Self {
        Self { members: Vec::new(), known: shape.members() }
    }

    /// The next member, if there is one.
    pub(crate) fn optional<T: Member>(&mut self, member: Option<&'a T>) {
        self.next(member.map(T::node));
    }

    /// The next member.
    pub(crate) fn required<T: Member>(&mut self, member: &'a T) {
        self.next(Some(member.node()));
    }

    fn next(&mut self, member: Option<Node<'a>>) {
        let Some(((name, ..), rest)) = self.known.split_first() else { return };
        self.known = rest;
        self.members.extend(member.map(|member| (*name, member)));
    }

    /// The whole object, with the members that this version doesn't know.
    pub(crate) fn with(mut self, other: &'a Other) -> Node<'a> {
        self.members.extend(other.iter().map(|(name, value)| (name.as_str(), Node::Any(value))));
        Node::Object(self.members)
    }
}

/// Defines a structure of the API. Members are optional where the service model says so, and `other` keeps the rest.
macro_rules! structure {
    ($(#[$doc:meta])* $name:ident { $(@required { $($(#[$req_doc:meta])* $req:ident: $req_ty:ty,)* })? $($(#[$opt_doc:meta])* $opt:ident: $opt_ty:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Default)]
        pub struct $name {
            $($($(#[$req_doc])* pub $req: $req_ty,)*)?
            $($(#[$opt_doc])* pub $opt: Option<$opt_ty>,)*
            /// Members that this version doesn't know.
            pub other: $crate::json::member::Other,
        }

        impl $crate::json::member::Member for $name {
            const SHAPE: $crate::json::shape::Shape = $crate::json::shape::Shape::Structure(stringify!($name), &[
                $($(($crate::json::shape::json_name!($req), true, &<$req_ty as $crate::json::member::Member>::SHAPE),)*)?
                $(($crate::json::shape::json_name!($opt), false, &<$opt_ty as $crate::json::member::Member>::SHAPE),)*
            ]);

            fn from_fitted(value: &serde_json::Value) -> Self {
                let mut members = $crate::json::member::Taken::from(value, &Self::SHAPE);
                Self {
                    $($($req: members.required(),)*)?
                    $($opt: members.optional(),)*
                    other: members.other(),
                }
            }

            fn node(&self) -> $crate::json::member::Node<'_> {
                let mut members = $crate::json::member::Put::new(&Self::SHAPE);
                $($(members.required(&self.$req);)*)?
                $(members.optional(self.$opt.as_ref());)*
                members.with(&self.other)
            }
        }

        /// The values of a configuration are not shown: some of them are secrets.
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                let mut members = f.debug_struct(stringify!($name));
                $($(members.field(stringify!($req), &$crate::json::member::Shown(&self.$req));)*)?
                $(members.field(stringify!($opt), &$crate::json::member::Shown(&self.$opt));)*
                members.field("other", &self.other).finish()
            }
        }

        $crate::json::member::serde_by_member!($name);
    };
}
pub(crate) use structure;

/// Defines an enumeration of the API that keeps values it doesn't know.
macro_rules! enumeration {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)*
            /// A value that this version doesn't know.
            Other(String),
        }

        impl $name {
            /// The values of the service model.
            pub const VALUES: &'static [&'static str] = &[$($text),*];

            /// The value as the API writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(text) => text,
                }
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    _ => Self::Other(text.to_owned()),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl $crate::json::member::Member for $name {
            const SHAPE: $crate::json::shape::Shape = $crate::json::shape::Shape::Text;

            fn from_fitted(value: &serde_json::Value) -> Self {
                Self::from(value.as_str().unwrap_or_default())
            }

            fn node(&self) -> $crate::json::member::Node<'_> {
                $crate::json::member::Node::Text(self.as_str())
            }
        }

        $crate::json::member::serde_by_member!($name);
    };
}
pub(crate) use enumeration;

/// `Serialize` and `Deserialize` for a [`Member`].
macro_rules! serde_by_member {
    ($name:ident) => {
        impl serde_core::Serialize for $name {
            fn serialize<S: serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serde_core::Serialize::serialize(&$crate::json::member::Member::node(self), serializer)
            }
        }

        impl<'de> serde_core::Deserialize<'de> for $name {
            fn deserialize<D: serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let shape = &<Self as $crate::json::member::Member>::SHAPE;
                let value = $crate::json::reader::fitted(shape, &mut String::new(), deserializer)?;
                Ok($crate::json::member::Member::from_fitted(&value))
            }
        }
    };
}
pub(crate) use serde_by_member;
