//! The text of an OpenAPI document: as a contract's file, and with what has to stand in it beside.

use crate::contract::document::{Document, last_token, parent, pointer_token};
use saphyr::{LoadableYamlNode as _, Yaml, YamlEmitter};
use serde_json::{Map, Value};
use std::cmp::Reverse;

/// An OpenAPI document as the file of a contract.
#[derive(Clone, Debug)]
pub struct Text {
    /// The file's name in the contract's folder.
    pub file: &'static str,
    /// What it holds.
    pub text: String,
    /// Why it is not word for word what was read, if it is not.
    pub relaid: Option<&'static str>,
}

impl Text {
    /// Reads a document; JSON that stands on a few lines, or in a form that YAML does not have, is laid out anew.
    ///
    /// # Errors
    /// It is no OpenAPI document of 3.0 or 3.1: what it is instead.
    pub fn read(text: &str) -> Result<Self, String> {
        let text = text.trim_start_matches('\u{feff}');
        if text.trim_start().starts_with('<') {
            return Err("HTML or XML, not an OpenAPI document".to_owned());
        }
        let read = match serde_json::from_str::<Value>(text) {
            Ok(value) => {
                let is_readable = Document::parse("", text).is_ok_and(|document| document.value == value);
                let is_laid_out = text.lines().count() > value.as_object().map_or(0, Map::len);
                let relaid = match (is_readable, is_laid_out) {
                    (true, true) => None,
                    (true, false) => Some("laid out in lines, so that messages can name a place"),
                    (false, _) => Some("written in the part of JSON that YAML has too"),
                };
                let text = if relaid.is_some() { pretty(&value) } else { text.to_owned() };
                (value, Self { file: "openapi.json", text, relaid })
            }
            Err(_) if text.trim_start().starts_with('{') && Document::parse("", text).is_err() => {
                return Err("not JSON, and not YAML either".to_owned());
            }
            Err(_) => {
                let value = Document::parse("openapi.yaml", text).map_err(|problem| {
                    format!("neither JSON nor YAML: line {}: {}", problem.place.line, problem.wrong)
                })?;
                (value.value, Self { file: "openapi.yaml", text: text.to_owned(), relaid: None })
            }
        };
        match (read.0.get("openapi"), read.0.get("swagger")) {
            (Some(Value::String(version)), _) if version.starts_with("3.0") || version.starts_with("3.1") => Ok(read.1),
            (Some(version), _) => Err(format!("an OpenAPI document of version {version}; known are 3.0 and 3.1")),
            (None, Some(version)) => {
                Err(format!("a Swagger document of version {version}: convert it to OpenAPI 3.0 or 3.1 first"))
            }
            (None, None) => Err("not an OpenAPI document: it has no `openapi`".to_owned()),
        }
    }

    /// What it says.
    ///
    /// # Panics
    /// Never: what was read once can be read again.
    pub fn document(&self) -> Document {
        Document::parse(self.file, &self.text).expect("what was read once can be read again")
    }

    /// Adds values at JSON pointers where nothing stands. In YAML all other lines stay as they are; where that cannot be
    /// done, the document becomes JSON.
    pub fn add(&mut self, additions: &[(String, Value)]) {
        if additions.is_empty() {
            return;
        }
        let document = self.document();
        let mut wanted = document.value.clone();
        let mut lines: Vec<(usize, String)> = Vec::new();
        let mut fits = self.file == "openapi.yaml";
        for (pointer, value) in additions {
            let (at, key, value) = missing(&wanted, pointer, value);
            match inserted(&document, &self.text, &at, &key, &value).filter(|_| fits) {
                Some(added) => lines.push(added),
                None => fits = false,
            }
            if let Some(Value::Object(object)) = wanted.pointer_mut(&at) {
                insert(object, &key, value);
            }
        }
        let text = spliced(&self.text, lines);
        if fits && Document::parse("", &text).is_ok_and(|document| document.value == wanted) {
            self.text = text;
            return;
        }
        if self.file == "openapi.yaml" {
            self.relaid = Some("written as JSON: what is added could not be put between the lines of the YAML");
            self.file = "openapi.json";
        }
        self.text = pretty(&wanted);
    }
}

fn pretty(value: &Value) -> String {
    let mut text = serde_json::to_string_pretty(value).expect("a JSON value can be written");
    text.push('\n');
    text
}

/// The deepest object on the way that is there, the key to add to it, and the value with what is missing in between.
fn missing(document: &Value, pointer: &str, value: &Value) -> (String, String, Value) {
    let (mut at, mut value) = (pointer, value.clone());
    loop {
        let key = last_token(at);
        let above = parent(at);
        if above.is_empty() || document.pointer(above).is_some() {
            return (above.to_owned(), key, value);
        }
        value = Value::Object(Map::from_iter([(key, value)]));
        at = above;
    }
}

/// Puts a status among the statuses by their numbers, and anything else at the end.
fn insert(object: &mut Map<String, Value>, key: &str, value: Value) {
    let index = follower(object, key).and_then(|next| object.keys().position(|known| *known == next));
    match index {
        Some(index) => drop(object.shift_insert(index, key.to_owned(), value)),
        None => drop(object.insert(key.to_owned(), value)),
    }
}

/// The key before which one is put, if it is a status.
fn follower(object: &Map<String, Value>, key: &str) -> Option<String> {
    key.parse::<u16>().ok()?;
    object.keys().find(|known| known.as_str() > key).cloned()
}

/// The text with lines put behind those of a number.
fn spliced(text: &str, mut added: Vec<(usize, String)>) -> String {
    // At the same line what is deeper belongs to what stands before it.
    added.sort_by_key(|(line, lines)| (*line, Reverse(lines.len() - lines.trim_start().len())));
    let mut added = added.into_iter().peekable();
    let mut whole = String::new();
    for (index, line) in text.lines().chain([""]).enumerate() {
        while let Some((_, lines)) = added.next_if(|(before, _)| *before == index) {
            whole.push_str(&lines);
        }
        whole.push_str(line);
        whole.push('\n');
    }
    whole.truncate(whole.trim_end().len() + 1);
    whole
}

/// Lines for a YAML mapping, and behind which line they go; `None` where the mapping is written in braces.
fn inserted(document: &Document, text: &str, at: &str, key: &str, value: &Value) -> Option<(usize, String)> {
    let object = document.value.pointer(at)?.as_object()?;
    let first = document.place(&format!("{at}/{}", pointer_token(object.keys().next()?)));
    let indent = first.column - 1;
    let lines: Vec<&str> = text.lines().collect();
    let is_block = lines.get(first.line - 1)?.get(..indent)?.trim().is_empty();
    if !is_block {
        return None;
    }
    let line = if let Some(next) = follower(object, key) {
        document.place(&format!("{at}/{}", pointer_token(&next))).line - 1
    } else {
        let last = document.place(&format!("{at}/{}", pointer_token(object.keys().next_back()?))).line;
        let belongs = |line: &&&str| line.trim().is_empty() || line.len() - line.trim_start().len() > indent;
        let mut end = last + lines.get(last..)?.iter().take_while(belongs).count();
        while end > last && lines[end - 1].trim().is_empty() {
            end -= 1;
        }
        end
    };
    let added = block(key, value)?;
    Some((line, added.lines().map(|line| format!("{}{line}\n", " ".repeat(indent))).collect()))
}

/// A key with its value as lines of YAML.
fn block(key: &str, value: &Value) -> Option<String> {
    let json = Value::Object(Map::from_iter([(key.to_owned(), value.clone())])).to_string();
    let yaml = Yaml::load_from_str(&json).ok()?;
    let mut text = String::new();
    YamlEmitter::new(&mut text).dump(yaml.first()?).ok()?;
    Some(text.trim_start_matches("---\n").to_owned())
}

/// The pointer with every `$ref` on its way followed; `None` where one leads to another file or nowhere.
pub fn follow(document: &Value, pointer: &str) -> Option<String> {
    let mut here = String::new();
    let mut rest: Vec<String> = pointer.split('/').skip(1).map(str::to_owned).collect();
    rest.reverse();
    for _ in 0..1000 {
        let value = document.pointer(&here)?;
        if let Some(reference) = value.get("$ref").and_then(Value::as_str) {
            reference.strip_prefix('#')?.clone_into(&mut here);
            continue;
        }
        match rest.pop() {
            Some(token) => here = format!("{here}/{token}"),
            None => return Some(here),
        }
    }
    None
}
