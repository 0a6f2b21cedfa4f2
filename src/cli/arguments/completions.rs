//! The options of `completions`.

use clap::Args;
use clap_complete::Shell;

/// What its page of help ends with.
pub const EXAMPLES: &str = "\
Where to put it:
  bash        counterpart completions bash > ~/.local/share/bash-completion/completions/counterpart
  zsh         counterpart completions zsh > ~/.zfunc/_counterpart
              with `fpath+=~/.zfunc` before `autoload -U compinit && compinit` in ~/.zshrc
  fish        counterpart completions fish > ~/.config/fish/completions/counterpart.fish
  powershell  counterpart completions powershell >> $PROFILE
  elvish      counterpart completions elvish >> ~/.config/elvish/rc.elv

A shell that is started after that completes verbs and options.";

/// Options of `completions`.
#[derive(Debug, Args)]
pub struct CompletionsOptions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}
