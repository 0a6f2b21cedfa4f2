//! The options of `accept`.

use clap::Args;

/// What its page of help ends with.
pub const EXAMPLES: &str = concat!(
    "\
Examples:
  counterpart accept
  counterpart accept --contract clip-embed embed-text

`cargo insta review` reads the same files.",
    exit_codes!()
);

/// Options of `accept`.
#[derive(Debug, Args)]
pub struct AcceptOptions {
    /// Only snapshots of these names
    #[arg(value_name = "SNAPSHOT")]
    pub names: Vec<String>,
}
