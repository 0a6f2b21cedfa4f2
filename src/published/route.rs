//! Which operation of the document is which of the contract: by method and path, whatever the parameters are called.

use super::seen::Seen;
use super::{Aspect, Blame, Disagreement, Served};
use crate::contract::Contract;
use crate::contract::operation::{Operation, PathTemplate};
use crate::exchange::Location;
use crate::settings::nearest;
use indexmap::IndexMap;

/// How the document has an operation of the contract.
pub enum Found<'d> {
    /// As this one.
    Same(&'d Operation),
    /// Within a route that takes every path below its own: the document says nothing of it.
    CatchAll,
    /// Otherwise.
    Not(Departs),
}

/// How the document departs in path or method.
pub enum Departs {
    /// The path has these methods.
    Method(Vec<String>),
    /// The operation stands at these paths.
    Path(Vec<String>),
    /// There is none; the path that looks most like it.
    Absent(Option<String>),
}

/// The document's operations by their whole paths.
pub struct Routes<'a> {
    served: Served<'a>,
    /// Each operation with its whole path, and the same with nameless parameters.
    theirs: Vec<(&'a Operation, String, String)>,
}

impl<'a> Routes<'a> {
    /// The routes of a document: its operations below the first of its servers.
    pub fn of(served: Served<'a>, document: &'a Contract) -> Self {
        let server = document.server.path(&IndexMap::new()).unwrap_or_default();
        let theirs = document.operations.values().map(|operation| {
            let whole = format!("{server}{}", operation.template.as_str());
            (operation, whole.clone(), nameless(&whole))
        });
        Self { served, theirs: theirs.collect() }
    }

    /// The paths at which the document may rightly have the operation: with the prefix that only this target has, or without.
    fn paths(&self, ours: &Operation) -> [String; 2] {
        let below = format!("{}{}", self.served.server_path, ours.template.as_str());
        [nameless(&format!("{}{below}", self.served.prefix)), nameless(&below)]
    }

    /// How the document has an operation.
    pub fn find(&self, ours: &Operation) -> Found<'a> {
        let paths = self.paths(ours);
        let at_path: Vec<_> = self.theirs.iter().filter(|(.., path)| paths.contains(path)).collect();
        if let Some((theirs, ..)) = at_path.iter().find(|(theirs, ..)| theirs.method == ours.method) {
            return Found::Same(theirs);
        }
        if !at_path.is_empty() {
            return Found::Not(Departs::Method(at_path.iter().map(|(theirs, ..)| theirs.method.clone()).collect()));
        }
        if self.theirs.iter().any(|(theirs, _, path)| takes_all_below(theirs, path, &paths)) {
            return Found::CatchAll;
        }
        let same_method = || self.theirs.iter().filter(|(theirs, ..)| theirs.method == ours.method);
        let tail = nameless(ours.template.as_str());
        let tail = tail.trim_end_matches('/');
        let elsewhere =
            same_method().filter(|(.., path)| !tail.is_empty() && path.trim_end_matches('/').ends_with(tail));
        let elsewhere: Vec<String> = elsewhere.map(|(_, whole, _)| whole.clone()).collect();
        if elsewhere.is_empty() {
            let whole = format!("{}{}", self.served.server_path, ours.template.as_str());
            let near = nearest(&whole, same_method().map(|(_, whole, _)| whole.as_str()));
            return Found::Not(Departs::Absent(near.map(str::to_owned)));
        }
        Found::Not(Departs::Path(elsewhere))
    }

    /// Where the document has none of several operations, this is said once.
    pub fn nothing_in_common(&self) -> Option<Disagreement> {
        let operations = &self.served.contract.operations;
        let absent = |ours: &Operation| matches!(self.find(ours), Found::Not(Departs::Absent(_)));
        let (_, first) = operations.first().filter(|_| operations.len() > 1)?;
        operations.values().all(absent).then(|| Disagreement {
            operation: None,
            aspect: Aspect::Path,
            location: Location::Path,
            contract: format!("{} operations", operations.len()),
            document: "none of them".to_owned(),
            blame: Blame::Nobody,
            place: first.place.clone(),
        })
    }

    /// The disagreement about path or method.
    pub fn disagreement(&self, ours: &Operation, seen: &Seen, departs: Departs) -> Disagreement {
        let path = format!("{}{}", self.served.server_path, ours.template.as_str());
        let line = format!("{} {path}", ours.method);
        let (aspect, location, document) = match departs {
            Departs::Method(methods) => (Aspect::Method, Location::Method, format!("{} {path}", methods.join(", "))),
            Departs::Path(paths) => (Aspect::Path, Location::Path, format!("{} {}", ours.method, paths.join(" and "))),
            Departs::Absent(Some(near)) => {
                (Aspect::Path, Location::Path, format!("no such operation; the nearest is {} {near}", ours.method))
            }
            Departs::Absent(None) => (Aspect::Path, Location::Path, "no such operation".to_owned()),
        };
        let blame = match seen.is_served() {
            Some(true) => Blame::Document(format!("the provider serves {line}")),
            Some(false) => Blame::Contract(format!("the provider does not serve {line}")),
            None => Blame::Nobody,
        };
        let place = ours.place.clone();
        Disagreement { operation: Some(ours.id.clone()), aspect, location, contract: line, document, blame, place }
    }
}

fn nameless(path: &str) -> String {
    PathTemplate::parse(path).fill(&|_| "{}".to_owned())
}

/// Whether a route ends with a parameter that is a path, as frameworks write `/files/{path}`.
fn takes_all_below(theirs: &Operation, path: &str, paths: &[String; 2]) -> bool {
    let is_path = theirs.template.parameters().last().is_some_and(|name| name.to_ascii_lowercase().contains("path"));
    let above = path.strip_suffix("{}").filter(|_| is_path);
    above.is_some_and(|above| paths.iter().any(|path| path.starts_with(above)))
}
