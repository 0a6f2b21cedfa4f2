//! A body on its way: every byte goes on at once, and a copy is kept as long as it is not too long.

use super::passed::{Caught, Ending, Side, UnderWay};
use crate::deployment::root_cause;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

/// The longest body that is kept for the judge, in bytes.
pub const MOST: usize = 8 * 1024 * 1024;

/// A body that is copied while it passes.
#[derive(Debug)]
pub struct Tee {
    body: Incoming,
    side: Side,
    bytes: Vec<u8>,
    is_too_long: bool,
    ended: bool,
    broke: Option<hyper::Error>,
    reason: Option<String>,
    /// The length that the header claims, where there is no body that could have it.
    claimed: Option<u64>,
    under_way: Arc<UnderWay>,
}

impl Tee {
    /// The body of one side of an exchange.
    pub fn new(body: Incoming, side: Side, under_way: Arc<UnderWay>) -> Self {
        let (bytes, is_too_long, ended) = (Vec::new(), false, false);
        Self { body, side, bytes, is_too_long, ended, broke: None, reason: None, claimed: None, under_way }
    }

    /// The same; the server would take a `Content-Length` out that no body is behind, as it may stand in a 304.
    #[must_use]
    pub fn claiming(mut self, length: Option<u64>) -> Self {
        self.claimed = length;
        self
    }

    fn keep(&mut self, data: &Bytes) {
        if self.is_too_long {
            return;
        }
        if self.bytes.len() + data.len() > MOST {
            self.is_too_long = true;
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(data);
        }
    }
}

impl Body for Tee {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        if let Some(error) = self.broke.take() {
            return Poll::Ready(Some(Err(error)));
        }
        let polled = ready!(Pin::new(&mut self.body).poll_frame(context));
        match polled {
            Some(Err(error)) => {
                // What came before goes out first: at an error the rest is thrown away.
                self.reason = Some(root_cause(&error));
                self.broke = Some(error);
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            Some(Ok(ref frame)) => frame.data_ref().into_iter().for_each(|data| self.keep(data)),
            None => self.ended = true,
        }
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.claimed.is_none() && self.broke.is_none() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.claimed.map_or_else(|| self.body.size_hint(), SizeHint::with_exact)
    }
}

impl Drop for Tee {
    fn drop(&mut self) {
        let ending = match self.reason.take() {
            Some(reason) => Ending::Broke(reason),
            // A body of a known length is not asked for what comes after its last byte.
            None if self.ended || self.body.is_end_stream() => Ending::Whole,
            None => Ending::Unread,
        };
        let bytes = std::mem::take(&mut self.bytes);
        self.under_way.ended(self.side, Caught { bytes, is_too_long: self.is_too_long, ending });
    }
}
