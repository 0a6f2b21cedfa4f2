//! The `counterpart` binary.

use std::process::ExitCode;

// Runs are many small scenarios, each with strings and trees of its own: docs/architecture.md, "Libraries".
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    counterpart::cli::main()
}
