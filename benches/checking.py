"""How long `cargo xacct check` and cfn-lint take for the same pipelines: whole processes, in turn, medians.

    cargo build --release -p codepipeline-xacct --no-default-features --features cli
    cargo test -p codepipeline-xacct-language-tests peers::    # installs cfn-lint under target/peers
    python3 benches/checking.py
"""

import json
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = ROOT / "target/release/cargo-xacct"
CFN_LINT = ROOT / "target/peers/bin/cfn-lint"
TIMES = 7


def action(number):
    """An action that reads the source and one of its variables."""
    return {
        "name": f"action-{number}",
        "runOrder": 1 + number % 50,
        "actionTypeId": {"category": "Build", "owner": "AWS", "provider": "CodeBuild", "version": "1"},
        "configuration": {
            "ProjectName": "build",
            "EnvironmentVariables": json.dumps([{"name": "COMMIT", "value": "#{Source.CommitId}", "type": "PLAINTEXT"}]),
        },
        "inputArtifacts": [{"name": "Code"}],
        "outputArtifacts": [{"name": f"Out{number}"}],
        "namespace": f"Ns{number}",
    }


def pipeline(name, actions):
    """A valid pipeline with this many actions after its source, 50 in a stage."""
    source = {
        "name": "source",
        "actionTypeId": {"category": "Source", "owner": "AWS", "provider": "CodeCommit", "version": "1"},
        "configuration": {"RepositoryName": "shop", "BranchName": "main", "PollForSourceChanges": "false"},
        "outputArtifacts": [{"name": "Code"}],
        "namespace": "Source",
    }
    stages = [{"name": "Source", "actions": [source]}]
    for start in range(0, actions, 50):
        numbers = range(start, min(start + 50, actions))
        stages.append({"name": f"Stage{start}", "actions": [action(number) for number in numbers]})
    return {
        "name": name,
        "roleArn": "arn:aws:iam::111111111111:role/release",
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "stages": stages,
        "pipelineType": "V2",
    }


def pascal(value):
    """The declaration in CloudFormation's spelling; the keys of configurations are the user's."""
    if isinstance(value, list):
        return [pascal(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    return {k[:1].upper() + k[1:]: v if k == "configuration" else pascal(v) for k, v in value.items()}


def seconds(command):
    """The time of one run, which must not find anything."""
    start = time.perf_counter()
    result = subprocess.run(command, capture_output=True, text=True)
    took = time.perf_counter() - start
    assert result.returncode == 0, result.stdout + result.stderr
    return took


def main():
    """Prints a table."""
    print("| pipelines | actions each | `cargo xacct check` | cfn-lint | ratio |\n| --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        for count, actions in [(1, 1), (1, 10), (1, 100), (1, 999), (1000, 3)]:
            pipelines = [pipeline(f"p{number}", actions) for number in range(count)]
            files = []
            for declaration in pipelines:
                files.append(folder / f"{declaration['name']}.json")
                files[-1].write_text(json.dumps(declaration, indent=1))
            # A template holds at most 500 resources and 1 MB.
            templates = []
            for start in range(0, count, 250):
                template = folder / f"template-{start}.template"
                resources = {p["name"]: {"Type": "AWS::CodePipeline::Pipeline", "Properties": pascal(p)} for p in pipelines[start : start + 250]}
                template.write_text(json.dumps({"Resources": resources}, indent=1))
                templates.append(template)
            ours, theirs = [], []
            for _ in range(TIMES if count * actions < 1000 else 3):
                ours.append(seconds([OURS, "check", *files]))
                theirs.append(seconds([CFN_LINT, "--ignore-checks", "W", "I", "--", *templates]))
            mine, other = statistics.median(ours), statistics.median(theirs)
            print(f"| {count} | {actions} | {mine * 1000:.1f} ms | {other * 1000:.0f} ms | 1:{other / mine:.0f} |", flush=True)


main()
