//! Why a contract is broken: the drifts that explain its scenarios' findings, or the findings where no drift does.

use crate::site::feature::Prose;
use serde::Serialize;

/// Why a contract is broken at one place.
#[derive(Clone, Debug, Serialize)]
pub struct Causes {
    /// The place.
    pub label: String,
    /// Each cause, the one with the most scenarios first.
    pub causes: Vec<Cause>,
}

/// A cause.
#[derive(Clone, Debug, Serialize)]
pub struct Cause {
    /// Its code.
    pub code: String,
    /// Whether it is a drift; else it is a finding that no drift explains.
    pub drift: bool,
    /// What it says: a drift's sentences, or the meaning of a finding's code.
    pub sentences: Vec<String>,
    /// How many scenarios found it.
    pub scenarios: usize,
    /// The first of them: its address below the contract's folder, and its name.
    pub first: (String, String),
}

/// What the scenarios of a contract were broken by, place by place. What only remarks is left out.
pub fn of<'a>(proses: impl Iterator<Item = &'a Prose>) -> Vec<Causes> {
    let mut all: Vec<Causes> = Vec::new();
    for prose in proses {
        for case in prose.rules.iter().flat_map(|rule| &rule.scenarios) {
            for told in &case.told {
                let mut counted: Vec<&str> = Vec::new();
                for found in told.findings.iter().filter(|found| !found.remark) {
                    let (code, sentence) =
                        found.drift.as_ref().map_or((&found.code, &found.meaning), |(code, sentence)| (code, sentence));
                    let place = position(
                        &mut all,
                        |one| one.label == told.label,
                        || Causes { label: told.label.clone(), causes: Vec::new() },
                    );
                    let causes = &mut all[place].causes;
                    let index = position(
                        causes,
                        |one| one.code == *code,
                        || Cause {
                            code: code.clone(),
                            drift: found.drift.is_some(),
                            sentences: Vec::new(),
                            scenarios: 0,
                            first: (format!("features/{}.html#{}", prose.page, case.id), case.name.clone()),
                        },
                    );
                    let cause = &mut causes[index];
                    if !cause.sentences.contains(sentence) {
                        cause.sentences.push(sentence.clone());
                    }
                    if !counted.contains(&code.as_str()) {
                        cause.scenarios += 1;
                        counted.push(code);
                    }
                }
            }
        }
    }
    for one in &mut all {
        one.causes.sort_by_key(|cause| std::cmp::Reverse(cause.scenarios));
    }
    all
}

/// Where the wanted one is; it is added where it is not there.
fn position<T>(all: &mut Vec<T>, is_wanted: impl Fn(&T) -> bool, new: impl FnOnce() -> T) -> usize {
    all.iter().position(is_wanted).unwrap_or_else(|| {
        all.push(new());
        all.len() - 1
    })
}
