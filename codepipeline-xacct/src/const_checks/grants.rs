//! Compares roles and pipelines with what stated policies certainly grant.
//!
//! The answer is "granted" or "not granted" only where the evaluator would give it too. The rest is decided when the topology
//! is built.

use super::text::{ConstText, same, unread};
use crate::items::{Grants, PipelineConst, RoleConst};

impl Grants {
    /// Whether a role is among the principals; `None` where that is not certain.
    pub const fn trust(&self, role: RoleConst) -> Option<bool> {
        let arn = role_arn(role);
        let root = ConstText::new().push("arn:").push(role.partition).push(":iam::").push(role.account).push(":root");
        let mut index = 0;
        while index < self.patterns.len() {
            let pattern = self.patterns[index];
            if same(pattern, "*")
                || same(pattern, role.account)
                || same(pattern, root.as_str())
                || same(pattern, arn.as_str())
            {
                return Some(true);
            }
            index += 1;
        }
        if self.complete { Some(false) } else { None }
    }

    /// Whether a role is among the resources; `None` where that is not certain.
    pub const fn role(&self, role: RoleConst) -> Option<bool> {
        self.resource(role_arn(role).as_str())
    }

    /// Whether a pipeline is among the resources; `None` where that is not certain.
    pub const fn pipeline(&self, pipeline: PipelineConst) -> Option<bool> {
        // A Region or a name that is none is reported where it stands.
        if unread(pipeline.region, pipeline.name) {
            return None;
        }
        self.resource(pipeline_arn(pipeline).as_str())
    }

    const fn resource(&self, arn: &str) -> Option<bool> {
        let mut index = 0;
        while index < self.patterns.len() {
            if covers(self.patterns[index].as_bytes(), arn.as_bytes()) {
                return Some(true);
            }
            index += 1;
        }
        if self.complete { Some(false) } else { None }
    }
}

pub(super) const fn role_arn(role: RoleConst) -> ConstText {
    let text = ConstText::new().push("arn:").push(role.partition).push(":iam::").push(role.account);
    text.push(":role/").push(role.path_and_name)
}

pub(super) const fn pipeline_arn(pipeline: PipelineConst) -> ConstText {
    let text = ConstText::new().push("arn:").push(pipeline.account.partition).push(":codepipeline:");
    text.push(pipeline.region).push(":").push(pipeline.account.id).push(":").push(pipeline.name)
}

/// Compares an ARN with a pattern, segment by segment. Segments that the pattern lacks count as `*`.
const fn covers(pattern: &[u8], arn: &[u8]) -> bool {
    if let [b'*'] = pattern {
        return true;
    }
    let mut index = 0;
    while index < segments(pattern) {
        if !glob(segment(pattern, index), segment(arn, index)) {
            return false;
        }
        index += 1;
    }
    true
}

/// How many segments there are: an ARN has six, and the last one may contain colons.
const fn segments(text: &[u8]) -> usize {
    let (mut count, mut index) = (1, 0);
    while index < text.len() && count < 6 {
        if text[index] == b':' {
            count += 1;
        }
        index += 1;
    }
    count
}

const fn segment(text: &[u8], wanted: usize) -> &[u8] {
    let (mut number, mut index, mut rest) = (0, 0, text);
    while index < text.len() && number < wanted {
        if text[index] == b':' {
            number += 1;
            rest = text.split_at(index + 1).1;
        }
        index += 1;
    }
    if number < wanted {
        return &[];
    }
    let mut end = 0;
    while end < rest.len() && (wanted == 5 || rest[end] != b':') {
        end += 1;
    }
    rest.split_at(end).0
}

/// `*` is any run of characters, `?` is exactly one.
const fn glob(pattern: &[u8], text: &[u8]) -> bool {
    let (mut p, mut t) = (0, 0);
    // Where to continue when a `*` matched too little.
    let mut retry: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && pattern[p] == b'*' {
            retry = Some((p + 1, t));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == b'?' || pattern[p] == text[t]) {
            p += 1;
            t += 1;
        } else if let Some((after, taken)) = retry {
            p = after;
            t = taken + 1;
            retry = Some((after, taken + 1));
        } else {
            return false;
        }
    }
    while p < pattern.len() && pattern[p] == b'*' {
        p += 1;
    }
    p == pattern.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::items::AccountConst;

    const ROLE: RoleConst = RoleConst { partition: "aws", account: "222222222222", path_and_name: "ci/Invoker" };
    const PIPELINE: PipelineConst = PipelineConst {
        item: "Deploy",
        account: AccountConst { item: "Prod", id: "222222222222", partition: "aws" },
        region: "eu-west-1",
        name: "deploy",
        variables: None,
    };

    #[test]
    fn resources_are_compared_part_by_part() {
        let patterns = [
            ("*", true),
            ("arn:aws:codepipeline:eu-west-1:222222222222:deploy", true),
            ("arn:aws:codepipeline:*:222222222222:d?ploy", true),
            ("arn:aws:codepipeline:*", true),
            ("arn:*:codepipeline:*:*:*", true),
            ("arn:aws:codepipeline:eu-west-1:222222222222:deploy/*", false),
            ("arn:aws:codepipeline:*:deploy", false),
            ("arn:aws:codepipeline:eu-west-1:222222222222:Deploy", false),
            ("arn:aws:codepipeline:eu-west-1:222222222222:deploy:x", false),
            ("arn:aws:codepipeline", true),
            ("arn:aws:iam", false),
            ("", false),
        ];
        for (pattern, expected) in patterns {
            let grants = Grants { patterns: Box::leak(Box::new([pattern])), complete: true };
            assert_eq!(grants.pipeline(PIPELINE), Some(expected), "{pattern}");
            let open = Grants { complete: false, ..grants };
            assert_eq!(open.pipeline(PIPELINE), expected.then_some(true), "{pattern}");
        }
    }

    #[test]
    fn principals_are_compared_whole() {
        let principals = [
            ("*", true),
            ("222222222222", true),
            ("arn:aws:iam::222222222222:root", true),
            ("arn:aws:iam::222222222222:role/ci/Invoker", true),
            ("arn:aws:iam::222222222222:role/Invoker", false),
            ("arn:aws-cn:iam::222222222222:root", false),
            ("111111111111", false),
        ];
        for (principal, expected) in principals {
            let grants = Grants { patterns: Box::leak(Box::new([principal])), complete: true };
            assert_eq!(grants.trust(ROLE), Some(expected), "{principal}");
        }
    }
}
