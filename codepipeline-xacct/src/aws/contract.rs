//! Reads pipelines and roles of other teams for contracts. Nothing is written.

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::Value;

use super::known_role::known_role;
use super::read::{self, ReadError};
use super::session::Session;
use crate::core::contract::Contract;
use crate::core::ids::{PipelineArn, RoleArn};
use crate::core::plan::TOPOLOGY_TAG;
use crate::core::topology::Subject;

impl Session {
    /// Reads the contract of any pipeline or role with those that use it; `None` where there is no such thing. Policies that may
    /// not be read are left out.
    ///
    /// ```no_run
    /// # use codepipeline_xacct::{aws::Session, core::topology::Subject};
    /// # async fn run(session: &Session) -> Result<(), Box<dyn std::error::Error>> {
    /// let deploy = Subject::Pipeline("arn:aws:codepipeline:eu-west-1:222222222222:deploy".parse()?);
    /// if let Some(contract) = session.contract(&deploy).await? {
    ///     std::fs::write("contracts/deploy.json", contract.to_json())?;
    /// }
    /// # Ok(())
    /// # }
    /// ```
    pub async fn contract(&self, of: &Subject) -> Result<Option<Contract>, ReadError> {
        let read = match of {
            Subject::Pipeline(arn) => self.of_pipeline(arn).await,
            Subject::Role(arn) => self.of_role(arn).await,
        };
        match read {
            Ok(contract) => Ok(Some(contract)),
            Err(ReadError::Aws(error)) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn of_pipeline(&self, arn: &PipelineArn) -> Result<Contract, ReadError> {
        let (written, tags) = futures_util::future::join(read::written(self, arn, None), read::tags(self, arn)).await;
        let written = written?;
        let mut contract = Contract::of_pipeline(arn.clone(), &written.declaration);
        contract.origin.updated = written.updated.as_ref().and_then(time);
        // Who keeps it is good to know, and not always readable.
        contract.origin.topology = tags.ok().and_then(|tags| tags.get(TOPOLOGY_TAG).cloned());
        Ok(contract)
    }

    async fn of_role(&self, arn: &RoleArn) -> Result<Contract, ReadError> {
        let (role, _) = known_role(read::role_parts(self, arn).await?);
        Ok(Contract::of_role(&role))
    }
}

/// A time as people read it; the service answers seconds since 1970.
pub(super) fn time(updated: &Value) -> Option<String> {
    match updated {
        Value::String(text) => Some(text.clone()),
        Value::Number(seconds) => DateTime::from_secs(seconds.as_f64()? as i64).fmt(Format::DateTime).ok(),
        _ => None,
    }
}
