//! IAM, STS and CodePipeline in the process, for tests, examples and rehearsals.
//!
//! The real clients of the SDK talk to it through their HTTP client, so the code that talks to AWS is the code that runs
//! here. It enforces what AWS enforces where a pipeline starts another across accounts: principals that must exist, the
//! trust and the policies behind every `sts:AssumeRole`, the structure of a pipeline, the right to start the target, and the
//! permissions of the actions that the catalogue knows. It answers with AWS's error codes and texts.
//!
//! * Time is virtual: every request takes a second, and an action takes a second or more.
//! * Sources, builds and approvals succeed, unless [`Local::fail`] says otherwise.
//! * Signatures are not verified: who calls is told by the access key. Service control policies, permissions boundaries and
//!   most condition operators are not evaluated; where they would decide, the call is refused and says so.
//! * What it can't do (rollback, stage conditions, action types outside of the catalogue, other services) is refused with the error code `NotSupportedByLocalAws`.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use codepipeline_xacct::local::Local;
//!
//! let aws = Local::new();
//! aws.add_account("111111111111")?;
//! let iam = aws_sdk_iam::Client::new(&aws.sdk_config("111111111111", "eu-west-1"));
//! let error = iam.get_role().role_name("nobody").send().await.unwrap_err().into_service_error();
//! assert!(error.is_no_such_entity_exception());
//! # Ok(())
//! # }
//! ```

mod codepipeline;
mod http;
mod iam;
mod run;
mod sts;
mod world;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::aws::{ConnectError, Session};
use crate::core::declaration::{PipelineDeclaration, PipelineDocument};
use crate::core::ids::{AccountId, IdError, PipelineArn, RoleArn};
use crate::core::policy::Document;
use crate::core::topology::Topology;
use world::World;

/// AWS in the process. Clones share their state.
#[derive(Debug, Clone, Default)]
pub struct Local {
    world: Arc<Mutex<World>>,
}

/// Why something could not be put into local AWS.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{code}: {message}")]
pub struct LocalError {
    /// The error code that AWS would answer.
    pub code: String,
    /// The message that AWS would answer.
    pub message: String,
}

impl Local {
    /// AWS without accounts.
    pub fn new() -> Self {
        Self::default()
    }

    fn world(&self) -> MutexGuard<'_, World> {
        // Every request leaves the state whole, so a panic elsewhere has harmed nothing.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens an account.
    pub fn add_account(&self, id: &str) -> Result<(), IdError> {
        let id: AccountId = id.parse()?;
        self.world().add_account(id);
        Ok(())
    }

    /// A configuration of the SDK with the credentials of an administrator of an account.
    pub fn sdk_config(&self, account: &str, region: &str) -> SdkConfig {
        let key = self.world().administrator_key(account);
        let credentials = Credentials::new(key, "local", None, None, "codepipeline-xacct local AWS");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(region.to_owned()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .http_client(SharedHttpClient::new(self.clone()))
            .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
            .build()
    }

    /// Opens the accounts of a topology and connects to them.
    pub async fn connect(&self, topology: &Topology) -> Result<Session, ConnectError> {
        let accounts = topology.accounts().iter().fold(Session::builder(), |session, account| {
            self.world().add_account(account.id.clone());
            session.account(account.clone(), self.sdk_config(account.id.as_str(), "us-east-1"))
        });
        accounts.connect().await
    }

    /// Puts a role there as somebody made it before: its trust policy and its inline policies.
    pub fn put_role(&self, arn: &RoleArn, trust: &Document, policies: &[(&str, &Document)]) -> Result<(), LocalError> {
        let mut world = self.world();
        world.add_account(arn.account().clone());
        let policies = policies.iter().map(|(name, document)| ((*name).to_owned(), document.to_json()));
        world.put_role(arn, &trust.to_json(), policies.collect()).map_err(LocalError::from)
    }

    /// Puts a pipeline there as somebody made it before, from the output of `get-pipeline`; its version stays.
    pub fn put_pipeline(&self, arn: &PipelineArn, document: &PipelineDocument) -> Result<(), LocalError> {
        let mut world = self.world();
        world.add_account(arn.account().clone());
        world.put_pipeline(arn, &document.pipeline).map_err(LocalError::from)
    }

    /// What is kept of a pipeline, as GetPipeline answers it.
    pub fn pipeline(&self, arn: &PipelineArn) -> Option<PipelineDeclaration> {
        self.world().pipeline(arn).map(|record| record.declaration.clone())
    }

    /// The trust policy of a role, as GetRole answers it.
    pub fn trust(&self, arn: &RoleArn) -> Option<Document> {
        let world = self.world();
        world.role(arn).map(|record| world.trust(record))
    }

    /// The inline policies of a role, by their names.
    pub fn policies(&self, arn: &RoleArn) -> Option<Vec<(String, Document)>> {
        let world = self.world();
        let inline = world.role(arn)?.inline.iter();
        Some(inline.filter_map(|(name, text)| Some((name.clone(), Document::from_json(text).ok()?))).collect())
    }

    /// Lets an action fail with a message whenever it runs.
    pub fn fail(&self, pipeline: &PipelineArn, stage: &str, action: &str, message: &str) {
        self.world().fail(pipeline, stage, action, message);
    }
}
