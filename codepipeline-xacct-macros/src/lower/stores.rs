//! Artifact buckets: `artifact_bucket: "…"` and `artifact_buckets: { "eu-west-1": … }`.

use codepipeline_xacct_core::declaration::fixed_values::{ARTIFACT_STORE_TYPE, ENCRYPTION_KEY_TYPE};
use codepipeline_xacct_core::declaration::{ArtifactStore, EncryptionKey};
use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_syntax::ast::{EntryNode, ValueNode};
use codepipeline_xacct_syntax::errors::Errors;
use codepipeline_xacct_syntax::keys;
use indexmap::IndexMap;

use super::fields::{KnownKeys, known_entries};
use super::members::literal;
use super::values;
use crate::model::LoweredPipeline;

/// One bucket: its name, or a map.
pub(super) fn store(
    pipeline: &mut LoweredPipeline,
    place: &Place,
    key: &str,
    value: ValueNode,
    errors: &mut Errors,
) -> Option<ArtifactStore> {
    let mut encryption_key = None;
    let location = match value {
        ValueNode::Map(entries, span) => {
            let mut location = None;
            let is_hole = |entry: &EntryNode| matches!(entry.value, Some(ValueNode::Hole(..)));
            let holes = entries.iter().any(is_hole);
            let before = errors.count();
            let value = ValueNode::Map(entries, span);
            for (name, _, value) in known_entries(&KnownKeys::of(&keys::BUCKET), value, errors)? {
                if name == "location" {
                    location = Some(value);
                } else if let Some((text, span)) = values::text(&pipeline.params, "encryption_key", value, errors) {
                    let of = place.key("encryptionKey").key("id");
                    pipeline.spans.insert(of.value(), span);
                    // The expansion asks whether the key itself is open, not its value.
                    let id = literal(pipeline, &of, text);
                    encryption_key =
                        Some(EncryptionKey { id, r#type: ENCRYPTION_KEY_TYPE.to_owned(), ..Default::default() });
                }
            }
            // The key that was reported may have been meant as its name.
            if location.is_none() && (holes || errors.count() > before) {
                return None;
            }
            if location.is_none() {
                errors.push_help(span, "the artifact bucket has no name", "add `location: \"…\"`");
            }
            location?
        }
        other => other,
    };
    let (text, span) = values::text(&pipeline.params, key, location, errors)?;
    let of = place.key("location");
    pipeline.spans.insert(of.value(), span);
    let location = literal(pipeline, &of.value(), text);
    Some(ArtifactStore { r#type: ARTIFACT_STORE_TYPE.to_owned(), location, encryption_key, ..Default::default() })
}

/// Buckets by Region.
pub(super) fn stores(
    pipeline: &mut LoweredPipeline,
    place: &Place,
    value: ValueNode,
    errors: &mut Errors,
) -> Option<IndexMap<String, ArtifactStore>> {
    let mut stores = IndexMap::new();
    if let ValueNode::Str(bucket) = &value {
        let bucket = bucket.token();
        let help = format!(
            "write `artifact_bucket: {bucket}` for one bucket, `artifact_buckets: {{ \"<region>\": {bucket} }}` for several"
        );
        errors.push_help(value.span(), "`artifact_buckets` takes a map", help);
        return None;
    }
    for entry in values::map("artifact_buckets", value, errors)? {
        let region = entry.key.text();
        let place = place.key(&region);
        pipeline.spans.insert(place.clone(), entry.key.span());
        if let Some(value) = values::entry_value(entry, errors)
            && let Some(store) = store(pipeline, &place, "artifact_buckets", value, errors)
        {
            stores.insert(region, store);
        }
    }
    Some(stores)
}
