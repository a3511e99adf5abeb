//! Pipelines that start each other in a circle.

/// For each node the number of its circle; `None` for a node that is in no circle. `edges` has the nodes that each node
/// leads to. (Tarjan's strongly connected components, without recursion.)
pub(crate) fn cycles(edges: &[Vec<usize>]) -> Vec<Option<usize>> {
    let mut state = ComponentSearch {
        number: vec![None; edges.len()],
        lowest: vec![0; edges.len()],
        open: vec![false; edges.len()],
        stack: Vec::new(),
        next: 0,
        circle: vec![None; edges.len()],
        circles: 0,
    };
    for start in 0..edges.len() {
        state.visit(start, edges);
    }
    state.circle
}

struct ComponentSearch {
    /// The order in which nodes were met.
    number: Vec<Option<usize>>,
    /// The first node that can be reached and is still open.
    lowest: Vec<usize>,
    open: Vec<bool>,
    stack: Vec<usize>,
    next: usize,
    circle: Vec<Option<usize>>,
    circles: usize,
}

impl ComponentSearch {
    fn visit(&mut self, start: usize, edges: &[Vec<usize>]) {
        if self.number.get(start).is_none_or(Option::is_some) {
            return;
        }
        self.enter(start);
        let mut path = vec![(start, 0)];
        while let Some((node, position)) = path.pop() {
            match edges.get(node).and_then(|targets| targets.get(position)) {
                Some(&target) => {
                    path.push((node, position + 1));
                    match self.number.get(target).copied() {
                        Some(None) => {
                            self.enter(target);
                            path.push((target, 0));
                        }
                        Some(Some(number)) if self.open.get(target) == Some(&true) => self.reaches(node, number),
                        _ => {}
                    }
                }
                None => {
                    self.leave(node, edges);
                    if let (Some(&(parent, _)), Some(&lowest)) = (path.last(), self.lowest.get(node)) {
                        self.reaches(parent, lowest);
                    }
                }
            }
        }
    }

    fn enter(&mut self, node: usize) {
        if let (Some(number), Some(lowest), Some(open)) =
            (self.number.get_mut(node), self.lowest.get_mut(node), self.open.get_mut(node))
        {
            *number = Some(self.next);
            *lowest = self.next;
            *open = true;
            self.next += 1;
            self.stack.push(node);
        }
    }

    fn reaches(&mut self, node: usize, number: usize) {
        if let Some(lowest) = self.lowest.get_mut(node) {
            *lowest = (*lowest).min(number);
        }
    }

    /// A node that reaches nothing before itself closes a component: the nodes above it on the stack.
    fn leave(&mut self, node: usize, edges: &[Vec<usize>]) {
        if self.number.get(node).copied().flatten() != self.lowest.get(node).copied() {
            return;
        }
        let mut members = Vec::new();
        while let Some(member) = self.stack.pop() {
            if let Some(open) = self.open.get_mut(member) {
                *open = false;
            }
            members.push(member);
            if member == node {
                break;
            }
        }
        let to_itself = edges.get(node).is_some_and(|targets| targets.contains(&node));
        if members.len() > 1 || to_itself {
            for member in members {
                if let Some(circle) = self.circle.get_mut(member) {
                    *circle = Some(self.circles);
                }
            }
            self.circles += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::cycles;

    #[test]
    fn circles_are_found_and_nothing_else() {
        assert_eq!(cycles(&[vec![1], vec![2], vec![]]), [None, None, None]);
        assert_eq!(cycles(&[vec![0]]), [Some(0)]);
        assert_eq!(cycles(&[vec![1], vec![0, 2], vec![]]), [Some(0), Some(0), None]);
        // A diamond is not a circle; 3 leads into one.
        assert_eq!(
            cycles(&[vec![1, 2], vec![3], vec![3], vec![4], vec![5], vec![4]]),
            [None, None, None, None, Some(0), Some(0)]
        );
    }

    #[test]
    fn a_long_chain_does_not_overflow_the_stack() {
        let count = 100_000;
        let edges: Vec<_> = (0..count).map(|node| vec![(node + 1) % count]).collect();
        assert!(cycles(&edges).iter().all(|circle| *circle == Some(0)));
    }
}
