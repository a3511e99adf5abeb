//! Addresses of Terraform, with the keys of `count` and `for_each`.
//!
//! Source: Terraform, "Resource Address Reference".

/// A part of an address between dots, and the key after it as it is written: `"eu"` or `0`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Step<'a> {
    pub(super) name: &'a str,
    pub(super) key: Option<&'a str>,
}

/// Where an address has a character that is not in a key.
pub(crate) fn outside_keys(address: &str, character: char) -> impl Iterator<Item = usize> {
    let (mut inside, mut quoted, mut escaped) = (false, false, false);
    address.char_indices().filter_map(move |(at, letter)| {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' if inside => quoted = !quoted,
            '[' if !inside => inside = true,
            ']' if !quoted => inside = false,
            _ => {}
        }
        (letter == character && !inside).then_some(at)
    })
}

/// The parts of an address or a reference. Several keys after one name are one.
pub(super) fn steps(address: &str) -> Vec<Step<'_>> {
    let (mut found, mut begin) = (Vec::new(), 0);
    for at in outside_keys(address, '.') {
        found.extend(address.get(begin..at).map(step));
        begin = at + 1;
    }
    found.extend(address.get(begin..).filter(|last| !last.is_empty()).map(step));
    found
}

fn step(text: &str) -> Step<'_> {
    let (name, keys) = text.split_once('[').map_or((text, None), |(name, keys)| (name, Some(keys)));
    Step { name, key: keys.map(|keys| keys.strip_suffix(']').unwrap_or(keys)) }
}

/// The key of the instance that an address is of.
pub(super) fn key(address: &str) -> Option<&str> {
    steps(address).last()?.key
}

/// The names of an address without the keys.
pub(super) fn base(address: &str) -> String {
    names(&steps(address)).join(".")
}

/// Whether one address is another, or has no key where that has one.
pub(super) fn fits(address: &str, other: &str) -> bool {
    let (own, other) = (steps(address), steps(other));
    own.len() == other.len()
        && own
            .iter()
            .zip(&other)
            .all(|(own, other)| own.name == other.name && (own.key.is_none() || own.key == other.key))
}

/// The modules of the address of a module.
pub(super) fn modules(module: &str) -> Vec<Step<'_>> {
    steps(module).chunks_exact(2).filter_map(|pair| pair.last().copied()).collect()
}

/// The names of the modules of the address of a module.
pub(super) fn path(module: &str) -> Vec<String> {
    names(&modules(module))
}

/// The names of steps, without their keys.
pub(super) fn names(steps: &[Step<'_>]) -> Vec<String> {
    steps.iter().map(|step| step.name.to_owned()).collect()
}

/// The beginning of the addresses of what is in a module.
pub(super) fn prefix(modules: &[Step<'_>]) -> String {
    modules.iter().map(|step| format!("module.{}.", written(*step))).collect()
}

/// A step as it is written.
pub(super) fn written(step: Step<'_>) -> String {
    step.key.map_or_else(|| step.name.to_owned(), |key| format!("{}[{key}]", step.name))
}

/// An address after that of its module.
pub(super) fn local(address: &str) -> String {
    let all = steps(address);
    let depth = all.chunks_exact(2).take_while(|pair| pair.first().is_some_and(|step| step.name == "module")).count();
    joined(all.get(2 * depth..).unwrap_or_default())
}

/// Steps as they are written.
pub(super) fn joined(steps: &[Step<'_>]) -> String {
    steps.iter().map(|step| written(*step)).collect::<Vec<_>>().join(".")
}
