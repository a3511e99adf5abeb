//! The role or the pipeline of a set that somebody may mean who names one that no file has.

use crate::core::check::symbol::shown;
use crate::core::check::unknown::is_unknown;
use crate::core::ids::{ArnParts, split_arn};
use crate::core::suggest::misspelt;

/// What to write instead of the ARN of a role.
pub(super) fn role_help<'k>(arn: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
    let meant = shown(meant(arn, known)?);
    Some(format!("if you mean role `{meant}`, write its ARN: no file has the one that is named"))
}

/// What to write instead of the name of a pipeline.
pub(super) fn pipeline_help<'k>(arn: &str, known: impl Iterator<Item = &'k str>) -> Option<String> {
    let meant = shown(name(&split_arn(meant(arn, known)?)?));
    Some(format!("if you mean pipeline `{meant}`, write its name: no file has the one that is named"))
}

/// In the same account and Region, one of the same name in another path, or of a name that is misspelt.
fn meant<'k>(arn: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let wanted = split_arn(arn)?;
    let is_there = |known: &ArnParts<'_>| {
        let in_region = known.region == wanted.region || [known.region, wanted.region].into_iter().any(is_unknown);
        in_region && known.service == wanted.service && known.account == wanted.account
    };
    let known = known.filter_map(|arn| Some((arn, split_arn(arn)?)));
    let there: Vec<(&str, ArnParts<'_>)> = known.filter(|(_, known)| is_there(known)).collect();
    if there.iter().any(|(_, known)| known.resource == wanted.resource) {
        return None;
    }
    let of_name = |wanted: &str| {
        let mut found = there.iter().filter(|(_, known)| name(known) == wanted);
        found.next().filter(|_| found.next().is_none()).map(|(arn, _)| *arn)
    };
    of_name(name(&wanted)).or_else(|| of_name(misspelt(name(&wanted), there.iter().map(|(_, known)| name(known)))?))
}

/// The name in an ARN, without its path.
fn name<'a>(arn: &ArnParts<'a>) -> &'a str {
    arn.resource.rsplit('/').next().unwrap_or(arn.resource)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_meant_has_the_name_or_nearly_so_in_the_same_place() {
        let known = [
            "arn:aws:iam::222222222222:role/ci/starter",
            "arn:aws:iam::222222222222:role/reader",
            "arn:aws:iam::333333333333:role/writer",
        ];
        let of = |arn: &str| meant(arn, known.into_iter());
        assert_eq!(of("arn:aws:iam::222222222222:role/starter"), Some(known[0]));
        assert_eq!(of("arn:aws:iam::222222222222:role/ci/startr"), Some(known[0]));
        assert_eq!(of("arn:aws:iam::222222222222:role/ci/starter"), None);
        assert_eq!(of("arn:aws:iam::222222222222:role/writer"), None);
        assert_eq!(of("arn:aws:iam::222222222222:role/deploy"), None);
    }
}
