"""Times `cargo check` and `cargo build` of crates that declare pipelines, against an empty crate, in one run.

    python3 benches/expansion.py

Each crate is touched and built again several times in turn; the table has the medians in milliseconds. The cost of a
crate is its time beyond the empty one: expansion, type check, constants.
"""

import statistics
import subprocess
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "benchmarks"
ROUNDS = 9
LOCKED = tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]

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


def sized(count):
    """Stages with their actions: the sources, and builds that read them. At most 50 actions in a stage, at least two stages."""
    sources = min(50, count // 2)
    builds = [(f"b{number}", number % sources, 1 + number % 50) for number in range(count - sources)]
    return sources, [builds[begin : begin + 50] for begin in range(0, len(builds), 50)]


def macro(sources, stages):
    lines = [HEAD, "codepipeline_xacct::pipeline! {", "pub pipeline Large in Tooling {"]
    lines.append('name: "large", region: "eu-west-1", service_role: managed("large-service"), artifact_bucket: "large-artifacts",')
    lines.append('stage "Source" {')
    for a in range(sources):
        lines.append(f'source "a{a}": CodeCommit {{ repository: "r{a}", branch: "main", output: O{a}, namespace: N{a} }}')
    lines.append("}")
    for number, actions in enumerate(stages):
        lines.append(f'stage "S{number}" {{')
        for name, source, order in actions:
            lines.append(f'action "{name}": CodeBuild {{ project_name: "p-#{{N{source}.CommitId}}", input: O{source}, run_order: {order} }}')
        lines.append("}")
    return "\n".join(lines + ["}", "}"])


def builder(sources, stages):
    lines = [HEAD, "use codepipeline_xacct::builder::{action, pipeline, BuiltPipeline};", "pub fn large() -> BuiltPipeline {"]
    lines.append('pipeline::<Tooling>("Large", "large", "eu-west-1").managed_service_role("large-service").artifact_bucket("large-artifacts")')
    lines.append('.stage("Source", |s| s')
    for a in range(sources):
        lines.append(f'.action("a{a}", action::codecommit("r{a}", "main").output("O{a}").namespace("N{a}"))')
    lines.append(")")
    for number, actions in enumerate(stages):
        lines.append(f'.stage("S{number}", |s| s')
        for name, source, order in actions:
            lines.append(f'.action("{name}", action::codebuild("p-#{{N{source}.CommitId}}").input("O{source}").run_order({order}))')
        lines.append(")")
    return "\n".join(lines + [".build()", "}"])


def sdk(sources, stages):
    """The same declaration as calls of the SDK's builders."""

    def type_id(category, provider):
        return (
            f'ActionTypeId::builder().category(ActionCategory::{category}).owner(ActionOwner::Aws)'
            f'.provider("{provider}").version("1").build()?'
        )

    lines = [
        "#![allow(missing_docs)]",
        "use aws_sdk_codepipeline::{error::BuildError, types::{ActionCategory, ActionDeclaration, ActionOwner, ActionTypeId}};",
        "use aws_sdk_codepipeline::types::{ArtifactStore, ArtifactStoreType, InputArtifact, OutputArtifact};",
        "use aws_sdk_codepipeline::types::{PipelineDeclaration, StageDeclaration};",
        "pub fn large() -> Result<PipelineDeclaration, BuildError> {",
        'PipelineDeclaration::builder().name("large").role_arn("arn:aws:iam::111111111111:role/large-service")',
        '.artifact_store(ArtifactStore::builder().r#type(ArtifactStoreType::S3).location("large-artifacts").build()?)',
        '.stages(StageDeclaration::builder().name("Source")',
    ]
    for a in range(sources):
        lines.append(
            f'.actions(ActionDeclaration::builder().name("a{a}").action_type_id({type_id("Source", "CodeCommit")})'
            f'.configuration("RepositoryName", "r{a}").configuration("BranchName", "main").namespace("N{a}")'
            f'.output_artifacts(OutputArtifact::builder().name("O{a}").build()?).build()?)'
        )
    lines.append(".build()?)")
    for number, actions in enumerate(stages):
        lines.append(f'.stages(StageDeclaration::builder().name("S{number}")')
        for name, source, order in actions:
            lines.append(
                f'.actions(ActionDeclaration::builder().name("{name}").action_type_id({type_id("Build", "CodeBuild")})'
                f'.configuration("ProjectName", "p-#{{N{source}.CommitId}}").run_order({order})'
                f'.input_artifacts(InputArtifact::builder().name("O{source}").build()?).build()?)'
            )
        lines.append(".build()?)")
    return "\n".join(lines + [".build()", "}"])


TWENTY_STAGES = (3, [[(f"b{stage}-{number}", number, 1) for number in range(3)] for stage in range(19)])

# Name: source, and how many actions there are.
CASES = {
    "empty": ("#![allow(missing_docs)]\n", 0),
    "article": (ARTICLE, 2),
    "ten": (macro(*sized(10)), 10),
    "hundred": (macro(*sized(100)), 100),
    "thousand": (macro(*sized(1000)), 1000),
    "twenty-stages": (macro(*TWENTY_STAGES), 60),
    "thousand-builder": (builder(*sized(1000)), 1000),
    "empty-sdk": ("#![allow(missing_docs)]\n", 0),
    "thousand-sdk": (sdk(*sized(1000)), 1000),
}


def prepare(name, source):
    if name.endswith("-sdk"):
        version = next(p["version"] for p in LOCKED if p["name"] == "aws-sdk-codepipeline")
        dependency = f'aws-sdk-codepipeline = {{ version = "={version}", default-features = false }}'
    else:
        dependency = f'codepipeline-xacct = {{ path = "{ROOT / "codepipeline-xacct"}", default-features = false }}'
    folder = WORK / name
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "Cargo.toml").write_text(
        f'[package]\nname = "bench-{name}"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n'
        f"[dependencies]\n{dependency}\n"
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


folders = {name: prepare(name, source) for name, (source, _) in CASES.items()}
times = {(name, command): [] for name in CASES for command in ("check", "build")}
for command in ("check", "build"):
    for folder in folders.values():
        run(folder, command)
    for _ in range(ROUNDS):
        for name, folder in folders.items():
            times[name, command].append(run(folder, command))

print("| crate | actions | `cargo check` | beyond empty | per action | `cargo build` | beyond empty |\n| --- | --- | --- | --- | --- | --- | --- |")
for name, (_, actions) in CASES.items():
    empty = "empty-sdk" if name.endswith("-sdk") else "empty"
    check, build = (statistics.median(times[name, c]) for c in ("check", "build"))
    beyond = [m - statistics.median(times[empty, c]) for m, c in ((check, "check"), (build, "build"))]
    # The fixed cost of any declaration is that of `ten`.
    ten = statistics.median(times["ten", "check"]) - statistics.median(times["empty", "check"])
    each = f"{(beyond[0] - ten) / (actions - 10):.2f} ms" if actions > 10 and not name.endswith(("-sdk", "-builder")) else ""
    print(f"| {name} | {actions} | {check:.0f} ms | {beyond[0]:.0f} ms | {each} | {build:.0f} ms | {beyond[1]:.0f} ms |")
