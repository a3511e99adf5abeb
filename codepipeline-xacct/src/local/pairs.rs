//! Maps whose keys are not texts, as lists of pairs, since JSON has only texts as keys.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(super) fn serialize<'m, M, K, V, S>(map: &'m M, serializer: S) -> Result<S::Ok, S::Error>
where
    &'m M: IntoIterator<Item = (&'m K, &'m V)>,
    K: Serialize + 'm,
    V: Serialize + 'm,
    S: Serializer,
{
    serializer.collect_seq(map)
}

pub(super) fn deserialize<'de, M, K, V, D>(deserializer: D) -> Result<M, D::Error>
where
    M: FromIterator<(K, V)> + IntoIterator<Item = (K, V)>,
    K: DeserializeOwned,
    V: DeserializeOwned,
    D: Deserializer<'de>,
{
    Ok(Vec::<(K, V)>::deserialize(deserializer)?.into_iter().collect())
}
