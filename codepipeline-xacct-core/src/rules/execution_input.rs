//! The input of state machines.

use super::rule::{edit, rules};

rules! {
    XA0633 Advice "the literal input of a state machine that is not JSON",
        "With InputType Literal, Input goes to the state machine as it is, and StartExecution takes JSON only.",
        ["action-reference-StepFunctions", "Step Functions API Reference, StartExecution"],
        edit("/stages/2/actions/0", "{\"name\": \"run\", \"actionTypeId\": {\"category\": \"Invoke\", \"owner\": \"AWS\", \"provider\": \"StepFunctions\", \"version\": \"1\"}, \"configuration\": {\"StateMachineArn\": \"arn:aws:states:eu-west-1:111111111111:stateMachine:run\", \"Input\": \"nightly\"}}", "{\"name\": \"run\", \"actionTypeId\": {\"category\": \"Invoke\", \"owner\": \"AWS\", \"provider\": \"StepFunctions\", \"version\": \"1\"}, \"configuration\": {\"StateMachineArn\": \"arn:aws:states:eu-west-1:111111111111:stateMachine:run\", \"Input\": \"\\\"nightly\\\"\"}}");
}
