//! One YAML or JSON file: its value, and where in the file each part of it stands.

use crate::place::{Place, Problem};
use saphyr::{LoadableYamlNode as _, MarkedYaml, Scalar, YamlData};
use serde_json::{Map, Value, json};
use std::collections::HashMap;
use std::sync::Arc;

/// A parsed file.
#[derive(Clone, Debug)]
pub struct Document {
    /// The file as the reader knows it: relative to the project.
    pub file: Arc<str>,
    /// What it holds.
    pub value: Value,
    places: HashMap<String, (usize, usize)>,
}

impl Document {
    /// Reads `text` as YAML 1.2, of which JSON is a part. `file` is the name that messages use.
    pub fn parse(file: &str, text: &str) -> Result<Self, Problem> {
        let file: Arc<str> = file.into();
        let mut documents = MarkedYaml::load_from_str(text).map_err(|error| {
            let place = Place::new(file.clone(), error.marker().line(), error.marker().col() + 1);
            Problem::new(place, format!("not YAML: {}", error.info()), "mend the syntax at this line or just above it")
        })?;
        if documents.len() != 1 {
            let wrong = format!("the file holds {} YAML documents", documents.len());
            return Err(Problem::new(Place::new(file, 1, 1), wrong, "keep exactly one document in the file"));
        }
        let mut reader = Reader { file: file.clone(), places: HashMap::new() };
        let value = reader.value(&documents.remove(0), "")?;
        Ok(Self { file, value, places: reader.places })
    }

    /// Reads a text that nobody here wrote: JSON, of which the places are not kept, or YAML. `file` is where it is from.
    ///
    /// # Errors
    /// It is neither, or no object.
    pub fn parse_published(file: &str, text: &str) -> Result<Self, String> {
        let document = match serde_json::from_str(text) {
            Ok(value) => Self { file: file.into(), value, places: HashMap::new() },
            Err(_) => Self::parse(file, text).map_err(|_| "neither JSON nor YAML".to_owned())?,
        };
        if document.value.is_object() { Ok(document) } else { Err("neither JSON nor YAML".to_owned()) }
    }

    /// Where the value at a JSON pointer stands; the nearest one above it where there is none.
    pub fn place(&self, pointer: &str) -> Place {
        let mut pointer = pointer;
        loop {
            if let Some((line, column)) = self.places.get(pointer) {
                return Place::new(self.file.clone(), *line, *column);
            }
            let Some((parent, _)) = pointer.rsplit_once('/') else {
                return Place::new(self.file.clone(), 1, 1);
            };
            pointer = parent;
        }
    }
}

/// A key as a token of a JSON pointer (RFC 6901, section 3).
pub fn pointer_token(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

/// The last token of a JSON pointer, as a key (RFC 6901, section 4).
pub fn last_token(pointer: &str) -> String {
    pointer.rsplit('/').next().unwrap_or("").replace("~1", "/").replace("~0", "~")
}

/// What holds the value at a JSON pointer: `/a` of `/a/b`.
pub fn parent(pointer: &str) -> &str {
    pointer.rsplit_once('/').map_or("", |(parent, _)| parent)
}

struct Reader {
    file: Arc<str>,
    places: HashMap<String, (usize, usize)>,
}

impl Reader {
    fn value(&mut self, node: &MarkedYaml<'_>, pointer: &str) -> Result<Value, Problem> {
        let start = node.span.start;
        self.places.entry(pointer.to_owned()).or_insert((start.line(), start.col() + 1));
        match &node.data {
            YamlData::Value(scalar) => self.scalar(scalar, node),
            YamlData::Sequence(items) => {
                let items = items.iter().enumerate();
                items.map(|(index, item)| self.value(item, &format!("{pointer}/{index}"))).collect()
            }
            YamlData::Mapping(entries) => {
                let mut object = Map::new();
                for (key, value) in entries {
                    let name = self.key(key)?;
                    let pointer = format!("{pointer}/{}", pointer_token(&name));
                    // A message about a value points at its key: that is what the eye looks for.
                    self.places.insert(pointer.clone(), (key.span.start.line(), key.span.start.col() + 1));
                    object.insert(name, self.value(value, &pointer)?);
                }
                Ok(Value::Object(object))
            }
            YamlData::Tagged(_, inner) => self.value(inner, pointer),
            YamlData::Alias(_) | YamlData::BadValue | YamlData::Representation(..) => {
                Err(self.problem(node, "a value that YAML cannot resolve", "write the value out"))
            }
        }
    }

    fn scalar(&self, scalar: &Scalar<'_>, node: &MarkedYaml<'_>) -> Result<Value, Problem> {
        Ok(match scalar {
            Scalar::Null => Value::Null,
            Scalar::Boolean(boolean) => json!(boolean),
            Scalar::Integer(integer) => json!(integer),
            Scalar::FloatingPoint(number) if number.is_finite() => json!(number.into_inner()),
            Scalar::FloatingPoint(_) => {
                return Err(self.problem(node, "not a number that JSON knows", "write a finite number"));
            }
            Scalar::String(text) => json!(text.as_ref()),
        })
    }

    fn key(&self, node: &MarkedYaml<'_>) -> Result<String, Problem> {
        match &node.data {
            YamlData::Value(Scalar::String(text)) => Ok(text.to_string()),
            YamlData::Value(Scalar::Integer(integer)) => Ok(integer.to_string()),
            YamlData::Value(Scalar::Boolean(boolean)) => Ok(boolean.to_string()),
            _ => Err(self.problem(node, "a key that is not a text", "put the key in quotes")),
        }
    }

    fn problem(&self, node: &MarkedYaml<'_>, wrong: &str, help: &str) -> Problem {
        let start = node.span.start;
        Problem::new(Place::new(self.file.clone(), start.line(), start.col() + 1), wrong, help)
    }
}
