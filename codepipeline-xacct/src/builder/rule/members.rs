//! Made from `codepipeline-xacct-syntax/src/keys/tables.rs` by `cargo xtask write`; edit that file instead.

use super::common::ConditionRule;

impl<P> ConditionRule<P> {
    /// The Region in which the rule runs. Default: the Region of the pipeline.
    pub fn region(mut self, value: &str) -> Self {
        self.lost.replaced(self.declaration.region.is_some(), &["region"], None);
        self.declaration.region = Some(value.to_owned());
        self
    }

    /// How long the rule may take: 5 to 86400 minutes.
    pub fn timeout_in_minutes(mut self, value: i64) -> Self {
        self.lost.replaced(self.declaration.timeout_in_minutes.is_some(), &["timeoutInMinutes"], None);
        self.declaration.timeout_in_minutes = Some(value);
        self
    }
}
