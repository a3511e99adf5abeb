"""Says what an independent engine decides about wiring chains: one JSON object a line, answered in order.

Reads the input objects of `cargo xacct wiring`. Answers `{"id", "assume", "start"}`: whether the service role may assume the
action role, and the action role start the target, as true, false or null, where null is "this engine can't judge this". Hop
0, by the service itself, is not asked about.

The engine is the evaluator of ministack, an emulator of AWS (MIT). It asks nobody.
"""

import json
import re
import sys

from ministack.core import iam_evaluator as ministack

# Keys that a role's session on its own never has; any other key that isn't given is unknown to us.
ABSENT = ["sts:externalid", "aws:sourcearn", "aws:sourceaccount", "aws:username", "aws:calledvia"]
MFA = ["aws:multifactorauthpresent", "aws:multifactorauthage"]  # absent on the first hop


def account(arn):
    return arn.split(":")[4]


def text(value):
    """The engine wants the request's values as strings, or lists of them."""
    return value if value is None or isinstance(value, (str, list)) else json.dumps(value)


def keys(documents):
    """The condition keys and the policy variables that documents name, in lower case."""
    found = set()
    for policy in documents:
        statements = policy.get("Statement", [])
        for statement in [statements] if isinstance(statements, dict) else statements:
            blocks = [block for block in statement.get("Condition", {}).values() if isinstance(block, dict)]
            found.update(key.lower() for block in blocks for key in block)
        found.update(name.strip().lower() for name in re.findall(r"\$\{([^*?$},][^},]*)", json.dumps(policy)))
    return found


def context(hop, role, resource, given):
    """The request's keys in lower case, with None for those that are known to be absent."""
    known = dict.fromkeys(ABSENT + (MFA if hop == "assume" else ["sts:rolesessionname"]))
    known |= {"aws:principalisawsservice": "false", "aws:viaawsservice": "false"}
    known |= {"aws:principalarn": role["arn"], "aws:principalaccount": account(role["arn"])}
    known["aws:resourceaccount"] = account(resource)
    if hop == "start":  # where CodePipeline calls STS is not documented
        known["aws:requestedregion"] = resource.split(":")[3]
    known |= {f"aws:principaltag/{key.lower()}": value for key, value in (role.get("tags") or {}).items()}
    return known | {key.lower(): text(value) for key, value in given.items()}


def request(chain, hop):
    """What is asked on one hop, or None where it depends on something that the chain doesn't say."""
    first = hop == "assume"
    role = chain["service_role" if first else "action_role"]
    resource = chain["action_role"]["arn"] if first else chain["target_pipeline_arn"]
    trust, levels = None, []
    if first:
        # IAM keeps a role's unique id in the place of its ARN; the engine knows ARNs only.
        trust, unique = json.dumps(chain["action_role"]["trust"]), role.get("unique_id")
        if not unique and re.search(r'"A(ROA|IDA)[A-Z0-9]+"', trust):
            return None
        trust = json.loads(trust.replace(f'"{unique}"', json.dumps(role["arn"])))
        # RCPs other than the managed one, which is always there, hold Deny statements only. Pipelines have no RCPs.
        levels = (chain.get("rcps") or {}).get("target") or []
    asked = {
        "role": role["arn"],
        "action": "sts:AssumeRole" if first else "codepipeline:StartPipelineExecution",
        "resource": resource,
        "identity": [policy.get("document", policy) for policy in role["policies"]],
        "boundary": role.get("permissions_boundary"),
        "session": (chain.get("session_policies") or {}).get("service" if first else "action"),
        "scps": (chain.get("scps") or {}).get("source" if first else "target") or [],
        "trust": trust,
        "rcps": [[policy for policy in level if '"Deny"' in json.dumps(policy)] for level in levels],
        "context": context(hop, role, resource, (chain.get("context") or {}).get(hop) or {}),
    }
    single = [[asked[one]] for one in ("boundary", "session", "trust") if asked[one]]
    asked["documents"] = sum([*single, *asked["scps"], *asked["rcps"]], asked["identity"])
    # The engine has two answers and takes a key it isn't given as absent. So it is not asked where a key is unknown.
    prefix = "aws:principaltag/" if role.get("tags") is not None else "no such key"
    unknown = [key for key in keys(asked["documents"]) if key not in asked["context"] and not key.startswith(prefix)]
    return None if unknown else asked


def ministack_says(asked):
    """Left out: policy variables and RCPs, which it hasn't, and conditions on the time, which its clock tells it."""
    variables = any("${" in json.dumps(p) and p.get("Version") == "2012-10-17" for p in asked["documents"])
    if variables or asked["rcps"] or keys(asked["documents"]) & {"aws:currenttime", "aws:epochtime"}:
        return None
    given, role, resource = asked["context"], asked["role"], asked["resource"]
    region = given.get("aws:requestedregion")
    asks = ministack.EvalContext(role, "AssumedRole", account(role), asked["action"], resource, region)
    asks.source_ip, asks.secure_transport = given.get("aws:sourceip"), given.get("aws:securetransport") == "true"
    asks.service_context = asks.principal_keys = given
    # It has no SCPs, but limits: each level of SCPs caps as a boundary and a session policy do.
    layers = [asked["identity"], *([asked[one]] for one in ("boundary", "session") if asked[one]), *asked["scps"]]
    identity, *limits = [[ministack.parse_policy_document(policy) for policy in layer] for layer in layers]
    # `required`: a trust policy has to allow in its own account too, which ministack has for the keys of KMS.
    more = {"required": asked["trust"] is not None, "limits": tuple(limits)}
    said = ministack.evaluate(asks, identity, *limits)
    return ministack.combine_resource_policy(said, asks, asked["trust"], account(resource), **more).decision == "Allow"


def main():
    for line in sys.stdin:
        chain = json.loads(line)
        answer = {"id": chain["id"]}
        for hop in ("assume", "start"):
            asked = request(chain, hop)
            answer[hop] = ministack_says(asked) if asked else None
        print(json.dumps(answer))


main()
