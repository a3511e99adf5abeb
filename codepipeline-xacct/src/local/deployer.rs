//! Who deploys: identities with other rights than an administrator's.

use aws_config::SdkConfig;

use super::handle::{Local, LocalError};
use super::refusal::Refusal;
use super::role_session::RoleSession;
use super::services::iam::put_role;
use super::store::Store;
use crate::core::ids::{AccountId, Partition, RoleArn};
use crate::core::policy::evaluate::Caller;
use crate::core::policy::{Document, Statement, account_trust};

/// What a deployer may do in an account, where it is not an administrator, whose credentials [`Local::sdk_config`] has.
#[derive(Debug, Clone, PartialEq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Deployer {
    /// Read everything that a plan and a run need, and write nothing.
    ReadOnly,
    /// Nothing.
    Nobody,
    /// What an identity policy allows.
    With(Document),
}

impl Deployer {
    /// The identity policy.
    fn policy(&self) -> Option<Document> {
        match self {
            Deployer::ReadOnly => {
                let actions = ["iam:Get*", "iam:List*", "iam:Simulate*", "codepipeline:Get*", "codepipeline:List*"];
                Some(Document::new(vec![Statement::allow(&actions, vec!["*".to_owned()])]))
            }
            Deployer::Nobody => None,
            Deployer::With(document) => Some(document.clone()),
        }
    }
}

impl Local {
    /// A configuration of the SDK with the credentials of a deployer in an account. As with IAM Identity Center, it is a
    /// session of a role of the account, `codepipeline-xacct/Deployer…`, which is made for it.
    pub fn sdk_config_as(&self, account: &str, region: &str, deployer: &Deployer) -> Result<SdkConfig, LocalError> {
        Ok(self.config(&self.access_key_as(account, deployer)?, region))
    }

    /// The access key of such a deployer, for a client of another kind. Its secret and its session token are `local`.
    pub fn access_key_as(&self, account: &str, deployer: &Deployer) -> Result<String, LocalError> {
        let id: AccountId = account.parse().map_err(|error| invalid(&error))?;
        Ok(deployer_key(&mut self.store(), &id, deployer)?)
    }
}

fn deployer_key(store: &mut Store, account: &AccountId, deployer: &Deployer) -> Result<String, Refusal> {
    store.add_account(account.clone());
    let name = format!("codepipeline-xacct/Deployer{}", store.next());
    let role = RoleArn::new(Partition::aws(), account.clone(), &name)
        .map_err(|error| Refusal::new("ValidationError", error.to_string()))?;
    let trust = Document::new(vec![account_trust(&Partition::aws(), account)]);
    let policies = deployer.policy().map(|document| ("deployer".to_owned(), document.to_json())).into_iter();
    put_role(store, &role, &trust.to_json(), policies.collect())?;
    let session = RoleSession {
        role_id: store.role(&role).map(|record| record.id.clone()).unwrap_or_default(),
        policies: None,
        tags: Default::default(),
        transitive: Vec::new(),
        source_identity: None,
        expires: i64::MAX,
    };
    Ok(store.session_key(Caller::Session { role, session: "deployer".to_owned() }, session))
}

fn invalid(error: &impl std::fmt::Display) -> LocalError {
    Refusal::new("ValidationError", error.to_string()).into()
}
