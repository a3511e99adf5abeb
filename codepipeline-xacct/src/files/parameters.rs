//! Values that a user gives for what templates and plans leave open.

use std::collections::HashMap;
use std::str::FromStr;

use super::template::{GivenValues, Template};

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
        let (name, value) = text.split_once('=').ok_or("write `<name>=<value>`")?;
        Ok(Self { name: name.to_owned(), value: value.to_owned() })
    }
}

impl ParameterValue {
    /// The name in a file, if the option is for that file.
    fn name_in(&self, file: &str) -> Option<&str> {
        self.name.strip_prefix(file)?.strip_prefix(':')
    }
}

/// A value that is not used.
pub(crate) struct Unused<'g> {
    pub(crate) parameter: &'g ParameterValue,
    /// Whether that is because nothing has its name.
    pub(crate) is_unknown: bool,
}

impl Unused<'_> {
    /// The option as it was given, and why it says nothing.
    pub(crate) fn told(&self) -> (String, String) {
        let why = match self.is_unknown {
            true => "no template has a parameter or a resource of this name",
            false => "this is `NoEcho`, and stays a parameter",
        };
        (format!("--parameter {}", self.parameter.name), why.to_owned())
    }
}

/// The values for templates, and those that are not used.
pub(crate) fn of_templates<'g>(given: &'g [ParameterValue], templates: &[&Template]) -> (GivenValues, Vec<Unused<'g>>) {
    let (mut said, mut unused) = (GivenValues::new(), Vec::new());
    for parameter in given {
        let of_file = templates.iter().position(|template| parameter.name_in(template.name()).is_some());
        // Attributes of resources of Terraform, and others, such as an import, are set as the message that asks for them says.
        let mut known = parameter.name.contains([':', '.']);
        for (index, template) in templates.iter().enumerate() {
            let name = match of_file {
                Some(file) if file != index => continue,
                _ => parameter.name_in(template.name()).unwrap_or(&parameter.name),
            };
            known = known || template.declares(name) || template.refers_to(name);
            if template.hides(name) {
                unused.push(Unused { parameter, is_unknown: false });
                continue;
            }
            said.insert((index, name.to_owned()), parameter.value.clone());
        }
        if !known {
            unused.push(Unused { parameter, is_unknown: true });
        }
    }
    (said, unused)
}

/// The values for a plan or a state.
pub(crate) fn of_plan(given: &[ParameterValue], file: &str) -> HashMap<String, String> {
    let value = |said: &ParameterValue| (said.name_in(file).unwrap_or(&said.name).to_owned(), said.value.clone());
    given.iter().map(value).collect()
}
