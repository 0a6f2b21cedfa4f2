//! How mistakes in files are shown: the line, what is wrong, what to do; and how a failure ends the program.

use super::exit::Exit;
use crate::place::{Problem, Problems};
use crate::project::ProjectError;
use crate::secret::Redactor;
use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, NamedSource, SourceCode, SourceOffset};
use std::fmt;
use std::io::Write as _;
use std::path::Path;
use std::sync::OnceLock;

/// Why a verb did not come to its end.
#[derive(Debug)]
pub enum Failure {
    /// The command line or the settings are wrong.
    Usage(String),
    /// Files are wrong: what, and what that means for the exit code.
    Problems(Vec<Shown>, Exit),
    /// Anything else that kept the run from happening.
    CouldNotRun(String),
    /// Somebody pressed Ctrl-C.
    Interrupted,
}

/// A problem with the text of its file.
#[derive(Debug)]
pub struct Shown {
    problem: Problem,
    source: Option<NamedSource<String>>,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.source {
            // The excerpt below names the place.
            Some(_) => f.write_str(&self.problem.wrong),
            None => write!(f, "{}: {}", self.problem.place, self.problem.wrong),
        }
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.problem.help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let source = self.source.as_ref()?;
        let offset = SourceOffset::from_location(source.inner(), self.problem.place.line, self.problem.place.column);
        let length = source.inner()[offset.offset()..].split([' ', '\n', ':']).next().map_or(1, str::len).max(1);
        Some(Box::new(std::iter::once(LabeledSpan::new(Some("here".to_owned()), offset.offset(), length))))
    }
}

impl Failure {
    /// The problems of files below `folder`.
    pub fn of_problems(folder: &Path, problems: Problems, exit: Exit) -> Self {
        let shown = problems.0.into_iter().map(|problem| {
            let shown = !problem.hides_line;
            let text = shown.then(|| std::fs::read_to_string(folder.join(&*problem.place.file)).ok()).flatten();
            let source = text.map(|text| NamedSource::new(&*problem.place.file, text));
            Shown { problem, source }
        });
        Self::Problems(shown.collect(), exit)
    }

    /// A project that could not be read.
    pub fn of_project(folder: &Path, error: ProjectError) -> Self {
        match error {
            ProjectError::NotFound(_) => {
                Self::Usage(format!("{error}\n  help: go to a project's folder, or name one with --project DIR"))
            }
            ProjectError::Settings(problems) => Self::of_problems(folder, problems, Exit::Usage),
            ProjectError::Unreadable { .. } => Self::CouldNotRun(error.to_string()),
        }
    }

    /// Prints the failure to stderr and gives the exit code.
    pub fn report(self) -> Exit {
        let mut stderr = anstream::stderr();
        let (text, exit) = match self {
            Self::Usage(message) => (format!("error: {message}\n"), Exit::Usage),
            Self::CouldNotRun(message) => (format!("error: {message}\n"), Exit::CouldNotRun),
            Self::Interrupted => ("interrupted: no report was written\n".to_owned(), Exit::Interrupted),
            Self::Problems(shown, exit) => (rendered(&shown), exit),
        };
        // A closed stderr leaves nobody to tell.
        drop(stderr.write_all(redacted(&text).as_bytes()));
        exit
    }
}

fn rendered(shown: &[Shown]) -> String {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode()).with_width(super::terminal::width());
    let mut text = String::new();
    for problem in shown {
        if handler.render_report(&mut text, problem).is_err() {
            text.push_str(&problem.to_string());
        }
        text.push('\n');
    }
    let files: std::collections::BTreeSet<&str> = shown.iter().map(|shown| &*shown.problem.place.file).collect();
    let plural = |count: usize, word: &str| if count == 1 { format!("1 {word}") } else { format!("{count} {word}s") };
    text.push_str(&format!("error: {} in {}\n", plural(shown.len(), "problem"), plural(files.len(), "file")));
    text
}

static REDACTOR: OnceLock<Redactor> = OnceLock::new();

/// From here on nothing that ends the program prints one of these secrets.
pub fn guard(redactor: &Redactor) {
    REDACTOR.get_or_init(|| redactor.clone());
}

/// The text without the secrets that were guarded.
pub fn redacted(text: &str) -> String {
    REDACTOR.get().map_or_else(|| text.to_owned(), |redactor| redactor.redact(text))
}

/// A panic is a bug of ours: it says so, and shows no secret.
pub fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        let text = format!("bug in counterpart: {info}\nPlease report it with the command that led to it.\n");
        drop(anstream::stderr().write_all(redacted(&text).as_bytes()));
    }));
}
