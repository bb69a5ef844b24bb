//! The child's end of the socket: outputs from any thread, and bytes of the film on request.

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::protocol::{self, FromChild, Job, PREFIX_BYTES, READ_CAP, ToChild};

/// The child's end. Threads share it by reference.
#[derive(Debug)]
pub struct Channel {
    writer: Mutex<UnixStream>,
    /// Held from a request to its answer, so that answers meet their requests.
    reader: Mutex<UnixStream>,
}

/// The parent is gone, or does not speak the protocol, or could not give the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the parent gave no answer")]
pub struct ChannelClosed;

impl Channel {
    /// Takes over the socket.
    ///
    /// # Errors
    /// Where it cannot be shared.
    pub fn new(socket: UnixStream) -> std::io::Result<Self> {
        Ok(Self { reader: Mutex::new(socket.try_clone()?), writer: Mutex::new(socket) })
    }

    /// Sends one frame whole.
    ///
    /// # Errors
    /// Where the parent is gone or the frame is above its cap.
    pub fn send(&self, header: &FromChild, body: &[u8]) -> Result<(), ChannelClosed> {
        let head = protocol::encode_head(header, body.len()).map_err(|_| ChannelClosed)?;
        let mut writer = lock(&self.writer);
        writer.write_all(&head).and_then(|()| writer.write_all(body)).map_err(|_| ChannelClosed)
    }

    /// Bytes of the film from `offset` on: as many as asked for where the film has them, fewer at its end or at the
    /// end of a part.
    ///
    /// # Errors
    /// Where the parent is gone or cannot read the film.
    pub fn ask(&self, offset: u64, length: u32) -> Result<Vec<u8>, ChannelClosed> {
        let mut reader = lock(&self.reader);
        self.send(&FromChild::Read { offset, length: length.min(READ_CAP) }, &[])?;
        match receive(&mut reader)? {
            Some((ToChild::Bytes, bytes)) => Ok(bytes),
            _ => Err(ChannelClosed),
        }
    }

    /// The next job and its plan, or `None` where there is none any more.
    ///
    /// # Errors
    /// Where the parent breaks the protocol.
    pub fn next_job(&self) -> Result<Option<(Job, Vec<u8>)>, ChannelClosed> {
        match receive(&mut lock(&self.reader))? {
            Some((ToChild::Job(job), body)) => Ok(Some((job, body))),
            Some(_) => Err(ChannelClosed),
            None => Ok(None),
        }
    }
}

fn receive(reader: &mut UnixStream) -> Result<Option<(ToChild, Vec<u8>)>, ChannelClosed> {
    let mut prefix = [0; PREFIX_BYTES];
    if let Err(error) = reader.read_exact(&mut prefix) {
        let ended = error.kind() == std::io::ErrorKind::UnexpectedEof;
        return if ended { Ok(None) } else { Err(ChannelClosed) };
    }
    let (header_length, body_length) = protocol::decode_prefix(prefix).map_err(|_| ChannelClosed)?;
    let mut header = vec![0; header_length];
    reader.read_exact(&mut header).map_err(|_| ChannelClosed)?;
    let header = protocol::decode_header(&header, body_length).map_err(|_| ChannelClosed)?;
    let mut body = vec![0; body_length];
    reader.read_exact(&mut body).map_err(|_| ChannelClosed)?;
    Ok(Some((header, body)))
}

/// A thread that panicked while it held the lock ends the job anyway; the others may finish their frame.
fn lock(socket: &Mutex<UnixStream>) -> MutexGuard<'_, UnixStream> {
    socket.lock().unwrap_or_else(PoisonError::into_inner)
}
