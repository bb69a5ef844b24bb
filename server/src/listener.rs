//! The listening socket: connections with limits, TLS where it is set, and a stop that lets answers end.

mod tls;

use std::{
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use axum::{Router, body::Body, extract::Request};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

pub use tls::{Tls, TlsError};

use crate::middleware::peer::Connection;

/// Connections at a time; past it new ones wait in the system's queue.
const MOST_CONNECTIONS: usize = 4096;
/// A client must have said what it wants, or shaken hands, by then; an idle connection is closed as late.
const HEADERS_WITHIN: Duration = Duration::from_secs(30);
/// A hand that is not shaken holds a connection.
const HANDSHAKE_WITHIN: Duration = Duration::from_secs(10);
/// Answers that are under way at a stop may take so long.
const LAST_ANSWERS_WITHIN: Duration = Duration::from_secs(8);
/// What clients send before they can know of the stop is still taken: new connections, and requests on those that are open.
const LINGER: Duration = Duration::from_millis(250);
/// RFC 9113, 6.5.2: what one connection may ask for at once.
const MOST_STREAMS: u32 = 128;
const MAX_HEADER_BYTES: usize = 32 * 1024;

/// A socket that listens, not yet served.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    tls: Option<Tls>,
}

impl Listener {
    /// Takes the address.
    pub async fn bind(address: SocketAddr, tls: Option<Tls>) -> std::io::Result<Self> {
        let socket = TcpListener::bind(address).await?;
        let address = socket.local_addr()?;
        Ok(Self { socket, address, tls })
    }

    /// The address, with the port that the system chose where 0 was asked for.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What shakes hands, where it speaks TLS.
    pub fn tls(&self) -> Option<&Tls> {
        self.tls.as_ref()
    }

    /// Whether it speaks TLS.
    pub fn is_tls(&self) -> bool {
        self.tls.is_some()
    }

    /// Serves until a moment after `stop`; then takes no more connections and lets the answers under way end.
    pub async fn serve(self, service: Router, stop: CancellationToken) {
        let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let connections = TaskTracker::new();
        // Cancelled when waiting for the last answers is over.
        let end = CancellationToken::new();
        let closing = lingering(stop.clone());
        tokio::pin!(closing);
        loop {
            let next = tokio::select! {
                // In this order: whoever waits to be taken at the end is taken.
                biased;
                next = self.next(&places) => next,
                () = &mut closing => None,
            };
            let Some((stream, peer, place)) = next else { break };
            let work = serve_connection(stream, peer, self.tls.clone(), service.clone(), stop.clone());
            let end = end.clone();
            connections.spawn(async move {
                let _place = place;
                tokio::select! {
                    () = work => {}
                    () = end.cancelled() => {}
                }
            });
        }
        drop(self.socket);
        connections.close();
        if tokio::time::timeout(LAST_ANSWERS_WITHIN, connections.wait()).await.is_err() {
            tracing::info!(connections = connections.len(), "connections are cut");
            end.cancel();
            connections.wait().await;
        }
    }

    /// The next connection, once there is a place for it.
    async fn next(&self, places: &Arc<Semaphore>) -> Option<(TcpStream, IpAddr, OwnedSemaphorePermit)> {
        loop {
            let place = places.clone().acquire_owned().await.ok()?;
            match self.socket.accept().await {
                Ok((stream, peer)) => return Some((stream, peer.ip(), place)),
                Err(error) => {
                    // Out of descriptors, or a peer that left at once: neither ends the server.
                    tracing::warn!(error = &error as &dyn std::error::Error, "a connection was lost");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
}

/// Resolves a moment after the stop.
async fn lingering(stop: CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(LINGER).await;
}

async fn serve_connection(
    stream: TcpStream,
    address: IpAddr,
    tls: Option<Tls>,
    service: Router,
    stop: CancellationToken,
) {
    // Small answers must not wait for more bytes; a socket that refuses is only slower.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(error = &error as &dyn std::error::Error, "no TCP_NODELAY");
    }
    let connection = Connection { address, tls: tls.is_some() };
    match tls {
        None => serve_stream(stream, connection, service, stop).await,
        Some(tls) => match tokio::time::timeout(HANDSHAKE_WITHIN, tls.accept(stream)).await {
            Ok(Ok(stream)) => serve_stream(stream, connection, service, stop).await,
            Ok(Err(error)) => tracing::debug!(error = &error as &dyn std::error::Error, "no TLS handshake"),
            Err(_) => tracing::debug!("a TLS handshake took too long"),
        },
    }
}

async fn serve_stream(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    connection: Connection,
    service: Router,
    stop: CancellationToken,
) {
    let service = service.map_request(move |mut request: Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(connection);
        request.map(Body::new)
    });
    let mut builder = auto::Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADERS_WITHIN)
        .max_buf_size(MAX_HEADER_BYTES.max(64 * 1024));
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(MOST_STREAMS)
        .max_header_list_size(MAX_HEADER_BYTES as u32)
        .keep_alive_interval(HEADERS_WITHIN)
        .keep_alive_timeout(HEADERS_WITHIN);
    let served = builder.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    tokio::pin!(served);
    let result = tokio::select! {
        result = served.as_mut() => result,
        () = lingering(stop) => {
            served.as_mut().graceful_shutdown();
            served.await
        }
    };
    if let Err(error) = result {
        tracing::debug!(error = error.as_ref() as &dyn std::error::Error, "a connection ended early");
    }
}
