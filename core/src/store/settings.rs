//! Where the objects are: a folder, or a bucket behind an S3 address.

use std::path::PathBuf;

/// One of the two storages.
#[derive(Debug, Clone)]
pub enum StoreSettings {
    /// A folder of this machine; made if it is not there.
    Folder(PathBuf),
    /// A bucket.
    S3(S3Settings),
}

/// A bucket of any S3 service.
#[derive(Clone)]
pub struct S3Settings {
    /// The bucket's name.
    pub bucket: String,
    /// Put before every key; may be empty.
    pub prefix: String,
    /// The address that this process uses; `None` for AWS.
    pub endpoint: Option<String>,
    /// The address that browsers use and that links are signed for; `None`: the same.
    pub public_endpoint: Option<String>,
    /// The signing region.
    pub region: String,
    /// The access key's id.
    pub access_key: String,
    /// The access key's secret.
    pub secret_key: String,
}

impl std::fmt::Debug for S3Settings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("S3Settings")
            .field("bucket", &self.bucket)
            .field("prefix", &self.prefix)
            .field("endpoint", &self.endpoint)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}
