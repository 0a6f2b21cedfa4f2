//! Who calls whom: consumers on the left, providers on the right, the contract between them.

use super::width;
use crate::site::runs::Shown;
use crate::site::template::escaped;
use crate::verdict::Verdict;
use std::fmt::Write as _;

/// A contract as the picture shows it.
pub struct Line<'a> {
    /// Its name.
    pub contract: &'a str,
    /// Who calls.
    pub consumers: &'a [String],
    /// Who answers.
    pub provider: &'a str,
    /// The worst of its last verdicts; `None` where it never ran.
    pub verdict: Option<Verdict>,
}

const HEIGHT: usize = 34;
const STEP: usize = 50;
const GAP: usize = 70;
const PADDING: usize = 14;
const TAKES: &str = "a text takes every write";

/// The picture.
pub fn draw(lines: &[Line<'_>]) -> String {
    let consumers = distinct(lines.iter().flat_map(|line| line.consumers.iter().map(String::as_str)));
    let providers = distinct(lines.iter().map(|line| line.provider));
    let labels: Vec<String> = lines.iter().map(|line| format!("{} {}", sign(line.verdict), line.contract)).collect();
    let wide = |texts: &mut dyn Iterator<Item = &str>| texts.map(width).max().unwrap_or(0) + 2 * PADDING;
    let left = wide(&mut consumers.iter().copied());
    let middle = wide(&mut labels.iter().map(String::as_str));
    let right = wide(&mut providers.iter().copied());
    let (middle_x, right_x) = (left + GAP, left + GAP + middle + GAP);
    let rows = consumers.len().max(lines.len()).max(providers.len());
    let (all_width, all_height) = (right_x + right + 2, rows * STEP + 2);
    let y = |index: usize, of: usize| (rows * STEP * (2 * index + 1)) / (2 * of);
    let mut svg = String::new();
    let described: Vec<String> = lines.iter().map(described).collect();
    write!(
        svg,
        "<svg class=\"picture parties\" role=\"group\" aria-labelledby=\"parties-title parties-text\" viewBox=\"-1 0 {all_width} {all_height}\" \
         width=\"{all_width}\" height=\"{all_height}\"><title id=\"parties-title\">Who calls whom</title>\
         <desc id=\"parties-text\">{}</desc>",
        escaped(&described.join(" "))
    )
    .expect(TAKES);
    for (index, line) in lines.iter().enumerate() {
        let at = y(index, lines.len());
        let class = line.verdict.map_or("none", Verdict::as_str);
        for consumer in line.consumers {
            let from = consumers.iter().position(|known| known == consumer).map_or(at, |row| y(row, consumers.len()));
            curve(&mut svg, class, (left, from), (middle_x, at));
        }
        let to = providers.iter().position(|known| *known == line.provider).map_or(at, |row| y(row, providers.len()));
        curve(&mut svg, class, (middle_x + middle, at), (right_x, to));
    }
    for (index, name) in consumers.iter().enumerate() {
        node(&mut svg, "party", (0, y(index, consumers.len())), left, name);
    }
    for (index, name) in providers.iter().enumerate() {
        node(&mut svg, "party", (right_x, y(index, providers.len())), right, name);
    }
    for (index, (line, label)) in lines.iter().zip(&labels).enumerate() {
        write!(svg, "<a href=\"{}/index.html\">", escaped(line.contract)).expect(TAKES);
        let class = format!("contract {}", line.verdict.map_or("none", Verdict::as_str));
        node(&mut svg, &class, (middle_x, y(index, lines.len())), middle, label);
        svg.push_str("</a>");
    }
    svg.push_str("</svg>");
    svg
}

fn sign(verdict: Option<Verdict>) -> &'static str {
    verdict.map_or("·", |verdict| Shown::of(verdict).mark)
}

fn described(line: &Line<'_>) -> String {
    let verdict = line.verdict.map_or("not run", Verdict::as_str);
    let verb = if line.consumers.len() == 1 { "calls" } else { "call" };
    format!("{} {verb} {} by the contract {}: {verdict}.", line.consumers.join(", "), line.provider, line.contract)
}

fn distinct<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut found = Vec::new();
    for name in names {
        if !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

fn node(svg: &mut String, class: &str, (x, y): (usize, usize), width: usize, text: &str) {
    let (top, middle, baseline) = (y - HEIGHT / 2, x + width / 2, y + 5);
    write!(
        svg,
        "<g class=\"{class}\"><rect x=\"{x}\" y=\"{top}\" width=\"{width}\" height=\"{HEIGHT}\" rx=\"6\"/>\
         <text x=\"{middle}\" y=\"{baseline}\">{}</text></g>",
        escaped(text)
    )
    .expect(TAKES);
}

fn curve(svg: &mut String, class: &str, (x1, y1): (usize, usize), (x2, y2): (usize, usize)) {
    let half = usize::midpoint(x1, x2);
    write!(svg, "<path class=\"call {class}\" d=\"M{x1} {y1} C{half} {y1} {half} {y2} {x2} {y2}\"/>").expect(TAKES);
}
