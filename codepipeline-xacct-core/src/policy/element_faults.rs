//! What IAM refuses in the text of a resource or a principal.

use super::document::{CODEPIPELINE, is_service_principal};
use crate::arns::{SessionArn, iam_arn};
use crate::ids::{AccountId, Partition};

/// What the path of an IAM resource starts with.
const IAM_PATHS: [&str; 13] = [
    "user/",
    "federated-user/",
    "role/",
    "group/",
    "instance-profile/",
    "mfa/",
    "server-certificate/",
    "policy/",
    "sms-mfa/",
    "saml-provider/",
    "oidc-provider/",
    "report/",
    "access-report/",
];

/// A partition of AWS, or a pattern of one.
fn is_partition(text: &str) -> bool {
    text == "*" || text == "aws" || text.strip_prefix("aws-").is_some_and(|rest| !rest.is_empty())
}

/// Why IAM refuses a resource: its message and ours.
pub(super) fn resource_fault(resource: &str) -> Option<(String, String)> {
    if resource == "*" {
        return None;
    }
    let mut parts = resource.splitn(6, ':');
    let (arn, partition) = (parts.next().unwrap_or_default(), parts.next());
    let Some(partition) = partition.filter(|_| arn == "arn") else {
        let iam = format!("Resource {resource} must be in ARN format or \"*\".");
        let meant = resource.strip_prefix("s3://").map(|path| format!(", did you mean `arn:aws:s3:::{path}`?"));
        return Some((iam, format!("resource `{resource}` is neither an ARN nor `*`{}", meant.unwrap_or_default())));
    };
    let rest: Vec<&str> = parts.collect();
    if !is_partition(partition) {
        let part = |index: usize| rest.get(index).copied().unwrap_or("*");
        let iam = format!(
            "Partition \"{partition}\" is not valid for resource \"arn:{partition}:{}:{}:{}:{}\".",
            part(0),
            part(1),
            part(2),
            part(3)
        );
        return Some((iam, format!("there is no partition `{partition}`")));
    }
    const RESOURCE_VENDOR: &str = "Resource vendor must be fully qualified and cannot contain regexes.";
    let Some((service, rest)) = rest.split_first() else {
        return Some((RESOURCE_VENDOR.to_owned(), format!("resource `{resource}` lacks its service")));
    };
    if !service.is_empty() && service.chars().all(|c| matches!(c, '*' | '?')) {
        return Some((RESOURCE_VENDOR.to_owned(), format!("resource `{resource}` has a wildcard for its service")));
    }
    if service.is_empty() {
        let iam = format!("Resource {resource} must be in ARN format or \"*\".");
        return Some((iam, format!("resource `{resource}` lacks its service")));
    }
    if *service == "iam" {
        return iam_resource_fault(resource, rest);
    }
    None
}

/// The ARN that is meant by one that lacks colons. With a wildcard in its place, the last field matches all that are missing.
pub(super) fn whole_arn(resource: &str) -> Option<String> {
    let fields: Vec<&str> = resource.split(':').collect();
    let (last, before) = fields.split_last()?;
    let begun = last.split('/').next().unwrap_or_default();
    if fields.len() > 5 || begun.contains(['*', '?', '$']) || before.iter().any(|field| field.contains(['*', '?', '$']))
    {
        return None;
    }
    let [arn, partition, service, rest @ ..] = before else { return None };
    let is_account = |text: &&&str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    let account = rest.iter().find(is_account).copied().unwrap_or_default();
    let region = rest.iter().find(|text| text.contains('-')).copied().unwrap_or_default();
    Some(format!("{arn}:{partition}:{service}:{region}:{account}:{last}"))
}

fn iam_resource_fault(resource: &str, rest: &[&str]) -> Option<(String, String)> {
    let [region, account, path] = rest else { return None };
    if !matches!(*region, "" | "*") {
        let iam = format!("IAM resource {resource} cannot contain region information.");
        return Some((iam, format!("the ARN of an IAM resource has no Region, this one has `{region}`")));
    }
    // The kind is written out, unless a variable or a wildcard is the whole path.
    let starts = |start: &&str| path.starts_with(*start);
    let whole = *path == "*" || path.starts_with("${");
    if *path == "root" || whole || account.is_empty() || IAM_PATHS.iter().any(starts) {
        return None;
    }
    let iam = format!("IAM resource path must either be \"*\" or start with {}.", IAM_PATHS.join(", "));
    Some((iam, format!("`{path}` does not say what kind of resource it is, as `role/…` does")))
}

/// Why a text can't be an `AWS` principal.
pub(super) fn aws_principal_fault(text: &str, partition: &Partition) -> Option<String> {
    if text == "*" || text.parse::<AccountId>().is_ok() {
        return None;
    }
    if text.contains(['*', '?']) {
        return Some(format!("`{text}` has a wildcard, and only the whole principal can be `*`"));
    }
    if text.contains("${") {
        return Some(format!("`{text}` has a policy variable, and a principal can't have any"));
    }
    // Ids of roles, users and groups, as they are stored.
    let is_id = text.len() >= 16 && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    if is_id && (text.starts_with("AROA") || text.starts_with("AIDA")) {
        return None;
    }
    let Some(arn) = crate::ids::split_arn(text) else {
        return Some(format!("`{text}` is not an account id, an ARN or the id of a role or user"));
    };
    if !is_partition(arn.partition) || arn.partition == "*" {
        return Some(format!("there is no partition `{}`", arn.partition));
    }
    if arn.partition != partition.as_str() {
        return Some(format!("`{text}` is in a different partition from the role, `{partition}`"));
    }
    if arn.account.parse::<AccountId>().is_err() {
        return Some(format!("`{}` is not an account id", arn.account));
    }
    let starts = |starts: &[&str]| starts.iter().any(|s| arn.resource.len() > s.len() && arn.resource.starts_with(s));
    let possible = match arn.service {
        "iam" => arn.resource == "root" || starts(&["role/", "user/"]),
        "sts" => starts(&[SessionArn::KIND, "federated-user/"]),
        _ => false,
    };
    (!possible || !arn.region.is_empty()).then(|| {
        let why = format!("`{text}` is not an account, role, session or user");
        match arn.service {
            "iam" if !arn.resource.contains(['/', ':']) => format!("{why}; a role is `{}`", with_role(&arn)),
            _ => why,
        }
    })
}

/// Whether the first part of a principal is nearly the name of the service.
fn misspelt_service(service: &str) -> bool {
    service != "codepipeline" && crate::suggest::misspelt(service, ["codepipeline"]).is_some()
}

fn with_role(arn: &crate::ids::ArnParts<'_>) -> String {
    iam_arn(arn.partition, arn.account, &format!("role/{}", arn.resource))
}

pub(super) fn service_fault(text: &str) -> Option<String> {
    let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'));
    if text.contains(['*', '?']) {
        Some(format!("`{text}` contains a wildcard, but a service must be named in full"))
    } else if !plain || !text.contains('.') || text.starts_with('.') || text.ends_with('.') {
        Some(format!("`{text}` is not a service principal such as `{CODEPIPELINE}`"))
    } else {
        // Of other services it is not known which principals they have.
        let service = text.split('.').next().unwrap_or_default();
        let near = crate::suggest::misspelt(text, [CODEPIPELINE]).is_some() || service == "codepipeline";
        (near && !is_service_principal(text) || misspelt_service(service))
            .then(|| format!("there is no service `{text}`, did you mean `{CODEPIPELINE}`?"))
    }
}
