//! A reading from files: declarations, the roles of an account, chains of roles, states of pipelines, policies of buckets and keys.

use std::fmt;

use serde_json::Value;

use super::reading::{ActionFailure, Basis, Reading, StageState};
use crate::check::files::Home;
use crate::declaration::{DeclarationFile, PipelineDeclaration, PipelineDocument};
use crate::finding::Place;
use crate::ids::{AccountId, Partition, PipelineArn, Region, RoleArn, is_key_arn, split_arn};
use crate::plan::Found;
use crate::policy::Document;
use crate::wiring::{KnownRole, Policy, input};

/// Why a file states nothing that a diagnosis needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusableFile(pub String);

impl fmt::Display for UnusableFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for UnusableFile {}

fn not(why: impl fmt::Display) -> UnusableFile {
    UnusableFile(why.to_string())
}

impl Reading {
    /// A reading of files, to which they are added.
    pub fn of_files() -> Self {
        Self { basis: Basis::Stated, ..Self::default() }
    }

    /// Adds a file: a declaration (output of `get-pipeline`, input of `create-pipeline`, or bare), the output of
    /// `iam get-account-authorization-details`, of `codepipeline get-pipeline-state`, of `s3api get-bucket-policy` or, with a member `KeyId`, of
    /// `kms get-key-policy`, or a chain of roles as [`input`](crate::wiring::input) describes it. `home` is where pipelines are whose file doesn't say it; `duplicates`
    /// are the places of members that appear twice. Returns the pipeline, where it is one.
    pub fn add(
        &mut self,
        text: &str,
        value: &Value,
        duplicates: &[Place],
        home: &Home,
    ) -> Result<Option<PipelineArn>, UnusableFile> {
        if value.get("service_role").is_some() {
            return self.chain(value, duplicates).map(|()| None);
        }
        if value.get("RoleDetailList").is_some() {
            return self.roles_of_account(value).map(|()| None);
        }
        if value.get("stageStates").is_some() {
            return self.states(value, home).map(|()| None);
        }
        if let Some(policy) = value.get("Policy") {
            return self.policy_of_resource(value, policy).map(|()| None);
        }
        if value.get("pipeline").is_none() && value.get("stages").is_none() {
            return Err(not(
                "this is neither a pipeline, nor a chain of roles, nor the output of `get-account-authorization-details`, `get-pipeline-state`, `get-bucket-policy` or `get-key-policy`",
            ));
        }
        let file = DeclarationFile::from_json(text).map_err(not)?;
        let arn = home_of(&file, home)?;
        self.pipelines.insert(arn.clone(), Found::Present(file.declaration().clone()));
        Ok(Some(arn))
    }

    fn chain(&mut self, value: &Value, duplicates: &[Place]) -> Result<(), UnusableFile> {
        let read =
            input::read(value, duplicates).map_err(|error| not(format!("this is not a chain of roles: {error}")))?;
        let chain = read.chain;
        let account = chain.service_role.arn.account().clone();
        let mut level = |levels: Vec<Vec<Document>>, account: &AccountId| {
            if !levels.is_empty() {
                self.scps.insert(account.clone(), levels);
            }
        };
        level(chain.scps.source, &account);
        if let Some(role) = &chain.action_role {
            level(chain.scps.target, role.arn.account());
        }
        if !chain.rcps.source.is_empty() {
            self.rcps.insert(account, chain.rcps.source);
        }
        if let (Some(role), false) = (&chain.action_role, chain.rcps.target.is_empty()) {
            self.rcps.insert(role.arn.account().clone(), chain.rcps.target);
        }
        self.others.extend(chain.target);
        self.refused.extend(chain.refused);
        for role in [Some(chain.service_role), chain.action_role].into_iter().flatten() {
            self.roles.insert(role.arn.clone(), Found::Present(role));
        }
        Ok(())
    }

    /// The output of `get-account-authorization-details`. A role that isn't in it doesn't exist, but it may also have been asked
    /// for less, so nothing is taken for missing.
    fn roles_of_account(&mut self, value: &Value) -> Result<(), UnusableFile> {
        let list = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let managed = list(value, "Policies");
        for role in list(value, "RoleDetailList") {
            let text = |key: &str| role.get(key).and_then(Value::as_str).unwrap_or_default();
            let arn: RoleArn = text("Arn").parse().map_err(not)?;
            let of = |what: &str, error: serde_json::Error| not(format!("{what} of role `{arn}`: {error}"));
            let read = |value: Option<&Value>, what: &str| match value {
                Some(Value::String(text)) => Document::from_json(text).map_err(|error| of(what, error)),
                Some(value) => serde_json::from_value(value.clone()).map_err(|error| of(what, error)),
                None => Err(not(format!("{what} of role `{arn}` is missing"))),
            };
            let mut known = KnownRole::new(arn.clone());
            known.trust = Some(read(role.get("AssumeRolePolicyDocument"), "the trust policy")?);
            known.unique_id = Some(text("RoleId").to_owned()).filter(|id| !id.is_empty());
            let mut policies = Vec::new();
            for policy in list(&role, "RolePolicyList") {
                let name = policy.get("PolicyName").and_then(Value::as_str).unwrap_or_default().to_owned();
                let document = read(policy.get("PolicyDocument"), &format!("policy `{name}`"))?;
                policies.push(Policy { name: Some(name), document });
            }
            let in_force = |arn: &str| {
                let policy = managed.iter().find(|policy| policy.get("Arn").and_then(Value::as_str) == Some(arn))?;
                let mut versions = policy.get("PolicyVersionList")?.as_array()?.iter();
                versions.find(|version| version.get("IsDefaultVersion") == Some(&Value::Bool(true)))?.get("Document")
            };
            let mut all = true;
            for attached in list(&role, "AttachedManagedPolicies") {
                let policy = attached.get("PolicyArn").and_then(Value::as_str).unwrap_or_default();
                match in_force(policy) {
                    Some(document) => {
                        let document = read(Some(document), &format!("policy `{policy}`"))?;
                        policies.push(Policy { name: Some(policy.to_owned()), document });
                    }
                    None => all = false,
                }
            }
            let boundary = role.get("PermissionsBoundary").and_then(|b| b.get("PermissionsBoundaryArn")?.as_str());
            match boundary.map(&in_force) {
                Some(Some(document)) => known.boundary = Some(read(Some(document), "the permissions boundary")?),
                Some(None) => all = false,
                None => {}
            }
            // Without one of its policies, it isn't known what the role may do.
            known.policies = all.then_some(policies);
            self.roles.insert(arn, Found::Present(known));
        }
        Ok(())
    }

    /// The output of `s3api get-bucket-policy`, or of `kms get-key-policy` with the ARN of the key as `KeyId`. A bucket is the one that its policy
    /// speaks of: S3 accepts no other.
    fn policy_of_resource(&mut self, value: &Value, policy: &Value) -> Result<(), UnusableFile> {
        let document = match policy {
            Value::String(text) => Document::from_json(text).map_err(not)?,
            policy => serde_json::from_value(policy.clone()).map_err(not)?,
        };
        let bucket = document.statements.iter().find_map(|statement| {
            let mut texts = statement.resource.iter().flat_map(|texts| texts.iter());
            texts.find(|text| split_arn(text).is_some_and(|arn| arn.service == "s3")).map(str::to_owned)
        });
        let key = value.get("KeyId").and_then(Value::as_str).filter(|key| is_key_arn(key));
        let arn = match (key, bucket) {
            (Some(key), _) => key.to_owned(),
            (None, Some(objects)) => objects.split('/').next().unwrap_or_default().to_owned(),
            (None, None) => {
                return Err(not("this is a policy that names no bucket; if it is of a key, add its ARN as `KeyId`"));
            }
        };
        self.policies.insert(arn, Found::Present(document));
        Ok(())
    }

    /// The output of `get-pipeline-state`, for a pipeline that was added before or is where `home` says.
    fn states(&mut self, value: &Value, home: &Home) -> Result<(), UnusableFile> {
        let name = value.get("pipelineName").and_then(Value::as_str).unwrap_or_default();
        let known = self.pipelines.keys().find(|arn| arn.name().as_str() == name).cloned();
        let arn = match (known, &home.account, &home.region) {
            (Some(arn), ..) => arn,
            (None, Some(account), Some(region)) => {
                let partition = Partition::of_region(region);
                PipelineArn::new(partition, region.clone(), account.clone(), name.parse().map_err(not)?)
            }
            _ => return Err(not(format!("give the declaration of pipeline `{name}` before its state"))),
        };
        let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
        let list = |value: &Value, key: &str| value.get(key).and_then(Value::as_array).cloned().unwrap_or_default();
        let failure = |action: &Value| {
            let latest = action.get("latestExecution").filter(|latest| text(latest, "status") == "Failed")?;
            let details = latest.get("errorDetails")?;
            let (code, message) = (text(details, "code"), text(details, "message"));
            Some(ActionFailure { action: text(action, "actionName"), code, message })
        };
        let stage = |stage: &Value| {
            let transition = stage.get("inboundTransitionState");
            let disabled = transition.filter(|t| t.get("enabled") == Some(&Value::Bool(false)));
            StageState {
                stage: text(stage, "stageName"),
                disabled: disabled.map(|transition| text(transition, "disabledReason")),
                failures: list(stage, "actionStates").iter().filter_map(failure).collect(),
            }
        };
        self.stages.insert(arn, list(value, "stageStates").iter().map(stage).collect());
        Ok(())
    }
}

/// Where the pipeline of a file is.
fn home_of(file: &DeclarationFile, home: &Home) -> Result<PipelineArn, UnusableFile> {
    let stated = match file {
        DeclarationFile::Document(document) => arn_of(document),
        DeclarationFile::Bare(_) => None,
    };
    if let Some(arn) = stated {
        return arn.parse().map_err(not);
    }
    let declaration: &PipelineDeclaration = file.declaration();
    // The service role lives in the account of the pipeline.
    let role: Option<RoleArn> = declaration.role_arn.as_deref().and_then(|role| role.parse().ok());
    let account = home.account.clone().or_else(|| role.as_ref().map(|role| role.account().clone()));
    let account =
        account.ok_or_else(|| not("the file doesn't say in which account the pipeline is: give `--account`"))?;
    let region: Region = home
        .region
        .clone()
        .ok_or_else(|| not("the file doesn't say in which Region the pipeline is: give `--region`"))?;
    let name = declaration.name.parse().map_err(not)?;
    Ok(PipelineArn::new(Partition::of_region(&region), region, account, name))
}

fn arn_of(document: &PipelineDocument) -> Option<&str> {
    document.metadata.as_ref()?.pipeline_arn.as_deref()
}
