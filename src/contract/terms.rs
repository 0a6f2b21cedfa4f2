//! `contract.toml`: what OpenAPI cannot say, read section by section.

use super::conduct::{Alternatives, Answer, Cause, Each, Refusal, Stage};
use super::scheme::{Algorithm, Encoding, KeyForm, Payload, PlacedPart, Signing, TimestampUnit};
use crate::expression::{Expression, Template};
use crate::name::{OperationId, PartyName, RefusalName, SecretName};
use crate::place::{Place, Problem};
use crate::settings::{Entry, Settings};
use indexmap::IndexMap;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::fmt;
use std::time::Duration;

/// What a `contract.toml` says.
#[derive(Debug, Default)]
pub struct Terms {
    /// The consumers.
    pub consumers: Vec<String>,
    /// The provider.
    pub provider: String,
    /// The provider's order of checks.
    pub order: Vec<Stage>,
    /// Which of several credentials counts.
    pub alternatives: Alternatives,
    /// What features may write as `${name}`.
    pub values: IndexMap<String, Value>,
    /// What a fake knows at the start.
    pub knowledge: IndexMap<String, Vec<String>>,
    /// Credentials, by name.
    pub credentials: IndexMap<String, CredentialTerms>,
    /// Refusals, in order.
    pub refusals: Vec<Refusal>,
    /// Answers, in order.
    pub answers: Vec<Answer>,
    /// The variables from which consumers read how to reach the provider, by name.
    pub variables: IndexMap<String, Template>,
    /// Drifts that nobody can see, with the reason.
    pub equivalents: IndexMap<String, String>,
    /// Whether the whole file could be read: where it could not, what seems to be lacking may stand there.
    pub is_whole: bool,
}

/// One `[credential.name]`.
#[derive(Debug)]
pub struct CredentialTerms {
    /// Where the table stands.
    pub place: Place,
    /// Who holds a secret.
    pub parties: Vec<super::scheme::Party>,
    /// How a secret is made.
    pub sample: Template,
    /// A secret's form.
    pub pattern: Option<regex::Regex>,
    /// Whether the scheme's word is compared exactly.
    pub case_sensitive: bool,
    /// Basic's user.
    pub user: Option<String>,
    /// The operations of a placed credential.
    pub operations: Option<Vec<OperationId>>,
    /// Its places.
    pub places: Vec<PlacedPart>,
    /// Its signing.
    pub signing: Option<Signing>,
    /// Its unit of time.
    pub unit: TimestampUnit,
    /// Its window.
    pub window: Option<Duration>,
    /// Whether it opens once only.
    pub once: bool,
    /// Its payloads.
    pub payload: IndexMap<OperationId, Payload>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

impl From<OneOrMany> for Vec<String> {
    fn from(value: OneOrMany) -> Self {
        match value {
            OneOrMany::One(text) => vec![text],
            OneOrMany::Many(texts) => texts,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawParty {
    secret: String,
    operations: Option<Vec<OperationId>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBody {
    at: String,
    value: Value,
}

enum RawPayload {
    Whole(String),
    Each(RawEachPayload),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEachPayload {
    each: String,
    payload: String,
}

/// A text or a table; each is read as such, so that what is wrong with a table is told precisely.
impl<'de> Deserialize<'de> for RawPayload {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrTable;

        impl<'de> Visitor<'de> for TextOrTable {
            type Value = RawPayload;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a template, or a table with `each` and `payload`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(RawPayload::Whole(text.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                RawEachPayload::deserialize(MapAccessDeserializer::new(map)).map(RawPayload::Each)
            }
        }

        deserializer.deserialize_any(TextOrTable)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCredential {
    secret: Option<String>,
    #[serde(default)]
    party: IndexMap<String, RawParty>,
    sample: Option<String>,
    pattern: Option<String>,
    #[serde(default)]
    case_sensitive: bool,
    user: Option<String>,
    operations: Option<Vec<OperationId>>,
    algorithm: Option<Algorithm>,
    #[serde(default)]
    encoding: Encoding,
    #[serde(default)]
    key: KeyForm,
    message: Option<String>,
    #[serde(default)]
    timestamp: TimestampUnit,
    window: Option<String>,
    #[serde(default)]
    once: bool,
    #[serde(default)]
    headers: IndexMap<String, String>,
    #[serde(default)]
    query: IndexMap<String, String>,
    #[serde(default)]
    cookies: IndexMap<String, String>,
    body: Option<RawBody>,
    #[serde(default)]
    payload: IndexMap<OperationId, RawPayload>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRefusal {
    #[serde(default)]
    on: Vec<Cause>,
    when: Option<String>,
    operations: Option<Vec<OperationId>>,
    status: u16,
    example: Option<String>,
    response: Option<String>,
    media_type: Option<String>,
    #[serde(default)]
    promises: IndexMap<String, OneOrMany>,
    #[serde(default)]
    set: IndexMap<String, String>,
    #[serde(default)]
    headers: IndexMap<String, String>,
    wording: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawEach {
    at: String,
    over: String,
    item: String,
}

/// One table, or an array of them; each is read as such, so that what is wrong with one is told precisely.
fn one_or_many<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<RawEach>, D::Error> {
    struct Tables;

    impl<'de> Visitor<'de> for Tables {
        type Value = Vec<RawEach>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a table, or an array of tables")
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
            RawEach::deserialize(MapAccessDeserializer::new(map)).map(|one| vec![one])
        }

        fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<Self::Value, A::Error> {
            Vec::deserialize(SeqAccessDeserializer::new(seq))
        }
    }

    deserializer.deserialize_any(Tables)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawAnswer {
    operations: Option<Vec<OperationId>>,
    when: Option<String>,
    status: Option<u16>,
    example: Option<String>,
    #[serde(default)]
    set: IndexMap<String, String>,
    #[serde(default, deserialize_with = "one_or_many")]
    each: Vec<RawEach>,
    #[serde(default)]
    learns: IndexMap<String, String>,
}

const SECTIONS: [&str; 11] = [
    "consumer",
    "provider",
    "order",
    "alternatives",
    "variables",
    "values",
    "knowledge",
    "credential",
    "refusal",
    "answer",
    "equivalent",
];
const DEFAULT_ORDER: [Stage; 6] =
    [Stage::Path, Stage::Method, Stage::Credential, Stage::Parameters, Stage::Body, Stage::Situation];

impl Terms {
    /// What could stand beside a document of which no secret is known: a table for each of its security `schemes`.
    pub fn without_secrets<'a>(schemes: impl Iterator<Item = &'a str>, place: &Place) -> Self {
        let terms = || CredentialTerms {
            place: place.clone(),
            parties: Vec::new(),
            sample: Template::default(),
            pattern: None,
            case_sensitive: false,
            user: Some(String::new()),
            operations: None,
            places: Vec::new(),
            signing: None,
            unit: TimestampUnit::default(),
            window: None,
            once: false,
            payload: IndexMap::new(),
        };
        Self { credentials: schemes.map(|name| (name.to_owned(), terms())).collect(), ..Self::default() }
    }

    /// Reads a `contract.toml`; `file` is the name that messages use.
    pub fn parse(file: &str, text: &str) -> (Self, Vec<Problem>) {
        let (mut settings, entries) = Settings::parse(file, text);
        let mut terms = Self { order: DEFAULT_ORDER.to_vec(), ..Self::default() };
        let mut variable_places = Vec::new();
        for entry in entries {
            match entry.key.as_str() {
                "consumer" => terms.consumers = settings.read::<OneOrMany>(entry).map(Vec::from).unwrap_or_default(),
                "provider" => terms.provider = settings.read(entry).unwrap_or_default(),
                "order" => terms.read_order(&mut settings, entry),
                "alternatives" => terms.alternatives = settings.read(entry).unwrap_or_default(),
                "variables" => variable_places = terms.read_variables(&mut settings, entry),
                "values" => terms.values = settings.read(entry).unwrap_or_default(),
                "knowledge" => terms.knowledge = settings.read(entry).unwrap_or_default(),
                "credential" => {
                    for entry in settings.table(entry) {
                        let name = entry.key.clone();
                        if let Some(credential) = read_credential(&mut settings, entry) {
                            terms.credentials.insert(name, credential);
                        }
                    }
                }
                "refusal" => {
                    for entry in settings.table(entry) {
                        terms.refusals.extend(read_refusal(&mut settings, entry));
                    }
                }
                "answer" => {
                    for entry in settings.table(entry) {
                        terms.answers.extend(read_answer(&mut settings, entry));
                    }
                }
                "equivalent" => terms.equivalents = settings.read(entry).unwrap_or_default(),
                _ => settings.unknown(&entry, &SECTIONS),
            }
        }
        for (name, given) in [("consumer", !terms.consumers.is_empty()), ("provider", !terms.provider.is_empty())] {
            if !given && settings.problems.is_empty() {
                let wrong = format!("`{name}` is missing");
                settings.problem(Place::new(file, 1, 1), wrong, format!("say who it is: {name} = \"…\""));
            }
        }
        // A secret may stand in a table that could not be read.
        if settings.problems.is_empty() {
            settings.problems = terms.unknown_in_variables(variable_places);
        }
        terms.is_whole = settings.problems.is_empty();
        (terms, settings.problems)
    }

    /// Reads the variables; where each stands is returned.
    fn read_variables<'t>(&mut self, settings: &mut Settings<'t>, entry: Entry<'t>) -> Vec<Place> {
        let mut places = Vec::new();
        for entry in settings.table(entry) {
            let (name, place) = (entry.key.clone(), entry.place.clone());
            let Some(text) = settings.read::<String>(entry) else { continue };
            let mut compiler = Compiler { settings, place: place.clone() };
            if let Some(template) = compiler.template(&name, &text) {
                self.variables.insert(name, template);
                places.push(place);
            }
        }
        places
    }

    /// Names in the templates of variables that stand for nothing.
    fn unknown_in_variables(&self, places: Vec<Place>) -> Vec<Problem> {
        let parties = self.credentials.values().flat_map(|credential| &credential.parties);
        let secrets: Vec<String> = parties.map(|party| format!("secret.{}", party.secret)).collect();
        let mut known = vec!["url", "host", "port"];
        known.extend(secrets.iter().map(String::as_str));
        known.dedup();
        let mut problems = Vec::new();
        for ((name, template), place) in self.variables.iter().zip(places) {
            for unknown in template.names().iter().filter(|name| !known.contains(&name.as_str())) {
                let wrong = format!("`{name}`: {{{{ {unknown} }}}} stands for nothing");
                let help = format!("known here: {}", known.join(", "));
                problems.push(Problem::new(place.clone(), wrong, help));
            }
        }
        problems
    }

    fn read_order(&mut self, settings: &mut Settings<'_>, entry: Entry<'_>) {
        let place = entry.place.clone();
        let Some(order) = settings.read::<Vec<Stage>>(entry) else { return };
        if DEFAULT_ORDER.iter().any(|stage| order.iter().filter(|given| *given == stage).count() != 1) {
            let help = "path, method, credential, parameters, body and situation, in the provider's order";
            settings.problem(place, "`order` does not name each check once", help);
        } else {
            self.order = order;
        }
    }
}

/// Compiles parts of one table, noting what does not compile at the table's place.
struct Compiler<'s, 't> {
    settings: &'s mut Settings<'t>,
    place: Place,
}

impl Compiler<'_, '_> {
    fn note<T>(&mut self, key: &str, result: Result<T, String>, help: &str) -> Option<T> {
        result.map_err(|wrong| self.settings.problem(self.place.clone(), format!("`{key}`: {wrong}"), help)).ok()
    }

    fn template(&mut self, key: &str, text: &str) -> Option<Template> {
        let result = Template::new(text);
        self.note(key, result, "a template is text with {{ names }}; see docs/contract-format.md")
    }

    fn expression(&mut self, key: &str, text: &str) -> Option<Expression> {
        let result = Expression::new(text);
        self.note(key, result, "an expression is minijinja's: texts stand in quotes; see docs/contract-format.md")
    }

    fn expressions(&mut self, key: &str, raw: IndexMap<String, String>) -> IndexMap<String, Expression> {
        raw.into_iter()
            .filter_map(|(name, text)| Some((name.clone(), self.expression(&format!("{key}.{name}"), &text)?)))
            .collect()
    }

    /// A template of a place, which must be readable backwards: literal text and plain variables.
    fn place_template(&mut self, key: &str, text: &str) -> Option<Template> {
        const KNOWN: [&str; 4] = ["timestamp", "signature", "party", "secret"];
        let template = self.template(key, text)?;
        let parts = template.parts().ok_or_else(|| format!("{text:?} uses more than plain variables"));
        let parts =
            self.note(key, parts, "a place holds {{ timestamp }}, {{ signature }}, {{ party }} or {{ secret }}")?;
        for part in parts {
            if let crate::expression::Part::Variable(name) = part
                && !KNOWN.contains(&name.as_str())
            {
                let wrong: Result<(), String> = Err(format!("unknown variable `{name}`"));
                self.note(key, wrong, "a place holds {{ timestamp }}, {{ signature }}, {{ party }} or {{ secret }}");
                return None;
            }
        }
        Some(template)
    }

    fn body_value(&mut self, value: &Value) {
        match value {
            Value::String(text) => drop(self.place_template("body.value", text)),
            Value::Array(items) => items.iter().for_each(|item| self.body_value(item)),
            Value::Object(object) => object.values().for_each(|item| self.body_value(item)),
            _ => {}
        }
    }
}

fn read_credential(settings: &mut Settings<'_>, entry: Entry<'_>) -> Option<CredentialTerms> {
    let place = entry.place.clone();
    let raw: RawCredential = settings.read(entry)?;
    let mut compiler = Compiler { settings, place: place.clone() };
    let mut parties: Vec<super::scheme::Party> = raw
        .party
        .into_iter()
        .map(|(name, party)| super::scheme::Party {
            name: PartyName::from(name),
            secret: SecretName::from(party.secret),
            operations: party.operations,
        })
        .collect();
    if let Some(secret) = raw.secret {
        let party =
            super::scheme::Party { name: PartyName::from(""), secret: SecretName::from(secret), operations: None };
        parties.insert(0, party);
    }
    if parties.is_empty() {
        let wrong: Result<(), _> = Err("the credential has no secret".to_owned());
        compiler.note("secret", wrong, "name the environment variable that holds it: secret = \"NAME\"");
    }
    let sample = compiler.template("sample", raw.sample.as_deref().unwrap_or("{{ random_hex(32) }}"))?;
    let pattern = match raw.pattern {
        Some(text) => {
            let compiled = regex::Regex::new(&text).map_err(|error| error.to_string());
            compiler.note("pattern", compiled, "write a regular expression of the key's form")
        }
        None => None,
    };
    let window = match raw.window {
        Some(text) => compiler.note("window", duration(&text), "write a number and a unit: window = \"120s\""),
        None => None,
    };
    let mut places = Vec::new();
    for (name, text) in raw.headers {
        places.extend(compiler.place_template(&name, &text).map(|template| PlacedPart::Header(name.clone(), template)));
    }
    for (name, text) in raw.query {
        places.extend(compiler.place_template(&name, &text).map(|template| PlacedPart::Query(name.clone(), template)));
    }
    for (name, text) in raw.cookies {
        places.extend(compiler.place_template(&name, &text).map(|template| PlacedPart::Cookie(name.clone(), template)));
    }
    if let Some(body) = raw.body {
        compiler.body_value(&body.value);
        places.push(PlacedPart::Body { at: body.at, value: body.value });
    }
    let signing = match (raw.algorithm, raw.message) {
        (Some(algorithm), Some(message)) => {
            let message = compiler.template("message", &message)?;
            Some(Signing { algorithm, encoding: raw.encoding, key: raw.key, message })
        }
        (None, None) => None,
        _ => {
            let wrong: Result<(), _> = Err("`algorithm` and `message` belong together".to_owned());
            compiler.note("algorithm", wrong, "give both, or neither for a credential that is not signed");
            None
        }
    };
    let mut payload = IndexMap::new();
    for (operation, raw) in raw.payload {
        let (each, text) = match raw {
            RawPayload::Whole(text) => (None, text),
            RawPayload::Each(RawEachPayload { each, payload }) => (Some(each), payload),
        };
        if let Some(template) = compiler.template(&format!("payload.{operation}"), &text) {
            payload.insert(operation, Payload { each, template });
        }
    }
    Some(CredentialTerms {
        place,
        parties,
        sample,
        pattern,
        case_sensitive: raw.case_sensitive,
        user: raw.user,
        operations: raw.operations,
        places,
        signing,
        unit: raw.timestamp,
        window,
        once: raw.once,
        payload,
    })
}

fn read_refusal(settings: &mut Settings<'_>, entry: Entry<'_>) -> Option<Refusal> {
    let place = entry.place.clone();
    let name = entry.key.clone();
    let raw: RawRefusal = settings.read(entry)?;
    let mut compiler = Compiler { settings, place: place.clone() };
    let when = raw.when.and_then(|text| compiler.expression("when", &text));
    let fastapi = match raw.wording.as_deref() {
        None => false,
        Some("fastapi") => true,
        Some(other) => {
            let wrong: Result<(), _> = Err(format!("{other:?} is no wording that fakes know"));
            compiler.note("wording", wrong, "the only one is \"fastapi\"");
            false
        }
    };
    Some(Refusal {
        example: raw.example.unwrap_or_else(|| name.clone()),
        name: RefusalName::from(name),
        on: raw.on,
        when,
        operations: raw.operations,
        status: raw.status,
        response: raw.response,
        media_type: raw.media_type,
        promises: raw.promises.into_iter().map(|(at, texts)| (at, texts.into())).collect(),
        set: compiler.expressions("set", raw.set),
        headers: compiler.expressions("headers", raw.headers),
        fastapi,
        place,
    })
}

fn read_answer(settings: &mut Settings<'_>, entry: Entry<'_>) -> Option<Answer> {
    let place = entry.place.clone();
    let name = entry.key.clone();
    let raw: RawAnswer = settings.read(entry)?;
    let mut compiler = Compiler { settings, place: place.clone() };
    let each = raw.each.into_iter().filter_map(|raw| {
        let over = compiler.expression("each.over", &raw.over);
        let item = compiler.expression("each.item", &raw.item);
        Some(Each { at: raw.at, over: over?, item: item? })
    });
    let each = each.collect();
    Some(Answer {
        operations: raw.operations.unwrap_or_else(|| vec![OperationId::from(name.as_str())]),
        name,
        when: raw.when.and_then(|text| compiler.expression("when", &text)),
        status: raw.status,
        example: raw.example,
        set: compiler.expressions("set", raw.set),
        each,
        learns: compiler.expressions("learns", raw.learns),
        place,
    })
}

/// A span of time as people write it: `120s`, `1.5 s`, `2m`.
pub fn duration(text: &str) -> Result<Duration, String> {
    let span: jiff::SignedDuration = text.parse().map_err(|_| format!("{text:?} is no span of time"))?;
    Duration::try_from(span).map_err(|_| format!("{text:?} is negative"))
}
