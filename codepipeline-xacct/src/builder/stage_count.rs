//! How many stages a pipeline has by now, as types.

/// No stage yet.
#[derive(Debug)]
pub enum NoStage {}
/// One stage.
#[derive(Debug)]
pub enum OneStage {}
/// Two stages or more.
#[derive(Debug)]
pub enum TwoStages {}

/// A pipeline that exists, which has stages of its own.
#[derive(Debug)]
pub enum ExistingStages {}

/// How many stages there are after one more.
pub trait StageCount {
    /// One more.
    type Next;
}

impl StageCount for NoStage {
    type Next = OneStage;
}

impl StageCount for OneStage {
    type Next = TwoStages;
}

impl StageCount for TwoStages {
    type Next = TwoStages;
}

impl StageCount for ExistingStages {
    type Next = ExistingStages;
}
