//! The `counterpart` binary.

use std::process::ExitCode;

fn main() -> ExitCode {
    counterpart::cli::main()
}
