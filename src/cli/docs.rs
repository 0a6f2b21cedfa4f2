//! `counterpart docs`: the living documentation as a static site.

use super::arguments::Common;
use super::arguments::docs::DocsOptions;
use super::check::open_project;
use super::diagnostic::Failure;
use super::exit::Exit;
use super::output::{print, write_whole};
use super::recording::parsed;
use super::targets::asked;
use crate::contract::Contract;
use crate::feature::derived;
use crate::feature::source::{Listed, read};
use crate::name::ContractName;
use crate::place::{Problem, Problems};
use crate::project::Project;
use crate::record::Record;
use crate::report::figures::plural;
use crate::score::Score;
use crate::site::{self, Documented, File, Material};
use crate::snapshot;
use gherkin::Feature;
use serde_json::Value;
use std::path::Path;

/// Writes the site.
///
/// # Errors
/// There is no project, or a contract, a feature or a record cannot be read, or a file cannot be written.
pub fn docs(common: &Common, options: &DocsOptions) -> Result<Exit, Failure> {
    let project = open_project(common)?;
    let names = asked(&project, common)?;
    let (mut records, mut scores) = (Vec::new(), Vec::new());
    for path in &options.records {
        match recorded(path)? {
            Kept::Run(record) => records.push(*record),
            Kept::Score(score) => scores.push(*score),
        }
    }
    let contracts = documented(&project, &names)?;
    let title = options.title.clone();
    let files = site::files(&Material { title, contracts, records, scores });
    write(&options.output, &files)?;
    let bytes: usize = files.iter().map(|file| file.text.len()).sum();
    let told = format!(
        "wrote {}: {}, {} kB\nopen {}\n",
        options.output.display(),
        plural(files.len(), "file"),
        bytes.div_ceil(1000),
        options.output.join("index.html").display()
    );
    if !common.quiet {
        print(&told)?;
    }
    Ok(Exit::Kept)
}

/// What a file of a past run holds.
enum Kept {
    Run(Box<Record>),
    Score(Box<Score>),
}

fn recorded(path: &Path) -> Result<Kept, Failure> {
    let file = path.to_string_lossy().into_owned();
    let text = std::fs::read_to_string(path).map_err(|error| Failure::CouldNotRun(format!("{file}: {error}")))?;
    let wrong =
        |problem: Problem| Failure::CouldNotRun(format!("{}: {}\n  help: {RECORDS}", problem.place, problem.wrong));
    let value: Value = parsed(&file, &text).map_err(wrong)?;
    if value.get("fail_under").is_some() {
        return Ok(Kept::Score(Box::new(parsed(&file, &text).map_err(wrong)?)));
    }
    if value.get("contracts").is_none() || value.get("verb").is_none() {
        return Err(Failure::CouldNotRun(format!("{file}: not the record of a run\n  help: {RECORDS}")));
    }
    Ok(Kept::Run(Box::new(parsed(&file, &text).map_err(wrong)?)))
}

const RECORDS: &str = "give what check, consumer, proxy, replay or mutate wrote with `--format json --output FILE`";

fn documented(project: &Project, names: &[ContractName]) -> Result<Vec<Documented>, Failure> {
    let mut problems: Vec<Problem> = Vec::new();
    let mut contracts = Vec::new();
    for name in names {
        match project.contract(name) {
            Ok(contract) => {
                let (features, derived) = features(project, &contract, &mut problems)?;
                let snapshots = snapshot::accepted(&project.snapshots(name))
                    .map_err(|error| Failure::CouldNotRun(format!("the snapshots of {name}: {error}")))?;
                contracts.push(Documented { contract, features, derived, snapshots });
            }
            Err(found) => problems.extend(found.0),
        }
    }
    Problems(problems)
        .or(contracts)
        .map_err(|problems| Failure::of_problems(&project.folder, problems, Exit::CouldNotRun))
}

type Read = (Feature, Vec<Listed>);

/// The features of a contract and the one that is derived from it; what is wrong with them is added to `problems`.
fn features(
    project: &Project,
    contract: &Contract,
    problems: &mut Vec<Problem>,
) -> Result<(Vec<Read>, Option<Read>), Failure> {
    let files = project.features(&contract.name).map_err(|error| Failure::of_project(&project.folder, error))?;
    let mut features: Vec<Read> = Vec::new();
    for (file, text) in files {
        match read(&file, &text, contract) {
            Ok(found) => features.push(found),
            Err(found) => problems.extend(found),
        }
    }
    let listed: Vec<&Listed> = features.iter().flat_map(|(_, listed)| listed).collect();
    let derived = derived::read(contract, &listed).unwrap_or_else(|found| {
        problems.extend(found);
        None
    });
    Ok((features, derived))
}

/// Writes each file whole or not at all. Files of an earlier site that this one does not have stay where they are.
fn write(folder: &Path, files: &[File]) -> Result<(), Failure> {
    for File { path, text } in files {
        let path = folder.join(path);
        let parent = path.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent)
            .and_then(|()| write_whole(&path, text))
            .map_err(|error| Failure::CouldNotRun(format!("{}: {error}", path.display())))?;
    }
    Ok(())
}
