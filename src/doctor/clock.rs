//! Whether this machine and the deployment agree on the time: a signature is judged by it.

use crate::doctor::Line;
use crate::doctor::visit::{Answer, Visit};
use jiff::{SignedDuration, Timestamp};
use std::time::Duration;

const CHECK: &str = "clock";
/// Less is no difference: `Date` has whole seconds, and machines are never quite together.
const SLACK: Duration = Duration::from_secs(5);
const CURE: &str = "set both clocks by NTP: `timedatectl set-ntp true` on this machine, and look at the deployment's";

/// A line where the deployment says what time it is, or where its contract needs to know.
pub fn check(visit: &Visit<'_>) -> Option<Line> {
    let first = visit.answers.as_ref().ok()?.first()?;
    let window = visit.contract.credentials.values().filter_map(crate::contract::scheme::Credential::window).min();
    let window = window.filter(|_| !visit.open);
    let line = match (offset(first), window) {
        (Some(offset), Some(window)) => judge(offset, window),
        (Some(offset), None) if offset.unsigned_abs() > SLACK => {
            Line::well(CHECK, format!("{}; no signature of this contract depends on it", words(offset)))
        }
        (Some(offset), None) => Line::well(CHECK, words(offset)),
        (None, Some(window)) => Line::doubtful(
            CHECK,
            format!("no Date header tells its time, and signatures hold for {} s", window.as_secs()),
            "compare the clocks by hand, where a signature is refused as stale",
        ),
        (None, None) => return None,
    };
    Some(line.of(&visit.contract.name).at(visit.target))
}

fn judge(offset: SignedDuration, window: Duration) -> Line {
    let seconds = window.as_secs();
    if offset.unsigned_abs() >= window {
        let says = format!("{}: every signature is refused, since its window is {seconds} s", words(offset));
        Line::wrong(CHECK, says, CURE)
    } else if offset.unsigned_abs() * 2 >= window {
        let says = format!("{}: that is half of a signature's window of {seconds} s or more", words(offset));
        Line::wrong(CHECK, says, CURE)
    } else if offset.unsigned_abs() > SLACK {
        Line::doubtful(CHECK, format!("{}; a signature's window is {seconds} s", words(offset)), CURE)
    } else {
        Line::well(CHECK, format!("{}; a signature's window is {seconds} s", words(offset)))
    }
}

/// How far the deployment's clock is ahead. An answer from a cache is as old as it says (RFC 9111, section 5.1).
fn offset(answer: &Answer<'_>) -> Option<SignedDuration> {
    let headers = &answer.response.headers;
    let date = jiff::fmt::rfc2822::parse(headers.get("date")?).ok()?.timestamp();
    let age = headers.get("age").and_then(|age| age.trim().parse().ok()).unwrap_or(0);
    let now = date.checked_add(SignedDuration::from_secs(age)).ok()?;
    Some(whole_seconds(now, answer.time))
}

/// `Date` leaves out the fraction, so that it is up to a second late by itself.
fn whole_seconds(theirs: Timestamp, ours: Timestamp) -> SignedDuration {
    SignedDuration::from_secs(theirs.as_second() - ours.as_second())
}

fn words(offset: SignedDuration) -> String {
    let seconds = offset.unsigned_abs().as_secs();
    let span = match seconds {
        0..120 => format!("{seconds} s"),
        120..7200 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds % 3600 / 60),
    };
    match offset {
        _ if seconds <= 1 => "its clock is that of this machine".to_owned(),
        offset if offset.is_negative() => format!("its clock is {span} behind that of this machine"),
        _ => format!("its clock is {span} ahead of that of this machine"),
    }
}
