//! Files that are written whole or not at all: first beside their place, then moved there.

use super::diagnostic::Failure;
use crate::starter::File;
use std::fs;
use std::path::{Path, PathBuf};

/// A folder within another in which files are made before they are moved to their places. It goes when it goes, with the
/// folders that were made for it and are empty.
#[derive(Debug)]
pub struct Staging {
    folder: PathBuf,
    staged: PathBuf,
    made: Vec<PathBuf>,
}

impl Staging {
    /// An empty one for `folder`, which is made if it is not there.
    ///
    /// # Errors
    /// There is a file of that name, or the folder cannot be made.
    pub fn new(folder: &Path) -> Result<Self, Failure> {
        if folder.exists() && !folder.is_dir() {
            let help = "name a folder";
            return Err(Failure::Usage(format!("{} is no folder\n  help: {help}", folder.display())));
        }
        let made = folder.ancestors().take_while(|folder| !folder.exists()).map(Path::to_path_buf).collect();
        let staged = folder.join(format!(".counterpart-init-{}", std::process::id()));
        let staging = Self { folder: folder.to_path_buf(), staged, made };
        fs::create_dir_all(&staging.staged).map_err(|error| could_not(&staging.staged, &error))?;
        Ok(staging)
    }

    /// Where the files are for now.
    pub fn staged(&self) -> &Path {
        &self.staged
    }

    /// Whether a file or folder is in its place already.
    pub fn has(&self, part: &str) -> bool {
        self.folder.join(part).symlink_metadata().is_ok()
    }

    /// Whether something was made of it.
    pub fn wrote(&self, part: &str) -> bool {
        self.staged.join(part).exists()
    }

    /// Nothing stands in the places of these files and folders.
    ///
    /// # Errors
    /// Something does: what.
    pub fn is_free(&self, parts: &[String]) -> Result<(), Failure> {
        let taken: Vec<String> = parts.iter().filter(|part| self.has(part)).map(|part| format!("  {part}\n")).collect();
        if taken.is_empty() {
            return Ok(());
        }
        let is = if taken.len() == 1 { "this is" } else { "these are" };
        Err(Failure::Usage(format!(
            "nothing was written: {is} there already in {}\n{}  help: take another folder, or for --from another --contract",
            self.folder.display(),
            taken.concat()
        )))
    }

    /// Writes a file.
    ///
    /// # Errors
    /// The system does not allow it.
    pub fn write(&self, file: &File) -> Result<(), Failure> {
        let path = self.staged.join(&file.path);
        let folder = path.parent().unwrap_or(&self.staged);
        fs::create_dir_all(folder).map_err(|error| could_not(folder, &error))?;
        fs::write(&path, &file.text).map_err(|error| could_not(&path, &error))
    }

    /// Moves files and folders to their places; where one cannot be, none is.
    ///
    /// # Errors
    /// Something came into their way meanwhile, or the system does not allow it.
    pub fn place(mut self, parts: &[String]) -> Result<(), Failure> {
        self.is_free(parts)?;
        let mut placed: Vec<PathBuf> = Vec::new();
        let mut made: Vec<PathBuf> = Vec::new();
        for part in parts {
            let place = self.folder.join(part);
            let above = place.parent().unwrap_or(&self.folder);
            made.extend(above.ancestors().take_while(|folder| !folder.exists()).map(Path::to_path_buf));
            let moved = fs::create_dir_all(above).and_then(|()| fs::rename(self.staged.join(part), &place));
            if let Err(error) = moved {
                for (path, part) in placed.iter().zip(parts) {
                    drop(fs::rename(path, self.staged.join(part)));
                }
                self.made.splice(0..0, made.into_iter().rev());
                return Err(could_not(&place, &error));
            }
            placed.push(place);
        }
        Ok(())
    }
}

impl Drop for Staging {
    fn drop(&mut self) {
        drop(fs::remove_dir_all(&self.staged));
        // The deepest come first; one that holds something stays.
        self.made.sort_by_key(|folder| std::cmp::Reverse(folder.components().count()));
        self.made.iter().for_each(|folder| drop(fs::remove_dir(folder)));
    }
}

fn could_not(path: &Path, error: &std::io::Error) -> Failure {
    Failure::CouldNotRun(format!("{}: {error}", path.display()))
}
