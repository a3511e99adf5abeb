//! Ctrl-C, and the signal that ends a job or a container.

use crate::cli::stop_signal::told_to_stop;

/// Ends with the next of them; never where none can be received.
pub(super) async fn interrupted() {
    if told_to_stop().await.is_err() {
        std::future::pending::<()>().await;
    }
}
