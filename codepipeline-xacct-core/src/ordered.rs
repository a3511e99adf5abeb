//! Sets and maps in order, from what iterators give. `collect` sorts the entries first, with a sort for each type of entry, which is 5 kB of code;
//! here they are inserted.

use std::collections::{BTreeMap, BTreeSet};

/// A set of some entries.
pub fn set<T: Ord>(entries: impl IntoIterator<Item = T>) -> BTreeSet<T> {
    let mut set = BTreeSet::new();
    set.extend(entries);
    set
}

/// A map of some entries.
pub fn map<K: Ord, V>(entries: impl IntoIterator<Item = (K, V)>) -> BTreeMap<K, V> {
    let mut map = BTreeMap::new();
    map.extend(entries);
    map
}
