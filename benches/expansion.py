"""Times `cargo check` and `cargo build` of crates that declare pipelines, against an empty crate, in one run.

    python3 benches/expansion.py

Each crate is touched and built again several times in turn; the table has the medians in milliseconds. What a crate costs
is what it takes beyond the empty one: expansion, type check, constants.
"""

import statistics
import subprocess
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "benchmarks"
ROUNDS = 9
STAGES, ACTIONS = 20, 50

HEAD = """#![allow(missing_docs)]
codepipeline_xacct::pipeline! {
    pub account Tooling = "111111111111";
    pub account Prod = "222222222222";
    pub extern pipeline Deploy in Prod { name: "deploy", region: "eu-west-1", variables: { val1: "none" } }
    pub role Invoker in Prod { name: "invoker", trusts: [Tooling], starts: [Deploy] }
}
"""

ARTICLE = (
    HEAD
    + """
codepipeline_xacct::pipeline! {
    pub pipeline Release in Tooling {
        name: "release", region: "eu-west-1", execution_mode: QUEUED,
        service_role: managed("release-service"), artifact_bucket: "release-artifacts", variables: { val1: "aaa" },
        stage "Source" {
            on_failure: RETRY(ALL_ACTIONS),
            source "Source": CodeCommit { repository: "code", branch: "main", output: Code, namespace: Source }
        }
        stage "Build" {
            on_failure: RETRY(ALL_ACTIONS),
            invoke "ccc": Deploy { role: Invoker, variables: { val1: "#{variables.val1}" } }
        }
    }
}
"""
)


def thousand_in_the_macro():
    lines = [HEAD, "codepipeline_xacct::pipeline! {", "pub pipeline Large in Tooling {"]
    lines.append('name: "large", region: "eu-west-1", service_role: managed("large-service"), artifact_bucket: "large-artifacts",')
    for stage in range(STAGES):
        lines.append(f'stage "S{stage}" {{')
        for action in range(ACTIONS):
            if stage == 0:
                lines.append(f'source "a{action}": CodeCommit {{ repository: "r{action}", branch: "main", output: O{action}, namespace: N{action} }}')
            else:
                lines.append(f'action "a{action}": CodeBuild {{ project_name: "p-#{{N{action}.CommitId}}", input: O{action}, run_order: {action + 1} }}')
        lines.append("}")
    return "\n".join(lines + ["}", "}"])


def thousand_in_the_builder():
    lines = [HEAD, "use codepipeline_xacct::builder::{action, pipeline, BuiltPipeline};", "pub fn large() -> BuiltPipeline {"]
    lines.append('pipeline::<Tooling>("Large", "large", "eu-west-1").managed_service_role("large-service").artifact_bucket("large-artifacts")')
    for stage in range(STAGES):
        lines.append(f'.stage("S{stage}", |s| s')
        for a in range(ACTIONS):
            if stage == 0:
                lines.append(f'.action("a{a}", action::code_commit("r{a}", "main").output("O{a}").namespace("N{a}"))')
            else:
                lines.append(f'.action("a{a}", action::code_build("p-#{{N{a}.CommitId}}").input("O{a}").run_order({a + 1}))')
        lines.append(")")
    return "\n".join(lines + [".build()", "}"])


CASES = {
    "empty": "#![allow(missing_docs)]\n",
    "article": ARTICLE,
    "thousand": thousand_in_the_macro(),
    "thousand-builder": thousand_in_the_builder(),
}


def prepare(name, source):
    folder = WORK / name
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "Cargo.toml").write_text(
        f'[package]\nname = "bench-{name}"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n'
        f'[dependencies]\ncodepipeline-xacct = {{ path = "{ROOT / "codepipeline-xacct"}", default-features = false }}\n'
    )
    (folder / "src" / "lib.rs").write_text(source)
    return folder


def run(folder, command):
    (folder / "src" / "lib.rs").touch()
    begin = time.monotonic()
    subprocess.run(
        ["cargo", command, "--quiet", "--target-dir", str(WORK / "target")], cwd=folder, check=True
    )
    return (time.monotonic() - begin) * 1000


folders = {name: prepare(name, source) for name, source in CASES.items()}
times = {(name, command): [] for name in CASES for command in ("check", "build")}
for command in ("check", "build"):
    for folder in folders.values():
        run(folder, command)
    for _ in range(ROUNDS):
        for name, folder in folders.items():
            times[name, command].append(run(folder, command))

print(f"| crate | `cargo check` | beyond empty | `cargo build` | beyond empty |\n| --- | --- | --- | --- | --- |")
for name in CASES:
    check, build = (statistics.median(times[name, c]) for c in ("check", "build"))
    beyond = [m - statistics.median(times["empty", c]) for m, c in ((check, "check"), (build, "build"))]
    print(f"| {name} | {check:.0f} ms | {beyond[0]:.0f} ms | {build:.0f} ms | {beyond[1]:.0f} ms |")
