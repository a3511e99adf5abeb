//! Who changed what a contract says.

use std::collections::BTreeMap;

use crate::core::contract::{Contract, RecordedChange, Signature, Term};
use crate::core::topology::Subject;

/// What is known of who changed the terms that are different: the newest calls, or why none is known. It is empty where nothing was asked.
pub(super) type Who = BTreeMap<Term, Result<Vec<RecordedChange>, String>>;

/// What a contract says of one pipeline or role.
#[cfg_attr(not(feature = "sdk"), expect(dead_code, reason = "only an account records its changes"))]
pub(super) struct Part {
    pub(super) subject: Subject,
    signature: Signature,
    /// When the pipeline was last written before the contract was.
    since: Option<String>,
}

impl Part {
    /// The parts of a contract, in the order of its subjects.
    pub(super) fn all(contract: &Contract) -> Vec<Self> {
        let signatures: Vec<Signature> = match &contract.signature {
            Signature::Account(account) => account.parts().into_iter().map(|(_, part)| part).collect(),
            one => vec![one.clone()],
        };
        let part = |signature: Signature| {
            let subject = signature.subjects().into_iter().next()?;
            Some(Self { subject, signature, since: contract.origin.updated.clone() })
        };
        signatures.into_iter().filter_map(part).collect()
    }

    /// Asks who changed what is different now, or who deleted it; nothing is asked where nothing is.
    #[cfg(feature = "sdk")]
    pub(super) async fn who(&self, now: Option<&Signature>, history: &crate::aws::EventHistory<'_>) -> Who {
        use std::collections::BTreeSet;

        use crate::core::contract::changes;

        let terms = match now {
            Some(now) => changes(&self.signature, now).changed.into_iter().map(|change| change.term).collect(),
            None => BTreeSet::from([Term::Existence]),
        };
        let mut who = Who::new();
        for term in terms {
            let recorded = history.changes(&self.subject, term, self.since.as_deref()).await;
            who.insert(term, recorded.map_err(|error| error.to_string()));
        }
        who
    }
}
