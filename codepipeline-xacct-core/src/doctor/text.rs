//! A diagnosis as text: what was read, and a tree for each pipeline. `{:#}` has the commands.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Formatter};

use super::diagnosis::{
    ArtifactDiagnosis, Cause, Confidence, Diagnosis, Fix, HopDiagnosis, LinkDiagnosis, Moment, PipelineDiagnosis,
    Problem, Weight,
};
use super::reading::{Access, Basis};
use crate::sentences::counted;
use crate::wiring::Sign;

impl Display for Confidence {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Confidence::Verified => "verified",
            Confidence::Stated => "stated",
            Confidence::NotReadable => "not readable",
            Confidence::Undecided => "undecided",
        })
    }
}

impl Display for Moment {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Moment::WhenSaved => "CreatePipeline and UpdatePipeline are refused, and the stage fails when it runs",
            Moment::WhenRun => "the pipeline can be saved, and fails when the stage runs",
        })
    }
}

impl Display for Access {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.connected {
            let account = &self.account;
            return write!(
                f,
                "account {account}: not read, there are no credentials (--account-profile {account}=PROFILE)"
            );
        }
        write!(f, "account {}: ", self.account)?;
        let allowed: Vec<String> = self
            .calls
            .iter()
            .filter(|call| call.denied.is_none())
            .map(|call| format!("{} ×{}", call.operation, call.count))
            .collect();
        f.write_str(if allowed.is_empty() { "nothing" } else { "" })?;
        f.write_str(&allowed.join(", "))?;
        for call in &self.calls {
            if let Some(denied) = &call.denied {
                write!(f, "\n    failed: {}: {denied}", call.operation)?;
            }
        }
        Ok(())
    }
}

impl Display for Diagnosis {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.trees().fmt(f)?;
        writeln!(f, "\n{}", self.totals())
    }
}

impl Diagnosis {
    /// The text without its last line, for a part of a diagnosis.
    pub fn trees(&self) -> impl Display {
        Trees(self)
    }

    /// The last line of the text: how many hops fail, and what else is wrong.
    pub fn totals(&self) -> String {
        let signs = |sign| self.hops().filter(|hop| hop.sign == sign).count() + self.artifacts(sign);
        let unread = |missing| {
            let unread = self.pipelines.iter().filter_map(|pipeline| pipeline.unread.as_ref());
            unread.filter(|unread| unread.missing == missing).count()
        };
        let (failing, unknown) = (signs(Sign::Fails) + unread(true), signs(Sign::Unknown) + unread(false));
        let count = |weight| {
            let problems = self.pipelines.iter().flat_map(|pipeline| &pipeline.problems);
            problems.filter(|problem| problem.weight == weight).count()
        };
        let (pipelines, hops) = (self.pipelines.len(), self.hops().count());
        format!(
            "{}, {}: {failing} ✗, {unknown} ?; {}, {}",
            counted(pipelines, "pipeline"),
            counted(hops, "hop"),
            counted(count(Weight::Error), "more error"),
            counted(count(Weight::Warning), "warning"),
        )
    }
}

/// What is out of reach, which is told once for each pipeline.
type Told<'a> = BTreeSet<&'a str>;

struct Trees<'a>(&'a Diagnosis);

impl Display for Trees<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(diagnosis) = self;
        if diagnosis.basis == Basis::Read {
            writeln!(f, "read:")?;
            for access in &diagnosis.access {
                writeln!(f, "  {access}")?;
            }
        } else {
            writeln!(f, "nothing was read from accounts; this is what the files state")?;
        }
        for pipeline in &diagnosis.pipelines {
            writeln!(f)?;
            tree(pipeline, f)?;
        }
        Ok(())
    }
}

fn tree(pipeline: &PipelineDiagnosis, f: &mut Formatter<'_>) -> fmt::Result {
    writeln!(f, "{}", pipeline.pipeline)?;
    if let Some(unread) = &pipeline.unread {
        let sign = if unread.missing { Sign::Fails } else { Sign::Unknown };
        return writeln!(f, "  {} {}", sign.as_char(), unread.why);
    }
    let told = &mut Told::new();
    if let Some(service) = &pipeline.service {
        writeln!(f, "  {}", service.from)?;
        hop(service, 1, told, f)?;
    }
    for link in &pipeline.links {
        self::link(link, told, f)?;
    }
    if !pipeline.artifacts.is_empty() {
        writeln!(f, "  artifacts")?;
    }
    for found in &pipeline.artifacts {
        artifacts(found, told, f)?;
    }
    for problem in &pipeline.problems {
        self::problem(problem, told, f)?;
    }
    Ok(())
}

fn artifacts<'a>(found: &'a ArtifactDiagnosis, told: &mut Told<'a>, f: &mut Formatter<'_>) -> fmt::Result {
    let ArtifactDiagnosis { role, what, actions, sign, confidence, .. } = found;
    writeln!(f, "    {role}")?;
    writeln!(f, "    └─ {} uses {what}: {} ({confidence})", sign.as_char(), actions.join(", "))?;
    causes(&found.causes, *sign, "    ", told, f)?;
    until(found.moment, "    ", f)
}

fn link<'a>(link: &'a LinkDiagnosis, told: &mut Told<'a>, f: &mut Formatter<'_>) -> fmt::Result {
    writeln!(f, "  stage \"{}\", action \"{}\"", link.stage, link.name)?;
    for (depth, found) in link.hops.iter().enumerate() {
        if depth == 0 {
            writeln!(f, "    {}", found.from)?;
        }
        hop(found, depth + 2, told, f)?;
    }
    Ok(())
}

fn hop<'a>(hop: &'a HopDiagnosis, depth: usize, told: &mut Told<'a>, f: &mut Formatter<'_>) -> fmt::Result {
    let indent = "  ".repeat(depth);
    writeln!(f, "{indent}└─ {} {} {} ({})", hop.sign.as_char(), verb(hop), hop.to, hop.confidence)?;
    causes(&hop.causes, hop.sign, &indent, told, f)?;
    until(hop.moment, &indent, f)
}

fn causes<'a>(
    causes: &'a [Cause],
    sign: Sign,
    indent: &str,
    told: &mut Told<'a>,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    for cause in causes {
        if !cause.reason.is_empty() {
            writeln!(f, "{indent}     {}", cause.reason)?;
        }
        if sign != Sign::Works || f.alternate() {
            for deciding in &cause.decided_by {
                writeln!(f, "{indent}     {}: {}", deciding.how(sign == Sign::Fails), deciding.describe())?;
            }
        }
        fix(&cause.fix, indent, told, f)?;
    }
    Ok(())
}

fn until(moment: Option<Moment>, indent: &str, f: &mut Formatter<'_>) -> fmt::Result {
    match moment {
        Some(moment) => writeln!(f, "{indent}     until then: {moment}"),
        None => Ok(()),
    }
}

fn verb(hop: &HopDiagnosis) -> &'static str {
    match hop.hop {
        crate::wiring::Hop::ServiceTrust | crate::wiring::Hop::Assume => "assumes",
        crate::wiring::Hop::Start => "starts",
    }
}

fn fix<'a>(fix: &'a Fix, indent: &str, told: &mut Told<'a>, f: &mut Formatter<'_>) -> fmt::Result {
    match fix {
        Fix::None => Ok(()),
        Fix::Words(words) => writeln!(f, "{indent}     fix: {words}"),
        Fix::OutOfReach(who) if !told.insert(who) => writeln!(f, "{indent}     no fix here helps, as above"),
        Fix::OutOfReach(who) => writeln!(f, "{indent}     no fix here helps: {who}"),
        Fix::Changes(changes) => {
            for change in changes {
                writeln!(f, "{indent}     fix in account {}: {}: {}", change.account, change.what, change.json)?;
                if let (true, Some(command)) = (f.alternate(), &change.command) {
                    writeln!(f, "{indent}       # account {}\n{indent}       {command}", change.account)?;
                }
            }
            Ok(())
        }
    }
}

fn problem<'a>(problem: &'a Problem, told: &mut Told<'a>, f: &mut Formatter<'_>) -> fmt::Result {
    let (sign, word) = match problem.weight {
        Weight::Error => ('✗', "error"),
        Weight::Warning => ('!', "warning"),
        Weight::Note => ('·', "note"),
    };
    writeln!(f, "  {sign} {word}[{}] {}: {}", problem.code, problem.place, problem.message)?;
    if let Some(moment) = problem.moment {
        writeln!(f, "       {moment}")?;
    }
    fix(&problem.fix, "  ", told, f)
}
