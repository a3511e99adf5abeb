//! Work on many files, spread over the processors.

use std::thread;

/// Fewer files than this are done before a thread has begun.
const WORTH_A_THREAD: usize = 32;

/// What a function makes of each item, in the order of the items.
pub(crate) fn map<T: Send, R: Send>(items: Vec<T>, f: impl Fn(T) -> R + Sync) -> Vec<R> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let threads = processors.min(items.len() / WORTH_A_THREAD);
    if threads < 2 {
        return items.into_iter().map(f).collect();
    }
    let (f, size) = (&f, items.len().div_ceil(threads));
    let mut items = items.into_iter();
    thread::scope(|scope| {
        let mut parts = Vec::new();
        while !items.as_slice().is_empty() {
            let part: Vec<T> = items.by_ref().take(size).collect();
            parts.push(scope.spawn(move || part.into_iter().map(f).collect::<Vec<R>>()));
        }
        let done = parts.into_iter().map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        done.flatten().collect()
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn results_are_in_the_order_of_the_items() {
        for count in [0, 1, 31, 32, 63, 64, 65, 1000, 1001] {
            let items: Vec<usize> = (0..count).collect();
            let twice: Vec<usize> = items.iter().map(|item| item * 2).collect();
            assert_eq!(map(items, |item| item * 2), twice, "{count}");
        }
    }

    #[test]
    fn few_items_need_no_thread() {
        let here = thread::current().id();
        let ids: HashSet<_> = map(vec![(); 63], |()| thread::current().id()).into_iter().collect();
        assert_eq!(ids, HashSet::from([here]));
    }
}
