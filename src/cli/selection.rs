//! Which scenarios run: by `--tags`, and by what the target allows.

use super::targets::Destination;
use crate::feature::derived::IN_QUERY;
use crate::feature::source::Listed;
use crate::project::Site;
use cucumber::tag::Ext as _;
use gherkin::tagexpr::TagOperation;

/// What becomes of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// It runs.
    Runs,
    /// `--tags` did not ask for it.
    NotAsked,
    /// It was asked for and cannot run here: why.
    NotHere(String),
}

/// Decides about a scenario.
pub fn choose(listed: &Listed, tags: Option<&TagOperation>, destination: &Destination, site: Option<&Site>) -> Choice {
    if tags.is_some_and(|expression| !expression.eval(&listed.tags)) {
        return Choice::NotAsked;
    }
    let Some(site) = site else { return Choice::Runs };
    if listed.has("fake") {
        return Choice::NotHere("@fake: it steers the fake".to_owned());
    }
    if listed.has("writes") && !destination.target.writes {
        return Choice::NotHere(format!("@writes: the target {} does not allow it", destination.name));
    }
    if site.open && listed.about_credentials {
        return Choice::NotHere(format!("the target {} asks for no credential", destination.name));
    }
    if listed.has(IN_QUERY) && listed.derived && !destination.target.allow_query {
        let reason = "the target does not allow secrets in the query: they are logged by design";
        return Choice::NotHere(reason.to_owned());
    }
    // The project's settings were checked when they were read.
    let expression: Option<(&str, TagOperation)> =
        site.tags.as_deref().and_then(|text| Some((text, text.parse().ok()?)));
    match expression {
        Some((text, expression)) if !expression.eval(&listed.tags) => {
            Choice::NotHere(format!("the target {} runs only {text}", destination.name))
        }
        _ => Choice::Runs,
    }
}
