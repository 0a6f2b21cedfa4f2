//! Which contract listens at which port: `--port-base N` and `--port CONTRACT=N`.

use super::arguments::port::NamedPort;
use super::diagnostic::Failure;
use super::targets::unknown;

/// The port of each name: its own, else one in turn from `base` on, or 0 where that is 0.
///
/// # Errors
/// A port for a name that there is not, two for one, or a base with too few ports above it.
pub fn ports(names: &[&str], base: u16, given: &[NamedPort]) -> Result<Vec<u16>, Failure> {
    if let Some(stray) = given.iter().find(|given| !names.contains(&given.name.as_str())) {
        return Err(unknown("contract", &stray.name, names.iter().copied()));
    }
    let is_twice = |(index, port): &(usize, &NamedPort)| given[..*index].iter().any(|known| known.name == port.name);
    if let Some((_, twice)) = given.iter().enumerate().find(is_twice) {
        return Err(Failure::Usage(format!("--port names {} twice", twice.name)));
    }
    let port = |(index, name): (u16, &&str)| {
        let own = given.iter().find(|given| given.name == *name).map(|given| given.port);
        let in_turn = if base == 0 { Some(0) } else { base.checked_add(index) };
        own.or(in_turn).ok_or_else(|| Failure::Usage("--port-base leaves too few ports above it".to_owned()))
    };
    (0..).zip(names).map(port).collect()
}
