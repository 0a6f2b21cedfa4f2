//! A parcel desk that keeps the contract `six-schemes`, written by hand: none of the harness's own code answers here.

use crate::provider::{Answer, Asked, Provider};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use std::ops::RangeInclusive;

/// The keys that are right, by the variable that the contract names.
pub const KEYS: [(&str, &str); 7] = [
    ("DESK_HEADER_KEY", HEADER_KEY),
    ("DESK_QUERY_KEY", QUERY_KEY),
    ("DESK_COOKIE_KEY", COOKIE_KEY),
    ("DESK_BEARER_KEY", BEARER_KEY),
    ("DESK_PASSWORD", PASSWORD),
    ("DESK_APP_KEY", APP_KEY),
    ("DESK_USER_KEY", USER_KEY),
];
pub const HEADER_KEY: &str = "hk_test_HeaDerq7Wm2Lz9Xt4Bv8Nc1d";
pub const QUERY_KEY: &str = "hk_test_QueRyk3Jd8Fs6Gp1Hw5Yr0aZ";
pub const COOKIE_KEY: &str = "hk_test_CooKieu9Tn4Rb7Ve2Mx6Sk3f";
pub const BEARER_KEY: &str = "hk_test_BeaRerc5Pg1Qh8Dj3Lw9Zy2t";
pub const USER: &str = "accounting";
pub const PASSWORD: &str = "hk_test_PassWordv6Kn2Bx7Cf4Rm8s";
pub const APP_KEY: &str = "hk_test_AppKeyd8Ht3Wq6Ns1Jv5Gz0b";
pub const USER_KEY: &str = "hk_test_UserKeyy4Lp9Xc2Fk7Td6Mr1";

/// A request, taken apart. Names of headers are in lower case.
pub struct Call {
    /// `POST`.
    pub method: String,
    /// `/v1/orders`.
    pub path: String,
    /// The query's parameters.
    pub query: Fields,
    /// The headers but for the cookies.
    pub headers: Fields,
    /// The cookies.
    pub cookies: Fields,
    /// The body, if it is JSON.
    pub body: Value,
}

/// Names with their values.
#[derive(Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// The value of a name; an empty one is none.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.0.iter().find(|(known, value)| known == name && !value.is_empty());
        found.map(|(_, value)| value.as_str())
    }

    /// Takes a value out.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let value = self.get(name).map(str::to_owned);
        self.0.retain(|(known, _)| known != name);
        value
    }

    /// Gives a name another value, or none.
    pub fn set(&mut self, name: &str, value: Option<String>) {
        self.take(name);
        self.0.extend(value.map(|value| (name.to_owned(), value)));
    }
}

impl Call {
    fn of(asked: &Asked) -> Self {
        let (method, target) = asked.line.split_once(' ').unwrap_or((&asked.line, ""));
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let pair = |(name, value): (&str, &str)| (name.trim().to_owned(), value.trim().to_owned());
        let header = |line: &str| line.split_once(':').map(|(name, value)| pair((&name.to_ascii_lowercase(), value)));
        let mut headers = Fields(asked.headers.lines().filter_map(header).collect());
        let cookies = headers.take("cookie").unwrap_or_default();
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            query: Fields(url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()),
            cookies: Fields(cookies.split(';').filter_map(|cookie| cookie.split_once('=')).map(pair).collect()),
            headers,
            body: serde_json::from_str(&asked.body).unwrap_or_default(),
        }
    }

    /// A right call below a path.
    pub fn right(below: &str) -> Self {
        let fields = |name: &str, value: &str| Fields(vec![(name.to_owned(), value.to_owned())]);
        let none = Self {
            method: "GET".to_owned(),
            path: below.to_owned(),
            query: Fields::default(),
            headers: Fields::default(),
            cookies: Fields::default(),
            body: Value::Null,
        };
        match below {
            "/v1/orders" => Self {
                method: "POST".to_owned(),
                headers: fields("x-api-key", HEADER_KEY),
                body: json!({ "customer_id": "c-204", "quantity": 24, "priority": "express" }),
                ..none
            },
            "/v1/parcels" => {
                Self { path: "/v1/parcels/p-1001".to_owned(), query: fields("api_key", QUERY_KEY), ..none }
            }
            "/v1/profile" => Self { cookies: fields("session", COOKIE_KEY), ..none },
            "/v1/messages" => Self {
                method: "POST".to_owned(),
                headers: fields("authorization", &format!("Bearer {BEARER_KEY}")),
                body: json!({ "to": "c-204", "text": "On their way", "format": "plain" }),
                ..none
            },
            "/v1/reports" => {
                let mut call = Self { path: "/v1/reports/2026-02".to_owned(), ..none };
                call.set_user(USER, PASSWORD);
                call
            }
            "/v1/transfers" => Self {
                method: "POST".to_owned(),
                headers: Fields(vec![
                    ("x-app-key".to_owned(), APP_KEY.to_owned()),
                    ("x-user-key".to_owned(), USER_KEY.to_owned()),
                ]),
                body: json!({ "from_account": "a-1", "to_account": "a-2", "amount_cents": 1, "currency": "EUR" }),
                ..none
            },
            _ => none,
        }
    }

    /// What stands behind a word in `Authorization`.
    pub fn behind(&self, word: &str) -> Option<String> {
        let (given, value) = self.headers.get("authorization")?.split_once(' ')?;
        given.eq_ignore_ascii_case(word).then(|| value.trim().to_owned())
    }

    /// User and password.
    pub fn user(&self) -> Option<(String, String)> {
        let bytes = STANDARD.decode(self.behind("Basic")?).unwrap_or_default();
        let text = String::from_utf8(bytes).unwrap_or_default();
        let (user, password) = text.split_once(':').unwrap_or_default();
        Some((user.to_owned(), password.to_owned()))
    }

    /// Comes from this user with this password.
    pub fn set_user(&mut self, user: &str, password: &str) {
        let pair = STANDARD.encode(format!("{user}:{password}"));
        self.headers.set("authorization", Some(format!("Basic {pair}")));
    }

    /// Comes with this bearer key, or with none.
    pub fn set_bearer(&mut self, key: Option<String>) {
        self.headers.set("authorization", key.map(|key| format!("Bearer {key}")));
    }

    /// Takes a text out of the body.
    pub fn take(&mut self, name: &str) -> Option<String> {
        self.body.as_object_mut()?.remove(name)?.as_str().map(str::to_owned)
    }
}

/// What is answered.
#[derive(Debug, PartialEq)]
pub struct Reply {
    pub status: u16,
    pub media_type: &'static str,
    pub headers: Vec<(&'static str, String)>,
    pub body: Value,
}

impl Reply {
    fn of(status: u16, body: Value) -> Self {
        Self { status, media_type: "application/json", headers: Vec::new(), body }
    }

    fn error(status: u16, code: &str, message: &str) -> Self {
        Self::of(status, json!({ "code": code, "message": message }))
    }

    /// The refusal of a wrong body.
    pub fn invalid(message: &str) -> Self {
        Self::error(422, "invalid", message)
    }

    /// The refusal of a path.
    pub fn not_found() -> Self {
        Self::error(404, "not_found", "There is nothing here")
    }

    /// The refusal of a call without a key.
    pub fn key_required() -> Self {
        Self::error(401, "key_required", "A key is required")
    }

    /// A redirect.
    pub fn redirect(to: &str) -> Self {
        let body = Value::String(String::new());
        Self { headers: vec![("Location", to.to_owned())], ..Self::of(307, body) }
    }

    /// Whether it does what it was asked for.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// Without a header.
    pub fn forget(&mut self, name: &str) {
        self.headers.retain(|(known, _)| *known != name);
    }

    /// A field of the body under another name.
    pub fn rename(&mut self, from: &str, to: &str) {
        let value = self.body[from].take();
        self.drop(from);
        self.body[to] = value;
    }

    /// Without a field of the body.
    pub fn drop(&mut self, name: &str) {
        if let Some(body) = self.body.as_object_mut() {
            body.remove(name);
        }
    }

    fn answer(self) -> Answer {
        let body = match self.body {
            Value::String(text) => text,
            body => body.to_string(),
        };
        let answer = Answer::of_type(self.media_type, self.status, body);
        self.headers.into_iter().fold(answer, |answer, (name, value)| answer.header(name, &value))
    }
}

/// A desk that hears and says as `answer` wants it.
pub fn desk(answer: impl Fn(Call) -> Reply + Send + Sync + 'static) -> Provider {
    Provider::answering(move |asked| answer(Call::of(asked)).answer())
}

/// What an operation answers: it does what it is asked for, or refuses.
type Operation = fn(&Call) -> Result<Reply, Reply>;

/// What the contract promises: the path is judged first, then the method, the key, parameters and body.
pub fn right(call: &Call) -> Reply {
    let parts: Vec<&str> = call.path.split('/').collect();
    let (method, operation): (_, Operation) = match parts.as_slice() {
        ["", "v1", "orders"] => ("POST", create_order),
        ["", "v1", "parcels", id] if !id.is_empty() => ("GET", track_parcel),
        ["", "v1", "profile"] => ("GET", read_profile),
        ["", "v1", "messages"] => ("POST", send_message),
        ["", "v1", "reports", month] if !month.is_empty() => ("GET", read_report),
        ["", "v1", "transfers"] => ("POST", transfer),
        ["", "v1", "health"] => ("GET", |_| Ok(Reply::of(200, json!({ "status": "ok" })))),
        _ => return Reply::not_found(),
    };
    if call.method != method {
        let mut reply = Reply::error(405, "method_not_allowed", "The path has another method");
        reply.headers.push(("Allow", method.to_owned()));
        return reply;
    }
    operation(call).unwrap_or_else(|refusal| refusal)
}

fn opens(given: Option<&str>, key: &str) -> Result<(), Reply> {
    match given {
        None => Err(Reply::key_required()),
        Some(given) if given != key => Err(Reply::error(401, "key_unknown", "Nobody knows this key")),
        Some(_) => Ok(()),
    }
}

fn asking(challenge: &str) -> impl Fn(Reply) -> Reply {
    move |mut refusal| {
        refusal.headers.push(("WWW-Authenticate", challenge.to_owned()));
        refusal
    }
}

fn create_order(call: &Call) -> Result<Reply, Reply> {
    opens(call.headers.get("x-api-key"), HEADER_KEY)?;
    text(&call.body, "customer_id", 1..=40)?;
    whole(&call.body, "quantity", 1..=100)?;
    one_of(&call.body, "priority", &["standard", "express"])?;
    optional(&call.body, "note", 200)?;
    let total = call.body["quantity"].as_u64().unwrap_or_default() * 490;
    let customer = &call.body["customer_id"];
    let mut body =
        json!({ "order_id": "ord-00c0ffee", "customer_id": customer, "status": "accepted", "total_cents": total });
    if let Some(note) = call.body.get("note") {
        body["note"] = note.clone();
    }
    Ok(Reply::of(201, body))
}

fn track_parcel(call: &Call) -> Result<Reply, Reply> {
    opens(call.query.get("api_key"), QUERY_KEY)?;
    if !call.query.get("detail").is_none_or(|detail| ["short", "full"].contains(&detail)) {
        return Err(Reply::invalid("detail must be short or full"));
    }
    match call.path.rsplit('/').next() {
        Some("p-1001") => Ok(Reply::of(
            200,
            json!({ "parcel_id": "p-1001", "state": "in_transit", "weight_grams": 1250, "eta": "2026-03-02" }),
        )),
        _ => Err(Reply::error(404, "parcel_not_found", "There is no such parcel")),
    }
}

fn read_profile(call: &Call) -> Result<Reply, Reply> {
    opens(call.cookies.get("session"), COOKIE_KEY)?;
    Ok(Reply::of(200, json!({ "user_id": "u-7", "language": "de", "unread": 3, "display_name": "Ada" })))
}

fn send_message(call: &Call) -> Result<Reply, Reply> {
    opens(call.behind("Bearer").as_deref(), BEARER_KEY).map_err(asking("Bearer"))?;
    text(&call.body, "to", 1..=1000)?;
    text(&call.body, "text", 1..=500)?;
    one_of(&call.body, "format", &["plain", "markdown"])?;
    optional(&call.body, "reply_to", 1000)?;
    Ok(Reply::of(202, json!({ "message_id": "msg-0badcafe", "to": call.body["to"], "state": "queued" })))
}

fn read_report(call: &Call) -> Result<Reply, Reply> {
    let given = call.user().map(|(user, password)| format!("{user}:{password}"));
    opens(given.as_deref(), &format!("{USER}:{PASSWORD}")).map_err(asking("Basic realm=\"reports\""))?;
    let month = call.path.rsplit('/').next().unwrap_or_default();
    let is_month = |(year, month): (&str, &str)| {
        let digits = format!("{year}{month}").bytes().all(|byte| byte.is_ascii_digit());
        year.len() == 4 && month.len() == 2 && digits
    };
    if !month.split_once('-').is_some_and(is_month) {
        return Err(Reply::invalid("month must look like 2026-02"));
    }
    let days = json!([{ "day": 1, "total": 200 }, { "day": 2, "total": 110.5 }]);
    Ok(Reply::of(200, json!({ "month": month, "currency": "EUR", "total": 310.5, "days": days })))
}

fn transfer(call: &Call) -> Result<Reply, Reply> {
    opens(call.headers.get("x-app-key"), APP_KEY)?;
    opens(call.headers.get("x-user-key"), USER_KEY)?;
    text(&call.body, "from_account", 1..=1000)?;
    text(&call.body, "to_account", 1..=1000)?;
    whole(&call.body, "amount_cents", 1..=1_000_000)?;
    one_of(&call.body, "currency", &["EUR", "USD"])?;
    optional(&call.body, "reference", 140)?;
    let (amount, currency) = (&call.body["amount_cents"], &call.body["currency"]);
    Ok(Reply::of(
        201,
        json!({ "transfer_id": "tr-5eed5eed", "amount_cents": amount, "currency": currency, "state": "booked" }),
    ))
}

fn wanted(is_right: bool, message: impl FnOnce() -> String) -> Result<(), Reply> {
    if is_right { Ok(()) } else { Err(Reply::invalid(&message())) }
}

fn text(body: &Value, name: &str, length: RangeInclusive<usize>) -> Result<(), Reply> {
    let is_right = body[name].as_str().is_some_and(|text| length.contains(&text.chars().count()));
    wanted(is_right, || format!("{name} must be a text of {} to {} characters", length.start(), length.end()))
}

fn optional(body: &Value, name: &str, longest: usize) -> Result<(), Reply> {
    if body.get(name).is_none() { Ok(()) } else { text(body, name, 0..=longest) }
}

fn whole(body: &Value, name: &str, range: RangeInclusive<u64>) -> Result<(), Reply> {
    let is_right = body[name].as_u64().is_some_and(|number| range.contains(&number));
    wanted(is_right, || format!("{name} must be a whole number from {} to {}", range.start(), range.end()))
}

fn one_of(body: &Value, name: &str, known: &[&str]) -> Result<(), Reply> {
    let is_right = body[name].as_str().is_some_and(|text| known.contains(&text));
    wanted(is_right, || format!("{name} must be one of {}", known.join(", ")))
}
