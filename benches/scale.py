"""Plan and apply over 100 accounts with 50 ms for every call: this library and boto3, in one run.

    cargo test -p codepipeline-xacct-language-tests peers::    # installs boto3 under target/peers
    target/peers/bin/python benches/scale.py

boto3 makes the calls of the same flow, one by one and with 16 threads: who each account is, which of 201 roles and 101 pipelines
exist, then CreateRole, PutRolePolicy and CreatePipeline. There is no server: a handler sleeps 50 ms and answers what AWS would, so
that boto3's time is the sleep and its own work. Dependencies are kept (roles, policies, pipelines).
"""

import concurrent.futures
import json
import pathlib
import resource
import subprocess
import time
import urllib.parse

import boto3
import botocore.awsrequest
import botocore.config

ROOT = pathlib.Path(__file__).resolve().parent.parent
TARGETS = 100
LATENCY = 0.05


class Raw:
    """The body of a response, as botocore reads it."""

    def __init__(self, body):
        self.body = body

    def stream(self, *_, **__):
        yield self.body


def respond(request, status, body, kind):
    return botocore.awsrequest.AWSResponse(request.url, status, {"content-type": kind}, Raw(body.encode()))


def answer(request, **_):
    """Sleeps as long as a call takes, and answers that nothing exists yet and that everything can be made."""
    time.sleep(LATENCY)
    target = request.headers.get("X-Amz-Target")
    if target:
        operation = (target.decode() if isinstance(target, bytes) else target).rsplit(".", 1)[1]
        kind = "application/x-amz-json-1.1"
        if operation == "GetPipeline":
            return respond(request, 400, json.dumps({"__type": "PipelineNotFoundException", "message": "no"}), kind)
        return respond(request, 200, "{}", kind)
    body = request.body.decode() if isinstance(request.body, bytes) else request.body
    operation = urllib.parse.parse_qs(body)["Action"][0]
    if operation == "GetRole":
        error = "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>no</Message></Error></ErrorResponse>"
        return respond(request, 404, error, "text/xml")
    result = ""
    if operation == "GetCallerIdentity":
        result = "<Account>111111111111</Account><Arn>arn:aws:iam::111111111111:root</Arn><UserId>x</UserId>"
    if operation == "CreateRole":
        result = "<Role><Path>/</Path><RoleName>x</RoleName><RoleId>AROAX</RoleId><Arn>arn:aws:iam::111111111111:role/x</Arn><CreateDate>2026-01-01T00:00:00Z</CreateDate></Role>"
    return respond(request, 200, f"<{operation}Response><{operation}Result>{result}</{operation}Result></{operation}Response>", "text/xml")


def clients(number):
    session = boto3.Session(aws_access_key_id=f"key{number}", aws_secret_access_key="secret", region_name="eu-west-1")
    config = botocore.config.Config(retries={"max_attempts": 0})
    made = {name: session.client(name, config=config) for name in ["iam", "sts", "codepipeline"]}
    for client in made.values():
        client.meta.events.register_first("before-send", answer)
    return made


TRUST = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "codepipeline.amazonaws.com"}, "Action": "sts:AssumeRole"}]})


def quietly(call, **arguments):
    try:
        call(**arguments)
    except Exception as error:
        if "NoSuchEntity" not in str(error) and "PipelineNotFound" not in str(error):
            raise


def declaration(actions):
    invoke = {"category": "Invoke", "owner": "AWS", "provider": "CodePipeline", "version": "1"}
    return {
        "name": "deploy",
        "roleArn": "arn:aws:iam::111111111111:role/deploy-service",
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "stages": [{"name": "Run", "actions": [{"name": f"a{n}", "actionTypeId": invoke, "configuration": {"PipelineName": "deploy"}} for n in range(actions)]}],
    }


def flow(accounts, each):
    """The times of connect, plan and apply; `each` calls a function with each of the arguments."""
    roles = [(0, "hub-service")] + [(n, name) for n in range(1, TARGETS + 1) for name in ["deploy-service", "invoker"]]
    times = {}
    started = time.monotonic()
    each(lambda n: accounts[n]["sts"].get_caller_identity(), range(TARGETS + 1))
    times["connect"] = time.monotonic() - started
    started = time.monotonic()
    each(lambda role: quietly(accounts[role[0]]["iam"].get_role, RoleName=role[1]), roles)
    each(lambda n: quietly(accounts[n]["codepipeline"].get_pipeline, name="deploy"), range(TARGETS + 1))
    times["plan from nothing"] = time.monotonic() - started
    started = time.monotonic()
    make = lambda role: accounts[role[0]]["iam"].create_role(RoleName=role[1], AssumeRolePolicyDocument=TRUST)
    each(make, [role for role in roles if role[1] != "invoker"])
    each(make, [role for role in roles if role[1] == "invoker"])
    each(lambda role: accounts[role[0]]["iam"].put_role_policy(RoleName=role[1], PolicyName="p", PolicyDocument=TRUST), roles)
    each(lambda n: accounts[n]["codepipeline"].create_pipeline(pipeline=declaration(1)), range(1, TARGETS + 1))
    each(lambda n: accounts[n]["codepipeline"].create_pipeline(pipeline=declaration(100)), [0])
    times["apply"] = time.monotonic() - started
    return times


def one_by_one(function, arguments):
    for argument in arguments:
        function(argument)


def main():
    ours = subprocess.run(
        ["cargo", "bench", "--quiet", "-p", "codepipeline-xacct-examples", "--bench", "scale"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout
    print(ours)
    accounts = [clients(number) for number in range(TARGETS + 1)]
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        threads = flow(accounts, lambda function, arguments: list(pool.map(function, arguments)))
    print("boto3, 16 threads:", ", ".join(f"{what} {seconds:.2f} s" for what, seconds in threads.items()))
    single = flow(accounts, one_by_one)
    print("boto3, one by one:", ", ".join(f"{what} {seconds:.2f} s" for what, seconds in single.items()))
    print("boto3, memory:", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, "MB")


main()
