//! What is shown of a hit, and what is suggested.

use mutoscope_core::search::{Highlight, SearchDocument, SearchField};

use super::{Backend, ids, page, put, video};

pub async fn highlights_are_the_texts_as_written(backend: &Backend) {
    let description = format!(
        "{} Dans la crème fraîche, rien d'autre. {}",
        "Voilà un très long début. ".repeat(40),
        "Et une très longue fin. ".repeat(40),
    );
    let documents = [
        SearchDocument {
            tags: vec!["Crème".to_owned(), "dessert".to_owned()],
            description: description.clone(),
            channel_name: "La Crèmerie".to_owned(),
            channel_handle: "cremerie".to_owned(),
            ..video(1, "CRÈME brûlée <b>maison</b>")
        },
        video(2, "東京タワーの夜景"),
        video(3, "Elephants"),
    ];
    put(backend, documents).await;

    let found = highlights(backend, "creme").await;
    assert_eq!(marked(&found[0]), (SearchField::Title, "[CRÈME] brûlée <b>maison</b>".to_owned()));
    assert_eq!(marked(&found[1]), (SearchField::Tags, "[Crème]".to_owned()));
    let (field, text) = marked(&found[2]);
    assert!(field == SearchField::Channel && text == "La [Crèmerie]", "{text}");
    let (field, text) = marked(&found[3]);
    let plain = text.replace(['[', ']'], "");
    assert!(field == SearchField::Description && text.contains("[crème] fraîche"), "{text}");
    assert!(description.contains(&plain) && plain.len() < 400, "{text}");
    assert_eq!(found.len(), 4);

    let found = highlights(backend, "夜景").await;
    assert_eq!(marked(&found[0]).1, "東京タワーの[夜景]");
    let found = highlights(backend, "elehp").await;
    assert_eq!(marked(&found[0]).1, "[Elephants]", "unfinished and with a typo");
}

pub async fn suggestions_go_on_from_what_was_typed(backend: &Backend) {
    let tagged = |n, title: &str, tags: &[&str]| SearchDocument {
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        ..video(n, title)
    };
    let documents = [
        tagged(1, "Red Panda", &["animals"]),
        tagged(2, "RED PANDA ", &["animals", "red"]),
        tagged(3, "Cooking with red peppers", &["cooking"]),
        tagged(4, "Réd alert", &[]),
        SearchDocument { description: "red herring".to_owned(), ..video(5, "A mystery") },
    ];
    put(backend, documents).await;
    let suggested = async |prefix: &str| backend.suggest(prefix, 10).await.expect("suggestions");
    let suggest = async |prefix: &str| suggested(prefix).await.into_iter().map(|one| one.text).collect::<Vec<String>>();
    let red = suggest("re").await;
    assert_eq!(red.iter().filter(|text| text.to_lowercase().trim() == "red panda").count(), 1, "{red:?}");
    assert!(red.contains(&"Réd alert".to_owned()) && red.contains(&"red".to_owned()), "{red:?}");
    assert_eq!(red.last().map(String::as_str), Some("Cooking with red peppers"), "{red:?}");
    assert!(!red.iter().any(|text| text.contains("mystery") || text.contains("herring")), "{red:?}");
    assert_eq!(suggest("animlas").await, ["animals"], "with a typo");
    assert_eq!(suggest("red pnada").await.len(), 1);
    assert_eq!(suggest("").await, Vec::<String>::new());
    let whose = suggested("re").await.into_iter().find(|one| one.text.trim().to_lowercase() == "red panda");
    let mut whose = whose.expect("it is suggested").video_ids;
    whose.sort();
    assert_eq!(whose, ids([1, 2]), "every video that has the text is named once");
    assert_eq!(backend.suggest("re", 2).await.expect("suggestions").len(), 2);
}

async fn highlights(backend: &Backend, query: &str) -> Vec<Highlight> {
    let hit = page(backend, query).await.hits.into_iter().next();
    hit.expect("a hit").highlights
}

/// The text with brackets around what matched.
fn marked(highlight: &Highlight) -> (SearchField, String) {
    let mut text = String::new();
    for fragment in &highlight.fragments {
        assert!(!fragment.text.is_empty(), "no empty fragments");
        match fragment.matched {
            true => text.extend(["[", &fragment.text, "]"]),
            false => text.push_str(&fragment.text),
        }
    }
    (highlight.field, text)
}
