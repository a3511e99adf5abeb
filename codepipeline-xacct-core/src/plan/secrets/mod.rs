//! Secrets: which values they are, and where they are kept out.

pub(super) mod held;
pub(crate) mod mask;
pub(super) mod secret_keys;
pub(super) mod withheld_secrets;
