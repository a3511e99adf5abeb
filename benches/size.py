"""How large a deploy program is, compared with one that makes the same SDK calls by hand.

    python3 benches/size.py

Both are built with `opt-level = "z"`, fat LTO, one codegen unit, and stripped. The second makes every call that the first can make,
with the same HTTP client, and does nothing with the answers.
"""

import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "target" / "benchmarks" / "size"
LOCKED = {p["name"]: p["version"] for p in tomllib.loads((ROOT / "Cargo.lock").read_text())["package"]}
WORKSPACE = tomllib.loads((ROOT / "Cargo.toml").read_text())["workspace"]["dependencies"]

# The declaration of the quickstart.
QUICKSTART = (ROOT / "examples" / "examples" / "quickstart.rs").read_text()
DECLARATION = QUICKSTART[QUICKSTART.index("pipeline! {") : QUICKSTART.index("#[tokio::main]")]

OURS = (
    "use codepipeline_xacct::{aws::Session, pipeline, Topology};\n"
    + DECLARATION
    + """
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let topology = Topology::builder("release").add(Release).build()?;
    let session = Session::builder().profile::<Tooling>("tooling").profile::<Prod>("prod").connect().await?;
    let plan = session.plan(&topology).await?;
    println!("{plan}");
    session.apply(&plan).await?;
    let release = "arn:aws:codepipeline:ap-northeast-1:111111111111:hoge0315pipeline1".parse()?;
    println!("{}", session.start_arn(release).await?.wait().await?);
    Ok(())
}
"""
)

SDK = """
use std::hint::black_box;
use aws_config::{profile::ProfileFileCredentialsProvider, BehaviorVersion, Region};
use aws_sdk_codepipeline::types as p;
use aws_sdk_iam::types as i;
use aws_smithy_http_client::tls::{self, rustls_provider::CryptoMode};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let tls = tls::Provider::Rustls(CryptoMode::Ring);
    let http = aws_smithy_http_client::Builder::new().tls_provider(tls).build_https();
    let a: Vec<String> = std::env::args().collect();
    let s = |n: usize| a[n].clone();
    let config = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http).region(Region::new(s(1)))
        .credentials_provider(ProfileFileCredentialsProvider::builder().profile_name(s(2)).build())
        .load().await;
    let sts = aws_sdk_sts::Client::new(&config);
    black_box(&sts.get_caller_identity().send().await?);
    black_box(&sts.assume_role().role_arn(s(1)).role_session_name(s(2)).send().await?);
    black_box(&sts.get_session_token().send().await?);
    let iam = aws_sdk_iam::Client::new(&config);
    let tag = || i::Tag::builder().key(s(1)).value(s(2)).build();
    black_box(&iam.create_role().role_name(s(1)).assume_role_policy_document(s(2)).tags(tag()?).send().await?);
    black_box(&iam.delete_role().role_name(s(1)).send().await?);
    black_box(&iam.delete_role_policy().role_name(s(1)).policy_name(s(2)).send().await?);
    black_box(&iam.get_policy().policy_arn(s(1)).send().await?);
    black_box(&iam.get_policy_version().policy_arn(s(1)).version_id(s(2)).send().await?);
    black_box(&iam.get_role().role_name(s(1)).send().await?);
    black_box(&iam.get_role_policy().role_name(s(1)).policy_name(s(2)).send().await?);
    black_box(&iam.list_attached_role_policies().role_name(s(1)).send().await?);
    black_box(&iam.list_role_tags().role_name(s(1)).send().await?);
    black_box(&iam.list_roles().send().await?);
    black_box(&iam.list_role_policies().role_name(s(1)).send().await?);
    black_box(&iam.put_role_policy().role_name(s(1)).policy_name(s(2)).policy_document(s(3)).send().await?);
    black_box(&iam.simulate_principal_policy().policy_source_arn(s(1)).action_names(s(2)).send().await?);
    black_box(&iam.untag_role().role_name(s(1)).tag_keys(s(2)).send().await?);
    black_box(&iam.tag_role().role_name(s(1)).tags(tag()?).send().await?);
    black_box(&iam.update_assume_role_policy().role_name(s(1)).policy_document(s(2)).send().await?);
    let pipelines = aws_sdk_codepipeline::Client::new(&config);
    let tag = || p::Tag::builder().key(s(1)).value(s(2)).build();
    let declaration = pipelines.get_pipeline().name(s(1)).send().await?.pipeline;
    black_box(&declaration);
    black_box(&pipelines.create_pipeline().set_pipeline(declaration.clone()).tags(tag()?).send().await?);
    black_box(&pipelines.update_pipeline().set_pipeline(declaration).send().await?);
    black_box(&pipelines.delete_pipeline().name(s(1)).send().await?);
    black_box(&pipelines.get_pipeline_execution().pipeline_name(s(1)).pipeline_execution_id(s(2)).send().await?);
    black_box(&pipelines.get_pipeline_state().name(s(1)).send().await?);
    black_box(&pipelines.list_pipelines().send().await?);
    black_box(&pipelines.untag_resource().resource_arn(s(1)).tag_keys(s(2)).send().await?);
    black_box(&pipelines.list_action_types().send().await?);
    black_box(&pipelines.list_action_executions().pipeline_name(s(1)).send().await?);
    black_box(&pipelines.list_pipeline_executions().pipeline_name(s(1)).send().await?);
    black_box(&pipelines.list_tags_for_resource().resource_arn(s(1)).send().await?);
    black_box(&pipelines.start_pipeline_execution().name(s(1)).send().await?);
    black_box(&pipelines.tag_resource().resource_arn(s(1)).tags(tag()?).send().await?);
    Ok(())
}
"""


def dependency(name):
    wanted = WORKSPACE[name]
    features = wanted.get("features", []) if isinstance(wanted, dict) else []
    default = "true" if isinstance(wanted, str) or wanted.get("default-features", True) else "false"
    version = LOCKED[name]
    return f'{name} = {{ version = "={version}", default-features = {default}, features = {features} }}'.replace("'", '"')


SDK_CRATES = ["aws-config", "aws-sdk-codepipeline", "aws-sdk-iam", "aws-sdk-sts", "aws-smithy-http-client"]
PROGRAMS = {
    "with-codepipeline-xacct": (OURS, [f'codepipeline-xacct = {{ path = "{ROOT / "codepipeline-xacct"}" }}']),
    "with-the-sdk-alone": (SDK, [dependency(name) for name in SDK_CRATES]),
}
PROFILE = '[profile.release]\nopt-level = "z"\nlto = "fat"\ncodegen-units = 1\nstrip = true\n'


def size(name, source, dependencies):
    folder = WORK / name
    (folder / "src").mkdir(parents=True, exist_ok=True)
    runtime = f'tokio = {{ version = "={LOCKED["tokio"]}", features = ["macros", "rt"] }}'
    manifest = f'[package]\nname = "{name}"\nversion = "0.0.0"\nedition = "2024"\n\n[workspace]\n\n[dependencies]\n'
    (folder / "Cargo.toml").write_text(manifest + "\n".join([*dependencies, runtime]) + f"\n\n{PROFILE}")
    (folder / "Cargo.lock").write_bytes((ROOT / "Cargo.lock").read_bytes())
    (folder / "src" / "main.rs").write_text(source)
    command = ["cargo", "build", "--release", "--quiet", "--target-dir", str(WORK / "target")]
    subprocess.run(command, cwd=folder, check=True)
    return (WORK / "target" / "release" / name).stat().st_size


sizes = {name: size(name, *program) for name, program in PROGRAMS.items()}
ours, alone = sizes.values()
print("| program | size |\n| --- | --- |")
for name, bytes in sizes.items():
    print(f"| {name.replace('-', ' ', 1)} | {bytes / 1e6:.2f} MB |")
print(f"| ratio | {ours / alone:.2f} |")
