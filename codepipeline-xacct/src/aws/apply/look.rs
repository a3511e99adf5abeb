//! Looks at what a step writes: before it is carried out, and after a call whose outcome is not known.

use super::report::StepError;
use crate::aws::read;
use crate::aws::session::Session;
use crate::core::ids::TopologyName;
use crate::core::plan::Before;
use crate::core::plan::{Standing, Write};
use crate::core::topology::Subject;

/// Whether a step is still to be carried out, by what its account holds now, and what that is.
pub(super) async fn look(
    session: &Session,
    topology: &TopologyName,
    write: &Write,
) -> Result<(Standing, Before), StepError> {
    let (standing, now) = match write.subject() {
        Subject::Role(role) => {
            let policy = match write {
                Write::PutRolePolicy { name, .. } | Write::DeleteRolePolicy { name, .. } => Some(name.as_str()),
                _ => None,
            };
            let now = read::current_role(session, &role, policy).await?;
            (write.role_standing(topology, now.as_ref()), Before::Role(now.map(Box::new)))
        }
        Subject::Pipeline(pipeline) => {
            let now = read::current_pipeline(session, &pipeline).await?;
            (write.pipeline_standing(topology, now.as_ref()), Before::Pipeline(now.map(Box::new)))
        }
    };
    match standing {
        Ok(standing) => Ok((standing, now)),
        Err(conflict) => Err(StepError::Conflict { subject: write.subject(), conflict }),
    }
}

/// What is there of something that the plan creates.
pub(super) fn nothing(write: &Write) -> Before {
    match write.subject() {
        Subject::Role(_) => Before::Role(None),
        Subject::Pipeline(_) => Before::Pipeline(None),
    }
}
