//! Made from `codepipeline-xacct-syntax/src/keys/tables.rs` by `cargo xtask write`; edit that file instead.

use super::common::ActionBuilder;

impl<P> ActionBuilder<P> {
    /// The Region in which the action runs. Default: the Region of the pipeline.
    pub fn region(mut self, value: &str) -> Self {
        self.lost.replaced(self.declaration.region.is_some(), &["region"], None);
        self.declaration.region = Some(value.to_owned());
        self
    }

    /// When the action runs in its stage: 1 to 999, default 1. Actions with equal values run in parallel.
    pub fn run_order(mut self, value: i64) -> Self {
        self.lost.replaced(self.declaration.run_order.is_some(), &["runOrder"], None);
        self.declaration.run_order = Some(value);
        self
    }

    /// The namespace of the action's output variables.
    pub fn namespace(mut self, value: &str) -> Self {
        self.lost.replaced(self.declaration.namespace.is_some(), &["namespace"], None);
        self.declaration.namespace = Some(value.to_owned());
        self
    }
}
