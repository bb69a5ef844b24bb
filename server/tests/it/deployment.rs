//! What we ship for deployments says nothing that the program does not know.

use std::{collections::BTreeSet, fs, path::Path};

use mutoscope_server::config::KEYS;

use crate::gateway::nginx::root;

/// Every file below the folder that is text.
fn texts(folder: &Path, found: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.file_name().is_some_and(|name| name == "secrets") {
            continue;
        }
        if path.is_dir() {
            texts(&path, found);
        } else {
            found.push((path.display().to_string(), fs::read_to_string(&path).unwrap()));
        }
    }
}

/// The words of a text that are variables of ours.
fn variables(text: &str) -> BTreeSet<&str> {
    let is_part = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_';
    text.split(|c: char| !is_part(c)).filter(|word| word.starts_with("MUTOSCOPE_")).collect()
}

#[test]
fn every_setting_that_deployments_name_is_one_of_ours() {
    let mut known: BTreeSet<String> = KEYS.iter().map(|key| key.variable()).collect();
    known.extend(KEYS.iter().filter(|key| key.secret).map(|key| key.file_variable()));
    known.insert("MUTOSCOPE_CONFIG".to_owned());
    let root = root();
    let mut files = Vec::new();
    texts(&root.join("deploy"), &mut files);
    for name in ["compose.yml", "Dockerfile", "docs/deployment.md", "docs/scaling.md"] {
        files.push((name.to_owned(), fs::read_to_string(root.join(name)).unwrap()));
    }
    let mut met = BTreeSet::new();
    for (name, text) in &files {
        for variable in variables(text) {
            assert!(known.contains(variable), "{name}: {variable} is no setting");
            met.insert(variable);
        }
    }
    for expected in ["MUTOSCOPE_DATABASE_URL_FILE", "MUTOSCOPE_ROLES", "MUTOSCOPE_SIGNING_KEYS"] {
        assert!(met.contains(expected), "{expected} is met");
    }
}

#[test]
fn nothing_but_the_gateway_is_open_to_the_world() {
    let compose = fs::read_to_string(root().join("compose.yml")).unwrap();
    let ports: Vec<&str> = compose.lines().filter(|line| line.trim_start().starts_with("ports:")).collect();
    let open: Vec<&&str> = ports.iter().filter(|line| !line.contains("\"127.0.0.1:")).collect();
    assert_eq!(open.len(), 1, "{ports:?}");
    assert!(open[0].contains("GATEWAY_PORT"));
    // No password stands in it: they come from files that deploy/make-secrets makes.
    let secrets = ["PASSWORD:", "SECRET_KEY:", "ACCESS_KEY:"];
    assert!(!compose.lines().any(|line| secrets.iter().any(|secret| line.trim_start().ends_with(secret))));
    assert!(!compose.contains("DATABASE_URL:"), "an address with a password");
}
