//! The binary, run in projects that exist for one test, in an environment that holds nothing but `PATH`.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// The repository's own folder.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The repository's contracts.
pub const CONTRACTS: [&str; 5] = ["auth-validate", "clip-embed", "mlflow", "model-predict", "service-signature"];

/// The options that run each of them at one URL.
pub fn each_at(url: &str) -> String {
    CONTRACTS.map(|name| format!("--url {name}={url}")).join(" ")
}

/// A project in a folder of its own, which goes when it goes.
#[must_use]
pub struct Project(TempDir);

impl Project {
    /// A project with an empty `counterpart.toml`.
    pub fn empty() -> Self {
        let folder = TempDir::new().expect("a temporary folder can be made");
        Self(folder).file("counterpart.toml", "")
    }

    /// The small right project of `tests/cases/base`: one contract, `greeting`, whose key is in `GREETING_KEY`.
    pub fn greeting() -> Self {
        Self::empty().folder(&root().join("tests/cases/base"))
    }

    /// This repository's five contracts with their features and snapshots.
    pub fn of_repository() -> Self {
        ["contracts", "features", "snapshots"]
            .into_iter()
            .fold(Self::empty(), |project, name| project.folder_at(name, &root().join(name)))
    }

    /// With a file.
    pub fn file(self, name: &str, text: &str) -> Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("folders can be made");
        std::fs::write(path, text).expect("files can be written");
        self
    }

    /// With one file changed: `from`, which it holds, becomes `to`.
    pub fn replace(self, name: &str, from: &str, to: &str) -> Self {
        let text = self.read(name);
        assert!(text.contains(from), "{name} holds no {from:?}");
        self.file(name, &text.replace(from, to))
    }

    /// With everything that a folder holds.
    pub fn folder(self, from: &Path) -> Self {
        self.folder_at("", from)
    }

    /// With everything that a folder holds, in a folder of its own.
    pub fn folder_at(self, name: &str, from: &Path) -> Self {
        files(from).into_iter().fold(self, |project, path| {
            let relative = path.strip_prefix(from).expect("it is below").to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).expect("a project's files are text");
            project.file(Path::new(name).join(relative).to_str().expect("names are text"), &text)
        })
    }

    /// Without a file or folder.
    pub fn without(self, name: &str) -> Self {
        let path = self.path(name);
        if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) }.expect("it was there");
        self
    }

    /// Where a file of the project is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// What a file of the project holds.
    #[track_caller]
    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Every file of the project.
    pub fn files(&self) -> Vec<PathBuf> {
        files(self.0.path())
    }

    /// The pending snapshots.
    pub fn pending(&self) -> Vec<String> {
        let names = self.files().into_iter().filter_map(|path| Some(path.file_name()?.to_str()?.to_owned()));
        names.filter(|name| name.ends_with(".snap.new")).collect()
    }

    /// `counterpart` with these arguments, separated by spaces, in this project.
    pub fn call(&self, arguments: &str) -> Call {
        let mut command = Command::new(env!("CARGO_BIN_EXE_counterpart"));
        command.args(arguments.split_whitespace()).current_dir(self.0.path()).env_clear().stdin(Stdio::null());
        command.env("PATH", std::env::var_os("PATH").unwrap_or_default());
        Call(command)
    }

    /// Runs `counterpart` with these arguments, separated by spaces, in this project.
    pub fn run(&self, arguments: &str) -> Ran {
        self.call(arguments).run()
    }
}

/// A command that is about to run.
#[must_use]
pub struct Call(Command);

impl Call {
    /// With an argument that may hold spaces.
    pub fn argument(mut self, argument: &str) -> Self {
        self.0.arg(argument);
        self
    }

    /// With an environment variable.
    pub fn variable(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// Starts it; what it says goes into pipes.
    pub fn start(mut self) -> Child {
        self.0.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs")
    }

    /// Runs it to its end.
    pub fn run(mut self) -> Ran {
        let output = self.0.output().expect("the binary runs");
        Ran {
            command: format!("{:?}", self.0.get_args().collect::<Vec<_>>()),
            exit: output.status.code().expect("it was not killed"),
            stdout: String::from_utf8(output.stdout).expect("stdout is text"),
            stderr: String::from_utf8(output.stderr).expect("stderr is text"),
        }
    }
}

/// What a command said, and how it ended.
pub struct Ran {
    /// What was called.
    pub command: String,
    /// The exit code.
    pub exit: i32,
    /// What it printed.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
}

impl Ran {
    /// All that it said.
    pub fn text(&self) -> String {
        format!("{}{}", self.stderr, self.stdout)
    }

    /// It ended with this code.
    #[track_caller]
    pub fn exits(self, code: i32) -> Self {
        assert_eq!(self.exit, code, "exit code of {}:\n{}", self.command, self.text());
        self
    }

    /// It said this. A line break that the console put in counts as a space.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words(&self.text()).contains(&words(text)), "{} does not say {text:?}:\n{}", self.command, self.text());
        self
    }

    /// It did not say this.
    #[track_caller]
    pub fn does_not_say(self, text: &str) -> Self {
        assert!(!self.text().contains(text), "{} says {text:?}:\n{}", self.command, self.text());
        self
    }

    /// What it printed, as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}:\n{}", self.text()))
    }
}

/// Every file below a folder, sorted.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("the folder can be read").path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// A text is what a file of the repository holds; with `COUNTERPART_BLESS=1` the file is written.
#[track_caller]
pub fn is_as_in(path: &Path, text: &str) {
    if std::env::var_os("COUNTERPART_BLESS").is_some() {
        std::fs::write(path, text).expect("the file can be written");
    }
    let wanted = std::fs::read_to_string(path).unwrap_or_default();
    let diff = similar::TextDiff::from_lines(wanted.as_str(), text);
    assert!(wanted == text, "{} differs:\n{}", path.display(), diff.unified_diff());
}
