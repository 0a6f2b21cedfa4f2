//! The options of `snippet`.

use crate::snippet::Language;
use clap::Args;

/// What its page of help ends with.
pub const EXAMPLES: &str = concat!(
    "\
Examples:
  counterpart snippet embedText                        a script with curl
  counterpart snippet embedText --language python > embed.py
  counterpart snippet predict --credential apiKeyQuery

Against the fakes of `counterpart serve --env-file .env.fakes`:
  set -a; . ./.env.fakes; set +a
  counterpart snippet embedText | bash",
    exit_codes!()
);

/// Options of `snippet`.
#[derive(Debug, Args)]
pub struct SnippetOptions {
    /// The operation to call
    #[arg(value_name = "OPERATION")]
    pub operation: String,
    /// What it is written in: curl, python or rust
    #[arg(long, value_name = "LANGUAGE", default_value = "curl")]
    pub language: Language,
    /// The credential, where one of several opens the operation [default: the first]
    #[arg(long, value_name = "NAME")]
    pub credential: Option<String>,
}
