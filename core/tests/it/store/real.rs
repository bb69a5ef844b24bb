//! A real S3 service, where one was started for the tests: `scripts/services/versitygw`.

use std::{path::PathBuf, time::Duration};

use bytes::Bytes;
use mutoscope_core::{
    id::{UploadId, VideoId},
    store::{MediaStore, S3Settings, StorageKey, StoreError, StoreSettings},
};
use sha2::{Digest, Sha256};

/// Its bucket, and the folder that the bucket is.
pub struct Service {
    settings: S3Settings,
    folder: PathBuf,
}

impl Service {
    /// `None`, and says so, where none was started.
    pub fn from_environment() -> Option<Self> {
        let said = |name: &str| std::env::var(format!("MUTOSCOPE_TEST_S3_{name}")).ok();
        let Some(endpoint) = said("ENDPOINT") else {
            println!("SKIP: no real S3 service was started; make test-services does");
            return None;
        };
        let needed = |name: &str| said(name).unwrap_or_else(|| panic!("MUTOSCOPE_TEST_S3_{name} is set, too"));
        let settings = S3Settings {
            bucket: needed("BUCKET"),
            prefix: String::new(),
            endpoint: Some(endpoint),
            public_endpoint: None,
            region: "us-east-1".to_owned(),
            access_key: needed("ACCESS_KEY"),
            secret_key: needed("SECRET_KEY"),
        };
        Some(Self { settings, folder: needed("FOLDER").into() })
    }

    /// Settings that reach the bucket, with `prefix` before every key.
    pub fn settings(&self, prefix: &str) -> StoreSettings {
        StoreSettings::S3(S3Settings { prefix: prefix.to_owned(), ..self.settings.clone() })
    }
}

/// What a link refuses leaves what is there as it is, and what was altered behind our back is known by its hash.
pub async fn altered_bytes_are_refused(service: &Service) {
    let store = MediaStore::open(&service.settings("")).unwrap();
    let body = Bytes::from(vec![5; 2 << 20]);
    let hash: [u8; 32] = Sha256::digest(&body).into();
    let sha256 = hex::encode(hash);
    let (video_id, upload_id) = (VideoId::new(), UploadId::new());
    let key = StorageKey::UploadPart { video_id, upload_id, number: 1, sha256: sha256.clone() };
    let link = store.upload_link(&key, &hash, Duration::from_secs(60)).await.unwrap().unwrap();
    let put = async |body: Bytes| {
        let mut request = reqwest::Client::new().put(&link.url).body(body);
        for (name, value) in &link.headers {
            request = request.header(name, value);
        }
        request.send().await.unwrap().status()
    };
    assert!(put(body.clone()).await.is_success());
    assert!(put(Bytes::from(vec![6; 2 << 20])).await.is_client_error());
    assert_eq!(store.get_checked(&key, &sha256).await.unwrap(), body);

    let file = service.folder.join(key.path().unwrap().to_string());
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[1 << 20] ^= 1;
    std::fs::write(&file, bytes).unwrap();
    assert!(matches!(store.get_checked(&key, &sha256).await, Err(StoreError::Altered)));
    store.delete(&key).await.unwrap();
}
