//! Members that an account has and this version does not know: they are kept, at every level of a declaration.

use serde_json::Value;

use crate::declaration::ActionTypeId;
use crate::json::member::Member;
use crate::json::shape::Shape;

/// Adds to `ours` what `theirs` has and the shape doesn't know, at every level. Known members only come from `ours`.
pub(in crate::plan) fn keep_unknown(ours: &mut Value, theirs: &Value, shape: &Shape) {
    match (shape, ours, theirs) {
        (Shape::Structure(_, members), Value::Object(ours), Value::Object(theirs)) => {
            for (key, theirs) in theirs {
                match (member(members, key), ours.get_mut(key)) {
                    (Some(shape), Some(ours)) => keep_unknown(ours, theirs, shape),
                    (Some(_), None) | (None, Some(_)) => {}
                    (None, None) => {
                        ours.insert(key.clone(), theirs.clone());
                    }
                }
            }
        }
        (Shape::Map(shape), Value::Object(ours), Value::Object(theirs)) => {
            for (key, ours) in ours.iter_mut() {
                if let Some(theirs) = theirs.get(key) {
                    keep_unknown(ours, theirs, shape);
                }
            }
        }
        (Shape::List(shape), Value::Array(ours), Value::Array(theirs)) => {
            let pairs = pairs(ours, theirs, shape);
            for (ours, same) in ours.iter_mut().zip(pairs) {
                if let Some(theirs) = same.and_then(|index| theirs.get(index)) {
                    keep_unknown(ours, theirs, shape);
                }
            }
        }
        _ => {}
    }
}

pub(in crate::plan) type KnownMembers = [(&'static str, bool, &'static Shape)];

/// The shape of a known member.
pub(in crate::plan) fn member(members: &KnownMembers, key: &str) -> Option<&'static Shape> {
    members.iter().find(|(name, ..)| *name == key).map(|(.., shape)| *shape)
}

/// The type of an action, without what AWS may add to it.
fn type_of(entry: &Value) -> Option<Value> {
    Some(known(entry.get("actionTypeId")?, &ActionTypeId::SHAPE))
}

/// For each entry of `ours`, the position of the same entry in `theirs`.
///
/// Entries with names are the same if their names are. Others are the same if their known members agree, preferring the
/// same position; if there is only one on each side, they are the same.
fn pairs(ours: &[Value], theirs: &[Value], shape: &Shape) -> Vec<Option<usize>> {
    let Shape::Structure(_, members) = shape else { return vec![None; ours.len()] };
    if member(members, "name").is_some() {
        // An action of another type is another action.
        let is_action = member(members, "actionTypeId").is_some();
        let key = |of: &Value| [of.get("name").cloned(), type_of(of).filter(|_| is_action)];
        let same = |ours: &Value| theirs.iter().position(|theirs| key(ours) == key(theirs));
        return ours.iter().map(same).collect();
    }
    if ours.len() == 1 && theirs.len() == 1 {
        return vec![Some(0)];
    }
    let known_of_theirs: Vec<Value> = theirs.iter().map(|entry| known(entry, shape)).collect();
    let mut taken = vec![false; theirs.len()];
    let mut pairs: Vec<Option<usize>> = vec![None; ours.len()];
    let known_of_ours: Vec<Value> = ours.iter().map(|entry| known(entry, shape)).collect();
    for ((index, ours), pair) in known_of_ours.iter().enumerate().zip(&mut pairs) {
        if known_of_theirs.get(index) == Some(ours) {
            *pair = Some(index);
            taken.iter_mut().skip(index).take(1).for_each(|taken| *taken = true);
        }
    }
    for (ours, pair) in known_of_ours.iter().zip(&mut pairs).filter(|(_, pair)| pair.is_none()) {
        let free = known_of_theirs.iter().zip(&mut taken).enumerate();
        if let Some((index, (_, taken))) = free.into_iter().find(|(_, (theirs, taken))| !**taken && *theirs == ours) {
            *taken = true;
            *pair = Some(index);
        }
    }
    pairs
}

/// The members that the shape knows, without empty lists and maps, which mean the same as none.
pub(in crate::plan) fn known(value: &Value, shape: &Shape) -> Value {
    match (shape, value) {
        (Shape::Structure(_, members), Value::Object(object)) => {
            let known =
                object.iter().filter_map(|(key, value)| Some((key.clone(), known(value, member(members, key)?))));
            Value::Object(known.filter(|(_, value)| !is_empty(value)).collect())
        }
        (Shape::Map(shape), Value::Object(object)) => {
            Value::Object(object.iter().map(|(key, value)| (key.clone(), known(value, shape))).collect())
        }
        (Shape::List(shape), Value::Array(list)) => {
            Value::Array(list.iter().map(|entry| known(entry, shape)).collect())
        }
        _ => value.clone(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(object) => object.is_empty(),
        _ => false,
    }
}
