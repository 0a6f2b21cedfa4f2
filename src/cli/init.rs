//! `counterpart init`: writes a project that runs at once, or a contract from an OpenAPI document.

use super::arguments::Common;
use super::arguments::init::InitOptions;
use super::check::at_fakes;
use super::diagnostic::Failure;
use super::exit::Exit;
use super::staging::Staging;
use super::started;
use crate::name::ContractName;
use crate::place::{Place, Problems};
use crate::project::{Project, SETTINGS_FILE};
use crate::snapshot;
use crate::starter::document::Text;
use crate::starter::{self, File, Started, Unstarted, template};
use std::path::{Path, PathBuf};

/// Runs the verb.
///
/// # Errors
/// Something is in the way, the document cannot be read or lacks something, or a file cannot be written. Nothing was
/// written then.
pub fn init(common: &Common, options: &InitOptions) -> Result<Exit, Failure> {
    let here = std::env::current_dir().map_err(|error| Failure::CouldNotRun(error.to_string()))?;
    let given = options.folder.as_ref().or(common.project.as_ref());
    let name = named(common, options)?;
    let Some(from) = &options.from else {
        return example(&here, given.map_or(here.as_path(), PathBuf::as_path));
    };
    let folder = match given {
        Some(folder) => here.join(folder),
        None => Project::find(&here).unwrap_or_else(|_| here.clone()),
    };
    let source = super::source::read(from)?;
    let started = starter::contract(name.as_deref(), &source.text, &|file| source.beside(file))
        .map_err(|unstarted| refused(from, &source.text, unstarted))?;
    contract(&here, &folder, &started, &source, common, options)
}

/// The name of the contract, if it was given.
fn named(common: &Common, options: &InitOptions) -> Result<Option<String>, Failure> {
    if let (Some(folder), Some(project)) = (&options.folder, &common.project)
        && folder != project
    {
        let wrong = "the project's folder is given twice, as DIR and by --project\n  help: leave one of them out";
        return Err(Failure::Usage(wrong.to_owned()));
    }
    match common.contracts.as_slice() {
        [] => Ok(None),
        [_] if options.from.is_none() => Err(Failure::Usage(
            "--contract names what --from makes\n  help: add --from FILE_OR_URL, or leave --contract out".to_owned(),
        )),
        [name] if is_folder_name(name) => Ok(Some(name.clone())),
        [name] => Err(Failure::Usage(format!(
            "--contract {name}: not the name of a folder\n  help: write letters, digits and hyphens"
        ))),
        _ => Err(Failure::Usage("--contract is given twice\n  help: --from makes one contract".to_owned())),
    }
}

fn is_folder_name(name: &str) -> bool {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_.".contains(letter);
    !name.is_empty() && !name.starts_with('.') && name.chars().all(is_plain)
}

/// Writes the small project.
fn example(here: &Path, folder: &Path) -> Result<Exit, Failure> {
    let folder = here.join(folder);
    let files = template::files();
    let mut staging = Staging::new(&folder)?;
    let mut parts: Vec<String> = ["contracts", "features", "snapshots"].map(|kind| format!("{kind}/greeting")).to_vec();
    parts.push(SETTINGS_FILE.to_owned());
    staging.is_free(&parts)?;
    for file in &files {
        staging.write(file)?;
    }
    let ignored = ignored(&mut staging, &mut parts)?;
    staging.place(&parts)?;
    started::example(&files, ignored, &started::shown(here, &folder));
    Ok(Exit::Kept)
}

/// Adds `.gitignore` where there is none; whether it did.
fn ignored(staging: &mut Staging, parts: &mut Vec<String>) -> Result<bool, Failure> {
    let ignored = template::ignored();
    let is_new = !staging.has(&ignored.path);
    if is_new {
        staging.write(&ignored)?;
        parts.push(ignored.path);
    }
    Ok(is_new)
}

/// Writes the files of a contract, with the shapes that it has at its fake.
fn contract(
    here: &Path,
    folder: &Path,
    started: &Started,
    source: &super::source::Source,
    common: &Common,
    options: &InitOptions,
) -> Result<Exit, Failure> {
    let name = &started.name;
    let is_project = folder.join(SETTINGS_FILE).is_file();
    let mut staging = Staging::new(folder)?;
    let mut parts: Vec<String> = ["contracts", "features", "snapshots"].map(|kind| format!("{kind}/{name}")).to_vec();
    staging.is_free(&parts)?;
    for file in &started.files {
        staging.write(file)?;
    }
    let settings = template::settings(name.as_str(), started.secret.as_deref(), source.base(started).as_deref());
    staging.write(&settings)?;
    let record = at_fakes(staging.staged())?;
    let shapes = shapes(staging.staged(), name, options.accept)?;
    parts.retain(|part| staging.wrote(part));
    let mut ignored_is_new = false;
    if !is_project {
        parts.push(settings.path.clone());
        ignored_is_new = ignored(&mut staging, &mut parts)?;
    }
    staging.place(&parts)?;
    let mut files: Vec<File> = started.files.clone();
    files.extend((!is_project).then_some(settings));
    let written = started::Written { files: &files, ignored_is_new, shapes, accepted: options.accept };
    started::contract(started, &written, &record, &started::shown(here, folder), common.quiet);
    Ok(Exit::Kept)
}

/// The number of shapes that the run left pending; accepted where that is wanted.
fn shapes(folder: &Path, name: &ContractName, accept: bool) -> Result<usize, Failure> {
    let folder = folder.join("snapshots").join(name.as_str());
    let could_not = |error: &dyn std::fmt::Display| Failure::CouldNotRun(format!("{}: {error}", folder.display()));
    let pending = snapshot::pending(&folder).map_err(|error| could_not(&error))?;
    if accept {
        for path in &pending {
            snapshot::accept(path).map_err(|error| could_not(&error))?;
        }
    }
    Ok(pending.len())
}

/// Why there is no contract of the document.
fn refused(from: &str, source: &str, unstarted: Unstarted) -> Failure {
    match unstarted {
        Unstarted::NotADocument(wrong) => {
            Failure::CouldNotRun(format!("{}: {wrong}{}", super::source::name(from), hint(from)))
        }
        Unstarted::Lacking(problems, text) => {
            let is_as_read = text.text == source;
            Failure::of_problems(Path::new("."), at_source(from, problems, &text, is_as_read), Exit::CouldNotRun)
        }
    }
}

fn hint(from: &str) -> &'static str {
    if super::source::is_url(from) {
        "\n  help: a FastAPI service publishes its document at /openapi.json; /docs is a page"
    } else {
        ""
    }
}

/// The problems with the name under which the document is known here.
fn at_source(from: &str, problems: Problems, text: &Text, is_as_read: bool) -> Problems {
    let file = if is_as_read { super::source::name(from) } else { format!("{}, laid out", super::source::name(from)) };
    let mut problems = problems;
    for problem in &mut problems.0 {
        if problem.place.file.ends_with(&format!("/{}", text.file)) {
            problem.place = Place::new(file.as_str(), problem.place.line, problem.place.column);
        }
    }
    problems
}
