//! Templates that belong together.

use std::collections::{BTreeMap, HashMap};

use super::accounts::{Guessed, guessed, told};
use super::assignments::{assignments, undecided};
use super::conditions::made;
use super::declaration::{Converted, Open, convert, writes_partitions};
use super::document::{PIPELINE, Resource, Template};
use super::exports::{Exports, exports, joined};
use super::guess::{Guess, guesses, told_of};
use super::nesting::Nesting;
use super::node::{Node, NodeKind};
use super::notes::has_macro;
use super::resolve::{Assignment, Facts, GivenValues, Resolver};
use super::value::{Resolved, ResolvedKind};
use crate::core::check::files::Home;
use crate::core::check::symbol::{name_of, scope_of};
use crate::core::check::unknown::is_unknown;
use crate::core::ids::Region;
use crate::core::rules;
use crate::files::source_file::{Part, SourceFile};
use crate::files::spelling::Spelling;

/// Where a template is, as the user says it.
#[derive(Debug, Clone, Default)]
pub(crate) struct GivenHome {
    pub(crate) home: Home,
    /// Whether the account is said of this template, and not of all files.
    pub(crate) own_account: bool,
}

/// Templates that belong together: what they export to each other is looked up.
pub(crate) struct TemplateSet<'t> {
    pub(super) templates: &'t [Template],
    pub(super) exports: Exports<'t>,
    pub(super) groups: Vec<usize>,
    pub(super) homes: Vec<Home>,
    /// Whether a pipeline tells the account of each template.
    told: Vec<bool>,
    /// Symbols of values that have another symbol, or are known.
    pub(super) alike: HashMap<String, String>,
    /// What the user says, and what nested stacks are passed and give back.
    pub(super) said: GivenValues,
    /// The same without placeholders, where there are some.
    without_stand_ins: Option<GivenValues>,
    pub(super) nesting: Nesting<'t>,
    /// What is guessed about its accounts.
    pub(super) guesses: Vec<Guess>,
    certain: Option<Box<Self>>,
}

impl<'t> TemplateSet<'t> {
    /// With a home for each template that doesn't tell, and values of parameters and names of resources. An account that is said of one template holds,
    /// whatever other templates name; one that is said of all files is that of templates for which nothing else tells another.
    pub(crate) fn said(templates: &'t [Template], given: Vec<GivenHome>, said: GivenValues) -> Self {
        Self::guessing(templates, &given, &said, None)
    }

    /// The same with placeholders for what nobody says. They decide no condition.
    pub(crate) fn with_stand_ins(
        templates: &'t [Template],
        given: Vec<GivenHome>,
        mut said: GivenValues,
        stand_ins: &GivenValues,
    ) -> Self {
        let certain = Self::guessing(templates, &given, &said, None);
        if stand_ins.is_empty() {
            return certain;
        }
        said.extend(stand_ins.clone());
        Self::guessing(templates, &given, &said, Some(&certain.said))
    }

    fn guessing(
        templates: &'t [Template],
        given: &[GivenHome],
        said: &GivenValues,
        without: Option<&GivenValues>,
    ) -> Self {
        let mut certain = Self::placed(templates, given, said, without, &Guessed::default());
        let guessed = guessed(certain.facts());
        let is_open = |group: &usize| {
            let of_group = certain.groups.iter().zip(given).zip(&certain.told);
            of_group.filter(|((of, _), _)| *of == group).all(|((_, given), told)| !given.own_account && !told)
        };
        let accounts = guessed.accounts.into_iter().filter(|(group, _)| is_open(group)).collect();
        // Of a template whose account is given, what names its role tells by that which account it means.
        let is_known = |group: &usize| {
            let mut of_group = certain.groups.iter().zip(&certain.homes).filter(|(of, _)| *of == group);
            of_group.any(|(_, home)| home.account.is_some())
        };
        let (known, symbols): (BTreeMap<_, _>, BTreeMap<_, _>) =
            guessed.symbols.into_iter().partition(|(_, group)| is_known(group));
        let known = Guessed { symbols: known, ..Guessed::default() };
        if !known.symbols.is_empty() {
            certain = Self::placed(templates, given, said, without, &known);
        }
        let mut guessed = Guessed { accounts, symbols };
        certain.guesses = guesses(templates, &certain.groups, &guessed);
        guessed.symbols.extend(known.symbols);
        if certain.guesses.is_empty() {
            return certain;
        }
        let set = Self::placed(templates, given, said, without, &guessed);
        Self { guesses: std::mem::take(&mut certain.guesses), certain: Some(Box::new(certain)), ..set }
    }

    fn placed(
        templates: &'t [Template],
        given: &[GivenHome],
        said: &GivenValues,
        without: Option<&GivenValues>,
        guessed: &Guessed,
    ) -> Self {
        let homes: Vec<Home> = given.iter().map(|given| given.home.clone()).collect();
        let (alike, nesting) = (HashMap::new(), Nesting::of(templates));
        let (no_exports, nested) = (Exports::new(), nesting.groups(templates.len()));
        let first = Facts {
            templates,
            groups: &nested,
            exports: &no_exports,
            homes: &homes,
            alike: &alike,
            said,
            certain: without,
        };
        // What is passed may be a part of the name of what is exported, and what is imported may be passed.
        let passed = nesting.values(first);
        let exports = exports(templates, &homes, &passed);
        let groups = joined(nested.clone(), Facts { exports: &exports, said: &passed, ..first });
        let none = Assignment::new();
        let first = Facts { groups: &groups, exports: &exports, ..first };
        let passed = nesting.values(first);
        let of_pipelines = told(Facts { said: &passed, ..first });
        let told: Vec<bool> = groups.iter().map(|group| of_pipelines.contains_key(group)).collect();
        let mut known = homes.clone();
        let own = groups.iter().zip(given).filter(|(_, given)| given.own_account);
        let own: HashMap<usize, &Home> = own.map(|(group, given)| (*group, &given.home)).collect();
        let regions: HashMap<usize, &Region> =
            groups.iter().zip(&homes).filter_map(|(group, home)| Some((*group, home.region.as_ref()?))).collect();
        for (home, group) in known.iter_mut().zip(&groups) {
            let told = of_pipelines.get(group).or_else(|| guessed.accounts.get(group));
            home.account = match own.get(group) {
                Some(own) => own.account.clone(),
                None => told.cloned().or(home.account.take()),
            };
            home.region = home.region.take().or(regions.get(group).copied().cloned());
        }
        // The placeholder for the account of another template is what that template writes for it.
        let first = Facts { homes: &known, ..first };
        let account = |group: usize| {
            let template = groups.iter().position(|of| *of == group)?;
            Some(Resolver::new(first, template, &none).account())
        };
        let symbols = guessed.symbols.iter();
        let alike = symbols.filter_map(|(symbol, group)| Some((symbol.clone(), account(*group)?))).collect();
        let said = nesting.values(Facts { homes: &known, alike: &alike, ..first });
        let (guesses, certain, without_stand_ins) = (Vec::new(), None, without.cloned());
        Self {
            templates,
            exports,
            groups,
            homes: known,
            told,
            alike,
            said,
            without_stand_ins,
            nesting,
            guesses,
            certain,
        }
    }

    fn facts(&self) -> Facts<'_> {
        let Self { templates, exports, groups, homes, alike, said, .. } = self;
        Facts { templates, groups, exports, homes, alike, said, certain: self.without_stand_ins.as_ref() }
    }

    /// What is guessed about its accounts, in words.
    pub(crate) fn guessed(&self) -> Option<String> {
        (!self.guesses.is_empty()).then(|| told_of(&self.guesses))
    }

    /// The templates whose accounts are guessed, and in words what is guessed.
    pub(crate) fn guessed_accounts(&self) -> impl Iterator<Item = (&str, String)> {
        self.guesses.iter().filter_map(|guess| match guess {
            Guess::Account { file, .. } => Some((file.as_str(), told_of(std::slice::from_ref(guess)))),
            Guess::Symbol { .. } => None,
        })
    }

    /// The same without what is guessed, if something is.
    pub(crate) fn certain(&self) -> Option<&Self> {
        self.certain.as_deref()
    }

    pub(super) fn resolver<'s>(&'s self, template: usize, assignment: &'s Assignment) -> Resolver<'s> {
        Resolver::new(self.facts(), template, assignment)
    }

    /// The conditions of a template that are decided.
    pub(super) fn decided(&self, template: usize) -> Assignment {
        self.resolver(template, &Assignment::new()).decided()
    }

    /// The pipelines of a template, each in the ways in which its conditions may turn out.
    pub(crate) fn pipelines(&self, template: usize) -> Vec<Vec<SourceFile>> {
        let Some(document) = self.templates.get(template) else { return Vec::new() };
        let none = Assignment::new();
        let ways = document.of_kind(PIPELINE).map(|pipeline| self.ways(template, document, pipeline, &none));
        ways.map(|ways| ways.into_iter().map(|(_, way)| way).collect()).collect()
    }

    /// The pipelines of all templates that are made, each in the ways in which conditions that are not decided may turn out.
    pub(super) fn all_ways(&self) -> Vec<Vec<(Assignment, SourceFile)>> {
        let mut all = Vec::new();
        for (index, template) in self.templates.iter().enumerate() {
            let decided = self.decided(index);
            let pipelines = template.of_kind(PIPELINE).filter(|pipeline| made(*pipeline, &decided).is_ok());
            all.extend(pipelines.map(|pipeline| self.ways(index, template, pipeline, &decided)));
        }
        all
    }

    fn ways(
        &self,
        template: usize,
        document: &Template,
        pipeline: Resource<'_>,
        decided: &Assignment,
    ) -> Vec<(Assignment, SourceFile)> {
        let nothing = Node { range: pipeline.key.clone(), kind: NodeKind::Map(Vec::new()) };
        let properties = pipeline.node.get("Properties").unwrap_or(&nothing);
        let way = |assignment: Assignment| {
            let source = self.way(template, document, pipeline, &assignment, Open::Left);
            (assignment, source)
        };
        assignments(&undecided(properties, decided), decided).into_iter().map(way).collect()
    }

    /// Whether CloudFormation makes the name behind a symbol.
    pub(super) fn makes(&self, symbol: &str) -> bool {
        let template = scope_of(symbol).parse::<usize>().ok().and_then(|index| self.templates.get(index));
        template.is_some_and(|template| template.resource(&name_of(symbol)).is_some())
    }

    /// A pipeline in one of these ways.
    pub(super) fn way(
        &self,
        template: usize,
        document: &Template,
        pipeline: Resource<'_>,
        assignment: &Assignment,
        open: Open,
    ) -> SourceFile {
        let nothing = Node { range: pipeline.key.clone(), kind: NodeKind::Map(Vec::new()) };
        let resolver = self.resolver(template, assignment);
        let mut resolved = resolver.value(pipeline.node.get("Properties").unwrap_or(&nothing));
        if !matches!(resolved.kind, ResolvedKind::Map(_)) {
            // All of it is made by a transform.
            resolved.kind = ResolvedKind::Map(super::value::Members { open: true, ..Default::default() });
        }
        let (account, region) = (resolver.account(), resolver.region());
        let name = resolver.own(pipeline.id);
        let home = self.homes.get(template).cloned().unwrap_or_default();
        let partitions = home.region.is_some() || writes_partitions(&resolved, document.source.text());
        let Converted { value, tree, mut not_known, tags, beside } =
            convert(pipeline.id, pipeline.key, &resolved, &name, &region, open, partitions);
        if has_macro(document) {
            not_known.rules.extend([rules::XA0001.code, rules::XA0402.code]);
        }
        not_known.account = Some(account).filter(|account| is_unknown(account));
        not_known.region = Some(region).filter(|region| is_unknown(region));
        let path = format!("Resources.{}.Properties", pipeline.id);
        let id = pipeline.id.to_owned();
        let condition = pipeline.node.get("Condition").and_then(Node::text).map(str::to_owned);
        let always = pipeline.property("Name").map(|name| self.resolver(template, &Assignment::new()).value(name));
        let one_name = always.is_none_or(|always| always.scalar() == resolved.get("Name").and_then(Resolved::scalar));
        let spelling = Spelling::CloudFormation;
        let exists = false;
        let part = Part { id, spelling, path, not_known, home, condition, one_name, exists, tags, beside };
        document.source.part(part, value, tree)
    }
}
