//! The document that a provider publishes: asked for once a contract, after its scenarios have run.

use crate::contract::Contract;
use crate::exchange::{Headers, Request};
use crate::harness::Harness;
use crate::project::{Published, Site};
use crate::published::{Served, disagreements};
use crate::record::FindingRecord;
use std::sync::PoisonError;
use std::time::Duration;

/// A provider that takes longer publishes nothing.
const DEADLINE: Duration = Duration::from_secs(2);

/// Why there is nothing to compare.
#[derive(Debug, PartialEq, Eq)]
pub struct Unpublished {
    /// In words.
    pub reason: String,
    /// Whether the settings say that there is a document.
    pub surprising: bool,
}

/// Where the document that is published at `site` disagrees with the contract.
///
/// # Errors
/// Why there is no such document.
pub async fn remarks(harness: &Harness, site: &Site) -> Result<Vec<FindingRecord>, Unpublished> {
    let (path, surprising) = match &site.document {
        Published::Usual => ("/openapi.json", false),
        Published::At(path) => (path.as_str(), true),
        Published::Unread => return Ok(Vec::new()),
    };
    let base = harness.url.as_deref().unwrap_or_default();
    let document = read(harness, base, path).await.map_err(|wrong| {
        let reason = format!("{}: no OpenAPI document at {base}{path}: {wrong}", harness.contract.name);
        Unpublished { reason: harness.redactor.redact(&reason), surprising }
    })?;
    let url = url::Url::parse(base).ok();
    let seen = harness.seen.lock().unwrap_or_else(PoisonError::into_inner);
    let served = Served {
        contract: &harness.contract,
        prefix: url.as_ref().map_or("", |url| url.path().trim_end_matches('/')),
        server_path: &harness.server_path,
        open: harness.open,
        seen: &seen,
    };
    let found = disagreements(served, &document).into_iter();
    Ok(found.map(|disagreement| FindingRecord::of(disagreement.finding())).collect())
}

async fn read(harness: &Harness, base: &str, path: &str) -> Result<Contract, String> {
    let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query.to_owned())));
    let request = Request {
        method: "GET".to_owned(),
        path: path.to_owned(),
        query,
        headers: Headers::default(),
        body: Vec::new(),
    };
    let client = harness.client.without_retries();
    let answered = client.send(base, &request, DEADLINE.min(client.deadline())).await;
    let response = answered.map_err(|(unanswered, _)| unanswered.to_string())?.response;
    if response.status != 200 {
        return Err(format!("status {}", response.status));
    }
    let text = String::from_utf8(response.body).map_err(|_| "no text".to_owned())?;
    Contract::published(harness.contract.name.clone(), &harness.redactor.redact(&text))
}
