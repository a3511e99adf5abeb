//! The snippets of the book, as documentation tests.
#![cfg(doctest)]

macro_rules! pages {
    ($($name:ident: $path:literal,)*) => {
        $(
            #[doc = include_str!($path)]
            mod $name {}
        )*
    };
}

pages! {
    from_cdk: "src/coming-from/from-cdk.md",
    from_terraform: "src/coming-from/from-terraform.md",
    from_the_aws_cli: "src/coming-from/from-the-aws-cli.md",
    accounts_and_roles: "src/guides/accounts-and-roles.md",
    artifacts_across_accounts: "src/guides/artifacts-across-accounts.md",
    build_scripts: "src/guides/build-scripts.md",
    builder: "src/guides/builder.md",
    check_files: "src/guides/check-files.md",
    contracts: "src/guides/contracts.md",
    credentials: "src/guides/credentials.md",
    doctor: "src/guides/doctor.md",
    existing_roles_and_pipelines: "src/guides/existing-roles-and-pipelines.md",
    export: "src/guides/export.md",
    from_what_exists: "src/guides/from-what-exists.md",
    follow: "src/guides/follow.md",
    wait: "src/guides/wait.md",
    lambda_and_step_functions: "src/guides/lambda-and-step-functions.md",
    local_aws: "src/guides/local-aws.md",
    many_targets: "src/guides/many-targets.md",
    operate: "src/guides/operate.md",
    other_crates: "src/guides/other-crates.md",
    pictures: "src/guides/pictures.md",
    plan_and_apply: "src/guides/plan-and-apply.md",
    prove_wiring: "src/guides/prove-wiring.md",
    rehearsals: "src/guides/rehearsals.md",
    rehearse: "src/guides/rehearse.md",
    see_everything: "src/guides/see-everything.md",
    start_another_pipeline: "src/guides/start-another-pipeline.md",
    triggers_and_conditions: "src/guides/triggers-and-conditions.md",
    introduction: "src/introduction.md",
    tutorial: "src/tutorial.md",
}
