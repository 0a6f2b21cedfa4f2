//! Work on several threads, with several pieces under way on each.

use crate::deployment::Client;
use futures::StreamExt as _;
use futures::future::LocalBoxFuture;
use futures::stream::FuturesUnordered;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{panic, thread};

/// What is done with the piece of that number; the client belongs to the thread.
pub type Work<R> = Arc<dyn Fn(usize, &Client) -> LocalBoxFuture<'static, R> + Send + Sync>;
/// Takes what came of a piece.
pub type Done<R> = Arc<dyn Fn(usize, R) + Send + Sync>;

/// How many pieces a thread has under way: those that keep it busy, and those that mostly wait.
const UNDER_WAY: [usize; 2] = [8, 64];

/// Pieces of work by number: those that keep a thread busy, and those that mostly wait.
#[derive(Debug)]
pub struct Pieces([(Vec<usize>, AtomicUsize); 2]);

impl Pieces {
    /// As many pieces, of which some mostly wait.
    pub fn new(count: usize, waits: impl Fn(usize) -> bool) -> Self {
        let (waiting, busy): (Vec<usize>, Vec<usize>) = (0..count).partition(|index| waits(*index));
        Self([(busy, AtomicUsize::new(0)), (waiting, AtomicUsize::new(0))])
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.iter().map(|(pieces, _)| pieces.len()).sum()
    }

    fn take(&self, lane: usize) -> Option<usize> {
        let (pieces, next) = &self.0[lane];
        pieces.get(next.fetch_add(1, Ordering::Relaxed)).copied()
    }
}

/// Does the work on as many threads, each with a runtime and connections of its own.
///
/// It installs a silent panic hook while it runs, and afterwards the one that was there before.
///
/// # Errors
/// A thread cannot get a runtime or a client.
pub async fn each<R: 'static>(
    pieces: Pieces,
    threads: usize,
    client: &Client,
    work: Work<R>,
    done: Done<R>,
) -> Result<(), String> {
    let pieces = Arc::new(pieces);
    // A snapshot that differs is a panic of insta's.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let start = |_| {
        let (pieces, client, work, done) = (pieces.clone(), client.clone(), work.clone(), done.clone());
        let (ending, end) = tokio::sync::oneshot::channel::<()>();
        let run = move || {
            let _ending = ending;
            run(&pieces, &client, &work, &done)
        };
        (thread::spawn(run), end)
    };
    let started: Vec<_> = (0..threads.max(1)).map(start).collect();
    let mut result = Ok(());
    for (thread, end) in started {
        // The thread lets its end of the channel go when it is done.
        drop(end.await);
        result = result.and(thread.join().unwrap_or_else(|panic| panic::resume_unwind(panic)));
    }
    panic::set_hook(hook);
    result
}

/// Takes pieces while there are any.
fn run<R: 'static>(pieces: &Pieces, client: &Client, work: &Work<R>, done: &Done<R>) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let client = client.sibling()?;
    let all = async {
        let mut free = UNDER_WAY;
        let mut under_way = FuturesUnordered::new();
        loop {
            for lane in [1, 0] {
                while free[lane] > 0
                    && let Some(index) = pieces.take(lane)
                {
                    free[lane] -= 1;
                    let piece = work(index, &client);
                    under_way.push(async move { (lane, index, piece.await) });
                }
            }
            let Some((lane, index, result)) = under_way.next().await else { return };
            free[lane] += 1;
            done(index, result);
        }
    };
    runtime.block_on(tokio::task::unconstrained(all));
    Ok(())
}
