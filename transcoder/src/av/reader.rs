//! The film's bytes as libav reads them: a seekable stream whose every read asks the parent.

use std::{
    io::{self, Read, Seek, SeekFrom},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use crate::jail::Channel;

/// The film's bytes, one position. Blocking: libav has no other kind.
#[derive(Debug)]
pub struct FilmReader {
    channel: Arc<Channel>,
    length: u64,
    position: u64,
    broken: Arc<AtomicBool>,
    ended: Arc<AtomicBool>,
}

impl FilmReader {
    /// A reader at the film's start. `broken` is raised when the parent could not give bytes, which libav would
    /// otherwise make look like the film's end; `ended` when more was wanted than there is.
    pub fn new(channel: Arc<Channel>, length: u64, broken: Arc<AtomicBool>, ended: Arc<AtomicBool>) -> Self {
        Self { channel, length, position: 0, broken, ended }
    }
}

impl Read for FilmReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.length.saturating_sub(self.position);
        let wanted = u32::try_from(buffer.len()).unwrap_or(u32::MAX);
        let wanted = u64::from(wanted).min(left);
        let Ok(wanted @ 1..) = u32::try_from(wanted) else {
            self.ended.store(true, Ordering::Release);
            return Ok(0);
        };
        let bytes = self.channel.ask(self.position, wanted).unwrap_or_default();
        if bytes.is_empty() || bytes.len() > buffer.len() {
            self.broken.store(true, Ordering::Release);
            return Err(io::Error::other("the film's bytes cannot be had"));
        }
        buffer[..bytes.len()].copy_from_slice(&bytes);
        self.position += bytes.len() as u64;
        Ok(bytes.len())
    }
}

impl Seek for FilmReader {
    fn seek(&mut self, target: SeekFrom) -> io::Result<u64> {
        let target = match target {
            SeekFrom::Start(offset) => Some(offset),
            SeekFrom::End(offset) => self.length.checked_add_signed(offset),
            SeekFrom::Current(offset) => self.position.checked_add_signed(offset),
        };
        self.position = target.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        if self.position > self.length {
            self.ended.store(true, Ordering::Release);
        }
        Ok(self.position)
    }
}
