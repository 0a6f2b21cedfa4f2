//! A JSON value as a language writes it: in a line where it fits, else a line for each member.

use super::piece::Node;

/// How long a line of a value may be.
const WIDTH: usize = 88;

/// How a language writes values.
pub struct Layout<'a> {
    /// What a line within is indented by.
    pub indent: &'a str,
    /// Whether a comma stands behind the last member of several lines.
    pub trailing_comma: bool,
    /// A value that has no members, and a key (which is a text).
    pub leaf: &'a dyn Fn(&Node) -> String,
}

impl Layout<'_> {
    /// The value in lines, of which `before` is what stands before the first.
    pub fn write(&self, node: &Node, before: &str) -> String {
        let line = self.line(node);
        // What follows: a comma or a bracket.
        if before.len() + line.len() + 2 <= WIDTH || line == "{}" || line == "[]" {
            return line;
        }
        let margin: String = before.chars().take_while(|c| c.is_whitespace()).collect();
        let within = format!("{margin}{}", self.indent);
        let (open, members, close) = match node {
            Node::List(items) => {
                ('[', items.iter().map(|item| format!("{within}{}", self.write(item, &within))).collect(), ']')
            }
            Node::Object(object) => {
                let member = |(key, item): &(String, Node)| {
                    let key = format!("{within}{}: ", self.key(key));
                    format!("{key}{}", self.write(item, &key))
                };
                ('{', object.iter().map(member).collect::<Vec<_>>(), '}')
            }
            _ => return line,
        };
        let comma = if self.trailing_comma { "," } else { "" };
        format!("{open}\n{}{comma}\n{margin}{close}", members.join(",\n"))
    }

    fn line(&self, node: &Node) -> String {
        match node {
            Node::List(items) => {
                let items: Vec<String> = items.iter().map(|item| self.line(item)).collect();
                format!("[{}]", items.join(", "))
            }
            Node::Object(object) => {
                let member = |(key, item): &(String, Node)| format!("{}: {}", self.key(key), self.line(item));
                format!("{{{}}}", object.iter().map(member).collect::<Vec<_>>().join(", "))
            }
            leaf => (self.leaf)(leaf),
        }
    }

    fn key(&self, key: &str) -> String {
        (self.leaf)(&Node::Plain(serde_json::json!(key)))
    }
}
