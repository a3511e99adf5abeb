"""Says what ministack decides about requests of a role: one JSON object a line, answered in order with true or false."""

import json
import sys

from ministack.core import iam_evaluator as ministack

for line in sys.stdin:
    asked = json.loads(line)
    role = f"arn:aws:iam::{asked['account']}:role/role"
    asks = ministack.EvalContext(role, "AssumedRole", asked["account"], asked["action"], asked["resource"], None)
    asks.service_context = asks.principal_keys = {key.lower(): value for key, value in asked["context"].items()}
    said = ministack.evaluate(asks, [ministack.parse_policy_document(asked["document"])])
    print(json.dumps(said.decision == "Allow"))
