//! Proxies that the environment names: calls go straight to the deployments, and may not get there.

use crate::doctor::{Line, Mark};

const CHECK: &str = "proxy";
const VARIABLES: [&str; 3] = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

/// A line where a proxy is named; `reach` are the lines of the deployments.
pub fn check(is_set: &dyn Fn(&str) -> bool, reach: &[Line]) -> Option<Line> {
    let both = VARIABLES.iter().flat_map(|name| [(*name).to_owned(), name.to_ascii_lowercase()]);
    let names: Vec<String> = both.filter(|name| is_set(name)).collect();
    if names.is_empty() {
        return None;
    }
    let verb = if names.len() == 1 { "is" } else { "are" };
    let says = format!("{} {verb} set and not used: calls go straight to the deployments", names.join(", "));
    let is_unreached = reach.iter().any(|line| line.check == "reach" && line.mark == Mark::Wrong);
    Some(if is_unreached {
        Line::doubtful(
            CHECK,
            says,
            "where a deployment is reached through the proxy only, run in a network that reaches it",
        )
    } else {
        Line::well(CHECK, says)
    })
}
