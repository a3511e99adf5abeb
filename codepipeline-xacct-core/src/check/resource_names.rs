//! Which names the resources of other services can have. Sources: the API References of these services, `CreateProject` and the
//! like; Amazon S3 User Guide, "General purpose bucket naming rules".

use super::placeholder::placeholder;
use crate::ids::AccountId;

/// The names of a kind of resource.
struct Names {
    /// The ARN of the resource as in [`Format::Name`](crate::catalogue::Format::Name).
    resource: &'static str,
    least: usize,
    most: usize,
    /// What they have besides letters and digits.
    signs: &'static str,
    lower_case: bool,
}

const NAMES: &[Names] = &[
    Names { resource: "codebuild:project/{}", least: 1, most: 255, signs: "-_", lower_case: false },
    Names { resource: "codecommit:{}", least: 1, most: 100, signs: "._-", lower_case: false },
    Names { resource: "ecs:cluster/{}", least: 1, most: 255, signs: "-_", lower_case: false },
    Names { resource: "ecs:service/*/{}", least: 1, most: 255, signs: "-_", lower_case: false },
    Names { resource: "eks:cluster/{}", least: 1, most: 100, signs: "-_", lower_case: false },
    // Two at least, but examples have shorter names, and a name is hardly shortened by mistake.
    Names { resource: "ecr:repository/{}", least: 1, most: 256, signs: "._-/", lower_case: true },
    // A version or an alias may follow the name.
    Names { resource: "lambda:function:{}", least: 1, most: 140, signs: "-_:$", lower_case: false },
    Names { resource: "lambda:function:{}:", least: 1, most: 64, signs: "-_", lower_case: false },
];

/// The buckets of `us-east-1` may be older than the rules for their names.
const OLD_BUCKETS: &str = "us-east-1";

const BUCKET: &str = "s3:{}/";

/// What a name of this kind is, where the text can't be one.
pub(super) fn fault(text: &str, resource: &str, region: Option<&str>) -> Option<String> {
    let unfilled = region.is_some() && placeholder(text).is_some();
    if is_from_template(text) && !unfilled {
        return None;
    }
    if resource == BUCKET {
        return region.is_some_and(|region| is_no_bucket(text, region)).then(|| BUCKET_NAME.to_owned());
    }
    let names = NAMES.iter().find(|names| names.resource == resource)?;
    if names.lower_case && region.is_none() || names.holds(text) {
        return None;
    }
    let letters = if names.lower_case { "a-z 0-9" } else { "A-Z a-z 0-9" };
    let signs: Vec<String> = names.signs.chars().map(String::from).collect();
    Some(format!("a name of {} to {} characters out of `{letters} {}`", names.least, names.most, signs.join(" ")))
}

/// True for what a template still has to put in, or once had: `${Stack}-build`, `$NAME`, `<name>`, `[name]`, `%NAME%`, `@NAME@`, `!Ref Name`,
/// `Build.Outputs.Project`, and the path of a parameter, `/service/build/name`.
fn is_from_template(text: &str) -> bool {
    text.contains(['{', '<', '%', '[', '(', '@']) || text.contains("Outputs.") || text.starts_with(['/', '$', '!'])
}

impl Names {
    fn holds(&self, text: &str) -> bool {
        let fits = |c: char| {
            c.is_ascii_lowercase()
                || c.is_ascii_digit()
                || c.is_ascii_uppercase() && !self.lower_case
                || self.signs.contains(c)
        };
        (self.least..=self.most).contains(&text.len()) && text.chars().all(fits)
    }
}

pub(super) const BUCKET_NAME: &str = "a bucket name: 3 to 63 characters out of `a-z 0-9 - .`, with a letter or a digit first and last, and no two periods in a row";

/// True where no bucket of the Region can have the name.
pub(super) fn is_no_bucket(text: &str, region: &str) -> bool {
    if region == OLD_BUCKETS {
        return !text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
    }
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let ends = |text: &str| text.bytes().next().is_some_and(plain) && text.bytes().next_back().is_some_and(plain);
    // Examples have shorter names, and a name is hardly shortened by mistake.
    !(1..=63).contains(&text.len())
        || !ends(text)
        || text.contains("..")
        || !text.bytes().all(|b| plain(b) || matches!(b, b'-' | b'.'))
}

/// The bucket that was probably meant: without the folder in it, in lower case, with hyphens.
pub(super) fn bucket(text: &str) -> Option<String> {
    let name = text.split('/').find(|part| !part.is_empty())?.trim().to_ascii_lowercase().replace(['_', ' '], "-");
    let name = name.split('.').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
    Some(name).filter(|name| name != text && !is_no_bucket(name, ""))
}

/// The name that was probably meant.
pub(super) fn meant(text: &str, resource: &str) -> Option<String> {
    if resource == BUCKET {
        return bucket(text);
    }
    let names = NAMES.iter().find(|names| names.resource == resource)?;
    // `cluster/service`, `owner/repository`, `project:build`
    let last = if names.signs.contains('/') { text } else { text.trim_end_matches('/').rsplit('/').next()? };
    let first = if names.signs.contains(':') { last } else { last.split(':').next()? };
    let cased = if names.lower_case { first.to_ascii_lowercase() } else { first.to_owned() };
    let name: String = cased
        .trim()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || names.signs.contains(c) { c } else { '-' })
        .collect();
    Some(name).filter(|name| name != text && names.holds(name) && !name.starts_with('-'))
}

/// The name in a part of an ARN: `function:tell`, `111111111111:function:tell`, `cluster/shop`.
pub(super) fn in_part_of_arn<'a>(text: &'a str, resource: &str) -> Option<&'a str> {
    let (service, pattern) = resource.split_once(':')?;
    if !matches!(service, "codebuild" | "ecs" | "eks" | "lambda") {
        return None;
    }
    let kind = pattern.split(['{', '*']).next().filter(|kind| !kind.is_empty())?;
    let account = |text: &str| text.parse::<AccountId>().is_ok();
    let text = text.split_once(':').filter(|(first, _)| account(first)).map_or(text, |(_, rest)| rest);
    text.strip_prefix(kind)?.rsplit('/').next().filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_by_the_service() {
        let right = [
            ("shop-build_2", "codebuild:project/{}"),
            ("tell:live", "lambda:function:{}"),
            ("team/app.web", "ecr:repository/{}"),
            ("shop.web", "s3:{}/"),
            ("[name]", "lambda:function:{}"),
            ("$PROJECT", "codebuild:project/{}"),
            ("@@PROJECT@@", "codebuild:project/{}"),
            ("!Ref Project", "codebuild:project/{}"),
            ("tell:$LATEST", "lambda:function:{}"),
            ("Build.Outputs.Project", "codebuild:project/{}"),
            ("Build-Outputs.Project", "codebuild:project/{}"),
            ("/service/build/name", "lambda:function:{}"),
            ("r", "ecr:repository/{}"),
            ("anything at all", "appconfig:application/{}/"),
        ];
        for (text, resource) in right {
            assert_eq!(fault(text, resource, Some("eu-west-1")), None, "{text}");
        }
        let wrong = [
            ("shop build", "codebuild:project/{}", "shop-build"),
            ("shop-build:12", "codebuild:project/{}", "shop-build"),
            ("acme/shop", "codecommit:{}", "shop"),
            ("shop/web", "ecs:service/*/{}", "web"),
            ("Team/App", "ecr:repository/{}", "team/app"),
            ("Shop_Web", "s3:{}/", "shop-web"),
            ("shop-web/site", "s3:{}/", "shop-web"),
            ("shop..web", "s3:{}/", "shop.web"),
        ];
        for (text, resource, name) in wrong {
            assert!(fault(text, resource, Some("eu-west-1")).is_some(), "{text}");
            assert_eq!(meant(text, resource).as_deref(), Some(name), "{text}");
        }
    }

    #[test]
    fn old_buckets_and_templates_are_not_judged() {
        assert_eq!(fault("Shop_Web", "s3:{}/", Some("us-east-1")), None);
        assert_eq!(fault("BUCKET_NAME", "s3:{}/", None), None);
        assert_eq!(fault("REPOSITORY", "ecr:repository/{}", None), None);
    }

    #[test]
    fn the_name_in_a_part_of_an_arn_is_found() {
        assert_eq!(in_part_of_arn("111111111111:function:tell", "lambda:function:{}"), Some("tell"));
        assert_eq!(in_part_of_arn("cluster/shop", "ecs:cluster/{}"), Some("shop"));
        assert_eq!(in_part_of_arn("service/shop/web", "ecs:service/*/{}"), Some("web"));
        assert_eq!(in_part_of_arn("repository/shop", "ecr:repository/{}"), None);
        assert_eq!(in_part_of_arn("tell:live", "lambda:function:{}"), None);
    }
}
