//! Policies of an organization.

use super::handle::{Local, LocalError};
use super::refusal::Refusal;
use crate::core::ids::{AccountId, Partition};
use crate::core::policy::validate::accept;
use crate::core::policy::{Document, DocumentKind};

impl Local {
    /// Sets the service control policies of an account by level, from the root of the organization. Each level has to
    /// allow; without `FullAWSAccess` or another `Allow`, a level allows nothing.
    pub fn put_scps(&self, account: &AccountId, levels: &[Vec<Document>]) -> Result<(), LocalError> {
        let levels = accepted(levels, DocumentKind::ServiceControl)?;
        let mut store = self.store();
        store.add_account(account.clone());
        store.account(account)?.scps = levels;
        Ok(())
    }

    /// Sets the resource control policies of an account by level. They limit who may assume its roles, and
    /// who may use its buckets and keys that were put there.
    pub fn put_rcps(&self, account: &AccountId, levels: &[Vec<Document>]) -> Result<(), LocalError> {
        let levels = accepted(levels, DocumentKind::ResourceControl)?;
        let mut store = self.store();
        store.add_account(account.clone());
        store.account(account)?.rcps = levels;
        Ok(())
    }

    /// Sets both, or neither where one of them is refused.
    #[cfg(feature = "serve")]
    pub(super) fn put_organization(
        &self,
        account: &AccountId,
        scps: &[Vec<Document>],
        rcps: &[Vec<Document>],
    ) -> Result<(), LocalError> {
        let scps = accepted(scps, DocumentKind::ServiceControl)?;
        let rcps = accepted(rcps, DocumentKind::ResourceControl)?;
        let mut store = self.store();
        store.add_account(account.clone());
        let account = store.account(account)?;
        (account.scps, account.rcps) = (scps, rcps);
        Ok(())
    }
}

fn accepted(levels: &[Vec<Document>], kind: DocumentKind) -> Result<Vec<Vec<Document>>, Refusal> {
    let accept_one = |document: &Document| accept(&document.to_json(), kind, &Partition::aws()).map_err(Refusal::from);
    levels.iter().map(|level| level.iter().map(accept_one).collect()).collect()
}
