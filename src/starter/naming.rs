//! Names for what is written: of contracts, variables, files and refusals.

use crate::name::ContractName;

/// The name of a contract, from what its document's title begins with: `Widgets API: orders` becomes `widgets-api`.
pub fn contract(title: &str) -> ContractName {
    let head = title.split([':', '(', '–', '—']).next().unwrap_or_default();
    let name = plain(if plain(head).is_empty() { title } else { head });
    ContractName::from(if name.is_empty() { "contract".to_owned() } else { name })
}

/// The environment variable of a scheme's secret: `widgets` and `HTTPBearer` become `WIDGETS_HTTP_BEARER`.
pub fn variable(contract: &str, scheme: &str) -> String {
    let name = [words(contract), words(scheme)].concat().join("_").to_uppercase();
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("KEY_{name}") } else { name }
}

/// `MLflow, runs` becomes `mlflow-runs`: words as people write them.
pub fn plain(text: &str) -> String {
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("-")
}

/// `readItem items` becomes `read-item-items`: words as programs write them.
pub fn kebab(text: &str) -> String {
    words(text).join("-")
}

/// `not found` becomes `notFound`.
pub fn camel(text: &str) -> String {
    let mut words = words(text).into_iter();
    let first = words.next().unwrap_or_default();
    words.fold(first, |name, word| {
        let (initial, rest) = word.split_at(1);
        format!("{name}{}{rest}", initial.to_uppercase())
    })
}

/// What a status is called: a refusal's name.
pub fn of_status(status: u16) -> String {
    let name = match status {
        400 | 422 => "invalid",
        401 => "unauthorized",
        429 => "rateLimited",
        503 => "unavailable",
        _ => {
            let reason = http::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
            return reason.map_or_else(|| format!("status{status}"), camel);
        }
    };
    name.to_owned()
}

/// A text's words in lower case: runs of ASCII letters and digits, parted where a small letter stands before a capital one
/// and where the last of several capital letters begins a word.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for run in text.split(|letter: char| !letter.is_ascii_alphanumeric()).filter(|run| !run.is_empty()) {
        let letters: Vec<char> = run.chars().collect();
        let mut word = String::new();
        for (index, letter) in letters.iter().enumerate() {
            let before = index.checked_sub(1).map(|index| letters[index]);
            let begins = letter.is_ascii_uppercase()
                && before.is_some_and(|before| {
                    let next = letters.get(index + 1);
                    !before.is_ascii_uppercase() || next.is_some_and(char::is_ascii_lowercase)
                });
            if begins && !word.is_empty() {
                words.push(std::mem::take(&mut word));
            }
            word.push(letter.to_ascii_lowercase());
        }
        words.push(word);
    }
    words
}
