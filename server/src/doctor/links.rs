//! Links that browsers upload by: signed, sent to the public address, and asked for as a browser asks first.

use std::time::Duration;

use bytes::Bytes;
use mutoscope_core::store::{MediaStore, S3Settings, StorageKey, StoreError, StoreSettings, UploadLink};
use reqwest::{Client, Method, Response, StatusCode, header::HeaderMap};
use url::Url;

use super::{Finding, front, storage};
use crate::{commands::platform::with_causes, config::Config};

/// How long the link is good for.
const GOOD_FOR: Duration = Duration::from_secs(60);

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let StoreSettings::S3(s3) = &config.storage else {
        return vec![Finding::skipped("films lie on a disk: browsers send them to the program itself")];
    };
    let client = match front::client() {
        Ok(client) => client,
        Err(finding) => return vec![finding],
    };
    let (key, bytes, sha256) = storage::object();
    let signed = match MediaStore::open(&config.storage) {
        Ok(store) => store.upload_link(&key, &sha256, GOOD_FOR).await.map(|link| (store, link)),
        Err(error) => Err(error),
    };
    let (store, link) = match signed {
        Ok((store, Some(link))) => (store, link),
        Ok((_, None)) => return vec![Finding::skipped("the program signs its own links here")],
        Err(error) => return vec![Finding::wrong(with_causes(&error), "mend storage.public_endpoint")],
    };
    let mut findings = vec![upload(&client, &store, &key, &link, bytes).await];
    findings.push(preflight(&client, config, s3, &link).await);
    if let Err(error) = store.delete(&key).await {
        findings.push(Finding::doubtful(with_causes(&error), format!("delete the object {key:?} by hand")));
    }
    findings
}

async fn upload(client: &Client, store: &MediaStore, key: &StorageKey, link: &UploadLink, bytes: Bytes) -> Finding {
    let place = origin(&link.url);
    let mut request = client.put(&link.url).body(bytes);
    for (name, value) in &link.headers {
        request = request.header(name, value);
    }
    let answer = match request.send().await {
        Ok(answer) => answer,
        Err(error) => {
            let found = format!("{place} can't be reached: {}", with_causes(&error.without_url()));
            return Finding::wrong(
                found,
                "set storage.public_endpoint to an address of the storage that browsers can reach",
            );
        }
    };
    match answer.status() {
        status if status.is_success() => stored(store, key, &place).await,
        StatusCode::FORBIDDEN | StatusCode::BAD_REQUEST => Finding::wrong(
            format!("{place} refuses a link that was signed for it (status {})", answer.status().as_u16()),
            "see whether keys and region are right, the clocks agree, and what stands before the storage leaves the Host as it is",
        ),
        status => Finding::wrong(
            format!("{place} answers a signed link with status {}", status.as_u16()),
            "see whether what stands before the storage passes PUT requests for the bucket on, of any size",
        ),
    }
}

/// A success of something else than the bucket would not have brought the object there.
async fn stored(store: &MediaStore, key: &StorageKey, place: &str) -> Finding {
    match store.head(key).await {
        Ok(_) => Finding::good(format!("a part was stored by a signed link, through {place}")),
        Err(StoreError::NotFound) => Finding::wrong(
            format!("{place} took a part, but it is not in the bucket"),
            "see whether storage.public_endpoint and storage.endpoint are the same storage",
        ),
        Err(error) => Finding::wrong(with_causes(&error), "see the check of the storage"),
    }
}

/// A browser asks another site than the page's own whether it may (Fetch standard, CORS protocol).
async fn preflight(client: &Client, config: &Config, s3: &S3Settings, link: &UploadLink) -> Finding {
    let Some(page) = &config.network.public_url else {
        return Finding::doubtful(
            "nobody knows whether browsers may upload to the storage",
            "set public_url, the address that people type: the storage's answer depends on it",
        );
    };
    let page = page.origin().ascii_serialization();
    let place = origin(&link.url);
    if page == place {
        return Finding::good("the storage has the pages' own address: browsers need no permission");
    }
    let request = client
        .request(Method::OPTIONS, &link.url)
        .header("origin", &page)
        .header("access-control-request-method", "PUT")
        .header("access-control-request-headers", "x-amz-checksum-sha256");
    let advice = format!(
        "give the bucket {} a CORS rule: origin {page}, method PUT, header x-amz-checksum-sha256 (docs/deployment.md), or \
         pass uploads on from the pages' own address and set storage.public_endpoint to that",
        s3.bucket
    );
    match request.send().await {
        Ok(answer) if permits(&answer, &page) => Finding::good(format!("pages of {page} may upload to {place}")),
        Ok(answer) => {
            let found = format!("browsers may not upload from {page} to {place} (status {})", answer.status().as_u16());
            Finding::wrong(found, advice)
        }
        Err(error) => Finding::wrong(format!("{place} can't be asked: {}", with_causes(&error.without_url())), advice),
    }
}

fn permits(answer: &Response, page: &str) -> bool {
    let lists = |name: &str, wanted: &str| names(answer.headers(), name, wanted);
    answer.status().is_success()
        && lists("access-control-allow-origin", page)
        && lists("access-control-allow-methods", "PUT")
        && lists("access-control-allow-headers", "x-amz-checksum-sha256")
}

/// Whether a header's list has the word, or the sign for everything.
fn names(headers: &HeaderMap, name: &str, wanted: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|word| word.trim() == "*" || word.trim().eq_ignore_ascii_case(wanted))
}

/// What of a link may be shown: the rest is a right to write.
fn origin(url: &str) -> String {
    Url::parse(url).map(|url| url.origin().ascii_serialization()).unwrap_or_default()
}
