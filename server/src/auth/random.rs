//! Random secrets that we hand out, and the hashes of them that we keep.

use aws_lc_rs::rand;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use sha2::{Digest, Sha256};

/// The system gives no random bytes.
#[derive(Debug, Clone, Copy, thiserror::Error)]
#[error("the system gives no random bytes")]
pub struct NoRandomness;

/// A secret of 256 random bits, as 43 characters of base64url.
pub fn secret() -> Result<String, NoRandomness> {
    Ok(BASE64.encode(bytes::<32>()?))
}

/// A password that is read out once and then changed: 20 characters that are hard to confuse, about 100 bits.
pub fn one_time_password() -> Result<String, NoRandomness> {
    // 32 signs, so that each takes five bits evenly; no 0 o, 1 l i.
    const SIGNS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789_";
    let random = bytes::<20>()?;
    let signs = random.iter().map(|byte| char::from(SIGNS[usize::from(byte % 32)]));
    Ok(signs.collect())
}

/// `N` random bytes.
pub fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// What is kept of a secret: lower-case hex of its SHA-256. A secret of 256 random bits needs no slow hash.
pub fn fingerprint(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}
