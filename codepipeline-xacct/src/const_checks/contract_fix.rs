//! Faults of an item that has a contract: each is fixed where the item is declared, and comes here with its contract.

use super::facts::{RoleFacts, TargetFacts};
use super::grants::{pipeline_arn, role_arn};
use super::text::{ConstText, sentence};
use crate::core::sentences::Sentence;
use crate::items::RoleConst;

/// A sentence about an item, and how the other side fixes what it is about if the item has a contract.
#[derive(Clone, Copy)]
pub(super) struct ContractFix {
    pub(super) sentence: Sentence,
    /// Instead of the help of the sentence; with the same names. `None` where the other side does what the sentence says for the owner.
    pub(super) theirs: Option<&'static str>,
}

impl ContractFix {
    /// The other side does what the sentence says for the owner.
    pub(super) const fn by_owner(sentence: Sentence) -> Self {
        Self { sentence, theirs: None }
    }

    /// Of the role with these facts.
    pub(super) const fn of_role(self, role: RoleFacts, id: RoleConst, names: [&str; 3]) -> ConstText {
        self.of(role.contract, &role_arn(id), names).declared(role.written, role.declared_at)
    }

    /// Of a target; where it is declared is not said yet.
    pub(super) const fn of_target(self, target: TargetFacts, names: [&str; 3]) -> ConstText {
        self.of(target.contract, &pipeline_arn(target.id), names)
    }

    const fn of(self, contract: &str, arn: &ConstText, names: [&str; 3]) -> ConstText {
        let [this, account, target] = names;
        if contract.is_empty() {
            return sentence(self.sentence, this, account, target);
        }
        let text = ConstText::new().render(self.sentence.message, this, account, target).push("\n  help: ");
        let text = match self.theirs {
            Some(theirs) => text.render(theirs, this, account, target),
            None => text.push("have the other side ").render(self.sentence.for_owner, this, account, target),
        };
        text.push(", and pull the contract again: `cargo xacct contract pull ")
            .push(arn.as_str())
            .push(" -o ")
            .push(contract)
            .push("`")
    }
}
