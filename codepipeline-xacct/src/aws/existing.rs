//! Reads pipelines that exist, with their tags and roles, and the pipelines that they start, in the accounts that the session reaches. Nothing is
//! written.

use std::collections::BTreeSet;

use futures_util::future::join;
use serde_json::{Value, json};

use super::at_once;
use super::known_role::role;
use super::read::{self, ReadError};
use super::session::Session;
use crate::core::ids::{PipelineArn, RoleArn};
use crate::core::plan::Found;
use crate::core::wiring::KnownRole;
use crate::core::wiring::links;

/// What was read.
#[derive(Debug, Default)]
pub(crate) struct Existing {
    /// Pipelines, each as `get-pipeline` prints it, with its tags.
    pub(crate) pipelines: Vec<(PipelineArn, Value)>,
    /// Their roles.
    pub(crate) roles: Vec<KnownRole>,
    /// What was not read, and why.
    pub(crate) unread: Vec<(String, String)>,
}

impl Session {
    /// Reads some pipelines, and those that they start, with all that these start.
    pub(crate) async fn existing(&self, pipelines: &[PipelineArn]) -> Result<Existing, ReadError> {
        let mut existing = Existing::default();
        let mut wanted: Vec<PipelineArn> = pipelines.to_vec();
        let (mut seen, mut roles) = (BTreeSet::new(), BTreeSet::new());
        while !wanted.is_empty() {
            wanted.retain(|arn| seen.insert(arn.clone()));
            // Those of other accounts are only what is known to start them.
            wanted.retain(|arn| self.reaches(arn.account()));
            let reads = wanted.iter().map(|arn| join(read::written(self, arn, None), read::tags(self, arn)));
            let found = at_once::all(reads).await;
            let mut next = Vec::new();
            for (arn, (written, tags)) in wanted.into_iter().zip(found) {
                let Some(written) = existing.there(&arn, read::seen(written)?) else { continue };
                let declaration = &written.declaration;
                roles.extend(declaration.role_arn.as_deref().and_then(|role| role.parse::<RoleArn>().ok()));
                for link in links(&arn, declaration) {
                    roles.extend(link.role_arn());
                    next.extend(link.target);
                }
                let tags = existing.there(&format!("the tags of {arn}"), read::seen(tags)?).unwrap_or_default();
                let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({ "key": key, "value": value })).collect();
                let metadata = json!({ "pipelineArn": arn.to_string() });
                existing.pipelines.push((arn, json!({ "pipeline": declaration, "metadata": metadata, "tags": tags })));
            }
            wanted = next;
        }
        roles.retain(|arn: &RoleArn| self.reaches(arn.account()));
        let reads = at_once::all(roles.iter().map(|arn| role(self, arn))).await;
        for (arn, (found, asked)) in roles.iter().zip(reads) {
            let Some(known) = existing.there(arn, found) else { continue };
            let denied = asked.into_iter().filter_map(|(operation, denied)| Some((operation, denied?)));
            existing.unread.extend(denied.map(|(operation, why)| (arn.to_string(), format!("{operation}: {why}"))));
            existing.roles.push(known);
        }
        Ok(existing)
    }
}

impl Existing {
    fn there<T>(&mut self, what: &impl ToString, found: Found<T>) -> Option<T> {
        let why = match found {
            Found::Present(found) => return Some(found),
            Found::Missing => "it does not exist".to_owned(),
            Found::Unreadable(why) => why,
            Found::NotConnected => "there are no credentials for its account".to_owned(),
        };
        self.unread.push((what.to_string(), why));
        None
    }
}
