"""Makes stacks with moto's CloudFormation and prints what is then in the accounts: pipelines, roles, and resources of the stacks.

moto resolves the functions of the templates, makes the roles and names what has no name. It knows no pipelines: a class here takes their
properties as moto resolved them, and holds them as GetPipeline returns them.
"""

import json
import random
import sys
from pathlib import Path

# Files of this folder are called as packages are.
sys.path.pop(0)

import boto3
import yaml
from moto import mock_aws
from moto.cloudformation import parsing
from moto.core.common_models import CloudFormationModel
from moto.moto_api._internal import mock_random

REGION = "eu-west-1"
FOLDER = Path(sys.argv[1])
STACKS = json.loads((FOLDER / "stacks.json").read_text())

pipelines = {}


def lowered(value):
    """The properties of a template with the names of the API."""
    if isinstance(value, list):
        return [lowered(one) for one in value]
    if not isinstance(value, dict):
        return value
    out = {}
    for name, member in value.items():
        if name == "Configuration":
            member = {key: str(text).lower() if isinstance(text, bool) else str(text) for key, text in member.items()}
        else:
            member = lowered(member)
        out[name[0].lower() + name[1:]] = member
    return out


class Pipeline(CloudFormationModel):
    __module__ = "moto.codepipeline.models"

    def __init__(self, name):
        self.physical_resource_id = name

    @staticmethod
    def cloudformation_name_type():
        return "Name"

    @classmethod
    def create_from_cloudformation_json(cls, name, template, account, region, **_):
        properties = dict(template["Properties"])
        properties.pop("RestartExecutionOnUpdate", None)
        tags = properties.pop("Tags", [])
        declaration = lowered(properties) | {"name": name, "version": 1}
        # What GetPipeline says though nobody wrote it.
        declaration.setdefault("pipelineType", "V1")
        declaration.setdefault("executionMode", "SUPERSEDED")
        for action in (action for stage in declaration["stages"] for action in stage["actions"]):
            action["actionTypeId"]["version"] = str(action["actionTypeId"]["version"])
            for member, value in [("runOrder", 1), ("configuration", {}), ("inputArtifacts", []), ("outputArtifacts", [])]:
                action.setdefault(member, value)
            if action["actionTypeId"]["category"] != "Approval":
                action.setdefault("region", region)
        arn = f"arn:aws:codepipeline:{region}:{account}:{name}"
        pipelines[arn] = {"pipeline": declaration, "metadata": {"pipelineArn": arn}, "tags": lowered(tags)}
        return cls(name)


class Other(CloudFormationModel):
    """What pipelines and roles only refer to."""

    __module__ = "moto.codepipeline.models"

    def __init__(self, name, arn):
        self.physical_resource_id, self.arn = name, arn

    @staticmethod
    def cloudformation_name_type():
        return "Name"

    @classmethod
    def has_cfn_attr(cls, attribute):
        return attribute == "Arn"

    def get_cfn_attribute(self, _):
        return self.arn

    @classmethod
    def create_from_cloudformation_json(cls, name, template, account, region, **_):
        if template["Type"] == "AWS::CodeBuild::Project":
            return cls(name, f"arn:aws:codebuild:{region}:{account}:project/{name}")
        key = "12345678-1234-1234-1234-123456789012"
        return cls(key, f"arn:aws:kms:{region}:{account}:key/{key}")


def class_of(kind):
    if kind == "AWS::CodePipeline::Pipeline":
        return Pipeline
    if kind in ("AWS::CodeBuild::Project", "AWS::KMS::Key"):
        return Other
    return parsing.get_model_map()[kind]


parsing.resource_class_from_type = class_of
parsing.resource_name_property_from_type = lambda kind: class_of(kind).cloudformation_name_type()


def tidy(value):
    """moto leaves `AWS::NoValue` in lists, and takes the inline policies of a role only as texts."""
    if isinstance(value, list):
        return [tidy(one) for one in value if one is not None]
    if isinstance(value, dict) and isinstance(value.get("PolicyDocument"), dict) and "Roles" not in value:
        return value | {"PolicyDocument": json.dumps(tidy(value["PolicyDocument"]))}
    if isinstance(value, dict):
        return {name: tidy(member) for name, member in value.items()}
    return value


def parse_resource(resource, resources, parse=parsing.parse_resource):
    kind, resolved, name = parse(resource, resources)
    if name in ("AWS::IAM::Role", "AWS::CodePipeline::Pipeline"):
        resolved = resolved | {"Properties": tidy(resolved["Properties"])}
    return kind, resolved, name


parsing.parse_resource = parse_resource


class Loader(yaml.SafeLoader):
    """Reads the short forms, which moto doesn't read in all places, and dates as the texts that they are."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def long_form(loader, name, node):
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if name == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {name if name in ("Ref", "Condition") else f"Fn::{name}": value}


Loader.add_multi_constructor("!", long_form)


def client(service, account):
    sts = boto3.client("sts", region_name=REGION, aws_access_key_id="test", aws_secret_access_key="test")
    keys = sts.assume_role(RoleArn=f"arn:aws:iam::{account}:role/admin", RoleSessionName="admin")["Credentials"]
    return boto3.client(
        service,
        region_name=REGION,
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )


def only(value, *members):
    return {member: value[member] for member in members if member in value}


def details(account):
    read = client("iam", account).get_account_authorization_details(Filter=["Role", "LocalManagedPolicy"])
    members = ["Arn", "AssumeRolePolicyDocument", "RolePolicyList", "AttachedManagedPolicies", "PermissionsBoundary"]
    roles = [only(role, *members) for role in read["RoleDetailList"]]
    policies = [
        {"Arn": policy["Arn"], "PolicyVersionList": [only(v, "IsDefaultVersion", "Document") for v in policy["PolicyVersionList"]]}
        for policy in read["Policies"]
    ]
    return {"RoleDetailList": roles, "Policies": policies}


@mock_aws(config={"iam": {"load_aws_managed_policies": False}})
def main():
    random.seed(1)
    mock_random.seed(1)
    stacks = []
    for stack in STACKS:
        cloudformation = client("cloudformation", stack["account"])
        name = stack["template"].split(".")[0]
        cloudformation.create_stack(
            StackName=name,
            TemplateBody=json.dumps(yaml.load((FOLDER / stack["template"]).read_text(), Loader)),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in stack["parameters"].items()],
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        resources = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
        members = ["StackId", "LogicalResourceId", "PhysicalResourceId", "ResourceType"]
        stacks.append({"StackResources": [only(resource, *members) for resource in resources]})
    accounts = {account: details(account) for account in sorted({stack["account"] for stack in STACKS})}
    print(json.dumps({"stacks": stacks, "pipelines": list(pipelines.values()), "accounts": accounts}, indent=1))


main()
