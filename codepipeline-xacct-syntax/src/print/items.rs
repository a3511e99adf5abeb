//! Accounts, roles, and pipelines that are only started.

use codepipeline_xacct_core::finding::Place;
use codepipeline_xacct_core::ids::{AccountId, Partition, PipelineArn, RoleArn};
use serde_json::Value;

use super::printer::Unsaid;
use super::{json, literal};

/// `account Name = "…";`
pub fn account(item: &str, id: &AccountId, partition: &Partition) -> String {
    let head = format!("pub account {item} = {}", literal::text(id.as_str()));
    if *partition == Partition::aws() {
        return format!("{head};");
    }
    literal::block(&head, &[("partition".to_owned(), literal::text(partition.as_str()))], &[])
}

/// The source of a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedRole {
    /// The item.
    pub source: String,
    /// What is not in the source.
    pub unsaid: Vec<Unsaid>,
}

/// The documents of a role that are known.
#[derive(Debug, Clone, Copy)]
pub struct RoleDocuments<'a> {
    /// Who may assume it.
    pub trust: Option<&'a Value>,
    /// All of its policies.
    pub policies: Option<&'a [Value]>,
    /// Its permissions boundary, where it has one.
    pub boundary: Option<&'a Value>,
}

/// A role with the documents that it has in the account. It is `extern`: the compiler believes what they say, a plan verifies it, and
/// nothing of it is written.
pub fn role(item: &str, account: &str, arn: &RoleArn, documents: &RoleDocuments<'_>) -> PrintedRole {
    let RoleDocuments { trust, policies, boundary } = documents;
    let place = Place::role(&arn.to_string());
    let mut unsaid = Vec::new();
    let mut fields = vec![("arn".to_owned(), literal::text(&arn.to_string()))];
    let trust = trust.map(|trust| ("trust_policy", json::value(trust)));
    let boundary = boundary.map(|boundary| ("permissions_boundary", json::value(boundary)));
    // Without their boundary, they would grant more than the role may do.
    let policies = policies.filter(|_| !matches!(boundary, Some((_, None)))).map(|policies| {
        let policies: Option<Vec<String>> = policies.iter().map(json::value).collect();
        ("policies", policies.map(|policies| literal::list(&policies)))
    });
    for (key, source) in trust.into_iter().chain(policies).chain(boundary) {
        match source {
            Some(source) => fields.push((key.to_owned(), source)),
            None => unsaid.push(Unsaid {
                place: place.key(key),
                message: "this contains a value that is not valid in a policy".to_owned(),
                symbols: Vec::new(),
            }),
        }
    }
    PrintedRole { source: literal::block(&format!("pub extern role {item} in {account}"), &fields, &[]), unsaid }
}

/// A pipeline known only by what its callers pass: its variables, each with its default; one without is required.
pub fn extern_pipeline(item: &str, account: &str, arn: &PipelineArn, variables: &[(String, Option<String>)]) -> String {
    let mut fields = vec![
        ("name".to_owned(), literal::text(arn.name().as_str())),
        ("region".to_owned(), literal::text(arn.region().as_str())),
    ];
    let variables: Vec<String> = variables
        .iter()
        .map(|(name, default)| match default {
            None => literal::key(name),
            Some(default) => format!("{}: {}", literal::key(name), literal::text(default)),
        })
        .collect();
    if !variables.is_empty() {
        fields.push(("variables".to_owned(), literal::map(&variables)));
    }
    literal::block(&format!("pub extern pipeline {item} in {account}"), &fields, &[])
}
