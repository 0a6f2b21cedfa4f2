//! A visit at one contract's deployment: a few harmless requests without a credential, and what came of them.

use crate::contract::Contract;
use crate::contract::operation::Operation;
use crate::deployment::{Client, Unanswered};
use crate::doctor::door::{self, Closed};
use crate::exchange::{Request, Response};
use crate::name::TargetName;
use crate::project::Site;
use crate::request::{draft, text};
use indexmap::IndexMap;
use jiff::Timestamp;
use std::time::Duration;
use url::Url;

/// The most paths that are asked where the first is not there.
const MOST_PATHS: usize = 4;

/// What came of a visit.
#[derive(Debug)]
pub struct Visit<'a> {
    /// The target.
    pub target: &'a TargetName,
    /// The contract.
    pub contract: &'a Contract,
    /// Whether the target asks for no credential by intention.
    pub open: bool,
    /// The base URL.
    pub url: &'a str,
    /// The answers, the first of them first; or why there is none.
    pub answers: Result<Vec<Answer<'a>>, Closed>,
    /// Where every path was answered with 404: another base URL that answers one of them otherwise, and its status.
    pub elsewhere: Option<(String, u16)>,
}

/// A request and its answer.
#[derive(Debug)]
pub struct Answer<'a> {
    /// The operation whose path was asked.
    pub operation: &'a Operation,
    /// The request: the operation's own, or `OPTIONS` where that could write.
    pub request: Request,
    /// The answer.
    pub response: Response,
    /// How long it took.
    pub duration: Duration,
    /// The time of this machine halfway between request and answer.
    pub time: Timestamp,
}

impl Answer<'_> {
    /// Whether the contract says what to expect of the request.
    pub fn is_of_contract(&self) -> bool {
        self.request.method == self.operation.method
    }

    /// `GET /health`, without the query, whose values may be long.
    pub fn asked(&self) -> String {
        format!("{} {}", self.request.method, self.request.path)
    }
}

/// Visits a contract's deployment.
pub async fn visit<'a>(target: &'a TargetName, contract: &'a Contract, site: &'a Site, client: &Client) -> Visit<'a> {
    let base = site.url.trim_end_matches('/');
    let mut visit = Visit { target, contract, open: site.open, url: base, answers: Ok(Vec::new()), elsewhere: None };
    match answers(contract, site, base, client).await {
        Ok(found) => {
            if is_lost(&found) {
                visit.elsewhere = elsewhere(&found, base, client).await;
            }
            visit.answers = Ok(found);
        }
        Err(closed) => visit.answers = Err(closed),
    }
    visit
}

/// Whether no path that was asked is there.
pub fn is_lost(answers: &[Answer<'_>]) -> bool {
    !answers.is_empty() && answers.iter().all(|answer| answer.response.status == 404)
}

async fn answers<'a>(
    contract: &'a Contract,
    site: &Site,
    base: &str,
    client: &Client,
) -> Result<Vec<Answer<'a>>, Closed> {
    let url = Url::parse(base).map_err(|error| Closed::Broken(error.to_string()))?;
    door::open(&url, client.deadline()).await?;
    let mut answers = Vec::new();
    for (operation, request) in questions(contract, site) {
        match ask(base, operation, request, client).await {
            Ok(answer) => answers.push(answer),
            // What one path answered stands, whatever the next one did.
            Err(_) if !answers.is_empty() => {}
            Err(unanswered) => return Err(closed(unanswered, &url, client).await),
        }
        if !is_lost(&answers) || answers.len() == MOST_PATHS {
            break;
        }
    }
    Ok(answers)
}

async fn closed(unanswered: Unanswered, url: &Url, client: &Client) -> Closed {
    match unanswered {
        Unanswered::TimedOut { deadline, .. } => Closed::Silent { step: "an answer", deadline },
        Unanswered::Broken { reason, .. } | Unanswered::Unreachable { reason, .. } if url.scheme() == "https" => {
            Closed::Broken(reason)
        }
        Unanswered::Broken { reason, .. } | Unanswered::Unreachable { reason, .. } => {
            match door::listen(url, client.deadline()).await {
                door::Speech::Http => Closed::Broken(reason),
                speech => Closed::NoHttp(speech),
            }
        }
    }
}

async fn ask<'a>(
    base: &str,
    operation: &'a Operation,
    request: Request,
    client: &Client,
) -> Result<Answer<'a>, Unanswered> {
    let answered = client.send(base, &request, client.deadline()).await.map_err(|(unanswered, _)| unanswered)?;
    let half = jiff::SignedDuration::try_from(answered.duration / 2).unwrap_or_default();
    let time = Timestamp::now().checked_sub(half).unwrap_or_else(|_| Timestamp::now());
    Ok(Answer { operation, request, response: answered.response, duration: answered.duration, time })
}

/// A request for each path of the contract that cannot write, the plainest first: open ones, then those with fewer parameters.
fn questions<'a>(contract: &'a Contract, site: &Site) -> Vec<(&'a Operation, Request)> {
    let server_path = contract.server.path(&site.variables).unwrap_or_default();
    let mut by_path: IndexMap<&str, &Operation> = IndexMap::new();
    for operation in contract.operations.values() {
        let known = by_path.entry(operation.template.as_str()).or_insert(operation);
        if operation.method == "GET" {
            *known = operation;
        }
    }
    let rank = |operation: &Operation| {
        let parameters = operation.template.as_str().matches('{').count();
        (operation.method != "GET", operation.security.is_required(), parameters)
    };
    let mut operations: Vec<&Operation> = by_path.into_values().collect();
    operations.sort_by_key(|operation| rank(operation));
    let value = |name: &str| site.values.get(name).or_else(|| contract.values.get(name)).map(text);
    let request = |operation: &'a Operation| {
        let mut request = draft(contract, operation, None, &value).ok()?.request(&server_path);
        if operation.method != "GET" {
            "OPTIONS".clone_into(&mut request.method);
            request.headers.remove("content-type");
        }
        request.headers.remove("cookie");
        request.body.clear();
        Some((operation, request))
    };
    operations.into_iter().filter_map(request).collect()
}

/// Another base URL that answers a path otherwise: without the prefix, or one level up.
async fn elsewhere(answers: &[Answer<'_>], base: &str, client: &Client) -> Option<(String, u16)> {
    let mut url = Url::parse(base).ok()?;
    while url.path() != "/" {
        let shorter = url.path().rsplit_once('/').map_or("", |(above, _)| above).to_owned();
        url.set_path(&shorter);
        let base = url.as_str().trim_end_matches('/').to_owned();
        for Answer { operation, request, .. } in answers {
            let answer = ask(&base, operation, request.clone(), client).await.ok()?;
            let is_html = answer.response.headers.media_type().is_some_and(|kind| kind == "text/html");
            if !matches!(answer.response.status, 300..400 | 404 | 500..) && !is_html {
                return Some((base, answer.response.status));
            }
        }
    }
    None
}
