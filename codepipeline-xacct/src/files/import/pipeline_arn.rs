//! Where a pipeline is that is imported.

use serde_json::Value;

use super::named_in_stages::actions;
use super::options::ImportOptions;
use crate::core::check::symbol::{symbol, symbols};
use crate::core::check::unknown::is_unknown;
use crate::core::ids::{Partition, PipelineArn, Region, RoleArn, split_arn};
use crate::files::source_file::SourceFile;

/// Why the ARN of a pipeline is not known.
#[derive(Debug)]
pub(crate) struct Placeless {
    pub(super) message: String,
    /// What would have to be known.
    pub(super) symbols: Vec<String>,
}

impl From<&str> for Placeless {
    fn from(message: &str) -> Self {
        Self { message: message.to_owned(), symbols: Vec::new() }
    }
}

/// The ARN that get-pipeline prints beside a declaration.
pub(super) fn metadata_arn(source: &SourceFile) -> Option<PipelineArn> {
    source.value().get("metadata")?.get("pipelineArn")?.as_str()?.parse().ok()
}

/// The partition of a pipeline: that of its Region, if its ARN has none that is not known here.
fn partition(arn: &PipelineArn) -> Partition {
    let of_region = Partition::of_region(arn.region());
    if arn.partition().dns_suffix().is_some() { of_region } else { arn.partition().clone() }
}

/// The ARN of a pipeline: from its metadata, or from its name, its service role, and its source actions or artifact buckets.
pub(crate) fn arn(source: &SourceFile, options: &ImportOptions) -> Result<PipelineArn, Placeless> {
    let home = source.in_template().map_or_else(|| options.homes.of(source.name()), |part| part.home.clone());
    if let Some(arn) = metadata_arn(source) {
        let partition = partition(&arn);
        return Ok(PipelineArn::new(partition, arn.region().clone(), arn.account().clone(), arn.name().clone()));
    }
    let declaration = source.declaration();
    let name = declaration.get("name").and_then(Value::as_str).ok_or("the pipeline has no name")?;
    let open = |text: &str| symbols(text).map(str::to_owned).collect::<Vec<_>>();
    if is_unknown(name) {
        return Err(Placeless { message: "its name is not known".to_owned(), symbols: open(name) });
    }
    let name = name.parse().map_err(|error: crate::core::ids::IdError| Placeless::from(error.to_string().as_str()))?;
    let role = declaration.get("roleArn").and_then(Value::as_str);
    let of_role = role.and_then(split_arn).map(|arn| open(arn.account)).filter(|symbols| !symbols.is_empty());
    let role = role.and_then(|arn| arn.parse::<RoleArn>().ok());
    let account = role.as_ref().map(|role| role.account().clone()).or_else(|| home.account.clone());
    // A source action runs in the Region of its pipeline.
    let is_source =
        |action: &&Value| action.get("actionTypeId").and_then(|id| id.get("category")).is_some_and(|c| c == "Source");
    let of_source = actions(declaration)
        .filter(is_source)
        .find_map(|source| source.get("region")?.as_str()?.parse::<Region>().ok());
    let stores = declaration.get("artifactStores").and_then(Value::as_object);
    let only =
        stores.filter(|stores| stores.len() == 1).and_then(|stores| stores.keys().next()?.parse::<Region>().ok());
    let region = of_source.or(only).or_else(|| home.region.clone());
    let of_account = || of_role.unwrap_or_else(|| vec![symbol("", "account")]);
    let of_region = [symbol("", "region")];
    let lacks = |message: &str, symbols: Vec<String>| Placeless { message: message.to_owned(), symbols };
    let (account, region) = match (account, region) {
        (Some(account), Some(region)) => (account, region),
        (None, Some(_)) => return Err(lacks("its account is not known", of_account())),
        (Some(_), None) => return Err(lacks("its Region is not known", of_region.to_vec())),
        (None, None) => {
            let symbols = of_account().into_iter().chain(of_region).collect();
            return Err(lacks("neither its account nor its Region is known", symbols));
        }
    };
    // A service role in another partition is reported as such.
    Ok(PipelineArn::new(Partition::of_region(&region), region, account, name))
}
