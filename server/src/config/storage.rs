//! Settings of the storage: a folder, or a bucket behind an S3 address.

use std::path::Path;

use mutoscope_core::store::{S3Settings, StoreSettings};
use url::Url;

use super::{absolute, reader::Reader, secret::Secret};

const DEFAULT_REGION: &str = "us-east-1";
const FORMS: &str = "write file:///path/to/folder or s3://bucket/prefix";
/// What says something about a bucket alone.
const OF_BUCKETS: [&str; 5] =
    ["storage.endpoint", "storage.public_endpoint", "storage.region", "storage.access_key", "storage.secret_key"];

enum Place {
    Folder(std::path::PathBuf),
    Bucket { name: String, prefix: String },
}

pub(super) fn read(reader: &mut Reader, data: &Path) -> StoreSettings {
    match reader.take_one("storage.url", place) {
        Some(Place::Bucket { name, prefix }) => StoreSettings::S3(read_bucket(reader, name, prefix)),
        Some(Place::Folder(path)) => folder(reader, path),
        None => folder(reader, data.join("objects")),
    }
}

fn folder(reader: &mut Reader, path: std::path::PathBuf) -> StoreSettings {
    // After a fault in storage.url nobody knows what these belong to.
    if reader.origin("storage.url").is_none() {
        for key in OF_BUCKETS {
            if reader.origin(key).is_some() {
                reader.fault(key, "this belongs to a bucket: set storage.url to s3://bucket, or leave this out");
            }
        }
    }
    StoreSettings::Folder(path)
}

fn read_bucket(reader: &mut Reader, bucket: String, prefix: String) -> S3Settings {
    let mut needed = |key: &str| {
        let secret = reader.secret(key);
        if secret.is_none() && reader.origin(key).is_none() {
            reader.fault("storage.url", format!("a bucket needs {key} too"));
        }
        secret.unwrap_or_else(|| Secret::new("")).reveal().to_owned()
    };
    let access_key = needed("storage.access_key");
    let secret_key = needed("storage.secret_key");
    S3Settings {
        bucket,
        prefix,
        endpoint: reader.take_one("storage.endpoint", endpoint),
        public_endpoint: reader.take_one("storage.public_endpoint", endpoint),
        region: reader.text("storage.region").unwrap_or_else(|| DEFAULT_REGION.to_owned()),
        access_key,
        secret_key,
    }
}

fn place(text: &str) -> Result<Place, String> {
    if let Some(rest) = text.strip_prefix("s3://") {
        let (name, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        let fits = (3..=63).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'));
        if !fits {
            return Err("the bucket's name must have 3 to 63 lower-case letters, digits, dots and hyphens".to_owned());
        }
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/');
        if !prefix.bytes().all(is_plain) {
            return Err("the prefix may hold letters, digits and - _ . / alone".to_owned());
        }
        return Ok(Place::Bucket { name: name.to_owned(), prefix: prefix.trim_matches('/').to_owned() });
    }
    if text.starts_with("file:") {
        let url = Url::parse(text).map_err(|_| FORMS.to_owned())?;
        return url.to_file_path().map(Place::Folder).map_err(|()| FORMS.to_owned());
    }
    if text.contains("://") || text.is_empty() {
        return Err(FORMS.to_owned());
    }
    Ok(Place::Folder(absolute(Path::new(text))))
}

fn endpoint(text: &str) -> Result<String, String> {
    let wrong = || "write an address as https://s3.example.org, without a path".to_owned();
    let url = Url::parse(text).map_err(|_| wrong())?;
    let is_origin = matches!(url.scheme(), "http" | "https")
        && url.path() == "/"
        && url.query().is_none()
        && url.username().is_empty();
    if !is_origin {
        return Err(wrong());
    }
    Ok(text.trim_end_matches('/').to_owned())
}
