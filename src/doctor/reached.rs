//! Whether anybody answers at a deployment's URL in HTTP, and who does instead.

use crate::doctor::Line;
use crate::doctor::door::{Certificate, Closed, Speech};
use crate::doctor::visit::Visit;
use jiff::Timestamp;

const CHECK: &str = "reach";

/// A line in any case.
pub fn check(visit: &Visit<'_>) -> Option<Line> {
    let Visit { url, target, contract, .. } = visit;
    let line = match &visit.answers {
        Ok(answers) => {
            let first = answers.first()?;
            let (asked, status) = (first.asked(), first.response.status);
            Line::well(CHECK, format!("{url} answers {asked} with {status} in {} ms", first.duration.as_millis()))
        }
        Err(closed) => {
            let (wrong, cure) = words(closed, visit);
            Line::wrong(CHECK, format!("{url}: {wrong}"), cure)
        }
    };
    Some(line.of(&contract.name).at(target))
}

fn words(closed: &Closed, visit: &Visit<'_>) -> (String, String) {
    let url = visit.url;
    match closed {
        Closed::NoAddress { host, reason } => (
            format!("no address is known for {host} ({reason})"),
            "correct the host of `url`, or join the network (VPN) that knows it".to_owned(),
        ),
        Closed::Refused { address } => {
            (format!("nobody listens at {address}"), "start the provider, or correct the port of `url`".to_owned())
        }
        Closed::NoWay { address, reason } => (
            format!("there is no way to {address} ({reason})"),
            "join the network (VPN) that it is in, or open the firewall".to_owned(),
        ),
        Closed::Silent { step, deadline } => (
            format!("waited {} s for {step} in vain", deadline.as_secs_f64()),
            "open the firewall, correct host or port of `url`, or raise the target's `deadline`".to_owned(),
        ),
        Closed::Certificate(certificate) => of_certificate(certificate, url),
        Closed::NoTls(Speech::Http) => {
            ("the port speaks HTTP without TLS".to_owned(), format!("write `url` as {}", with_scheme(url, "http")))
        }
        Closed::NoTls(speech) => {
            (format!("the port speaks no TLS: {}", of_speech(speech)), "correct the port of `url`".to_owned())
        }
        Closed::NoHttp(Speech::Tls) => {
            ("the port speaks TLS".to_owned(), format!("write `url` as {}", with_scheme(url, "https")))
        }
        Closed::NoHttp(speech) => {
            (format!("the port speaks no HTTP: {}", of_speech(speech)), "correct the port of `url`".to_owned())
        }
        Closed::Tls(reason) => (
            format!("no TLS is agreed upon ({reason})"),
            "let the deployment offer TLS 1.2 or 1.3, and ask for no certificate of the client".to_owned(),
        ),
        Closed::Broken(reason) => (
            format!("the connection broke ({reason})"),
            "look into the log of the provider, and of what stands before it".to_owned(),
        ),
    }
}

fn of_certificate(certificate: &Certificate, url: &str) -> (String, String) {
    let host = url::Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
    match certificate {
        Certificate::Expired(time) => (
            format!("its TLS certificate expired on {}", date(*time)),
            "renew the certificate of the deployment".to_owned(),
        ),
        Certificate::NotYet(time) => (
            format!("its TLS certificate is valid from {} on; here it is {}", date(*time), date(Timestamp::now())),
            "set the clock of this machine, or wait".to_owned(),
        ),
        Certificate::UnknownIssuer => (
            "its TLS certificate is of an issuer that this machine does not trust".to_owned(),
            "add the issuer's certificate to those of the system, or name its file in SSL_CERT_FILE".to_owned(),
        ),
        Certificate::OtherHost(names) if names.is_empty() => {
            (format!("its TLS certificate is not one of {host}"), "correct the host of `url`".to_owned())
        }
        Certificate::OtherHost(names) => (
            format!("its TLS certificate is not one of {host}: it names {}", names.join(", ")),
            "correct the host of `url`, or the certificate of the deployment".to_owned(),
        ),
        Certificate::Other(reason) => {
            (format!("its TLS certificate is no good: {reason}"), "mend the certificate of the deployment".to_owned())
        }
    }
}

fn date(time: Timestamp) -> String {
    time.strftime("%Y-%m-%d %H:%M UTC").to_string()
}

fn of_speech(speech: &Speech) -> String {
    match speech {
        Speech::Http => "it speaks HTTP".to_owned(),
        Speech::Tls => "it speaks TLS".to_owned(),
        Speech::Words(words) => format!("it says {words:?}"),
        Speech::Nothing => "it says nothing to a request".to_owned(),
    }
}

fn with_scheme(url: &str, scheme: &str) -> String {
    format!("{scheme}://{}", url.split_once("://").map_or(url, |(_, rest)| rest))
}
