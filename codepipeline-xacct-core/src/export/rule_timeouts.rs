//! Timeouts of rules, which not every tool can write.

use serde_json::Value;

/// Takes them out of a declaration; whether there was one.
pub(super) fn take_out(value: &mut Value) -> bool {
    match value {
        Value::Object(members) => {
            let own = members.contains_key("ruleTypeId") && members.shift_remove("timeoutInMinutes").is_some();
            members.values_mut().fold(own, |lost, value| take_out(value) || lost)
        }
        Value::Array(entries) => entries.iter_mut().fold(false, |lost, value| take_out(value) || lost),
        _ => false,
    }
}
