//! Pipelines of accounts, by name or ARN, and the sessions that read them.

#[cfg(feature = "sdk")]
use crate::aws::{Credentials, Session, SessionBuilder};
use crate::core::ids::{AccountId, Region};
#[cfg(feature = "sdk")]
use crate::core::ids::{Partition, PipelineArn};
#[cfg(feature = "sdk")]
use crate::core::regions::unknown;
#[cfg(feature = "sdk")]
use crate::core::sentences::plural;
#[cfg(feature = "sdk")]
use crate::core::topology::Account;

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
    /// Whether to go without the accounts that can't be reached.
    pub(super) goes_without: bool,
}

impl Asked<'_> {
    /// Runs what reads the accounts, with the pipelines, and how the pipelines of each account were listed.
    #[cfg(feature = "sdk")]
    pub(super) fn read<T, F: Future<Output = Result<T, String>>>(
        &self,
        then: impl FnOnce(Session, Vec<PipelineArn>, Vec<Listing>) -> F,
    ) -> Result<T, String> {
        block_on(async {
            let (session, wanted, listings) = self.connect().await?;
            then(session, wanted, listings).await
        })
    }

    #[cfg(feature = "sdk")]
    async fn connect(&self) -> Result<(Session, Vec<PipelineArn>, Vec<Listing>), String> {
        let arns: Vec<PipelineArn> = self.pipelines.iter().filter_map(|text| text.parse().ok()).collect();
        let names: Vec<&String> = self.pipelines.iter().filter(|text| text.parse::<PipelineArn>().is_err()).collect();
        let partition = arns.first().map(|arn| arn.partition().clone());
        let partition = partition.or_else(|| self.region.map(Partition::of_region)).unwrap_or_else(Partition::aws);
        let mut builder = builder(self.profiles, arns.first().map(PipelineArn::account), &partition)?;
        if self.goes_without {
            builder = builder.go_without();
        }
        let session = builder.connect().await.map_err(|error| error.to_string())?;
        let (mut wanted, mut listings) = (arns, Vec::new());
        if self.all {
            (wanted, listings) = listed(&session, self.region).await?;
            let not_listed = not_listed(&listings);
            if !not_listed.is_empty() && (wanted.is_empty() || !self.goes_without) {
                return Err(not_listed.join("\n"));
            }
            if wanted.is_empty() {
                return Err(nothing_in(&listings, self.region));
            }
        } else if !names.is_empty() {
            wanted.extend(named(&session, &names, self.region).await?);
        }
        Ok((session, wanted, listings))
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
    builder(profiles, of_arn, partition)?.connect().await.map_err(|error| error.to_string())
}

/// Such a session that is about to be made.
#[cfg(feature = "sdk")]
pub(super) fn builder(
    profiles: &[(AccountId, String)],
    of_arn: Option<&AccountId>,
    partition: &Partition,
) -> Result<SessionBuilder, String> {
    let account = |id: &AccountId| Account { item: id.to_string(), id: id.clone(), partition: partition.clone() };
    let mut builder = Session::builder();
    for (id, profile) in profiles {
        builder = builder.account(account(id), Credentials::profile(profile));
    }
    if profiles.is_empty() {
        let id = of_arn.ok_or("give `--account-profile ID=PROFILE`, or the ARN of the pipeline")?;
        builder = builder.account(account(id), Credentials::environment());
    }
    Ok(builder)
}

/// How the pipelines of an account were listed: why they could not be.
#[cfg(feature = "sdk")]
pub(super) type Listing = (AccountId, Option<String>);

/// Why the pipelines of some accounts could not be listed.
#[cfg(feature = "sdk")]
pub(super) fn not_listed(listings: &[Listing]) -> Vec<String> {
    listings.iter().filter_map(|(_, why)| why.clone()).collect()
}

/// All pipelines of the accounts in a Region.
#[cfg(feature = "sdk")]
async fn listed(session: &Session, region: Option<&Region>) -> Result<(Vec<PipelineArn>, Vec<Listing>), String> {
    let region = region.ok_or("give `--region`, or the ARN of the pipeline")?;
    let (mut listed, mut listings) = (Vec::new(), Vec::new());
    for account in session.accounts() {
        let why = match session.pipelines(&account.id, region).await {
            Ok(pipelines) => {
                listed.extend(pipelines);
                None
            }
            Err(error) => Some(error.to_string()),
        };
        listings.push((account.id.clone(), why));
    }
    Ok((listed, listings))
}

/// That there is no pipeline. A Region that is not known is not refused before: AWS may have opened it since.
#[cfg(feature = "sdk")]
fn nothing_in(listings: &[Listing], region: Option<&Region>) -> String {
    let accounts: Vec<&str> = listings.iter().map(|(account, _)| account.as_str()).collect();
    let of = plural("account", accounts.len());
    let here = region.map(ToString::to_string).unwrap_or_default();
    let unknown = region.and_then(unknown).map(|unknown| format!("\n  {unknown}")).unwrap_or_default();
    format!("there are no pipelines in Region {here} of {of} {}{unknown}", accounts.join(", "))
}

/// The pipelines of some names in a Region of the accounts.
#[cfg(feature = "sdk")]
pub(super) async fn named(
    session: &Session,
    names: &[&String],
    region: Option<&Region>,
) -> Result<Vec<PipelineArn>, String> {
    let (listed, listings) = listed(session, region).await?;
    let not_listed = not_listed(&listings);
    let mut found = Vec::new();
    for name in names {
        let of_name: Vec<_> = listed.iter().filter(|arn| arn.name().as_str() == name.as_str()).cloned().collect();
        if of_name.is_empty() {
            // It may be where nothing can be listed.
            if !not_listed.is_empty() {
                return Err(not_listed.join("\n"));
            }
            let region = region.map(ToString::to_string).unwrap_or_default();
            return Err(format!("there is no pipeline `{name}` in Region {region} of the accounts given"));
        }
        found.extend(of_name);
    }
    Ok(found)
}

/// Why accounts can't be read by a program without the SDK.
#[cfg(not(feature = "sdk"))]
pub(super) fn without_sdk(instead: &str) -> String {
    format!(
        "this `cargo xacct` was built without the AWS SDK\n  help: build it with the feature `sdk`, or give {instead}"
    )
}
