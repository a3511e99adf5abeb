//! Names as opposed to ARNs and URLs, and the name that an ARN or a URL holds.

/// What a text is that is not a bare name.
pub(super) fn kind(text: &str) -> Option<&'static str> {
    if text.starts_with("arn:") {
        Some("an ARN")
    } else if text.contains("://") {
        Some("a URL")
    } else if text.contains(REGISTRY) {
        Some("the URI of an image")
    } else {
        None
    }
}

/// What the host of a private ECR registry has behind the account.
const REGISTRY: &str = ".dkr.ecr.";

/// The name in an ARN or a URL of what a [pattern](crate::catalogue::Format::Name) describes; `None` where it is not certain.
pub(super) fn bare(text: &str, pattern: &str) -> Option<String> {
    let (service, resource) = pattern.split_once(':').unwrap_or_default();
    if service == "s3"
        && let Some(path) = path_in_s3(text)
    {
        return of_resource(&path, resource).filter(|name| is_plain(name)).map(str::to_owned);
    }
    let found = if text.starts_with("arn:") {
        let arn = crate::ids::split_arn(text).filter(|arn| arn.service == service)?;
        of_resource(arn.resource, resource)
    } else if let Some((_, image)) = text.split_once(REGISTRY) {
        image.split_once('/').map(|(_, name)| name.split([':', '@']).next().unwrap_or_default())
    } else if let Some(path) = text.strip_prefix("s3://") {
        of_resource(path, resource)
    } else {
        // The last part of a URL; `codecommit::<region>://<profile>@<repository>` has its name there too.
        let (_, path) = text.split_once("://")?;
        let last = path.trim_end_matches('/').rsplit(['/', '@']).next();
        last.map(|last| last.trim_end_matches(".git")).filter(|_| path.contains('/') || path.contains('@'))
    };
    found.filter(|name| is_plain(name)).map(str::to_owned)
}

/// `bucket/key` in the URL of an object: the bucket is in the host, or the first part of the path.
/// Source: Amazon S3 User Guide, "Virtual hosting of general purpose buckets".
fn path_in_s3(url: &str) -> Option<String> {
    let (_, rest) = url.split_once("://")?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let (name, _) = host.split_once(".amazonaws.")?;
    let parts: Vec<&str> = name.split('.').collect();
    let service = parts.iter().position(|part| *part == "s3" || part.starts_with("s3-"))?;
    let bucket = parts.get(..service)?.join(".");
    Some(if bucket.is_empty() { path.to_owned() } else { format!("{bucket}/{path}") })
}

/// Hosts of repositories; no owner has such a name.
const HOSTS: [&str; 3] = ["github.com/", "gitlab.com/", "bitbucket.org/"];

/// `owner/repository` in the URL or in another address of a repository; `None` if the text is not an address.
pub(super) fn repository(text: &str) -> Option<String> {
    let path = match text.split_once("://") {
        Some((_, behind)) => behind.split_once('/')?.1,
        None => match text.split_once('@') {
            // `git@github.com:owner/repository.git`
            Some((_, behind)) => behind.split_once(':')?.1,
            None => {
                let bare = text.strip_prefix("www.").unwrap_or(text);
                match HOSTS.iter().find_map(|host| bare.strip_prefix(host)) {
                    Some(path) => path,
                    // GitHub and GitLab have no repository whose name ends so.
                    None => text.strip_suffix(".git")?,
                }
            }
        },
    };
    let path = path.trim_end_matches('/').trim_end_matches(".git");
    let parts = path.split('/').count();
    (parts >= 2 && path.split('/').all(is_plain)).then(|| path.to_owned())
}

/// The topic of a subscription: `arn:aws:sns:<region>:<account id>:<topic>:<id of the subscription>`.
pub(super) fn topic(value: &str) -> Option<&str> {
    let (topic, _) = value.rsplit_once(':')?;
    (value.split(':').count() == 7).then_some(topic)
}

fn is_plain(name: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "-_./@+=, $".contains(c) || c == ':';
    !name.is_empty() && !name.contains("://") && name.chars().all(allowed)
}

/// The name in a resource: `project/{}`, `service/*/{}`, `stack/{}/`.
fn of_resource<'a>(resource: &'a str, pattern: &str) -> Option<&'a str> {
    let (before, after) = pattern.split_once("{}")?;
    let name = match before.split_once('*') {
        None => resource.strip_prefix(before)?,
        Some((start, then)) => {
            let rest = resource.strip_prefix(start)?;
            // Some ARNs of older services lack the part that `*` matches.
            rest.split_once(then).map_or(rest, |(_, name)| name)
        }
    };
    Some(match after.chars().next() {
        Some(end) => name.split(end).next().unwrap_or_default(),
        None => name,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_found() {
        let cases = [
            ("arn:aws:codebuild:eu-west-1:111111111111:project/compile", "codebuild:project/{}", "compile"),
            ("arn:aws:codecommit:eu-west-1:111111111111:tools", "codecommit:{}", "tools"),
            ("https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/tools", "codecommit:{}", "tools"),
            ("codecommit::eu-west-1://me@tools", "codecommit:{}", "tools"),
            ("arn:aws:ecs:eu-west-1:111111111111:service/shop/web", "ecs:service/*/{}", "web"),
            ("arn:aws:ecs:eu-west-1:111111111111:service/web", "ecs:service/*/{}", "web"),
            ("arn:aws:ecr:eu-west-1:111111111111:repository/team/app", "ecr:repository/{}", "team/app"),
            ("111111111111.dkr.ecr.eu-west-1.amazonaws.com/team/app:latest", "ecr:repository/{}", "team/app"),
            ("arn:aws:s3:::drop", "s3:{}/", "drop"),
            ("s3://drop/in/site.zip", "s3:{}/", "drop"),
            ("s3://drop/in/site.zip", "s3:*/{}", "in/site.zip"),
            ("https://drop.s3.amazonaws.com", "s3:{}/", "drop"),
            ("https://drop.s3.eu-west-1.amazonaws.com/in/site.zip", "s3:*/{}", "in/site.zip"),
            ("https://s3.eu-west-1.amazonaws.com/drop/in/site.zip", "s3:{}/", "drop"),
            ("arn:aws:cloudformation:eu-west-1:111111111111:stack/shop/0a1b", "cloudformation:stack/{}/", "shop"),
            (
                "arn:aws:codedeploy:eu-west-1:111111111111:deploymentgroup:shop/blue",
                "codedeploy:deploymentgroup:*/{}",
                "blue",
            ),
            ("arn:aws:lambda:eu-west-1:111111111111:function:tell:live", "lambda:function:{}", "tell:live"),
            ("arn:aws:lambda:eu-west-1:111111111111:function:tell:live", "lambda:function:{}:", "tell"),
        ];
        for (text, pattern, name) in cases {
            assert!(kind(text).is_some(), "{text}");
            assert_eq!(bare(text, pattern).as_deref(), Some(name), "{text}");
        }
        assert_eq!(bare("arn:aws:s3:::drop", "codebuild:project/{}"), None);
        assert_eq!(bare("arn:", "codebuild:project/{}"), None);
        assert_eq!(bare("https://", "codecommit:{}"), None);
        for text in ["compile", "team/app", "/service/name", "a:b", "in/site.zip", "tell:live"] {
            assert_eq!(kind(text), None, "{text}");
        }
    }

    #[test]
    fn the_repository_is_found() {
        for text in [
            "https://github.com/garden/tools.git",
            "https://github.com/garden/tools/",
            "git@github.com:garden/tools.git",
        ] {
            assert_eq!(repository(text).as_deref(), Some("garden/tools"), "{text}");
        }
        assert_eq!(repository("https://gitlab.com/group/sub/tools").as_deref(), Some("group/sub/tools"));
        assert_eq!(repository("https://github.com"), None);
        assert_eq!(repository("github.com/garden/tools").as_deref(), Some("garden/tools"));
        assert_eq!(repository("garden/tools.git").as_deref(), Some("garden/tools"));
        assert_eq!(repository("garden/tools"), None);
        assert_eq!(repository("tools"), None);
    }
}
