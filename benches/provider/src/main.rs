//! The provider of the throughput benchmark: it answers whatever it is asked with one body and checks nothing.
//!
//! `provider BODY-FILE SECONDS` prints the loopback port on which it listens and stops by itself after `SECONDS`.

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

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(seconds)) = (arguments.next(), arguments.next()) else {
        return Err("usage: provider BODY-FILE SECONDS".into());
    };
    let body = Bytes::from(std::fs::read(file)?);
    let lifetime = Duration::from_secs(seconds.parse()?);
    // One thread: the other core is for the client that is measured.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async { tokio::time::timeout(lifetime, serve(body)).await.unwrap_or(Ok(())) })
}

async fn serve(body: Bytes) -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{}", listener.local_addr()?.port())?;
    stdout.flush()?;
    drop(stdout);
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let body = body.clone();
        let service = service_fn(move |request| answer(request, body.clone()));
        // A client that closes its connection in the middle is no concern of the provider.
        tokio::task::spawn_local(async move {
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
