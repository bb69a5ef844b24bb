//! What has been copied and read back, one line an object, so that a copy that was cut goes on where it was.
//!
//! A line is written after its object was verified. Lines that a kill took away cost a second look, and a half line is none.

use std::{
    collections::{BTreeSet, HashSet},
    io,
    path::Path,
};

use sha2::{Digest, Sha256};
use tokio::io::AsyncWriteExt;

/// Lines that wait to be written.
const MOST_WAITING: usize = 64;

/// The file, and what stands in it.
#[derive(Debug)]
pub struct Journal {
    file: tokio::fs::File,
    verified: HashSet<u128>,
    prefixes: BTreeSet<String>,
    waiting: Vec<String>,
}

impl Journal {
    /// Opens the file, or makes it.
    pub async fn open(path: &Path) -> io::Result<Self> {
        let text = match tokio::fs::read(path).await {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(error),
        };
        let mut verified = HashSet::new();
        let mut prefixes = BTreeSet::new();
        for line in text.split_inclusive('\n').filter_map(|line| line.strip_suffix('\n')) {
            verified.insert(short(line));
            prefixes.insert(prefix(line));
        }
        let mut file = tokio::fs::OpenOptions::new().create(true).append(true).open(path).await?;
        if !text.is_empty() && !text.ends_with('\n') {
            // What a kill left of a line must not become the beginning of the next.
            file.write_all(b"\n").await?;
        }
        Ok(Self { file, verified, prefixes, waiting: Vec::new() })
    }

    /// Whether the object with this content was verified.
    pub fn has(&self, path: &str, sha256: &str) -> bool {
        self.verified.contains(&short(&line(path, sha256)))
    }

    /// Notes an object.
    pub async fn add(&mut self, path: &str, sha256: &str) -> io::Result<()> {
        let line = line(path, sha256);
        self.verified.insert(short(&line));
        self.prefixes.insert(prefix(&line));
        self.waiting.push(line);
        if self.waiting.len() >= MOST_WAITING { self.flush().await } else { Ok(()) }
    }

    /// Writes what waits.
    pub async fn flush(&mut self) -> io::Result<()> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let mut text = std::mem::take(&mut self.waiting).join("\n");
        text.push('\n');
        self.file.write_all(text.as_bytes()).await?;
        self.file.flush().await
    }

    /// Prefixes of plans and uploads whose objects were copied and that are not among `named`.
    pub fn surplus(&self, named: &BTreeSet<String>) -> Vec<String> {
        self.prefixes.difference(named).filter(|prefix| !prefix.is_empty()).cloned().collect()
    }
}

/// What lies below one plan or one upload: `videos/ID/plans/HASH`. Empty for what is no object of ours.
pub(super) fn prefix(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').take(5).collect();
    if parts.len() < 5 { String::new() } else { parts[..4].join("/") }
}

fn line(path: &str, sha256: &str) -> String {
    format!("{path} {sha256}")
}

/// Half a hash tells a million lines apart, and is small.
fn short(line: &str) -> u128 {
    let digest = Sha256::digest(line.as_bytes());
    let mut half = [0; 16];
    half.copy_from_slice(&digest[..16]);
    u128::from_be_bytes(half)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn whole_lines_count_and_the_half_line_of_a_kill_does_not() -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("journal");
        let mut journal = Journal::open(&path).await?;
        journal.add("videos/a/plans/b/video-720/00000.m4s", "00ff").await?;
        journal.flush().await?;
        let mut bytes = std::fs::read(&path)?;
        bytes.extend(b"videos/a/plans/c/poster.jpg 00");
        std::fs::write(&path, bytes)?;

        let mut journal = Journal::open(&path).await?;
        assert!(journal.has("videos/a/plans/b/video-720/00000.m4s", "00ff"));
        assert!(!journal.has("videos/a/plans/b/video-720/00000.m4s", "00fe"));
        assert!(!journal.has("videos/a/plans/c/poster.jpg", "00"));
        journal.add("videos/a/plans/c/poster.jpg", "0011").await?;
        journal.flush().await?;
        let journal = Journal::open(&path).await?;
        assert!(journal.has("videos/a/plans/c/poster.jpg", "0011"));
        let named = BTreeSet::from(["videos/a/plans/b".to_owned()]);
        assert_eq!(journal.surplus(&named), ["videos/a/plans/c"]);
        Ok(())
    }
}
