//! Templates and plans as one set.

use crate::files::Unreadable;
use crate::files::homes::SaidHomes;
use crate::files::parameters::{self, ParameterValue, Unused};
use crate::files::template::{SaidOfFile, Template, TemplateSet, TerraformFile};

/// Templates, and plans and states of Terraform.
pub(super) struct Resources {
    templates: Vec<Template>,
    plans: Vec<TerraformFile>,
}

/// Plans, with what is said about each.
pub(super) type PlacedPlans<'r> = Vec<(&'r TerraformFile, SaidOfFile)>;

impl Resources {
    /// Templates and plans, if all texts are some.
    pub(super) fn read(texts: &[(String, String)]) -> Result<Option<Self>, Unreadable> {
        let (mut templates, mut plans) = (Vec::new(), Vec::new());
        for (name, text) in texts {
            if let Some(template) = Template::read(name, text) {
                templates.push(template?);
            } else if let Some(plan) = TerraformFile::read(name, text) {
                plans.push(plan?);
            } else {
                return Ok(None);
            }
        }
        Ok(Some(Self { templates, plans }))
    }

    /// The set, with what the user says about where its files are, and the values that are given for what they leave open.
    pub(super) fn placed(
        &self,
        homes: &SaidHomes,
        given: &[ParameterValue],
    ) -> Result<(TemplateSet<'_>, PlacedPlans<'_>), String> {
        let Self { templates, plans } = self;
        let files: Vec<&str> =
            templates.iter().map(Template::name).chain(plans.iter().map(TerraformFile::name)).collect();
        if let Some((option, why)) = homes.misplaced(&files, &plans.iter().collect::<Vec<_>>()).first() {
            return Err(format!("{option}: {why}"));
        }
        let (values, unused) = parameters::of_templates(given, &templates.iter().collect::<Vec<_>>());
        if let Some((option, why)) = unused.first().map(Unused::told) {
            return Err(format!("{option}: {why}"));
        }
        let said = |plan: &TerraformFile| SaidOfFile {
            values: parameters::of_plan(given, plan.name()),
            ..homes.of_terraform(plan.name())
        };
        let plans = plans.iter().map(|plan| (plan, said(plan))).collect();
        let of_templates = templates.iter().map(|template| homes.of(template.name())).collect();
        Ok((TemplateSet::said(templates, of_templates, values), plans))
    }

    /// What is not read of its templates, each with its place.
    pub(super) fn unread(&self, set: &TemplateSet<'_>) -> Vec<String> {
        let of_template = |index: usize| {
            let rows = set.unread(index).into_iter();
            rows.map(|row| format!("{}: {}", row.source.at(row.location.offset.start), row.message))
        };
        let parts = (0..self.templates.len()).flat_map(of_template);
        let nested = self.templates.iter().flat_map(Template::nested);
        let unread = nested.filter(|stack| !stack.is_given(self.templates.iter().map(Template::name)));
        parts.chain(unread.map(|stack| format!("{}: {}", stack.at, stack.unread()))).collect()
    }
}
