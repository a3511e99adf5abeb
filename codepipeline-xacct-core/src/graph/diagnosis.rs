//! The graph of pipelines that were read.

use super::drawing::Drawing;
use super::model::{DrawnLink, Graph, Named};
use crate::doctor::{Diagnosis, LinkDiagnosis, Reading};
use crate::ids::{PipelineArn, RoleArn};
use crate::sentences::counted;
use crate::wiring::{Hop, Sign};

/// What is drawn of pipelines that were read from files or accounts, with what the diagnosis says about each hop. What is alike is one
/// box.
pub fn of_diagnosis(reading: &Reading, diagnosis: &Diagnosis) -> Graph {
    let mut drawing = Drawing::new(counted(diagnosis.pipelines.len(), "pipeline"));
    for diagnosed in &diagnosis.pipelines {
        let arn = &diagnosed.pipeline;
        let declaration = reading.pipelines.get(arn).and_then(|found| found.present());
        let stages: Vec<String> =
            declaration.iter().flat_map(|d| d.stages.iter().flatten()).map(|stage| stage.name.clone()).collect();
        let service = declaration.and_then(|d| d.role_arn.as_ref()?.parse::<RoleArn>().ok());
        let from = drawing.pipeline(arn, arn.name().as_str());
        for link in &diagnosed.links {
            let stage = stages.iter().position(|stage| *stage == link.stage).unwrap_or_default();
            let link = drawn(link, stage, &mut drawing);
            drawing.link(DrawnLink { from: Some(from), ..link });
        }
        if let Some(pipeline) = drawing.pipeline_mut(from) {
            pipeline.stages = stages;
            let service = service.into_iter();
            pipeline.service_roles = service.map(|id| Named { name: id.name().to_string(), id }).collect();
            let trust = diagnosed.service.as_ref().map(|hop| hop.sign);
            pipeline.service_trust = trust.filter(|_| !pipeline.service_roles.is_empty());
        }
    }
    drawing.finish().folded()
}

fn drawn(link: &LinkDiagnosis, stage: usize, drawing: &mut Drawing) -> DrawnLink {
    let sign = |hop: Hop| link.hop(hop).map_or(Sign::Unknown, |hop| hop.sign);
    let role = link.role.as_ref().and_then(|role| role.parse::<RoleArn>().ok());
    let role = role.map(|role| drawing.role(&role, role.name().as_str()));
    let target = link.target.as_ref().map(|target: &PipelineArn| drawing.pipeline(target, target.name().as_str()));
    DrawnLink {
        from: None,
        stage,
        actions: vec![link.name.clone()],
        role,
        assume: role.map(|_| sign(Hop::Assume)),
        target,
        start: target.map(|_| sign(Hop::Start)),
        count: 1,
    }
}
