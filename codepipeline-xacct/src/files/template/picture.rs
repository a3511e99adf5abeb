//! The picture of what templates and plans declare, with the proof of its wiring.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::certain::Certain;
use super::chains::{ActionWiring, actions, service};
use super::declared::Declared;
use super::missing_options::missing;
use super::set::TemplateSet;
use super::terraform::TerraformFile;
use super::terraform_home::FileOptions;
use crate::core::check::symbol::{Part, name_of, parts, shown, symbols};
use crate::core::finding::Place;
use crate::core::graph::{DeclaredLink, DeclaredPipeline, Graph, Named, of_declared};
use crate::core::ids::{PipelineArn, RoleArn};
use crate::core::wiring::{Hop, Sign};
use crate::files::source_file::SourceFile;

/// The picture, and what is not in it.
pub(crate) struct Picture {
    pub(crate) graph: Graph,
    /// Each with its place and why.
    pub(crate) left_out: Vec<String>,
    /// The names that are drawn in the place of ones that are not known, and how to say these.
    pub(crate) stand_ins: Option<String>,
}

/// Draws pipelines as one set, where their accounts and Regions are known. What conditions choose is drawn in the first way in which they may turn out.
pub(crate) fn picture(templates: &TemplateSet<'_>, plans: &[(&TerraformFile, FileOptions)]) -> Picture {
    let declared = Declared::of(templates, plans);
    let certain = Certain::of(templates, plans);
    let makes = |symbol: &str| templates.makes(symbol);
    let (mut names, mut drawn, mut left_out) = (DrawnNames::of(&declared), Vec::new(), Vec::new());
    let mut places: HashMap<PipelineArn, String> = HashMap::new();
    for source in declared.pipelines.iter().filter_map(|ways| ways.first()).map(|(_, source)| source) {
        let Some(runs) = service(source, &declared, &makes) else {
            left_out.push(format!("{}: its service role is not known", place(source)));
            continue;
        };
        let Some(pipeline) = names.pipeline(runs.parts().pipeline) else {
            let arn = runs.parts().pipeline;
            let why = match missing(open(arn)) {
                _ if open(arn).next().is_none() => why("it", arn, "pipeline"),
                none if none.is_empty() => {
                    "its account or its Region is not known: give `--account` and `--region`".to_owned()
                }
                options => format!("its account or its Region is not known{options}"),
            };
            left_out.push(format!("{}: {why}", place(source)));
            continue;
        };
        if let Some(first) = places.get(&pipeline.id) {
            left_out.push(format!("{}: the pipeline at {first} has its name, account and Region too", place(source)));
            continue;
        }
        places.insert(pipeline.id.clone(), place(source));
        let role = names.role(runs.parts().service);
        if role.is_none() {
            left_out.push(format!("{}: {}", place(source), why("its service role", runs.parts().service, "role")));
        }
        let service = role.map(|role| (role, sign(&certain.settled(runs.judged(BTreeMap::new())), Hop::ServiceTrust)));
        let stages = source.declaration().get("stages").and_then(|stages| stages.as_array()).into_iter().flatten();
        let stages = stages.map(|stage| shown(stage.get("name").and_then(|name| name.as_str()).unwrap_or_default()));
        let (stages, mut links) = (stages.collect(), Vec::new());
        for action in actions(source, &declared, &makes) {
            let (stage, name) = action.position();
            let name = shown(name);
            let parts = action.parts();
            let role = parts.action.map(|role| names.role(role));
            let target = parts.target.map(|target| names.pipeline(target));
            let not_known = match (&role, &target) {
                (Some(None), _) => parts.action.map(|arn| why("its role", arn, "role")),
                (_, Some(None)) => parts.target.map(|arn| why("what it starts", arn, "pipeline")),
                _ => None,
            };
            if let Some(why) = not_known {
                left_out.push(format!("{}: action `{name}`: {why}", place(source)));
                continue;
            }
            let wiring = certain.settled(action.judged(BTreeMap::new()));
            let (assume, start) = (sign(&wiring, Hop::Assume), sign(&wiring, Hop::Start));
            links.push(DeclaredLink {
                stage,
                action: name,
                role: role.flatten(),
                assume,
                target: target.flatten(),
                start,
            });
        }
        drawn.push(DeclaredPipeline { pipeline, stages, service, links });
    }
    Picture { graph: of_declared(drawn), left_out, stand_ins: names.told() }
}

fn place(source: &SourceFile) -> String {
    source.at_place(&Place::pipeline(""))
}

/// Why an ARN is not drawn: what of it is not known, or that it is none.
fn why(what: &str, arn: &str, of: &str) -> String {
    let mut open = open(arn).peekable();
    match open.peek() {
        Some(_) => format!("{what} is not known{}", missing(open)),
        None => format!("{what} is `{}`, which is not the ARN of a {of}", shown(arn)),
    }
}

/// The symbols because of which an ARN is not known: those that are not in the name alone, for which there is a name to draw.
fn open(arn: &str) -> impl Iterator<Item = &str> {
    let mut colons = 0;
    parts(arn).into_iter().filter_map(move |part| match part {
        Part::Text(text) => {
            colons += text.matches(':').count();
            None
        }
        Part::Symbol(symbol) => (colons < 5).then_some(symbol),
    })
}

fn sign(wiring: &ActionWiring, hop: Hop) -> Sign {
    let proof = wiring.report.as_ref().ok().and_then(|report| report.proof.hop(hop));
    proof.map_or(Sign::Unknown, |proof| Sign::from(&proof.verdict))
}

/// Names of AWS for names that only a deployment tells: what a template calls them.
struct DrawnNames {
    by_symbol: HashMap<String, String>,
    /// The symbols in what is drawn.
    drawn: BTreeSet<String>,
    /// The parts of ARNs that are written out.
    written: HashSet<String>,
}

impl DrawnNames {
    fn of(declared: &Declared) -> Self {
        let pipelines = declared.pipelines.iter().flatten();
        let names = pipelines.filter_map(|(_, source)| source.declaration().get("name")?.as_str());
        let arns = declared.roles.keys().map(String::as_str).chain(names);
        let written = arns.flat_map(|arn| arn.split([':', '/'])).map(str::to_owned).collect();
        Self { by_symbol: HashMap::new(), drawn: BTreeSet::new(), written }
    }

    /// Which names are stand-ins, and how to say the real ones.
    fn told(&self) -> Option<String> {
        let names = self.drawn.iter().filter_map(|symbol| Some(format!("`{}`", self.by_symbol.get(symbol)?)));
        let names: Vec<String> = names.collect();
        let wanted = missing(self.drawn.iter().map(String::as_str));
        (!names.is_empty()).then(|| format!("{}{wanted}", names.join(", ")))
    }

    fn pipeline(&mut self, arn: &str) -> Option<Named<PipelineArn>> {
        let id: PipelineArn = self.known(arn).parse().ok()?;
        self.drawn.extend(symbols(arn).map(str::to_owned));
        Some(Named { name: id.name().to_string(), id })
    }

    fn role(&mut self, arn: &str) -> Option<Named<RoleArn>> {
        let id: RoleArn = self.known(arn).parse().ok()?;
        self.drawn.extend(symbols(arn).map(str::to_owned));
        Some(Named { name: id.name().to_string(), id })
    }

    /// The ARN with a name for each symbol; it isn't one where more than a name is not known.
    fn known(&mut self, arn: &str) -> String {
        let mut known = String::new();
        for part in parts(arn) {
            match part {
                Part::Text(text) => known.push_str(text),
                Part::Symbol(symbol) => known.push_str(&self.name(symbol)),
            }
        }
        known
    }

    fn name(&mut self, symbol: &str) -> String {
        if let Some(known) = self.by_symbol.get(symbol) {
            return known.clone();
        }
        let plain = name_of(symbol).replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let taken = |name: &String| self.written.contains(name) || self.by_symbol.values().any(|known| known == name);
        let mut numbered = (2u32..).map(|number| format!("{plain}-{number}"));
        let name = if taken(&plain) { numbered.find(|name| !taken(name)).unwrap_or_default() } else { plain.clone() };
        self.by_symbol.insert(symbol.to_owned(), name.clone());
        name
    }
}
