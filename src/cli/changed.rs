//! Which contracts changed since a git revision: their folder, their features, their snapshots.

use super::diagnostic::Failure;
use crate::name::ContractName;
use crate::project::SETTINGS_FILE;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// What lies in a folder of its own for each contract.
const FOLDERS: [&str; 3] = ["contracts", "features", "snapshots"];

/// What changed since a revision, as far as contracts go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Changed {
    /// `counterpart.toml` did: where every contract runs.
    Settings,
    /// These contracts did.
    Contracts(Vec<ContractName>),
}

impl Changed {
    /// What changed in the project in `folder` since this branch left `revision`: what is committed, staged, not staged or
    /// not tracked.
    ///
    /// # Errors
    /// There is no git, no repository, or no such revision in it.
    pub fn since(folder: &Path, revision: &str) -> Result<Self, Failure> {
        let git = Git { folder };
        git.ask(&["rev-parse", "--is-inside-work-tree"])?.map_err(|said| {
            let folder = folder.display();
            Failure::Usage(format!("--changed-since {revision}: {folder} is in no git repository ({said})"))
        })?;
        let commit = format!("{revision}^{{commit}}");
        let known = git.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?;
        let commit = known.map_err(|_| {
            let help = "in CI, fetch the branch first: actions/checkout takes `fetch-depth: 0`";
            Failure::Usage(format!("--changed-since {revision}: git knows no such revision\n  help: {help}"))
        })?;
        let base = git.ask(&["merge-base", commit.trim(), "HEAD"])?.map_err(|_| {
            let help = "fetch the history between them: actions/checkout takes `fetch-depth: 0`";
            Failure::Usage(format!("--changed-since {revision}: it has no commit in common with HEAD\n  help: {help}"))
        })?;
        let mut files = String::new();
        for arguments in [
            &["diff", "--name-only", "--no-renames", "--no-ext-diff", "--relative", "-z", base.trim(), "--"][..],
            &["ls-files", "--others", "--exclude-standard", "-z"][..],
        ] {
            files.push_str(&git.ask(arguments)?.map_err(Failure::CouldNotRun)?);
        }
        Ok(Self::of(files.split('\0')))
    }

    /// What the paths of changed files, relative to the project, come to.
    fn of<'a>(files: impl Iterator<Item = &'a str>) -> Self {
        let mut names = Vec::new();
        for file in files {
            if file == SETTINGS_FILE {
                return Self::Settings;
            }
            let mut parts = file.split('/');
            let is_of_contract = parts.next().is_some_and(|folder| FOLDERS.contains(&folder));
            if let Some(name) = parts.next().filter(|_| is_of_contract && parts.next().is_some()) {
                names.push(ContractName::from(name));
            }
        }
        names.sort();
        names.dedup();
        Self::Contracts(names)
    }

    /// Whether a contract changed.
    pub fn has(&self, name: &ContractName) -> bool {
        match self {
            Self::Settings => true,
            Self::Contracts(names) => names.contains(name),
        }
    }

    /// What a report says of it; `checked` of the contracts asked for are checked.
    pub fn note(&self, revision: &str, asked: usize, checked: &[&ContractName]) -> String {
        match self {
            Self::Settings => format!("{SETTINGS_FILE} changed since {revision}: every contract is checked"),
            Self::Contracts(_) if checked.is_empty() => {
                format!("no contract changed since {revision}: nothing to check")
            }
            Self::Contracts(_) => {
                let names: Vec<&str> = checked.iter().map(|name| name.as_str()).collect();
                format!("of {asked} contracts {} changed since {revision}: {}", names.len(), names.join(", "))
            }
        }
    }
}

struct Git<'a> {
    folder: &'a Path,
}

impl Git<'_> {
    /// What git prints, or what it complains of.
    fn ask(&self, arguments: &[&str]) -> Result<Result<String, String>, Failure> {
        let mut command = Command::new("git");
        command.arg("-C").arg(self.folder).args(arguments).stdin(Stdio::null());
        let Output { status, stdout, stderr } = command.output().map_err(|error| {
            Failure::CouldNotRun(format!("--changed-since asks git, which cannot be run: {error}\n  help: install git"))
        })?;
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ok(if status.success() { Ok(text(stdout)) } else { Err(text(stderr).trim().to_owned()) })
    }
}
