//! Templates and expressions of `contract.toml`: minijinja, with the functions that contracts need.

use base64::Engine as _;
use minijinja::value::{DynObject, Serde};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, LazyLock};

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(environment);

/// A text with `{{ variables }}`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template(String);

impl Template {
    /// Compiles the text; the error says what is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
        ENVIRONMENT.template_from_str(text).map_err(|error| reason(&error))?;
        Ok(Self(text.to_owned()))
    }

    /// The template as it was written.
    pub fn source(&self) -> &str {
        &self.0
    }

    /// The text with its variables filled in from `context` (an object).
    pub fn render(&self, context: &Value) -> Result<String, String> {
        let context = minijinja::Value::from(Serde(context));
        ENVIRONMENT.render_str(&self.0, context).map_err(|error| reason(&error))
    }

    /// The names that it reads, sorted, with what is read of them: `secret.NAME`.
    pub fn names(&self) -> Vec<String> {
        let template = ENVIRONMENT.template_from_str(&self.0);
        let mut names: Vec<String> =
            template.map(|template| template.undeclared_variables(true).into_iter().collect()).unwrap_or_default();
        names.sort();
        names
    }

    /// The literal parts and variable names in order, for templates without filters or blocks; `None` otherwise.
    pub fn parts(&self) -> Option<Vec<Part>> {
        let mut parts = Vec::new();
        let mut rest = self.0.as_str();
        while let Some(open) = rest.find("{{") {
            let close = rest[open..].find("}}")? + open;
            let name = rest[open + 2..close].trim();
            if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
                return None;
            }
            if open > 0 {
                parts.push(Part::Literal(rest[..open].to_owned()));
            }
            parts.push(Part::Variable(name.to_owned()));
            rest = &rest[close + 2..];
        }
        if rest.contains("{%") || rest.contains("{#") {
            return None;
        }
        if !rest.is_empty() {
            parts.push(Part::Literal(rest.to_owned()));
        }
        Some(parts)
    }
}

/// One part of a simple template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Text that stands as it is.
    Literal(String),
    /// `{{ name }}`.
    Variable(String),
}

/// The names that expressions see; each value is converted once, however many expressions read it.
#[derive(Clone, Debug, Default)]
pub struct Context(Arc<BTreeMap<String, minijinja::Value>>);

impl Context {
    /// Gives a name a value.
    pub fn set(&mut self, name: &str, value: &Value) {
        Arc::make_mut(&mut self.0).insert(name.to_owned(), minijinja::Value::from(Serde(value)));
    }
}

/// An expression with a typed result.
#[derive(Clone)]
pub struct Expression {
    source: String,
    compiled: Arc<minijinja::Expression<'static, 'static>>,
}

impl fmt::Debug for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Expression({:?})", self.source)
    }
}

impl Expression {
    /// Compiles the text; the error says what is wrong with it.
    pub fn new(text: &str) -> Result<Self, String> {
        let compiled = ENVIRONMENT.compile_expression_owned(text.to_owned()).map_err(|error| reason(&error))?;
        Ok(Self { source: text.to_owned(), compiled: Arc::new(compiled) })
    }

    /// The expression as it was written.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The value of the expression in `context`.
    pub fn evaluate(&self, context: &Context) -> Result<Value, String> {
        let result = self.result(context)?;
        serde_json::to_value(result).map_err(|error| format!("`{}`: {error}", self.source))
    }

    /// Whether the expression holds in `context`.
    pub fn holds(&self, context: &Context) -> Result<bool, String> {
        Ok(self.result(context)?.is_true())
    }

    fn result(&self, context: &Context) -> Result<minijinja::Value, String> {
        let names = minijinja::Value::from_dyn_object(DynObject::new(context.0.clone()));
        self.compiled.eval(names).map_err(|error| format!("`{}`: {}", self.source, reason(&error)))
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_auto_escape_callback(|_| minijinja::AutoEscape::None);
    environment.add_filter("sha256", |text: &str| hex::encode(Sha256::digest(text)));
    environment.add_filter("hex", |text: &str| hex::encode(text));
    environment.add_filter("base64", |text: &str| base64::engine::general_purpose::STANDARD.encode(text));
    environment.add_filter("normalized_url", |text: &str| normalized_url(text));
    environment.add_function("random_hex", random_hex);
    environment.add_function("random_digits", random_digits);
    environment.add_function("uuid", uuid);
    environment.add_function("unit_vector", |length: usize, seed: String| unit_vector(length, &seed));
    environment.add_function("timestamp_ms", || jiff::Timestamp::now().as_millisecond());
    environment.add_function("time", time);
    environment
}

fn reason(error: &Error) -> String {
    error.detail().map_or_else(|| error.kind().to_string(), |detail| format!("{}: {detail}", error.kind()))
}

/// The URL as a WHATWG parser writes it; a text that is no URL stays as it is.
fn normalized_url(text: &str) -> String {
    url::Url::parse(text).map_or_else(|_| text.to_owned(), String::from)
}

/// `length` random lower-case hexadecimal digits.
pub fn random_hex(length: usize) -> String {
    let mut text = hex::encode(random_bytes(length.div_ceil(2)));
    text.truncate(length);
    text
}

fn random_digits(length: usize) -> String {
    let digits: String = random_bytes(length).iter().map(|byte| char::from(b'0' + byte % 10)).collect();
    // A number never starts with a zero.
    digits.replacen('0', "1", usize::from(digits.starts_with('0')))
}

fn random_bytes(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// A random UUID (RFC 9562, version 4).
fn uuid() -> String {
    let mut bytes = random_bytes(16);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    let text = hex::encode(bytes);
    [&text[..8], &text[8..12], &text[12..16], &text[16..20], &text[20..]].join("-")
}

/// `length` numbers of L2 norm 1, the same for the same seed.
fn unit_vector(length: usize, seed: &str) -> minijinja::Value {
    let mut state = u64::from_le_bytes(Sha256::digest(seed)[..8].try_into().expect("a digest has 32 bytes"));
    let mut numbers: Vec<f64> = (0..length).map(|_| next_number(&mut state)).collect();
    let norm = numbers.iter().map(|number| number * number).sum::<f64>().sqrt().max(f64::MIN_POSITIVE);
    numbers.iter_mut().for_each(|number| *number /= norm);
    minijinja::Value::from(Serde(numbers))
}

/// One step of splitmix64, as a number between -1 and 1.
#[expect(clippy::cast_precision_loss, reason = "53 of the 64 bits are wanted")]
fn next_number(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut bits = *state;
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((bits ^ (bits >> 31)) >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

/// The present time in UTC by a `strftime` format.
fn time(format: &str) -> Result<String, Error> {
    let now = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC);
    jiff::fmt::strtime::format(format, &now).map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))
}
