//! Artifact stores.

use super::rule::{edit, rules, text};

rules! {
    XA0202 Refused "an invalid bucket name",
        "The `location` of an artifact store is the bare name of a bucket: 3 to 63 characters out of `A-Z a-z 0-9 - .`.",
        ["API_ArtifactStore"],
        edit("/artifactStores/us-east-1/location", "\"s3://artifacts-us\"", "\"artifacts-us\""),
        aws Validation;
    XA0218 Advice "an underscore in a bucket name",
        "The API model has no underscore in bucket names; if the Region of the pipeline is not known, the name may be a placeholder in a template.",
        ["API_ArtifactStore"],
        text("\"location\": \"artifact_bucket\" in a declaration whose Region is not known", "\"location\": \"artifact-bucket\"");
    XA0233 FailsWhenRun "a bucket name that S3 does not have",
        "A bucket name has lower case letters, digits, hyphens and periods, begins and ends with a letter or a digit, and has no two periods in a row. Only in `us-east-1` there are older buckets with other names.",
        ["Amazon S3 User Guide, General purpose bucket naming rules"],
        edit("/artifactStores/eu-west-1/location", "\"Artifacts-eu\"", "\"artifacts-eu\"");
    XA0223 Refused "an artifact store or a key of the wrong kind",
        "An artifact store has the type S3 and a key the type KMS; the id of a key has 1 to 400 characters.",
        ["API_ArtifactStore", "API_EncryptionKey"],
        edit("/artifactStores/us-east-1/type", "\"S4\"", "\"S3\""),
        aws Validation;
    XA0401 Refused "one store and a store per Region",
        "A pipeline has either `artifactStore` or `artifactStores`.",
        ["API_PipelineDeclaration"],
        edit("/artifactStore", "{\"type\": \"S3\", \"location\": \"artifacts\"}", ""),
        // Which of the stores stays is not known.
        hides_anywhere [XA0406, XA0407, XA0416, XA0417],
        aws InvalidStructure;
    XA0402 Refused "no artifact store",
        "A pipeline has an artifact store, even if no artifacts are used.",
        ["API_PipelineDeclaration"],
        edit("/artifactStores", "", "{\"eu-west-1\": {\"type\": \"S3\", \"location\": \"artifacts-eu\", \"encryptionKey\": {\"type\": \"KMS\", \"id\": \"arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000001\"}}, \"us-east-1\": {\"type\": \"S3\", \"location\": \"artifacts-us\", \"encryptionKey\": {\"type\": \"KMS\", \"id\": \"arn:aws:kms:us-east-1:111111111111:key/00000000-0000-0000-0000-000000000002\"}}}"),
        unless_unread Pipeline,
        aws InvalidStructure;
    XA0403 Refused "no store for the Region of the pipeline",
        "`artifactStores` has an entry for the Region of the pipeline, and one for each Region of its actions.",
        ["actions-create-cross-region", "API_PipelineDeclaration"],
        edit("/artifactStores/eu-west-1", "", "{\"type\": \"S3\", \"location\": \"artifacts-eu\", \"encryptionKey\": {\"type\": \"KMS\", \"id\": \"arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000001\"}}"),
        aws Validation["Your pipeline must have an artifact store, such as an artifact bucket, for each region where you have an action. The following region is missing in 'pipeline.artifactStores': {region}."];
    XA0404 Refused "no store for the Region of an action",
        "`artifactStores` has an entry for each Region of the pipeline's actions, even if no artifacts are used.",
        ["actions-create-cross-region", "API_PipelineDeclaration"],
        edit("/stages/2/actions/2/region", "\"us-west-2\"", "\"us-east-1\""),
        unless_unread Pipeline,
        aws Validation["Your pipeline must have an artifact store, such as an artifact bucket, for each region where you have an action. The following region is missing in 'pipeline.artifactStores': {region}."];
    XA0405 Refused "one store, and actions in other Regions",
        "With actions in more than one Region the pipeline has `artifactStores`, with an entry for each of them.",
        ["actions-create-cross-region"],
        text("\"artifactStore\": {…} and an action with \"region\": \"us-east-1\"", "\"artifactStores\": {\"eu-west-1\": {…}, \"us-east-1\": {…}}"),
        unless_unread Pipeline,
        aws Validation["Your pipeline contains actions in more than one region. Use 'pipeline.artifactStores' instead of 'pipeline.artifactStore' to declare an artifact store, such as an artifact bucket, for each region where you have an action."];
    XA0408 Refused "a key in a Region other than the store's",
        "The key of an artifact store is in the Region of the store.",
        ["actions-create-cross-region", "pipelines-create-cross-account"],
        edit("/artifactStores/us-east-1/encryptionKey/id", "\"arn:aws:kms:eu-west-1:111111111111:key/00000000-0000-0000-0000-000000000001\"", "\"arn:aws:kms:us-east-1:111111111111:key/00000000-0000-0000-0000-000000000002\""),
        aws InvalidStructure;
    XA0410 Refused "a source, third-party or custom action in another Region",
        "Source actions and actions of the owners ThirdParty and Custom run in the Region of the pipeline. A source in another Region has been reported to be taken when the pipeline was created, and to fail when it ran.",
        ["action-requirements", "actions-create-cross-region"],
        edit("/stages/0/actions/1/region", "\"us-east-1\"", ""),
        // A Region in which the action can't run needs no store.
        hides [XA0404, XA0405],
        aws InvalidStructure;
    XA0414 Advice "a key that may be in a Region other than the store's",
        "The ARN of the key has another Region than the store, but it is not the id of a key either: it may be a placeholder.",
        ["actions-create-cross-region"],
        edit("/artifactStores/us-east-1/encryptionKey/id", "\"arn:aws:kms:eu-west-1:111111111111:key/artifacts\"", "\"arn:aws:kms:us-east-1:111111111111:key/00000000-0000-0000-0000-000000000002\"");
    XA0415 FailsWhenRun "one bucket for two Regions",
        "The bucket of each entry of `artifactStores` is in the Region of its key, so two Regions in use have two buckets.",
        ["actions-create-cross-region"],
        edit("/artifactStores/us-east-1/location", "\"artifacts-eu\"", "\"artifacts-us\"");
}
