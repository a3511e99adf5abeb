//! A fault in a pipeline in the words of AWS, where they are known.

use crate::core::declaration::features::{V2Feature, v2_features};
use crate::core::declaration::{ActionDeclaration, PipelineDeclaration, StageDeclaration};
use crate::core::finding::{Finding, Segment};
use crate::core::ids::PipelineArn;
use crate::core::rules::{self, Exception, Rule, ServiceError};
use crate::local::refusal::Refusal;

/// A finding as an error of AWS.
pub(super) fn refused(
    error: ServiceError,
    finding: &Finding,
    arn: &PipelineArn,
    declaration: &PipelineDeclaration,
) -> Refusal {
    if finding.code == rules::XA0801.code
        && let Some(feature) = v2_features(declaration).next()
    {
        return of_v1(&feature);
    }
    let place = Place::of(finding, declaration);
    let stages = declaration.stages.as_ref().map_or(0, Vec::len);
    let few = match place.stage {
        None => stages < 2,
        Some(stage) => stage.actions.as_ref().is_none_or(Vec::is_empty),
    };
    let message = if few { error.messages.first() } else { error.messages.last() };
    let message = match message.filter(|message| !message.is_empty()) {
        Some(message) => fill(message, |name| place.value(name, finding, arn, stages)),
        None => fact(finding, "message").unwrap_or(&finding.message).to_owned(),
    };
    Refusal::new(error.exception.as_str(), message)
}

/// A fault of a custom action in the words that a rule has for the actions of AWS.
pub(super) fn in_words_of(rule: &Rule, action: &ActionDeclaration, value: impl Fn(&str) -> String) -> Refusal {
    let title = || rules::explanation(rule.code).map(|explanation| explanation.title);
    let message = rule.aws_error.and_then(|error| error.messages.last().copied()).or_else(title).unwrap_or_default();
    let message = fill(message, |name| of_action(action, name).unwrap_or_else(|| value(name)));
    Refusal::new(Exception::InvalidActionDeclaration.as_str(), message)
}

/// A message with the values of its names in braces.
fn fill(message: &str, value: impl Fn(&str) -> String) -> String {
    let mut filled = String::new();
    let mut rest = message;
    while let Some((before, behind)) = rest.split_once('{') {
        filled.push_str(before);
        let (name, behind) = behind.split_once('}').unwrap_or((behind, ""));
        filled.push_str(&value(name));
        rest = behind;
    }
    filled + rest
}

/// What an action says about itself.
fn of_action(action: &ActionDeclaration, name: &str) -> Option<String> {
    let id = &action.action_type_id;
    Some(match name {
        "action" => action.name.clone(),
        "category" => id.category.clone(),
        "owner" => id.owner.clone(),
        "provider" => id.provider.clone(),
        "version" => id.version.clone(),
        _ => return None,
    })
}

/// What a V1 pipeline is refused with. The one for triggers that are not on tags is made after the one for tags.
fn of_v1(feature: &V2Feature<'_>) -> Refusal {
    let (exception, message) = match feature {
        V2Feature::Mode(_) => (Exception::InvalidStructure, "QUEUED or PARALLEL mode"),
        V2Feature::Variables => (Exception::InvalidStructure, "Pipeline variable"),
        V2Feature::Triggers(triggers) => {
            let pushes = triggers.iter().flat_map(|trigger| trigger.git_configuration.push.iter().flatten());
            let on_tags = pushes.into_iter().any(|push| push.tags.is_some());
            (Exception::InvalidStructure, if on_tags { "Triggers on tag" } else { "Triggers" })
        }
        V2Feature::Conditions { .. } => {
            let message = "Stage level conditions can only be used with V2 pipelines.";
            return Refusal::new(Exception::InvalidStageDeclaration.as_str(), message);
        }
        V2Feature::Action { provider, .. } => {
            let message = format!("{provider} Action can only be used with V2 pipelines.");
            return Refusal::new(Exception::InvalidActionDeclaration.as_str(), message);
        }
    };
    Refusal::new(exception.as_str(), format!("{message} can only be used with V2 pipelines"))
}

/// What is around a fault.
struct Place<'d> {
    stage: Option<&'d StageDeclaration>,
    action: Option<&'d ActionDeclaration>,
    /// The last member or key on the way.
    key: String,
    /// The path of the action's configuration, in the words of the service.
    configuration: String,
}

impl<'d> Place<'d> {
    fn of(finding: &Finding, declaration: &'d PipelineDeclaration) -> Self {
        let mut place = Self { stage: None, action: None, key: String::new(), configuration: "pipeline".to_owned() };
        for step in finding.place.steps() {
            match step {
                Segment::Stage(index, _) => {
                    place.stage = declaration.stages.as_ref().and_then(|stages| stages.get(*index));
                    place.configuration.push_str(&format!(".stages.{}.member", index + 1));
                }
                Segment::Action(index, _) => {
                    let actions = place.stage.and_then(|stage| stage.actions.as_ref());
                    place.action = actions.and_then(|actions| actions.get(*index));
                    place.configuration.push_str(&format!(".actions.{}.member", index + 1));
                }
                Segment::Key(key) => place.key = key.to_string(),
                _ => {}
            }
        }
        place.configuration.push_str(".configuration");
        place
    }

    fn value(&self, name: &str, finding: &Finding, arn: &PipelineArn, stages: usize) -> String {
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let region = || self.action.and_then(|action| action.region.as_deref()).unwrap_or(arn.region().as_str());
        match name {
            "stage" => text(self.stage.map(|stage| stage.name.as_str())),
            "key" => self.key.clone(),
            "configuration" => self.configuration.clone(),
            "region" => region().to_owned(),
            "REGION" => region_constant(region()),
            "stages" => stages.to_string(),
            name => match self.action.and_then(|action| of_action(action, name)) {
                Some(value) => value,
                None => text(fact(finding, name)),
            },
        }
    }
}

/// A Region in the way in which CodePipeline writes it in some errors.
pub(super) fn region_constant(region: &str) -> String {
    region.to_uppercase().replace('-', "_")
}

/// What a finding says for the error of the service.
fn fact<'f>(finding: &'f Finding, name: &str) -> Option<&'f str> {
    finding.facts.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str())
}
