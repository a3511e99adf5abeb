//! The policy simulator.

use super::documents::check_identity;
use super::refusals::{invalid_input, no_such};
use super::request::IamRequest;
use super::simulated::{Named, Simulation, result};
use crate::core::ids::RoleArn;
use crate::core::policy::Document;
use crate::core::policy::evaluate::{Caller, KeyValue, RequestContext};
use crate::local::policies_of_aws::is_of_aws;
use crate::local::refusal::Refusal;
use crate::local::services::query::{Page, check_length, list};
use crate::local::store::Store;

impl IamRequest<'_> {
    /// Simulates what a role may do.
    pub(super) fn simulate_principal(&self, store: &Store) -> Result<String, Refusal> {
        let arn = self.required("PolicySourceArn")?;
        let role: RoleArn = arn
            .parse()
            .map_err(|_| Refusal::unsupported(&format!("simulation for principals that are not roles (`{arn}`)")))?;
        let record = store.role(&role).filter(|_| *role.account() == self.account);
        let record = record.ok_or_else(|| no_such(format!("The role with name {} cannot be found.", role.name())))?;
        let account = store.existing_account(&self.account)?;
        let mut identity = Vec::new();
        for (name, text) in &record.inline {
            let id = format!("role_{}_{name}", role.name());
            identity.extend(Document::from_json(text).ok().map(|document| Named { id, kind: "role", document }));
        }
        for policy in record.attached.iter().filter_map(|arn| store.policy(&self.account, arn)) {
            let kind = if is_of_aws(&policy.arn) { "aws-managed" } else { "user-managed" };
            let named = |document| Named { id: policy.name.clone(), kind, document };
            identity.extend(policy.document().map(named));
        }
        identity.extend(self.documents("PolicyInputList")?);
        let mut boundary = self.boundary()?;
        if boundary.is_none()
            && let Some(policy) = record.boundary.as_ref().and_then(|arn| store.policy(&self.account, arn))
        {
            boundary = policy.document();
        }
        let mut context = self.context()?;
        for (key, value) in &record.tags {
            let key = format!("aws:PrincipalTag/{key}");
            if context.get(&key).is_none() {
                context.insert(key, value.as_str());
            }
        }
        let caller = Caller::Session { role, session: "simulation".to_owned() };
        self.simulate(&Simulation::new(caller, identity, boundary, &account.scps, context))
    }

    /// Simulates what documents allow.
    pub(super) fn simulate_custom(&self, _: &Store) -> Result<String, Refusal> {
        let identity = self.documents("PolicyInputList")?;
        if identity.is_empty() {
            return Err(invalid_input("At least one policy is required in PolicyInputList."));
        }
        // No particular principal: the policies alone decide.
        let caller = Caller::Service(String::new());
        let (boundary, context) = (self.boundary()?, self.context()?);
        self.simulate(&Simulation::new(caller, identity, boundary, &[], context))
    }

    fn simulate(&self, simulation: &Simulation<'_>) -> Result<String, Refusal> {
        let page = Page::of(self.parameters)?;
        let actions = self.parameters.list("ActionNames");
        self.required("ActionNames.member.1")?;
        for action in &actions {
            check_length(action, "ActionNames", 3, 128)?;
            if !action.contains(':') {
                return Err(invalid_input(format!("Invalid Action {action}")));
            }
        }
        let mut resources = self.parameters.list("ResourceArns");
        if resources.is_empty() {
            resources.push("*".to_owned());
        }
        let pairs = actions.iter().flat_map(|action| resources.iter().map(move |resource| (action, resource)));
        // In the order of the request.
        let numbered = pairs.enumerate();
        let (found, end) = page.take(numbered, |(index, _)| format!("{index:08}"));
        let results = found.into_iter().map(|(_, (action, resource))| result(simulation, action, resource));
        Ok(list("EvaluationResults", results.collect::<Result<Vec<_>, _>>()?) + &end)
    }

    fn documents(&self, key: &str) -> Result<Vec<Named>, Refusal> {
        let texts = self.parameters.list(key).into_iter().enumerate();
        texts
            .map(|(index, text)| {
                check_identity(&text).map_err(|refusal| invalid_input(refusal.message))?;
                let document = Document::from_json(&text).map_err(|error| invalid_input(error.to_string()))?;
                Ok(Named { id: format!("{key}.{}", index + 1), kind: "none", document })
            })
            .collect()
    }

    fn boundary(&self) -> Result<Option<Document>, Refusal> {
        let mut given = self.documents("PermissionsBoundaryPolicyInputList")?;
        let first = given.pop();
        if !given.is_empty() {
            return Err(invalid_input("Only one permissions boundary can be given."));
        }
        Ok(first.map(|named| named.document))
    }

    fn context(&self) -> Result<RequestContext, Refusal> {
        let mut context = RequestContext::new();
        for entry in 1.. {
            let member = |name: &str| format!("ContextEntries.member.{entry}.{name}");
            let Some(key) = self.parameters.get(&member("ContextKeyName")) else { break };
            check_length(key, "ContextKeyName", 5, 256)?;
            let values = self.parameters.list(&member("ContextKeyValues"));
            context.insert(key, KeyValue::Values(values));
        }
        Ok(context)
    }
}
