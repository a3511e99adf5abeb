//! What helps suggest: the known word that a misspelt one was probably meant to be, and names for items.

/// `: did you mean …?` behind a sentence about a misspelt word; empty where nothing is near.
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map(|near| format!(": did you mean `{near}`?")).unwrap_or_default()
}

/// The known word nearest to a misspelt one, if it is near enough to be what was meant.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    nearest_of(word, &listed(known))
}

/// The words as a list. A plain loop, since iterator adapters would be compiled for each of the many iterator types.
fn listed<'a>(known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let mut list = Vec::new();
    for word in known {
        list.push(word);
    }
    list
}

fn nearest_of<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    // Long texts are not misspelt names, and a hostile declaration must not cost more than its length.
    const LONGEST: usize = 100;
    const MOST: usize = 200;
    if word.len() > LONGEST {
        return None;
    }
    let lower = word.to_lowercase();
    let near = |candidate: &&str| {
        let allowed = 1 + candidate.len().min(word.len()) / 4;
        candidate.len() <= LONGEST && candidate.len().abs_diff(word.len()) <= allowed
    };
    known
        .iter()
        .copied()
        .filter(near)
        .take(MOST)
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len().min(word.len()) / 4)
        // Of words that are equally near, the one that begins alike: who writes `NEQ` means `NE`, not `EQ`.
        .min_by_key(|(distance, candidate)| (*distance, !begins_alike(&lower, candidate)))
        .map(|(_, candidate)| candidate)
}

fn begins_alike(lower: &str, candidate: &str) -> bool {
    candidate.chars().next().map(|first| first.to_ascii_lowercase()) == lower.chars().next()
}

/// The known word that `word` certainly misspells: they differ only in letter case or separators, or in one
/// letter (two in a long word); in a short word, by one letter too many or too few, or two swapped letters. Unlike with
/// [`nearest`], short words such as `ECS` and `EKS` are not misspellings of each other.
pub fn misspelt<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    misspelt_of(word, &listed(known))
}

fn misspelt_of<'a>(word: &str, known: &[&'a str]) -> Option<&'a str> {
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let lower = plain(word);
    if lower.is_empty() || word.len() > 100 {
        return None;
    }
    if let Some(same) = known.iter().find(|candidate| plain(candidate) == lower) {
        return Some(same);
    }
    if lower.len() <= 4 {
        // In short words only one letter too many or too few, or two swapped: `ECS` and `EKS` are different words.
        let mut letters: Vec<char> = lower.chars().collect();
        letters.sort_unstable();
        let slip = |candidate: &&str| {
            let candidate = plain(candidate);
            let mut of_candidate: Vec<char> = candidate.chars().collect();
            of_candidate.sort_unstable();
            let same_letters = of_candidate == letters || candidate.len() != lower.len();
            candidate.len().min(lower.len()) >= 3
                && same_letters
                && strsim::damerau_levenshtein(&candidate, &lower) == 1
        };
        return known.iter().copied().find(slip);
    }
    let allowed = if lower.len() <= 14 { 1 } else { 2 };
    nearest_of(word, known).filter(|near| strsim::damerau_levenshtein(&plain(near), &lower) <= allowed)
}

/// The only known word that has all parts of `word`, or whose parts `word` has, as `alarm` and `alarm_name`, `iam_role` and `role`; of
/// several the one that ends with `_name`.
pub fn related<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let of_word = parts(word);
    if of_word.is_empty() || word.len() > 100 {
        return None;
    }
    let has_all = |all: &[String], some: &[String]| some.iter().all(|part| all.contains(part));
    let is_related = |candidate: &&str| {
        let of_candidate = parts(candidate);
        !of_candidate.is_empty() && (has_all(&of_candidate, &of_word) || has_all(&of_word, &of_candidate))
    };
    let mut found = listed(known);
    found.retain(is_related);
    match found.as_slice() {
        [only] => Some(only),
        several => {
            let mut names =
                several.iter().filter(|candidate| parts(candidate).len() == 2 && candidate.ends_with("_name"));
            names.next().copied().filter(|_| names.next().is_none())
        }
    }
}

/// The words that a name is made of, in small letters: `alarm_name`, `AlarmName`.
fn parts(name: &str) -> Vec<String> {
    let mut parts = vec![String::new()];
    let mut small = false;
    for c in name.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() && small {
            parts.push(String::new());
        }
        if let Some(part) = parts.last_mut().filter(|_| c.is_alphanumeric()) {
            part.extend(c.to_lowercase());
        }
        small = c.is_lowercase();
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// The number that a text begins with, and the unit behind it in small letters: `10m`, `45 Minutes`.
pub fn number_with_unit(text: &str) -> Option<(i64, String)> {
    let text = text.trim();
    let (number, unit) = text.split_at_checked(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))?;
    Some((number.parse().ok()?, unit.trim().to_lowercase()))
}

/// How many minutes a unit of time has, as people write it.
pub fn minutes_of(unit: &str) -> Option<i64> {
    match unit {
        "m" | "min" | "mins" | "minute" | "minutes" => Some(1),
        "h" | "hour" | "hours" => Some(60),
        "d" | "day" | "days" => Some(24 * 60),
        _ => None,
    }
}

/// The minutes in `12 hours`, `30 minutes`, `1 day`, and the next whole ones in `90 seconds`.
pub fn minutes(text: &str) -> Option<i64> {
    let (number, unit) = number_with_unit(text)?;
    if matches!(unit.as_str(), "s" | "sec" | "secs" | "second" | "seconds") {
        return Some(number / 60 + i64::from(number % 60 > 0));
    }
    number.checked_mul(minutes_of(&unit)?)
}

/// The name of an item for what AWS calls `text`: `shop-release` is `ShopRelease`. Not a Rust name where `text` begins with a digit.
pub fn pascal_case(text: &str) -> String {
    let mut name = String::new();
    for word in text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()) {
        // Two numbers must not run into one.
        if name.ends_with(|c: char| c.is_ascii_digit()) && word.starts_with(|c: char| c.is_ascii_digit()) {
            name.push('_');
        }
        let (first, rest) = word.split_at(1);
        name.push_str(&first.to_ascii_uppercase());
        // All capitals would be a constant.
        let shouted = word.len() > 3 && !word.contains(|c: char| c.is_ascii_lowercase());
        name.push_str(&if shouted { rest.to_ascii_lowercase() } else { rest.to_owned() });
    }
    name
}

/// Whether a word is in a list, whatever its letter case and its separators are.
pub(crate) fn is_among(word: &str, list: &[&str]) -> bool {
    let plain = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let word = plain(word);
    list.iter().any(|candidate| plain(candidate) == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_words_are_no_misspellings_of_each_other() {
        let known = ["ECS", "ECR", "EC2", "CodeBuild", "S3"];
        assert_eq!(misspelt("EKS", known), None);
        assert_eq!(misspelt("Ecs", known), Some("ECS"));
        assert_eq!(misspelt("CodeBiuld", known), Some("CodeBuild"));
        assert_eq!(misspelt("Code-Build", known), Some("CodeBuild"));
        assert_eq!(misspelt("Lightsail", known), None);
    }

    #[test]
    fn words_with_the_same_parts_are_related() {
        let keys = ["alarm_name", "alarm_states", "before_entry", "on_success", "role", "service_role"];
        assert_eq!(related("alarm", keys), Some("alarm_name"));
        assert_eq!(related("AlarmName", keys), Some("alarm_name"));
        assert_eq!(related("entry", keys), Some("before_entry"));
        assert_eq!(related("role_arn", keys), Some("role"));
        assert_eq!(related("wait_for_completion", ["wait", "follow"]), Some("wait"));
        assert_eq!(related("states", ["alarm_states", "other_states"]), None);
        assert_eq!(related("", keys), None);
    }

    #[test]
    fn times_are_read_as_people_write_them() {
        let times =
            [("45m", 45), ("30 Minutes", 30), ("12 hours", 720), ("1 day", 1440), ("900 seconds", 15), ("90s", 2)];
        times.iter().for_each(|(text, expected)| assert_eq!(minutes(text), Some(*expected), "{text}"));
        for text in ["", "45", "m", "5 w", "99999999999999999999 m", "9223372036854775807 h", "½ h"] {
            assert_eq!(minutes(text), None, "{text}");
        }
    }

    #[test]
    fn items_are_named_after_what_aws_calls_them() {
        assert_eq!(pascal_case("shop-release"), "ShopRelease");
        assert_eq!(pascal_case("team/deploy_invoker.v2"), "TeamDeployInvokerV2");
        assert_eq!([pascal_case("ECS-PROD"), pascal_case("1-2")], ["ECSProd", "1_2"]);
        assert_eq!(pascal_case("-"), "");
    }

    #[test]
    fn suggestions_are_near() {
        assert_eq!(nearest("repositry", ["repository", "branch"]), Some("repository"));
        assert_eq!(nearest("region", ["branch", "poll"]), None);
    }
}
