//! What a fake that has just started has to be told before an example finds what it names.

use super::WhyNot;
use crate::answer::knowledge::Knowledge;
use crate::answer::played::Manner;
use crate::answer::{self, Provider};
use crate::contract::Contract;
use crate::credential::Plan;
use crate::credential::authorise::authorise;
use crate::exchange::{Request, Response};
use crate::fake::make_secrets;
use crate::name::OperationId;
use crate::request::{self, text};
use crate::secret::{Redactor, Vault};
use indexmap::IndexMap;
use serde_json::{Value, json};

/// The example names something that a fake learns first: a run, a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Situation {
    /// The status with which it refuses until then.
    pub status: u16,
    /// What it says.
    pub says: String,
    /// The list and the text that it has to know; nothing where one text alone does not do.
    pub learns: Option<(String, String)>,
}

impl Situation {
    /// What a fake of `contract` that has just started answers, and what to do about it.
    pub fn words(&self, contract: &Contract) -> [String; 2] {
        let tell = match &self.learns {
            Some((list, text)) => {
                let body = json!({ "learns": { list: [text] } });
                format!("until its control endpoint is told: PATCH /fakes/{} with {body}", contract.name)
            }
            None => "until it knows what the example names: docs/serve.md says how it is told".to_owned(),
        };
        [format!("a fake that has just started answers {} ({})", self.status, self.says), tell]
    }
}

/// 2026-01-01T00:00:00Z: no clock is asked, since the request is verified at the time at which it is made.
const NOW_MS: i64 = 1_767_225_600_000;

/// What keeps the example of an operation from success at a fake that has just started; nothing where it succeeds.
///
/// # Errors
/// There is no such operation, or its example cannot be sent.
pub fn of(contract: &Contract, operation: &OperationId) -> Result<Option<Situation>, WhyNot> {
    let operation = super::find(contract, operation)?;
    let draft = request::draft(contract, operation, None, &|_| None).map_err(WhyNot)?;
    let server_path = contract.server.path(&IndexMap::new()).map_err(WhyNot)?;
    let mut vault = Vault::default();
    make_secrets(contract, &mut vault).map_err(WhyNot)?;
    let authorised =
        authorise(contract, &draft, &Plan::default(), &vault, &Redactor::new([&vault]), &server_path, NOW_MS);
    let request = authorised.map_err(|why| WhyNot(why.to_string()))?.request;
    let answer = |known: &mut Knowledge| {
        let manner = Manner::default();
        let provider = Provider { contract, server_path: &server_path, vault: &vault, manner: &manner };
        answer::to(provider, known, &request, NOW_MS).map_err(WhyNot)
    };
    let response = answer(&mut Knowledge::of(contract))?;
    if response.is_success() {
        return Ok(None);
    }
    let mut learns = None;
    for list in contract.knowledge.keys() {
        for text in texts(&request) {
            let mut known = Knowledge::of(contract);
            known.add(list, text.as_str());
            if learns.is_none() && answer(&mut known)?.is_success() {
                learns = Some((list.clone(), text));
            }
        }
    }
    Ok(Some(Situation { status: response.status, says: said(&response), learns }))
}

/// Every text of the request's path, query and body.
fn texts(request: &Request) -> Vec<String> {
    let mut texts: Vec<String> = request.path.split('/').map(str::to_owned).collect();
    texts.extend(request.query_pairs().into_iter().map(|(_, value)| value));
    collect(&request.json().unwrap_or(Value::Null), &mut texts);
    texts.retain(|text| !text.is_empty());
    texts
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        Value::Object(object) => object.values().for_each(|item| collect(item, texts)),
        plain => texts.push(text(plain)),
    }
}

/// The sentence of a refusal: its longest text.
fn said(response: &Response) -> String {
    let mut texts = Vec::new();
    collect(&response.json().unwrap_or(Value::Null), &mut texts);
    texts.into_iter().max_by_key(String::len).unwrap_or_default()
}
