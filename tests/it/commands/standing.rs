//! What stands until it is stopped: `counterpart serve` and `counterpart proxy`.

use std::path::Path;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// How long a command may take.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// The last lines of what stands until it is stopped says at its start.
const READY: [&str; 2] = ["Requests with the header X-Counterpart-Session", "Ctrl-C ends the proxy"];

/// What a command said, and how it ended.
pub struct Ended {
    /// The exit code; none where it had to be killed.
    pub exit: Option<i32>,
    /// What it printed.
    pub stdout: String,
    /// What it complained of.
    pub stderr: String,
}

impl Ended {
    /// All that it said.
    pub fn text(&self) -> String {
        format!("{}{}", self.stdout, self.stderr)
    }
}

/// A fake or a proxy, until it goes.
pub struct Standing {
    child: Child,
    /// What it said until it was ready.
    pub said: String,
}

impl Drop for Standing {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Standing {
    /// Waits until it says in its log that it is ready; how it ended where it does not come to that.
    pub fn of(child: Child, log: &Path) -> Result<Self, Ended> {
        let mut standing = Self { child, said: String::new() };
        let begin = Instant::now();
        while !READY.iter().any(|ready| standing.said.contains(ready)) {
            let end = standing.child.try_wait().expect("it can be waited for");
            standing.said = read(log);
            if end.is_some() || begin.elapsed() > PATIENCE {
                let stdout = standing.said.clone();
                return Err(Ended { exit: end.and_then(|end| end.code()), stdout, stderr: String::new() });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(standing)
    }

    /// Ends it as Ctrl-C does; the exit code.
    pub fn interrupted(mut self) -> Option<i32> {
        signal("-INT", &self.child.id().to_string());
        self.child.wait().expect("it can be waited for").code()
    }

    fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let lines = self.said.lines().filter_map(|line| line.trim().split_once(char::is_whitespace));
        lines.map(|(name, url)| (name, url.trim())).filter(|(_, url)| url.starts_with("http://"))
    }

    /// The contracts that have a URL.
    pub fn contracts(&self) -> Vec<String> {
        self.pairs().map(|(name, _)| name).filter(|name| *name != "control").map(str::to_owned).collect()
    }

    /// The base URL of a contract, or of `control`.
    pub fn url(&self, name: &str) -> String {
        let url = self.pairs().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("no {name}:\n{}", self.said));
        url.1.trim_end_matches("/fakes").to_owned()
    }
}

/// Sends a signal to a process, or to a group of them.
pub fn signal(name: &str, process: &str) {
    let sent = Command::new("kill").args([name, "--", process]).status();
    assert!(sent.expect("there is kill").success());
}

/// What a file holds, or nothing.
pub fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_default()
}
