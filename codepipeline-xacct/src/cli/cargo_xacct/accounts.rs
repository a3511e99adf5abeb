//! Pipelines of accounts, by name or ARN, and the sessions that read them.

#[cfg(feature = "sdk")]
use crate::aws::{Credentials, Session};
use crate::core::ids::{AccountId, Region};
#[cfg(feature = "sdk")]
use crate::core::ids::{Partition, PipelineArn};
#[cfg(feature = "sdk")]
use crate::core::topology::items::Account;

/// `ID=PROFILE`
pub(super) fn profile(text: &str) -> Result<(AccountId, String), String> {
    let (account, profile) = text.split_once('=').ok_or("write ID=PROFILE")?;
    Ok((account.parse().map_err(|error| format!("{error}"))?, profile.to_owned()))
}

/// Pipelines that are asked for.
#[cfg_attr(not(feature = "sdk"), expect(dead_code, reason = "nothing can be read without the SDK"))]
pub(super) struct Asked<'a> {
    /// The profile for each account; none where the environment has the credentials of the only one.
    pub(super) profiles: &'a [(AccountId, String)],
    /// Names and ARNs.
    pub(super) pipelines: &'a [String],
    /// Whether all pipelines of the accounts are meant.
    pub(super) all: bool,
    /// The Region of names, and of all.
    pub(super) region: Option<&'a Region>,
}

impl Asked<'_> {
    /// Runs what reads the accounts.
    #[cfg(feature = "sdk")]
    pub(super) fn read<T, F: Future<Output = Result<T, String>>>(
        &self,
        then: impl FnOnce(Session, Vec<PipelineArn>) -> F,
    ) -> Result<T, String> {
        block_on(async {
            let (session, wanted) = self.connect().await?;
            then(session, wanted).await
        })
    }

    #[cfg(feature = "sdk")]
    async fn connect(&self) -> Result<(Session, Vec<PipelineArn>), String> {
        let arns: Vec<PipelineArn> = self.pipelines.iter().filter_map(|text| text.parse().ok()).collect();
        let names: Vec<&String> = self.pipelines.iter().filter(|text| text.parse::<PipelineArn>().is_err()).collect();
        let partition = arns.first().map(|arn| arn.partition().clone());
        let partition = partition.or_else(|| self.region.map(Partition::of_region)).unwrap_or_else(Partition::aws);
        let session = connect(self.profiles, arns.first().map(PipelineArn::account), &partition).await?;
        let mut wanted = arns;
        if self.all || !names.is_empty() {
            let (listed, of_names) = named(&session, &names, self.region).await?;
            wanted.extend(of_names);
            if self.all {
                wanted = listed;
            }
        }
        Ok((session, wanted))
    }
}

/// Waits for what reads accounts.
#[cfg(feature = "sdk")]
pub(super) fn block_on<T>(reads: impl Future<Output = Result<T, String>>) -> Result<T, String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| error.to_string())?.block_on(reads)
}

/// A session with the accounts of the profiles; without profiles, with the account of an ARN and the credentials of the environment.
#[cfg(feature = "sdk")]
pub(super) async fn connect(
    profiles: &[(AccountId, String)],
    of_arn: Option<&AccountId>,
    partition: &Partition,
) -> Result<Session, String> {
    let account = |id: &AccountId| Account { item: id.to_string(), id: id.clone(), partition: partition.clone() };
    let mut builder = Session::builder();
    for (id, profile) in profiles {
        builder = builder.account(account(id), Credentials::profile(profile));
    }
    if profiles.is_empty() {
        let id = of_arn.ok_or("give `--account-profile ID=PROFILE`, or the ARN of the pipeline")?;
        builder = builder.account(account(id), Credentials::environment());
    }
    builder.connect().await.map_err(|error| error.to_string())
}

/// All pipelines of the accounts in a Region, and those of them with some names.
#[cfg(feature = "sdk")]
pub(super) async fn named(
    session: &Session,
    names: &[&String],
    region: Option<&Region>,
) -> Result<(Vec<PipelineArn>, Vec<PipelineArn>), String> {
    let region = region.ok_or("give `--region`, or the ARN of the pipeline")?;
    let mut listed = Vec::new();
    for account in session.accounts() {
        listed.extend(session.pipelines(&account.id, region).await.map_err(|error| error.to_string())?);
    }
    let mut found = Vec::new();
    for name in names {
        let of_name: Vec<_> = listed.iter().filter(|arn| arn.name().as_str() == name.as_str()).cloned().collect();
        if of_name.is_empty() {
            return Err(format!("there is no pipeline `{name}` in Region {region} of the accounts given"));
        }
        found.extend(of_name);
    }
    Ok((listed, found))
}

/// Why accounts can't be read by a program without the SDK.
#[cfg(not(feature = "sdk"))]
pub(super) fn without_sdk(instead: &str) -> String {
    format!(
        "this `cargo xacct` was built without the AWS SDK\n  help: build it with the feature `sdk`, or give {instead}"
    )
}
