//! Words that keys take.

use super::row::{Construct, WordList};

/// Every list of words.
pub static WORD_LISTS: &[&WordList] = &[
    &EXECUTION_MODE,
    &PIPELINE_TYPE,
    &BEFORE_ENTRY,
    &ON_SUCCESS,
    &ON_FAILURE,
    &RETRY_MODE,
    &EVENTS,
    &REVISION_TYPE,
    &FOLLOW,
];

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

/// Words of `follow`.
pub static FOLLOW: WordList = WordList {
    name: "follow",
    doc: "How the execution that an invoke action starts is found again.",
    words: &[(
        "caller_variable",
        "By the variable `xacct_caller`, in which the action passes the id of its own execution.",
    )],
};

/// The clauses of a pipeline.
static PIPELINE_CLAUSES: WordList = WordList {
    name: "clauses_of_a_pipeline",
    doc: "What a pipeline consists of.",
    words: &[("stage", "A stage: `stage \"…\" { … }`, with its keys and actions.")],
};

/// The clauses of an extended pipeline.
static EXTENDED_PIPELINE_CLAUSES: WordList = WordList {
    name: "clauses_of_an_extended_pipeline",
    doc: "What an extended pipeline consists of.",
    words: &[
        ("stage", "A stage that exists: `stage \"…\" { … }`, with the keys and the actions that are kept."),
        ("add", "A stage that is created: `add stage \"…\" after \"…\" { … }`, or `before \"…\"`."),
    ],
};

/// The clauses of a stage.
static STAGE_CLAUSES: WordList = WordList {
    name: "clauses_of_a_stage",
    doc: "What a stage consists of.",
    words: &[
        ("source", "An action that reads a source: `source \"…\": CodeCommit { … }`."),
        ("action", "An action: `action \"…\": CodeBuild { … }`."),
        ("invoke", "An action that starts another pipeline: `invoke \"…\": <pipeline item> { … }`."),
        ("add", "An action that an extended pipeline creates: `add invoke \"…\": <pipeline item> { … }`."),
    ],
};

/// The words that begin a clause in the body of a construct.
pub fn clauses_of(construct: &Construct) -> Option<&'static WordList> {
    match construct.name {
        "Pipeline" => Some(&PIPELINE_CLAUSES),
        "ExtendedPipeline" => Some(&EXTENDED_PIPELINE_CLAUSES),
        "Stage" => Some(&STAGE_CLAUSES),
        _ => None,
    }
}

/// The elements of a policy document.
pub static POLICY_DOCUMENT: WordList = WordList {
    name: "PolicyDocument",
    doc: "A policy document.",
    words: &[
        ("Version", "The version of the policy language: `\"2012-10-17\"`."),
        ("Id", "A name for the document."),
        ("Statement", "The statements."),
    ],
};

/// The elements of a statement.
pub static POLICY_STATEMENT: WordList = WordList {
    name: "PolicyStatement",
    doc: "A statement of a policy.",
    words: &[
        ("Sid", "A name for the statement: letters and digits."),
        ("Effect", "`\"Allow\"` or `\"Deny\"`."),
        ("Principal", "Who is allowed or denied; in trust policies only."),
        ("NotPrincipal", "Everybody but these."),
        ("Action", "Actions, for example `\"codepipeline:StartPipelineExecution\"`."),
        ("NotAction", "All actions but these."),
        ("Resource", "ARNs of resources."),
        ("NotResource", "All resources but these."),
        ("Condition", "Operators with keys and values that a request has to meet."),
    ],
};
