"""Says what botocore and cfn-lint find in declarations: one JSON object a line, `{"id", "pipeline"}`, answered in order."""

import json
import logging
import sys

import botocore.loaders
import botocore.model
import botocore.validate
import cfnlint.api

MODEL = botocore.loaders.Loader().load_service_model("codepipeline", "service-2")
SHAPE = botocore.model.ServiceModel(MODEL).shape_for("UpdatePipelineInput")
VALIDATOR = botocore.validate.ParamValidator()


def pascal(value):
    """The declaration in CloudFormation's spelling; the keys of configurations are the user's."""
    if isinstance(value, list):
        return [pascal(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    return {
        key[:1].upper() + key[1:]: entry if key == "configuration" else pascal(entry) for key, entry in value.items()
    }


def resource(pipeline):
    """A declaration as a CloudFormation resource."""
    properties = pascal({key: value for key, value in pipeline.items() if key not in ("version", "artifactStores")})
    stores = pipeline.get("artifactStores")
    if isinstance(stores, dict):
        properties["ArtifactStores"] = [{"Region": region, "ArtifactStore": pascal(s)} for region, s in stores.items()]
    return {"Type": "AWS::CodePipeline::Pipeline", "Properties": properties}


def botocore_says(pipeline):
    """The reports of botocore's parameter validation."""
    report = VALIDATOR.validate({"pipeline": pipeline}, SHAPE)
    return report.generate_report().splitlines() if report.has_errors() else []


def cfn_lint_says(pipelines):
    """The errors of cfn-lint for each of several declarations, which are one template: loading it takes the most time."""
    names = [f"P{number}" for number in range(len(pipelines))]
    template = {"Resources": dict(zip(names, map(resource, pipelines)))}
    found = {name: set() for name in names}
    for match in cfnlint.api.lint(json.dumps(template), config={"regions": ["us-east-1"], "ignore_checks": ["W", "I", "E3019"]}):
        path = getattr(match, "path", None) or []
        if match.rule.id.startswith("E") and len(path) > 1:
            found[path[1]].add(f"{match.rule.id} {match.message}")
    return [sorted(found[name]) for name in names]


def main():
    logging.disable(logging.CRITICAL)
    cases = [json.loads(line) for line in sys.stdin]
    for start in range(0, len(cases), 100):
        batch = cases[start : start + 100]
        for case, lint in zip(batch, cfn_lint_says([case["pipeline"] for case in batch])):
            print(json.dumps({"id": case["id"], "botocore": botocore_says(case["pipeline"]), "cfn-lint": lint}))


main()
