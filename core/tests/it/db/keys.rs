//! Every row of a film names its video, whoever wrote it, and every key does where films are spread over many servers.

use mutoscope_core::{
    db::{
        Db, DbSettings,
        copy::{Snapshot, copy},
        jobs::{self, Choice, Claimer},
        objects, plans,
        remake::{self, Lost},
        segments::{self, Made, NewlyMade},
        uploads, videos,
    },
    id::UserId,
    testing::{
        OldFilm, PostgresDatabase, key_faults, keys_as_printed, make_user, narrow_keys, old_library, on_both_databases,
        open_jobs, rows_of_films, table_keys, write_old_film,
    },
    video::VideoState,
};

use super::films::{bring, claim, plan};

const MANUAL: &str = include_str!("../../../../docs/database.md");

/// Rows of an [`OldFilm`] that had no video of their own: two parts, an init segment, two segments, a poster.
const ITS_ROWS: i64 = 6;

#[tokio::test]
async fn rows_that_the_version_before_wrote_or_still_writes_are_found_by_their_video() {
    let folder = tempfile::tempdir().unwrap();
    shared_with_the_version_before(format!("sqlite://{}/old.db", folder.path().display())).await;
    match PostgresDatabase::make().await {
        Some(database) => {
            shared_with_the_version_before(database.url.clone()).await;
            database.remove().await;
        }
        None => eprintln!("SKIP on PostgreSQL: no server was named"),
    }
}

async fn shared_with_the_version_before(url: String) {
    let left = old_library(&url).await;
    let db = open(url).await;
    assert_eq!(rows_of_films(&db).await, (ITS_ROWS, 0), "what was there is named");
    is_whole(&db, left).await;
    // A process of the version before goes on beside this one, as long as the upgrade takes.
    let owner = videos::find(&db, left.video_id).await.unwrap().expect("it is there").owner_id;
    let beside = write_old_film(&db, owner).await.expect("it goes on");
    assert_eq!(rows_of_films(&db).await, (2 * ITS_ROWS, 0), "what it writes is named");
    for film in [left, beside] {
        is_whole(&db, film).await;
        goes_on(&db, film).await;
    }
    assert!(videos::remove(&db, left.video_id).await.unwrap());
    assert_eq!(rows_of_films(&db).await, (ITS_ROWS + 1, 0), "and one segment more was made");
    assert!(videos::remove(&db, beside.video_id).await.unwrap());
    assert_eq!((rows_of_films(&db).await, open_jobs(&db).await.unwrap()), ((0, 0), 0));
    db.close().await;
}

#[tokio::test]
async fn a_library_of_the_version_before_is_restored_with_every_row_named() {
    on_both_databases(|target| async move {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/backup.db", folder.path().display());
        let film = old_library(&url).await;
        let rows = open(url).await;
        copy(&mut Snapshot::take(&rows).await.unwrap(), &target).await.unwrap();
        assert!(copy(&mut Snapshot::take(&rows).await.unwrap(), &target).await.unwrap().is_nothing());
        assert_eq!(rows_of_films(&target).await, (ITS_ROWS, 0));
        is_whole(&target, film).await;
        rows.close().await;
    })
    .await;
}

#[tokio::test]
async fn every_key_of_a_film_names_its_video_where_films_are_spread_over_many_servers() {
    let Some(database) = PostgresDatabase::make().await else { return };
    let before = old_library(&database.url).await;
    let db = open(database.url.clone()).await;
    assert!(!key_faults(&table_keys(&db).await).is_empty(), "on one server the keys of the version before stay");

    narrow_keys(&db).await;
    let tables = table_keys(&db).await;
    assert_eq!(key_faults(&tables), [] as [String; 0]);
    let printed = keys_as_printed(&tables);
    assert!(MANUAL.contains(&printed), "docs/database.md must print these keys:\n{printed}");

    // The same statements go on, with what was there and with what comes.
    is_whole(&db, before).await;
    goes_on(&db, before).await;
    let owner = make_user(&db, "ann").await;
    a_film_is_made_and_goes(&db, owner).await;
    // The version before can't write any more, and would not start: its number is too small.
    assert!(write_old_film(&db, owner).await.is_err());
    db.close().await;
    let db = open(database.url.clone()).await;

    // A library comes and goes by its rows as before.
    let folder = tempfile::tempdir().unwrap();
    let copied = open(format!("sqlite://{}/copied.db", folder.path().display())).await;
    copy(&mut Snapshot::take(&db).await.unwrap(), &copied).await.unwrap();
    is_whole(&copied, before).await;
    // What differs is written over, what is lost there goes, what went here comes back.
    is_lost(&copied, before).await;
    copy(&mut Snapshot::take(&copied).await.unwrap(), &db).await.unwrap();
    assert_eq!(rows_of_films(&db).await, (ITS_ROWS, 0));
    assert!(videos::remove(&db, before.video_id).await.unwrap());
    assert_eq!(rows_of_films(&db).await, (0, 0));
    copy(&mut Snapshot::take(&copied).await.unwrap(), &db).await.unwrap();
    assert!(copy(&mut Snapshot::take(&copied).await.unwrap(), &db).await.unwrap().is_nothing());
    is_whole(&db, before).await;
    copied.close().await;
    db.close().await;
    database.remove().await;
}

async fn open(url: String) -> Db {
    Db::open(&DbSettings { url, connections: 3 }).await.unwrap()
}

/// All that the film's rows say is found by its video.
async fn is_whole(db: &Db, film: OldFilm) {
    let made = Some(Made { sha256: "00aa".to_owned(), size_bytes: 3 });
    let key = film.plan_id.of(film.video_id);
    assert_eq!(plans::get(db, key).await.unwrap().expect("it stands").hash, "00ff");
    assert_eq!(segments::segment(db, key, "video-240", 1).await.unwrap(), made);
    assert_eq!(segments::init(db, key, "video-240").await.unwrap(), made);
    assert_eq!(segments::sidecar(db, key, "poster").await.unwrap(), made);
    assert!(segments::count(db, key).await.unwrap() >= 2);
    let parts = uploads::parts(db, film.upload_id.of(film.video_id)).await.unwrap();
    assert!(parts.len() == 2 && parts.iter().all(|part| part.stored_at.is_some()), "{parts:?}");
    assert_eq!(uploads::mezzanine(db, film.video_id).await.unwrap().len(), 2);
    let video = videos::find(db, film.video_id).await.unwrap().expect("it is there");
    assert_eq!(video.plan.expect("its plan").poster_file.as_deref(), Some("poster.jpg"));
    // However short the pages are, each object is listed once.
    for limit in [1, 2, 100] {
        let mut place = objects::Place::START;
        let mut paths = Vec::new();
        while !matches!(place, objects::Place::End) {
            let (page, next) = objects::page(db, &place, limit).await.unwrap();
            paths.extend(page.iter().map(|named| named.key.path().unwrap().to_string()));
            place = next;
        }
        let count = paths.len();
        paths.sort();
        paths.dedup();
        let of_film = paths.iter().filter(|path| path.contains(&film.video_id.to_string())).count();
        assert!(paths.len() == count && of_film as i64 >= ITS_ROWS, "{limit}: {paths:?}");
    }
}

/// A segment is lost and made again, and the last one is made.
async fn goes_on(db: &Db, film: OldFilm) {
    let key = film.plan_id.of(film.video_id);
    let lost = Lost::Segment { rendition: "video-240", number: 1 };
    assert!(remake::forget(db, key, lost, "00aa").await.unwrap());
    let claimer = Claimer { owner: "here".to_owned(), fingerprint: "f".to_owned() };
    let work = jobs::claim(db, &claimer, Choice::Any).await.unwrap().expect("it is asked for");
    assert_eq!(work.video_id, film.video_id);
    let made = |number| NewlyMade::Segment {
        rendition: "video-240".to_owned(),
        number,
        duration_us: 1,
        made: Made { sha256: "00aa".to_owned(), size_bytes: 3 },
    };
    let recorded = segments::record(db, &work, film.plan_id, &[made(0), made(1)]).await.unwrap();
    assert!(!recorded.completed && recorded.differing.is_empty(), "{recorded:?}");
    assert!(segments::record(db, &work, film.plan_id, &[made(2)]).await.unwrap().completed);
    jobs::finish(db, &work).await.unwrap();
    let video = videos::find(db, film.video_id).await.unwrap().expect("it is there");
    assert_eq!(video.state(), VideoState::Ready);
}

/// A film's whole way by the statements of this version.
async fn a_film_is_made_and_goes(db: &Db, owner: UserId) {
    let (rows, _) = rows_of_films(db).await;
    let upload = bring(db, owner).await;
    let plan_id = plan(db, &upload, "0aff", 3).await;
    assert_eq!(rows_of_films(db).await, (rows + upload.part_count, 0));
    goes_on_from_nothing(db, &upload, plan_id).await;
    assert!(videos::choose_poster(db, upload.video_id, Some(1_000)).await.unwrap().is_some());
    assert!(open_jobs(db).await.unwrap() > 0, "the poster is asked for");
    assert!(videos::remove(db, upload.video_id).await.unwrap());
    assert_eq!(rows_of_films(db).await, (rows, 0), "its rows go with it");
    assert_eq!(open_jobs(db).await.unwrap(), 0, "and its jobs, which nothing refers to it by");
}

async fn goes_on_from_nothing(db: &Db, upload: &uploads::Upload, plan_id: mutoscope_core::id::PlanId) {
    let work = claim(db, upload).await;
    let made = |sha256: &str| Made { sha256: sha256.to_owned(), size_bytes: 3 };
    let mut items: Vec<NewlyMade> = (0..3)
        .map(|number| NewlyMade::Segment { rendition: "audio".to_owned(), number, duration_us: 1, made: made("00aa") })
        .collect();
    items.push(NewlyMade::Init { rendition: "audio".to_owned(), made: made("00aa") });
    items.push(NewlyMade::Sidecar { name: "poster".to_owned(), made: made("00aa") });
    assert!(segments::record(db, &work, plan_id, &items).await.unwrap().completed);
    let other = NewlyMade::Sidecar { name: "poster".to_owned(), made: made("00bb") };
    assert_eq!(segments::record(db, &work, plan_id, &[other]).await.unwrap().differing, ["poster"]);
    let poster = segments::sidecar(db, plan_id.of(upload.video_id), "poster").await.unwrap();
    assert_eq!(poster, Some(made("00bb")), "the row follows the object");
    jobs::finish(db, &work).await.unwrap();
}

/// The last segment is lost.
async fn is_lost(db: &Db, film: OldFilm) {
    let lost = Lost::Segment { rendition: "video-240", number: 2 };
    assert!(remake::forget(db, film.plan_id.of(film.video_id), lost, "00aa").await.unwrap());
}
