//! The wiring between items, checked while the compiler evaluates constants.
//!
//! The macro writes one constant per check whose only content is a call of one of these functions between parentheses
//! that carry the span of the token to blame. A failed check is a panic of constant evaluation, so it is an error of `cargo check`, in the
//! words that the builder and the dynamic layer use too.
#![allow(missing_docs, reason = "only the macro writes these names")]
#![expect(clippy::panic, reason = "the panic of a constant is a compile error")]
#![expect(clippy::indexing_slicing, reason = "constant evaluation has no iterators; a wrong index is a compile error")]

use crate::core::sentences::{self, Sentence};
use crate::items::grants::{Stated, pipeline_arn, role_arn};
use crate::items::{Account, AccountId, Pipeline, PipelineId, Role, RoleId, Trusts, Variable};
use crate::macro_support::{ToPipeline, ToRole};

/// A text that is put together while constants are evaluated.
pub(crate) struct Text {
    bytes: [u8; 2048],
    length: usize,
}

impl Text {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; 2048], length: 0 }
    }

    pub(crate) const fn push(mut self, text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut index = 0;
        while index < bytes.len() && self.length < self.bytes.len() {
            self.bytes[self.length] = bytes[index];
            self.length += 1;
            index += 1;
        }
        self
    }

    /// Adds a template in which `{Self}`, `{A}` and `{T}` stand for names.
    const fn render(mut self, template: &str, this: &str, account: &str, target: &str) -> Self {
        let mut rest = template.as_bytes();
        while let [first, tail @ ..] = rest {
            if let [b'{', b'S', b'e', b'l', b'f', b'}', behind @ ..] = rest {
                self = self.push(this);
                rest = behind;
            } else if let [b'{', b'A', b'}', behind @ ..] = rest {
                self = self.push(account);
                rest = behind;
            } else if let [b'{', b'T', b'}', behind @ ..] = rest {
                self = self.push(target);
                rest = behind;
            } else {
                if self.length < self.bytes.len() {
                    self.bytes[self.length] = *first;
                    self.length += 1;
                }
                rest = tail;
            }
        }
        self
    }

    /// Adds the second place of a mistake, where there is one.
    const fn declared(self, item: &str, at: &str) -> Self {
        if at.is_empty() { self } else { self.push("\n  note: `").push(item).push("` is declared at ").push(at) }
    }

    pub(crate) const fn as_str(&self) -> &str {
        match std::str::from_utf8(self.bytes.split_at(self.length).0) {
            Ok(text) => text,
            // Only a text that was cut in the middle of a character.
            Err(_) => "wrong wiring (the names are too long to be shown)",
        }
    }

    #[track_caller]
    const fn fail(&self) -> ! {
        panic!("{}", self.as_str())
    }
}

const fn sentence(sentence: Sentence, this: &str, account: &str, target: &str) -> Text {
    Text::new().render(sentence.message, this, account, target).push("\n  help: ").render(
        sentence.help,
        this,
        account,
        target,
    )
}

pub(crate) const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut index = 0;
    while index < a.len() {
        if a[index] != b[index] {
            return false;
        }
        index += 1;
    }
    true
}

/// True where one of the items could not be read: then its mistake is reported already.
const fn unread(a: &str, b: &str) -> bool {
    a.is_empty() || b.is_empty()
}

const fn same_role(a: RoleId, b: RoleId) -> bool {
    same(a.account, b.account) && same(a.path_and_name, b.path_and_name) && same(a.partition, b.partition)
}

/// A role as the wiring sees it.
#[derive(Clone, Copy)]
pub struct RoleFacts {
    written: &'static str,
    account: &'static str,
    trusts: Option<&'static [Trusts]>,
    starts: Option<&'static [PipelineId]>,
    /// The role and its stated policies; `None` where it is written where it is used.
    stated: Option<(RoleId, Stated)>,
    declared_at: &'static str,
}

impl RoleFacts {
    /// A role item; `written` is how the user named it.
    pub const fn of<L: ToRole>(written: &'static str) -> Self {
        Self {
            written,
            account: <<L::To as Role>::Account as Account>::ID,
            trusts: L::To::TRUSTS,
            starts: L::To::STARTS,
            stated: Some((RoleId::of::<L::To>(), L::To::STATED)),
            declared_at: L::To::DECLARED_AT,
        }
    }

    /// A role of which only the ARN is known.
    pub const fn arn(arn: &'static str, account: &'static str) -> Self {
        Self { written: arn, account, trusts: None, starts: None, stated: None, declared_at: "" }
    }
}

/// A target as the wiring sees it.
#[derive(Clone, Copy)]
pub struct TargetFacts {
    written: &'static str,
    id: PipelineId,
    declared_at: &'static str,
}

impl TargetFacts {
    /// A pipeline item; `written` is how the user named it.
    pub const fn of<L: ToPipeline>(written: &'static str) -> Self {
        Self { written, id: PipelineId::of::<L::To>(), declared_at: L::To::DECLARED_AT }
    }
}

/// The pipeline whose action is judged.
#[derive(Clone, Copy)]
pub struct CallerFacts {
    account: AccountId,
    service_role: Option<RoleId>,
}

impl CallerFacts {
    pub const fn of<P: Pipeline>() -> Self {
        Self { account: AccountId::of::<P::Account>(), service_role: P::SERVICE_ROLE }
    }
}

/// The role of an invoke lives in the target's account, trusts the caller and may start the target; only the
/// first of these that fails is reported. Whether it trusts the caller is judged at its first use in a pipeline.
#[track_caller]
pub const fn role(caller: CallerFacts, target: TargetFacts, role: RoleFacts, first: bool) {
    if unread(role.account, target.id.account.id) || caller.account.id.is_empty() {
        return;
    }
    if !same(role.account, target.id.account.id) {
        // What the role starts in another account is said where it is declared.
        if let Some(starts) = role.starts
            && starts_target(starts, target.id)
        {
            return;
        }
        sentence(sentences::role_account, role.written, target.id.account.item, target.written)
            .push("\n  note: the role lives in account ")
            .push(role.account)
            .push(", `")
            .push(target.id.account.item)
            .push("` is ")
            .push(target.id.account.id)
            .declared(role.written, role.declared_at)
            .fail()
    }
    if first {
        trust(caller, role);
    }
    if let Some(starts) = role.starts {
        if starts_target(starts, target.id) {
            return;
        }
        let mut text = sentence(sentences::start, role.written, target.id.account.item, target.written);
        text = if starts.is_empty() {
            text.push("\n  note: it may start nothing")
        } else {
            text.push("\n  note: it may start ")
        };
        let mut index = 0;
        while index < starts.len() {
            text = text.push(if index == 0 { "`" } else { ", `" }).push(starts[index].item).push("`");
            index += 1;
        }
        text.declared(role.written, role.declared_at).fail()
    }
    if let Some((_, Stated { start: Some(grants), .. })) = role.stated
        && let Some(false) = grants.pipeline(target.id)
    {
        sentence(sentences::start_policy, role.written, pipeline_arn(target.id).as_str(), target.written)
            .declared(role.written, role.declared_at)
            .fail()
    }
}

const fn starts_target(starts: &[PipelineId], target: PipelineId) -> bool {
    let mut index = 0;
    while index < starts.len() {
        let start = starts[index];
        if same(start.account.id, target.account.id)
            && same(start.region, target.region)
            && same(start.name, target.name)
        {
            return true;
        }
        index += 1;
    }
    false
}

/// The service role may assume the role of an action, by its stated policies. A role of the wrong account is another mistake.
#[track_caller]
pub const fn assume(service: RoleFacts, role: RoleFacts) {
    assume_in(service, role, role.account);
}

/// [`assume`] for the role of an invoke, which lives in the account of the target.
#[track_caller]
pub const fn assume_for(service: RoleFacts, role: RoleFacts, target: TargetFacts) {
    assume_in(service, role, target.id.account.id);
}

#[track_caller]
const fn assume_in(service: RoleFacts, role: RoleFacts, account: &'static str) {
    let (Some((_, Stated { assume: Some(grants), .. })), Some((id, _))) = (service.stated, role.stated) else {
        return;
    };
    // In one account the trust policy alone may let a role in, which is for the evaluator.
    if unread(service.account, role.account) || !same(role.account, account) || same(service.account, role.account) {
        return;
    }
    if let Some(false) = grants.role(id) {
        sentence(sentences::assume_policy, role.written, role_arn(id).as_str(), service.written)
            .declared(service.written, service.declared_at)
            .fail()
    }
}

/// The role of an action trusts the caller's service role.
#[track_caller]
pub const fn trust(caller: CallerFacts, role: RoleFacts) {
    if let Some((_, Stated { trust: Some(grants), .. })) = role.stated
        && let Some(service) = caller.service_role
        && !unread(service.account, role.account)
        && let Some(false) = grants.trust(service)
    {
        sentence(sentences::trust_policy, role.written, caller.account.item, role_arn(service).as_str())
            .declared(role.written, role.declared_at)
            .fail()
    }
    let Some(trusts) = role.trusts else { return };
    if unread(caller.account.id, role.account) {
        return;
    }
    let mut index = 0;
    while index < trusts.len() {
        let covers = match trusts[index] {
            Trusts::Account(account) | Trusts::WholeAccount(account) => same(account.id, caller.account.id),
            Trusts::Role(trusted) => match caller.service_role {
                Some(service) => same_role(trusted, service),
                // Whose role it is shows when the topology is built.
                None => same(trusted.account, caller.account.id),
            },
        };
        if covers {
            return;
        }
        index += 1;
    }
    let mut text = sentence(sentences::trust, role.written, caller.account.item, "");
    text = if trusts.is_empty() { text.push("\n  note: it trusts nobody") } else { text.push("\n  note: it trusts ") };
    let mut index = 0;
    while index < trusts.len() {
        text = text.push(if index == 0 { "`" } else { ", `" });
        text = match trusts[index] {
            Trusts::Account(account) | Trusts::WholeAccount(account) => text.push(account.item),
            Trusts::Role(role) => text
                .push("arn:")
                .push(role.partition)
                .push(":iam::")
                .push(role.account)
                .push(":role/")
                .push(role.path_and_name),
        };
        text = text.push("`");
        index += 1;
    }
    text.declared(role.written, role.declared_at).fail()
}

/// Without a role, the target lives in the caller's account.
#[track_caller]
pub const fn no_role(caller: CallerFacts, target: TargetFacts) {
    if !unread(caller.account.id, target.id.account.id) && !same(caller.account.id, target.id.account.id) {
        sentence(sentences::role_missing, target.written, caller.account.item, target.written)
            .declared(target.written, target.declared_at)
            .fail()
    }
}

/// A service role lives in the account of its pipeline.
#[track_caller]
pub const fn service_role(caller: CallerFacts, role: RoleFacts) {
    if !unread(role.account, caller.account.id) && !same(role.account, caller.account.id) {
        sentence(sentences::service_role_account, role.written, caller.account.item, "")
            .push("\n  note: the role lives in account ")
            .push(role.account)
            .push(", `")
            .push(caller.account.item)
            .push("` is ")
            .push(caller.account.id)
            .declared(role.written, role.declared_at)
            .fail()
    }
    if let Some((_, Stated { service_trust: Some(false), .. })) = role.stated {
        sentence(sentences::service_trust_policy, role.written, "", "").declared(role.written, role.declared_at).fail()
    }
}

/// A role that is declared by its ARN is declared in the account of the ARN.
#[track_caller]
pub const fn item_account(account: AccountId, arn: &'static str, arn_account: &'static str) {
    if !unread(account.id, arn_account) && !same(account.id, arn_account) {
        sentence(sentences::item_account, arn, account.item, "")
            .push("\n  note: `")
            .push(account.item)
            .push("` is ")
            .push(account.id)
            .fail()
    }
}

/// A role starts pipelines of its own account only.
#[track_caller]
pub const fn start(account: AccountId, target: TargetFacts) {
    if !unread(account.id, target.id.account.id) && !same(account.id, target.id.account.id) {
        sentence(sentences::start_account, target.written, account.item, "")
            .declared(target.written, target.declared_at)
            .fail()
    }
}

/// A variable that is passed is declared by the target.
#[track_caller]
pub const fn variable(target: TargetFacts, name: &'static str) {
    let Some(variables) = target.id.variables else { return };
    if find(variables, name) {
        return;
    }
    let mut index = 0;
    while index < variables.len() {
        if near(name, variables[index].name) {
            Text::new()
                .render(sentences::variable_undeclared.message, name, "", target.written)
                .push("\n  help: did you mean `")
                .push(variables[index].name)
                .push("`?")
                .declared(target.written, target.declared_at)
                .fail()
        }
        index += 1;
    }
    let mut text = sentence(sentences::variable_undeclared, name, "", target.written);
    text = if variables.is_empty() {
        text.push("\n  note: it declares none")
    } else {
        text.push("\n  note: it declares ")
    };
    let mut index = 0;
    while index < variables.len() {
        text = text.push(if index == 0 { "`" } else { ", `" }).push(variables[index].name).push("`");
        index += 1;
    }
    text.declared(target.written, target.declared_at).fail()
}

/// Every variable without default is passed.
#[track_caller]
pub const fn variables_passed(target: TargetFacts, passed: &'static [&'static str]) {
    let Some(variables) = target.id.variables else { return };
    let mut index = 0;
    while index < variables.len() {
        let variable = variables[index];
        if variable.required && !contains(passed, variable.name) && !is_meant(variable.name, passed, variables) {
            sentence(sentences::variable_missing, variable.name, "", target.written)
                .push(": `")
                .push(variable.name)
                .push(": \"…\"`")
                .declared(target.written, target.declared_at)
                .fail()
        }
        index += 1;
    }
}

/// True where something that is passed and not declared is surely meant for a variable: that is said there.
const fn is_meant(variable: &str, passed: &[&str], declared: &[Variable]) -> bool {
    let mut index = 0;
    while index < passed.len() {
        if !find(declared, passed[index]) && near(passed[index], variable) {
            return true;
        }
        index += 1;
    }
    false
}

/// True for words that differ in letter case, and in at most two neighbouring letters besides.
const fn near(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 {
        return false;
    }
    let (mut before, mut behind) = (0, 0);
    while before < short.len() && short[before].eq_ignore_ascii_case(&long[before]) {
        before += 1;
    }
    while behind < short.len() - before
        && short[short.len() - 1 - behind].eq_ignore_ascii_case(&long[long.len() - 1 - behind])
    {
        behind += 1;
    }
    let differ = long.len() - before - behind;
    // Of short words everything would be near.
    differ == 0 || differ <= 2 && before + behind >= 2
}

/// Where artifacts cross accounts, their bucket has a key that is named by its ARN. `actions` are those that have artifacts in the
/// bucket, with the accounts in which they run.
#[track_caller]
pub const fn artifact_key(caller: CallerFacts, actions: &[(&'static str, &'static str)], key: &'static str) {
    let mut index = 0;
    while index < actions.len() {
        let (action, account) = actions[index];
        if !unread(account, caller.account.id) && !same(account, caller.account.id) {
            let missing = if key.is_empty() { sentences::key_missing } else { sentences::key_unnamed };
            sentence(missing, action, account, key).fail()
        }
        index += 1;
    }
}

/// A role that an action passes on lives in the account in which it runs; empty, that is the account of the pipeline.
#[track_caller]
pub const fn passed_role(caller: CallerFacts, runs_in: &'static str, key: &'static str, account: &'static str) {
    let runs_in = if runs_in.is_empty() { caller.account.id } else { runs_in };
    if !unread(runs_in, account) && !same(runs_in, account) {
        sentence(sentences::passed_role, key, runs_in, account).fail()
    }
}

/// An action in another Region than the pipeline's has a bucket there.
#[track_caller]
pub const fn store(
    home: &'static str,
    stores: Option<&'static [&'static str]>,
    action: &'static str,
    target: TargetFacts,
) {
    if unread(home, target.id.region) || same(home, target.id.region) {
        return;
    }
    match stores {
        Some(stores) if contains(stores, target.id.region) => {}
        Some(_) => sentence(sentences::store_missing, action, target.id.region, "").fail(),
        None => sentence(sentences::store_single, action, target.id.region, "").fail(),
    }
}

const fn contains(list: &[&str], wanted: &str) -> bool {
    let mut index = 0;
    while index < list.len() {
        if same(list[index], wanted) {
            return true;
        }
        index += 1;
    }
    false
}

const fn find(variables: &[Variable], wanted: &str) -> bool {
    let mut index = 0;
    while index < variables.len() {
        if same(variables[index].name, wanted) {
            return true;
        }
        index += 1;
    }
    false
}

/// Names of variables that the typed builder passes, from the last to the first.
#[derive(Debug)]
pub struct Names {
    pub(crate) name: &'static str,
    pub(crate) rest: Option<&'static Names>,
}

/// [`trust`], for the typed builder, which knows the account but not yet the service role.
#[track_caller]
pub(crate) const fn trusts_account(
    caller: AccountId,
    written: &'static str,
    account: &'static str,
    trusts: Option<&'static [Trusts]>,
) {
    let caller = CallerFacts { account: caller, service_role: None };
    trust(caller, RoleFacts { written, account, trusts, starts: None, stated: None, declared_at: "" });
}

/// [`variables_passed`], for the typed builder.
#[track_caller]
pub(crate) const fn passed_all(target: &'static str, declared: Option<&'static [Variable]>, passed: Option<&Names>) {
    let Some(variables) = declared else { return };
    let mut index = 0;
    while index < variables.len() {
        let variable = variables[index];
        let mut found = !variable.required;
        let mut list = passed;
        while let Some(names) = list {
            found |= same(names.name, variable.name);
            list = names.rest;
        }
        if !found {
            sentence(sentences::variable_missing, variable.name, "", target).fail()
        }
        index += 1;
    }
}
