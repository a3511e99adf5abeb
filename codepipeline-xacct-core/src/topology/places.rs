//! Where the parts of a pipeline are, for findings about them.

use crate::finding::Place;
use crate::topology::items::{Gate, Pipeline, RoleLink, RoleUser};

impl Pipeline {
    /// The place of a stage by name.
    pub(crate) fn stage_place(&self, stage: &str) -> Place {
        let position = self.declaration.stages.iter().flatten().position(|s| s.name == stage);
        Place::pipeline(&self.item).stage(position.unwrap_or_default(), stage)
    }

    /// The place of a condition of a stage.
    pub(crate) fn condition_place(&self, stage: &str, gate: Gate, index: usize) -> Place {
        self.stage_place(stage).key(gate.as_str()).key("conditions").index(index)
    }

    /// The place of an action or a rule with its own role.
    pub fn link_place(&self, link: &RoleLink) -> Place {
        match &link.user {
            RoleUser::Action(action) => self.action_place(&link.stage, action),
            RoleUser::Rule { gate, rule } => {
                let mut stages = self.declaration.stages.iter().flatten();
                let stage = stages.find(|s| s.name == link.stage);
                let conditions = stage.and_then(|stage| gate.conditions(stage)).unwrap_or_default();
                let rules = conditions.iter().enumerate().flat_map(|(condition, found)| {
                    found.rules.iter().flatten().enumerate().map(move |(index, rule)| (condition, index, rule))
                });
                let (condition, index) =
                    rules.filter(|(.., found)| found.name == *rule).map(|(c, i, _)| (c, i)).next().unwrap_or_default();
                self.condition_place(&link.stage, *gate, condition).key("rules").index(index)
            }
        }
    }

    /// The place of an action by stage and name.
    pub fn action_place(&self, stage: &str, action: &str) -> Place {
        let place = Place::pipeline(&self.item);
        let stages = self.declaration.stages.iter().flatten();
        let Some((index, found)) = stages.enumerate().find(|(_, s)| s.name == stage) else {
            return place.stage(0, stage).action(0, action);
        };
        let position = found.actions.iter().flatten().position(|a| a.name == action).unwrap_or_default();
        place.stage(index, stage).action(position, action)
    }
}
