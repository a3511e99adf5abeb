//! What has to hold for a pipeline of local AWS, whatever is done to it.

use std::collections::BTreeMap;

/// An execution, as ListPipelineExecutions shows it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Its id.
    pub id: String,
    /// How it goes.
    pub status: String,
    /// What started it.
    pub trigger: String,
}

/// What is known about a pipeline so far.
#[derive(Debug)]
pub struct Invariants {
    version: i64,
    /// The executions from the oldest.
    known: Vec<String>,
    ended: BTreeMap<String, String>,
    /// How many executions were asked for, by trigger.
    asked: BTreeMap<String, usize>,
}

impl Invariants {
    /// Of a pipeline that was created, which starts it.
    pub fn of_a_new_pipeline() -> Self {
        let asked = BTreeMap::from([("CreatePipeline".to_owned(), 1)]);
        Self { version: 1, known: Vec::new(), ended: BTreeMap::new(), asked }
    }

    /// An execution was asked for, and its id was returned.
    pub fn asked(&mut self, trigger: &str) {
        *self.asked.entry(trigger.to_owned()).or_default() += 1;
    }

    /// The executions from the oldest.
    pub fn known(&self) -> &[String] {
        &self.known
    }

    /// The version grows by at most one, no execution vanishes, none is there that was not asked for, and what has ended stays as it ended
    /// unless it was retried or overridden (`again`).
    pub fn check(&mut self, version: i64, executions: &[Seen], again: Option<&str>) {
        assert!(version == self.version || version == self.version + 1, "version {} became {version}", self.version);
        self.version = version;
        let ids: Vec<String> = executions.iter().map(|execution| execution.id.clone()).collect();
        assert!(ids.starts_with(&self.known), "{ids:?} were {:?}", self.known);
        self.known = ids;
        for trigger in ["CreatePipeline", "StartPipelineExecution", "ManualRollback"] {
            let there = executions.iter().filter(|execution| execution.trigger == trigger).count();
            let asked = self.asked.get(trigger).copied().unwrap_or_default();
            assert_eq!(there, asked, "executions of {trigger}");
        }
        for Seen { id, status, trigger } in executions {
            let triggers = ["CreatePipeline", "StartPipelineExecution", "ManualRollback", "AutomatedRollback"];
            assert!(triggers.contains(&trigger.as_str()), "{trigger}");
            match self.ended.get(id) {
                Some(before) if again != Some(id) => assert_eq!(status, before, "{id}"),
                _ => drop(self.ended.remove(id)),
            }
            if !["InProgress", "Stopping"].contains(&status.as_str()) {
                self.ended.insert(id.clone(), status.clone());
            }
        }
    }
}
