//! Faulty and valid declarations, written from the AWS documentation by someone who had not seen the checks: the faults
//! are found under the expected code at the expected place, and valid declarations have no findings.

use std::fmt::Write;

use codepipeline_xacct::core::check::files::{self, DeclarationInput, Home};
use codepipeline_xacct::core::finding::Severity;
use codepipeline_xacct::files::SourceFile;
use codepipeline_xacct_test_support::cases::{self, Case, Expect};

/// Cases that the checks decide differently, with the reason.
const OVERRULED: &[(&str, Expect, &str)] = &[
    ("provider-config-066", Expect::Clean, "a pipeline in use has CREATE_UPDATE without RoleArn"),
    ("provider-config-068", Expect::Clean, "as 066"),
    ("provider-config-070", Expect::Clean, "as 066"),
    ("provider-config-071", Expect::Clean, "as 066"),
    ("provider-config-034", Expect::Warning, "a template in use gives OpsWorks other keys"),
    ("provider-config-035", Expect::Warning, "as 034"),
    ("cross-account-020", Expect::Error, "the service refuses a role with another owner than AWS"),
    ("cross-account-021", Expect::Error, "as 020"),
    ("limits-056", Expect::Error, "the API model allows 1000 characters, and the service was seen to refuse more"),
    ("limits-057", Expect::Error, "as 056"),
    ("limits-058", Expect::Error, "as 056"),
    ("limits-059", Expect::Error, "as 056"),
    ("limits-060", Expect::Error, "as 056"),
    ("limits-061", Expect::Error, "as 056"),
    ("limits-062", Expect::Error, "as 056"),
    ("set-023", Expect::Warning, "the connection of a source is in another account, too"),
    ("set-024", Expect::Warning, "as 023"),
    ("set-015", Expect::Warning, "the pipeline of that name in the set need not be the one that is meant"),
    ("set-016", Expect::Warning, "as 015"),
    ("set-017", Expect::Warning, "as 015"),
    ("set-018", Expect::Warning, "as 015"),
    ("set-019", Expect::Warning, "as 015"),
];

/// What is wrong with the answer to a case.
fn judge(case: &Case) -> String {
    let documents = case.documents();
    let sources: Vec<SourceFile> =
        documents.iter().map(|document| SourceFile::parse("f", document.to_string()).unwrap()).collect();
    let inputs: Vec<DeclarationInput<'_>> =
        sources.iter().map(|s| DeclarationInput { item: "P", value: s.value() }).collect();
    let home = Home {
        account: case.options.account.as_ref().map(|a| a.parse().unwrap()),
        region: case.options.region.as_ref().map(|r| r.parse().unwrap()),
    };
    let all = files::check(&inputs, &home);
    let found: Vec<_> =
        all.iter().enumerate().flat_map(|(file, findings)| findings.iter().map(move |f| (file, f))).collect();
    let of = |severity: Severity| {
        let mut codes: Vec<&str> = found.iter().filter(|(_, f)| f.severity == severity).map(|(_, f)| f.code).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    };
    let (errors, warnings) = (of(Severity::Error), of(Severity::Warning));
    let overruled = OVERRULED.iter().find(|(id, ..)| *id == case.id).map(|(_, expect, _)| *expect);
    let right = match overruled.unwrap_or(case.expect) {
        Expect::Error => errors == case.codes && !errors.is_empty(),
        Expect::Warning if overruled.is_some() => errors.is_empty() && !warnings.is_empty(),
        Expect::Warning => errors.is_empty() && warnings == case.codes && !warnings.is_empty(),
        Expect::Clean => errors.is_empty() && (warnings.is_empty() || !case.strict),
    };
    let mut wrong = String::new();
    if !right {
        writeln!(wrong, "{}: {} (expected {:?} {:?})", case.id, case.about, case.expect, case.codes).unwrap();
        found.iter().for_each(|(file, f)| writeln!(wrong, "  file {file}: {f}").unwrap());
    }
    // The place is that of the fault, inside it, or around it; the type of a pipeline and the Region of an action are
    // also accepted, since they are what has to change where the case names a feature or a store.
    let place = |(file, path): &(usize, String)| {
        let near = path.starts_with(&case.at) || case.at.starts_with(path.as_str());
        *file == case.file && (near || path.ends_with("pipelineType") || path.ends_with("region"))
    };
    let places = found.iter().filter(|(_, f)| case.codes.iter().any(|c| c == f.code));
    let mut places = places.map(|(file, f)| (*file, sources.get(*file).unwrap().locate(&f.place).path));
    if case.expect == Expect::Error && overruled.is_none() && !places.clone().any(|p| place(&p)) {
        writeln!(wrong, "{}: the fault is at {}, found at {:?}", case.id, case.at, places.next()).unwrap();
    }
    wrong
}

#[test]
fn faults_are_found_and_right_declarations_are_not_complained_about() {
    let cases = cases::all();
    let count = |expect: Expect| cases.iter().filter(|c| c.expect == expect).count();
    assert!(count(Expect::Error) > 700 && count(Expect::Clean) > 200 && count(Expect::Warning) > 40);
    let wrong: String = cases.iter().map(judge).collect();
    assert!(wrong.is_empty(), "{wrong}");
}
