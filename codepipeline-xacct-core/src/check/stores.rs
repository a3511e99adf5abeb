//! Artifact stores: which, where, with which key.

use crate::declaration::fixed_values::{ARTIFACT_STORE_TYPE, ENCRYPTION_KEY_TYPE};
use std::collections::{HashMap, HashSet};

use super::placeholder::{fill_in, likely};
use super::view::View;
use super::{bare_name, names, regions, resource_names};
use crate::declaration::ArtifactStore;
use crate::finding::{Finding, MISSING, Place};
use crate::ids::{Region, split_kms_arn};
use crate::{rules, sentences};

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    one_kind_of_store(view, findings);
    store_per_region(view, findings);
    sources_stay_home(view, findings);
    let regions = view.declaration.artifact_stores.iter().flatten().map(|(region, _)| region);
    for region in regions {
        names::region(region, view.place.key("artifactStores").key(region), findings);
    }
    one_region_per_bucket(view, findings);
    for (region, place, store) in stores(view) {
        bucket(view, region, &place, store, findings);
        kinds(view, &place, store, findings);
        key_region(view, region, &place, store, findings);
    }
}

/// The stores with their Regions, if these are known.
pub(super) fn stores<'a>(view: &'a View<'_>) -> impl Iterator<Item = (Option<&'a str>, Place, &'a ArtifactStore)> {
    let home = view.home();
    let single = view.declaration.artifact_store.iter().map(move |s| (home, view.place.key("artifactStore"), s));
    let by_region = view.declaration.artifact_stores.iter().flatten();
    single.chain(by_region.map(|(r, s)| (Some(r.as_str()), view.place.key("artifactStores").key(r), s)))
}

/// Exactly one of `artifactStore` and `artifactStores`. Source: CodePipeline API Reference, `PipelineDeclaration`.
fn one_kind_of_store(view: &View<'_>, findings: &mut Vec<Finding>) {
    let declaration = view.declaration;
    match (&declaration.artifact_store, &declaration.artifact_stores) {
        (Some(_), Some(stores)) if !stores.is_empty() => findings.push(
            Finding::of(
                &rules::XA0401,
                view.place.key("artifactStore"),
                "the pipeline has both `artifactStore` (`artifact_bucket` in `pipeline!`) and `artifactStores` (`artifact_buckets` in `pipeline!`)",
            )
            .help("write `artifactStores` (`artifact_buckets` in `pipeline!`) alone, with an entry for each Region")
            .fact("message", "the pipeline has both `artifactStore` and `artifactStores`"),
        ),
        (None, None) => {
            let message = format!("pipeline `{}` has no artifact bucket", view.context.item);
            findings.push(Finding::of(&rules::XA0402, view.place.clone(), message).fact(MISSING, "artifactStore").help(
                "add `\"artifactStore\": …` (`artifact_bucket: \"…\"` in `pipeline!`), even if no artifacts are used",
            ));
        }
        (None, Some(stores)) if stores.is_empty() => {
            findings.push(
                Finding::of(&rules::XA0402, view.place.key("artifactStores"), "`artifactStores` is empty")
                    .help("add an entry for the Region of the pipeline, even if no artifacts are used"),
            );
        }
        _ => {}
    }
}

/// With actions in several Regions there is a bucket for the home Region and one for each Region of the actions.
/// Source: CodePipeline User Guide, "Add a cross-Region action to a pipeline".
fn store_per_region(view: &View<'_>, findings: &mut Vec<Finding>) {
    let home = view.home();
    let stores = view.declaration.artifact_stores.as_ref().filter(|s| !s.is_empty());
    if let (Some(stores), Some(home)) = (stores, home)
        && !stores.contains_key(home)
        && !stores.keys().any(|key| is_meant(key, home))
    {
        let message = format!("`artifactStores` has no entry for `{home}`, the Region of the pipeline");
        let help = format!("add `\"{home}\": \"…\"` with a bucket in that Region");
        findings.push(Finding::of(&rules::XA0403, view.place.key("artifactStores"), message).help(help));
    }
    // If the home Region is not known, one of the actions' Regions may be it.
    let mut regions = view.actions().filter_map(|a| a.action.region.as_deref());
    let home = match (home, stores) {
        (Some(home), _) => Some(home),
        (None, Some(_)) => None,
        (None, None) => regions.next(),
    };
    let mut reported = HashSet::new();
    for action in view.actions() {
        let Some(region) = action.action.region.as_deref() else { continue };
        // What is not a Region is reported as such.
        if Some(region) == home || !regions::is_possible(region) {
            continue;
        }
        let (rule, words) = match stores {
            Some(stores) if stores.contains_key(region) || stores.keys().any(|key| is_meant(key, region)) => continue,
            Some(_) => (&rules::XA0404, sentences::store_missing),
            None if view.declaration.artifact_store.is_some() => (&rules::XA0405, sentences::store_single),
            None => continue,
        };
        if reported.insert(region) {
            let (message, help) = words.render(&[("Self", &action.action.name), ("A", region)]);
            findings.push(Finding::of(rule, action.place.key("region").value(), message).help(help));
        }
    }
}

/// Whether what is not a Region means this one; it is reported as such.
fn is_meant(key: &str, region: &str) -> bool {
    key.parse::<Region>().err().and_then(|error| names::meant(&error)).as_deref() == Some(region)
}

/// A bucket is in one Region. Source: CodePipeline User Guide, "Add a cross-Region action to a pipeline".
fn one_region_per_bucket(view: &View<'_>, findings: &mut Vec<Finding>) {
    let home = view.home();
    let used: HashSet<&str> = view.actions().filter_map(|a| a.action.region.as_deref().or(home)).chain(home).collect();
    let mut seen: HashMap<&str, &str> = HashMap::new();
    for (region, store) in view.declaration.artifact_stores.iter().flatten() {
        let place = view.place.key("artifactStores").key(region).key("location").value();
        if view.context.is_open(&place) || !used.contains(region.as_str()) {
            continue;
        }
        if let Some(first) = seen.insert(&store.location, region) {
            let message = format!("bucket `{}` is stated to be in `{first}` and in `{region}`", store.location);
            findings.push(Finding::of(&rules::XA0415, place, message).help(format!("name a bucket of `{region}`")));
        }
    }
}

/// Source, third-party and custom actions run in the Region of the pipeline.
/// Source: CodePipeline User Guide, "Action structure requirements".
fn sources_stay_home(view: &View<'_>, findings: &mut Vec<Finding>) {
    let home = view.home();
    // If the home Region is not known, the first Region of these actions may be it.
    let mut assumed = home;
    for action in view.actions() {
        let Some(region) = action.action.region.as_deref() else { continue };
        let id = &action.action.action_type_id;
        let what = match id.owner.as_str() {
            _ if action.is_source() => "a source action",
            "ThirdParty" => "a third-party action",
            "Custom" => "a custom action",
            _ => continue,
        };
        if region == *assumed.get_or_insert(region) {
            continue;
        }
        let message = format!("action `{}` is {what}, so it can't run in `{region}`", action.action.name);
        let here = home
            .map_or("the Region of the pipeline".to_owned(), |home| format!("`{home}`, the Region of the pipeline"));
        findings.push(Finding::of(&rules::XA0410, action.place.key("region").value(), message).help(
            if action.is_source() {
                format!(
                    "what it reads has to be in {here}: if it is, leave the Region out; if not, move the pipeline to `{region}` and give its later actions a `region`"
                )
            } else {
                format!("leave the Region out: it runs in {here}")
            },
        ));
    }
}

/// A bucket name has 3 to 63 characters out of `[a-zA-Z0-9\-\.]`. Source: CodePipeline API Reference, `ArtifactStore`.
fn bucket(view: &View<'_>, region: Option<&str>, place: &Place, store: &ArtifactStore, findings: &mut Vec<Finding>) {
    let place = place.key("location").value();
    let bucket = &store.location;
    if view.context.is_open(&place) {
        return;
    }
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.');
    // If the home Region is not known, the name may be a placeholder in a template.
    let template = view.context.home.is_none();
    if !(3..=63).contains(&bucket.len()) || !bucket.bytes().all(|b| plain(b) || template && b == b'_') {
        let message = format!("`{bucket}` is not a bucket name of 3 to 63 characters out of `A-Z a-z 0-9 - .`");
        let finding = Finding::of(&rules::XA0202, place, message);
        let (bare, is_bare) = match bare_name::kind(bucket) {
            Some(_) => (bare_name::bare(bucket, "s3:{}/"), false),
            None => (resource_names::bucket(bucket).filter(|name| name.len() >= 3), true),
        };
        findings.push(match (fill_in(bucket), bare) {
            (Some(help), _) => finding.help(help),
            (None, Some(bare)) => finding.help(format!("write `{bare}`")),
            (None, None) if is_bare => finding,
            (None, None) => finding.help("write the bare name of the bucket, without `s3://` or an ARN"),
        });
    } else if !bucket.bytes().all(plain) {
        let message = format!("`{bucket}` has an underscore, which the API Reference does not allow in a bucket name");
        findings
            .push(Finding::of(&rules::XA0218, place, message).help("unless it is a placeholder, name another bucket"));
    } else if region.is_some_and(|region| !template && resource_names::is_no_bucket(bucket, region)) {
        let finding = Finding::of(&rules::XA0233, place, format!("`{bucket}` is not {}", resource_names::BUCKET_NAME));
        findings.push(match resource_names::bucket(bucket) {
            Some(name) => finding.help(format!("write `{name}`")),
            None => finding,
        });
    } else if !template {
        findings.extend(likely(bucket, place));
    }
}

/// A store has the type S3, its key the type KMS and an id of 1 to 400 characters.
/// Source: CodePipeline API Reference, `ArtifactStore` and `EncryptionKey`.
fn kinds(view: &View<'_>, place: &Place, store: &ArtifactStore, findings: &mut Vec<Finding>) {
    let mut kind = |place: Place, found: &str, wanted: &str| {
        if found != wanted && !view.context.is_open(&place) {
            let message = format!("the type is `{found}`, but has to be `{wanted}`");
            findings.push(Finding::of(&rules::XA0223, place.value(), message).help(format!("write `{wanted}`")));
        }
    };
    kind(place.key("type"), &store.r#type, ARTIFACT_STORE_TYPE);
    let Some(key) = &store.encryption_key else { return };
    let place = place.key("encryptionKey");
    kind(place.key("type"), &key.r#type, ENCRYPTION_KEY_TYPE);
    let open = view.context.is_open(&place.key("id")) || view.context.is_open(&place.key("id").value());
    if !(1..=400).contains(&key.id.chars().count()) && !open {
        let message = "the id of a key has 1 to 400 characters";
        findings.push(Finding::of(&rules::XA0223, place.key("id").value(), message));
    }
}

/// The key is in the Region of the store. Source: CodePipeline User Guide, "Add a cross-Region action to a pipeline".
fn key_region(
    view: &View<'_>,
    region: Option<&str>,
    place: &Place,
    store: &ArtifactStore,
    findings: &mut Vec<Finding>,
) {
    let (Some(region), Some(key)) = (region, &store.encryption_key) else { return };
    let place = place.key("encryptionKey").key("id");
    let Some(arn) = split_kms_arn(&key.id) else { return };
    if arn.region != region && !view.context.is_open(&place) {
        let message = format!("the key is in `{}`, the artifact bucket in `{region}`", arn.region);
        let rule = if is_key_or_alias(arn.resource) { &rules::XA0408 } else { &rules::XA0414 };
        findings.push(Finding::of(rule, place.value(), message).help(format!("name a key of `{region}`")));
    }
}

/// `key/` with a UUID or the id of a multi-Region key, or an alias. Source: KMS Developer Guide, "Key identifiers".
fn is_key_or_alias(resource: &str) -> bool {
    let uuid = |id: &str| id.len() == 36 && id.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-');
    resource.starts_with("alias/") || resource.strip_prefix("key/").is_some_and(|id| uuid(id) || id.starts_with("mrk-"))
}
