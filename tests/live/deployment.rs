//! The deployment of `examples/deployment`, started for the tests and stopped after them.

use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A port of the deployment; somebody listens there where it runs already.
const PORT: u16 = 18101;

/// The running deployment. What was running before stays up, healed; what was started for the tests is stopped.
pub struct Deployment {
    folder: PathBuf,
    was_running: bool,
}

/// An incident that the deployment can act out.
pub struct Incident {
    /// Its name.
    pub name: String,
    /// The contract that it breaks.
    pub contract: String,
    /// Whether it breaks the two contracts of the API as well.
    pub spreads: bool,
}

impl Deployment {
    /// Starts it, or heals the one that runs.
    pub fn up() -> Self {
        let folder = super::root().join("examples/deployment");
        let deployment = Self { folder, was_running: TcpStream::connect(("127.0.0.1", PORT)).is_ok() };
        deployment.heal();
        deployment
    }

    /// Every incident of `up --list`.
    pub fn incidents(&self) -> Vec<Incident> {
        let incident = |line: &str| {
            let mut words = line.split_whitespace().map(str::to_owned);
            let (name, contract) = (words.next().expect("a name"), words.next().expect("a contract"));
            Incident { name, contract, spreads: line.contains("breaks the API's two contracts as well") }
        };
        self.run_up(&["--list"]).lines().map(incident).collect()
    }

    /// The credentials that it takes, by the variables' names: the export lines of `up --env`.
    pub fn credentials(&self) -> Vec<(String, String)> {
        let exports = self.run_up(&["--env"]);
        let credential = |line: &str| {
            let (name, value) = line.strip_prefix("export ")?.split_once('=')?;
            Some((name.to_owned(), value.trim_matches('\'').to_owned()))
        };
        exports.lines().filter_map(credential).collect()
    }

    /// Turns an incident on, and any other off.
    pub fn suffer(&self, incident: &Incident) {
        self.run_up(&["--incident", &incident.name]);
    }

    /// Turns every incident off.
    pub fn heal(&self) {
        self.run_up(&[]);
    }

    /// What `up` prints.
    fn run_up(&self, arguments: &[&str]) -> String {
        let output = Command::new(self.folder.join("up")).args(arguments).stdin(Stdio::null()).output();
        let output = output.unwrap_or_else(|error| panic!("examples/deployment/up needs Python 3.11: {error}"));
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "examples/deployment/up {arguments:?} failed:\n{said}");
        String::from_utf8(output.stdout).expect("it prints text")
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        // While a test panics, a second panic would hide the first.
        let ending = if self.was_running { "up" } else { "down" };
        drop(Command::new(self.folder.join(ending)).output());
    }
}
