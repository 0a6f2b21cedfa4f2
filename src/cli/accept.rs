//! `counterpart accept`: the pending snapshots become the accepted ones.

use super::arguments::Common;
use super::arguments::accept::AcceptOptions;
use super::check::open_project;
use super::diagnostic::Failure;
use super::exit::Exit;
use super::targets::unknown;
use crate::name::ContractName;
use crate::snapshot;
use std::io::Write as _;

/// Takes every pending snapshot that was asked for.
///
/// # Errors
/// There is no project, a name matches nothing, or a file cannot be read or written.
pub fn accept(common: &Common, options: &AcceptOptions) -> Result<Exit, Failure> {
    let project = open_project(common)?;
    let mut taken = 0;
    let mut refused = Vec::new();
    let names = project.contract_names().map_err(|error| Failure::of_project(&project.folder, error))?;
    for asked in &common.contracts {
        if !names.iter().any(|name| name.as_str() == asked) {
            return Err(unknown("contract", asked, names.iter().map(ContractName::as_str)));
        }
    }
    let asked = |name: &str| common.contracts.is_empty() || common.contracts.iter().any(|asked| asked == name);
    for name in names.iter().filter(|name| asked(name.as_str())) {
        let folder = project.snapshots(name);
        let pending = snapshot::pending(&folder)
            .map_err(|error| Failure::CouldNotRun(format!("{}: {error}", folder.display())))?;
        for path in pending {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let snapshot_name = file.trim_end_matches(".snap.new");
            if !options.names.is_empty() && !options.names.iter().any(|asked| asked == snapshot_name) {
                continue;
            }
            match snapshot::accept(&path) {
                Ok(_) => {
                    taken += 1;
                    drop(writeln!(anstream::stdout(), "accepted {name}/{snapshot_name}"));
                }
                Err(reason) => refused.push(format!("{}: {reason}", path.display())),
            }
        }
    }
    if !refused.is_empty() {
        return Err(Failure::CouldNotRun(refused.join("\n")));
    }
    if taken == 0 && !options.names.is_empty() {
        return Err(Failure::Usage(format!("no pending snapshot is called {}", options.names.join(" or "))));
    }
    if taken == 0 {
        drop(writeln!(anstream::stdout(), "no snapshot is pending"));
    }
    Ok(Exit::Kept)
}
