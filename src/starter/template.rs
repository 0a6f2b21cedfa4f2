//! The small project that `counterpart init` writes: a contract that is kept at its fake.

use super::File;

/// The settings of a new project, with a contract's name for that of the example.
pub fn settings(contract: &str, secret: Option<&str>, url: Option<&str>) -> File {
    let text = include_str!("template/counterpart.toml");
    let text = match secret {
        Some(secret) => text.replace("GREETING_KEY", secret),
        None => text.lines().filter(|line| !line.contains("GREETING_KEY")).map(|line| format!("{line}\n")).collect(),
    };
    let text =
        text.replace("greeting", contract).replace("http://127.0.0.1:8000", url.unwrap_or("http://127.0.0.1:8000"));
    File { path: "counterpart.toml".to_owned(), text }
}

/// What a repository need not keep.
pub fn ignored() -> File {
    file(".gitignore", include_str!("template/gitignore"))
}

/// Every file of the project but what a repository need not keep.
pub fn files() -> Vec<File> {
    vec![
        file("counterpart.toml", include_str!("template/counterpart.toml")),
        file("contracts/greeting/openapi.yaml", include_str!("template/contracts/greeting/openapi.yaml")),
        file("contracts/greeting/contract.toml", include_str!("template/contracts/greeting/contract.toml")),
        file("features/greeting/greeting.feature", include_str!("template/features/greeting/greeting.feature")),
        file("snapshots/greeting/greet.snap", include_str!("template/snapshots/greeting/greet.snap")),
        file("snapshots/greeting/key-required.snap", include_str!("template/snapshots/greeting/key-required.snap")),
    ]
}

fn file(path: &str, text: &str) -> File {
    File { path: path.to_owned(), text: text.to_owned() }
}
