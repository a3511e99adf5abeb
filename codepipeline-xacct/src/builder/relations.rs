//! Relations between items that the compiler checks, as traits.

use super::stage_count::{ExistingStages, TwoStages};
use crate::items::RoleItem;

/// Declares the relations between items with the sentences that the macro and the dynamic layer use.
macro_rules! relations {
    ($($name:ident: $message:literal, $help:literal $(($rest:literal))?;)*) => {
        $(relations! { @ $name $message $help })*
    };
    (@ role_account $message:literal $help:literal) => {
        /// A role that lives in account `A`.
        #[diagnostic::on_unimplemented(message = $message, label = "lives in another account", note = $help)]
        pub trait RoleIn<A> {
            /// The role itself. Its other relations are only checked if it lives in the right account.
            type Role: RoleItem;
        }
    };
    (@ role_missing $message:literal $help:literal) => {
        /// A pipeline that lives in account `A`.
        #[diagnostic::on_unimplemented(
            message = $message,
            label = "lives in another account",
            note = $help,
            note = "in the builder: `.start_as(\"…\", {Self}, <role>)`"
        )]
        pub trait PipelineIn<A> {}
    };
    (@ start $message:literal $help:literal) => {
        /// A role that may start pipeline `T`.
        #[diagnostic::on_unimplemented(message = $message, label = "may not start it", note = $help)]
        pub trait Starts<T> {}
    };
    (@ variable_undeclared $message:literal $help:literal) => {
        /// A variable that pipeline `T` declares.
        #[diagnostic::on_unimplemented(
            message = $message,
            label = "not declared",
            note = $help,
            note = "a variable is named by its constant, not by a string: `{T}::<variable>`"
        )]
        pub trait DeclaredBy<T>: VariableName {
            /// The variable itself. Nothing is asked of a type that is not one.
            #[doc(hidden)]
            type Variable: VariableName;
        }
    };
    (@ service_role_account $message:literal $help:literal) => {
        /// A role of account `A` that is used as a service role.
        #[diagnostic::on_unimplemented(message = $message, label = "lives in another account", note = $help)]
        pub trait ServiceRoleIn<A> {}
    };
    (@ stages $message:literal $help:literal) => {
        /// A builder that has its stages.
        #[diagnostic::on_unimplemented(message = "the pipeline has fewer than 2 stages", label = "too few stages", note = $help)]
        pub trait EnoughStages {}
    };
    (@ $other:ident $message:literal $help:literal) => {};
}

crate::core::with_sentences!(relations);

/// A pipeline variable. `pipeline!` declares one for each variable of a pipeline: `Deploy::val1`.
pub trait VariableName {
    /// The name.
    const NAME: &'static str;
}

/// An action that starts a pipeline and is finished, so that the stage can continue. Before `and` it never is.
#[diagnostic::on_unimplemented(
    message = "the action that starts a pipeline must be finished before the stage continues",
    label = "`.and()` is missing before this call",
    note = "write `.and()` before it: `.start(…).and().action(…)`"
)]
pub trait Ended {}

impl EnoughStages for TwoStages {}
impl EnoughStages for ExistingStages {}
