//! Templates and plans as one set.

use crate::files::homes::HomeOptions;
use crate::files::parameters::{self, OfPlans, ParameterValue, Unused};
use crate::files::template::{FileOptions, Template, TemplateSet, TerraformFile};

/// Templates, and plans and states of Terraform.
pub(super) struct Resources {
    templates: Vec<Template>,
    plans: Vec<TerraformFile>,
}

/// Plans, with what is said about each.
pub(super) type PlacedPlans<'r> = Vec<(&'r TerraformFile, FileOptions)>;

impl Resources {
    /// Templates and plans, if all texts are some. Values are for these only.
    pub(super) fn read(texts: &[(String, String)], given: &[ParameterValue]) -> Result<Option<Self>, String> {
        let (mut templates, mut plans) = (Vec::new(), Vec::new());
        for (name, text) in texts {
            if let Some(template) = Template::read(name, text) {
                templates.push(template.map_err(|problem| problem.to_string())?);
            } else if let Some(plan) = TerraformFile::read(name, text) {
                plans.push(plan.map_err(|problem| problem.to_string())?);
            } else if given.is_empty() {
                return Ok(None);
            } else {
                return Err("`--parameter` is for templates and plans".to_owned());
            }
        }
        Ok(Some(Self { templates, plans }))
    }

    /// The set, with what the user says about where its files are, and the values that are given for what they leave open.
    pub(super) fn placed(
        &self,
        homes: &HomeOptions,
        given: &[ParameterValue],
    ) -> Result<(TemplateSet<'_>, PlacedPlans<'_>), String> {
        let Self { templates, plans } = self;
        let files: Vec<&str> =
            templates.iter().map(Template::name).chain(plans.iter().map(TerraformFile::name)).collect();
        if let Some((option, why)) = homes.misplaced(&files, &plans.iter().collect::<Vec<_>>()).first() {
            return Err(format!("{option}: {why}"));
        }
        let of_plans = OfPlans::of(given, &plans.iter().collect::<Vec<_>>());
        let (values, unused) = parameters::of_templates(given, &templates.iter().collect::<Vec<_>>(), &of_plans);
        // A secret stays open, and is judged as such.
        if let Some((option, why)) = unused.iter().find(|unused| unused.is_unknown()).map(Unused::told) {
            return Err(format!("{option}: {why}"));
        }
        let said = |plan: &TerraformFile| FileOptions {
            values: parameters::of_plan(given, plan.name()),
            ..homes.of_terraform(plan.name())
        };
        let plans = plans.iter().map(|plan| (plan, said(plan))).collect();
        let of_templates = templates.iter().map(|template| homes.of_template(template.name())).collect();
        Ok((TemplateSet::said(templates, of_templates, values), plans))
    }

    /// What is not read of its templates, each with its place.
    pub(super) fn unread(&self) -> Vec<String> {
        let all: Vec<&Template> = self.templates.iter().collect();
        let unread = self.templates.iter().flat_map(|template| template.unread(&all));
        unread.map(|unread| format!("{}: {}", unread.at(), unread.message)).collect()
    }
}
