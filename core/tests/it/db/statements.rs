//! The statements of `core/src/db` as they are written: those on a film's rows say which film.

use std::path::Path;

/// Tables that are spread by `video_id`; `videos` itself is found by its `id`.
const SPREAD: [&str; 8] =
    ["uploads", "upload_parts", "plans", "renditions", "segments", "sidecars", "warnings", "views"];

/// Statements on rows of any film, by how they begin: they ask every server.
const OF_ANY_FILM: [&str; 7] = [
    // An upload's address names no video.
    "SELECT p.id, p.video_id, p.owner_id, v.file_name,",
    // The next one of a list of all.
    "SELECT video_id, id FROM uploads WHERE (video_id, id) >",
    "SELECT video_id, id, hash FROM plans WHERE (video_id, hash) >",
    // Sweepers and measures.
    "SELECT id, video_id FROM uploads WHERE completed_at_ms IS NULL AND expires_at_ms <",
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM garbage",
    "SELECT (SELECT COUNT(*) FROM outbox",
    "DELETE FROM views WHERE day <",
];

#[test]
fn a_statement_on_a_films_rows_names_its_video() {
    let mut statements = 0;
    let mut without = Vec::new();
    let mut left = OF_ANY_FILM.to_vec();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/db")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            for text in literals(&std::fs::read_to_string(&path).unwrap()) {
                if !is_on_film(&text) {
                    continue;
                }
                statements += 1;
                if let Some(known) = left.iter().position(|begins| text.starts_with(begins)) {
                    left.remove(known);
                } else if !names_video(&text) {
                    without.push(format!("{}: {text}", path.display()));
                }
            }
        }
    }
    assert!(statements > 40, "{statements} were found");
    assert_eq!(without, [] as [String; 0]);
    assert_eq!(left, [] as [&str; 0], "they are gone");
}

fn words(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_alphanumeric() && c != '_').collect()
}

fn is_on_film(text: &str) -> bool {
    let is_named = |pair: &[&str]| matches!(pair[0], "FROM" | "JOIN" | "INTO" | "UPDATE") && SPREAD.contains(&pair[1]);
    words(text).windows(2).any(is_named)
}

/// New rows have the column; others are found by it, or by that of a row that is joined.
fn names_video(text: &str) -> bool {
    let is_named = words(text).contains(&"video_id");
    let is_joined = text.split(" = ").skip(1).any(|right| {
        let right = right.split([' ', ')']).next().unwrap_or_default();
        right.ends_with(".video_id")
    });
    is_named && (text.contains("INSERT INTO") || text.contains("video_id = ") || is_joined)
}

/// The texts in double quotes, continued lines joined.
fn literals(source: &str) -> Vec<String> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let joined = code.split("\\\n").map(str::trim_start).collect::<Vec<_>>().join("");
    joined.replace("\\\"", "").split('"').skip(1).step_by(2).map(str::to_owned).collect()
}
