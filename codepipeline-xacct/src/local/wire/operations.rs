//! Which operations the services have, whether local AWS supports them or not.

use std::collections::BTreeSet;
use std::sync::LazyLock;

#[cfg(feature = "serve")]
use crate::core::suggest::did_you_mean;

/// A service and an operation per line, from the service models.
static OPERATIONS: LazyLock<BTreeSet<(&str, &str)>> =
    LazyLock::new(|| include_str!("operations.txt").lines().filter_map(|line| line.split_once(' ')).collect());

/// Whether a service has an operation.
pub(super) fn exists(service: &str, operation: &str) -> bool {
    OPERATIONS.contains(&(service, operation))
}

/// Whether an operation changes no role and no pipeline.
pub(crate) fn reads(operation: &str) -> bool {
    ["Get", "List", "Simulate"].iter().any(|start| operation.starts_with(start))
}

/// What is wrong with a service, or with an operation of it or of any service, in words.
#[cfg(feature = "serve")]
pub(crate) fn unknown(service: Option<&str>, operation: Option<&str>) -> Option<String> {
    let here = OPERATIONS.iter().filter(|(of, _)| service.is_none_or(|service| service == *of));
    let names: BTreeSet<&str> = here.map(|(_, name)| *name).collect();
    if let Some(service) = service
        && names.is_empty()
    {
        let services: BTreeSet<&str> = OPERATIONS.iter().map(|(service, _)| *service).collect();
        return Some(format!("there is no service `{service}`{}", did_you_mean(service, services)));
    }
    let operation = operation.filter(|operation| !names.contains(operation))?;
    let of = service.map_or_else(|| "no service has an".to_owned(), |service| format!("`{service}` has no"));
    Some(format!("{of} operation `{operation}`{}", did_you_mean(operation, names)))
}
