//! Ctrl-C.

/// Ends with the next Ctrl-C; never where none can be received.
pub(super) async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
