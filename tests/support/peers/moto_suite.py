"""Runs moto's own tests of CodePipeline, IAM and STS against local AWS on a port, a new one for each test.

    cargo test -p codepipeline-xacct --features cli,serve --test moto_suite
    PYTHONPATH=target/moto-5.2.1/packages target/peers/bin/python tests/support/peers/moto_suite.py \\
        target/debug/cargo-xacct target/moto-5.2.1 [TEST…]

It prints each test that doesn't pass, with the operation that local AWS doesn't have or the error, and writes their names into the file
that FAILED_TO names. moto-suite.txt has the ones that are known, moto-suite.md says why.
"""

import collections
import json
import os
import re
import subprocess
import sys

ACCOUNT = "123456789012"
FOLDERS = ["tests/test_codepipeline", "tests/test_iam", "tests/test_sts"]


class Served:
    """`cargo xacct local` with moto's account."""

    def __init__(self, program):
        self.program = program
        self.process = None

    def restart(self):
        """Starts a new one; its address."""
        self.stop()
        command = [self.program, "xacct", "local", "--port", "0", "--account", ACCOUNT]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        return re.search(r"http://\S+", self.process.stdout.readline())[0]

    def stop(self):
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


class Results:
    """What each test came to, as a plugin of pytest."""

    def __init__(self):
        self.passed = 0
        self.failed = collections.defaultdict(list)

    def pytest_runtest_logreport(self, report):
        if report.passed and report.when == "call":
            self.passed += 1
        elif report.failed:
            crash = getattr(report.longrepr, "reprcrash", None)
            message = crash.message if crash else str(report.longrepr)
            lacks = re.search(r"local AWS does not support ([^\n']*)", f"{message}\n{report.longrepr}")
            reason = f"lacks {lacks[1]}" if lacks else message.splitlines()[0]
            self.failed[reason].append(report.nodeid.split("/", 2)[-1])


TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}],
}


def as_iam_accepts_it(parameters):
    """Many tests create roles with a trust policy or a path that IAM refuses, to test something else."""
    document = parameters.get("AssumeRolePolicyDocument")
    if document is not None:
        try:
            statement = json.loads(document).get("Statement")
        except ValueError:
            statement = None
        if not statement:
            parameters = {**parameters, "AssumeRolePolicyDocument": json.dumps(TRUST)}
    path = parameters.get("Path")
    if path and not path.startswith("/"):
        parameters = {**parameters, "Path": f"/{path}/"}
    return parameters


def main(program, moto, *arguments):
    os.environ.update(
        TEST_SERVER_MODE="true",
        AWS_ACCESS_KEY_ID=f"AKIALOCAL{ACCOUNT}",
        AWS_SECRET_ACCESS_KEY="local",
        AWS_DEFAULT_REGION="us-east-1",
    )
    program = os.path.abspath(program)
    os.chdir(moto)
    # In place of this folder, where requests.py would hide the package.
    sys.path[0] = os.getcwd()
    import pytest
    from botocore.client import BaseClient
    from moto.core import config, models

    served, results = Served(program), Results()

    def reset(mock):
        mock._test_server_mode_endpoint = served.restart()

    call = BaseClient._make_api_call

    def accepted(client, operation, parameters):
        return call(client, operation, as_iam_accepts_it(parameters) if operation == "CreateRole" else parameters)

    models.ServerModeMockAWS.reset = reset
    BaseClient._make_api_call = accepted
    config.default_user_config["core"]["mock_credentials"] = False
    pytest.main(["-q", "-p", "no:cacheprovider", f"--tb={os.environ.get('TB', 'line')}", *(arguments or FOLDERS)], plugins=[results])
    served.stop()
    failed = sorted(test for tests in results.failed.values() for test in tests)
    if path := os.environ.get("FAILED_TO"):
        with open(path, "w", encoding="utf-8") as file:
            file.writelines(f"{test}\n" for test in failed)
    print(f"\n{results.passed} passed")
    for reason, tests in sorted(results.failed.items(), key=lambda entry: (-len(entry[1]), entry[0])):
        print(f"{len(tests):4}  {reason}\n      {', '.join(tests)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
