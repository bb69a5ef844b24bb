//! Something behind the gateway that tells what reaches it, and when.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// A server for one request.
pub struct Upstream(TcpListener);

/// A request whose end may not have come yet.
pub struct Begun {
    stream: TcpStream,
    /// The head, as it came.
    pub head: String,
    /// How much of the body has come.
    pub received: usize,
}

impl Upstream {
    pub async fn open() -> Self {
        Self(TcpListener::bind("127.0.0.1:0").await.unwrap())
    }

    pub fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    /// Takes a request: its head and the first `enough` bytes of its body.
    pub async fn begin(&self, enough: usize) -> Begun {
        let (mut stream, _) = self.0.accept().await.unwrap();
        let mut seen = Vec::new();
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let count = stream.read(&mut buffer).await.unwrap();
            assert_ne!(count, 0, "the request ends before enough of it has come");
            seen.extend_from_slice(&buffer[..count]);
            let Some(end) = seen.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
            if seen.len() - end - 4 >= enough {
                let head = String::from_utf8(seen[..end].to_vec()).unwrap();
                return Begun { stream, head, received: seen.len() - end - 4 };
            }
        }
    }
}

impl Begun {
    /// Reads the body until it has `length` bytes, and answers 200.
    pub async fn end(&mut self, length: usize) {
        let mut buffer = vec![0; 64 * 1024];
        while self.received < length {
            let count = self.stream.read(&mut buffer).await.unwrap();
            assert_ne!(count, 0, "the request ends early");
            self.received += count;
        }
        assert_eq!(self.received, length);
        self.stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    }

    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim())
        })
    }
}
