//! Looks at what a step writes: before it is carried out, and after a call whose outcome is not known.

use super::report::StepError;
use crate::aws::read;
use crate::aws::session::Session;
use crate::core::ids::TopologyName;
use crate::core::plan::{Standing, Write};
use crate::core::topology::Subject;

/// Whether a step is still to be carried out, by what its account holds now.
pub(super) async fn standing(session: &Session, topology: &TopologyName, write: &Write) -> Result<Standing, StepError> {
    let standing = match write.subject() {
        Subject::Role(role) => {
            let policy = match write {
                Write::PutRolePolicy { name, .. } | Write::DeleteRolePolicy { name, .. } => Some(name.as_str()),
                _ => None,
            };
            let now = read::current_role(session, &role, policy).await?;
            write.role_standing(topology, now.as_ref())
        }
        Subject::Pipeline(pipeline) => {
            let now = read::current_pipeline(session, &pipeline).await?;
            write.pipeline_standing(topology, now.as_ref())
        }
    };
    standing.map_err(|conflict| StepError::Conflict { subject: write.subject(), conflict })
}
