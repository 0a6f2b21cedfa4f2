//! The pages of the repository, as a reader meets them: blocks, inline code, links and headings, each with its line.

use crate::project::{files, root};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

/// A page.
pub struct Page {
    /// Its path below the repository, such as `docs/serve.md`.
    pub name: String,
    text: String,
}

/// A fenced block.
#[derive(Clone)]
pub struct Block {
    /// The word behind the fence.
    pub language: String,
    /// What stands between the fences.
    pub text: String,
    /// The line of the opening fence.
    pub line: usize,
    /// What the HTML comment right before it says of it, such as `file: counterpart.toml`.
    pub claim: Option<String>,
}

/// A text of a page, and its line.
pub struct Spot {
    /// The inline code or the link's target.
    pub text: String,
    /// Where it stands.
    pub line: usize,
}

impl Page {
    /// The pages that people read first, and those of `docs`.
    pub fn all() -> Vec<Self> {
        let at_top = files_of("").into_iter().filter(|path| !path.contains('/'));
        let pages = at_top.chain(files_of("docs")).chain(files_of("examples"));
        pages.filter(|path| has_ending(path, "md") && !path.contains("/.")).map(|path| Self::named(&path)).collect()
    }

    /// The page at this path.
    pub fn named(name: &str) -> Self {
        let text = std::fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        Self { name: name.to_owned(), text }
    }

    /// Its parts, each with the place in the text where it begins.
    fn events(&self) -> impl Iterator<Item = (Event<'_>, usize)> {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
        Parser::new_ext(&self.text, options).into_offset_iter().map(|(event, range)| (event, range.start))
    }

    fn line_at(&self, start: usize) -> usize {
        self.text[..start].matches('\n').count() + 1
    }

    /// Its fenced blocks, in order.
    pub fn blocks(&self) -> Vec<Block> {
        let mut blocks: Vec<Block> = Vec::new();
        let (mut is_open, mut claim) = (false, None);
        for (event, start) in self.events() {
            match event {
                Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(language))) => {
                    let line = self.line_at(start);
                    let language = language.to_string();
                    blocks.push(Block { language, text: String::new(), line, claim: claim.take() });
                    is_open = true;
                }
                Event::Text(text) if is_open => blocks.last_mut().expect("it was pushed").text += &text,
                Event::End(TagEnd::CodeBlock) => is_open = false,
                Event::Html(html) => claim = said(&html),
                Event::Start(Tag::HtmlBlock) | Event::End(TagEnd::HtmlBlock) => {}
                _ => claim = None,
            }
        }
        blocks
    }

    /// Its inline code.
    pub fn codes(&self) -> Vec<Spot> {
        self.spots(|event| if let Event::Code(text) = event { Some(text.to_string()) } else { None })
    }

    /// Where its links and pictures lead.
    pub fn links(&self) -> Vec<Spot> {
        self.spots(|event| match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url.to_string()),
            _ => None,
        })
    }

    fn spots(&self, text: impl Fn(&Event<'_>) -> Option<String>) -> Vec<Spot> {
        let spots = self.events().filter_map(|(event, start)| Some((text(&event)?, start)));
        spots.map(|(text, start)| Spot { text, line: self.line_at(start) }).collect()
    }

    /// The anchors of its headings, made as GitHub makes them.
    pub fn anchors(&self) -> Vec<String> {
        let mut anchors: Vec<String> = Vec::new();
        let mut heading: Option<String> = None;
        for (event, _) in self.events() {
            match event {
                Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
                Event::Text(text) | Event::Code(text) => {
                    if let Some(heading) = &mut heading {
                        *heading += &text;
                    }
                }
                Event::End(TagEnd::Heading(_)) => {
                    let anchor = anchor(&heading.take().unwrap_or_default());
                    let again = anchors.iter().filter(|known| **known == anchor).count();
                    anchors.push(if again == 0 { anchor } else { format!("{anchor}-{again}") });
                }
                _ => {}
            }
        }
        anchors
    }
}

fn files_of(folder: &str) -> Vec<String> {
    let found = if folder.is_empty() { entries() } else { files(&root().join(folder)) };
    found.iter().map(|path| path.strip_prefix(root()).expect("it is below").display().to_string()).collect()
}

fn entries() -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(root()).expect("the repository can be read");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be read").path()).collect();
    paths.retain(|path| path.is_file());
    paths.sort();
    paths
}

fn has_ending(path: &str, ending: &str) -> bool {
    std::path::Path::new(path).extension().is_some_and(|known| known == ending)
}

/// `<!-- file: x -->` says `file: x`.
fn said(html: &str) -> Option<String> {
    Some(html.trim().strip_prefix("<!--")?.strip_suffix("-->")?.trim().to_owned())
}

fn anchor(heading: &str) -> String {
    let kept = heading.to_lowercase().chars().filter(|c| c.is_alphanumeric() || " -_".contains(*c)).collect::<String>();
    kept.trim().replace(' ', "-")
}
