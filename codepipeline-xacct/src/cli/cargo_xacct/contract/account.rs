//! The contract of an account, of what its pipelines and roles say.

use crate::core::contract::{AccountSignature, Contract};
use crate::core::suggest::pascal_case;
use crate::core::topology::Subject;

/// One contract of several. Names that `before` gave stay, as the items of programs have them; what else it says stays too where it is `kept`.
pub(super) fn contract(
    before: Option<&AccountSignature>,
    kept: bool,
    parts: Vec<(Subject, Contract)>,
) -> Result<Contract, String> {
    let known: Vec<(String, Contract)> = before
        .iter()
        .flat_map(|before| before.parts())
        .map(|(name, signature)| (name.to_owned(), Contract { signature, origin: Default::default() }))
        .collect();
    let Some((id, partition)) = before
        .map(|of| (of.id.clone(), of.partition.clone()))
        .or_else(|| parts.first().map(|(first, _)| (first.account().clone(), first.partition().clone())))
    else {
        return Err("nothing is left that a contract could say".to_owned());
    };
    let mut named: Vec<(String, Contract)> = Vec::new();
    for (subject, contract) in parts {
        if subject.account() != &id {
            let message = format!("{subject} is not in account {id}");
            return Err(format!(
                "{message}\n  help: a file holds one contract, of one account; give `--output FOLDER`"
            ));
        }
        let taken = |name: &String| named.iter().chain(&known).any(|(other, _)| other == name);
        let given =
            known.iter().find(|(_, of)| of.signature.subjects().contains(&subject)).map(|(name, _)| name.clone());
        let name = given.unwrap_or_else(|| {
            let name = pascal_case(subject.name());
            let digit = name.starts_with(|c: char| c.is_ascii_digit());
            let name = if digit { format!("{}{name}", pascal_case(subject.kind())) } else { name };
            let numbered = (2..).map(|number| format!("{name}{number}"));
            [name.clone()].into_iter().chain(numbered).find(|name| !taken(name)).unwrap_or(name)
        });
        named.push((name, contract));
    }
    let others = known.into_iter().filter(|(name, _)| kept && !named.iter().any(|(other, _)| other == name));
    let all: Vec<(String, Contract)> = others.collect::<Vec<_>>().into_iter().chain(named).collect();
    Ok(Contract::of_account(id, partition, all))
}
