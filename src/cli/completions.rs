//! `counterpart completions`: what a shell needs to complete verbs and options.

use super::arguments::Arguments;
use super::arguments::completions::CompletionsOptions;
use super::diagnostic::Failure;
use super::exit::Exit;
use super::output::print;
use clap::CommandFactory as _;

/// Prints the script of a shell.
///
/// # Errors
/// It cannot be printed.
pub fn completions(options: &CompletionsOptions) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Arguments::command(), "counterpart", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(Exit::Kept)
}
