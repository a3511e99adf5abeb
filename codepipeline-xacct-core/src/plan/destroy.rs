//! What has to be deleted: what carries the topology's tag, and its inline policies in extended roles.

use super::ownership::is_owned;
use super::planner::Planner;
use super::state::Found;
use super::write::Write;
use crate::finding::Place;
use crate::topology::items::Ownership;

impl Planner<'_> {
    /// Keys that were written into extended pipelines stay, since what was there before is not known.
    pub(super) fn destroy(&mut self) {
        for pipeline in self.topology.pipelines().iter().filter(|p| p.ownership == Ownership::Managed) {
            match self.state.pipelines.get(&pipeline.arn) {
                Some(Found::Present(found)) if is_owned(self.topology, &found.tags) => {
                    self.writes.push(Write::DeletePipeline { pipeline: pipeline.arn.clone(), seen: found.seen() });
                }
                Some(Found::Present(_) | Found::Missing) | None => {}
                Some(unreadable) => {
                    self.unreadable(unreadable, pipeline.arn.account(), Place::pipeline(&pipeline.item));
                }
            }
        }
        let name = self.topology.policy_name();
        for resolved in self.topology.roles().iter().filter(|r| r.role.ownership != Ownership::Extern) {
            let arn = &resolved.role.arn;
            let found = match self.state.roles.get(arn) {
                Some(Found::Present(found)) => found,
                Some(Found::Missing) | None => continue,
                Some(unreadable) => {
                    self.unreadable(unreadable, arn.account(), Place::role(&resolved.role.item));
                    continue;
                }
            };
            let managed = resolved.role.ownership == Ownership::Managed;
            let ours = is_owned(self.topology, &found.tags);
            if (!managed || ours)
                && let Some(before) = found.inline.get(&name)
            {
                self.writes.push(Write::DeleteRolePolicy {
                    role: arn.clone(),
                    seen: found.seen(),
                    name: name.clone(),
                    before: before.clone(),
                });
            }
            if managed && ours {
                self.writes.push(Write::DeleteRole { role: arn.clone(), seen: found.seen() });
            }
        }
    }
}
