//! TLS by rustls: certificate and key from PEM files, read again when they change.

use std::{
    io,
    path::Path,
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, SystemTime},
};

use rustls::{
    ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, server::TlsStream};
use tokio_util::sync::CancellationToken;

use crate::config::TlsFiles;

/// How soon a renewed certificate is taken over.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Shakes hands; cheap to clone.
#[derive(Clone)]
pub struct Tls {
    files: Arc<TlsFiles>,
    current: Arc<RwLock<(Arc<ServerConfig>, Stamp)>>,
}

/// Certificate or key can't be used.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file can't be read as PEM.
    #[error("{file} holds no usable {what}")]
    Pem {
        /// Of the settings: `tls.cert` or `tls.key`.
        file: &'static str,
        /// Certificate or key.
        what: &'static str,
        /// Why.
        #[source]
        source: rustls::pki_types::pem::Error,
    },
    /// They don't belong together, or are of a kind that rustls does not take.
    #[error("certificate and key can't be used together")]
    Rustls(#[from] rustls::Error),
}

/// When the two files were last changed.
type Stamp = [Option<SystemTime>; 2];

impl Tls {
    /// Reads the files.
    pub fn open(files: TlsFiles) -> Result<Self, TlsError> {
        let stamp = stamp(&files);
        let config = read(&files)?;
        Ok(Self { files: Arc::new(files), current: Arc::new(RwLock::new((config, stamp))) })
    }

    /// Shakes hands with a client.
    pub async fn accept(&self, stream: TcpStream) -> io::Result<TlsStream<TcpStream>> {
        TlsAcceptor::from(self.held().0).accept(stream).await
    }

    /// Takes over what renews the files, until `stop`; a pair that can't be used leaves the old one in place.
    pub async fn watch(self, stop: CancellationToken) {
        loop {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            let now = stamp(&self.files);
            if now == self.held().1 {
                continue;
            }
            match read(&self.files) {
                Ok(config) => {
                    *self.current.write().unwrap_or_else(PoisonError::into_inner) = (config, now);
                    tracing::info!("the TLS certificate was read again");
                }
                Err(error) => tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the TLS certificate can't be read again; the old one stays"
                ),
            }
        }
    }

    fn held(&self) -> (Arc<ServerConfig>, Stamp) {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Tls").field(&self.files).finish()
    }
}

fn read(files: &TlsFiles) -> Result<Arc<ServerConfig>, TlsError> {
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_file_iter(&files.cert)
        .and_then(Iterator::collect)
        .map_err(|source| TlsError::Pem { file: "tls.cert", what: "certificate", source })?;
    let key = PrivateKeyDer::from_pem_file(&files.key).map_err(|source| TlsError::Pem {
        file: "tls.key",
        what: "private key",
        source,
    })?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}

fn stamp(files: &TlsFiles) -> Stamp {
    let changed = |path: &Path| std::fs::metadata(path).and_then(|meta| meta.modified()).ok();
    [changed(&files.cert), changed(&files.key)]
}
