//! Artifact buckets: one in the Region of each action, and a key where artifacts cross accounts.

use super::facts::{CallerFacts, TargetFacts};
use super::text::{contains, same, sentence, unread};
use crate::core::sentences::{self, Sentence};

const STORE_MISSING: Sentence = Sentence {
    help: "add `\"{A}\": \"<bucket>\"` to `artifact_buckets`, a bucket in that Region; it is required even if no artifacts are used",
    ..sentences::store_missing
};

const STORE_SINGLE: Sentence = Sentence {
    help: "write `artifact_buckets` with an entry for each Region, even if no artifacts are used",
    ..sentences::store_single
};

const KEY_MISSING: Sentence = Sentence {
    help: "write the bucket as `{ location: \"…\", encryption_key: \"arn:aws:kms:…\" }`, with a key whose policy allows both accounts, even where the bucket itself has it",
    ..sentences::key_missing
};

/// A bucket whose artifacts cross accounts has a key, named by its ARN. `actions` are the actions with artifacts in the bucket,
/// and the accounts in which they run.
#[track_caller]
pub const fn artifact_key(caller: CallerFacts, actions: &[(&'static str, &'static str)], key: &'static str) {
    let mut index = 0;
    while index < actions.len() {
        let (action, account) = actions[index];
        if !unread(account, caller.account.id) && !same(account, caller.account.id) {
            let missing = if key.is_empty() { KEY_MISSING } else { sentences::key_unnamed };
            sentence(missing, action, account, key).fail()
        }
        index += 1;
    }
}

/// An action in another Region than the pipeline has a bucket in that Region.
#[track_caller]
pub const fn store(
    home: &'static str,
    stores: Option<&'static [&'static str]>,
    action: &'static str,
    target: TargetFacts,
) {
    if unread(home, target.id.region) || same(home, target.id.region) {
        return;
    }
    match stores {
        Some(stores) if contains(stores, target.id.region) => {}
        Some(_) => sentence(STORE_MISSING, action, target.id.region, "").fail(),
        None => sentence(STORE_SINGLE, action, target.id.region, "").fail(),
    }
}
