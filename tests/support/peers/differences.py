"""Calls IAM, STS and CodePipeline at an endpoint and prints what each call answers, a JSON object a line.

    differences.py ENDPOINT ACCESS_KEY_ID

Ids and times are replaced by what they are, so that the answers of two servers can be compared. The account is 123456789012.
"""

import datetime
import json
import re
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT, KEY = sys.argv[1:]
ACCOUNT = "123456789012"
ARN = f"arn:aws:iam::{ACCOUNT}"
PIPELINES = f"arn:aws:codepipeline:eu-west-1:{ACCOUNT}"
IDS = ("AccessKeyId", "SecretAccessKey", "SessionToken", "PolicyId", "RoleId")


def client(service):
    return boto3.client(
        service,
        endpoint_url=ENDPOINT,
        region_name="eu-west-1",
        aws_access_key_id=KEY,
        aws_secret_access_key="local",
        config=Config(retries={"total_max_attempts": 1}),
    )


def comparable(value, name=""):
    if isinstance(value, dict):
        return {key: comparable(entry, key) for key, entry in value.items() if key != "ResponseMetadata"}
    if isinstance(value, list):
        return [comparable(entry, name) for entry in value]
    if isinstance(value, datetime.datetime):
        return "a time"
    if not isinstance(value, str):
        return value
    if name in IDS or name.endswith("ExecutionId"):
        return "an id"
    return re.sub(r"A[A-Z]{3}[A-Z0-9]{12,}", "an id", value)


def call(step, service, operation, **parameters):
    """Makes a call and prints its answer; `step` names it."""
    try:
        answer = getattr(client(service), operation)(**parameters)
    except ClientError as error:
        answer = {"error": f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"}
    print(json.dumps({"step": step, "answer": comparable(answer)}))
    return answer


def statement(effect="Allow", **members):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": effect, **members}]})


def trust(**principal):
    return statement(Principal=principal, Action="sts:AssumeRole")


def pipeline(name, role="service", **changes):
    def action(name, category, provider, **members):
        kind = {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
        return {"name": name, "actionTypeId": kind, "runOrder": 1, **members}

    source = action(
        "code",
        "Source",
        "S3",
        configuration={"S3Bucket": "code", "S3ObjectKey": "code.zip", "PollForSourceChanges": "false"},
        outputArtifacts=[{"name": "Code"}],
    )
    return {
        "name": name,
        "roleArn": f"{ARN}:role/{role}",
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "stages": [
            {"name": "Source", "actions": [source]},
            {"name": "Approve", "actions": [action("ok", "Approval", "Manual")]},
        ],
        **changes,
    }


def roles():
    service = trust(Service="codepipeline.amazonaws.com")
    new = {"RoleName": "service", "AssumeRolePolicyDocument": service, "Description": "runs", "MaxSessionDuration": 7200}
    call("create a role", "iam", "create_role", **new, Tags=[{"Key": "team", "Value": "a"}])
    call("create it again", "iam", "create_role", **new)
    call("get a role", "iam", "get_role", RoleName="service")
    call("a role that does not exist", "iam", "get_role", RoleName="nobody")
    call("update the description", "iam", "update_role", RoleName="service", Description="runs pipelines")
    call("get the updated role", "iam", "get_role", RoleName="service")
    call("list roles", "iam", "list_roles")
    rights = statement(Action="*", Resource="*")
    call("put an inline policy", "iam", "put_role_policy", RoleName="service", PolicyName="all", PolicyDocument=rights)
    call("get an inline policy", "iam", "get_role_policy", RoleName="service", PolicyName="all")
    call("an inline policy that does not exist", "iam", "get_role_policy", RoleName="service", PolicyName="none")
    call("list inline policies", "iam", "list_role_policies", RoleName="service")
    call("list tags", "iam", "list_role_tags", RoleName="service")
    call("delete a role with policies", "iam", "delete_role", RoleName="service")
    for what, document in {
        "that is not JSON": "trust",
        "without a principal": statement(Action="sts:AssumeRole"),
        "with a principal that does not exist": trust(AWS=f"{ARN}:role/nobody"),
        "with a resource": statement(Principal={"AWS": "*"}, Action="sts:AssumeRole", Resource="*"),
        "for another action": statement(Principal={"AWS": "*"}, Action="s3:GetObject"),
    }.items():
        name = "".join(what.title().split())
        call(f"a trust policy {what}", "iam", "create_role", RoleName=name, AssumeRolePolicyDocument=document)
    call("a path without slashes", "iam", "create_role", RoleName="Path", Path="x", AssumeRolePolicyDocument=service)


def policies():
    arn = f"{ARN}:policy/limit"
    document = statement(Action="s3:GetObject", Resource="arn:aws:s3:::code/*")
    new = {"PolicyName": "limit", "PolicyDocument": document, "Description": "reads code"}
    call("create a policy", "iam", "create_policy", **new)
    call("create the policy again", "iam", "create_policy", **new)
    call("a policy with a principal", "iam", "create_policy", PolicyName="x", PolicyDocument=trust(AWS="*"))
    call("get a policy", "iam", "get_policy", PolicyArn=arn)
    call("create a version", "iam", "create_policy_version", PolicyArn=arn, PolicyDocument=document, SetAsDefault=True)
    call("list versions", "iam", "list_policy_versions", PolicyArn=arn)
    call("delete the default version", "iam", "delete_policy_version", PolicyArn=arn, VersionId="v2")
    for _ in range(3):
        client("iam").create_policy_version(PolicyArn=arn, PolicyDocument=document)
    call("a sixth version", "iam", "create_policy_version", PolicyArn=arn, PolicyDocument=document)
    call("attach a policy", "iam", "attach_role_policy", RoleName="service", PolicyArn=arn)
    call("list attached policies", "iam", "list_attached_role_policies", RoleName="service")
    power = "arn:aws:iam::aws:policy/PowerUserAccess"
    call("attach a policy of AWS", "iam", "attach_role_policy", RoleName="service", PolicyArn=power)
    call("detach a policy", "iam", "detach_role_policy", RoleName="service", PolicyArn=arn)
    call("detach it again", "iam", "detach_role_policy", RoleName="service", PolicyArn=arn)
    client("iam").attach_role_policy(RoleName="service", PolicyArn=arn)
    call("delete an attached policy", "iam", "delete_policy", PolicyArn=arn)


def sessions():
    call("who calls", "sts", "get_caller_identity")
    document = json.loads(trust(AWS=ACCOUNT))
    document["Statement"][0]["Condition"] = {"StringEquals": {"sts:ExternalId": "right"}}
    client("iam").create_role(RoleName="invoker", AssumeRolePolicyDocument=json.dumps(document))
    assume = {"RoleArn": f"{ARN}:role/invoker", "RoleSessionName": "one"}
    call("assume a role", "sts", "assume_role", **assume, ExternalId="right")
    call("assume with a wrong external id", "sts", "assume_role", **assume, ExternalId="wrong")
    call("assume a role of a service", "sts", "assume_role", RoleArn=f"{ARN}:role/service", RoleSessionName="one")
    call("assume a role that does not exist", "sts", "assume_role", RoleArn=f"{ARN}:role/nobody", RoleSessionName="one")
    call("longer than the role allows", "sts", "assume_role", **assume, ExternalId="right", DurationSeconds=7200)


def pipelines():
    call("create a pipeline", "codepipeline", "create_pipeline", pipeline=pipeline("release"))
    call("list pipelines", "codepipeline", "list_pipelines")
    call("create a pipeline again", "codepipeline", "create_pipeline", pipeline=pipeline("release"))
    call("a role that does not trust CodePipeline", "codepipeline", "create_pipeline", pipeline=pipeline("x", "invoker"))
    call("one stage", "codepipeline", "create_pipeline", pipeline=pipeline("x", stages=pipeline("x")["stages"][:1]))
    call("no source", "codepipeline", "create_pipeline", pipeline=pipeline("x", stages=pipeline("x")["stages"][1:] * 2))
    call("get a pipeline", "codepipeline", "get_pipeline", name="release")
    call("a pipeline that does not exist", "codepipeline", "get_pipeline", name="nothing")
    queued = pipeline("release", executionMode="QUEUED", pipelineType="V2")
    call("update a pipeline", "codepipeline", "update_pipeline", pipeline=queued)
    call("get its first version", "codepipeline", "get_pipeline", name="release", version=1)
    call("update what does not exist", "codepipeline", "update_pipeline", pipeline=pipeline("nothing"))
    tags = [{"key": "team", "value": "a"}]
    call("tag a pipeline", "codepipeline", "tag_resource", resourceArn=f"{PIPELINES}:release", tags=tags)
    call("list tags of a pipeline", "codepipeline", "list_tags_for_resource", resourceArn=f"{PIPELINES}:release")
    call("tags of what does not exist", "codepipeline", "list_tags_for_resource", resourceArn=f"{PIPELINES}:nothing")
    call("start a pipeline", "codepipeline", "start_pipeline_execution", name="release")
    call("its state", "codepipeline", "get_pipeline_state", name="release")
    call("delete a pipeline", "codepipeline", "delete_pipeline", name="release")
    call("delete it again", "codepipeline", "delete_pipeline", name="release")


roles()
policies()
sessions()
pipelines()
