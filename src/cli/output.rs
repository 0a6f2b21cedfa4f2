//! Where reports go: the terminal, a pipe, files.

use super::arguments::Common;
use super::diagnostic::Failure;
use super::terminal::{IN_A_PIPE, width};
use crate::project::Project;
use crate::record::Record;
use crate::report::console::{Console, ConsoleOptions};
use crate::report::probed::ProbeFormat;
use crate::report::{self, Format};
use clap::ArgMatches;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

/// Which report goes where.
#[derive(Debug)]
pub struct Outputs<F = Format> {
    printed: Vec<F>,
    files: Vec<(F, PathBuf)>,
    /// The project's folder, where it is below that of the repository that GitHub checked out.
    below: Option<String>,
}

/// A format that can be printed or written to a file.
pub trait Written: Copy + PartialEq {
    /// The one for a person at a terminal.
    const CONSOLE: Self;

    /// The one for the page of a workflow's step on GitHub.
    const PAGE: Self;

    /// Whether what is printed beside it would spoil it for its reader.
    fn is_whole(self) -> bool;

    /// Whether GitHub reads it, so that it comes with a page of the step.
    fn is_for_github(self) -> bool;
}

impl Written for Format {
    const CONSOLE: Self = Self::Console;
    const PAGE: Self = Self::Markdown;

    fn is_whole(self) -> bool {
        matches!(self, Self::Json | Self::Junit)
    }

    fn is_for_github(self) -> bool {
        self == Self::Github
    }
}

impl Written for ProbeFormat {
    const CONSOLE: Self = Self::Console;
    const PAGE: Self = Self::Markdown;

    fn is_whole(self) -> bool {
        self == Self::Json
    }

    fn is_for_github(self) -> bool {
        false
    }
}

impl<F: Written> Outputs<F> {
    /// Each `--output` belongs to the `--format` before it.
    ///
    /// # Errors
    /// An output without a format, or two reports that would be printed into each other.
    pub fn of(formats: &[F], outputs: &[PathBuf], matches: Option<&ArgMatches>) -> Result<Self, Failure> {
        if formats.is_empty() && outputs.is_empty() {
            return Ok(Self { printed: vec![F::CONSOLE], files: Vec::new(), below: None });
        }
        let indices = |name: &str| -> Vec<usize> {
            matches.and_then(|matches| matches.indices_of(name)).map(Iterator::collect).unwrap_or_default()
        };
        let formats: Vec<(usize, F)> = indices("formats").into_iter().zip(formats.iter().copied()).collect();
        let mut files: Vec<(usize, F, PathBuf)> = Vec::new();
        for (index, path) in indices("outputs").into_iter().zip(outputs) {
            let before = formats.iter().rev().find(|(at, _)| *at < index);
            let Some((at, format)) = before.filter(|(at, _)| !files.iter().any(|(taken, _, _)| taken == at)) else {
                let message = format!("--output {} has no --format of its own before it", path.display());
                return Err(Failure::Usage(message));
            };
            files.push((*at, *format, path.clone()));
        }
        let printed: Vec<F> = formats
            .iter()
            .filter(|(at, _)| !files.iter().any(|(taken, _, _)| taken == at))
            .map(|(_, format)| *format)
            .collect();
        let whole = printed.iter().filter(|format| format.is_whole()).count();
        if whole > 0 && printed.len() > 1 {
            let message = "only one format can be printed beside json or junit; give the others an --output FILE each";
            return Err(Failure::Usage(message.to_owned()));
        }
        let files = files.into_iter().map(|(_, format, path)| (format, path)).collect();
        let project = matches.and_then(|matches| matches.get_one::<PathBuf>("project"));
        Ok(Self { printed, files, below: below_workspace(project.map_or(Path::new("."), PathBuf::as_path)) })
    }

    /// Whether a report for a person is printed.
    pub fn streams(&self) -> bool {
        self.printed.contains(&F::CONSOLE)
    }

    /// Writes every format as `render` gives it, and the page of a workflow's step where one is for GitHub, but prints no report
    /// for a person.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write_each(&self, render: &dyn Fn(F) -> String) -> Result<(), Failure> {
        let render = |format: F| match &self.below {
            Some(folder) if format.is_for_github() => report::github::below(folder, &render(format)),
            _ => render(format),
        };
        for (format, path) in &self.files {
            write_whole(path, &render(*format))
                .map_err(|error| Failure::CouldNotRun(format!("{}: {error}", path.display())))?;
        }
        let mut formats = self.printed.iter().chain(self.files.iter().map(|(format, _)| format));
        if formats.any(|format| format.is_for_github())
            && let Some(path) = std::env::var_os("GITHUB_STEP_SUMMARY")
        {
            let appended = OpenOptions::new().append(true).create(true).open(&path);
            appended
                .and_then(|mut file| file.write_all(render(F::PAGE).as_bytes()))
                .map_err(|error| Failure::CouldNotRun(format!("{}: {error}", path.to_string_lossy())))?;
        }
        self.printed.iter().filter(|format| **format != F::CONSOLE).try_for_each(|format| print(&render(*format)))
    }
}

impl Outputs {
    /// The console report for this terminal.
    pub fn console(common: &Common) -> Console {
        Console::new(Self::options(common))
    }

    /// How text looks on this terminal.
    pub fn options(common: &Common) -> ConsoleOptions {
        ConsoleOptions { width: width(), colour: true, quiet: common.quiet, verbose: common.verbose }
    }

    /// Writes a finished record: on the terminal for a person, and in every other format.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn tell(&self, common: &Common, record: &Record) -> Result<(), Failure> {
        if self.streams() {
            // A reader that has gone away does not keep the run from its verdict.
            drop(Self::console(common).whole(&mut anstream::stdout().lock(), record));
        }
        self.write(record)
    }

    /// Writes everything but the console report.
    ///
    /// # Errors
    /// A file that cannot be written.
    pub fn write(&self, record: &Record) -> Result<(), Failure> {
        self.write_each(&|format| report::render(format, record))
    }
}

impl Outputs {
    /// How text looks in a file.
    pub fn in_a_file() -> ConsoleOptions {
        ConsoleOptions { width: IN_A_PIPE, colour: false, quiet: false, verbose: false }
    }
}

/// Where the project that is found from `start` lies below the folder that GitHub checked the repository out to.
fn below_workspace(start: &Path) -> Option<String> {
    let workspace = std::env::var_os("GITHUB_WORKSPACE").and_then(|path| Path::new(&path).canonicalize().ok())?;
    let project = Project::find(&start.canonicalize().ok()?).ok()?;
    let below = project.strip_prefix(workspace).ok()?.to_str()?.replace('\\', "/");
    (!below.is_empty()).then_some(below)
}

/// Prints a text; a reader that has gone away is no failure.
pub fn print(text: &str) -> Result<(), Failure> {
    match anstream::stdout().write_all(text.as_bytes()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(Failure::CouldNotRun(error.to_string())),
        _ => Ok(()),
    }
}

/// Writes a file whole or not at all.
pub fn write_whole(path: &Path, text: &str) -> io::Result<()> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".unfinished");
    std::fs::write(&unfinished, text)?;
    std::fs::rename(&unfinished, path)
}
