//! The variables that an action passes, as types.

use std::marker::PhantomData;

use super::relations::VariableName;
use crate::const_checks::Names;

/// A list of variable names, as types.
pub trait PassedVariables {
    /// The last name and those before it.
    #[doc(hidden)]
    const LIST: Option<&'static Names>;
}

impl PassedVariables for () {
    const LIST: Option<&'static Names> = None;
}

/// One more variable.
#[derive(Debug)]
pub struct With<V, Rest>(PhantomData<(V, Rest)>);

impl<V: VariableName, Rest: PassedVariables> PassedVariables for With<V, Rest> {
    const LIST: Option<&'static Names> = Some(&Names { name: V::NAME, rest: Rest::LIST });
}
