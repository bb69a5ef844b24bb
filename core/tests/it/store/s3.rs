//! An S3 server in this process that checks every signature: s3s over a temporary folder.

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use mutoscope_core::store::{S3Settings, StoreSettings};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use tokio::{net::TcpListener, task::JoinHandle};

const ACCESS_KEY: &str = "test-access";
const SECRET_KEY: &str = "test-secret";

/// Ends when it is dropped.
pub struct Server {
    address: String,
    bucket: String,
    accepting: JoinHandle<()>,
    _folder: tempfile::TempDir,
}

impl Server {
    /// Starts on a free port of loopback, with one empty bucket.
    pub async fn start(bucket: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join(bucket)).unwrap();
        let files = s3s_fs::FileSystem::new(folder.path()).unwrap();
        let mut builder = S3ServiceBuilder::new(files);
        builder.set_auth(SimpleAuth::from_single(ACCESS_KEY, SECRET_KEY));
        let service = builder.build();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = service.clone();
                tokio::spawn(async move {
                    // A client that goes away is its own affair.
                    let _ =
                        auto::Builder::new(TokioExecutor::new()).serve_connection(TokioIo::new(stream), service).await;
                });
            }
        });
        Self { address, bucket: bucket.to_owned(), accepting, _folder: folder }
    }

    /// Settings that reach the bucket, with `prefix` before every key.
    pub fn settings(&self, prefix: &str) -> StoreSettings {
        StoreSettings::S3(S3Settings {
            bucket: self.bucket.clone(),
            prefix: prefix.to_owned(),
            endpoint: Some(self.address.clone()),
            public_endpoint: None,
            region: "us-east-1".to_owned(),
            access_key: ACCESS_KEY.to_owned(),
            secret_key: SECRET_KEY.to_owned(),
        })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}
