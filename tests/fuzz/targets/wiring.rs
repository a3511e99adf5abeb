//! Chains of roles, their documents and the evaluator, on arbitrary bytes: no panic, no hang, and documents round-trip.
#![no_main]

use codepipeline_xacct::core::policy::Document;
use codepipeline_xacct::core::wiring::Hop;
use codepipeline_xacct::files::chain;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Ok(document) = Document::from_json(text) {
        let again = Document::from_json(&document.to_json()).expect("what was written can be read");
        assert_eq!(again, document);
        assert!(again.same_meaning(&document));
    }
    let Ok(answer) = chain::prove_text("fuzz", text) else { return };
    let proof = &answer.proof;
    assert!(proof.hop(Hop::ServiceTrust).is_some());
    // A chain that names no target ends with the action role.
    assert_eq!(proof.hop(Hop::Start).is_some(), answer.input.chain.target.is_some());
    answer.findings.iter().for_each(|finding| assert!(!finding.to_string().is_empty()));
});
