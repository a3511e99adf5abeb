//! References in JSON.

use super::rule::{edit, rules};

rules! {
    XA0523 Advice "a text without quotes in JSON",
        "A reference is replaced by its value as it is: in JSON, a text has quotes around it.",
        ["reference-variables"],
        edit("/stages/2/actions/1/configuration/ParameterOverrides", "\"{\\\"Commit\\\":#{Source.CommitId}}\"", "\"{\\\"Commit\\\":\\\"#{Source.CommitId}\\\"}\"");
}
