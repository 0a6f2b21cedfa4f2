//! All files of one contract's document, and the `$ref`s between them.

use super::document::Document;
use crate::place::{Place, Problem};
use indexmap::IndexMap;
use percent_encoding::percent_decode_str;
use serde_json::Value;

/// Reads a file of the contract's folder: its name → its text, or the reason why not.
pub type ReadFile<'a> = &'a dyn Fn(&str) -> Result<String, String>;

/// The documents of a contract, by file name within its folder; the first is the OpenAPI document itself.
#[derive(Clone, Debug)]
pub struct Library {
    documents: IndexMap<String, Document>,
}

/// A place within a library: `file#pointer`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Pointer {
    /// The file within the contract's folder.
    pub file: String,
    /// The JSON pointer within that file.
    pub path: String,
}

impl Pointer {
    /// The pointer one step further down.
    #[must_use]
    pub fn join(&self, key: &str) -> Self {
        Self { file: self.file.clone(), path: format!("{}/{}", self.path, super::document::pointer_token(key)) }
    }
}

impl std::fmt::Display for Pointer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}#{}", self.file, self.path)
    }
}

impl std::str::FromStr for Pointer {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (file, path) = text.split_once('#').ok_or_else(|| format!("{text:?} has no fragment"))?;
        Ok(Self { file: file.to_owned(), path: path.to_owned() })
    }
}

impl Library {
    /// Reads the document `root` and every file that its `$ref`s lead to. `folder` is put before file names in messages.
    pub fn read(folder: &str, root: &str, read: ReadFile<'_>) -> Result<Self, Vec<Problem>> {
        let mut library = Self { documents: IndexMap::new() };
        let mut problems = Vec::new();
        let mut wanted = vec![(root.to_owned(), None::<Place>)];
        while let Some((file, asked_at)) = wanted.pop() {
            if library.documents.contains_key(&file) {
                continue;
            }
            let label = format!("{folder}/{file}");
            let place = asked_at.unwrap_or_else(|| Place::new(label.as_str(), 1, 1));
            let text = match read(&file) {
                Ok(text) => text,
                Err(reason) => {
                    let wrong = format!("{file:?} cannot be read: {reason}");
                    let help = if file == root {
                        "a contract's folder holds its OpenAPI document: openapi.yaml, openapi.yml or openapi.json"
                    } else {
                        "`$ref`s lead to files of the contract's own folder"
                    };
                    problems.push(Problem::new(place, wrong, help));
                    continue;
                }
            };
            match Document::parse(&label, &text) {
                Ok(document) => {
                    let references = references(&document.value, "");
                    for (pointer, reference) in references {
                        let here = Pointer { file: file.clone(), path: pointer };
                        match resolve(&here, &reference) {
                            Ok(there) => wanted.push((there.file, Some(document.place(&here.path)))),
                            Err(wrong) => problems.push(Problem::new(
                                document.place(&here.path),
                                wrong,
                                "copy what it names into the contract's folder: a contract reads from nowhere else",
                            )),
                        }
                    }
                    library.documents.insert(file, document);
                }
                Err(problem) => problems.push(problem),
            }
        }
        library.documents.sort_by(|a, _, b, _| (a != root, a).cmp(&(b != root, b)));
        if problems.is_empty() { Ok(library) } else { Err(problems) }
    }

    /// A library of one document.
    pub fn of(file: &str, document: Document) -> Self {
        Self { documents: IndexMap::from([(file.to_owned(), document)]) }
    }

    /// The OpenAPI document itself.
    pub fn root(&self) -> (&str, &Document) {
        let (file, document) = self.documents.get_index(0).expect("a library holds its root");
        (file, document)
    }

    /// Every document with its file name.
    pub fn documents(&self) -> impl Iterator<Item = (&str, &Document)> {
        self.documents.iter().map(|(file, document)| (file.as_str(), document))
    }

    /// The value at a pointer.
    pub fn at(&self, pointer: &Pointer) -> Option<&Value> {
        self.documents.get(&pointer.file)?.value.pointer(&pointer.path)
    }

    /// Where the value at a pointer stands in its file.
    pub fn place(&self, pointer: &Pointer) -> Place {
        match self.documents.get(&pointer.file) {
            Some(document) => document.place(&pointer.path),
            None => self.root().1.place(""),
        }
    }

    /// Follows `$ref`s until a value is reached that is none; where one leads nowhere or in a circle, says so.
    pub fn follow(&self, pointer: Pointer) -> Result<(Pointer, &Value), Problem> {
        let mut here = pointer;
        for _ in 0..32 {
            let value = self.at(&here).unwrap_or(&Value::Null);
            let Some(reference) = value.get("$ref").and_then(Value::as_str) else {
                return Ok((here, value));
            };
            let there = resolve(&here, reference).ok().filter(|there| self.at(there).is_some()).ok_or_else(|| {
                let wrong = format!("`$ref` leads nowhere: {reference:?}");
                Problem::new(self.place(&here.join("$ref")), wrong, "correct the pointer, or add what it names")
            })?;
            here = there;
        }
        let help = "let one of the references name a value instead of another reference";
        Err(Problem::new(self.place(&here), "`$ref`s lead in a circle", help))
    }
}

/// Resolves a reference against the file it stands in (RFC 3986, section 5, for relative paths only).
pub(super) fn resolve(here: &Pointer, reference: &str) -> Result<Pointer, String> {
    let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
    if file.contains(':') || file.starts_with('/') {
        return Err(format!("`$ref` leads out of the contract's folder: {reference:?}"));
    }
    let path = percent_decode_str(fragment).decode_utf8_lossy().into_owned();
    if file.is_empty() {
        return Ok(Pointer { file: here.file.clone(), path });
    }
    let mut segments: Vec<&str> = here.file.split('/').collect();
    segments.pop();
    for segment in file.split('/') {
        match segment {
            "." | "" => {}
            ".." => drop(
                segments.pop().ok_or_else(|| format!("`$ref` leads out of the contract's folder: {reference:?}"))?,
            ),
            _ => segments.push(segment),
        }
    }
    Ok(Pointer { file: segments.join("/"), path })
}

/// Every `$ref` below a value: the pointer of the object that holds it, and what it says.
pub(super) fn references(value: &Value, pointer: &str) -> Vec<(String, String)> {
    references_below(value, pointer, false)
}

/// Where the keys are `names`, as those of `properties` are, they have no meaning of their own.
fn references_below(value: &Value, pointer: &str, names: bool) -> Vec<(String, String)> {
    const OF_NAMES: [&str; 7] =
        ["properties", "patternProperties", "dependentSchemas", "$defs", "definitions", "schemas", "examples"];
    match value {
        Value::Object(object) => object
            .iter()
            .flat_map(|(key, value)| match value {
                Value::String(text) if key == "$ref" && !names => vec![(pointer.to_owned(), text.clone())],
                // What stands in an example is data, not a reference.
                _ if !names && (key == "example" || key == "value") => Vec::new(),
                _ => {
                    let below = format!("{pointer}/{}", super::document::pointer_token(key));
                    references_below(value, &below, !names && OF_NAMES.contains(&key.as_str()))
                }
            })
            .collect(),
        Value::Array(items) => {
            items.iter().enumerate().flat_map(|(i, item)| references(item, &format!("{pointer}/{i}"))).collect()
        }
        _ => Vec::new(),
    }
}
