//! The provider of the benchmarks: it answers whatever it is asked with one body and checks nothing.
//!
//! `provider BODY-FILE SECONDS [KIND]` prints the loopback port on which it listens and stops by itself after `SECONDS`.
//! KIND is `one-thread` (hyper, the usual one), `hyper` (on every core) or `wiremock`.

use http_body_util::{BodyExt as _, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::error::Error;
use std::io::Write as _;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, ResponseTemplate};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(seconds)) = (arguments.next(), arguments.next()) else {
        return Err("usage: provider BODY-FILE SECONDS [one-thread | hyper | wiremock]".into());
    };
    let body = Bytes::from(std::fs::read(file)?);
    let lifetime = Duration::from_secs(seconds.parse()?);
    let kind = arguments.next().unwrap_or_else(|| "one-thread".to_owned());
    let mut builder = match kind.as_str() {
        // The other core is for the client that is measured.
        "one-thread" | "wiremock" => Builder::new_current_thread(),
        "hyper" => Builder::new_multi_thread(),
        other => return Err(format!("{other} is no kind of provider").into()),
    };
    let serving = async move {
        if kind == "wiremock" { mock(body).await } else { serve(body).await }
    };
    let runtime = builder.enable_all().build()?;
    runtime.block_on(async { tokio::time::timeout(lifetime, serving).await.unwrap_or(Ok(())) })
}

fn tell(port: u16) -> Result<(), Box<dyn Error>> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{port}")?;
    Ok(stdout.flush()?)
}

/// wiremock has a thread of its own.
async fn mock(body: Bytes) -> Result<(), Box<dyn Error>> {
    let server = MockServer::builder().disable_request_recording().start().await;
    let answer = ResponseTemplate::new(200).set_body_raw(body, "application/json");
    Mock::given(any()).respond_with(answer).mount(&server).await;
    tell(server.address().port())?;
    std::future::pending().await
}

async fn serve(body: Bytes) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    tell(listener.local_addr()?.port())?;
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let body = body.clone();
        let service = service_fn(move |request| answer(request, body.clone()));
        // A client that closes its connection in the middle is no concern of the provider.
        tokio::spawn(async move {
            drop(http1::Builder::new().serve_connection(TokioIo::new(stream), service).await);
        });
    }
}

async fn answer(request: Request<Incoming>, body: Bytes) -> Result<Response<Full<Bytes>>, Infallible> {
    drop(request.into_body().collect().await);
    let mut response = Response::new(Full::new(body));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    Ok(response)
}
