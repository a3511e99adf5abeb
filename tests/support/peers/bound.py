"""Gives a role a permissions boundary: endpoint, account, name of the role, document of the boundary."""

import sys

import boto3

ENDPOINT, ACCOUNT, ROLE, DOCUMENT = sys.argv[1:]
REGION = "eu-west-1"

sts = boto3.client("sts", endpoint_url=ENDPOINT, region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
keys = sts.assume_role(RoleArn=f"arn:aws:iam::{ACCOUNT}:role/admin", RoleSessionName="admin")["Credentials"]
iam = boto3.client(
    "iam",
    endpoint_url=ENDPOINT,
    region_name=REGION,
    aws_access_key_id=keys["AccessKeyId"],
    aws_secret_access_key=keys["SecretAccessKey"],
    aws_session_token=keys["SessionToken"],
)
number = len(iam.list_policies(Scope="Local")["Policies"])
policy = iam.create_policy(PolicyName=f"boundary-{number}", PolicyDocument=DOCUMENT)["Policy"]["Arn"]
iam.put_role_permissions_boundary(RoleName=ROLE, PermissionsBoundary=policy)
