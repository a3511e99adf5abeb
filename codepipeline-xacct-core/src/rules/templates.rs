//! Templates, from which CloudFormation makes pipelines.

use super::rule::{rules, text};

rules! {
    XA0006 Advice "a part of a template that only CloudFormation makes",
        "Macros, transforms, modules and loops of a template are run when a stack is made, and nested stacks are made from other templates. What they make is not read here, unless the file of the nested stack is given too; all else is.",
        ["the CloudFormation User Guide, \"Perform custom processing on templates with template macros\""],
        text("Transform: ShopMacro", "(the properties written out)");
}
