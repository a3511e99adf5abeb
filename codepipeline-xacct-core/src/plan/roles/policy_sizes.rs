//! Inline policies that IAM would refuse, since a role would have too much of them.

use crate::finding::Place;
use crate::plan::input::state::Found;
use crate::plan::planner::Planner;
use crate::plan::steps::write::Write;
use crate::policy::quota::inline_refused;

impl Planner<'_> {
    /// Reports policies of which a role would have too much. What the plan deletes of it goes after what it writes.
    pub(in crate::plan) fn too_large(&mut self) {
        let refused = self.writes.iter().filter_map(|write| {
            let Write::PutRolePolicy { role, name, after, .. } = write else { return None };
            let found = self.state.roles.get(role).and_then(Found::present);
            let inline = found.into_iter().flat_map(|found| &found.inline);
            let others = inline.filter(|(other, _)| *other != name).map(|(_, document)| document.size()).sum();
            inline_refused(after.size(), others, &Place::role(self.item_of(role)))
        });
        let refused: Vec<_> = refused.collect();
        self.findings.extend(refused);
    }
}

#[cfg(test)]
mod tests {
    use crate::ids::Partition;
    use crate::plan::input::state::{Found, RoleState, State};
    use crate::plan::{PlanOptions, plan};
    use crate::policy::quota::INLINE_POLICIES;
    use crate::policy::{Document, Statement};
    use crate::topology::items::{Account, Ownership, Role, Topology};

    fn objects(count: usize) -> Vec<Statement> {
        let objects = (0..count).map(|n| format!("arn:aws:s3:::{n:06}")).collect();
        vec![Statement::allow(&["s3:GetObject"], objects)]
    }

    /// Why a plan is refused to write so many resources into a role that has others in a policy of somebody else.
    fn refused(ours: usize, others: usize) -> Option<String> {
        let arn: crate::ids::RoleArn = "arn:aws:iam::111111111111:role/theirs".parse().unwrap();
        let mut role = Role::inline(Ownership::Extended, arn.clone());
        role.statements = objects(ours);
        let id = arn.account().clone();
        let account = Account { item: "Tooling".to_owned(), id, partition: Partition::aws() };
        let topology = Topology::builder("t").add(account).add(role).build().unwrap();
        let mut found = RoleState::created(&arn, &Document::new(Vec::new()), &indexmap::IndexMap::new());
        if others > 0 {
            found.inline.insert("theirs".to_owned(), Document::new(objects(others)));
        }
        let state = State { roles: [(arn, Found::Present(found))].into(), ..State::default() };
        plan(&topology, &state, &PlanOptions::default()).err().map(|findings| findings.to_string())
    }

    #[test]
    fn more_inline_policies_than_a_role_can_have_are_refused_before_anything_is_written() {
        assert_eq!(refused(200, 200), None);
        let both = refused(200, 300).unwrap();
        assert!(both.contains("error[XA1064]") && both.contains("and its other inline policies"), "{both}");
        let alone = refused(500, 0).unwrap();
        assert!(alone.contains(&format!("IAM refuses more than {INLINE_POLICIES} together")), "{alone}");
        assert!(alone.contains("help: let some actions use roles of their own"), "{alone}");
    }
}
