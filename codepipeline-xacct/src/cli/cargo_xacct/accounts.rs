//! Pipelines of accounts, by name or ARN, and the sessions that read them.

#[cfg(feature = "sdk")]
use crate::core::ids::PipelineArn;
use crate::core::ids::{AccountId, Region};

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
        then: impl FnOnce(crate::aws::Session, Vec<PipelineArn>) -> F,
    ) -> Result<T, String> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.map_err(|error| error.to_string())?.block_on(async {
            let (session, wanted) = self.connect().await?;
            then(session, wanted).await
        })
    }

    #[cfg(feature = "sdk")]
    async fn connect(&self) -> Result<(crate::aws::Session, Vec<PipelineArn>), String> {
        use crate::aws::{Credentials, Session};
        use crate::core::ids::Partition;
        use crate::core::topology::items::Account;

        let arns: Vec<PipelineArn> = self.pipelines.iter().filter_map(|text| text.parse().ok()).collect();
        let names: Vec<&String> = self.pipelines.iter().filter(|text| text.parse::<PipelineArn>().is_err()).collect();
        let partition = arns.first().map(|arn| arn.partition().clone());
        let partition = partition.or_else(|| self.region.map(Partition::of_region)).unwrap_or_else(Partition::aws);
        let account = |id: &AccountId| Account { item: id.to_string(), id: id.clone(), partition: partition.clone() };
        let mut builder = Session::builder();
        for (id, profile) in self.profiles {
            builder = builder.account(account(id), Credentials::profile(profile));
        }
        if self.profiles.is_empty() {
            let arn = arns.first().ok_or("give `--account-profile ID=PROFILE`, or the ARN of the pipeline")?;
            builder = builder.account(account(arn.account()), Credentials::environment());
        }
        let session = builder.connect().await.map_err(|error| error.to_string())?;
        let mut wanted = arns;
        if self.all || !names.is_empty() {
            let region = self.region.ok_or("give `--region`, or the ARN of the pipeline")?;
            let mut listed = Vec::new();
            for account in session.accounts() {
                listed.extend(session.pipelines(&account.id, region).await.map_err(|error| error.to_string())?);
            }
            for name in &names {
                let of_name: Vec<_> =
                    listed.iter().filter(|arn| arn.name().as_str() == name.as_str()).cloned().collect();
                if of_name.is_empty() {
                    return Err(format!("there is no pipeline `{name}` in Region {region} of the accounts given"));
                }
                wanted.extend(of_name);
            }
            if self.all {
                wanted = listed;
            }
        }
        Ok((session, wanted))
    }
}

/// Why accounts can't be read by a program without the SDK.
#[cfg(not(feature = "sdk"))]
pub(super) fn without_sdk(instead: &str) -> String {
    format!(
        "this `cargo xacct` was built without the AWS SDK\n  help: build it with the feature `sdk`, or give {instead}"
    )
}
