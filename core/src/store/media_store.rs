//! One struct over `object_store`: put, read by range, list and delete by prefix, and links for uploads.

use std::{collections::HashSet, ops::Range, path::PathBuf, sync::Arc, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{
    Attribute, Attributes, BackoffConfig, GetOptions, GetRange, ObjectStore, ObjectStoreExt, PutOptions, PutPayload,
    RetryConfig,
    aws::{AmazonS3, AmazonS3Builder},
    local::LocalFileSystem,
    path::Path,
    prefix::PrefixStore,
    signer::{HeaderName, HeaderValue, Method, SignedUrlOptions, Signer},
};
use sha2::{Digest, Sha256};

use super::{
    InvalidKey, ObjectWriter, S3Settings, StorageKey, StoreError, StoreSettings, leftovers,
    writer::{BUCKET_PIECE, DISK_PIECE},
};

/// S3 refuses a body whose SHA-256 is not this header's (AWS S3 API, "Checking object integrity").
const CHECKSUM_HEADER: &str = "x-amz-checksum-sha256";

/// The objects of a platform; cheap to clone.
#[derive(Debug, Clone)]
pub struct MediaStore {
    store: Arc<dyn ObjectStore>,
    links: Option<Arc<Links>>,
    folder: Option<Arc<PathBuf>>,
}

/// What is known of a stored object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Its length.
    pub size_bytes: u64,
}

/// A signed PUT that the client sends by itself, with exactly these headers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadLink {
    /// Absolute.
    pub url: String,
    /// Name and value.
    pub headers: Vec<(String, String)>,
}

#[derive(Debug)]
struct Links {
    signer: AmazonS3,
    prefix: String,
}

impl MediaStore {
    /// Opens the storage; nothing is asked of a service yet.
    ///
    /// # Errors
    /// [`StoreError::Settings`] where the folder can't be made or the settings contradict each other.
    pub fn open(settings: &StoreSettings) -> Result<Self, StoreError> {
        match settings {
            StoreSettings::Folder(root) => {
                std::fs::create_dir_all(root).map_err(|error| {
                    StoreError::Settings(format!("the storage folder can't be made: {}", error.kind()))
                })?;
                let store = LocalFileSystem::new_with_prefix(root)
                    .map_err(|error| StoreError::Settings(error.to_string()))?
                    .with_automatic_cleanup(true)
                    .with_fsync(true);
                Ok(Self { store: Arc::new(store), links: None, folder: Some(Arc::new(root.clone())) })
            }
            StoreSettings::S3(settings) => Self::open_s3(settings),
        }
    }

    fn open_s3(settings: &S3Settings) -> Result<Self, StoreError> {
        let own = client(settings, settings.endpoint.as_deref())?;
        let public = settings.public_endpoint.as_deref().or(settings.endpoint.as_deref());
        let signer = client(settings, public)?;
        let prefix = settings.prefix.trim_matches('/').to_owned();
        let store: Arc<dyn ObjectStore> =
            if prefix.is_empty() { Arc::new(own) } else { Arc::new(PrefixStore::new(own, prefix.as_str())) };
        Ok(Self { store, links: Some(Arc::new(Links { signer, prefix })), folder: None })
    }

    /// Stores `bytes` whole under `key`; a second put of the same key replaces the first, and no reader sees a half.
    pub async fn put(&self, key: &StorageKey, bytes: Bytes) -> Result<(), StoreError> {
        let mut options = PutOptions::default();
        if self.links.is_some() {
            let mut attributes = Attributes::new();
            attributes.insert(Attribute::ContentType, key.media_type().into());
            options.attributes = attributes;
        }
        self.store.put_opts(&path(key)?, PutPayload::from_bytes(bytes), options).await?;
        Ok(())
    }

    /// The length of the object, or [`StoreError::NotFound`].
    pub async fn head(&self, key: &StorageKey) -> Result<Stored, StoreError> {
        let meta = self.store.head(&path(key)?).await?;
        Ok(Stored { size_bytes: meta.size })
    }

    /// The whole object.
    pub async fn get(&self, key: &StorageKey) -> Result<Bytes, StoreError> {
        Ok(self.store.get(&path(key)?).await?.bytes().await?)
    }

    /// The whole object, where its SHA-256 (lower-case hex) is still the one that was kept.
    ///
    /// # Errors
    /// [`StoreError::Altered`] where it is not.
    pub async fn get_checked(&self, key: &StorageKey, sha256: &str) -> Result<Bytes, StoreError> {
        let fits = |bytes: &Bytes| hex::encode(Sha256::digest(bytes)) == sha256;
        let mut bytes = self.get(key).await?;
        if !fits(&bytes) && self.is_remote() {
            // What was changed on its way here is not what is stored.
            bytes = self.get(key).await?;
        }
        if fits(&bytes) { Ok(bytes) } else { Err(StoreError::Altered) }
    }

    /// The bytes of `range`, all of them.
    ///
    /// # Errors
    /// [`StoreError::OutOfRange`] where the object ends before the range does.
    pub async fn get_range(&self, key: &StorageKey, range: Range<u64>) -> Result<Bytes, StoreError> {
        let wanted = range.end.saturating_sub(range.start);
        let bytes = self.store.get_range(&path(key)?, range).await?;
        if bytes.len() as u64 != wanted {
            return Err(StoreError::OutOfRange);
        }
        Ok(bytes)
    }

    /// The bytes of `range` as a stream, for parts too large to hold.
    pub async fn stream(
        &self,
        key: &StorageKey,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<Bytes, StoreError>>, StoreError> {
        let options = GetOptions { range: Some(GetRange::Bounded(range)), ..GetOptions::default() };
        let got = self.store.get_opts(&path(key)?, options).await?;
        Ok(got.into_stream().map_err(StoreError::from).boxed())
    }

    /// Deletes the object; one that is not there counts as deleted.
    pub async fn delete(&self, key: &StorageKey) -> Result<(), StoreError> {
        match self.store.delete(&path(key)?).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes every object below `prefix` (one of [`StorageKey`]'s prefixes); returns how many there were.
    pub async fn delete_prefix(&self, prefix: &str) -> Result<u64, StoreError> {
        let count = self.delete_others(prefix, &HashSet::new()).await?;
        if let Some(folder) = &self.folder {
            let folder = folder.join(Path::from(prefix).as_ref());
            leftovers::remove_folder(folder).await?;
        }
        Ok(count)
    }

    /// Deletes every object below `prefix` but those whose paths are `kept`; returns how many.
    pub async fn delete_others(&self, prefix: &str, kept: &HashSet<String>) -> Result<u64, StoreError> {
        let found = self
            .store
            .list(Some(&Path::from(prefix)))
            .map_ok(|meta| meta.location)
            .try_filter(|path| std::future::ready(!kept.contains(path.as_ref())))
            .boxed();
        // The list borrows what is kept, the deletion wants a stream of its own: paths are short, and one film's few.
        let found: Vec<Path> = found.try_collect().await?;
        let found = futures::stream::iter(found.into_iter().map(Ok)).boxed();
        let deleted = self.store.delete_stream(found).filter_map(|result| async {
            match result {
                Err(object_store::Error::NotFound { .. }) => None,
                other => Some(other),
            }
        });
        let deleted: Vec<Path> = deleted.try_collect().await?;
        Ok(deleted.len() as u64)
    }

    /// Removes what writers that were killed left in a folder, begun longer ago than `age`; returns how many. A bucket
    /// keeps no such thing under a name.
    pub async fn remove_leftovers(&self, age: Duration) -> Result<u64, StoreError> {
        match &self.folder {
            Some(folder) => leftovers::remove_unpublished(folder.to_path_buf(), age).await,
            None => Ok(0),
        }
    }

    /// A writer for an object that comes in piece by piece; nobody sees it before it is published.
    pub async fn writer(&self, key: &StorageKey) -> Result<ObjectWriter, StoreError> {
        let upload = self.store.put_multipart(&path(key)?).await?;
        let piece = if self.links.is_some() { BUCKET_PIECE } else { DISK_PIECE };
        Ok(ObjectWriter::new(upload, piece))
    }

    /// The paths and sizes of all objects below `prefix`; everything for an empty one.
    pub async fn list(&self, prefix: &str) -> Result<Vec<(String, u64)>, StoreError> {
        let prefix = (!prefix.is_empty()).then(|| Path::from(prefix));
        let found = self.store.list(prefix.as_ref());
        Ok(found.map_ok(|meta| (meta.location.to_string(), meta.size)).try_collect().await?)
    }

    /// Whether each request is a round trip to a service.
    pub fn is_remote(&self) -> bool {
        self.folder.is_none()
    }

    /// Whether clients PUT straight to the storage; else the server signs links to itself.
    pub fn signs_links(&self) -> bool {
        self.links.is_some()
    }

    /// A link that stores exactly the content with this SHA-256 under `key`; `None` where the server must sign its own.
    ///
    /// The length can't be signed (`object_store` keeps `content-length` to itself): check it before the part counts.
    pub async fn upload_link(
        &self,
        key: &StorageKey,
        sha256: &[u8; 32],
        valid: Duration,
    ) -> Result<Option<UploadLink>, StoreError> {
        let Some(links) = &self.links else {
            return Ok(None);
        };
        let checksum = BASE64.encode(sha256);
        let below = path(key)?;
        let full = if links.prefix.is_empty() { below } else { Path::from(format!("{}/{below}", links.prefix)) };
        let value = HeaderValue::from_str(&checksum).map_err(|error| StoreError::Settings(error.to_string()))?;
        let options = SignedUrlOptions::new().with_signed_header(HeaderName::from_static(CHECKSUM_HEADER), value);
        let url = links.signer.signed_url_opts(Method::PUT, &full, valid, &options).await?;
        Ok(Some(UploadLink { url: url.into(), headers: vec![(CHECKSUM_HEADER.to_owned(), checksum)] }))
    }
}

fn path(key: &StorageKey) -> Result<Path, StoreError> {
    key.path().map_err(|error: InvalidKey| StoreError::Settings(error.to_string()))
}

/// Who asks us must have an answer while they still wait for it: a service that fails for longer is told of as away.
fn patience() -> RetryConfig {
    let backoff = BackoffConfig { max_backoff: Duration::from_secs(2), ..BackoffConfig::default() };
    RetryConfig { backoff, max_retries: 6, retry_timeout: Duration::from_secs(10) }
}

fn client(settings: &S3Settings, endpoint: Option<&str>) -> Result<AmazonS3, StoreError> {
    let mut builder = AmazonS3Builder::new()
        .with_retry(patience())
        .with_bucket_name(&settings.bucket)
        .with_region(&settings.region)
        .with_access_key_id(&settings.access_key)
        .with_secret_access_key(&settings.secret_key);
    if let Some(endpoint) = endpoint {
        builder = builder
            .with_endpoint(endpoint)
            .with_allow_http(endpoint.starts_with("http://"))
            .with_virtual_hosted_style_request(false);
    }
    builder.build().map_err(|error| StoreError::Settings(error.to_string()))
}
