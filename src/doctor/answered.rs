//! Whether it is the provider that answers: not a login page, a gateway, or a redirect to somewhere else.

use crate::doctor::Line;
use crate::doctor::visit::{Answer, Visit};
use regex::Regex;
use std::sync::LazyLock;
use url::Url;

const CHECK: &str = "answer";
/// How much of a page's title is said.
const TITLE: usize = 80;

/// A line where somebody else answers.
pub fn check(visit: &Visit<'_>) -> Option<Line> {
    let answers = visit.answers.as_ref().ok()?;
    let line = answers.iter().find_map(|answer| judge(visit, answer))?;
    Some(line.of(&visit.contract.name).at(visit.target))
}

fn judge(visit: &Visit<'_>, answer: &Answer<'_>) -> Option<Line> {
    let (status, asked) = (answer.response.status, answer.asked());
    let body = String::from_utf8_lossy(&answer.response.body);
    let title = title(&body).map(|title| format!(", {title:?}")).unwrap_or_default();
    if status == 400 && (body.contains("HTTPS port") || body.contains("HTTPS server")) {
        let cure = format!("write `url` as https://{}", visit.url.trim_start_matches("http://"));
        return Some(Line::wrong(CHECK, format!("{asked}: the port speaks TLS: status 400{title}"), cure));
    }
    if is_promised(answer) {
        return None;
    }
    if (300..400).contains(&status) {
        let to = location(visit.url, answer.response.headers.get("location").unwrap_or_default());
        let says = format!("{asked} is redirected to {to}: status {status}");
        let cure = "give the `url` at which the provider itself answers: redirects are not followed";
        return Some(Line::wrong(CHECK, says, cure));
    }
    if matches!(status, 502..=504) {
        let says = format!("{asked}: a gateway answers for the provider: status {status}{title}");
        return Some(Line::wrong(
            CHECK,
            says,
            "start the provider behind the gateway, and look into the gateway's log",
        ));
    }
    // A framework refuses methods and paths that it does not know with pages of its own.
    let is_frameworks = matches!(status, 404 | 405) || !answer.is_of_contract() && status >= 400;
    if is_html(answer) && !is_frameworks {
        let says = format!("{asked}: a page of HTML instead of JSON: status {status}{title}");
        let cure = "a login page or a gateway stands before the provider: let this machine pass it, or give the provider's own `url`";
        return Some(Line::wrong(CHECK, says, cure));
    }
    if status == 407 || status == 511 {
        let says = format!("{asked}: the network asks for a login: status {status}{title}");
        return Some(Line::wrong(CHECK, says, "log in to the network"));
    }
    if status >= 500 {
        let says = format!("{asked}: the provider fails: status {status}{title}");
        return Some(Line::doubtful(CHECK, says, "look into the log of the provider"));
    }
    None
}

/// Whether the contract has such an answer: the status, with its media type.
fn is_promised(answer: &Answer<'_>) -> bool {
    let Some(promised) = answer.operation.promise(answer.response.status).filter(|_| answer.is_of_contract()) else {
        return false;
    };
    let kind = answer.response.headers.media_type().unwrap_or_default();
    promised.contents.is_empty() || promised.contents.keys().any(|known| known.starts_with(&kind))
}

fn is_html(answer: &Answer<'_>) -> bool {
    let kind = answer.response.headers.media_type().unwrap_or_default();
    !answer.response.body.is_empty() && matches!(kind.as_str(), "text/html" | "application/xhtml+xml")
}

fn title(body: &str) -> Option<String> {
    static TAG: LazyLock<Regex> =
        LazyLock::new(|| Regex::new("(?is)<title[^>]*>(.*?)</title>").expect("the pattern is right"));
    let title = TAG.captures(body)?[1].split_whitespace().collect::<Vec<_>>().join(" ");
    Some(title.chars().take(TITLE).collect::<String>()).filter(|title| !title.is_empty())
}

/// Where a redirect leads, without its query, which may hold what nobody is to read.
fn location(base: &str, location: &str) -> String {
    let Some(mut url) = Url::parse(base).ok().and_then(|base| base.join(location).ok()) else {
        return "nowhere".to_owned();
    };
    url.set_query(None);
    url.set_fragment(None);
    url.to_string()
}
