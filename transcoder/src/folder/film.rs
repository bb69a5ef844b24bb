//! What a film is recognised by: its length and samples of its bytes. Reading all of a large one would cost more than
//! looking it up is worth.

use std::{fs::File, io, os::unix::fs::FileExt, path::Path};

use sha2::{Digest, Sha256};

const SAMPLE_BYTES: u64 = 64 << 10;
const SAMPLES: u64 = 64;

/// SHA-256 in lower-case hex over the length, the first and the last bytes and samples spread between; films of up to
/// 4 MiB are hashed whole.
pub(super) fn identity(path: &Path) -> io::Result<String> {
    let file = File::open(path)?;
    let length = file.metadata()?.len();
    let mut hash = Sha256::new();
    hash.update(length.to_be_bytes());
    let mut buffer = vec![0; usize::try_from(SAMPLE_BYTES).unwrap_or(usize::MAX)];
    let last = length.saturating_sub(SAMPLE_BYTES);
    for n in 0..SAMPLES {
        let at = if length <= SAMPLE_BYTES * SAMPLES { n * SAMPLE_BYTES } else { last / (SAMPLES - 1) * n };
        if at >= length {
            break;
        }
        let at = if n == SAMPLES - 1 && length > SAMPLE_BYTES * SAMPLES { last } else { at };
        let wanted = usize::try_from((length - at).min(SAMPLE_BYTES)).unwrap_or(usize::MAX);
        file.read_exact_at(&mut buffer[..wanted], at)?;
        hash.update(&buffer[..wanted]);
    }
    Ok(hex::encode(hash.finalize()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_byte_at_either_end_makes_another_film() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film");
        let mut all = Vec::new();
        for (length, changed) in [
            (10_000_000usize, None),
            (10_000_000, Some(0)),
            (10_000_000, Some(9_999_999)),
            (9_999_999, None),
            (5, None),
            (0, None),
        ] {
            let mut bytes = vec![7u8; length];
            if let Some(at) = changed {
                bytes[at] = 8;
            }
            std::fs::write(&path, &bytes).unwrap();
            let one = identity(&path).unwrap();
            assert_eq!(identity(&path).unwrap(), one);
            assert!(!all.contains(&one));
            all.push(one);
        }
    }
}
