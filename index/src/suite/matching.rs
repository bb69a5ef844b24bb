//! What is found at all.

use mutoscope_core::search::SearchDocument;

use super::{Backend, change, found, ids, page, put, video};

pub async fn typos_are_forgiven_by_length(backend: &Backend) {
    let documents = [
        video(1, "cat nap"),
        video(2, "kitten"),
        video(3, "elephant"),
        video(4, "Summer 2024"),
        video(5, "Überraschung"),
    ];
    put(backend, documents).await;
    let table: &[(&str, &[u64], &str)] = &[
        ("cat", &[1], "as it is"),
        ("cta nap", &[1], "one of two words"),
        ("bat x", &[], "three letters forgive nothing"),
        ("kiten", &[2], "a letter less"),
        ("kittenn", &[2], "a letter more"),
        ("kitton", &[2], "another letter"),
        ("iktten", &[2], "two letters swapped"),
        ("kotton", &[], "two edits in six letters"),
        ("elefant", &[], "two edits in seven letters"),
        ("elefantt", &[], "three edits"),
        ("elehpatn", &[3], "two swaps in eight letters"),
        ("eelphant", &[3], "a swap counts once"),
        ("mitten", &[2], "even the first letter"),
        ("summer 2023", &[4], "by its other word"),
        ("2023", &[], "another number is another thing"),
        ("uberrashung", &[5], "with accents, too"),
    ];
    for (query, expected, why) in table {
        let expected = ids(expected.iter().copied());
        assert_eq!(found(backend, query).await, expected, "{query}: {why}");
    }
}

pub async fn the_last_word_may_be_unfinished(backend: &Backend) {
    let documents = [
        video(1, "Mountain biking"),
        video(2, "Fountain pens"),
        video(3, "Mount Everest"),
        SearchDocument { tags: vec!["mountaineering".to_owned()], ..video(4, "Four") },
    ];
    put(backend, documents).await;
    assert_eq!(found(backend, "m").await.len(), 3);
    assert_eq!(found(backend, "mountain bik").await[0], ids([1])[0]);
    assert_eq!(found(backend, "mountai").await[..2], ids([1, 4]));
    assert_eq!(found(backend, "moutnaineer").await[0], ids([4])[0], "with a typo, too");
    let unfinished_first = found(backend, "bik mountain").await;
    assert_eq!(unfinished_first.len(), 3, "only the last word may be unfinished");
}

pub async fn words_are_found_in_any_script(backend: &Backend) {
    let titles = [
        "Crème brûlée",
        "Straßenmusik",
        "Smørrebrød",
        "Łódź nocą",
        "Ёлка в лесу",
        "Τα Χριστούγεννα",
        "東京タワーの夜景",
        "中国菜做法",
        "서울에서 만난 고양이",
        "हिन्दी गीत",
        "مُوسيقى عربية",
        "שָׁלוֹם עולם",
        "ภาษาไทยง่ายมาก",
        "İstanbul'da bir gün",
        "ｆｕｌｌ ｗｉｄｔｈ",
        "Movie night 🎬",
    ];
    let numbered = titles.iter().zip(1..).map(|(title, n)| video(n, title));
    put(backend, numbered).await;
    let table: &[(&str, u64)] = &[
        ("creme brulee", 1),
        ("CRÈME", 1),
        ("strassenmusik", 2),
        ("smorrebrod", 3),
        ("lodz noca", 4),
        ("елка", 5),
        ("ΧΡΙΣΤΟΎΓΕΝΝΑ", 6),
        ("東京", 7),
        ("タワー", 7),
        ("夜景", 7),
        ("夜", 7),
        ("中国菜", 8),
        ("做法", 8),
        ("서울", 9),
        ("고양이", 9),
        ("हिन्दी", 10),
        ("موسيقى", 11),
        ("שלום", 12),
        ("ภาษาไทย", 13),
        ("istanbul", 14),
        ("full width", 15),
        ("🎬", 16),
    ];
    for (query, number) in table {
        let first = found(backend, query).await.first().copied();
        assert_eq!(first, Some(ids([*number])[0]), "{query}");
    }
    assert!(found(backend, "京東").await.is_empty(), "other characters");
}

pub async fn compounds_are_found_however_they_are_written(backend: &Backend) {
    let titles = [
        "Wi-Fi explained",
        "My notebook",
        "iPhone 15 review",
        "C++ in an hour",
        "AC/DC live",
        "Don't look up",
        "Spider-Man",
        "www.example.org",
    ];
    let numbered = titles.iter().zip(1..).map(|(title, n)| video(n, title));
    put(backend, numbered).await;
    let table: &[(&str, u64)] = &[
        ("wifi", 1),
        ("wi fi", 1),
        ("wi-fi", 1),
        ("WI‑FI", 1),
        ("note book", 2),
        ("iphone15", 3),
        ("iphone-15", 3),
        ("c++", 4),
        ("acdc", 5),
        ("ac dc", 5),
        ("dont", 6),
        ("don’t", 6),
        ("spiderman", 7),
        ("spider man", 7),
        ("example.org", 8),
    ];
    for (query, number) in table {
        let first = found(backend, query).await.first().copied();
        assert_eq!(first, Some(ids([*number])[0]), "{query}");
    }
}

pub async fn any_text_is_a_query(backend: &Backend) {
    put(backend, [video(1, "title:evil OR \"quoted\" AND (nested)")]).await;
    change(backend, Vec::new()).await;
    let endless = "a".repeat(1_000_000);
    let many = "word ".repeat(100_000);
    let marks = format!("z{}", "\u{301}".repeat(100_000));
    let texts = [
        "",
        " ",
        "\u{0}",
        "*",
        "?",
        "\"",
        "\"unclosed",
        "(",
        ")))",
        "title:",
        "title:*",
        "+",
        "-",
        "--",
        "AND",
        "OR NOT",
        "/.*/",
        "[a TO z]",
        "{!}",
        "a~2",
        "^5",
        "\\",
        "\\u0000",
        "%00",
        "<script>alert(1)</script>",
        "' OR 1=1 --",
        "\u{feff}",
        "\u{202e}rtl",
        "\u{d7ff}\u{e000}",
        "🏳️‍🌈",
        "e\u{301}",
        &endless,
        &many,
        &marks,
    ];
    for text in texts {
        page(backend, text).await;
        backend.suggest(text, 10).await.expect("an answer");
    }
    assert_eq!(found(backend, "title:evil").await, ids([1]), "it is text, not a language");
    assert!(found(backend, "*").await.is_empty());
    for limit in [0, 1, usize::MAX] {
        let query = mutoscope_core::search::SearchQuery { limit, ..super::query("evil") };
        assert_eq!(backend.search(query).await.expect("an answer").hits.len(), 1);
    }
}
