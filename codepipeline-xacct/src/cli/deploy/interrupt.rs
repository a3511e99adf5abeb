//! Ctrl-C, and the signal that ends a job or a container.

use crate::cli::stop_signal::stop_signal;

/// Ends with the next of them; never where none can be received.
pub(super) async fn interrupted() {
    if stop_signal().await.is_err() {
        std::future::pending::<()>().await;
    }
}
