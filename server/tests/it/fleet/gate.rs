//! A way to a service that can be shut: connections on it are cut then, and new ones end at once.

use std::net::SocketAddr;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// Ends when it is dropped.
pub struct Gate {
    pub address: SocketAddr,
    open: watch::Sender<bool>,
    accepting: JoinHandle<()>,
}

impl Gate {
    /// An open one before the service at `upstream` (`host:port`).
    pub async fn before(upstream: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("its address");
        let (open, is_open) = watch::channel(true);
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                if *is_open.borrow() {
                    tokio::spawn(carry(stream, upstream.clone(), is_open.clone()));
                }
            }
        });
        Self { address, open, accepting }
    }

    pub fn set_open(&self, is_open: bool) {
        self.open.send_replace(is_open);
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn carry(mut stream: TcpStream, upstream: String, mut is_open: watch::Receiver<bool>) {
    let Ok(mut service) = TcpStream::connect(upstream).await else { return };
    tokio::select! {
        // Either end may go away as it likes.
        _ = copy_bidirectional(&mut stream, &mut service) => {}
        _ = is_open.wait_for(|is_open| !*is_open) => {}
    }
}
