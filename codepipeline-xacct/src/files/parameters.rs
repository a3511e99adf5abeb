//! Values that a user gives for what templates and plans leave open.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;

use super::template::{GivenValues, Template, TerraformFile, outside_keys};

/// The value of a parameter of a template or of an attribute of a plan, or what a resource is called.
#[derive(Debug, Clone)]
pub(crate) struct ParameterValue {
    /// Its name, after the file and a colon where it is for one template.
    pub(crate) name: String,
    pub(crate) value: String,
}

impl FromStr for ParameterValue {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        // The key of an instance may have one.
        let end = outside_keys(text, '=').next().or_else(|| text.find('=')).ok_or("write `<name>=<value>`")?;
        let (name, value) = (text.get(..end).unwrap_or_default(), text.get(end + 1..).unwrap_or_default());
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }
}

impl ParameterValue {
    /// The name in a file, if the option is for that file.
    fn name_in(&self, file: &str) -> Option<&str> {
        self.name.strip_prefix(file)?.strip_prefix(':')
    }
}

/// Why a value is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Because {
    NotInPlans,
    NotInTemplates,
    /// There are both.
    Nowhere,
    NoEcho,
}

/// A value that is not used.
pub(crate) struct Unused<'g> {
    parameter: &'g ParameterValue,
    because: Because,
}

impl Unused<'_> {
    /// Whether nothing has its name.
    pub(crate) fn is_unknown(&self) -> bool {
        self.because != Because::NoEcho
    }

    /// The option as it was given, and why it says nothing.
    pub(crate) fn told(&self) -> (String, String) {
        let why = match self.because {
            Because::NotInPlans => "no plan has a resource, or a reference, of this name",
            Because::NotInTemplates => "no template has a parameter or a resource of this name",
            Because::Nowhere => {
                "no template has a parameter or a resource of this name, and no plan a resource or a reference"
            }
            Because::NoEcho => "this is `NoEcho`, and stays a parameter",
        };
        (format!("--parameter {}", self.parameter.name), why.to_owned())
    }
}

/// What of the given values plans have.
pub(crate) struct OfPlans {
    /// Whether there are plans.
    any: bool,
    names: HashSet<String>,
}

impl OfPlans {
    pub(crate) fn of(given: &[ParameterValue], plans: &[&TerraformFile]) -> Self {
        let is_in = |parameter: &ParameterValue| {
            let own = plans.iter().find_map(|plan| Some(plan.has(parameter.name_in(plan.name())?)));
            own.unwrap_or_else(|| plans.iter().any(|plan| plan.has(&parameter.name)))
        };
        let names = given.iter().filter(|parameter| is_in(parameter)).map(|parameter| parameter.name.clone()).collect();
        Self { any: !plans.is_empty(), names }
    }
}

/// The values for templates, and those that neither they nor the plans use.
pub(crate) fn of_templates<'g>(
    given: &'g [ParameterValue],
    templates: &[&Template],
    plans: &OfPlans,
) -> (GivenValues, Vec<Unused<'g>>) {
    let (mut said, mut unused) = (GivenValues::new(), Vec::new());
    for parameter in given {
        let of_file = templates.iter().position(|template| parameter.name_in(template.name()).is_some());
        // An attribute of a resource of a template, and others, such as an import, are set as the message that asks for them says.
        let only_of_plans = plans.any && (templates.is_empty() || parameter.name.contains("[\""));
        let mut known = plans.names.contains(&parameter.name) || !only_of_plans && parameter.name.contains([':', '.']);
        for (index, template) in templates.iter().enumerate() {
            let name = match of_file {
                Some(file) if file != index => continue,
                _ => parameter.name_in(template.name()).unwrap_or(&parameter.name),
            };
            known = known || template.declares(name) || template.refers_to(name);
            if template.hides(name) {
                unused.push(Unused { parameter, because: Because::NoEcho });
                continue;
            }
            said.insert((index, name.to_owned()), parameter.value.clone());
        }
        if !known {
            let because = match (only_of_plans, plans.any) {
                (true, _) => Because::NotInPlans,
                (false, true) => Because::Nowhere,
                (false, false) => Because::NotInTemplates,
            };
            unused.push(Unused { parameter, because });
        }
    }
    (said, unused)
}

/// The values for a plan or a state.
pub(crate) fn of_plan(given: &[ParameterValue], file: &str) -> HashMap<String, String> {
    let value = |said: &ParameterValue| (said.name_in(file).unwrap_or(&said.name).to_owned(), said.value.clone());
    given.iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_value_ends_at_the_first_equals_sign_outside_a_key() {
        for (text, name, value) in [
            ("Stage=a=b", "Stage", "a=b"),
            (r#"aws_iam_role.x["a=b"]=arn"#, r#"aws_iam_role.x["a=b"]"#, "arn"),
            (r#"aws_iam_role.x["a\"=b"].arn=c["=d"]"#, r#"aws_iam_role.x["a\"=b"].arn"#, r#"c["=d"]"#),
            (r#"Quote="a"=b"#, "Quote", r#""a"=b"#),
            ("a[b=c", "a[b", "c"),
            ("Empty=", "Empty", ""),
        ] {
            let read: ParameterValue = text.parse().unwrap();
            assert_eq!((read.name.as_str(), read.value.as_str()), (name, value), "{text}");
        }
        assert!("Stage".parse::<ParameterValue>().is_err());
    }
}
