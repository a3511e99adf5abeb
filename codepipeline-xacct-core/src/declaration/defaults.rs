//! Defaults that CodePipeline fills in where a declaration leaves something out.
//!
//! Source: CodePipeline API Reference, `PipelineDeclaration`, `ActionDeclaration` and `EnvironmentVariable`.

use super::features::needed_type;
use super::{ActionDeclaration, ExecutionMode, PipelineDeclaration};
use crate::ids::Region;

/// How executions that overlap are handled.
pub const EXECUTION_MODE: ExecutionMode = ExecutionMode::Superseded;

/// When an action runs in its stage.
pub const RUN_ORDER: i64 = 1;

/// The type of an environment variable.
pub const ENVIRONMENT_VARIABLE_TYPE: &str = "PLAINTEXT";

/// When an action runs in its stage.
pub fn run_order(action: &ActionDeclaration) -> i64 {
    action.run_order.unwrap_or(RUN_ORDER)
}

/// Adds what GetPipeline returns for a pipeline even if its declaration omits it. `home` is the Region of the pipeline.
pub fn fill_in(declaration: &mut PipelineDeclaration, home: &Region) {
    if declaration.pipeline_type.is_none() {
        declaration.pipeline_type = Some(needed_type(declaration));
    }
    declaration.execution_mode.get_or_insert(EXECUTION_MODE);
    for action in declaration.actions_mut() {
        action.run_order.get_or_insert(RUN_ORDER);
        action.region.get_or_insert_with(|| home.to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::{PipelineType, read};

    #[test]
    fn what_is_written_stays_and_what_is_left_out_is_filled_in() {
        let text = |pipeline: &str, action: &str| {
            format!(
                r#"{{"name":"p",{pipeline}"stages":[{{"name":"S","actions":[{{"name":"a",{action}"actionTypeId":{{"category":"Build","owner":"AWS","provider":"X","version":"1"}}}}]}}]}}"#
            )
        };
        let filled = |text: &str| {
            let mut declaration: PipelineDeclaration = read(text).unwrap();
            fill_in(&mut declaration, &"eu-west-1".parse().unwrap());
            declaration
        };
        let defaults =
            text(r#""pipelineType":"V1","executionMode":"SUPERSEDED","#, r#""runOrder":1,"region":"eu-west-1","#);
        assert_eq!(filled(&text("", "")), read::<PipelineDeclaration>(&defaults).unwrap());
        let others = text(r#""pipelineType":"V2","executionMode":"QUEUED","#, r#""runOrder":2,"region":"us-east-1","#);
        assert_eq!(filled(&others), read::<PipelineDeclaration>(&others).unwrap());
        let needs_v2 = text(r#""executionMode":"QUEUED","#, "");
        assert_eq!(filled(&needs_v2).pipeline_type, Some(PipelineType::V2));
    }
}
