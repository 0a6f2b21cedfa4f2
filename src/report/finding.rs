//! A finding in the words that all formats share.

use crate::record::{BodyRecord, ContractRecord, DriftRecord, ExchangeRecord, FindingRecord};
use crate::report::printable::printable;
use crate::verdict::Code;

/// The longest body that is shown, in characters; the JSON has more of it.
const LONGEST_SHOWN: usize = 4000;
/// The longest expected or actual value in a headline, in characters.
const SHORT: usize = 60;

/// A line of a finding: a label and its value.
pub struct Row {
    /// What the value is.
    pub label: &'static str,
    /// The value; it may have several lines.
    pub value: String,
    /// Whether it is text that may be wrapped, and not a place.
    pub wraps: bool,
}

/// Where, what was expected, what was seen, and the places in contract and feature.
pub fn rows(finding: &FindingRecord) -> Vec<Row> {
    let text = |label, value: &str| Row { label, value: value.to_owned(), wraps: true };
    let mut rows =
        vec![text("where", &subject(finding)), text("expected", &finding.expected), text("actual", &finding.actual)];
    if finding.times > 1 {
        rows.push(text("seen", &format!("{} times", finding.times)));
    }
    let places = [("contract", &finding.contract_place), ("feature", &finding.feature_place)];
    for (label, place) in places {
        rows.extend(place.iter().map(|place| Row { label, value: place.to_string(), wraps: false }));
    }
    rows
}

/// When the exchange was, what was sent and what came back, each as it stood on the wire.
pub fn exchange_rows(exchange: &ExchangeRecord) -> [Row; 3] {
    let ExchangeRecord { time, duration_ms, request, response } = exchange;
    let query = request.query.as_ref().map_or(String::new(), |query| format!("?{query}"));
    let asked = format!("{} {}{query}", request.method, request.path);
    let row = |label, value| Row { label, value, wraps: false };
    [
        row("sent", format!("{time}, answered after {duration_ms} ms")),
        row("request", message(&asked, &request.headers, &request.body)),
        row("response", message(&response.status.to_string(), &response.headers, &response.body)),
    ]
}

fn message(first: &str, headers: &[(String, String)], body: &BodyRecord) -> String {
    let mut lines = vec![first.to_owned()];
    lines.extend(headers.iter().map(|(name, value)| format!("{name}: {value}")));
    match (&body.text, &body.base64) {
        (Some(text), _) if text.is_empty() => {}
        (Some(text), _) => match text.char_indices().nth(LONGEST_SHOWN) {
            Some((end, _)) => lines.push(format!("{}…", &text[..end])),
            None => lines.push(format!("{text}{}", if body.truncated { "…" } else { "" })),
        },
        (None, Some(base64)) => lines.push(format!("(a body that is no text, {} characters in base64)", base64.len())),
        (None, None) => {}
    }
    lines.join("\n")
}

/// What was wrong, with the party's name: `clip-worker accepted a call that it promises to refuse.` Of several consumers none is
/// named: a request does not say whose it is.
pub fn sentence(finding: &FindingRecord, contract: &ContractRecord) -> String {
    let sentence = finding.code.meaning().replace("The provider", &contract.provider);
    match contract.consumers.as_slice() {
        [only] => sentence.replace("The consumer", only),
        _ => sentence,
    }
}

/// The drift that explains a finding: `the client sends the key in …; the contract places it in …`. Else its [`headline`].
pub fn gist(finding: &FindingRecord) -> String {
    finding.drift.as_ref().map_or_else(|| headline(finding), |drift| one_line(&drift.sentence))
}

/// A drift's code, with a doubt where it does not explain all that was seen, or another would as well.
pub fn drift_code(drift: &DriftRecord) -> String {
    if drift.certain { drift.code.to_string() } else { format!("{}, probably", drift.code) }
}

/// One line: `embedText, status: expected 200, actual 500`.
pub fn headline(finding: &FindingRecord) -> String {
    let (expected, actual) = (short(&finding.expected, SHORT), short(&finding.actual, SHORT));
    format!("{}: expected {expected}, actual {actual}", short(&subject(finding), SHORT))
}

/// One line of a remark: `embedText, status: the document is wrong: …; the contract says 200, the document says 201`.
pub fn remark(finding: &FindingRecord) -> String {
    if finding.code != Code::DocumentDisagrees {
        let times = if finding.times > 1 { format!(", {} times", finding.times) } else { String::new() };
        return format!("{}{times}", subject(finding));
    }
    let blame = finding.detail.as_ref().map(|detail| format!("{detail}; ")).unwrap_or_default();
    let FindingRecord { expected, actual, .. } = finding;
    format!("{}: {blame}the contract says {expected}, the document says {actual}", subject(finding))
}

/// Everything but command and detail, as plain text of several lines.
pub fn text(finding: &FindingRecord, contract: &ContractRecord) -> String {
    let drift = finding.drift.as_ref().map(|drift| format!("{}: {}\n", drift_code(drift), one_line(&drift.sentence)));
    format!("{}{}\n{}", drift.unwrap_or_default(), printable(&coded(finding, contract)), fields(finding))
}

/// What was wrong, behind its code: `refusal-missing: clip-worker accepted a call that it promises to refuse.`
pub fn coded(finding: &FindingRecord, contract: &ContractRecord) -> String {
    format!("{}: {}", finding.code, sentence(finding, contract))
}

/// The step and the [`rows`], a line each, as plain text.
pub fn fields(finding: &FindingRecord) -> String {
    let step = finding.step.as_ref().map(|step| Row { label: "step", value: one_line(step), wraps: true });
    let lines = step.into_iter().chain(rows(finding)).map(|row| {
        let value = row.value.replace('\n', &format!("\n{:12}", ""));
        format!("  {:<10}{value}\n", row.label)
    });
    printable(&lines.collect::<String>())
}

/// [`text`] with the command that repeats the call, and the detail.
pub fn full_text(finding: &FindingRecord, contract: &ContractRecord) -> String {
    let longer = [&finding.curl, &finding.detail].into_iter().flatten();
    longer.fold(text(finding, contract), |text, part| format!("{text}\n{}\n", printable(part.trim_end())))
}

/// A text without line breaks.
pub fn one_line(text: &str) -> String {
    printable(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn subject(finding: &FindingRecord) -> String {
    match &finding.operation {
        Some(operation) => format!("{operation}, {}", finding.location),
        None => finding.location.clone(),
    }
}

fn short(text: &str, most: usize) -> String {
    let text = one_line(text);
    match text.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", text[..end].trim_end()),
        None => text,
    }
}
