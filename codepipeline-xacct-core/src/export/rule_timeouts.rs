//! Timeouts of rules, which not every tool can write.

use serde_json::Value;

/// Takes them out of a declaration; whether there was one.
pub(super) fn take_out(value: &mut Value) -> bool {
    match value {
        Value::Object(members) => {
            let own = members.contains_key("ruleTypeId") && members.shift_remove("timeoutInMinutes").is_some();
            members.values_mut().map(take_out).max() == Some(true) || own
        }
        Value::Array(entries) => entries.iter_mut().map(take_out).max() == Some(true),
        _ => false,
    }
}
