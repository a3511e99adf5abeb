//! Futures that run at once. `futures_util` compiles what drives them for each type of future: here they are boxed, and a program has it once.

use std::convert::Infallible;

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};

/// Runs futures at once. The results are in their order.
pub(super) fn all<'a, T: Send + 'a>(
    futures: impl IntoIterator<Item: Future<Output = T> + Send + 'a>,
) -> BoxFuture<'a, Vec<T>> {
    let all = try_all(futures.into_iter().map(|future| async move { Ok::<_, Infallible>(future.await) }));
    Box::pin(async move {
        let Ok(results) = all.await;
        results
    })
}

/// Runs futures at once, until one fails. The results are in their order.
pub(super) fn try_all<'a, T: Send + 'a, E: Send + 'a>(
    futures: impl IntoIterator<Item: Future<Output = Result<T, E>> + Send + 'a>,
) -> BoxFuture<'a, Result<Vec<T>, E>> {
    let mut boxed: Vec<BoxFuture<'a, Result<T, E>>> = Vec::new();
    for future in futures {
        boxed.push(Box::pin(future));
    }
    Box::pin(results(boxed))
}

async fn results<T: Send, E>(futures: Vec<BoxFuture<'_, Result<T, E>>>) -> Result<Vec<T>, E> {
    let mut results: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    let mut kept: Vec<BoxFuture<'_, Result<(), E>>> = Vec::new();
    for (future, result) in futures.into_iter().zip(&mut results) {
        kept.push(Box::pin(async move {
            *result = Some(future.await?);
            Ok(())
        }));
    }
    run(kept).await?;
    Ok(results.into_iter().flatten().collect())
}

async fn run<E>(futures: Vec<BoxFuture<'_, Result<(), E>>>) -> Result<(), E> {
    let mut running: FuturesUnordered<_> = futures.into_iter().collect();
    while let Some(ended) = running.next().await {
        ended?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::{Instant, sleep};

    use super::{all, try_all};

    #[tokio::test(start_paused = true)]
    async fn results_are_in_the_order_of_the_futures() {
        let began = Instant::now();
        let slow_first = (0..40_u64).map(|number| async move {
            sleep(Duration::from_secs(40 - number)).await;
            number
        });
        assert_eq!(all(slow_first).await, (0..40).collect::<Vec<_>>());
        assert_eq!(began.elapsed(), Duration::from_secs(40));
    }

    #[tokio::test(start_paused = true)]
    async fn the_first_error_ends_all() {
        let began = Instant::now();
        let tried = try_all([1, 3, 2].map(|seconds| async move {
            sleep(Duration::from_secs(seconds)).await;
            if seconds == 1 { Ok(seconds) } else { Err(seconds) }
        }));
        assert_eq!(tried.await, Err(2));
        assert_eq!(began.elapsed(), Duration::from_secs(2));
    }
}
