//! The commands that pages and pages of help show.

use crate::markdown::{Block, Page};
use clap::CommandFactory as _;
use counterpart::cli::arguments::Arguments;

/// A command, and where it is shown.
#[derive(Clone)]
pub struct Shown {
    /// As a reader would type it.
    pub command: String,
    /// `docs/serve.md:12`, or `counterpart check --help`.
    pub place: String,
}

/// Everything that is shown, but for the page that is followed step by step.
pub fn all(followed: &str) -> Vec<Shown> {
    let is_read = |page: &Page| !page.name.starts_with("examples/") && page.name != followed;
    let pages = Page::all().into_iter().filter(is_read).flat_map(|page| of_page(&page));
    pages.chain(of_help(&Arguments::command(), "counterpart")).collect()
}

fn of_page(page: &Page) -> Vec<Shown> {
    let place = |line: usize| format!("{}:{line}", page.name);
    let of_blocks = page.blocks().into_iter().flat_map(|block| {
        let at = place(block.line);
        of_block(&block).into_iter().map(move |command| Shown { command, place: at.clone() })
    });
    let is_command = |code: &str| code.starts_with("counterpart ");
    let codes = page.codes().into_iter().filter(|code| is_command(&code.text));
    let of_codes = codes.map(|code| Shown { place: place(code.line), command: named(code.text) });
    of_blocks.chain(of_codes).collect()
}

/// A verb that a sentence only names has to be there.
fn named(code: String) -> String {
    if code.split(' ').count() == 2 { format!("{code} --help") } else { code }
}

/// Every line of a block for a shell; of another one what stands behind a prompt, and what a pipeline calls over several lines.
pub fn of_block(block: &Block) -> Vec<String> {
    let lines = if block.language == "yaml" { joined(&unfolded(&block.text)) } else { joined(&block.text) };
    match block.language.as_str() {
        "sh" => {
            lines.iter().map(|line| without_remark(line)).filter(|line| !line.is_empty()).map(str::to_owned).collect()
        }
        "" | "console" => lines.iter().filter_map(|line| line.strip_prefix("$ ")).map(str::to_owned).collect(),
        "yaml" => lines.into_iter().filter(|line| line.starts_with("counterpart ")).collect(),
        _ => Vec::new(),
    }
}

/// A remark is set apart by more than one space.
fn without_remark(line: &str) -> &str {
    if line.starts_with('#') { "" } else { line.split("  # ").next().unwrap_or(line).trim_end() }
}

/// YAML with each folded text (`>-`) on a line of its own.
fn unfolded(text: &str) -> String {
    let depth = |line: &str| line.len() - line.trim_start().len();
    let mut folded_below = None;
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match (folded_below, lines.last_mut()) {
            (Some(above), Some(last)) if depth(line) > above => *last += &format!("{} ", line.trim()),
            _ if line.ends_with(">-") => {
                folded_below = Some(depth(line));
                lines.push(String::new());
            }
            _ => {
                folded_below = None;
                lines.push(line.to_owned());
            }
        }
    }
    lines.join("\n")
}

/// The lines, those that end with `\` with the next.
fn joined(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.lines().map(str::trim) {
        let (line, next) = line.strip_suffix('\\').map_or((line, false), |line| (line, true));
        match lines.last_mut() {
            Some(last) if goes_on => *last += line,
            _ => lines.push(line.to_owned()),
        }
        goes_on = next;
    }
    lines
}

/// What indented lines of a verb's page of help show, up to the gap before their explanation, and its inline code.
fn of_help(command: &clap::Command, name: &str) -> Vec<Shown> {
    let place = format!("{name} --help");
    let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    let codes = text.split('`').skip(1).step_by(2).filter(|code| code.starts_with("counterpart "));
    let codes = codes.map(|code| named(code.to_owned()));
    let indented = text.lines().filter(|line| line.starts_with("  ")).filter_map(example);
    let own = codes.chain(indented).map(|command| Shown { command, place: place.clone() });
    let below = command.get_subcommands().flat_map(|verb| of_help(verb, &format!("{name} {}", verb.get_name())));
    own.chain(below).collect()
}

fn example(line: &str) -> Option<String> {
    let start = ["counterpart ", "curl ", "set -a"].iter().filter_map(|word| line.find(word)).min()?;
    let rest = &line[start..];
    Some(rest[..rest.find("   ").unwrap_or(rest.len())].trim_end().to_owned())
}
