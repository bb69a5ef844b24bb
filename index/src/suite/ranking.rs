//! Which hits come first.

use mutoscope_core::{search::SearchDocument, time::UnixMs};

use super::{Backend, found, ids, put, video};

pub async fn nearer_words_in_weightier_fields_come_first(backend: &Backend) {
    let documents = [
        video(1, "Orchard"),
        video(2, "The orchard in winter"),
        SearchDocument { tags: vec!["fruit".to_owned(), "orchard".to_owned()], ..video(3, "Three") },
        SearchDocument { channel_name: "Orchard Films".to_owned(), ..video(4, "Four") },
        SearchDocument { description: "We walk through an orchard.".to_owned(), ..video(5, "Five") },
        video(6, "Orchards"),
        SearchDocument { description: "All about orchards".to_owned(), ..video(7, "Seven") },
        video(8, "Orchid"),
        video(9, "Orcard"),
        video(10, "Prchard"),
        SearchDocument { description: "an orcard".to_owned(), ..video(11, "Eleven") },
        video(12, "Nothing like it"),
    ];
    put(backend, documents).await;
    assert_eq!(
        found(backend, "orchard").await,
        ids([1, 2, 3, 4, 5, 6, 7, 9, 11, 10]),
        "exact before beginning before typo; title, tags, channel, description; other first letters last"
    );
}

pub async fn more_of_the_words_come_first(backend: &Backend) {
    let documents = [
        video(1, "Panda, not red at all"),
        video(2, "Red panda cubs"),
        video(3, "Panda"),
        video(4, "Red Panda"),
        SearchDocument { description: "The red panda lives in trees.".to_owned(), ..video(5, "A film") },
        video(6, "Panda and red things"),
    ];
    put(backend, documents).await;
    let order = found(backend, "red panda").await;
    assert_eq!(order[..2], ids([4, 2]), "words that follow one another come first");
    assert_eq!(order.len(), 6, "a video with one of two words is found, too");
    assert_eq!(order[5], ids([3])[0], "but last");
    assert_eq!(order[4], ids([5])[0], "the description counts less than the title");
    assert_eq!(found(backend, "red panda tree climbing lessons").await.len(), 5, "with one word of five it is no hit");
}

pub async fn rare_words_weigh_more(backend: &Backend) {
    let common = (1..=40).map(|n| video(n, "The daily show"));
    let rare = [video(100, "Escape"), video(101, "The great escape")];
    put(backend, common.chain(rare)).await;
    let order = found(backend, "the escape").await;
    assert_eq!(order[..2], ids([101, 100]), "a rare word says more than a common one");
}

pub async fn equals_are_ordered_by_age_and_views(backend: &Backend) {
    let day = |n: i64| UnixMs(1_750_000_000_000 + n * 86_400_000);
    let documents = [
        SearchDocument { published_at: day(0), ..video(1, "Sunset") },
        SearchDocument { published_at: day(400), ..video(2, "Sunset") },
        SearchDocument { published_at: day(0), views: 1000, ..video(3, "Sunset") },
        SearchDocument { published_at: day(400), views: 1_000_000, ..video(4, "Sunset over the sea") },
        video(5, "Sunset"),
    ];
    put(backend, documents).await;
    let order = found(backend, "sunset").await;
    assert_eq!(order[0], ids([2])[0], "the newest of the equal ones");
    assert_eq!(order[1], ids([3])[0], "then the most watched");
    assert_eq!(order[2..4], ids([5, 1]), "then the later id");
    assert_eq!(order[4], ids([4])[0], "views never outweigh a better match");
}
