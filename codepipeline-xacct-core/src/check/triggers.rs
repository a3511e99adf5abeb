//! Triggers and their filters. Source: CodePipeline User Guide, "Triggers and filtering".

use std::collections::{HashMap, HashSet};

use super::actions::git_reference;
use super::view::View;
use crate::declaration::fixed_values::TRIGGER_PROVIDER;
use crate::declaration::{GitFilterCriteria, PipelineTriggerDeclaration};
use crate::finding::{Finding, Place};
use crate::rules;
use crate::sentences::with_article;
use crate::suggest::nearest;

/// Events of a pull request that a trigger names.
pub const EVENTS: &[&str] = &["OPEN", "UPDATED", "CLOSED"];
const MOST_BYTES: usize = 200 * 1024;

pub(super) fn check(view: &View<'_>, findings: &mut Vec<Finding>) {
    let Some(triggers) = &view.declaration.triggers else { return };
    let place = view.place.key("triggers");
    if triggers.len() > 50 {
        let message = format!("a pipeline has at most 50 triggers, this one has {}", triggers.len());
        findings.push(Finding::of(&rules::XA1206, place.clone(), message));
    }
    if serde_json::to_string(triggers).is_ok_and(|text| text.len() > MOST_BYTES) {
        findings.push(Finding::of(&rules::XA1209, place.clone(), "the triggers are larger than 200 KB together"));
    }
    source_actions(view, triggers, &place, findings);
    for (index, trigger) in triggers.iter().enumerate() {
        let place = place.index(index);
        provider_type(view, trigger, &place, findings);
        filters(view, trigger, &place.key("gitConfiguration"), findings);
    }
}

/// A trigger names a source action that is a connection and has no other trigger.
fn source_actions(
    view: &View<'_>,
    triggers: &[PipelineTriggerDeclaration],
    place: &Place,
    findings: &mut Vec<Finding>,
) {
    let sources: HashMap<&str, &str> = view
        .actions()
        .filter(|a| a.is_source())
        .map(|a| (a.action.name.as_str(), a.action.action_type_id.provider.as_str()))
        .collect();
    let mut seen = HashSet::new();
    for (index, trigger) in triggers.iter().enumerate() {
        let name = trigger.git_configuration.source_action_name.as_str();
        let place = place.index(index).key("gitConfiguration").key("sourceActionName");
        if view.context.is_open(&place) {
            continue;
        }
        match sources.get(name) {
            Some(&TRIGGER_PROVIDER) => {
                if !seen.insert(name) {
                    let message = format!("source action `{name}` has a trigger already");
                    findings.push(
                        Finding::of(&rules::XA1202, place.value(), message)
                            .help("put the filters of both into one trigger"),
                    );
                }
            }
            Some(provider) => {
                let message = format!(
                    "source action `{name}` is {one} action, which has no triggers",
                    one = with_article(provider)
                );
                findings.push(
                    Finding::of(&rules::XA1201, place.value(), message)
                        .help("triggers are for CodeStarSourceConnection actions"),
                );
            }
            None => {
                let message = format!("there is no source action `{name}`");
                let finding = Finding::of(&rules::XA1201, place.value(), message);
                let mut connections: Vec<_> =
                    sources.iter().filter(|(_, p)| **p == TRIGGER_PROVIDER).map(|(name, _)| *name).collect();
                connections.sort_unstable();
                findings.push(match nearest(name, connections.iter().copied()) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None if connections.is_empty() => finding.help("add a CodeStarSourceConnection action"),
                    None => finding.help(format!("connections are `{}`", connections.join("`, `"))),
                });
            }
        }
    }
}

/// The provider of a trigger is an enumeration. Source: CodePipeline API Reference, `PipelineTriggerDeclaration`.
fn provider_type(view: &View<'_>, trigger: &PipelineTriggerDeclaration, place: &Place, findings: &mut Vec<Finding>) {
    let place = place.key("providerType");
    if trigger.provider_type != TRIGGER_PROVIDER && !view.context.is_open(&place) {
        let message = format!("`{}` is not a provider of triggers", trigger.provider_type);
        findings.push(Finding::of(&rules::XA1203, place.value(), message).help(format!("write `{TRIGGER_PROVIDER}`")));
    }
}

/// The criteria of one filter, by member.
type FilterMember<'a> = (&'static str, &'a Option<GitFilterCriteria>);

fn filters(view: &View<'_>, trigger: &PipelineTriggerDeclaration, place: &Place, findings: &mut Vec<Finding>) {
    let git = &trigger.git_configuration;
    for (member, count) in
        [("push", git.push.as_ref().map(Vec::len)), ("pullRequest", git.pull_request.as_ref().map(Vec::len))]
    {
        if let Some(count) = count.filter(|count| !(1..=3).contains(count)) {
            let message = format!("a trigger has 1 to 3 `{member}` filters, this one has {count}");
            let finding = Finding::of(&rules::XA1206, place.key(member), message);
            findings.push(if count == 0 { finding.help("leave the member out") } else { finding });
        }
    }
    for (index, filter) in git.push.iter().flatten().enumerate() {
        let place = place.key("push").index(index);
        let unsure = |members: &[&str]| members.iter().any(|member| view.context.holes.contains(&place.key(member)));
        if filter.tags.is_some()
            && (filter.branches.is_some() && !unsure(&["branches"])
                || filter.file_paths.is_some() && !unsure(&["filePaths"]))
            && !unsure(&["tags"])
        {
            let message = "tags can't be combined with branches or file paths in one filter";
            findings.push(
                Finding::of(&rules::XA1204, place.key("tags"), message)
                    .help("put the tags into a filter of their own: filters are alternatives"),
            );
        }
        let tags = filter.tags.is_some() || unsure(&["tags"]);
        branches_with_paths(view, &filter.branches, &filter.file_paths, tags, &place, findings);
        criteria(
            view,
            [("tags", &filter.tags), ("branches", &filter.branches), ("filePaths", &filter.file_paths)],
            false,
            &place,
            findings,
        );
    }
    for (index, filter) in git.pull_request.iter().flatten().enumerate() {
        let place = place.key("pullRequest").index(index);
        branches_with_paths(view, &filter.branches, &filter.file_paths, false, &place, findings);
        let some_events = filter.events.as_ref().is_some_and(|e| !e.is_empty());
        criteria(
            view,
            [("branches", &filter.branches), ("filePaths", &filter.file_paths), ("tags", &None)],
            some_events,
            &place,
            findings,
        );
        events(filter.events.as_deref(), &place.key("events"), findings);
    }
}

/// File paths are only looked at together with branches.
fn branches_with_paths(
    view: &View<'_>,
    branches: &Option<GitFilterCriteria>,
    paths: &Option<GitFilterCriteria>,
    tags: bool,
    place: &Place,
    findings: &mut Vec<Finding>,
) {
    if paths.is_some() && branches.is_none() && !tags && !view.context.holes.contains(&place.key("branches")) {
        findings.push(
            Finding::of(&rules::XA1204, place.key("filePaths"), "file paths need branches in the same filter")
                .help("add `\"branches\": {\"includes\": [\"**\"]}` (`branches: [\"**\"]` in `pipeline!`)"),
        );
    }
}

/// A filter has criteria; includes and excludes have 1 to 8 patterns of 1 to 255 characters.
fn criteria(
    view: &View<'_>,
    criteria: [FilterMember<'_>; 3],
    says_something: bool,
    place: &Place,
    findings: &mut Vec<Finding>,
) {
    if !says_something && criteria.iter().all(|(_, criterion)| criterion.is_none()) {
        let finding = Finding::of(&rules::XA1205, place.clone(), "the filter has no criteria");
        findings.push(finding.help("leave the filter out, or say what it filters"));
    }
    for (member, criterion) in criteria {
        let Some(criterion) = criterion else { continue };
        let place = place.key(member);
        if criterion.includes.is_none() && criterion.excludes.is_none() {
            let message = format!("`{member}` has neither includes nor excludes");
            findings.push(
                Finding::of(&rules::XA1205, place.clone(), message)
                    .help("add `\"includes\": […]` (`includes: […]` in `pipeline!`), or leave it out"),
            );
        }
        for (list, patterns) in [("includes", &criterion.includes), ("excludes", &criterion.excludes)] {
            let Some(patterns) = patterns else { continue };
            let place = place.key(list);
            if !(1..=8).contains(&patterns.len()) {
                let message = format!("`{list}` has {} patterns; 1 to 8 are allowed", patterns.len());
                let finding = Finding::of(&rules::XA1206, place.clone(), message);
                findings.push(if patterns.is_empty() { finding.help("leave the member out") } else { finding });
            }
            for (index, pattern) in patterns.iter().enumerate() {
                let length = pattern.chars().count();
                if !(1..=255).contains(&length) && !view.context.is_open(&place.index(index).value()) {
                    let message = format!("a pattern has 1 to 255 characters, this one has {length}");
                    findings.push(Finding::of(&rules::XA1206, place.index(index).value(), message));
                }
                if member != "filePaths" {
                    findings.extend(git_reference(pattern, member == "branches", place.index(index).value()));
                }
                if member != "filePaths" && pattern.trim().contains(' ') {
                    let message = format!("branch and tag names can't contain spaces, so `{pattern}` matches nothing");
                    let patterns: Vec<String> =
                        pattern.split([',', ' ']).filter(|one| !one.is_empty()).map(|one| format!("{one:?}")).collect();
                    let help = format!("write one entry for each pattern: `[{}]`", patterns.join(", "));
                    findings.push(Finding::of(&rules::XA1211, place.index(index).value(), message).help(help));
                }
                if let Some(excluded) = pattern.strip_prefix('!') {
                    let message = format!("`!` does not exclude: `{pattern}` matches names that begin with `!`");
                    let help = match list {
                        "excludes" => "leave the `!` out, or move the pattern to `includes`".to_owned(),
                        _ => format!(
                            "write `\"excludes\": [\"{excluded}\"]` (`excludes: [\"{excluded}\"]` in `pipeline!`)"
                        ),
                    };
                    findings.push(Finding::of(&rules::XA1210, place.index(index).value(), message).help(help));
                }
            }
        }
    }
}

/// The event that hosts of repositories call otherwise.
fn event_of_a_host(event: &str) -> Option<&'static str> {
    Some(match event.to_ascii_uppercase().as_str() {
        "CREATED" | "REOPENED" => "OPEN",
        "SYNCHRONIZE" | "SYNCHRONIZED" => "UPDATED",
        "MERGED" | "DECLINED" => "CLOSED",
        _ => return None,
    })
}

/// 1 to 3 different events. Source: CodePipeline API Reference, `GitPullRequestFilter`.
fn events(events: Option<&[String]>, place: &Place, findings: &mut Vec<Finding>) {
    let Some(events) = events else { return };
    if events.is_empty() {
        let finding = Finding::of(&rules::XA1208, place.clone(), "`events` is empty");
        findings.push(finding.help("leave the member out for all events"));
    }
    let mut seen = HashSet::new();
    for (index, event) in events.iter().enumerate() {
        let place = place.index(index).value();
        if !EVENTS.contains(&event.as_str()) {
            let finding = Finding::of(&rules::XA1207, place, format!("`{event}` is not an event of a pull request"));
            findings.push(match nearest(event, EVENTS.iter().copied()).or_else(|| event_of_a_host(event)) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help(format!("one of `{}`", EVENTS.join("`, `"))),
            });
        } else if !seen.insert(event) {
            let finding = Finding::of(&rules::XA1208, place, format!("`{event}` appears twice"));
            findings.push(finding.help("leave one of them out"));
        }
    }
}
