//! The sentences about wiring that the macro, the builder and the dynamic layer share.
//!
//! Wrong wiring is found in three ways: by a const check of the macro, by a trait bound in the builder, and by a
//! finding of the dynamic layer. All three report the same text, from [`with_sentences!`](crate::with_sentences).
//! `{Self}` is the item at fault, `{A}` an account, `{T}` the target pipeline.

use std::ops::Range;

use crate::ids::PipelineArn;

/// Calls another macro with every sentence: `name: message, help;`, or `name: message, help (rest);` where the owner of the item gets
/// only the help, without the rest.
#[macro_export]
#[doc(hidden)]
macro_rules! with_sentences {
    ($callback:path) => {
        $callback! {
            role_account:
                "role `{Self}` does not live in account `{A}`, where the pipeline that it has to start lives",
                "an action is looked up in the account of its role: name a role of account `{A}`";
            role_missing:
                "pipeline `{Self}` does not live in account `{A}`, so the action that starts it needs a role",
                "add `role: …`, a role in the account of `{Self}` that trusts the service role in `{A}` and starts `{Self}`";
            trust:
                "role `{Self}` does not trust the service role of the pipeline in account `{A}`",
                "add `{A}`, or the service role itself, to `trusts: […]` of role `{Self}`";
            start:
                "role `{Self}` may not start pipeline `{T}`",
                "add `{T}` to `starts: […]` of role `{Self}`";
            trust_policy:
                "the trust policy of role `{Self}` does not let the service role of the pipeline in account `{A}` assume it",
                "give it the statement `{ Effect: \"Allow\", Principal: { AWS: \"{T}\" }, Action: \"sts:AssumeRole\" }`"
                (", in its account and in `trust_policy:`");
            start_policy:
                "no policy of role `{Self}` allows it to start pipeline `{T}`",
                "give it the statement `{ Effect: \"Allow\", Action: \"codepipeline:StartPipelineExecution\", Resource: \"{A}\" }`"
                (", in its account and in `policies:`");
            assume_policy:
                "no policy of service role `{T}` allows it to assume role `{Self}`",
                "give `{T}` the statement `{ Effect: \"Allow\", Action: \"sts:AssumeRole\", Resource: \"{A}\" }`"
                (", in its account and in its `policies:`");
            service_trust_policy:
                "the trust policy of service role `{Self}` does not let CodePipeline assume it",
                "give it the statement `{ Effect: \"Allow\", Principal: { Service: \"codepipeline.amazonaws.com\" }, Action: \"sts:AssumeRole\" }`"
                (", in its account and in `trust_policy:`");
            start_account:
                "pipeline `{Self}` does not live in account `{A}`, where the role that starts it lives",
                "declare a role in the account of `{Self}`: CodePipeline has no other way to grant a start across accounts";
            variable_undeclared:
                "pipeline `{T}` declares no variable `{Self}`",
                "declare it in the `variables:` of pipeline `{T}`, or leave it out here";
            variable_missing:
                "pipeline `{T}` needs variable `{Self}`, which has no default, and the action does not pass it",
                "pass `{Self}` in the `variables:` of the action";
            service_role_account:
                "service role `{Self}` does not live in account `{A}`, where the pipeline lives",
                "name a role of account `{A}`";
            item_account:
                "`{Self}` does not live in account `{A}`, in which the role is declared",
                "write an ARN of account `{A}`, or declare the role `in` the account of the ARN";
            contract_account:
                "this is the contract of `{Self}`, which does not live in account `{A}`",
                "declare the item `in` the account of the ARN, or name the contract of account `{A}`";
            store_missing:
                "action `{Self}` runs in `{A}`, for which the pipeline has no artifact bucket",
                "add an entry for `{A}` to `artifactStores` (`artifact_buckets` in `pipeline!`) with a bucket in that Region; it is required even if no artifacts are used";
            store_single:
                "action `{Self}` runs in `{A}`, but the pipeline has only one artifact bucket",
                "write `artifactStores` (`artifact_buckets` in `pipeline!`) with an entry for each Region, even if no artifacts are used";
            key_missing:
                "action `{Self}` runs in account {A} and has artifacts, but the declaration names no customer-managed key for their bucket",
                "add `\"encryptionKey\": {\"type\": \"KMS\", \"id\": \"arn:aws:kms:…\"}` (`encryption_key: \"arn:aws:kms:…\"` in `pipeline!`), a key whose policy allows both accounts, even where the bucket itself has it";
            key_unnamed:
                "action `{Self}` runs in account {A}, where key `{T}` is not found",
                "name the key by its ARN, `arn:aws:kms:<region>:<account id>:key/<id>`";
            passed_role:
                "`{Self}` is a role of account {T}, and the action runs in account {A}",
                "roles can't be passed across accounts: give the action a role of account {T}, or name a role of account {A}";
            stages:
                "pipeline `{Self}` has fewer than 2 stages",
                "a pipeline has 2 to 50 stages: add one";
        }
    };
}

/// One sentence and its fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    /// What is wrong.
    pub message: &'static str,
    /// How to fix it.
    pub help: &'static str,
    /// The same, for the owner of an item that is not declared here.
    pub for_owner: &'static str,
}

macro_rules! constants {
    ($($name:ident: $message:literal, $help:literal $(($rest:literal))?;)*) => {
        $(
            #[doc = $message]
            #[expect(non_upper_case_globals, reason = "named after the key in `with_sentences!`")]
            pub const $name: Sentence =
                Sentence { message: $message, help: concat!($help $(, $rest)?), for_owner: $help };
        )*
    };
}

with_sentences!(constants);

/// [`role_missing`] where `{T}` is the only role that may start the target.
pub const ROLE_LEFT_OUT: Sentence = Sentence { help: "add `role: {T}`", for_owner: "add `role: {T}`", ..role_missing };

impl Sentence {
    /// Fills in the names and returns message and help.
    pub fn render(&self, names: &[(&str, &str)]) -> (String, String) {
        let fill = |text: &str| {
            names.iter().fold(text.to_owned(), |text, (key, value)| text.replace(&format!("{{{key}}}"), value))
        };
        (fill(self.message), fill(self.help))
    }
}

/// The first form of the DSL in a text that has both forms, `` `roleArn` (`role:` in `pipeline!`) ``: where its parentheses are, and the form.
pub fn dsl_form(text: &str) -> Option<(Range<usize>, &str)> {
    const BEGIN: &str = " (`";
    const END: &str = "` in `pipeline!`)";
    let end = text.find(END)?;
    let begin = text.get(..end)?.rfind(BEGIN)?;
    Some((begin..end + END.len(), text.get(begin + BEGIN.len()..end)?))
}

/// A word for one or for several: "file", "files".
pub fn plural(word: &str, count: usize) -> String {
    if count == 1 { word.to_owned() } else { format!("{word}s") }
}

/// How many: "1 file", "2 files".
pub fn counted(count: usize, word: &str) -> String {
    format!("{count} {}", plural(word, count))
}

/// A name of a provider with its article: "a CodeBuild", "an ECR".
pub fn with_article(name: &str) -> String {
    let vowel = name.starts_with(['A', 'E', 'I', 'O']) || name == "S3";
    format!("{} {name}", if vowel { "an" } else { "a" })
}

/// What an allowed hop rests on that CodePipeline is not documented to send.
pub const RESTS_ON_SOURCE: &str =
    "as long as CodePipeline sends `aws:SourceArn` and `aws:SourceAccount`, which is not documented";

/// What is wrong with an ARN as `PipelineName`.
pub const ARN_AS_NAME: &str =
    "`PipelineName` takes the bare name of the target pipeline, not its ARN: the action would fail when it runs";

/// What to write instead of an ARN.
pub fn bare_name_help(arn: &PipelineArn) -> String {
    bare_name_and_region_help(&format!("`{}`", arn.name()), &format!("\"{}\"", arn.region()))
}

/// What to write instead of an ARN: the name, or words for it, and the value of `region`, or `…`.
pub fn bare_name_and_region_help(name: &str, region: &str) -> String {
    format!("write {name}; its account comes from the role of the action, its Region from `region: {region}`")
}
