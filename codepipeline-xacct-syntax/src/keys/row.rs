//! The columns of the table of keys.

/// A construct of the grammar that takes keys.
#[derive(Debug)]
pub struct Construct {
    /// Its name: an editor shows it as a type of this name.
    pub name: &'static str,
    /// How messages call it: `a stage`.
    pub phrase: &'static str,
    /// What it is.
    pub doc: &'static str,
    /// Its keys.
    pub keys: &'static [DslKey],
}

impl Construct {
    /// The names of the keys.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.keys.iter().map(|key| key.name)
    }

    /// A key by its name.
    pub fn key(&self, name: &str) -> Option<&'static DslKey> {
        self.keys.iter().find(|key| key.name == name)
    }
}

/// A key of a construct.
#[derive(Debug, Clone, Copy)]
pub struct DslKey {
    /// The key as it is written.
    pub name: &'static str,
    /// The member of the API that it sets; `None` where there is none, as for keys that the wiring is derived from.
    pub member: Option<ApiMember>,
    /// What it takes.
    pub value: ValueKind,
    /// True where the construct needs it.
    pub required: bool,
    /// What it means.
    pub doc: &'static str,
}

impl DslKey {
    /// True for another spelling of the member behind the key: `role_arn` and `roleArn` for `service_role`.
    pub fn is_spelt(&self, text: &str) -> bool {
        self.member.is_some_and(|member| {
            is_same_word(member.name, text) || is_same_word(&format!("{}{}", member.structure, member.name), text)
        })
    }
}

/// True where two words differ in letter case, underscores and hyphens only.
pub fn is_same_word(left: &str, right: &str) -> bool {
    let plain = |text: &str| {
        text.chars().filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase()).collect::<String>()
    };
    plain(left) == plain(right)
}

/// A member of a structure of the API: of CodePipeline's declaration, of IAM's `Role`, or of an action's `configuration`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiMember {
    /// The structure, for example `StageDeclaration`.
    pub structure: &'static str,
    /// The name of the member in JSON, for example `onFailure`.
    pub name: &'static str,
}

/// What a key takes.
#[derive(Debug, Clone, Copy)]
pub enum ValueKind {
    /// A string or a Rust expression.
    Text,
    /// One text or a list of them.
    Texts,
    /// A string that has to be known while the program compiles.
    Literal,
    /// One such string or a list of them.
    Literals,
    /// A whole number.
    Integer,
    /// A name.
    Name,
    /// One name or a list of them.
    Names,
    /// One of a few words.
    Word(&'static WordList),
    /// Some of a few words.
    Words(&'static WordList),
    /// A role.
    Role,
    /// Accounts and roles that may assume a role.
    Trusts,
    /// Pipelines that a role may start.
    Starts,
    /// A policy document as JSON.
    Policy,
    /// Policy documents as JSON.
    Policies,
    /// Strings by name, known while the program compiles.
    Tags,
    /// Texts by name.
    TextMap,
    /// Texts or secrets by name.
    Environment,
    /// Revisions by source action.
    Revisions(&'static WordList),
    /// A result with its rules; some results need no rules.
    Conditions(&'static WordList),
    /// A map with the keys of a construct, or the value of its first key alone.
    Keys(&'static Construct),
    /// Such maps by name.
    KeysByName(&'static Construct),
    /// One such map or a list of them.
    KeysListed(&'static Construct),
}

impl ValueKind {
    /// The kind in a few words, for the reference.
    pub fn describe(&self) -> String {
        let words = |list: &WordList| list.names().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ");
        match self {
            ValueKind::Text => "text".to_owned(),
            ValueKind::Texts => "a text or a list of texts".to_owned(),
            ValueKind::Literal => "string".to_owned(),
            ValueKind::Literals => "a string or a list of strings".to_owned(),
            ValueKind::Integer => "integer".to_owned(),
            ValueKind::Name => "name".to_owned(),
            ValueKind::Names => "a name or a list of names".to_owned(),
            ValueKind::Word(list) => words(list),
            ValueKind::Words(list) => format!("list of {}", words(list)),
            ValueKind::Role => "role".to_owned(),
            ValueKind::Trusts => "list of accounts and roles".to_owned(),
            ValueKind::Starts => "list of pipelines".to_owned(),
            ValueKind::Policy => "JSON".to_owned(),
            ValueKind::Policies => "list of JSON".to_owned(),
            ValueKind::Tags => "map of strings".to_owned(),
            ValueKind::TextMap => "map of texts".to_owned(),
            ValueKind::Environment => "map of texts and `secrets_manager(\"…\")`".to_owned(),
            ValueKind::Revisions(list) => format!("map of {}", words(list)),
            ValueKind::Conditions(list) => format!("{}, with rules", words(list)),
            ValueKind::Keys(of) => format!("text, or a map with the keys of {}", of.phrase),
            ValueKind::KeysByName(of) => format!("map of names, each with the keys of {}", of.phrase),
            ValueKind::KeysListed(of) => format!("a map with the keys of {}, or a list of them", of.phrase),
        }
    }
}

/// The few words that a key takes.
#[derive(Debug)]
pub struct WordList {
    /// The name of the list: the key that takes the words, or what they are.
    pub name: &'static str,
    /// What they are about.
    pub doc: &'static str,
    /// Each word, with what it means.
    pub words: &'static [(&'static str, &'static str)],
}

impl WordList {
    /// The words.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.words.iter().map(|(word, _)| *word)
    }
}
