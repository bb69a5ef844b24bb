//! Copies of an index in the object store: a replica begins with one, and none that is not sound is believed.

use std::{
    fs,
    path::{Path, PathBuf},
};

use mutoscope_core::{
    db::{Db, outbox},
    search::{SearchBackend, SearchQuery},
    store::{MediaStore, StoreSettings},
    testing::{listed_video, make_user, on_both_databases},
};
use mutoscope_index::{EmbeddedSearch, Snapshots, Taken};
use sha2::{Digest, Sha256};

use crate::platform::Platform;

/// What somebody does to a list.
type Change = fn(&mut serde_json::Value);

/// A platform with some videos, its store, and the folder of everything.
struct Copied {
    db: Db,
    folder: tempfile::TempDir,
    store: MediaStore,
    platform: Platform,
    search: EmbeddedSearch,
}

impl Copied {
    async fn start(db: Db) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = MediaStore::open(&StoreSettings::Folder(folder.path().join("objects"))).unwrap();
        let search = EmbeddedSearch::open(folder.path().join("first")).unwrap();
        let platform = Platform::on(&db, std::sync::Arc::new(search.clone()), |consumer| consumer);
        let owner = make_user(&db, "ada").await;
        for number in 0..20 {
            listed_video(&db, owner, &format!("Waterfall number {number}"), "", &[]).await;
        }
        platform.until_caught_up().await;
        Self { db, folder, store, platform, search }
    }

    /// Copies of an index in the folder of this name.
    fn snapshots(&self, folder: &str) -> (EmbeddedSearch, Snapshots) {
        let search = EmbeddedSearch::open(self.folder.path().join(folder)).unwrap();
        (search.clone(), Snapshots::new(self.db.clone(), self.store.clone(), search))
    }

    fn own(&self) -> Snapshots {
        Snapshots::new(self.db.clone(), self.store.clone(), self.search.clone())
    }

    fn objects(&self, kind: &str) -> Vec<PathBuf> {
        let folder = self.folder.path().join("objects/search/00001").join(kind);
        let mut found: Vec<PathBuf> =
            fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect();
        found.sort();
        found
    }
}

async fn count(search: &EmbeddedSearch, text: &str) -> usize {
    let query = SearchQuery { text: text.to_owned(), limit: 100, cursor: None };
    search.search(query).await.map_or(0, |page| page.hits.len())
}

/// What is in the folder of an index beside the files that every one has.
fn left_over(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with("g-") || name.starts_with("copy-")).collect()
}

#[tokio::test]
async fn a_new_replica_begins_with_a_copy_and_catches_up() {
    on_both_databases(async |db| {
        let copied = Copied::start(db).await;
        let end = outbox::end(&copied.db).await.unwrap();
        let own = copied.own();
        assert_eq!(own.take().await.unwrap(), Taken::Written(end));
        assert_eq!(own.take().await.unwrap(), Taken::Unchanged(end));
        let (_, other) = copied.snapshots("first");
        assert_eq!(other.take().await.unwrap(), Taken::Elsewhere, "one process at a time");
        assert_eq!(left_over(&copied.folder.path().join("first")).len(), 1, "no links stay");

        let owner = make_user(&copied.db, "bob").await;
        listed_video(&copied.db, owner, "Waterfall in a gorge", "", &[]).await;
        copied.platform.until_caught_up().await;

        // A copy alone shows what it held.
        let (search, snapshots) = copied.snapshots("second");
        assert_eq!(snapshots.restore().await.unwrap(), Some(end));
        assert_eq!((count(&search, "waterfall").await, count(&search, "gorge").await), (20, 0));
        assert_eq!(search.position().await.unwrap(), end);

        // Whoever runs on it goes on from there: by what the consumer says, and without the events that it does not need.
        let (search, snapshots) = copied.snapshots("third");
        mutoscope_core::testing::forget_events(&copied.db, end).await;
        let third =
            Platform::on(&copied.db, std::sync::Arc::new(search.clone()), |consumer| consumer.starting_from(snapshots));
        third.until("it catches up", async || count(&search, "waterfall").await == 21).await;
        third.stop().await;

        // One that is damaged begins again.
        let (search, snapshots) = copied.snapshots("third");
        fs::write(copied.folder.path().join("third/current"), "nothing").unwrap();
        let third =
            Platform::on(&copied.db, std::sync::Arc::new(search.clone()), |consumer| consumer.starting_from(snapshots));
        third.until("it catches up", async || count(&search, "waterfall").await == 21).await;
        third.stop().await;
        copied.platform.stop().await;
    })
    .await;
}

#[tokio::test]
async fn a_copy_that_is_not_sound_is_refused_and_the_database_read() {
    on_both_databases(async |db| {
        let copied = Copied::start(db).await;
        copied.own().take().await.unwrap();
        let sound: Vec<(PathBuf, Vec<u8>)> = ["pieces", "snapshots"]
            .into_iter()
            .flat_map(|kind| copied.objects(kind))
            .map(|path| (path.clone(), fs::read(path).unwrap()))
            .collect();
        assert!(sound.len() > 5, "{}", sound.len());

        let home = copied.folder.path().join("second");
        let refused = async |what: String| {
            let (search, snapshots) = copied.snapshots("second");
            assert_eq!(snapshots.restore().await.unwrap(), None, "{what}");
            assert!(search.position().await.is_err(), "{what}");
            assert_eq!(left_over(&home), Vec::<String>::new(), "{what}");
        };
        for (path, bytes) in &sound {
            let mut flipped = bytes.clone();
            let middle = flipped.len() / 2;
            flipped[middle] ^= 1;
            let longer = [bytes.as_slice(), b"!"].concat();
            for (harm, harmed) in [
                ("emptied", Vec::new()),
                ("cut off", bytes[..bytes.len() - 1].to_vec()),
                ("flipped", flipped),
                ("another", b"{}".to_vec()),
            ] {
                fs::write(path, harmed).unwrap();
                refused(format!("{path:?} {harm}")).await;
            }
            if path.parent().unwrap().ends_with("snapshots") {
                fs::write(path, longer).unwrap();
                refused(format!("{path:?} longer")).await;
            }
            fs::remove_file(path).unwrap();
            refused(format!("{path:?} removed")).await;
            fs::write(path, bytes).unwrap();
        }

        // Lists that somebody made who knows how their names are made.
        let (list_path, list) = sound.last().unwrap();
        let list: serde_json::Value = serde_json::from_slice(list).unwrap();
        let hostile: &[(&str, Change)] = &[
            ("a way out", |list| list["files"][0]["name"] = "../../escaped".into()),
            ("a whole path", |list| list["files"][0]["name"] = "/tmp/mutoscope-escaped".into()),
            ("a hash that is none", |list| list["files"][0]["sha256"] = "../../x".into()),
            ("too large", |list| list["files"][0]["bytes"] = u64::MAX.into()),
            ("twice", |list| list["files"][1] = list["files"][0].clone()),
            ("a file less", |list| list["files"] = list["files"].as_array().unwrap()[1..].to_vec().into()),
            ("no files", |list| list["files"] = serde_json::json!([])),
            ("another place", |list| list["position"] = 1.into()),
            ("other fields", |list| list["command"] = "rm".into()),
        ];
        fs::remove_file(list_path).unwrap();
        let position = list["position"].as_i64().unwrap();
        for (what, change) in hostile {
            let mut list = list.clone();
            change(&mut list);
            let bytes = serde_json::to_vec(&list).unwrap();
            let hash = hex::encode(Sha256::digest(&bytes));
            let path = list_path.with_file_name(format!("{position:019}-{}.json", &hash[..32]));
            fs::write(&path, bytes).unwrap();
            refused((*what).to_owned()).await;
            fs::remove_file(path).unwrap();
        }
        assert!(!copied.folder.path().join("escaped").exists() && !home.join("escaped").exists());

        let (search, snapshots) = copied.snapshots("second");
        let second =
            Platform::on(&copied.db, std::sync::Arc::new(search.clone()), |consumer| consumer.starting_from(snapshots));
        second.until("the database is read", async || count(&search, "waterfall").await == 20).await;
        second.stop().await;
        copied.platform.stop().await;
    })
    .await;
}

#[tokio::test]
async fn old_copies_go_and_what_they_shared_stays() {
    on_both_databases(async |db| {
        let copied = Copied::start(db).await;
        let own = copied.own();
        let owner = make_user(&copied.db, "bob").await;
        let mut written = Vec::new();
        for number in 0..4 {
            listed_video(&copied.db, owner, &format!("Rapids {number}"), "", &[]).await;
            copied.platform.until_caught_up().await;
            let Taken::Written(position) = own.take().await.unwrap() else { panic!("something changed") };
            written.push(position);
        }
        let lists = copied.objects("snapshots");
        assert_eq!(lists.len(), 2, "{lists:?}");
        let named: Vec<serde_json::Value> =
            lists.iter().map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap()).collect();
        let mut hashes: Vec<&str> = named
            .iter()
            .flat_map(|list| list["files"].as_array().unwrap())
            .map(|file| &file["sha256"].as_str().unwrap()[..32])
            .collect();
        let all = hashes.len();
        hashes.sort_unstable();
        hashes.dedup();
        assert!(hashes.len() < all, "the two share files");
        let pieces = copied.objects("pieces");
        let pieces: Vec<&str> = pieces.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
        assert_eq!(pieces, hashes, "nothing else is kept");

        // The last one can't be read: the one before it will do.
        fs::write(&lists[1], "{}").unwrap();
        let (search, snapshots) = copied.snapshots("second");
        assert_eq!(snapshots.restore().await.unwrap(), Some(written[2]));
        assert_eq!(count(&search, "rapids").await, 3);

        // One that is further than the log is of a platform that was put back to an earlier state.
        let beyond = lists[1].with_file_name(format!("{:019}-{}.json", i64::MAX, "0".repeat(32)));
        fs::write(&beyond, "{}").unwrap();
        let (_, snapshots) = copied.snapshots("third");
        assert_eq!(snapshots.restore().await.unwrap(), Some(written[2]));
        listed_video(&copied.db, owner, "Rapids 5", "", &[]).await;
        copied.platform.until_caught_up().await;
        own.take().await.unwrap();
        assert!(!beyond.exists() && !lists[1].exists(), "what is not sound goes");
        let (search, snapshots) = copied.snapshots("fourth");
        snapshots.restore().await.unwrap().expect("a copy");
        assert_eq!(count(&search, "rapids").await, 5);
        copied.platform.stop().await;
    })
    .await;
}
