//! The guide is followed: its commands are run, its files written, and what it says of either is seen.
//!
//! Comments before its blocks say what to do with them:
//!
//! - `<!-- file: PATH -->`: lines of a file of the repository
//! - `<!-- exits: CODE -->`: the last command of the block ends with it; without it all end with 0
//! - `<!-- output -->`: what the last command said
//! - `<!-- shows: PATH -->`: lines of the reader's file
//! - `<!-- write: PATH -->`, `<!-- append: PATH -->`: the reader writes the file, or adds to it
//! - `<!-- change: PATH -->`: the reader changes lines of it, as a diff says

use super::greeter::greeter;
use super::shown::of_block;
use super::stage::Stage;
use super::standing::Ended;
use super::{FOLLOWED, exceptions::of_guide};
use crate::markdown::{Block, Page};
use crate::pages::{holds, says};
use crate::project::root;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The service as the guide calls it.
const SERVICES: [&str; 2] = ["http://localhost:8000", "http://127.0.0.1:8000"];

/// Whoever follows the guide.
struct Reader {
    stage: Stage,
    service: String,
    is_changed: Arc<AtomicBool>,
    seen: Option<Ended>,
    commands: usize,
}

#[test]
fn the_guide_leads_where_it_says() {
    let is_changed = Arc::new(AtomicBool::new(false));
    let provider = greeter(is_changed.clone());
    let mut reader = Reader { stage: Stage::bare(), service: provider.url(), is_changed, seen: None, commands: 0 };
    let app = std::fs::read_to_string(root().join("examples/greeter/app.py")).expect("there is the example");
    reader.stage.write("app.py", &app);
    for block in Page::named(FOLLOWED).blocks() {
        reader.follow(&block);
    }
    assert!(reader.commands > 10, "{} commands were run", reader.commands);
}

impl Reader {
    fn follow(&mut self, block: &Block) {
        let place = format!("{FOLLOWED}:{}", block.line);
        let claim = block.claim.clone().unwrap_or_default();
        let (kind, path) = claim.split_once(':').map_or((claim.as_str(), ""), |(kind, path)| (kind, path.trim()));
        match (kind, block.language.as_str()) {
            ("" | "exits", "sh") => self.run(block, path.parse().unwrap_or(0), &place),
            ("output", _) => {
                let said = self.seen.as_ref().map(Ended::text).unwrap_or_default();
                assert!(says(&said, &block.text), "{place}: the command does not say\n{}\nbut\n{said}", block.text);
            }
            ("file", _) => assert!(holds(&of_repository(path), &block.text), "{place}: {path} does not hold it"),
            ("shows", _) => assert!(holds(&self.stage.read(path), &block.text), "{place}: {path} does not hold it"),
            ("write", _) => self.stage.write(path, &block.text),
            ("append", _) => {
                let text = format!("{}\n{}", self.stage.read(path), self.led_here(&block.text));
                self.stage.write(path, &text);
            }
            ("change", _) => self.change(path, &block.text, &place),
            _ => panic!("{place}: tests/it/commands/guide.rs says how a block tells what it is"),
        }
    }

    fn run(&mut self, block: &Block, last: i32, place: &str) {
        let commands: Vec<String> = of_block(block).into_iter().filter(|command| !of_guide(command)).collect();
        for (index, command) in commands.iter().enumerate() {
            if let Some((name, value)) = command.strip_prefix("export ").and_then(|set| set.split_once('=')) {
                self.stage.variable(name, value);
                continue;
            }
            let wanted = if index + 1 == commands.len() { last } else { 0 };
            let ended = self.stage.run(&self.led_here(command), self.commands);
            assert_eq!(ended.exit, Some(wanted), "{place}: {command}:\n{}", ended.text());
            self.commands += 1;
            self.seen = Some(ended);
        }
    }

    fn led_here(&self, text: &str) -> String {
        SERVICES.iter().fold(text.to_owned(), |text, service| text.replace(service, &self.service))
    }

    /// Takes the lines with `-` out of a file, and puts those with `+` in their place.
    fn change(&self, path: &str, diff: &str, place: &str) {
        let lines = |sign: char| {
            let lines = diff.lines().filter_map(|line| line.strip_prefix(sign)).map(|line| format!("{line}\n"));
            lines.collect::<String>()
        };
        let text = self.stage.read(path);
        let before = lines('-');
        assert!(!before.is_empty() && text.contains(&before), "{place}: {path} does not hold\n{before}but\n{text}");
        self.stage.write(path, &text.replacen(&before, &lines('+'), 1));
        if path == "app.py" {
            self.is_changed.store(true, Ordering::Relaxed);
        }
    }
}

fn of_repository(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}
