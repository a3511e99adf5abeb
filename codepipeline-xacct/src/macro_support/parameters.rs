//! What the name of a pipeline with parameters is where a value is expected.

use std::marker::PhantomData;

/// Not an item: pipeline `P` is made with `P::new(…)`.
#[derive(Debug)]
pub struct WithParameters<P>(PhantomData<P>);

impl<P> WithParameters<P> {
    pub const NEW: Self = Self(PhantomData);
}
