//! Sequences of operations on local AWS, chosen by arbitrary bytes: no panic, and what has to hold for a pipeline holds; nobody gets a
//! session of a role that doesn't trust them.
#![no_main]

use std::time::Duration;

use aws::{ACCOUNT, Aws, declaration, document, form};
use codepipeline_xacct::local::Outcome;
use codepipeline_xacct_test_support::invariants::{Invariants, Seen};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

mod aws;

/// Who the role `r` trusts.
#[derive(Clone, Copy, PartialEq)]
enum Trust {
    Account,
    Service,
}

impl Trust {
    fn document(self) -> String {
        let principal = match self {
            Self::Account => json!({ "AWS": ACCOUNT }),
            Self::Service => json!({ "Service": "ecs.amazonaws.com" }),
        };
        document(json!({ "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole" }))
    }
}

struct Run<'b> {
    aws: Aws,
    bytes: std::slice::Iter<'b, u8>,
    invariants: Invariants,
    /// What the role `r` trusts, if it is there.
    trust: Option<Trust>,
}

impl Run<'_> {
    fn next(&mut self) -> usize {
        self.bytes.next().copied().unwrap_or_default().into()
    }

    fn of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list[self.next() % list.len()]
    }

    /// An execution that is there, or none that is.
    fn execution(&mut self) -> String {
        let at = self.next();
        let known = self.invariants.known();
        let unknown = || "00000000-0000-4000-8000-ffffffffffff".to_owned();
        if known.is_empty() { unknown() } else { known.get(at % (known.len() + 1)).cloned().unwrap_or_else(unknown) }
    }

    fn call(&self, operation: &str, body: &Value) -> bool {
        self.aws.json(operation, body.to_string()).0 == 200
    }

    /// The token of an approval that waits.
    fn token(&self) -> Option<String> {
        let state = self.aws.json("GetPipelineState", r#"{"name":"p"}"#).1;
        let actions = state["stageStates"][1]["actionStates"].as_array()?;
        Some(actions.first()?["latestExecution"]["token"].as_str()?.to_owned())
    }

    /// One operation; the id of an execution that may run again by it.
    fn operate(&mut self) -> Option<String> {
        let stage = ["Source", "Ship", "Nothing"];
        match self.next() % 15 {
            0 => {
                let mode = self.of(&["QUEUED", "SUPERSEDED", "PARALLEL", "SOME"]);
                self.call("UpdatePipeline", &json!({ "pipeline": declaration(mode) }));
            }
            1 => {
                if self.call("StartPipelineExecution", &json!({ "name": "p" })) {
                    self.invariants.asked("StartPipelineExecution");
                }
            }
            2 => {
                let (id, abandon) = (self.execution(), self.next() % 2 == 0);
                let body = json!({ "pipelineName": "p", "pipelineExecutionId": id, "abandon": abandon });
                self.call("StopPipelineExecution", &body);
            }
            3 => {
                let (id, stage) = (self.execution(), self.of(&stage));
                let mode = self.of(&["FAILED_ACTIONS", "ALL_ACTIONS", "SOME"]);
                let body =
                    json!({ "pipelineName": "p", "stageName": stage, "pipelineExecutionId": id, "retryMode": mode });
                self.call("RetryStageExecution", &body);
                return Some(id);
            }
            4 => {
                let (id, stage) = (self.execution(), self.of(&stage));
                let body = json!({ "pipelineName": "p", "stageName": stage, "targetPipelineExecutionId": id });
                if self.call("RollbackStage", &body) {
                    self.invariants.asked("ManualRollback");
                }
            }
            5 | 6 => {
                let operation = self.of(&["DisableStageTransition", "EnableStageTransition"]);
                let (stage, kind) = (self.of(&stage), self.of(&["Inbound", "Outbound", "Sideways"]));
                let body = json!({ "pipelineName": "p", "stageName": stage, "transitionType": kind, "reason": "fuzz" });
                self.call(operation, &body);
            }
            7 | 8 => {
                if let Some(token) = self.token() {
                    let result = json!({ "status": self.of(&["Approved", "Rejected"]), "summary": "" });
                    let body = json!({ "pipelineName": "p", "stageName": "Ship", "actionName": "ok", "result": result, "token": token });
                    self.call("PutApprovalResult", &body);
                }
            }
            9 => {
                let minutes = self.next() as u64;
                self.aws.local.let_pass(Duration::from_secs(minutes * 60));
            }
            10 => {
                let trust = if self.next() % 2 == 0 { Trust::Account } else { Trust::Service };
                let (operation, key) = match self.trust {
                    Some(_) => ("UpdateAssumeRolePolicy", "PolicyDocument"),
                    None => ("CreateRole", "AssumeRolePolicyDocument"),
                };
                let body = form(&[("Action", operation), ("RoleName", "r"), (key, &trust.document())]);
                assert_eq!(self.aws.query("iam", body).0, 200);
                self.trust = Some(trust);
            }
            11 => {
                let (status, _) = self.aws.query("iam", form(&[("Action", "DeleteRole"), ("RoleName", "r")]));
                assert_eq!(status == 200, self.trust.is_some());
                self.trust = None;
            }
            12 => {
                let role = format!("arn:aws:iam::{ACCOUNT}:role/r");
                let body = form(&[("Action", "AssumeRole"), ("RoleArn", &role), ("RoleSessionName", "one")]);
                let (status, _) = self.aws.query("sts", body);
                assert_eq!(status == 200, self.trust == Some(Trust::Account));
            }
            13 => {
                // A function that is called fails, continues, or succeeds.
                let called = self.aws.local.invocations();
                if let Some(called) = called.first() {
                    let event: Value = serde_json::from_str(&called.event).expect("an event");
                    let job = event["CodePipeline.job"]["id"].clone();
                    let failure = json!({ "type": "JobFailed", "message": "fuzz" });
                    let (operation, body) = match self.next() % 3 {
                        0 => ("PutJobFailureResult", json!({ "jobId": job, "failureDetails": failure })),
                        1 => ("PutJobSuccessResult", json!({ "jobId": job, "continuationToken": "more" })),
                        _ => ("PutJobSuccessResult", json!({ "jobId": job })),
                    };
                    let answered = self.call(operation, &body);
                    // Its time may have ended with this request.
                    let waits = self.aws.local.invocations().iter().any(|it| it.event == called.event);
                    assert!(answered || !waits);
                    assert!(!self.call("AcknowledgeJob", &json!({ "jobId": job, "nonce": "1" })));
                }
            }
            _ => {
                // The service role loses and gets back its trust; nothing is created or started by it.
                let principal = if self.next() % 2 == 0 { "codepipeline.amazonaws.com" } else { "ecs.amazonaws.com" };
                let statement =
                    json!({ "Effect": "Allow", "Principal": { "Service": principal }, "Action": "sts:AssumeRole" });
                let body = [
                    ("Action", "UpdateAssumeRolePolicy"),
                    ("RoleName", "service"),
                    ("PolicyDocument", &document(statement)),
                ];
                assert_eq!(self.aws.query("iam", form(&body)).0, 200);
            }
        }
        None
    }

    fn check(&mut self, again: Option<&str>) {
        let pipeline = self.aws.json("GetPipeline", r#"{"name":"p"}"#).1;
        let listed = self.aws.json("ListPipelineExecutions", r#"{"pipelineName":"p"}"#).1;
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let listed = listed["pipelineExecutionSummaries"].as_array().expect("a list").iter().rev();
        let seen = listed.map(|execution| Seen {
            id: text(&execution["pipelineExecutionId"]),
            status: text(&execution["status"]),
            trigger: text(&execution["trigger"]["triggerType"]),
        });
        let version = pipeline["pipeline"]["version"].as_i64().expect("a version");
        self.invariants.check(version, &seen.collect::<Vec<_>>(), again);
    }
}

fuzz_target!(|bytes: &[u8]| {
    let aws = Aws::new();
    aws.role("service", json!({ "Service": "codepipeline.amazonaws.com" }));
    let ship = format!("arn:aws:codepipeline:eu-west-1:{ACCOUNT}:p").parse().expect("an ARN");
    aws.local.await_answer(&ship, "Ship", "ok");
    aws.local.await_answer(&ship, "Ship", "call");
    aws.local.decide(|run| match run.attempt % 4 {
        1 if run.action == "code" => Some(Outcome::fails("the first of four")),
        2 if run.action == "code" => Some(Outcome::succeeds().takes(Duration::from_secs(120))),
        _ => None,
    });
    aws.pipeline();
    let invariants = Invariants::of_a_new_pipeline();
    let mut run = Run { aws, bytes: bytes.iter(), invariants, trust: None };
    // A page of ListPipelineExecutions has 100.
    for _ in 0..90 {
        if run.bytes.len() == 0 {
            break;
        }
        let again = run.operate();
        run.check(again.as_deref());
    }
});
