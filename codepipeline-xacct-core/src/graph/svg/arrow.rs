//! The description of an arrow, as a tooltip and for screen readers.

use crate::graph::arrows::{Arrow, Does, End};
use crate::graph::model::Graph;
use crate::wiring::Sign;

/// `Release, stage Deploy, may assume role DeployInvoker`
pub(super) fn sentence(graph: &Graph, arrow: &Arrow) -> String {
    let name = |end: End| match end {
        End::Stage(at, stage) => {
            let pipeline = graph.pipeline(at)?;
            let stage = pipeline.stages.get(stage).map(|stage| format!(", stage {stage},")).unwrap_or_default();
            Some(format!("{}{stage}", pipeline.name()))
        }
        End::Pipeline(at) => Some(format!("pipeline {}", graph.pipeline(at)?.name())),
        End::Role(at) => Some(format!("role {}", graph.role(at)?.name())),
    };
    let may = match arrow.sign {
        Sign::Works => "may",
        Sign::Fails => "may not",
        Sign::Unknown => "may or may not",
    };
    let what = match arrow.does {
        Does::Assume => "assume",
        Does::Start => "start",
    };
    let [from, to] = [arrow.from, arrow.to].map(|end| name(end).unwrap_or_default());
    format!("{from} {may} {what} {to}")
}
