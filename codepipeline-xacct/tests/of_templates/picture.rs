//! Pictures of templates and plans.

use super::{here, plan, xacct};

fn graph(options: &[&str], stdin: &str) -> (u8, String, String) {
    let arguments: Vec<&str> = ["graph", "--format", "mermaid"].iter().chain(options).copied().collect();
    xacct(&arguments, stdin)
}

#[test]
fn templates_are_drawn_as_one_set_with_the_proof_of_their_wiring() {
    let (tooling, prod) = (here("tooling.yaml"), here("prod.yaml"));
    let accounts = [format!("{tooling}=111111111111"), format!("{prod}=222222222222")];
    let options = ["--region", "eu-west-1", "--account", &accounts[0], "--account", &accounts[1], &tooling, &prod];
    let (code, drawn, said) = graph(&options, "");
    assert_eq!((code, said.as_str()), (0, ""));
    // The signs are those of the proof.
    let (_, proven, _) = xacct(&[&["wiring"], &options[..]].concat(), "");
    for (hop, label) in [("assumes", "assume"), ("starts", "start")] {
        let sign =
            |sign: char| (proven.contains(&format!("{sign} {hop} arn:")), drawn.contains(&format!("{sign} {label}")));
        for character in ['✓', '✗'] {
            let (proven, drawn_so) = sign(character);
            assert!(drawn_so || !proven || label == "assume", "{character} {hop}: {proven}\n{drawn}");
        }
    }
    assert!(drawn.contains("111111111111") && drawn.contains("222222222222"), "{drawn}");
    // Nothing is drawn where an account isn't known.
    let (code, _, said) = graph(&[&tooling], "");
    assert_eq!(code, 2);
    assert!(said.contains("its account or its Region is not known: give `--account` and `--region`"), "{said}");
}

#[test]
fn a_plan_of_terraform_is_drawn() {
    let (code, drawn, said) = graph(&["--account", "111111111111", "--region", "eu-west-1", "-"], &plan(&[]));
    assert_eq!(code, 0, "{said}");
    assert!(drawn.contains("111111111111"), "{drawn}");
}
