//! Policy documents and their statements: reading, writing, and comparison by meaning.
//!
//! Source: IAM User Guide, "Grammar of the IAM JSON policy language".

use std::collections::BTreeSet;
use std::ops::{Deref, DerefMut};

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::quota::size;
use crate::arns::account_root;
use crate::ids::{AccountId, Partition, RoleArn};
use crate::ordered::set;
use crate::partitions::PARTITIONS;

/// A policy document. Members that this version doesn't know are kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// `2012-10-17` or `2008-10-17`; absent means the older one, without policy variables.
    pub version: Option<String>,
    /// An id, for resource policies.
    pub id: Option<String>,
    /// The statements.
    pub statements: Statements,
    /// Members that this version doesn't know.
    pub other: Map<String, Value>,
}

/// A statement of a policy document.
#[derive(Debug, Clone, PartialEq)]
pub struct Statement {
    /// A name for the statement.
    pub sid: Option<String>,
    /// `Allow` or `Deny`.
    pub effect: Effect,
    /// Who; trust policies only.
    pub principal: Option<Principal>,
    /// Everyone but these.
    pub not_principal: Option<Principal>,
    /// Which actions.
    pub action: Option<Texts>,
    /// All actions but these.
    pub not_action: Option<Texts>,
    /// Which resources; identity policies only.
    pub resource: Option<Texts>,
    /// All resources but these.
    pub not_resource: Option<Texts>,
    /// Under which conditions: operator → key → values.
    pub condition: Option<IndexMap<String, IndexMap<String, Value>>>,
    /// Members that this version doesn't know.
    pub other: Map<String, Value>,
}

/// Whether a statement allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Effect {
    /// Allows.
    Allow,
    /// Denies, regardless of what else allows.
    Deny,
}

/// A string or a list of strings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Texts {
    /// One string.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl Texts {
    /// The strings.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        match self {
            Texts::One(text) => std::slice::from_ref(text),
            Texts::Many(texts) => texts.as_slice(),
        }
        .iter()
        .map(String::as_str)
    }

    /// A string if there is one, else a list, as in IAM's own examples.
    pub fn from_vec(mut texts: Vec<String>) -> Self {
        match (texts.pop(), texts.is_empty()) {
            (Some(only), true) => Texts::One(only),
            (last, _) => {
                texts.extend(last);
                Texts::Many(texts)
            }
        }
    }
}

/// The principal of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// `"*"`; IAM doesn't support it in the trust policy of a role.
    Everyone(String),
    /// `{"AWS": …, "Service": …}`; the entries are alternatives.
    Map(IndexMap<String, Texts>),
}

/// The statements of a document: a list or, as IAM also accepts, a single one without a list.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Statements {
    pub(super) list: Vec<Statement>,
    /// Written without a list while there is only one.
    pub(super) lone: bool,
}

impl From<Vec<Statement>> for Statements {
    fn from(list: Vec<Statement>) -> Self {
        Self { list, lone: false }
    }
}

impl Deref for Statements {
    type Target = Vec<Statement>;

    fn deref(&self) -> &Self::Target {
        &self.list
    }
}

impl DerefMut for Statements {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.list
    }
}

impl IntoIterator for Statements {
    type Item = Statement;
    type IntoIter = std::vec::IntoIter<Statement>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.into_iter()
    }
}

impl<'a> IntoIterator for &'a Statements {
    type Item = &'a Statement;
    type IntoIter = std::slice::Iter<'a, Statement>;

    fn into_iter(self) -> Self::IntoIter {
        self.list.iter()
    }
}

/// The version of every document that this crate makes.
pub const VERSION: &str = "2012-10-17";

impl Document {
    /// A document of the current version.
    pub fn new(statements: Vec<Statement>) -> Self {
        Self { version: Some(VERSION.to_owned()), id: None, statements: statements.into(), other: Map::new() }
    }

    /// Reads a document.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The document as IAM accepts it.
    pub fn to_json(&self) -> String {
        // Every document can be written as JSON; the fallback is never used.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The size as IAM counts it: characters without white space.
    pub fn size(&self) -> usize {
        size(&self.to_json())
    }

    /// True if two documents mean the same, regardless of order, the case of actions, lists of one, statement ids,
    /// or an account id instead of the ARN of its root.
    pub fn same_meaning(&self, other: &Document) -> bool {
        self.has_variables() == other.has_variables() && self.canonical() == other.canonical()
    }

    /// Whether a statement of it means the same as another statement.
    #[cfg(feature = "plan")]
    pub(crate) fn has(&self, statement: &Statement) -> bool {
        self.canonical().contains(&statement.canonical())
    }

    /// Whether `${…}` is a policy variable, or plain text as in the older version and without a version.
    pub fn has_variables(&self) -> bool {
        self.version.as_deref() == Some(VERSION)
    }

    /// A text that two documents have in common if they mean the same.
    #[cfg(feature = "plan")]
    pub(crate) fn meaning(&self) -> String {
        format!("{} {:?}", self.has_variables(), self.canonical())
    }

    /// The id of a role or a user that it names and that was deleted: IAM has replaced the ARN with it.
    #[cfg(feature = "plan")]
    pub(crate) fn deleted_principal(&self) -> Option<&str> {
        self.principals().find(|text| is_principal_id(text))
    }

    /// Whether it is another document once roles or users that this one names are deleted: IAM replaces their ARNs with their ids.
    #[cfg(feature = "plan")]
    pub(crate) fn is_after_deletions(&self, before: &Document) -> bool {
        let named: BTreeSet<&str> = self.principals().collect();
        let is_left = |text: &str| named.contains(text);
        let deleted = before.principals().filter(|text| !is_left(text)).count();
        deleted == self.principals().filter(|text| is_principal_id(text)).count()
            && self.with_principals(|text| !is_principal_id(text)).same_meaning(&before.with_principals(is_left))
    }

    /// Its principals, of all kinds.
    #[cfg(feature = "plan")]
    fn principals(&self) -> impl Iterator<Item = &str> {
        let maps = self.statements.iter().filter_map(|statement| match &statement.principal {
            Some(Principal::Map(map)) => Some(map),
            _ => None,
        });
        maps.flat_map(|map| map.values()).flat_map(Texts::iter)
    }

    #[cfg(feature = "plan")]
    fn with_principals(&self, stays: impl Fn(&str) -> bool) -> Self {
        let mut document = self.clone();
        for statement in document.statements.iter_mut() {
            let Some(Principal::Map(map)) = &mut statement.principal else { continue };
            for texts in map.values_mut() {
                *texts = Texts::Many(texts.iter().filter(|text| stays(text)).map(str::to_owned).collect());
            }
        }
        document
    }

    fn canonical(&self) -> BTreeSet<String> {
        set(self.statements.iter().map(Statement::canonical))
    }
}

/// Whether a principal is the id of a role or a user, as IAM shows those that were deleted. Source: IAM User Guide, "IAM identifiers".
#[cfg(feature = "topology")]
pub(crate) fn is_principal_id(principal: &str) -> bool {
    principal.starts_with("AROA") || principal.starts_with("AIDA")
}

impl Statement {
    /// Allows some actions on some resources.
    pub fn allow(actions: &[&str], resources: Vec<String>) -> Self {
        Self {
            sid: None,
            effect: Effect::Allow,
            principal: None,
            not_principal: None,
            action: Some(Texts::from_vec(actions.iter().map(|a| (*a).to_owned()).collect())),
            not_action: None,
            resource: Some(Texts::from_vec(resources)),
            not_resource: None,
            condition: None,
            other: Map::new(),
        }
    }

    /// `Allow sts:AssumeRole` for some principals of one kind (`AWS` or `Service`).
    pub fn trust(kind: &str, principals: Vec<String>) -> Self {
        Self { resource: None, ..Self::allow(&[ASSUME_ROLE], Vec::new()).for_principals(kind, principals) }
    }

    /// Names the principals of one kind (`AWS` or `Service`) that it is for, as the policy of a resource has to.
    #[must_use]
    pub fn for_principals(mut self, kind: &str, principals: Vec<String>) -> Self {
        let mut map = IndexMap::new();
        map.insert(kind.to_owned(), Texts::from_vec(principals));
        self.principal = Some(Principal::Map(map));
        self
    }

    /// Adds a condition.
    #[must_use]
    pub fn when<V: AsRef<str>>(mut self, operator: &str, key: &str, values: &[V]) -> Self {
        let value = match values {
            [value] => Value::String(value.as_ref().to_owned()),
            values => values.iter().map(|v| v.as_ref().to_owned()).collect(),
        };
        self.condition
            .get_or_insert_with(IndexMap::new)
            .entry(operator.to_owned())
            .or_default()
            .insert(key.to_owned(), value);
        self
    }

    fn canonical(&self) -> String {
        let folded =
            |texts: &Option<Texts>, fold: fn(&str) -> String| texts.as_ref().map(|texts| set(texts.iter().map(fold)));
        let same = |text: &str| text.to_owned();
        let lower = |text: &str| text.to_lowercase();
        let principal = |p: &Option<Principal>| {
            p.as_ref().map(|p| match p {
                Principal::Everyone(text) => set([text.clone()]),
                Principal::Map(map) => set(map
                    .iter()
                    .flat_map(|(kind, texts)| texts.iter().map(move |t| format!("{kind}:{}", canonical_principal(t))))),
            })
        };
        let condition = self.condition.as_ref().map(|operators| {
            set(operators.iter().flat_map(|(operator, keys)| {
                keys.iter().map(move |(key, values)| {
                    (operator.to_lowercase(), key.to_lowercase(), set(condition_values(values)))
                })
            }))
        });
        format!(
            "{:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
            self.effect,
            principal(&self.principal),
            principal(&self.not_principal),
            folded(&self.action, lower),
            folded(&self.not_action, lower),
            folded(&self.resource, same),
            folded(&self.not_resource, same),
            condition,
            self.other,
        )
    }
}

/// An account id means the root of the account, regardless of the partition of the document.
fn canonical_principal(text: &str) -> String {
    if let Ok(id) = text.parse::<AccountId>() {
        return format!("root of {id}");
    }
    match crate::ids::split_arn(text) {
        Some(arn) if arn.service == "iam" && arn.resource == "root" => format!("root of {}", arn.account),
        _ => text.to_owned(),
    }
}

/// The values of a condition key: a string, number, boolean, or a list of these.
pub(crate) fn condition_values(value: &Value) -> Vec<String> {
    let text = |v: &Value| v.as_str().map_or_else(|| v.to_string(), str::to_owned);
    match value {
        Value::Array(values) => values.iter().map(text).collect(),
        other => vec![text(other)],
    }
}

/// The trust of a service role: CodePipeline may assume it.
pub fn service_trust() -> Statement {
    Statement::trust("Service", vec![CODEPIPELINE.to_owned()])
}

/// The service principal of CodePipeline, the same in every partition.
pub const CODEPIPELINE: &str = "codepipeline.amazonaws.com";

/// Whether a text looks like the principal of a service: a name in small letters, under `amazonaws.com` or the suffix of another partition.
/// Source: IAM User Guide, "AWS JSON policy elements: Principal".
pub fn is_service_principal(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.');
    let names = PARTITIONS.iter().filter_map(|partition| text.strip_suffix(partition.dns_suffix)?.strip_suffix('.'));
    text.bytes().all(plain) && names.into_iter().any(|name| !name.is_empty() && !name.starts_with('.'))
}

/// Trust in exact roles.
pub fn role_trust<'a>(roles: impl IntoIterator<Item = &'a RoleArn>) -> Statement {
    Statement::trust("AWS", roles.into_iter().map(ToString::to_string).collect())
}

/// Trust in a whole account.
pub fn account_trust(partition: &Partition, account: &AccountId) -> Statement {
    Statement::trust("AWS", vec![account_root(partition.as_str(), account.as_str())])
}

/// `sts:AssumeRole`.
pub const ASSUME_ROLE: &str = "sts:AssumeRole";
/// `codepipeline:StartPipelineExecution`.
pub const START: &str = "codepipeline:StartPipelineExecution";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_have_the_suffix_of_a_partition() {
        for service in [CODEPIPELINE, "ec2.amazonaws.com.cn", "logs.eu-west-1.amazonaws.com", "s3.c2s.ic.gov"] {
            assert!(is_service_principal(service), "{service}");
        }
        for other in
            ["amazonaws.com", ".amazonaws.com", "codepipeline.amazonaws.org", "*.amazonaws.com", "codepipeline"]
        {
            assert!(!is_service_principal(other), "{other}");
        }
    }

    fn document(text: &str) -> Document {
        Document::from_json(text).unwrap()
    }

    #[cfg(feature = "plan")]
    #[test]
    fn a_trust_policy_with_the_ids_of_deleted_roles_comes_from_one_with_their_arns() {
        let trust = |effect: &str, principals: &str| {
            document(&format!(
                r#"{{"Version":"2012-10-17","Statement":{{"Effect":"{effect}","Principal":{{"AWS":{principals}}},"Action":"sts:AssumeRole"}}}}"#
            ))
        };
        let [a, b] = ["a", "b"].map(|name| format!(r#""arn:aws:iam::111111111111:role/{name}""#));
        let before = trust("Allow", &format!("[{a},{b}]"));
        let of = |effect: &str, now: &str| trust(effect, now).is_after_deletions(&before);
        assert!(of("Allow", &format!(r#"["AROA1",{b}]"#)) && of("Allow", r#"["AROA1","AROA2"]"#));
        assert!(!of("Deny", &format!(r#"["AROA1",{b}]"#)), "another effect");
        assert!(!of("Allow", &b) && !of("Allow", r#""AROA1""#), "fewer principals");
        assert!(!of("Allow", &format!(r#"["AROA1",{b},"arn:aws:iam::111111111111:role/c"]"#)), "one more principal");
        assert!(!trust("Deny", "[]").is_after_deletions(&trust("Allow", "[]")));
    }

    #[test]
    fn documents_are_compared_by_meaning() {
        let a = document(
            r#"{"Version":"2012-10-17","Statement":{"Sid":"x","Effect":"Allow","Action":"sts:assumerole",
            "Principal":{"AWS":"111111111111"}}}"#,
        );
        let b = document(
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole"],
            "Principal":{"AWS":["arn:aws:iam::111111111111:root"]}}]}"#,
        );
        assert!(a.same_meaning(&b));
        let c = document(
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sts:AssumeRole"],
            "Principal":{"AWS":["AROAEXAMPLE"]}}]}"#,
        );
        assert!(!b.same_meaning(&c), "an id instead of the name of a role is a difference");
    }

    #[test]
    fn the_version_is_part_of_the_meaning() {
        let a = document(r#"{"Version":"2012-10-17","Statement":[]}"#);
        let b = document(r#"{"Statement":[]}"#);
        assert!(!a.same_meaning(&b));
    }

    #[test]
    fn lists_of_one_are_written_as_a_string() {
        let text = Document::new(vec![Statement::allow(&["sts:AssumeRole"], vec!["arn:x".to_owned()])]).to_json();
        assert_eq!(
            text,
            r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:x"}]}"#
        );
    }
}
