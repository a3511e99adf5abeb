//! Documents as JSON. What IAM accepts as a string or a list, or as one statement or a list of them, is written as it
//! was read.

use indexmap::IndexMap;
use serde_json::Value;

use super::document::{Document, Effect, Principal, Statement, Statements, Texts};
use crate::json::member::{Member, Node, Put, Taken, serde_by_member};
use crate::json::shape::Shape;

impl Member for Document {
    const SHAPE: Shape = Shape::Structure(
        "Document",
        &[
            ("Version", false, &Shape::Text),
            ("Id", false, &Shape::Text),
            ("Statement", true, &<Statements as Member>::SHAPE),
        ],
    );

    fn from_fitted(value: &Value) -> Self {
        let mut members = Taken::from(value, &Self::SHAPE);
        Self {
            version: members.optional(),
            id: members.optional(),
            statements: members.required(),
            other: members.other(),
        }
    }

    fn node(&self) -> Node<'_> {
        let mut members = Put::new(&Self::SHAPE);
        members.optional(self.version.as_ref());
        members.optional(self.id.as_ref());
        members.required(&self.statements);
        members.with(&self.other)
    }
}

serde_by_member!(Document);

/// Operator → key → values.
type Condition = IndexMap<String, IndexMap<String, Value>>;

impl Member for Statement {
    const SHAPE: Shape = Shape::Structure(
        "Statement",
        &[
            ("Sid", false, &Shape::Text),
            ("Effect", true, &<Effect as Member>::SHAPE),
            ("Principal", false, &<Principal as Member>::SHAPE),
            ("NotPrincipal", false, &<Principal as Member>::SHAPE),
            ("Action", false, &<Texts as Member>::SHAPE),
            ("NotAction", false, &<Texts as Member>::SHAPE),
            ("Resource", false, &<Texts as Member>::SHAPE),
            ("NotResource", false, &<Texts as Member>::SHAPE),
            ("Condition", false, &<Condition as Member>::SHAPE),
        ],
    );

    fn from_fitted(value: &Value) -> Self {
        let mut members = Taken::from(value, &Self::SHAPE);
        Self {
            sid: members.optional(),
            effect: members.required(),
            principal: members.optional(),
            not_principal: members.optional(),
            action: members.optional(),
            not_action: members.optional(),
            resource: members.optional(),
            not_resource: members.optional(),
            condition: members.optional(),
            other: members.other(),
        }
    }

    fn node(&self) -> Node<'_> {
        let mut members = Put::new(&Self::SHAPE);
        members.optional(self.sid.as_ref());
        members.required(&self.effect);
        members.optional(self.principal.as_ref());
        members.optional(self.not_principal.as_ref());
        members.optional(self.action.as_ref());
        members.optional(self.not_action.as_ref());
        members.optional(self.resource.as_ref());
        members.optional(self.not_resource.as_ref());
        members.optional(self.condition.as_ref());
        members.with(&self.other)
    }
}

serde_by_member!(Statement);

impl Member for Effect {
    const SHAPE: Shape = Shape::Word(&["Allow", "Deny"]);

    fn from_fitted(value: &Value) -> Self {
        match value.as_str() {
            Some("Allow") => Self::Allow,
            _ => Self::Deny,
        }
    }

    fn node(&self) -> Node<'_> {
        Node::Text(match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        })
    }
}

serde_by_member!(Effect);

impl Member for Texts {
    const SHAPE: Shape = Shape::Either(&Shape::Text, &Shape::List(&Shape::Text));

    fn from_fitted(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::One(text.clone()),
            value => Self::Many(Member::from_fitted(value)),
        }
    }

    fn node(&self) -> Node<'_> {
        match self {
            Self::One(text) => text.node(),
            Self::Many(texts) => texts.node(),
        }
    }
}

serde_by_member!(Texts);

impl Member for Principal {
    const SHAPE: Shape = Shape::Either(&Shape::Text, &Shape::Map(&<Texts as Member>::SHAPE));

    fn from_fitted(value: &Value) -> Self {
        match value {
            Value::String(text) => Self::Everyone(text.clone()),
            value => Self::Map(Member::from_fitted(value)),
        }
    }

    fn node(&self) -> Node<'_> {
        match self {
            Self::Everyone(text) => text.node(),
            Self::Map(map) => map.node(),
        }
    }
}

serde_by_member!(Principal);

impl Member for Statements {
    const SHAPE: Shape = Shape::Either(&<Statement as Member>::SHAPE, &Shape::List(&<Statement as Member>::SHAPE));

    fn from_fitted(value: &Value) -> Self {
        match value {
            Value::Object(_) => Self { list: vec![Statement::from_fitted(value)], lone: true },
            value => Self { list: Member::from_fitted(value), lone: false },
        }
    }

    fn node(&self) -> Node<'_> {
        match self.list.as_slice() {
            [only] if self.lone => only.node(),
            _ => self.list.node(),
        }
    }
}

serde_by_member!(Statements);
