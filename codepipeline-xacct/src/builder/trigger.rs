//! Triggers and their filters.
//!
//! Source: CodePipeline User Guide, `pipelines-triggers` and `pipelines-filter`.

use super::texts::Texts;
use crate::core::declaration::fixed_values::TRIGGER_PROVIDER;
use crate::core::declaration::{
    GitConfiguration, GitFilterCriteria, GitPullRequestFilter, GitPushFilter, PipelineTriggerDeclaration,
};

/// Starts the pipeline on events in the repository of a CodeStarSourceConnection source action. Its filters are
/// alternatives: any of them starts the pipeline. A source action has at most one trigger.
#[derive(Debug, Clone)]
#[must_use]
pub struct Trigger(GitConfiguration);

impl Trigger {
    /// A trigger for a source action.
    pub fn of(source_action: &str) -> Self {
        Self(GitConfiguration { source_action_name: source_action.to_owned(), ..Default::default() })
    }

    /// One more filter for pushes: at most 3.
    pub fn push(mut self, filter: Push) -> Self {
        self.0.push.get_or_insert_default().push(filter.0);
        self
    }

    /// One more filter for pull requests: at most 3.
    pub fn pull_request(mut self, filter: PullRequest) -> Self {
        self.0.pull_request.get_or_insert_default().push(filter.0);
        self
    }
}

impl From<Trigger> for PipelineTriggerDeclaration {
    fn from(trigger: Trigger) -> Self {
        Self { provider_type: TRIGGER_PROVIDER.to_owned(), git_configuration: trigger.0, ..Default::default() }
    }
}

/// A filter for pushes: tags, or branches, or branches and file paths.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct Push(GitPushFilter);

impl Push {
    /// Pushes of tags.
    pub fn tags(tags: impl Into<FilterCriteria>) -> Self {
        Self(GitPushFilter { tags: Some(tags.into().0), ..Default::default() })
    }

    /// Pushes to branches.
    pub fn branches(branches: impl Into<FilterCriteria>) -> Self {
        Self(GitPushFilter { branches: Some(branches.into().0), ..Default::default() })
    }

    /// Only those that change certain files.
    pub fn file_paths(mut self, paths: impl Into<FilterCriteria>) -> Self {
        add(&mut self.0.file_paths, paths.into());
        self
    }
}

/// A filter for pull requests, by their target branches.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct PullRequest(GitPullRequestFilter);

impl PullRequest {
    /// Pull requests to branches.
    pub fn branches(branches: impl Into<FilterCriteria>) -> Self {
        Self(GitPullRequestFilter { branches: Some(branches.into().0), ..Default::default() })
    }

    /// Only those that change certain files.
    pub fn file_paths(mut self, paths: impl Into<FilterCriteria>) -> Self {
        add(&mut self.0.file_paths, paths.into());
        self
    }

    /// `OPEN`, `UPDATED`, `CLOSED`; without them, all events.
    pub fn events(mut self, events: impl Texts) -> Self {
        self.0.events.get_or_insert_default().extend(events.into_texts());
        self
    }
}

/// Glob patterns to include and to exclude, 1 to 8 of each; a list of patterns includes them. An exclude wins over an include.
#[derive(Debug, Clone, Default)]
#[must_use]
pub struct FilterCriteria(GitFilterCriteria);

impl FilterCriteria {
    /// Patterns to include.
    pub fn includes(patterns: impl Texts) -> Self {
        let includes = Some(patterns.into_texts());
        Self(GitFilterCriteria { includes, ..Default::default() })
    }

    /// Patterns to exclude.
    pub fn excludes(mut self, patterns: impl Texts) -> Self {
        self.0.excludes.get_or_insert_default().extend(patterns.into_texts());
        self
    }
}

/// Adds patterns to those of an earlier call.
fn add(criteria: &mut Option<GitFilterCriteria>, more: FilterCriteria) {
    let criteria = criteria.get_or_insert_default();
    for (patterns, more) in [(&mut criteria.includes, more.0.includes), (&mut criteria.excludes, more.0.excludes)] {
        if let Some(more) = more {
            patterns.get_or_insert_default().extend(more);
        }
    }
}

impl<P: Into<String>, const N: usize> From<[P; N]> for FilterCriteria {
    fn from(patterns: [P; N]) -> Self {
        Self::includes(patterns)
    }
}

impl From<&str> for FilterCriteria {
    fn from(pattern: &str) -> Self {
        Self::includes([pattern])
    }
}

impl<P: Into<String>> From<Vec<P>> for FilterCriteria {
    fn from(patterns: Vec<P>) -> Self {
        Self::includes(patterns)
    }
}
