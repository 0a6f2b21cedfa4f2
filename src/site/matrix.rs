//! Where a credential opens and where it does not: what the contract says, and what the runs showed of it.

use crate::contract::Contract;
use crate::feature::source::Listed;
use crate::record::{ContractRecord, Protection};
use crate::site::runs::Runs;
use crate::verdict::Verdict;
use indexmap::IndexMap;
use serde::Serialize;

/// The matrix of a contract.
#[derive(Clone, Debug, Serialize)]
pub struct Matrix {
    /// Where the features ran.
    pub columns: Vec<String>,
    /// A form of the credential each.
    pub rows: Vec<Row>,
}

/// A form of the credential.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// `The right credential in the query instead`.
    pub form: String,
    /// Whether the contract lets it open.
    pub opens: bool,
    /// How many operations it was tried at or would be.
    pub operations: usize,
    /// What each run showed.
    pub cells: Vec<Cell>,
    /// Whether no run showed it.
    pub only_promised: bool,
}

/// What a run showed of a form.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Cell {
    /// At how many operations it was as the contract says.
    pub proven: usize,
    /// At how many it was not.
    pub broken: usize,
    /// At how many nothing could be said.
    pub open: usize,
    /// At how many it was not tried.
    pub not_run: usize,
}

/// The matrix of a contract whose `derived` scenarios try the forms; `None` where nothing is protected.
pub fn of(contract: &Contract, derived: &[Listed], runs: &Runs<'_>) -> Option<Matrix> {
    let protected = contract.operations.values().filter(|operation| operation.security.is_required()).count();
    if protected == 0 {
        return None;
    }
    let columns: Vec<(String, &ContractRecord)> =
        runs.checked(&contract.name).map(|(column, record)| (column.label.clone(), record)).collect();
    let shown = |form: &str, opens: bool, has: fn(&Protection) -> bool| Row {
        form: form.to_owned(),
        opens,
        operations: protected,
        only_promised: columns.iter().all(|(_, record)| !record.protections.iter().any(has)),
        cells: columns.iter().map(|(_, record)| cell_of_protections(record, protected, has)).collect(),
    };
    let mut rows = vec![
        shown("The right credential in its own place", true, |protection| protection.accepted),
        shown("No credential at all", false, |protection| protection.refused_without),
        shown("A credential that nobody holds", false, |protection| protection.refused_wrong),
    ];
    let mut forms: IndexMap<&str, Vec<&Listed>> = IndexMap::new();
    for listed in derived {
        forms.entry(listed.name.as_str()).or_default().push(listed);
    }
    // What the three above say already.
    forms.retain(|form, _| !matches!(*form, "No credential" | "An unknown credential"));
    for (form, scenarios) in forms {
        let cells: Vec<Cell> = columns.iter().map(|(_, record)| cell(record, form)).collect();
        rows.push(Row {
            form: form.to_owned(),
            opens: form.ends_with("opens it") || form.ends_with("open it"),
            operations: scenarios.len(),
            only_promised: cells.iter().all(|cell| cell.proven + cell.broken == 0),
            cells,
        });
    }
    Some(Matrix { columns: columns.into_iter().map(|(label, _)| label).collect(), rows })
}

fn cell_of_protections(record: &ContractRecord, protected: usize, has: fn(&Protection) -> bool) -> Cell {
    let proven = record.protections.iter().filter(|protection| has(protection)).count();
    let open = record.protections.len() - proven;
    Cell { proven, broken: 0, open, not_run: protected.saturating_sub(record.protections.len()) }
}

fn cell(record: &ContractRecord, form: &str) -> Cell {
    let mut cell = Cell::default();
    for scenario in record.scenarios.iter().filter(|scenario| scenario.derived && scenario.name == form) {
        *match scenario.verdict {
            Verdict::Kept => &mut cell.proven,
            Verdict::Broken => &mut cell.broken,
            Verdict::Inconclusive | Verdict::Error => &mut cell.open,
        } += 1;
    }
    cell.not_run = record.not_run.iter().filter(|left_out| left_out.derived && left_out.name == form).count();
    cell
}
