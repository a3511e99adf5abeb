//! Puts back what an apply wrote before it failed.

use super::context::ApplyContext;
use super::event::Event;
use super::report::{ApplyError, Undo};
use super::schedule::{carry_out_all, refused};

/// Puts back what was written, by the same way as from a journal; `None` if nothing was.
pub(super) async fn undo(context: ApplyContext<'_>, failed: &ApplyError) -> Option<Undo> {
    let journal = context.journal.kept().filter(|journal| !journal.written().is_empty())?;
    let (step, _) = failed.failed.first()?;
    (context.emit)(Event::PuttingBack { step: step.clone() });
    let plan = match context.session.restore(&journal).await {
        Ok(plan) => plan,
        Err(error) => return Some(Undo::NotPlanned(error)),
    };
    context.journal.begin_anew();
    let warnings = plan.warnings().to_vec();
    // What can be put back is, whatever else can't.
    let context = ApplyContext { plan: &plan, asks_first: false, ..context };
    let result = match refused(context).await {
        Some(error) => Err(error),
        None => carry_out_all(context).await,
    };
    Some(match result {
        Ok(report) => Undo::Done { steps: report.done, warnings },
        Err(error) => Undo::Failed { error: Box::new(error), warnings },
    })
}
