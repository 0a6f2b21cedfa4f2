//! Who says what to whom, in order: a consumer on the left, a provider on the right.

use super::width;
use crate::site::template::escaped;
use std::fmt::Write as _;

/// One thing that happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The consumer works something out: its lines.
    Prepares(Vec<String>),
    /// The consumer sends a request.
    Asks(String),
    /// The provider looks at something: its lines.
    Checks(Vec<String>),
    /// The provider answers; whether it refuses.
    Answers(String, bool),
}

/// The longest line, in characters, that is not broken where a blank is.
const LONGEST: usize = 44;
const TOP: usize = 60;
const LINE: usize = 20;
const PADDING: usize = 12;
const TAKES: &str = "a text takes every write";

/// The picture of `events` between two parties; `id` tells it from the others of its page.
pub fn draw(id: &str, consumer: &str, provider: &str, events: &[Event]) -> String {
    let events: Vec<Event> = events.iter().map(broken).collect();
    let widest = |wanted: &dyn Fn(&Event) -> Vec<&String>| {
        events.iter().flat_map(wanted).map(|line| width(line)).max().unwrap_or(0)
    };
    let prepares =
        widest(&|event| if let Event::Prepares(lines) = event { lines.iter().collect() } else { Vec::new() });
    let checks = widest(&|event| if let Event::Checks(lines) = event { lines.iter().collect() } else { Vec::new() });
    let spoken = widest(&|event| match event {
        Event::Asks(words) | Event::Answers(words, _) => vec![words],
        _ => Vec::new(),
    });
    let left = (prepares.max(width(consumer)) / 2 + PADDING).max(70);
    let right_half = (checks.max(width(provider)) / 2 + PADDING).max(70);
    let between = (spoken + 4 * PADDING).max(left - 70 + right_half - 70 + 160).max(left + right_half + PADDING);
    let (x1, x2) = (left, left + between);
    let all_width = x2 + right_half + 2;
    let all_height = TOP + events.iter().map(height).sum::<usize>() + 16;
    let mut svg = String::new();
    let told: Vec<String> = events.iter().map(|event| told(event, consumer, provider)).collect();
    write!(
        svg,
        "<svg class=\"picture sequence\" role=\"img\" aria-labelledby=\"{id}-title {id}-text\" viewBox=\"-1 0 {all_width} \
         {all_height}\" width=\"{all_width}\" height=\"{all_height}\"><title id=\"{id}-title\">{} and {} in order</title>\
         <desc id=\"{id}-text\">{}</desc>",
        escaped(consumer),
        escaped(provider),
        escaped(&told.join(" "))
    )
    .expect(TAKES);
    for (x, name) in [(x1, consumer), (x2, provider)] {
        let half = width(name) / 2 + PADDING;
        write!(
            svg,
            "<path class=\"life\" d=\"M{x} 40 V{all_height}\"/><g class=\"party\"><rect x=\"{}\" y=\"4\" width=\"{}\" \
             height=\"36\" rx=\"6\"/><text x=\"{x}\" y=\"27\">{}</text></g>",
            x.saturating_sub(half),
            2 * half,
            escaped(name)
        )
        .expect(TAKES);
    }
    let mut y = TOP;
    for event in &events {
        match event {
            Event::Prepares(lines) => note(&mut svg, x1, y, prepares, lines),
            Event::Checks(lines) => note(&mut svg, x2, y, checks, lines),
            Event::Asks(words) => arrow(&mut svg, "asks", (x1, x2), y, words),
            Event::Answers(words, false) => arrow(&mut svg, "answers", (x2, x1), y, words),
            Event::Answers(words, true) => arrow(&mut svg, "answers refuses", (x2, x1), y, words),
        }
        y += height(event);
    }
    svg.push_str("</svg>");
    svg
}

/// The event with its long lines broken; what goes on is set in.
fn broken(event: &Event) -> Event {
    let lines = |lines: &[String]| lines.iter().flat_map(|line| wrapped(line)).collect();
    match event {
        Event::Prepares(all) => Event::Prepares(lines(all)),
        Event::Checks(all) => Event::Checks(lines(all)),
        Event::Asks(_) | Event::Answers(..) => event.clone(),
    }
}

fn wrapped(line: &str) -> Vec<String> {
    let mut lines: Vec<String> = vec![String::new()];
    for word in line.split(' ') {
        let last = lines.last_mut().expect("there is a first line");
        if !last.is_empty() && last.chars().count() + 1 + word.chars().count() > LONGEST {
            lines.push(format!("\u{a0}\u{a0}{word}"));
        } else if last.is_empty() {
            last.push_str(word);
        } else {
            last.push(' ');
            last.push_str(word);
        }
    }
    lines
}

fn height(event: &Event) -> usize {
    match event {
        Event::Prepares(lines) | Event::Checks(lines) => lines.len() * LINE + PADDING + 14,
        Event::Asks(_) | Event::Answers(..) => 46,
    }
}

fn told(event: &Event, consumer: &str, provider: &str) -> String {
    match event {
        Event::Prepares(lines) => format!("{consumer}: {}.", lines.join("; ")),
        Event::Asks(words) => format!("{consumer} to {provider}: {words}."),
        Event::Checks(lines) => format!("{provider}: {}.", lines.join("; ")),
        Event::Answers(words, _) => format!("{provider} to {consumer}: {words}."),
    }
}

fn note(svg: &mut String, x: usize, y: usize, widest: usize, lines: &[String]) {
    let half = widest / 2 + PADDING;
    let tall = lines.len() * LINE + PADDING;
    write!(
        svg,
        "<g class=\"note\"><rect x=\"{}\" y=\"{y}\" width=\"{}\" height=\"{tall}\" rx=\"4\"/>",
        x.saturating_sub(half),
        2 * half
    )
    .expect(TAKES);
    for (index, line) in lines.iter().enumerate() {
        let x = x.saturating_sub(widest / 2);
        write!(svg, "<text x=\"{x}\" y=\"{}\">{}</text>", y + 20 + index * LINE, escaped(line)).expect(TAKES);
    }
    svg.push_str("</g>");
}

fn arrow(svg: &mut String, class: &str, (from, to): (usize, usize), y: usize, words: &str) {
    let line = y + 28;
    let tip = if to > from { to - 9 } else { to + 9 };
    write!(
        svg,
        "<g class=\"{class}\"><text x=\"{}\" y=\"{}\">{}</text><path d=\"M{from} {line} H{tip}\"/>\
         <path class=\"tip\" d=\"M{to} {line} L{tip} {} L{tip} {} Z\"/></g>",
        usize::midpoint(from, to),
        line - 8,
        escaped(words),
        line - 5,
        line + 5
    )
    .expect(TAKES);
}
