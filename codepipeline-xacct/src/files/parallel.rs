//! Work on many files, spread over the processors.

use std::sync::{Mutex, PoisonError};
use std::{iter, thread};

/// Fewer files than this are done before a thread has begun.
const WORTH_A_THREAD: usize = 32;

/// How many a thread takes at once.
const PART: usize = 16;

/// What a function makes of each item, in the order of the items.
pub(crate) fn map<T: Send, R: Send>(items: Vec<T>, f: impl Fn(T) -> R + Sync) -> Vec<R> {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let threads = processors.min(items.len() / WORTH_A_THREAD);
    if threads < 2 {
        return items.into_iter().map(f).collect();
    }
    let left = Mutex::new(items.into_iter().enumerate());
    let next =
        || -> Vec<(usize, T)> { left.lock().unwrap_or_else(PoisonError::into_inner).by_ref().take(PART).collect() };
    // Each takes a part when it is done with one, so that none waits for a slower one.
    let work = || {
        let parts = iter::repeat_with(next).take_while(|part| !part.is_empty());
        parts.flatten().map(|(index, item)| (index, f(item))).collect::<Vec<(usize, R)>>()
    };
    let mut done = thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        // This thread works too: allocating is cheapest in the first one.
        let mut done = work();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
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
