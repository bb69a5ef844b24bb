//! Damage on the disk: whatever happens to the files, search comes back by itself and never ends the process.

use std::{
    fs,
    path::{Path, PathBuf},
};

use mutoscope_core::testing::{make_user, on_both_databases};

use crate::platform::Platform;

/// What may happen to a file.
#[derive(Debug, Clone, Copy)]
enum Harm {
    Emptied,
    Halved,
    Deleted,
    Flipped,
    Overwritten,
}

const HARMS: [Harm; 5] = [Harm::Emptied, Harm::Halved, Harm::Deleted, Harm::Flipped, Harm::Overwritten];

impl Harm {
    fn strike(self, file: &Path) {
        let mut bytes = fs::read(file).expect("the file is there");
        match self {
            Self::Emptied => bytes.clear(),
            Self::Halved => bytes.truncate(bytes.len() / 2),
            Self::Deleted => return fs::remove_file(file).expect("the file is there"),
            Self::Flipped => {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 0x55;
            }
            Self::Overwritten => bytes = b"not what was here before\n".repeat(10),
        }
        // In place, as a failing disk does it: who has the file open sees it.
        fs::write(file, bytes).expect("the file can be written");
    }
}

/// The folder of the generation in use; `None` while the pointer names none.
fn current(home: &Path) -> Option<PathBuf> {
    let name = fs::read_to_string(home.join("current")).ok()?;
    let folder = home.join(name.trim());
    (folder != *home && folder.is_dir()).then_some(folder)
}

/// The files of the current generation and the pointer to it, but the locks.
fn files(home: &Path) -> Vec<PathBuf> {
    let folder = current(home).expect("a generation is in use");
    let segments = fs::read_to_string(folder.join("meta.json")).expect("it has a commit").replace('-', "");
    let inside = fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<PathBuf> = inside
        .filter(|path| {
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            path.extension().is_some_and(|extension| extension == "json")
                || stem.is_some_and(|stem| segments.contains(stem))
        })
        .filter(|path| fs::metadata(path).is_ok_and(|found| found.len() > 0))
        .collect();
    files.push(home.join("current"));
    files.sort();
    files
}

#[tokio::test]
async fn a_damaged_index_is_built_anew_at_the_next_start() {
    on_both_databases(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("search");
        let owner = make_user(&db, "ada").await;
        let platform = Platform::start(&db, home.clone());
        let id = platform.video(owner, "Waterfall").await;
        platform.until_found("waterfall", &[id]).await;
        platform.until_caught_up().await;
        platform.stop().await;
        let count = files(&home).len();
        assert!(count >= 8, "{count} files");
        for n in 0..count {
            for harm in [HARMS[n % 5], HARMS[(n + 2) % 5]] {
                // Every rebuild makes files with other names, in the same order.
                let now = files(&home);
                let file = &now[n.min(now.len() - 1)];
                harm.strike(file);
                let platform = Platform::start(&db, home.clone());
                platform.until_found("waterfall", &[id]).await;
                platform.until_caught_up().await;
                platform.stop().await;
            }
        }
        fs::remove_dir_all(&home).unwrap();
        let platform = Platform::start(&db, home.clone());
        platform.until_found("waterfall", &[id]).await;
        platform.stop().await;
    })
    .await;
}

#[tokio::test]
async fn an_index_that_is_damaged_while_it_runs_is_built_anew() {
    on_both_databases(async |db| {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().join("search");
        let owner = make_user(&db, "ada").await;
        let platform = Platform::start(&db, home.clone());
        let id = platform.video(owner, "Waterfall").await;
        platform.until_found("waterfall", &[id]).await;
        platform.until_caught_up().await;
        let kinds = files(&home).len();
        for n in 0..kinds {
            for harm in [HARMS[(n + 1) % 5], HARMS[(n + 3) % 5]] {
                let before = current(&home);
                let now = files(&home);
                let file = &now[n.min(now.len() - 1)];
                // Tantivy's own list of files is read at the next start.
                if file.ends_with(".managed.json") {
                    continue;
                }
                harm.strike(file);
                platform
                    .until(&format!("{file:?} {harm:?} is noticed"), async || {
                        platform.found("waterfall").await;
                        current(&home).is_some_and(|now| Some(now) != before)
                    })
                    .await;
                platform.until_found("waterfall", &[id]).await;
            }
        }
        for wipe in [home.join("current"), home.clone()] {
            if wipe.is_dir() {
                // It may be written into at this moment.
                platform.until("it is removed", async || fs::remove_dir_all(&wipe).is_ok()).await;
            } else {
                fs::remove_file(&wipe).unwrap();
            }
            platform.until_found("waterfall", &[id]).await;
            let another = platform.video(owner, "Rapids").await;
            platform.until_found("rapids", &[another]).await;
            mutoscope_core::db::videos::remove(&db, another).await.unwrap();
            platform.until_found("rapids", &[]).await;
        }
        platform.stop().await;
    })
    .await;
}
