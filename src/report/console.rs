//! The report for a person: scenarios as they finish, then what is wrong, and the outcome last.
//!
//! # What is read first
//! A log is read from its end, so the end names the parties of each broken contract, what they disagree about and
//! where. Above it stand the findings in full.

use crate::name::{ContractName, OperationId};
use crate::record::{ContractRecord, FindingRecord, Protection, Record, ScenarioRecord};
use crate::report::figures::{self, duration, mark, plural};
use crate::report::finding;
use crate::report::page::{BOLD, DIM, GREEN, PLAIN, Page, RED, YELLOW};
use crate::verdict::{Code, Verdict};
use anstyle::Style;
use indexmap::IndexMap;
use std::io::{self, Write};

/// From how many milliseconds on a scenario's duration is shown.
const SLOW: u64 = 100;

/// How the console report looks.
#[derive(Clone, Copy, Debug)]
pub struct ConsoleOptions {
    /// Columns at which text wraps; commands and places are never broken.
    pub width: usize,
    /// Whether to use colour.
    pub colour: bool,
    /// Only findings and outcome.
    pub quiet: bool,
    /// Also exchanges, retries, every duration and each scenario that did not run.
    pub verbose: bool,
}

/// A console report under way. What it was told last decides which headings the next scenario needs.
#[derive(Debug)]
pub struct Console {
    options: ConsoleOptions,
    contract: Option<ContractName>,
    feature: Option<String>,
    rule: Option<String>,
    /// The derived scenarios of a rule that finished: they are told in one line when the rule has ended.
    derived: Vec<ScenarioRecord>,
}

/// The whole report without colour, 100 wide.
pub(super) fn render(record: &Record) -> String {
    let mut console = Console::new(ConsoleOptions { width: 100, colour: false, quiet: false, verbose: false });
    let mut text = Vec::new();
    console.whole(&mut text, record).expect("memory takes every write");
    String::from_utf8(text).expect("only text was written")
}

impl Console {
    /// A report that has not begun.
    pub fn new(options: ConsoleOptions) -> Self {
        Self { options, contract: None, feature: None, rule: None, derived: Vec::new() }
    }

    /// A scenario that finished. They come in the order of file and line, one contract after the other.
    pub fn scenario(
        &mut self,
        out: &mut dyn Write,
        contract: &ContractName,
        scenario: &ScenarioRecord,
    ) -> io::Result<()> {
        if self.options.quiet {
            return Ok(());
        }
        let verbose = self.options.verbose;
        if self.derived.last().is_some_and(|last| (&last.feature, &last.rule) != (&scenario.feature, &scenario.rule)) {
            self.derived_rule(out)?;
        }
        let page = &mut self.options.page(out);
        if self.contract.as_ref() != Some(contract) {
            if self.contract.is_some() {
                page.blank()?;
            }
            page.line(0, BOLD, contract.as_str())?;
            self.contract = Some(contract.clone());
            self.feature = None;
        }
        if self.feature.as_ref() != Some(&scenario.feature) {
            page.line(2, BOLD, &scenario.feature_name)?;
            self.feature = Some(scenario.feature.clone());
            self.rule = None;
        }
        if scenario.derived && !verbose {
            self.derived.push(scenario.clone());
            return Ok(());
        }
        if self.rule != scenario.rule {
            scenario.rule.iter().try_for_each(|rule| page.line(4, PLAIN, rule))?;
            self.rule.clone_from(&scenario.rule);
        }
        let indent = if scenario.rule.is_some() { 6 } else { 4 };
        scenario_line(page, indent, scenario, verbose)
    }

    /// The derived scenarios of a rule in one line, and those of them that are not kept.
    fn derived_rule(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let scenarios = std::mem::take(&mut self.derived);
        let Some(first) = scenarios.first() else { return Ok(()) };
        let page = &mut self.options.page(out);
        let verdict = scenarios.iter().map(|scenario| scenario.verdict).max().unwrap_or_default();
        let rule = first.rule.as_deref().unwrap_or(&first.name);
        let text = format!("{rule} ({} derived)", scenarios.len());
        let name_style = if verdict == Verdict::Kept { PLAIN } else { style(verdict) };
        page.hang(&format!("    {} ", mark(verdict)), style(verdict), name_style, &text)?;
        let departing = scenarios.iter().filter(|scenario| scenario.verdict != Verdict::Kept);
        departing.into_iter().try_for_each(|scenario| {
            // Below stands all that was found: here the names say which.
            let style = style(scenario.verdict);
            page.hang(&format!("      {} ", mark(scenario.verdict)), style, style, &scenario.name)
        })
    }

    /// All that is left to say when the last scenario has finished.
    pub fn finish(&mut self, out: &mut dyn Write, record: &Record) -> io::Result<()> {
        let (quiet, verbose) = (self.options.quiet, self.options.verbose);
        self.derived_rule(out)?;
        let page = &mut self.options.page(out);
        if self.contract.is_some() {
            page.blank()?;
        }
        if !quiet {
            record.contracts.iter().try_for_each(|contract| calls(page, contract))?;
            not_run(page, record, verbose)?;
        }
        record.contracts.iter().try_for_each(|contract| findings(page, contract, verbose))?;
        unproven(page, record)?;
        uncalled(page, record)?;
        remarks(page, record, quiet, verbose)?;
        for note in &record.notes {
            page.hang("note: ", YELLOW, PLAIN, note)?;
        }
        if !record.notes.is_empty() {
            page.blank()?;
        }
        outcomes(page, record)?;
        page.verbatim(style(record.verdict), &figures::summary(record))
    }

    /// The whole report at once.
    pub fn whole(&mut self, out: &mut dyn Write, record: &Record) -> io::Result<()> {
        for contract in &record.contracts {
            contract.scenarios.iter().try_for_each(|scenario| self.scenario(out, &contract.name, scenario))?;
        }
        self.finish(out, record)
    }
}

impl ConsoleOptions {
    fn page(self, out: &mut dyn Write) -> Page<'_> {
        Page { out, width: self.width, colour: self.colour }
    }
}

fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Kept => GREEN,
        Verdict::Inconclusive => YELLOW,
        Verdict::Broken | Verdict::Error => RED,
    }
}

fn scenario_line(page: &mut Page, indent: usize, scenario: &ScenarioRecord, verbose: bool) -> io::Result<()> {
    let mut more = Vec::new();
    if verbose {
        more.push(plural(scenario.exchanges, "exchange"));
    }
    match scenario.attempts.len() {
        0 => {}
        1 => more.push("1 retry".to_owned()),
        retries => more.push(format!("{retries} retries")),
    }
    if verbose || scenario.duration_ms > SLOW {
        more.push(duration(scenario.duration_ms));
    }
    let more = if more.is_empty() { String::new() } else { format!("  ({})", more.join(", ")) };
    let (lead, style) = (format!("{:indent$}{} ", "", mark(scenario.verdict)), style(scenario.verdict));
    let name_style = if scenario.verdict == Verdict::Kept { PLAIN } else { style };
    page.hang(&lead, style, name_style, &format!("{}{more}", scenario.name))?;
    if verbose {
        scenario.attempts.iter().try_for_each(|attempt| page.line(indent + 2, DIM, attempt))?;
    }
    scenario.findings.first().map_or(Ok(()), |first| page.line(indent + 4, PLAIN, &finding::headline(first)))
}

/// What others called, a line an operation.
fn calls(page: &mut Page, contract: &ContractRecord) -> io::Result<()> {
    if contract.calls.is_empty() {
        return Ok(());
    }
    page.line(0, BOLD, contract.name.as_str())?;
    for call in &contract.calls {
        let operation = call.operation.as_ref().map_or("no operation of the contract", OperationId::as_str);
        let text = format!("{operation}  ({})", plural(call.requests, "request"));
        let name_style = if call.verdict == Verdict::Kept { PLAIN } else { style(call.verdict) };
        page.hang(&format!("  {} ", mark(call.verdict)), style(call.verdict), name_style, &text)?;
    }
    page.blank()
}

fn not_run(page: &mut Page, record: &Record, verbose: bool) -> io::Result<()> {
    let reasons = figures::not_run(record);
    if reasons.is_empty() {
        return Ok(());
    }
    page.line(0, BOLD, "Not run")?;
    for (reason, left_out) in reasons {
        page.hang("  - ", DIM, PLAIN, &format!("{}: {reason}", plural(left_out.len(), "scenario")))?;
        for (contract, not_run) in left_out.iter().filter(|_| verbose) {
            let text = format!("{contract} › {}", figures::place_of_not_run(not_run));
            page.line(6, DIM, &text)?;
        }
    }
    page.blank()
}

fn findings(page: &mut Page, contract: &ContractRecord, verbose: bool) -> io::Result<()> {
    let alike = if verbose { Alike::default() } else { Alike::of(contract) };
    for scenario in &contract.scenarios {
        let own: Vec<_> = scenario.findings.iter().filter(|finding| !alike.is_repeated(finding)).collect();
        if own.is_empty() {
            continue;
        }
        heading(page, contract, scenario.verdict, &figures::place(scenario))?;
        for finding in own {
            finding_in_full(page, contract, finding, alike.others(finding), false)?;
            shown_exchange(page, finding, verbose)?;
        }
        page.blank()?;
    }
    let whole = contract.findings.iter().filter(|finding| !is_listed(contract, finding) && !finding.is_remark());
    let whole: Vec<_> = whole.collect();
    let Some(worst) = whole.iter().map(|finding| finding.code.weight()).max() else { return Ok(()) };
    heading(page, contract, worst, figures::whole(contract))?;
    let mut before: Option<&FindingRecord> = None;
    for finding in whole {
        // What one exchange shows has one drift, which is told once.
        let is_told = before.is_some_and(|before| before.drift == finding.drift && before.exchange == finding.exchange);
        finding_in_full(page, contract, finding, None, is_told)?;
        shown_exchange(page, finding, verbose && !is_told)?;
        before = Some(finding);
    }
    page.blank()
}

/// Findings that say the same of one contract, each with its scenario: the first is told in full, of the others only
/// the place, or the name where it was derived.
#[derive(Default)]
struct Alike<'a>(Vec<Vec<(&'a FindingRecord, &'a ScenarioRecord)>>);

impl<'a> Alike<'a> {
    fn of(contract: &'a ContractRecord) -> Self {
        let mut groups: Vec<Vec<(&FindingRecord, &ScenarioRecord)>> = Vec::new();
        for scenario in &contract.scenarios {
            for finding in &scenario.findings {
                match groups.iter_mut().find(|group| says_the_same(group[0].0, finding)) {
                    Some(group) => group.push((finding, scenario)),
                    None => groups.push(vec![(finding, scenario)]),
                }
            }
        }
        Self(groups)
    }

    fn is_repeated(&self, finding: &FindingRecord) -> bool {
        self.0.iter().any(|group| group[1..].iter().any(|(other, _)| std::ptr::eq(*other, finding)))
    }

    /// Where else it was found, if it is the first of several.
    fn others(&self, finding: &FindingRecord) -> Option<String> {
        const NAMED: usize = 4;
        let group = self.0.iter().find(|group| group.len() > 1 && std::ptr::eq(group[0].0, finding))?;
        let place = |(finding, scenario): &(&FindingRecord, &ScenarioRecord)| match &finding.feature_place {
            Some(place) => Some(place.to_string()),
            None => scenario.derived.then(|| format!("{:?}", scenario.name)),
        };
        let mut places: Vec<String> = group.iter().filter_map(place).collect();
        // The rows of an outline share their lines.
        places.dedup();
        let places = places.get(1..).filter(|places| !places.is_empty())?;
        let named = places[..places.len().min(NAMED)].join(", ");
        let more = places.len().saturating_sub(NAMED);
        Some(if more > 0 { format!("{named} and {more} more (all with --verbose)") } else { named })
    }
}

fn says_the_same(one: &FindingRecord, other: &FindingRecord) -> bool {
    let looks = |finding: &'_ FindingRecord| {
        (finding.code, finding.location.clone(), finding.actual.clone(), finding.detail.clone())
    };
    match (&one.drift, &other.drift) {
        // One drift has many faces.
        (Some(drift), Some(another)) => drift == another && one.code == other.code,
        _ => looks(one) == looks(other),
    }
}

fn heading(page: &mut Page, contract: &ContractRecord, verdict: Verdict, of: &str) -> io::Result<()> {
    page.hang(&format!("{} ", mark(verdict)), style(verdict), BOLD, &format!("{} › {of}", contract.name))?;
    page.line(2, DIM, &figures::parties(contract))
}

fn finding_in_full(
    page: &mut Page,
    contract: &ContractRecord,
    finding: &FindingRecord,
    others: Option<String>,
    drift_is_told: bool,
) -> io::Result<()> {
    page.blank()?;
    let style = style(finding.code.weight());
    if let Some(drift) = finding.drift.as_ref().filter(|_| !drift_is_told) {
        page.flow(&format!("  {}: ", finding::drift_code(drift)), style, BOLD, &drift.sentence, 4)?;
    }
    if let Some(step) = &finding.step {
        page.line(2, PLAIN, step)?;
    }
    page.flow(&format!("  {}: ", finding.code), style, PLAIN, &finding::sentence(finding, contract), 4)?;
    for row in finding::rows(finding) {
        let lead = format!("    {:<10}", row.label);
        if row.wraps {
            page.hang(&lead, DIM, PLAIN, &row.value)?;
        } else {
            page.hang_place(&lead, DIM, PLAIN, &row.value)?;
        }
    }
    others.map_or(Ok(()), |others| page.hang("    also at   ", DIM, PLAIN, &others))?;
    finding.detail.as_ref().map_or(Ok(()), |text| detail(page, text))?;
    let Some(curl) = &finding.curl else { return Ok(()) };
    page.blank()?;
    page.verbatim(PLAIN, curl)
}

/// What went over the wire, for those who ask for more.
fn shown_exchange(page: &mut Page, finding: &FindingRecord, verbose: bool) -> io::Result<()> {
    let Some(exchange) = finding.exchange.as_ref().filter(|_| verbose) else { return Ok(()) };
    page.blank()?;
    finding::exchange_rows(exchange).iter().try_for_each(|row| {
        let lead = format!("    {:<10}", row.label);
        page.hang_place(&lead, DIM, PLAIN, &row.value)
    })
}

/// A diff keeps its lines; other text wraps.
fn detail(page: &mut Page, text: &str) -> io::Result<()> {
    page.blank()?;
    let is_diff = text.lines().any(|line| line.starts_with(['+', '-']));
    for line in text.lines() {
        match line.chars().next() {
            Some('+') => page.hang_place("    ", PLAIN, GREEN, line)?,
            Some('-') => page.hang_place("    ", PLAIN, RED, line)?,
            None => page.blank()?,
            _ if is_diff => page.hang_place("    ", PLAIN, PLAIN, line)?,
            _ => page.line(4, PLAIN, line)?,
        }
    }
    Ok(())
}

/// What a list at the end says of a consumer, and no finding in full.
const OF_CONSUMER: [Code; 3] = [Code::NothingSent, Code::OperationUncalled, Code::CommandFailed];

/// Whether a list says it already: that of unproven protections, or what is said of a consumer.
fn is_listed(contract: &ContractRecord, finding: &FindingRecord) -> bool {
    if OF_CONSUMER.contains(&finding.code) {
        return true;
    }
    let listed =
        |operation: &OperationId| contract.protections.iter().any(|p| p.operation == *operation && !p.is_proven());
    finding.code == Code::ProtectionUnproven && finding.operation.as_ref().is_some_and(listed)
}

fn unproven(page: &mut Page, record: &Record) -> io::Result<()> {
    let all = record.contracts.iter().flat_map(|contract| contract.protections.iter().map(move |p| (contract, p)));
    let finding_of = |contract: &'_ ContractRecord, operation: &OperationId| {
        let about = |finding: &&FindingRecord| finding.operation.as_ref() == Some(operation);
        contract.findings.iter().filter(|finding| finding.code == Code::ProtectionUnproven).find(about).cloned()
    };
    // What a narrowed run left open is no news: only what counts is listed.
    let unproven: Vec<_> = all
        .filter(|(_, protection)| !protection.is_proven())
        .filter_map(|(contract, protection)| Some((contract, protection, finding_of(contract, &protection.operation)?)))
        .collect();
    if unproven.is_empty() {
        return Ok(());
    }
    page.line(0, BOLD, "Protection not proven")?;
    for (contract, protection, finding) in unproven {
        let text = format!("{} › {}: {}", contract.name, protection.operation, evidence(protection));
        page.hang("  ? ", YELLOW, PLAIN, &text)?;
        let place = finding.contract_place.as_ref();
        place.map_or(Ok(()), |place| page.hang_place("    ", PLAIN, DIM, &place.to_string()))?;
    }
    page.blank()
}

/// How the consumer's command failed, once, and the contracts and operations that it should have called, a line each.
fn uncalled(page: &mut Page, record: &Record) -> io::Result<()> {
    let mut findings = record.contracts.iter().flat_map(|contract| &contract.findings);
    if let Some(failed) = findings.find(|finding| finding.code == Code::CommandFailed) {
        let text = format!("{} It ended with {}.", failed.code.meaning(), failed.actual);
        page.hang(&format!("{} ", mark(Verdict::Broken)), RED, BOLD, &text)?;
        page.blank()?;
    }
    let is_uncalled = |finding: &&FindingRecord| matches!(finding.code, Code::NothingSent | Code::OperationUncalled);
    let mut lines = Vec::new();
    for contract in &record.contracts {
        let operations = contract.findings.iter().filter(is_uncalled).filter_map(|finding| finding.operation.as_ref());
        let operations: Vec<&str> = operations.map(OperationId::as_str).collect();
        if !operations.is_empty() {
            lines.push(format!("{} › {}", contract.name, operations.join(", ")));
        } else if contract.findings.iter().any(|finding| finding.code == Code::NothingSent) {
            lines.push(contract.name.to_string());
        }
    }
    if lines.is_empty() {
        return Ok(());
    }
    page.line(0, BOLD, "Not called")?;
    lines.iter().try_for_each(|line| page.hang("  ? ", YELLOW, PLAIN, line))?;
    page.blank()
}

/// What does not count, in a few lines a contract; with `quiet` only where it may tell why something is broken.
fn remarks(page: &mut Page, record: &Record, quiet: bool, verbose: bool) -> io::Result<()> {
    const SHOWN: usize = 3;
    let is_told = |contract: &&ContractRecord| !quiet || contract.verdict >= Verdict::Broken;
    for contract in record.contracts.iter().filter(is_told) {
        let mut by_code: IndexMap<Code, Vec<&FindingRecord>> = IndexMap::new();
        for remark in contract.findings.iter().filter(|finding| finding.is_remark()) {
            by_code.entry(remark.code).or_default().push(remark);
        }
        for all in by_code.values() {
            page.line(0, BOLD, &format!("{}: {}", contract.name, finding::sentence(all[0], contract)))?;
            let shown = if verbose { all.len() } else { SHOWN.min(all.len()) };
            for remark in &all[..shown] {
                page.hang("  - ", DIM, PLAIN, &finding::remark(remark))?;
                remark
                    .contract_place
                    .iter()
                    .try_for_each(|place| page.hang_place("    ", PLAIN, DIM, &place.to_string()))?;
            }
            if shown < all.len() {
                page.line(4, DIM, &format!("and {} more (all with --verbose)", all.len() - shown))?;
            }
            page.blank()?;
        }
    }
    Ok(())
}

fn evidence(protection: &Protection) -> String {
    let evidence = [
        (protection.accepted, "the right credential accepted"),
        (protection.refused_without, "a call without credential refused"),
        (protection.refused_wrong, "a wrong credential refused"),
    ];
    let words = |seen: bool| {
        let words: Vec<&str> = evidence.iter().filter(|(is, _)| *is == seen).map(|(_, word)| *word).collect();
        if words.is_empty() { "nothing".to_owned() } else { words.join(", ") }
    };
    format!("not seen: {}; seen: {}", words(false), words(true))
}

fn outcomes(page: &mut Page, record: &Record) -> io::Result<()> {
    let wide = record.contracts.iter().map(|contract| contract.name.as_str().chars().count()).max().unwrap_or(0);
    for contract in &record.contracts {
        let lead =
            format!("{} {:wide$}  {:<12}  ", mark(contract.verdict), contract.name.as_str(), contract.verdict.as_str());
        let text = format!("{} · {}", figures::parties(contract), figures::done(contract, record.verb));
        page.flow(&lead, style(contract.verdict), PLAIN, &text, 4)?;
        if contract.verdict >= Verdict::Broken {
            disagreement(page, contract)?;
        }
    }
    if !record.contracts.is_empty() {
        page.blank()?;
    }
    if record.contracts.iter().any(|contract| !contract.scenarios.is_empty() || !contract.calls.is_empty()) {
        return Ok(());
    }
    page.hang("? ", YELLOW, PLAIN, "Nothing was tested, so nothing is proven.")?;
    page.blank()
}

/// The first of a contract's worst findings in three lines: what happened (its drift where one is known), the values, where.
fn disagreement(page: &mut Page, contract: &ContractRecord) -> io::Result<()> {
    let is_told = |finding: &&FindingRecord| !finding.is_remark() && !OF_CONSUMER.contains(&finding.code);
    let whole = || contract.findings.iter().filter(is_told);
    let all = || contract.scenarios.iter().flat_map(|scenario| &scenario.findings).chain(whole());
    let worst = all().find(|finding| finding.code.weight() == contract.verdict);
    let Some(first) = worst.or_else(|| all().next()) else { return Ok(()) };
    let drift = first.drift.as_ref();
    page.line(4, PLAIN, drift.map_or(&finding::sentence(first, contract), |drift| &drift.sentence))?;
    page.line(4, PLAIN, &finding::headline(first))?;
    let place = first.feature_place.as_ref().or(first.contract_place.as_ref());
    let place = place.map(ToString::to_string);
    let more = all().count() - 1;
    let more = (more > 0).then(|| format!("and {}", plural(more, "more finding")));
    let parts: Vec<String> = place.into_iter().chain(more).collect();
    if parts.is_empty() { Ok(()) } else { page.line(4, DIM, &parts.join(", ")) }
}
