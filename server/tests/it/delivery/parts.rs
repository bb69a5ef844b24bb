//! Files in parts, as a client sends them.

use reqwest::StatusCode;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::platform::Client;

pub const MIB: usize = 1 << 20;

/// What the server cuts small files into.
pub const PART: usize = 8 * MIB;

/// Bytes that are alike for the same length and seed, and nowhere alike within.
pub fn film(len: usize, seed: u8) -> Vec<u8> {
    let mut state = u64::from(seed) + 1;
    let words = std::iter::repeat_with(|| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 32) as u32
    });
    words.flat_map(u32::to_le_bytes).take(len).collect()
}

pub fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

pub fn part(film: &[u8], number: usize) -> Vec<u8> {
    film.chunks(PART).nth(number - 1).unwrap().to_vec()
}

pub fn description_of(size_bytes: usize) -> Value {
    json!({ "file_name": "film.mp4", "size_bytes": size_bytes, "title": "A film", "privacy": "public" })
}

/// Begins an upload of so many bytes.
pub async fn begin(client: &Client, size_bytes: usize) -> Value {
    begin_with(client, &description_of(size_bytes)).await
}

pub async fn begin_with(client: &Client, description: &Value) -> Value {
    client.post("/api/v1/uploads", description).await.expect(StatusCode::CREATED).json()
}

pub fn address(upload: &Value) -> String {
    format!("/api/v1/uploads/{}", upload["id"].as_str().unwrap())
}

/// A link for a part with this content.
pub async fn link(client: &Client, upload: &Value, number: usize, sha256: &str) -> Value {
    let body = json!({ "parts": [{ "number": number, "sha256_hex": sha256 }] });
    let answer = client.post(&format!("{}/links", address(upload)), &body).await.expect(StatusCode::OK).json();
    answer["links"][0].clone()
}

/// Sends one part as it should be.
pub async fn send_part(client: &Client, upload: &Value, film: &[u8], number: usize) {
    let bytes = part(film, number);
    let link = link(client, upload, number, &sha256(&bytes)).await;
    client.put(&link, bytes).await.expect(StatusCode::OK);
}

/// Numbers of the parts that are there.
pub async fn there(client: &Client, upload: &Value) -> Vec<u64> {
    let shown = client.get(&address(upload)).await.expect(StatusCode::OK).json();
    shown["parts"].as_array().unwrap().iter().map(|part| part["number"].as_u64().unwrap()).collect()
}

/// A whole upload; the video's id.
pub async fn bring(client: &Client, description: &Value) -> String {
    let film = film(description["size_bytes"].as_u64().unwrap() as usize, 1);
    let upload = begin_with(client, description).await;
    for number in 1..=film.chunks(PART).len() {
        send_part(client, &upload, &film, number).await;
    }
    let done = client.post(&format!("{}/complete", address(&upload)), &json!({})).await;
    done.expect(StatusCode::ACCEPTED).json()["video_id"].as_str().unwrap().to_owned()
}
