//! A script for Python with nothing but its standard library.

mod expression;
mod preparation;

use super::call::{Call, Content};
use super::piece::{Piece, push};
use expression::{expression, header, local, text};
use preparation::preparation;
use std::collections::BTreeSet;

/// What has to be installed.
pub fn needs(_: &Call) -> Vec<String> {
    vec!["Python 3.8".to_owned()]
}

/// The script.
pub fn render(call: &Call) -> String {
    let code = format!("{}{}{}", preparation(call), request(call), SENT);
    let environment: String = call
        .variables
        .iter()
        .map(|variable| format!("{} = os.environ[{}]\n", local(&variable.name), text(&variable.name)))
        .collect();
    let summary = call.summary.replace('\\', "\\\\").replace('"', "'");
    format!("\"\"\"{summary}\"\"\"\n\n{}\n{environment}\n{code}", imports(&code))
}

const SENT: &str = "\
try:
    with urllib.request.urlopen(request) as response:
        print(response.status, response.read().decode())
except urllib.error.HTTPError as refusal:
    sys.exit(f\"{refusal.code} {refusal.read().decode()}\")
";

/// The modules that the code names.
fn imports(code: &str) -> String {
    const MODULES: [&str; 7] = ["base64", "hashlib", "hmac", "json", "time", "urllib.parse", "uuid"];
    let mut modules: BTreeSet<&str> = ["os", "sys", "urllib.error", "urllib.request"].into();
    modules.extend(MODULES.into_iter().filter(|module| code.contains(&format!("{module}."))));
    let mut lines: String = modules.into_iter().map(|module| format!("import {module}\n")).collect();
    if code.contains("datetime.now") {
        lines += "from datetime import datetime, timezone\n";
    }
    lines
}

fn request(call: &Call) -> String {
    let mut url = call.base.clone();
    push(&mut url, Piece::Literal(call.path.clone()));
    let mut lines = String::new();
    let mut address = expression(&url);
    if !call.query.is_empty() {
        push(&mut url, Piece::Literal(if call.path.contains('?') { "&" } else { "?" }.to_owned()));
        let pairs = call.query.iter().map(|(name, value)| format!("{}: {}", text(name), expression(value)));
        let pairs: Vec<String> = pairs.collect();
        lines += &format!("query = urllib.parse.urlencode({{{}}})\n", pairs.join(", "));
        let address_before = expression(&url);
        address = format!("{}{{query}}\"", address_before.trim_end_matches('"'));
    }
    lines += &format!("request = urllib.request.Request(\n    {address},\n");
    lines += &format!("    method={},\n", text(&call.method));
    let mut headers: Vec<(String, String)> =
        call.headers.iter().map(|(name, value)| (name.clone(), header(call, value))).collect();
    if let Content::Multipart(_) = call.body {
        headers.push(("Content-Type".to_owned(), "f\"multipart/form-data; boundary={boundary}\"".to_owned()));
    }
    if let Some((user, password)) = &call.basic {
        let pair = expression(&vec![Piece::Literal(format!("{user}:")), Piece::Variable(password.clone())]);
        headers.push(("Authorization".to_owned(), format!("\"Basic \" + base64.b64encode({pair}.encode()).decode()")));
    }
    match headers.as_slice() {
        [] => {}
        [(name, value)] => lines += &format!("    headers={{{}: {value}}},\n", text(name)),
        headers => {
            lines += "    headers={\n";
            for (name, value) in headers {
                lines += &format!("        {}: {value},\n", text(name));
            }
            lines += "    },\n";
        }
    }
    match &call.body {
        Content::Empty => {}
        Content::Json(_) if !call.signs(&Piece::RawBody) => lines += "    data=json.dumps(body).encode(),\n",
        _ => lines += "    data=body.encode(),\n",
    }
    lines + ")\n"
}
