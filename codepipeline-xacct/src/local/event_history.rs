//! What CloudTrail keeps of calls: who changed which role or pipeline, and when.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::wire::{Call, Input, reads};
use crate::core::ids::{AccountId, Partition, Region};
use crate::core::policy::evaluate::Caller;

/// How many events are kept.
const KEPT: usize = 10_000;

/// The calls that succeeded and changed a role or a pipeline, from the oldest.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct EventHistory(VecDeque<StoredEvent>);

/// A call that changed something.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct StoredEvent {
    pub(super) number: u64,
    pub(super) time: i64,
    pub(super) account: AccountId,
    pub(super) region: String,
    pub(super) service: String,
    pub(super) operation: String,
    pub(super) caller: Caller,
    pub(super) resources: Vec<EventResource>,
}

/// What a call changed.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EventResource {
    pub(super) kind: String,
    pub(super) name: String,
}

impl EventHistory {
    /// From the newest.
    pub(super) fn newest_first(&self) -> impl Iterator<Item = &StoredEvent> {
        self.0.iter().rev()
    }

    /// Records a call that succeeded, if it is one that changes a role or a pipeline.
    pub(super) fn record(&mut self, time: i64, service: &str, call: &Call, input: &Input) {
        let resources = changed(service, &call.operation, input);
        let Some(account) = call.caller.account().filter(|_| !resources.is_empty()) else { return };
        let number = self.0.back().map_or(0, |last| last.number).saturating_add(1);
        if self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back(StoredEvent {
            number,
            time,
            account: account.clone(),
            region: region(service, &call.region),
            service: service.to_owned(),
            operation: call.operation.clone(),
            caller: call.caller.clone(),
            resources,
        });
    }
}

/// Calls of IAM are recorded in one Region. Source: CloudTrail User Guide, "Global service events".
fn region(service: &str, region: &str) -> String {
    let partition = region.parse().map(|region: Region| Partition::of_region(&region));
    match partition.ok().and_then(|partition| partition.iam_region()) {
        Some(of_iam) if service == "iam" => of_iam.to_owned(),
        _ => region.to_owned(),
    }
}

fn changed(service: &str, operation: &str, input: &Input) -> Vec<EventResource> {
    if reads(operation) {
        return Vec::new();
    }
    let resource = |kind: &str, name: &str| EventResource { kind: kind.to_owned(), name: name.to_owned() };
    match input {
        Input::Query(parameters) if service == "iam" => {
            let members = [("RoleName", "AWS::IAM::Role"), ("PolicyArn", "AWS::IAM::Policy")];
            members.iter().filter_map(|(member, kind)| Some(resource(kind, parameters.get(member)?))).collect()
        }
        Input::Json(input) if service == "codepipeline" => {
            let name = ["/pipeline/name", "/name", "/pipelineName"].iter().find_map(|at| input.pointer(at)?.as_str());
            name.map(|name| resource("AWS::CodePipeline::Pipeline", name)).into_iter().collect()
        }
        _ => Vec::new(),
    }
}
