//! Which operations the services have, whether local AWS supports them or not.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A service and an operation per line, from the service models.
static OPERATIONS: LazyLock<BTreeSet<(&str, &str)>> =
    LazyLock::new(|| include_str!("operations.txt").lines().filter_map(|line| line.split_once(' ')).collect());

/// Whether a service has an operation.
pub(crate) fn exists(service: &str, operation: &str) -> bool {
    OPERATIONS.contains(&(service, operation))
}
