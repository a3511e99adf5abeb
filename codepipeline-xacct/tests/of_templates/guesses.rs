//! Accounts that are guessed from the names of roles: what is only wrong with a guess is not wrong.

use super::{Scratch, text_of, tooling, xacct};

/// What names the role of the other account with its account.
const NAMED: (&str, &str) =
    ("arn:${AWS::Partition}:iam::${ProdAccount}:role/deploy-invoker", "arn:aws:iam::222222222222:role/deploy-invoker");

/// Exit code, output and standard error for both templates, with other texts.
fn run(arguments: &[&str], tooling_edits: &[(&str, &str)], prod_edits: &[(&str, &str)]) -> (u8, String, String) {
    let prod = prod_edits.iter().fold(text_of("prod.yaml"), |text, (from, to)| {
        assert!(text.contains(from), "{from}");
        text.replace(from, to)
    });
    let scratch = Scratch::new(&[("tooling.yaml", &tooling(tooling_edits)), ("prod.yaml", &prod)]);
    let folder = scratch.path("");
    let arguments: Vec<String> = arguments.iter().map(|argument| argument.replace("@", &folder)).collect();
    let files = [scratch.path("tooling.yaml"), scratch.path("prod.yaml")];
    let arguments: Vec<&str> = arguments.iter().chain(&files).map(String::as_str).collect();
    let (code, out, said) = xacct(&arguments, "");
    (code, out.replace(&folder, ""), said.replace(&folder, ""))
}

/// The signs of the hops.
fn signs(out: &str) -> String {
    out.lines().filter_map(|line| line.trim_start().strip_prefix("└─ ")?.chars().next()).collect()
}

const GUESS: &str = "the account of `prod.yaml`, which is guessed to be 222222222222: give `--account prod.yaml=…`";

#[test]
fn a_guess_denies_nothing_and_is_told() {
    let no_trust = [("${ToolingAccount}:role/release-service", "111111111111:role/release-servce")];
    let (code, out, _) = run(&["wiring"], &[NAMED], &no_trust);
    assert_eq!((code, signs(&out).as_str()), (3, "✓?✓"), "{out}");
    assert!(out.contains(&format!("unknown, depends on {GUESS}\n")) && !out.contains("fix:"), "{out}");
    let (code, out, _) = run(&["wiring", "--account", "@prod.yaml=222222222222"], &[NAMED], &no_trust);
    assert_eq!((code, signs(&out).as_str()), (1, "✓✗✓"), "{out}");
    // Nobody makes the role that the action names.
    let (code, out, _) = run(&["wiring", "--account", "@prod.yaml=333333333333"], &[NAMED], &no_trust);
    assert_eq!((code, signs(&out).as_str()), (3, "✓??"), "{out}");
    // What is allowed with a guess says so.
    let (code, out, _) = run(&["wiring"], &[NAMED], &[]);
    assert!(code == 0 && out.contains("\nthis rests on ") && out.contains(GUESS), "{out}");
    let (_, out, _) = run(&["wiring", "--format", "json"], &[NAMED], &[]);
    assert!(out.contains("\"rests_on\": \"the account of `prod.yaml`, which is guessed"), "{out}");
}

#[test]
fn what_is_denied_without_a_guess_stays_denied() {
    let no_service =
        [("Principal: { Service: codepipeline.amazonaws.com }", "Principal: { Service: codebuild.amazonaws.com }")];
    let (code, out, _) = run(&["wiring"], &[NAMED, no_service[0]], &[]);
    assert_eq!((code, signs(&out).as_str()), (1, "✗✓✓"), "{out}");
}

#[test]
fn a_role_that_a_trust_policy_names_for_sessions_only_makes_no_verdict() {
    let session = "            Action: sts:AssumeRole\n      Policies:";
    let tags = "            Action: sts:TagSession\n      Policies:";
    let of_111 = ("${ToolingAccount}", "111111111111");
    let (code, out, _) = run(&["wiring"], &[NAMED], &[of_111, (session, tags)]);
    assert_eq!((code, signs(&out).as_str()), (3, "✓?✓"), "{out}");
    assert!(out.contains("`--account tooling.yaml=…`") && out.contains("`--account prod.yaml=…`"), "{out}");
    let given = ["wiring", "--account", "@prod.yaml=222222222222", "--account", "@tooling.yaml=111111111111"];
    let (code, out, _) = run(&given, &[NAMED], &[of_111, (session, tags)]);
    assert_eq!((code, signs(&out).as_str()), (1, "✓✗✓"), "{out}");
}

#[test]
fn what_is_only_wrong_with_a_guess_is_a_warning() {
    let other = ("        - { Name: version }", "        - { Name: revision }");
    let of_111 = ("${ToolingAccount}:role/release-service", "111111111111:role/release-servce");
    let (code, out, said) = run(&["check"], &[NAMED], &[other, of_111]);
    assert_eq!((code, said.as_str()), (0, ""), "{out}");
    assert!(out.contains("warning[XA0906]") && out.contains(&format!(" (this rests on {GUESS})\n")), "{out}");
    assert!(!out.contains("error["), "{out}");
    let (code, out, _) = run(&["check", "--account", "@prod.yaml=222222222222"], &[NAMED], &[other]);
    assert!(code == 1 && out.contains("error[XA0906]") && !out.contains("rests on"), "{out}");
    // What is wrong in any case is an error.
    let fault = ("Provider: CodeCommit", "Provider: CodeComit");
    let (code, out, _) = run(&["check"], &[NAMED, fault], &[]);
    assert!(code == 1 && out.contains("error[XA0608]") && !out.contains("rests on"), "{out}");
}

#[test]
fn pictures_and_imports_say_what_they_rest_on() {
    let (code, _, said) =
        run(&["graph", "--account", "@tooling.yaml=111111111111", "--region", "eu-west-1"], &[NAMED], &[]);
    assert_eq!(code, 0);
    assert!(said.contains(&format!("note: the picture rests on {GUESS}\n")), "{said}");
    let (_, _, said) =
        run(&["import", "--account", "@tooling.yaml=111111111111", "--region", "eu-west-1"], &[NAMED], &[]);
    assert!(said.contains(&format!("prod.yaml: note: this rests on {GUESS}\n")), "{said}");
    let both = [
        "import",
        "--account",
        "@tooling.yaml=111111111111",
        "--account",
        "@prod.yaml=222222222222",
        "--region",
        "eu-west-1",
    ];
    let (_, _, said) = run(&both, &[NAMED], &[]);
    assert!(!said.contains("guessed"), "{said}");
}
