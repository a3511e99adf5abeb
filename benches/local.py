"""The same boto3 calls to local AWS on a port and to moto's server, in one run.

    cargo build --release -p codepipeline-xacct --features cli,serve
    cargo test -p codepipeline-xacct-aws-tests moto_differences::    # installs boto3 and moto under target/peers
    target/peers/bin/python benches/local.py

Each round makes a role with a policy and a pipeline, reads, lists, updates and deletes them. First boto3 makes the calls; then the requests
that it sent are sent again as they were, for some seconds, over a plain socket, so that the time of boto3 is out of the way. The CPU time
is that of the server alone, per request, and depends least on what else the machine does.
"""

import json
import os
import pathlib
import socket
import subprocess
import sys
import time

import boto3
from botocore.config import Config

ROOT = pathlib.Path(__file__).resolve().parent.parent
ACCOUNT = "123456789012"
ROUNDS = 40
# How long requests are sent again.
SECONDS = 5
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "codepipeline.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
RIGHTS = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})


def pipeline(number):
    kind = lambda category, provider: {"category": category, "owner": "AWS", "provider": provider, "version": "1"}
    source = {
        "name": "code",
        "actionTypeId": kind("Source", "S3"),
        "configuration": {"S3Bucket": "code", "S3ObjectKey": "code.zip", "PollForSourceChanges": "false"},
        "outputArtifacts": [{"name": "Code"}],
    }
    return {
        "name": f"pipeline-{number}",
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/role-{number}",
        "artifactStore": {"type": "S3", "location": "artifacts"},
        "stages": [
            {"name": "Source", "actions": [source]},
            {"name": "Approve", "actions": [{"name": "ok", "actionTypeId": kind("Approval", "Manual")}]},
        ],
    }


def calls(iam, sts, codepipeline):
    """The calls of all rounds; how many they were."""
    made = 0

    def call(operation, **parameters):
        nonlocal made
        made += 1
        operation(**parameters)

    for number in range(ROUNDS):
        role, name = f"role-{number}", f"pipeline-{number}"
        call(sts.get_caller_identity)
        call(iam.create_role, RoleName=role, AssumeRolePolicyDocument=TRUST)
        call(iam.put_role_policy, RoleName=role, PolicyName="all", PolicyDocument=RIGHTS)
        call(iam.get_role, RoleName=role)
        call(iam.list_roles)
        call(iam.list_role_policies, RoleName=role)
        call(iam.get_role_policy, RoleName=role, PolicyName="all")
        call(codepipeline.create_pipeline, pipeline=pipeline(number))
        call(codepipeline.get_pipeline, name=name)
        call(codepipeline.update_pipeline, pipeline=pipeline(number))
        call(codepipeline.list_pipelines)
        call(codepipeline.list_tags_for_resource, resourceArn=f"arn:aws:codepipeline:eu-west-1:{ACCOUNT}:{name}")
    for number in range(ROUNDS):
        call(codepipeline.delete_pipeline, name=f"pipeline-{number}")
        call(iam.delete_role_policy, RoleName=f"role-{number}", PolicyName="all")
        call(iam.delete_role, RoleName=f"role-{number}")
    return made


class Client:
    """Sends requests over a plain socket."""

    def __init__(self, port):
        self.port, self.socket = port, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.socket is not None:
            self.socket.close()
        self.socket = None

    def read(self):
        data = self.socket.recv(65536)
        assert data, "the server has closed the connection"
        return data

    def send(self, request):
        """Sends a request and reads its answer, which must be a success, to its end."""
        if self.socket is None:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=10)
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.sendall(request)
        data = b""
        while b"\r\n\r\n" not in data:
            data += self.read()
        head, _, body = data.partition(b"\r\n\r\n")
        version, status = head.split(b" ", 2)[:2]
        assert status == b"200", data
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
        while len(body) < int(fields[b"content-length"]):
            body += self.read()
        if version == b"HTTP/1.0" or fields.get(b"connection") == b"close":
            self.close()


class Server:
    def __init__(self, command, port, key):
        self.port, self.key, self.sent = port, key, []
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(300):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return
            time.sleep(0.1)
        self.stop()
        sys.exit(f"{command} does not listen")

    def clients(self):
        def client(service):
            made = boto3.client(
                service,
                endpoint_url=f"http://127.0.0.1:{self.port}",
                region_name="eu-west-1",
                aws_access_key_id=self.key,
                aws_secret_access_key="local",
                config=Config(retries={"total_max_attempts": 1}),
            )
            made.meta.events.register("before-send.*", self.keep)
            return made

        return [client(service) for service in ("iam", "sts", "codepipeline")]

    def keep(self, request, **_):
        body = request.body.encode() if isinstance(request.body, str) else request.body
        text = lambda value: value.decode() if isinstance(value, bytes) else value
        self.sent.append((body, {name: text(value) for name, value in request.headers.items()}))

    def seconds_of_cpu(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def measure(self):
        clients = self.clients()
        began = time.monotonic()
        made = calls(*clients)
        by_boto3 = made / (time.monotonic() - began)
        requests = [self.wire(body, headers) for body, headers in self.sent]
        sent, began, cpu = 0, time.monotonic(), self.seconds_of_cpu()
        with Client(self.port) as client:
            # Always whole rounds: they end with what they began with.
            while time.monotonic() - began < SECONDS:
                for request in requests:
                    client.send(request)
                sent += len(requests)
        elapsed = time.monotonic() - began
        return by_boto3, sent / elapsed, (self.seconds_of_cpu() - cpu) / sent

    def wire(self, body, headers):
        """A request as it goes over the wire."""
        headers = {**headers, "Host": f"127.0.0.1:{self.port}", "Content-Length": str(len(body))}
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        return f"POST / HTTP/1.1\r\n{lines}\r\n".encode() + body

    def stop(self):
        self.process.kill()
        self.process.wait()


def main():
    ours = ROOT / "target/release/cargo-xacct"
    servers = {
        "local AWS": Server([ours, "xacct", "local", "--port", "45990", "--account", ACCOUNT], 45990, f"AKIALOCAL{ACCOUNT}"),
        "moto": Server([sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", "45991"], 45991, "test"),
    }
    try:
        measured = {name: server.measure() for name, server in servers.items()}
    finally:
        # One that is left would be measured by the next run.
        for server in servers.values():
            server.stop()
    for name, (by_boto3, replayed, cpu) in measured.items():
        print(f"{name}: {by_boto3:.0f} requests a second by boto3, {replayed:.0f} sent again, {cpu * 1e6:.0f} µs of CPU time each")
    (boto_a, sent_a, cpu_a), (boto_b, sent_b, cpu_b) = measured.values()
    print(f"ratio: {boto_a / boto_b:.1f} by boto3, {sent_a / sent_b:.1f} sent again, {cpu_b / max(cpu_a, 1e-9):.0f} of CPU time")


main()
