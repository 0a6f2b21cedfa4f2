//! What there is in a project, for a person, for the tools of a shell, and for programs.

use crate::inventory::{ContractEntry, Inventory, OperationEntry, ScenarioEntry, SiteEntry, StepEntry, TargetEntry};
use crate::report::figures::plural;
use crate::report::printable::printable;
use std::fmt::Write as _;
use textwrap::core::display_width;

/// What stands between two columns of a terminal.
const GAP: usize = 2;
const TAKES: &str = "a text takes every write";

/// As JSON, with a newline at its end.
pub fn json(inventory: &Inventory) -> String {
    let mut text = serde_json::to_string_pretty(inventory).expect("an inventory holds only what JSON can hold");
    text.push('\n');
    text
}

/// A line an item: in columns cut to `width` for a terminal, else with a tab between two fields.
pub fn lines(inventory: &Inventory, width: Option<usize>) -> String {
    let Inventory { contracts, operations, scenarios, targets, steps, .. } = inventory;
    let of_contracts = contracts.iter().flatten().map(of_contract);
    let of_operations = operations.iter().flatten().map(of_operation);
    let of_scenarios = scenarios.iter().flatten().map(of_scenario);
    let of_targets = targets.iter().flatten().flat_map(of_target);
    let of_steps = steps.iter().flatten().map(of_step);
    table(
        &of_contracts.chain(of_operations).chain(of_scenarios).chain(of_targets).chain(of_steps).collect::<Vec<_>>(),
        width,
    )
}

/// Each contract and target in a line, and how many there is of everything.
pub fn summary(inventory: &Inventory, width: Option<usize>) -> String {
    let mut text = String::new();
    let count = |list: Option<usize>, noun| plural(list.unwrap_or(0), noun);
    let Inventory { contracts, operations, scenarios, targets, steps, .. } = inventory;
    let derived = scenarios.iter().flatten().filter(|scenario| scenario.derived).count();
    let heads = [
        (count(contracts.as_ref().map(Vec::len), "contract"), contracts.iter().flatten().map(of_contract).collect()),
        (count(targets.as_ref().map(Vec::len), "target"), targets.iter().flatten().flat_map(of_target).collect()),
        (count(operations.as_ref().map(Vec::len), "operation"), Vec::new()),
        (format!("{}, {derived} derived", count(scenarios.as_ref().map(Vec::len), "scenario")), Vec::new()),
        (count(steps.as_ref().map(Vec::len), "step"), Vec::new()),
    ];
    for (head, rows) in heads {
        writeln!(text, "{head}").expect(TAKES);
        let rows = table(&rows, width.map(|width| width.saturating_sub(GAP)));
        rows.lines().for_each(|line| writeln!(text, "  {line}").expect(TAKES));
    }
    text.push_str("`counterpart list operations`, `scenarios` or `steps` lists them.\n");
    text
}

fn of_contract(entry: &ContractEntry) -> Vec<String> {
    let scenarios = format!("{}, {} derived", plural(entry.scenarios, "scenario"), entry.derived);
    let parties = format!("{} → {}", entry.consumers.join(", "), entry.provider);
    vec![entry.name.to_string(), plural(entry.operations, "operation"), scenarios, parties]
}

fn of_operation(entry: &OperationEntry) -> Vec<String> {
    let sets = entry.credentials.iter().map(|set| match set.as_slice() {
        [] => "none".to_owned(),
        set => set.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and "),
    });
    let sets: Vec<String> = sets.collect();
    let opens = if sets.is_empty() { "open".to_owned() } else { sets.join(" or ") };
    let place = format!("{}:{}", entry.file, entry.line);
    let scenarios = plural(entry.scenarios, "scenario");
    vec![
        entry.contract.to_string(),
        entry.name.to_string(),
        entry.method.clone(),
        entry.path.clone(),
        opens,
        scenarios,
        place,
    ]
}

fn of_scenario(entry: &ScenarioEntry) -> Vec<String> {
    let name = match &entry.rule {
        Some(rule) => format!("{rule} › {}", entry.name),
        None => entry.name.clone(),
    };
    let tags: Vec<String> = entry.tags.iter().map(|tag| format!("@{tag}")).collect();
    vec![format!("{}:{}", entry.file, entry.line), name, tags.join(" ")]
}

fn of_target(entry: &TargetEntry) -> Vec<Vec<String>> {
    let row = |site: &SiteEntry| {
        let url = site.url.clone().unwrap_or_else(|| "a variable of its url is not set".to_owned());
        let mut words = Vec::new();
        words.extend(entry.writes.then_some("writes"));
        words.extend(site.open.then_some("open"));
        vec![entry.name.to_string(), site.name.to_string(), url, words.join(" ")]
    };
    entry.contracts.iter().map(row).collect()
}

fn of_step(entry: &StepEntry) -> Vec<String> {
    vec![entry.keywords.join("/"), entry.expression.to_owned(), entry.meaning.to_owned()]
}

/// Rows as lines; what would break a line or a field is written as a space.
fn table(rows: &[Vec<String>], width: Option<usize>) -> String {
    let plain = |cell: &String| printable(&cell.replace(['\n', '\t'], " "));
    let rows: Vec<Vec<String>> = rows.iter().map(|row| row.iter().map(plain).collect()).collect();
    let Some(width) = width else {
        return rows.iter().map(|row| format!("{}\n", row.join("\t").trim_end())).collect();
    };
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widest = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| display_width(cell)).max();
    let widths: Vec<usize> = (0..columns).map(|column| widest(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width + GAP - display_width(cell))));
        format!("{}\n", cut(cells.collect::<String>().trim_end(), width))
    };
    rows.iter().map(line).collect()
}

fn cut(line: &str, width: usize) -> String {
    if display_width(line) <= width {
        return line.to_owned();
    }
    let mut left = width.saturating_sub(1);
    let kept = line.chars().take_while(|character| {
        let fits = textwrap::core::display_width(character.encode_utf8(&mut [0; 4]));
        let is_kept = fits <= left;
        left = left.saturating_sub(fits);
        is_kept
    });
    format!("{}…", kept.collect::<String>())
}
