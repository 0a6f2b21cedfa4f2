//! Tells insta, at compile time, not to look for a cargo workspace when the binary runs.

fn main() {
    println!("cargo:rustc-env=INSTA_WORKSPACE_ROOT=/");
    println!("cargo:rerun-if-changed=build.rs");
}
