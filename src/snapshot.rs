//! Accepted and pending shapes on disk, in insta's file format, through insta.

use insta::internals::SnapshotContents;
use insta::{Comparator, DefaultComparator, Settings, Snapshot};
use similar::TextDiff;
use std::collections::BTreeSet;
use std::io;
use std::panic::AssertUnwindSafe;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// How a shape compares with the accepted one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// They are the same.
    Same,
    /// They differ: the difference as a unified diff.
    Changed(String),
    /// There is no accepted one.
    Missing,
}

/// The snapshots of one contract.
///
/// Whether a difference leaves a pending file is set for the whole process by [`configure`].
#[derive(Clone, Debug)]
pub struct Snapshots {
    folder: PathBuf,
    compared: Arc<Mutex<BTreeSet<String>>>,
}

/// Tells insta where the project is and whether it may write pending files. Call it before any thread is started.
#[expect(unsafe_code, reason = "insta is configured through the environment; no other thread runs yet")]
pub fn configure(project: &Path, may_write: bool) {
    // SAFETY: the caller is the only thread of the process.
    unsafe {
        std::env::set_var("INSTA_WORKSPACE_ROOT", project);
        std::env::set_var("INSTA_OUTPUT", "none");
        std::env::set_var("INSTA_UPDATE", if may_write { "new" } else { "no" });
        std::env::remove_var("INSTA_FORCE_PASS");
    }
}

#[derive(Clone)]
struct Capture(Arc<Mutex<Option<(String, String)>>>);

impl Comparator for Capture {
    fn matches(&self, accepted: &Snapshot, seen: &Snapshot) -> bool {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((text(accepted), text(seen)));
        DefaultComparator.matches(accepted, seen)
    }

    fn dyn_clone(&self) -> Box<dyn Comparator> {
        Box::new(self.clone())
    }
}

fn text(snapshot: &Snapshot) -> String {
    match snapshot.contents() {
        SnapshotContents::Text(text) => text.to_string(),
        SnapshotContents::Binary(_) => String::new(),
    }
}

impl Snapshots {
    /// The snapshots in a folder.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, compared: Arc::default() }
    }

    /// The names of the accepted snapshots with which nothing was compared so far, here or by a clone.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn unused(&self) -> io::Result<Vec<String>> {
        let compared = self.compared.lock().unwrap_or_else(PoisonError::into_inner);
        let names = entries(&self.folder)?.into_iter().filter_map(|path| accepted_name(&path));
        let mut unused: Vec<String> = names.filter(|name| !compared.contains(name)).collect();
        unused.sort();
        Ok(unused)
    }

    /// Compares a shape with the accepted one of that name. `description` is stored beside a pending one.
    pub fn compare(&self, name: &str, shape: &str, description: &str) -> Comparison {
        self.compared.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        let seen = Arc::new(Mutex::new(None));
        let mut settings = Settings::new();
        settings.set_snapshot_path(&self.folder);
        settings.set_prepend_module_to_snapshot(false);
        settings.set_omit_expression(true);
        settings.set_description(description);
        settings.set_comparator(Box::new(Capture(seen.clone())));
        // insta says by a panic that a snapshot differs.
        let kept =
            std::panic::catch_unwind(AssertUnwindSafe(|| settings.bind(|| insta::assert_snapshot!(name, shape))));
        let captured = seen.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (kept, captured) {
            (Ok(()), _) => Comparison::Same,
            (Err(_), Some((accepted, seen))) => {
                let diff = TextDiff::from_lines(accepted.as_str(), seen.as_str());
                Comparison::Changed(diff.unified_diff().context_radius(3).header("accepted", "seen").to_string())
            }
            (Err(_), None) => Comparison::Missing,
        }
    }
}

/// What lies in a folder; nothing where there is no such folder.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match std::fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// The name of an accepted snapshot's file.
fn accepted_name(path: &Path) -> Option<String> {
    Some(path.file_name()?.to_str()?.strip_suffix(".snap")?.to_owned())
}

/// The accepted snapshots in a folder, sorted: name and shape.
///
/// # Errors
/// A folder that cannot be read, or a file that is no snapshot.
pub fn accepted(folder: &Path) -> io::Result<Vec<(String, String)>> {
    let mut found = Vec::new();
    for path in entries(folder)? {
        if let Some(name) = accepted_name(&path) {
            let snapshot = Snapshot::from_file(&path).map_err(|error| io::Error::other(format!("{name}: {error}")))?;
            found.push((name, text(&snapshot)));
        }
    }
    found.sort();
    Ok(found)
}

/// The pending snapshots below a folder, sorted.
///
/// # Errors
/// A folder that cannot be read.
pub fn pending(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in entries(folder)? {
        if path.is_dir() {
            found.extend(pending(&path)?);
        } else if path.to_string_lossy().ends_with(".snap.new") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Takes a pending snapshot as the accepted one, whole or not at all.
///
/// # Errors
/// It is no snapshot, or a file cannot be written.
pub fn accept(pending: &Path) -> Result<PathBuf, String> {
    let raw = std::fs::read_to_string(pending).map_err(|error| error.to_string())?;
    if !raw.starts_with("---\n") {
        return Err("not a snapshot: the file does not start with `---`".to_owned());
    }
    let snapshot = Snapshot::from_file(pending).map_err(|error| error.to_string())?;
    let accepted = pending.with_extension("");
    let unfinished = pending.with_extension("unfinished");
    snapshot.save(&unfinished).map_err(|error| error.to_string())?;
    std::fs::rename(&unfinished, &accepted).map_err(|error| error.to_string())?;
    std::fs::remove_file(pending).map_err(|error| error.to_string())?;
    Ok(accepted)
}
