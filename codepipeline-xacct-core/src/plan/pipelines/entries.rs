//! What of a pipeline is a list of which several programs may have written entries: its variables by their names, its triggers by their source
//! actions, its artifact stores by their Regions.

use serde_json::{Map, Value};

use super::added_parts::AddedParts;
use super::unknown_members::{keep_unknown, member};
use crate::declaration::PipelineDeclaration;
use crate::ids::Region;
use crate::json::member::Member;
use crate::json::shape::Shape;
use crate::plan::secrets::mask::entry_name;

const VARIABLES: &str = "variables";
const TRIGGERS: &str = "triggers";
const STORES: &str = "artifactStores";

/// The members of a pipeline of which only entries are written.
pub(in crate::plan) const LISTS: [&str; 3] = [VARIABLES, TRIGGERS, STORES];

/// Puts the entries that a program declares into those of a pipeline. Others stay, but for those that the program put in before (`held`).
/// `marks` gets those that were not there before the program: what others wrote is not ours, whatever we write into it.
pub(in crate::plan) fn merge(
    into: &mut PipelineDeclaration,
    ours: &PipelineDeclaration,
    held: &AddedParts,
    marks: &mut AddedParts,
) {
    let (Ok(Value::Object(mut merged)), Ok(Value::Object(ours)), Shape::Structure(_, members)) =
        (serde_json::to_value(&*into), serde_json::to_value(ours), PipelineDeclaration::SHAPE)
    else {
        return;
    };
    for list in LISTS {
        let Some(Shape::List(shape) | Shape::Map(shape)) = member(members, list) else { continue };
        let mut entries = entries(merged.get(list));
        let declared = self::entries(ours.get(list));
        if entries.is_empty() && declared.is_empty() {
            continue;
        }
        let is_declared = |name: &Option<String>| declared.iter().any(|(other, _)| other == name);
        let was_ours = |name: &Option<String>| name.as_ref().is_some_and(|name| held.has_entry(list, name));
        entries.retain(|(name, _)| is_declared(name) || !was_ours(name));
        for (name, mut entry) in declared {
            let there = entries.iter_mut().find(|(other, _)| *other == name);
            if let Some(ours) = name.as_ref().filter(|_| there.is_none() || was_ours(&name)) {
                marks.add_entry(list, ours);
            }
            match there {
                Some((_, there)) => {
                    keep_unknown(&mut entry, there, shape);
                    *there = entry;
                }
                None => entries.push((name, entry)),
            }
        }
        match entries.is_empty() {
            true => merged.shift_remove(list),
            false => merged.insert(list.to_owned(), written(list, entries)),
        };
    }
    if let Ok(whole) = serde_json::from_value(Value::Object(merged)) {
        *into = whole;
    }
}

/// Takes out the entries that a program put in.
pub(in crate::plan) fn take_out(of: &mut PipelineDeclaration, held: &AddedParts) {
    merge(of, &PipelineDeclaration::default(), held, &mut AddedParts::default());
}

/// What a program declares, with its store by its Region where it or the pipeline has stores by Region; then the pipeline has them so as well, since it
/// has one of the two.
pub(in crate::plan) fn with_stores(
    into: &mut PipelineDeclaration,
    ours: &PipelineDeclaration,
    home: &Region,
) -> PipelineDeclaration {
    let mut ours = ours.clone();
    if ours.artifact_stores.is_some() {
        by_region(into, home);
    } else if let (Some(_), Some(store)) = (&into.artifact_stores, &ours.artifact_store) {
        ours.artifact_stores = Some([(home.to_string(), store.clone())].into_iter().collect());
        ours.artifact_store = None;
    }
    ours
}

/// Puts the one store of a pipeline among its stores by Region.
pub(in crate::plan) fn by_region(of: &mut PipelineDeclaration, home: &Region) {
    if let Some(store) = of.artifact_store.take() {
        of.artifact_stores.get_or_insert_default().insert(home.to_string(), store);
    }
}

/// The names of the entries of a list of a pipeline.
pub(in crate::plan) fn names(of: &PipelineDeclaration, list: &str) -> Vec<String> {
    let value = serde_json::to_value(of).unwrap_or_default();
    entries(value.get(list)).into_iter().filter_map(|(name, _)| name).collect()
}

type Entries = Vec<(Option<String>, Value)>;

/// The entries of a list, by what tells them apart.
fn entries(list: Option<&Value>) -> Entries {
    match list {
        Some(Value::Array(list)) => {
            list.iter().map(|entry| (entry_name(entry).map(str::to_owned), entry.clone())).collect()
        }
        Some(Value::Object(map)) => map.iter().map(|(name, entry)| (Some(name.clone()), entry.clone())).collect(),
        _ => Vec::new(),
    }
}

fn written(list: &str, entries: Entries) -> Value {
    if list == STORES {
        let named = entries.into_iter().filter_map(|(name, entry)| Some((name?, entry)));
        return Value::Object(named.collect::<Map<_, _>>());
    }
    entries.into_iter().map(|(_, entry)| entry).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pipeline(list: &str, entries: &Value) -> PipelineDeclaration {
        serde_json::from_value(json!({ "name": "p", list: entries })).unwrap()
    }

    fn trigger(source: &str, branch: &str) -> Value {
        let push = json!([{ "branches": { "includes": [branch] } }]);
        let of_source = json!({ "sourceActionName": source, "push": push });
        json!({ "providerType": "CodeStarSourceConnection", "gitConfiguration": of_source })
    }

    fn store(bucket: &str) -> Value {
        json!({ "type": "S3", "location": bucket })
    }

    #[test]
    fn entries_of_others_stay_and_only_what_the_program_put_in_goes_again() {
        let variable = |name: &str, value: &str| json!({ "name": name, "defaultValue": value });
        for (list, new, overwritten, theirs, ours, both) in [
            (
                VARIABLES,
                "c",
                "b",
                json!([variable("a", "1"), variable("b", "1")]),
                json!([variable("c", "2"), variable("b", "2")]),
                json!([variable("a", "1"), variable("b", "2"), variable("c", "2")]),
            ),
            (
                TRIGGERS,
                "C",
                "B",
                json!([trigger("A", "main"), trigger("B", "main")]),
                json!([trigger("C", "next"), trigger("B", "next")]),
                json!([trigger("A", "main"), trigger("B", "next"), trigger("C", "next")]),
            ),
            (
                STORES,
                "us-east-1",
                "eu-west-2",
                json!({ "eu-west-1": store("a"), "eu-west-2": store("b") }),
                json!({ "us-east-1": store("c"), "eu-west-2": store("d") }),
                json!({ "eu-west-1": store("a"), "eu-west-2": store("d"), "us-east-1": store("c") }),
            ),
        ] {
            let [theirs, ours, both] = [theirs, ours, both].map(|entries| pipeline(list, &entries));
            let (mut now, mut held) = (theirs.clone(), AddedParts::default());
            for _ in 0..2 {
                let mut marks = AddedParts::default();
                merge(&mut now, &ours, &held, &mut marks);
                assert_eq!(now, both);
                held = marks;
            }
            assert!(held.has_entry(list, new) && !held.has_entry(list, overwritten), "{held:?}");
            take_out(&mut now, &held);
            assert_eq!(names(&now, list), names(&theirs, list));
        }
    }

    #[test]
    fn one_store_and_stores_by_region_become_stores_by_region() {
        let home = "eu-west-1".parse().unwrap();
        let one: PipelineDeclaration =
            serde_json::from_value(json!({ "name": "p", "artifactStore": store("a") })).unwrap();
        let many = pipeline(STORES, &json!({ "eu-west-1": store("b"), "us-east-1": store("c") }));
        let put = |into: &PipelineDeclaration, ours: &PipelineDeclaration| {
            let mut into = into.clone();
            let ours = with_stores(&mut into, ours, &home);
            merge(&mut into, &ours, &AddedParts::default(), &mut AddedParts::default());
            (into.artifact_store, serde_json::to_value(into.artifact_stores).unwrap())
        };
        let [ours, theirs] =
            [store("a"), store("b")].map(|at_home| json!({ "eu-west-1": at_home, "us-east-1": store("c") }));
        assert_eq!(put(&many, &one), (None, ours));
        assert_eq!(put(&one, &many), (None, theirs));
        let elsewhere = pipeline(STORES, &json!({ "us-east-1": store("c") }));
        assert_eq!(put(&one, &elsewhere).1, json!({ "eu-west-1": store("a"), "us-east-1": store("c") }));
    }
}
