//! Resources that a request may be about.

use crate::policy::Document;

const S3: &str = ":s3:::";

/// With a name in the place of the wildcard and, of a bucket, with the keys that some policies speak of: they may be limited to those of the pipeline.
pub(super) fn samples<'a>(policies: impl IntoIterator<Item = &'a Document>, resource: &str) -> Vec<String> {
    let sample = |text: &str| text.replace('*', "artifact");
    let mut samples = vec![sample(resource)];
    if let Some(objects) = resource.strip_suffix('*').filter(|objects| objects.contains(S3)) {
        let statements = policies.into_iter().flat_map(|policy| &policy.statements);
        let texts = statements.flat_map(|statement| statement.resource.iter().flat_map(|texts| texts.iter()));
        let keys = texts.filter_map(|text| Some(text.split_once(S3)?.1.split_once('/')?.1));
        samples.extend(keys.map(|key| format!("{objects}{}", sample(key))));
    }
    samples
}
