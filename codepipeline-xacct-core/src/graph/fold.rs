//! Folds similar boxes into one.

use std::collections::HashMap;
use std::hash::Hash;

use super::drawing::push;
use super::model::{AccountBox, At, DrawnLink, Graph, PipelineBox};
use crate::topology::items::Ownership;
use crate::wiring::Sign;

/// So many that are alike are still drawn one by one.
const SHOWN: usize = 6;

/// A box.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Node {
    Account(usize),
    Pipeline(At),
    Role(At),
}

/// What a box looks like by itself, without its names.
#[derive(PartialEq, Eq, Hash)]
enum Look<'a> {
    Account,
    Pipeline(Option<Ownership>, &'a [String], Option<Sign>),
    Role(Option<Ownership>),
}

/// How a box belongs to another: as the end of a link, or inside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Tie {
    Contains,
    IsIn,
    Assumes(usize, Option<Sign>),
    IsAssumed(usize, Option<Sign>),
    Starts(usize, Option<Sign>),
    IsStarted(usize, Option<Sign>),
}

impl Graph {
    /// The graph with one box for pipelines, roles and accounts that are alike: stages, managers and signs are the same, and so is what
    /// they assume and start, and what assumes and starts them. Up to six of a kind stay as they are.
    #[must_use]
    pub fn folded(&self) -> Graph {
        let ties = self.ties();
        let classes = self.classes(&ties);
        Folding { graph: self, classes: &classes }.folded()
    }

    fn looks(&self) -> HashMap<Node, Look<'_>> {
        let mut looks = HashMap::new();
        for (account, drawn) in self.accounts.iter().enumerate() {
            looks.insert(Node::Account(account), Look::Account);
            for (index, pipeline) in drawn.pipelines.iter().enumerate() {
                let look = Look::Pipeline(pipeline.ownership, &pipeline.stages, pipeline.service_trust);
                looks.insert(Node::Pipeline(At { account, index }), look);
            }
            for (index, role) in drawn.roles.iter().enumerate() {
                looks.insert(Node::Role(At { account, index }), Look::Role(role.ownership));
            }
        }
        looks
    }

    fn ties(&self) -> HashMap<Node, Vec<(Tie, Node)>> {
        let mut ties: HashMap<Node, Vec<(Tie, Node)>> = HashMap::new();
        let mut tie = |one: Node, is: Tie, other: Node, back: Tie| {
            ties.entry(one).or_default().push((is, other));
            ties.entry(other).or_default().push((back, one));
        };
        for (account, drawn) in self.accounts.iter().enumerate() {
            let at = |index| At { account, index };
            for index in 0..drawn.pipelines.len() {
                tie(Node::Account(account), Tie::Contains, Node::Pipeline(at(index)), Tie::IsIn);
            }
            for index in 0..drawn.roles.len() {
                tie(Node::Account(account), Tie::Contains, Node::Role(at(index)), Tie::IsIn);
            }
        }
        for link in &self.links {
            let DrawnLink { stage, assume, start, .. } = *link;
            let [from, target] = [link.from, link.target].map(|at| at.map(Node::Pipeline));
            let role = link.role.map(Node::Role);
            if let (Some(from), Some(role)) = (from, role) {
                tie(from, Tie::Assumes(stage, assume), role, Tie::IsAssumed(stage, assume));
            }
            if let (Some(starter), Some(target)) = (role.or(from), target) {
                tie(starter, Tie::Starts(stage, start), target, Tie::IsStarted(stage, start));
            }
        }
        ties
    }

    /// The class of each box. They are split until all boxes of a class have the same ties to the same classes.
    fn classes(&self, ties: &HashMap<Node, Vec<(Tie, Node)>>) -> HashMap<Node, usize> {
        let looks = self.looks();
        let nodes = self.nodes();
        let mut classes = numbered(nodes.iter().map(|node| (*node, looks.get(node))));
        loop {
            let class = |node: &Node| classes.get(node).copied().unwrap_or_default();
            let finer = numbered(nodes.iter().map(|node| {
                let of = ties.get(node).into_iter().flatten();
                let mut of: Vec<(Tie, usize)> = of.map(|(tie, other)| (*tie, class(other))).collect();
                of.sort_unstable();
                (*node, (class(node), of))
            }));
            let count = |classes: &HashMap<Node, usize>| classes.values().max().copied();
            let done = count(&finer) == count(&classes);
            classes = finer;
            if done {
                return classes;
            }
        }
    }

    fn nodes(&self) -> Vec<Node> {
        let of = |(account, drawn): (usize, &AccountBox)| {
            let at = move |index| At { account, index };
            let pipelines = (0..drawn.pipelines.len()).map(move |index| Node::Pipeline(at(index)));
            let roles = (0..drawn.roles.len()).map(move |index| Node::Role(at(index)));
            std::iter::once(Node::Account(account)).chain(pipelines).chain(roles)
        };
        self.accounts.iter().enumerate().flat_map(of).collect()
    }
}

/// Gives nodes with equal keys the same number.
fn numbered<K: Eq + Hash>(nodes: impl Iterator<Item = (Node, K)>) -> HashMap<Node, usize> {
    let mut numbers = HashMap::new();
    nodes
        .map(|(node, key)| {
            let next = numbers.len();
            (node, *numbers.entry(key).or_insert(next))
        })
        .collect()
}

/// Which box a pipeline or a role goes to: the one for its class, or one of its own.
#[derive(PartialEq, Eq, Hash)]
enum Slot {
    Class(usize),
    Own(At),
}

/// The boxes of an account, by what goes to them.
#[derive(Default)]
struct Slots {
    pipelines: HashMap<Slot, usize>,
    roles: HashMap<Slot, usize>,
}

struct Folding<'a> {
    graph: &'a Graph,
    classes: &'a HashMap<Node, usize>,
}

impl Folding<'_> {
    fn folded(&self) -> Graph {
        let mut folded = Graph { title: self.graph.title.clone(), accounts: Vec::new(), links: Vec::new() };
        let sizes = self.sizes((0..self.graph.accounts.len()).map(Node::Account));
        let mut slots: Vec<Slots> = Vec::new();
        let mut accounts: HashMap<usize, usize> = HashMap::new();
        let mut moved: HashMap<Node, At> = HashMap::new();
        for (account, drawn) in self.graph.accounts.iter().enumerate() {
            let class = self.class(Node::Account(account));
            let is_folded = sizes.get(&class).is_some_and(|size| *size > SHOWN);
            let to = accounts.get(&class).copied().filter(|_| is_folded).unwrap_or(slots.len());
            accounts.insert(class, to);
            if to == slots.len() {
                slots.push(Slots::default());
                folded.accounts.push(AccountBox::default());
            }
            let (Some(into), Some(slots)) = (folded.accounts.get_mut(to), slots.get_mut(to)) else { continue };
            into.accounts.extend(drawn.accounts.iter().cloned());
            let at = |index| At { account, index };
            let sizes = self.sizes((0..drawn.pipelines.len()).map(|index| Node::Pipeline(at(index))));
            for (index, pipeline) in drawn.pipelines.iter().enumerate() {
                let node = Node::Pipeline(at(index));
                let index = position(&mut slots.pipelines, self.slot(node, at(index), &sizes, is_folded));
                match into.pipelines.get_mut(index) {
                    Some(known) => known.take_in(pipeline),
                    None => into.pipelines.push(pipeline.clone()),
                }
                moved.insert(node, At { account: to, index });
            }
            let sizes = self.sizes((0..drawn.roles.len()).map(|index| Node::Role(at(index))));
            for (index, role) in drawn.roles.iter().enumerate() {
                let node = Node::Role(at(index));
                let index = position(&mut slots.roles, self.slot(node, at(index), &sizes, is_folded));
                match into.roles.get_mut(index) {
                    Some(known) => known.roles.extend(role.roles.iter().cloned()),
                    None => into.roles.push(role.clone()),
                }
                moved.insert(node, At { account: to, index });
            }
        }
        for link in &self.graph.links {
            let pipeline = |at: Option<At>| at.and_then(|at| moved.get(&Node::Pipeline(at)).copied());
            let role = link.role.and_then(|at| moved.get(&Node::Role(at)).copied());
            let (from, target) = (pipeline(link.from), pipeline(link.target));
            push(&mut folded.links, DrawnLink { from, role, target, ..link.clone() });
        }
        folded
    }

    fn class(&self, node: Node) -> usize {
        self.classes.get(&node).copied().unwrap_or_default()
    }

    /// How many of the nodes are of each class.
    fn sizes(&self, nodes: impl Iterator<Item = Node>) -> HashMap<usize, usize> {
        let mut sizes: HashMap<usize, usize> = HashMap::new();
        nodes.for_each(|node| *sizes.entry(self.class(node)).or_default() += 1);
        sizes
    }

    fn slot(&self, node: Node, at: At, sizes: &HashMap<usize, usize>, is_folded: bool) -> Slot {
        let class = self.class(node);
        let alike = is_folded || sizes.get(&class).is_some_and(|size| *size > SHOWN);
        if alike { Slot::Class(class) } else { Slot::Own(at) }
    }
}

fn position(slots: &mut HashMap<Slot, usize>, slot: Slot) -> usize {
    let next = slots.len();
    *slots.entry(slot).or_insert(next)
}

impl PipelineBox {
    fn take_in(&mut self, other: &PipelineBox) {
        self.pipelines.extend(other.pipelines.iter().cloned());
        self.service_roles.extend(other.service_roles.iter().cloned());
    }
}
