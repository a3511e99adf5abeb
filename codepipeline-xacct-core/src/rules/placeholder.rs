//! What was to be replaced.

use super::rule::{edit, rules};

rules! {
    XA0638 Advice "a word that looks like a placeholder",
        "Examples have `YOUR_PROJECT`, `ACCOUNT_ID`, `__ROLE__` or `TODO` where a name is to be put in. Something may be called so.",
        ["structure-configuration-examples"],
        edit("/stages/1/actions/0/configuration/ProjectName", "\"YOUR_PROJECT\"", "\"compile\"");
}
