//! What Create and UpdatePipeline refuse.

use crate::core::check::{self, CheckContext, Origin};
use crate::core::declaration::PipelineDeclaration;
use crate::core::finding::Finding;
use crate::core::ids::{PipelineArn, RoleArn};
use crate::core::policy::CODEPIPELINE;
use crate::core::policy::evaluate::{Caller, RequestContext};
use crate::core::rules::{self, Consequence};
use crate::local::authorization::may_assume;
use crate::local::refusal::{Refusal, validation};
use crate::local::store::Store;

/// What Create and UpdatePipeline refuse: the structure, then the roles that can't be assumed.
pub(super) fn accept(
    store: &Store,
    arn: &PipelineArn,
    declaration: &PipelineDeclaration,
    origin: Origin,
) -> Result<(), Refusal> {
    let context = CheckContext {
        item: declaration.name.clone(),
        home: Some(arn.region().clone()),
        account: Some(arn.account().clone()),
        origin,
        ..Default::default()
    };
    // What only fails when the pipeline runs is accepted. The service has its own messages about roles, see below.
    let refused_at_once = |f: &Finding| rules::find(f.code).is_some_and(|rule| rule.effect == Consequence::Refused);
    let errors = check::pipeline(declaration, &context);
    if let Some(finding) = errors.into_iter().find(|f| refused_at_once(f) && f.code != "XA0220") {
        return Err(refused(&finding, declaration));
    }
    let service = declaration.role_arn.as_deref().unwrap_or_default();
    let service: RoleArn = service.parse().map_err(|_| {
        validation(format!("1 validation error detected: Value '{service}' at 'pipeline.roleArn' failed to satisfy constraint: Member must satisfy regular expression pattern: arn:aws(-[\\w]+)*:iam::[0-9]{{12}}:role/.*"))
    })?;
    let codepipeline = Caller::Service(CODEPIPELINE.to_owned());
    may_assume(store, &codepipeline, &service, &RequestContext::new()).map_err(|refusal| {
        structure(refusal, || format!("CodePipeline is not authorized to perform AssumeRole on role {service}"))
    })?;
    let session = Caller::Session { role: service.clone(), session: store.clock.to_string() };
    let actions = declaration.stages.iter().flatten().flat_map(|s| s.actions.iter().flatten());
    for role in actions.filter_map(|a| a.role_arn.as_deref()) {
        let denied = || format!("{service} is not authorized to perform AssumeRole on role {role}");
        let action: RoleArn = role.parse().map_err(|_| Refusal::new("InvalidStructureException", denied()))?;
        may_assume(store, &session, &action, &RequestContext::new()).map_err(|refusal| structure(refusal, denied))?;
    }
    Ok(())
}

/// The error of a role that can't be assumed; an error about something that can't be decided is kept.
fn structure(refusal: Refusal, message: impl FnOnce() -> String) -> Refusal {
    if refusal.code == "AccessDenied" { Refusal::new("InvalidStructureException", message()) } else { refusal }
}

/// A finding as an error of AWS, with the message of AWS where it is known.
///
/// Source: `InvalidStructureException` and similar errors, as users report them.
fn refused(finding: &Finding, declaration: &PipelineDeclaration) -> Refusal {
    let stages = declaration.stages.as_ref().map_or(0, Vec::len);
    let structure = "InvalidStructureException";
    let (code, message) = match finding.code {
        "XA0101" if stages < 2 => (
            structure,
            format!("Pipeline has only {stages} stage(s). There should be a minimum of 2 stages in a pipeline"),
        ),
        "XA0101" => {
            (structure, "Pipeline has too many stages. There can only be up to 50 stages in a pipeline".to_owned())
        }
        "XA0104" => (structure, "Pipeline should start with a stage that only contains source actions".to_owned()),
        "XA0105" => (structure, "Source actions can only be included in the first stage of the pipeline".to_owned()),
        "XA0107" => ("InvalidStageDeclarationException", finding.message.clone()),
        "XA0404" | "XA0405" => ("ValidationException", finding.message.clone()),
        code if code.starts_with("XA02") => ("ValidationException", finding.message.clone()),
        code if code.starts_with("XA06") || code.starts_with("XA07") => {
            ("InvalidActionDeclarationException", finding.message.clone())
        }
        _ => (structure, finding.message.clone()),
    };
    Refusal::new(code, message)
}
