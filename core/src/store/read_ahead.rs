//! Reading in order from a storage that is far away: what is going to be asked for next is under way before it is.
//!
//! Each request to a service costs a round trip, whatever its length. The second read that goes on where the one before
//! it ended makes a *stretch*: from then on about as much is fetched ahead as was read in it, up to a bound. So who jumps
//! about costs nothing more, what is fetched in vain is never much more than what was wanted, and what is held is bounded.

use std::{
    ops::Range,
    sync::{Arc, Mutex, PoisonError},
};

use bytes::{Buf, Bytes, BytesMut};
use futures::future::BoxFuture;
use tokio_util::task::AbortOnDropHandle;

use super::StoreError;

/// Places at which somebody may read in order at the same time; the one that was not used for longest is forgotten.
const STRETCHES: usize = 4;

/// Something that is read by range.
pub trait ReadRange: Send + Sync + 'static {
    /// Length in bytes; does not change.
    fn length(&self) -> u64;

    /// All bytes of `range`, which lies inside and is not empty.
    fn read_range(&self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, StoreError>>;
}

/// A reader that fetches ahead. Reads give the same bytes as without it.
#[derive(Debug)]
pub struct ReadAhead<R> {
    inner: Arc<R>,
    most: u64,
    /// The last one was used last.
    stretches: Mutex<Vec<Stretch>>,
}

impl<R: ReadRange> ReadAhead<R> {
    /// Fetches at most `most` bytes at once beyond what is asked for, and holds at most one and a half times that for each
    /// of a few places; 0 for never.
    pub fn new(inner: R, most: u64) -> Self {
        Self { inner: Arc::new(inner), most, stretches: Mutex::default() }
    }

    /// Length in bytes.
    pub fn length(&self) -> u64 {
        self.inner.length()
    }

    /// The bytes of `range`, cut at the end; empty past it.
    ///
    /// # Errors
    /// Those of the reader behind, for the bytes of this range alone: what goes wrong ahead is tried again when it is
    /// asked for.
    pub async fn read(&self, range: Range<u64>) -> Result<Bytes, StoreError> {
        let range = range.start.min(self.length())..range.end.min(self.length());
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        if self.most == 0 {
            return self.inner.read_range(range).await;
        }
        // Taken out while it is used, so that no lock is held; one that is dropped half way is forgotten.
        let mut stretch = self.take(range.start).unwrap_or_else(|| Stretch::beginning_at(range.start));
        let bytes = stretch.read(&self.inner, range).await?;
        stretch.fetch_ahead(&self.inner, self.most);
        self.keep(stretch);
        Ok(bytes)
    }

    fn take(&self, offset: u64) -> Option<Stretch> {
        let mut stretches = self.stretches.lock().unwrap_or_else(PoisonError::into_inner);
        let found = stretches.iter().rposition(|stretch| stretch.reaches(offset))?;
        Some(stretches.remove(found))
    }

    fn keep(&self, stretch: Stretch) {
        let mut stretches = self.stretches.lock().unwrap_or_else(PoisonError::into_inner);
        if stretches.len() >= STRETCHES {
            stretches.remove(0);
        }
        stretches.push(stretch);
    }
}

/// Somebody who reads on and on.
#[derive(Debug)]
struct Stretch {
    /// Where the next read is expected.
    at: u64,
    /// Bytes that were read in order.
    done: u64,
    reads: u64,
    /// What lies at `at` and was not asked for yet.
    ready: Bytes,
    coming: Option<Coming>,
}

/// What is being fetched: it lies behind what is ready.
#[derive(Debug)]
struct Coming {
    length: u64,
    bytes: AbortOnDropHandle<Result<Bytes, StoreError>>,
}

impl Stretch {
    fn beginning_at(at: u64) -> Self {
        Self { at, done: 0, reads: 0, ready: Bytes::new(), coming: None }
    }

    /// Where what is ready and coming ends.
    fn end(&self) -> u64 {
        self.at + self.ready.len() as u64 + self.coming.as_ref().map_or(0, |coming| coming.length)
    }

    fn reaches(&self, offset: u64) -> bool {
        (self.at..=self.end()).contains(&offset)
    }

    /// The bytes of `range`, which begins within reach.
    async fn read<R: ReadRange>(&mut self, inner: &Arc<R>, range: Range<u64>) -> Result<Bytes, StoreError> {
        self.skip_to(range.start).await;
        let mut joined = BytesMut::new();
        let mut first = Bytes::new();
        while self.at < range.end {
            let wanted = range.end - self.at;
            let piece = if !self.ready.is_empty() {
                self.ready.split_to(usize::try_from(wanted).unwrap_or(usize::MAX).min(self.ready.len()))
            } else if self.coming.is_some() {
                self.receive().await;
                continue;
            } else {
                inner.read_range(self.at..range.end).await?
            };
            if piece.is_empty() {
                return Err(StoreError::OutOfRange);
            }
            self.at += piece.len() as u64;
            // Most reads are one piece, which need not be copied.
            if first.is_empty() && joined.is_empty() {
                first = piece;
                continue;
            }
            joined.extend_from_slice(&std::mem::take(&mut first));
            joined.extend_from_slice(&piece);
        }
        self.done += range.end - range.start;
        self.reads += 1;
        Ok(if joined.is_empty() { first } else { joined.freeze() })
    }

    /// Passes over what is ready but was not wanted.
    async fn skip_to(&mut self, offset: u64) {
        while self.at < offset {
            let over = offset - self.at;
            if !self.ready.is_empty() {
                let over = usize::try_from(over).unwrap_or(usize::MAX).min(self.ready.len());
                self.ready.advance(over);
                self.at += over as u64;
            } else if self.coming.is_some() {
                self.receive().await;
            } else {
                self.at = offset;
            }
        }
    }

    /// Waits for what is coming. Where it fails, there is nothing ready after it.
    async fn receive(&mut self) {
        let Some(coming) = self.coming.take() else { return };
        match coming.bytes.await {
            Ok(Ok(bytes)) => self.ready = bytes,
            Ok(Err(error)) => tracing::debug!(error = &error as &dyn std::error::Error, "reading ahead failed"),
            Err(error) => tracing::debug!(error = &error as &dyn std::error::Error, "reading ahead was ended"),
        }
    }

    fn fetch_ahead<R: ReadRange>(&mut self, inner: &Arc<R>, most: u64) {
        let ahead = self.done.min(most);
        if self.reads < 2 || self.coming.is_some() || self.ready.len() as u64 > ahead / 2 {
            return;
        }
        let start = self.end();
        let end = start.saturating_add(ahead).min(inner.length());
        if start < end {
            let inner = Arc::clone(inner);
            let bytes = AbortOnDropHandle::new(tokio::spawn(async move { inner.read_range(start..end).await }));
            self.coming = Some(Coming { length: end - start, bytes });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    /// Bytes that tell their place, and what was asked for.
    #[derive(Debug, Default)]
    struct Far {
        length: u64,
        asked: Mutex<Vec<Range<u64>>>,
        fails: AtomicBool,
    }

    fn bytes_of(range: Range<u64>) -> Vec<u8> {
        range.map(|at| (at ^ (at >> 8) ^ (at >> 16)) as u8).collect()
    }

    impl ReadRange for Far {
        fn length(&self) -> u64 {
            self.length
        }

        fn read_range(&self, range: Range<u64>) -> BoxFuture<'_, Result<Bytes, StoreError>> {
            self.asked.lock().unwrap().push(range.clone());
            let fails = self.fails.load(Ordering::Relaxed);
            Box::pin(async move { if fails { Err(StoreError::NotFound) } else { Ok(bytes_of(range).into()) } })
        }
    }

    impl ReadAhead<Far> {
        fn asked(&self) -> Vec<Range<u64>> {
            self.inner.asked.lock().unwrap().clone()
        }

        async fn check(&self, range: Range<u64>) {
            let expected = bytes_of(range.start.min(self.length())..range.end.min(self.length()));
            assert!(self.read(range.clone()).await.unwrap() == expected, "{range:?}");
            // Lets what was begun be asked for.
            tokio::task::yield_now().await;
        }
    }

    const KIB: u64 = 1 << 10;

    fn far(length: u64, most: u64) -> ReadAhead<Far> {
        ReadAhead::new(Far { length, ..Far::default() }, most)
    }

    #[tokio::test]
    async fn who_reads_on_and_on_costs_few_requests_and_no_byte_twice() {
        let source = far(256 * KIB, 16 * KIB);
        for at in (0..256 * KIB).step_by(1 << 10) {
            source.check(at..at + KIB).await;
        }
        let asked = source.asked();
        assert!(asked.len() <= 24, "{} requests for 256 reads", asked.len());
        assert_eq!(asked.iter().map(|range| range.end - range.start).sum::<u64>(), 256 * KIB);
        assert!(asked.iter().all(|range| range.end - range.start <= 16 * KIB));
    }

    #[tokio::test]
    async fn what_comes_next_is_asked_for_before_it_is_wanted_and_never_much_of_it() {
        let (most, mut read) = (8 * KIB, 0);
        let source = far(256 * KIB, most);
        for at in (0..100 * KIB).step_by(1 << 10) {
            source.check(at..at + KIB).await;
            read += KIB;
            let reached = source.asked().iter().map(|range| range.end).max().unwrap();
            assert!(reached - read <= (most + most / 2).min(read + read / 2), "{reached} after {read}");
            assert!(at == 0 || reached > read, "nothing is ahead of {read}");
        }
    }

    #[tokio::test]
    async fn who_jumps_about_is_given_what_is_asked_for_and_nothing_else_is_fetched() {
        let source = far(256 * KIB, 16 * KIB);
        let jumps = [200, 3, 120, 90, 60, 255, 0, 33, 199, 7];
        for at in jumps {
            source.check(at * KIB..at * KIB + 100).await;
        }
        assert_eq!(source.asked(), jumps.map(|at| at * KIB..at * KIB + 100));
    }

    #[tokio::test]
    async fn two_readers_in_turn_both_have_their_next_bytes_ahead() {
        let source = far(512 * KIB, 16 * KIB);
        for at in (0..128 * KIB).step_by(1 << 10) {
            source.check(at..at + KIB).await;
            source.check(256 * KIB + at..256 * KIB + at + KIB).await;
        }
        assert!(source.asked().len() <= 36, "{} requests for 256 reads", source.asked().len());
    }

    #[tokio::test]
    async fn reads_of_every_length_at_every_place_give_the_same_bytes_up_to_the_end() {
        let source = far(5_000, 700);
        let (mut at, mut seed) = (0_u64, 1_u64);
        for _ in 0..4_000 {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            // Mostly on and on, at times a little further, at times anywhere.
            at = match seed >> 60 {
                0 => (seed >> 20) % 5_100,
                1 | 2 => at + (seed >> 30) % 300,
                _ => at,
            };
            let length = (seed >> 40) % 400;
            source.check(at..at + length).await;
            at = if at + length >= 5_000 { 0 } else { at + length };
        }
        source.check(4_999..9_999).await;
        source.check(5_000..5_001).await;
    }

    #[tokio::test]
    async fn a_failure_ahead_is_nobodys_and_the_read_itself_is_tried_again() {
        let source = far(64 * KIB, 16 * KIB);
        source.check(0..KIB).await;
        source.inner.fails.store(true, Ordering::Relaxed);
        assert!(source.read(KIB..2 * KIB).await.is_err());
        source.inner.fails.store(false, Ordering::Relaxed);
        source.check(KIB..2 * KIB).await;
        source.inner.fails.store(true, Ordering::Relaxed);
        source.read(2 * KIB..2 * KIB + 1).await.unwrap_err();
        source.inner.fails.store(false, Ordering::Relaxed);
        for at in 2..60 {
            source.inner.fails.store(at % 3 == 0, Ordering::Relaxed);
            let read = source.read(at * KIB..(at + 1) * KIB).await;
            tokio::task::yield_now().await;
            source.inner.fails.store(false, Ordering::Relaxed);
            if read.is_err() {
                source.check(at * KIB..(at + 1) * KIB).await;
            }
        }
    }

    #[tokio::test]
    async fn without_a_bound_every_read_is_a_request_of_its_own() {
        let source = far(16 * KIB, 0);
        for at in 0..16 {
            source.check(at * KIB..(at + 1) * KIB).await;
        }
        assert_eq!(source.asked().len(), 16);
    }
}
