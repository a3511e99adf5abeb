//! Items that the tests use from another crate.
#![deny(warnings)]

use codepipeline_xacct::pipeline;

pipeline! {
    /// Runs the releases.
    pub account Tooling = "111111111111";
    /// Where customers are.
    pub account Prod = "222222222222";

    /// May start `Deploy` for the pipelines of `Tooling`.
    pub role Invoker in Prod {
        name: "invoker",
        trusts: [Tooling],
        starts: [Deploy],
    }

    /// Deploys; needs to be told the version.
    pub extern pipeline Deploy in Prod {
        name: "deploy",
        region: "eu-west-1",
        variables: { version },
    }
}

/// The library under another name, as a re-exporter would have it.
pub mod reexported {
    pub use codepipeline_xacct as library;
}
