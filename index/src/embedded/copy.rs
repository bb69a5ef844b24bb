//! The files of an index on their way to another machine, and from there.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
};

use mutoscope_core::search::SearchError;

use super::{
    blocking,
    error::IndexFault,
    generation::{Generation, MANAGED, META},
    home::{Home, Workshop, remove},
};

const MAX_EXTENSION_BYTES: usize = 40;

/// The files of one commit. Dropped, they go; the index itself stays.
#[derive(Debug)]
pub struct IndexCopy {
    /// The place in the log.
    pub position: i64,
    /// The names of the files, in [`IndexCopy::folder`].
    pub files: Vec<String>,
    folder: PathBuf,
}

/// An index that comes in file by file. Dropped before it is finished, it leaves nothing behind.
#[derive(Debug)]
pub struct IndexImport {
    workshop: Workshop,
}

/// Whether a file of an index may have this name: nothing that leads elsewhere, nothing that Tantivy would not make.
pub fn is_index_file(name: &str) -> bool {
    if name == META {
        return true;
    }
    let Some((segment, extension)) = name.split_once('.') else {
        return false;
    };
    let is_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    segment.len() == 32
        && segment.bytes().all(is_hex)
        && (1..=MAX_EXTENSION_BYTES).contains(&extension.len())
        && extension.split('.').all(|part| {
            !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
        })
}

impl IndexCopy {
    pub(super) fn of(generation: &Generation, home: &Home) -> Result<Self, IndexFault> {
        let folder = home.begin_copy()?;
        // From here on a failure removes the folder.
        let mut copy = Self { position: 0, files: Vec::new(), folder };
        let (position, files) = generation.link_into(&copy.folder)?;
        copy.position = position;
        for file in files {
            let name = file.to_str().filter(|name| is_index_file(name));
            copy.files.push(name.ok_or(IndexFault::Content("a file with a name of another kind"))?.to_owned());
        }
        Ok(copy)
    }

    /// Where they lie.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

impl Drop for IndexCopy {
    fn drop(&mut self) {
        remove(&self.folder);
    }
}

impl IndexImport {
    pub(super) fn begin(home: &Home) -> Result<Self, IndexFault> {
        Ok(Self { workshop: home.begin()? })
    }

    /// Where the files go, under the names that they had.
    pub fn folder(&self) -> PathBuf {
        self.workshop.folder()
    }

    /// Makes the index that consists of these files the one in use.
    ///
    /// # Errors
    /// [`SearchError::Damaged`] where it is none, or stands at another place.
    pub async fn finish(self, files: Vec<String>, position: i64) -> Result<(), SearchError> {
        Ok(blocking(move || self.put_in_use(&files, position)).await?)
    }

    fn put_in_use(self, files: &[String], position: i64) -> Result<(), IndexFault> {
        let folder = self.workshop.folder();
        let mut managed = File::create(folder.join(MANAGED))?;
        managed.write_all(&serde_json::to_vec(files)?)?;
        managed.sync_all()?;
        for file in files {
            // What was cut off by a crash must not be taken for whole after it.
            fs::File::open(folder.join(file))?.sync_all()?;
        }
        let made = Generation::open(self.workshop.name().to_owned(), folder)?;
        if made.refresh()?.position != position {
            return Err(IndexFault::Content("another place than its list says"));
        }
        if !made.is_complete()? {
            return Err(IndexFault::Content("segments without all of their files"));
        }
        drop(made);
        self.workshop.finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_tantivy_makes_is_a_file_of_an_index() {
        let id = "0123456789abcdef0123456789abcdef";
        for name in [META, &format!("{id}.store"), &format!("{id}.12.del"), &format!("{id}.fast")] {
            assert!(is_index_file(name), "{name}");
        }
        for name in [
            "",
            ".",
            "..",
            "/etc/passwd",
            "../meta.json",
            "current",
            MANAGED,
            id,
            "meta.json/x",
            "META.JSON",
            &format!("{id}."),
            &format!("{id}..del"),
            &format!("{id}./x"),
            &format!("{id}.a/../../x"),
            &format!("{id}.\u{0}"),
            &format!("x{id}.store"),
            &format!("{id}.{}", "a".repeat(99)),
        ] {
            assert!(!is_index_file(name), "{name}");
        }
    }
}
