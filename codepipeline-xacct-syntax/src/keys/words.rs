//! Words that keys take.

use super::row::WordList;

/// Every list of words.
pub static WORD_LISTS: &[&WordList] =
    &[&EXECUTION_MODE, &PIPELINE_TYPE, &BEFORE_ENTRY, &ON_SUCCESS, &ON_FAILURE, &RETRY_MODE, &EVENTS, &REVISION_TYPE];

/// Words of `execution_mode`.
pub static EXECUTION_MODE: WordList = WordList {
    name: "execution_mode",
    doc: "How executions that overlap are handled.",
    words: &[
        ("QUEUED", "Executions wait for each other, and all of them run."),
        ("SUPERSEDED", "A newer execution replaces one that waits."),
        ("PARALLEL", "Executions do not wait for each other."),
    ],
};

/// Words of `pipeline_type`.
pub static PIPELINE_TYPE: WordList = WordList {
    name: "pipeline_type",
    doc: "The type of a pipeline.",
    words: &[
        ("V1", "The first type, without variables, triggers, conditions and later features."),
        ("V2", "The type with all features."),
    ],
};

/// Results of `before_entry`. Which result goes with which key is decided by the rules XA0110 and XA0113.
pub static BEFORE_ENTRY: WordList = WordList {
    name: "before_entry",
    doc: "What happens when a condition is not met.",
    words: &[("FAIL", "The stage fails."), ("SKIP", "The stage is skipped.")],
};

/// Results of `on_success`.
pub static ON_SUCCESS: WordList = WordList {
    name: "on_success",
    doc: "What happens when a condition is not met.",
    words: &[("FAIL", "The stage fails."), ("ROLLBACK", "The stage is rolled back to an execution that succeeded.")],
};

/// Results of `on_failure`.
pub static ON_FAILURE: WordList = WordList {
    name: "on_failure",
    doc: "What happens when a stage fails.",
    words: &[
        ("ROLLBACK", "The stage is rolled back to an execution that succeeded."),
        ("RETRY", "The stage is retried once."),
    ],
};

/// What `RETRY` runs again.
pub static RETRY_MODE: WordList = WordList {
    name: "retry_mode",
    doc: "What a retry runs again.",
    words: &[("FAILED_ACTIONS", "The actions that failed."), ("ALL_ACTIONS", "All actions of the stage.")],
};

/// Events of a pull request.
pub static EVENTS: WordList = WordList {
    name: "events",
    doc: "Events of a pull request.",
    words: &[("OPEN", "It is opened."), ("UPDATED", "It gets new commits."), ("CLOSED", "It is closed or merged.")],
};

/// Types of a source revision.
pub static REVISION_TYPE: WordList = WordList {
    name: "revision_type",
    doc: "The revision that a source action uses.",
    words: &[
        ("COMMIT_ID", "The id of a commit."),
        ("IMAGE_DIGEST", "The digest of an image."),
        ("S3_OBJECT_VERSION_ID", "The version of an S3 object."),
        ("S3_OBJECT_KEY", "The key of an S3 object."),
    ],
};
