//! Variables that an action passes to its target.

use super::contract_fix::ContractFix;
use super::facts::TargetFacts;
use super::text::{ConstText, contains, same, sentence};
use crate::core::sentences::{self, Sentence};
use crate::core::topology::CALLER_VARIABLE;
use crate::items::VariableConst;

const UNDECLARED: ContractFix = ContractFix {
    sentence: sentences::variable_undeclared,
    theirs: Some("leave it out here, or have the other side declare it"),
};

const UNDECLARED_CALLER: ContractFix = ContractFix {
    sentence: Sentence {
        help: "it is not managed here: declare the variable where the pipeline is managed, and in its `variables:` here: `{Self}: \"none\"`",
        ..sentences::variable_undeclared
    },
    theirs: Some("it is not managed here: have the other side declare it with the default `none`"),
};

/// A variable that is passed is declared by the target.
#[track_caller]
pub const fn variable(target: TargetFacts, name: &'static str, passed: &'static [&'static str]) {
    let Some(variables) = target.id.variables else { return };
    if find(variables, name) {
        return;
    }
    // `{ name: "version", value: "…" }`, as in JSON, is one mistake, reported at `name`.
    let as_in_json = contains(passed, "name")
        && contains(passed, "value")
        && !find(variables, "name")
        && !find(variables, "value")
        && !variables.is_empty();
    if as_in_json && same(name, "value") {
        return;
    }
    if as_in_json && same(name, "name") {
        ConstText::new()
            .render(sentences::variable_undeclared.message, name, "", target.written)
            .push("\n  help: an entry is a variable with its value: `")
            .push(variables[0].name)
            .push(": \"…\"`")
            .declared(target.written, target.declared_at)
            .fail()
    }
    let mut index = 0;
    while index < variables.len() {
        let variable = variables[index];
        let missing = variable.required && !contains(passed, variable.name);
        if near(name, variable.name) || missing && !has_near(variables, name) {
            ConstText::new()
                .render(sentences::variable_undeclared.message, name, "", target.written)
                .push("\n  help: did you mean `")
                .push(variable.name)
                .push("`?")
                .declared(target.written, target.declared_at)
                .fail()
        }
        index += 1;
    }
    let mut text = UNDECLARED.of_target(target, [name, "", target.written]);
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

/// A target that is followed by the variable of its caller declares it, or is managed and will.
#[track_caller]
pub const fn caller_variable(target: TargetFacts) {
    let Some(variables) = target.id.variables else { return };
    if target.managed || find(variables, CALLER_VARIABLE) {
        return;
    }
    UNDECLARED_CALLER
        .of_target(target, [CALLER_VARIABLE, "", target.written])
        .declared(target.written, target.declared_at)
        .fail()
}

/// Every variable without a default is passed.
#[track_caller]
pub const fn variables_passed(target: TargetFacts, passed: &'static [&'static str]) {
    let Some(variables) = target.id.variables else { return };
    let mut undeclared = count_undeclared(variables, passed);
    let mut index = 0;
    while index < variables.len() {
        let variable = variables[index];
        if variable.required && !contains(passed, variable.name) {
            // A name that is passed but not declared is the missing one, misspelt: that is reported at the name.
            if undeclared == 0 {
                sentence(sentences::variable_missing, variable.name, "", target.written)
                    .push(": `")
                    .push(variable.name)
                    .push(": \"…\"`")
                    .declared(target.written, target.declared_at)
                    .fail()
            }
            undeclared -= 1;
        }
        index += 1;
    }
}

/// How many of the names that are passed are not declared.
const fn count_undeclared(declared: &[VariableConst], passed: &[&str]) -> usize {
    let (mut index, mut count) = (0, 0);
    while index < passed.len() {
        // A managed target declares that one by itself.
        if !find(declared, passed[index]) && !same(passed[index], CALLER_VARIABLE) {
            count += 1;
        }
        index += 1;
    }
    count
}

/// True where a declared variable has nearly this name.
const fn has_near(declared: &[VariableConst], name: &str) -> bool {
    let mut index = 0;
    while index < declared.len() {
        if near(name, declared[index].name) {
            return true;
        }
        index += 1;
    }
    false
}

/// True for names that are equal except for letter case and at most two neighbouring letters.
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
    // Any two short names would be near each other.
    differ == 0 || differ <= 2 && before + behind >= 2
}

const fn find(variables: &[VariableConst], wanted: &str) -> bool {
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

/// [`variables_passed`], for the typed builder.
#[track_caller]
pub(crate) const fn passed_all(
    target: &'static str,
    declared: Option<&'static [VariableConst]>,
    passed: Option<&Names>,
) {
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
            ConstText::new()
                .render(sentences::variable_missing.message, variable.name, "", target)
                .push("\n  help: pass it to the action: `.set(")
                .push(target)
                .push("::")
                .push(variable.name)
                .push(", \"…\")`")
                .fail()
        }
        index += 1;
    }
}
