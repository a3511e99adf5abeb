//! Regions.

use super::rule::{edit, rules, text};

rules! {
    XA0221 Refused "a misspelt Region",
        "The text has the form of a Region, but no Region has such a word or number in its name.",
        ["actions-create-cross-region"],
        edit("/stages/2/actions/1/region", "\"us-esat-1\"", "\"us-east-1\""),
        // A misspelt Region is not judged as another Region.
        hides [XA0405, XA0410, XA0717],
        hides_anywhere [XA0403, XA0404, XA0408, XA0414, XA0618],
        aws Validation;
    XA0222 Advice "a Region that this version doesn't know",
        "AWS opens new Regions; this one is not among those that are known.",
        ["actions-create-cross-region"],
        text("region: \"eu-west-9\"", "region: \"eu-west-1\"");
}
