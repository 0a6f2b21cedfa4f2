//! Steps that send.

use super::call::call;
use crate::feature::step::{Arguments, Kind, Run, Step};
use crate::feature::world::{Stop, World};
use futures::FutureExt as _;
use futures::future::LocalBoxFuture;

/// The steps.
pub const STEPS: &[Step] = &[
    Step {
        kind: Kind::Sending,
        expression: "the call is sent",
        meaning: "Sends the call that was prepared; its response is judged against the contract.",
        example: "When the call is sent",
        run: Run::Later(sent),
    },
    Step {
        kind: Kind::Sending,
        expression: "{string} is called",
        meaning: "Calls an operation with the contract's example values and a right credential.",
        example: r#"When "health" is called"#,
        run: Run::Later(called),
    },
    Step {
        kind: Kind::Sending,
        expression: "{string} is called with the example {string}",
        meaning: "The same with a named example of the request body.",
        example: r#"When "embedText" is called with the example "korean""#,
        run: Run::Later(called),
    },
    Step {
        kind: Kind::Sending,
        expression: "{string} is called with",
        meaning: "The same with values from a table: a name that starts with `/` is a field of the body, any other a parameter.",
        example: "When \"getRun\" is called with\n  | run_id | ${run} |",
        run: Run::Later(called),
    },
    Step {
        kind: Kind::Sending,
        expression: "the same request is sent again",
        meaning: "Sends the last request again, byte for byte: a replay.",
        example: "When the same request is sent again",
        run: Run::Later(again),
    },
    Step {
        kind: Kind::Sending,
        expression: "this request is sent as it stands",
        meaning: "Sends a doc string over a connection of its own as an HTTP/1.1 request; `Host`, `Connection: close` and `Content-Length` are added where they are missing.",
        example: "When this request is sent as it stands\n  \"\"\"\n  GET /a%2Fb/../c HTTP/1.1\n  \"\"\"",
        run: Run::Later(as_it_stands),
    },
];

fn sent<'a>(world: &'a mut World, _: &'a Arguments) -> LocalBoxFuture<'a, Result<(), Stop>> {
    world.send().boxed_local()
}

fn called<'a>(world: &'a mut World, arguments: &'a Arguments) -> LocalBoxFuture<'a, Result<(), Stop>> {
    async move {
        call(world, arguments)?;
        world.send().await
    }
    .boxed_local()
}

fn again<'a>(world: &'a mut World, _: &'a Arguments) -> LocalBoxFuture<'a, Result<(), Stop>> {
    async move {
        let base = world.base().await;
        let last = world.outcome()?.clone();
        let outcome = world.harness().repeat(&base, &last, world.patience).await;
        world.take(outcome)
    }
    .boxed_local()
}

fn as_it_stands<'a>(world: &'a mut World, arguments: &'a Arguments) -> LocalBoxFuture<'a, Result<(), Stop>> {
    async move {
        let text = arguments.text.clone().ok_or_else(|| "the step needs a doc string".to_owned())?;
        let base = world.base().await;
        let outcome = world.harness().send_raw(&base, &completed(&text, &base)).await;
        world.take(outcome)
    }
    .boxed_local()
}

/// The request with network line ends, and the headers without which no server would answer.
fn completed(text: &str, base: &str) -> String {
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let mut lines: Vec<String> = head.lines().map(|line| line.trim_end().to_owned()).collect();
    let has = |lines: &[String], name: &str| lines.iter().any(|line| line.to_ascii_lowercase().starts_with(name));
    let host = base.split("://").nth(1).unwrap_or(base).split('/').next().unwrap_or(base);
    for (name, line) in [
        ("host:", format!("Host: {host}")),
        ("connection:", "Connection: close".to_owned()),
        ("content-length:", format!("Content-Length: {}", body.len())),
    ] {
        if !has(&lines, name) {
            lines.push(line);
        }
    }
    format!("{}\r\n\r\n{body}", lines.join("\r\n"))
}
