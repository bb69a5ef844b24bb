//! The statements of `core/src/db` as they are written: those on a film's rows say which film.

use std::path::Path;

/// Tables that are spread by `video_id`; `videos` itself is found by its `id`.
const SPREAD: [&str; 8] =
    ["uploads", "upload_parts", "plans", "renditions", "segments", "sidecars", "warnings", "views"];

/// Statements on rows of any film, by how they begin: they ask every server.
const OF_ANY_FILM: [&str; 4] = [
    // An upload's address names no video.
    "SELECT p.id, p.video_id, p.owner_id, v.file_name,",
    // Sweepers and measures.
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM garbage",
    "SELECT (SELECT COUNT(*) FROM outbox",
    "DELETE FROM views WHERE day < $1",
];

#[test]
fn a_statement_on_a_films_rows_names_its_video() {
    let mut statements = 0;
    let mut without = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src/db")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            for text in literals(&std::fs::read_to_string(&path).unwrap()) {
                let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
                let is_on_films = words
                    .windows(2)
                    .any(|pair| matches!(pair[0], "FROM" | "JOIN" | "INTO" | "UPDATE") && SPREAD.contains(&pair[1]));
                if is_on_films {
                    statements += 1;
                    if !words.contains(&"video_id") && !OF_ANY_FILM.iter().any(|begins| text.starts_with(begins)) {
                        without.push(format!("{}: {text}", path.display()));
                    }
                }
            }
        }
    }
    assert!(statements > 40, "{statements} were found");
    assert_eq!(without, [] as [String; 0]);
}

/// The texts in double quotes, continued lines joined.
fn literals(source: &str) -> Vec<String> {
    let code = source.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let joined = code.split("\\\n").map(str::trim_start).collect::<Vec<_>>().join("");
    joined.replace("\\\"", "").split('"').skip(1).step_by(2).map(str::to_owned).collect()
}
