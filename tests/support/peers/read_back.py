"""Reads pipelines, roles and policies of both accounts back with boto3 and prints them as JSON.

boto3 shares no code with the library, so what it prints is what an independent reader finds.
"""

import json
import sys

import boto3

ENDPOINT = sys.argv[1]
REGION = "eu-west-1"


def session(account):
    sts = boto3.client(
        "sts", endpoint_url=ENDPOINT, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test"
    )
    role = f"arn:aws:iam::{account}:role/reader"
    keys = sts.assume_role(RoleArn=role, RoleSessionName="reader")["Credentials"]
    return boto3.Session(
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
        region_name=REGION,
    )


def roles(iam):
    found = {}
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        whole = iam.get_role(RoleName=name)["Role"]
        found[name] = {
            "arn": whole["Arn"],
            "path": whole["Path"],
            "trust": whole["AssumeRolePolicyDocument"],
            "tags": {tag["Key"]: tag["Value"] for tag in iam.list_role_tags(RoleName=name)["Tags"]},
            "policies": {
                policy: iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
                for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]
            },
        }
    return found


def pipelines(client):
    found = {}
    for entry in client.list_pipelines()["pipelines"]:
        whole = client.get_pipeline(name=entry["name"])
        arn = whole["metadata"]["pipelineArn"]
        found[entry["name"]] = {
            "pipeline": whole["pipeline"],
            "tags": {tag["key"]: tag["value"] for tag in client.list_tags_for_resource(resourceArn=arn)["tags"]},
        }
    return found


def account(number):
    here = session(number)
    return {
        "identity": here.client("sts", endpoint_url=ENDPOINT).get_caller_identity()["Account"],
        "roles": roles(here.client("iam", endpoint_url=ENDPOINT)),
        "pipelines": pipelines(here.client("codepipeline", endpoint_url=ENDPOINT)),
    }


print(json.dumps({number: account(number) for number in sys.argv[2:]}, default=str))
