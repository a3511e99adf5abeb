//! The order from what starts to what is started.

use super::arrows::Arrow;

/// How many steps each of `count` things is away from one that nothing leads to. In a circle, the first of its things counts as that.
pub(super) fn levels(count: usize, steps: &[(usize, usize)]) -> Vec<usize> {
    let mut levels: Vec<Option<usize>> = vec![None; count];
    loop {
        let level = |thing: usize| levels.get(thing).copied().flatten();
        let left: Vec<usize> = (0..count).filter(|thing| level(*thing).is_none()).collect();
        let before = |thing: usize| steps.iter().filter(move |(from, to)| *to == thing && from != to);
        let is_ready = |thing: &usize| before(*thing).all(|(from, _)| level(*from).is_some());
        let ready: Vec<usize> = left.iter().copied().filter(is_ready).collect();
        let ready = if ready.is_empty() { left.into_iter().take(1).collect() } else { ready };
        if ready.is_empty() {
            return levels.into_iter().flatten().collect();
        }
        let next = |thing: usize| before(thing).filter_map(|(from, _)| level(*from)).max().map_or(0, |last| last + 1);
        let found: Vec<(usize, usize)> = ready.into_iter().map(|thing| (thing, next(thing))).collect();
        for (thing, level) in found {
            if let Some(of) = levels.get_mut(thing) {
                *of = Some(level);
            }
        }
    }
}

/// The steps between accounts.
pub(super) fn between_accounts(arrows: &[Arrow]) -> Vec<(usize, usize)> {
    let mut steps: Vec<(usize, usize)> = arrows.iter().map(|a| (a.from.account(), a.to.account())).collect();
    steps.sort_unstable();
    steps.dedup();
    steps
}
