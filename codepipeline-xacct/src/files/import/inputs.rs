//! The files of an import, and what they contain.

use serde_json::Value;

use super::roles::{self, GivenRole};
use crate::files::check::Located;
use crate::files::source_file::SourceFile;
use crate::files::template::{StackNames, Template, TerraformFile};
use crate::files::unreadable::Unreadable;

/// What was read, as one set.
#[derive(Debug, Default)]
pub(crate) struct ImportFiles {
    /// The files.
    pub(super) names: Vec<String>,
    /// Declarations of pipelines.
    pub(super) declarations: Vec<SourceFile>,
    /// Roles, and policies of roles.
    pub(super) roles: Vec<GivenRole>,
    /// CloudFormation templates.
    pub(super) templates: Vec<Template>,
    /// Plans and states of Terraform.
    pub(super) terraform: Vec<TerraformFile>,
    /// What resources of stacks are called.
    pub(super) stacks: Vec<StackNames>,
    /// What was not read, and why.
    pub(super) missing: Vec<(String, String)>,
}

impl ImportFiles {
    /// The parts of templates that are not read.
    pub(crate) fn unread(&self) -> Vec<Located<'_>> {
        self.templates.iter().flat_map(Template::unread_parts).collect()
    }

    /// Adds what was read from accounts.
    #[cfg(feature = "sdk")]
    pub(crate) fn add_existing(&mut self, existing: crate::aws::Existing) -> Result<(), Unreadable> {
        for (arn, document) in existing.pipelines {
            self.declarations.push(SourceFile::parse(arn.to_string(), format!("{document:#}"))?);
        }
        self.roles.extend(existing.roles.iter().map(GivenRole::of_known));
        self.missing.extend(existing.unread);
        Ok(())
    }

    /// Adds a text: output of get-pipeline, get-role, get-role-policy or get-account-authorization-details, input of create-pipeline, a
    /// bare declaration, a chain of roles as `cargo xacct wiring` takes it, a CloudFormation template, what describe-stack-resources says about
    /// its stack, or a plan or a state of Terraform.
    pub(crate) fn add(&mut self, name: String, text: String) -> Result<(), Unreadable> {
        self.names.push(name.clone());
        if let Some(template) = Template::read(&name, &text) {
            self.templates.push(template?);
            return Ok(());
        }
        if let Some(file) = TerraformFile::read(&name, &text) {
            self.terraform.push(file?);
            return Ok(());
        }
        let plain = text.strip_prefix('\u{feff}').unwrap_or(&text);
        let value = serde_json::from_str::<Value>(plain).ok();
        if let Some(stack) = value.as_ref().and_then(StackNames::read) {
            self.stacks.push(stack);
            return Ok(());
        }
        match value.and_then(|value| roles::read(&value)) {
            Some(Ok(roles)) => {
                let source = SourceFile::of_text(&name, plain);
                self.roles.extend(roles.into_iter().map(|role| role.placed(&source)));
            }
            Some(Err(message)) => return Err(Unreadable { file: name, line: 1, column: 1, message }),
            None => self.declarations.push(SourceFile::parse(name, text)?),
        }
        Ok(())
    }
}
