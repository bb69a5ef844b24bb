//! The binary's commands beside `run`, `transcode` and `probe`: what they print, and how they end.

use std::{
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

/// A folder for one test's platform.
struct Home(tempfile::TempDir);

impl Home {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_mutoscope"))
            .args(args)
            .env_clear()
            .current_dir(self.path())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    /// The event that a command with `--json` prints.
    fn event(&self, args: &[&str]) -> Value {
        let output = self.run(&[args, &["--json"]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", err(&output));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// The last words of a command with `--json` that fails.
    fn refused(&self, args: &[&str], exit: i32) -> Value {
        let output = self.run(&[args, &["--json"]].concat());
        assert_eq!(output.status.code(), Some(exit), "{}", err(&output));
        let text = err(&output);
        serde_json::from_str(text.lines().last().unwrap()).unwrap()
    }
}

fn err(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_operator_sees_dead_letters_and_sets_up_what_services_need() {
    let home = Home::new();
    assert_eq!(home.event(&["admin", "setup"])["parts"], serde_json::json!([]), "no service is used");
    assert_eq!(home.event(&["admin", "events", "list"])["letters"], serde_json::json!([]));
    assert_eq!(home.event(&["admin", "events", "replay", "--all"])["letters"], serde_json::json!([]));
    let unknown = ["admin", "events", "replay", "01920000-0000-7000-8000-000000000001"];
    assert_eq!(home.refused(&unknown, 3)["code"], "not_found");
    assert_eq!(home.run(&["admin", "events", "replay"]).status.code(), Some(2), "which?");
}

/// Against a real broker that asks for TLS and SCRAM, where one was named: `make test-services` starts it.
#[test]
fn topics_are_set_up_once_on_a_cluster_that_wants_tls_and_a_password() {
    let variable = |name: &str| std::env::var(format!("MUTOSCOPE_TEST_KAFKA_{name}"));
    let Ok(brokers) = variable("TLS_BROKERS") else {
        eprintln!("SKIP: MUTOSCOPE_TEST_KAFKA_TLS_BROKERS names no broker");
        return;
    };
    let home = Home::new();
    let prefix = format!("set-up-{}.", std::process::id());
    std::fs::write(home.path().join("password"), variable("PASSWORD").unwrap()).unwrap();
    let settings = format!(
        "[kafka]\nbrokers = '{brokers}'\ntopic_prefix = '{prefix}'\nca_file = '{}'\nusername = '{}'\n\
         password_file = 'password'\nmechanism = 'SCRAM-SHA-256'\npartitions = 2\nreplication = 1\n",
        variable("CA_FILE").unwrap(),
        variable("USERNAME").unwrap(),
    );
    std::fs::write(home.path().join("kafka.toml"), settings).unwrap();
    let set_up = || home.event(&["admin", "setup", "--config", "kafka.toml"])["parts"].as_array().unwrap().clone();
    let first = set_up();
    assert_eq!(first.len(), 3, "{first:?}");
    assert!(first.iter().all(|part| part["new"] == true), "{first:?}");
    assert!(first[0]["name"].as_str().unwrap().starts_with(&prefix));
    assert!(set_up().iter().all(|part| part["new"] == false));
    assert_eq!(home.event(&["admin", "events", "list", "--config", "kafka.toml"])["letters"], serde_json::json!([]));

    std::fs::write(home.path().join("password"), "wrong").unwrap();
    assert_eq!(home.refused(&["admin", "setup", "--config", "kafka.toml"], 4)["code"], "events_unavailable");
}

#[test]
fn an_operator_makes_and_changes_accounts_without_a_running_platform() {
    let home = Home::new();
    let made = home.event(&["admin", "user", "create", "Ada"]);
    assert_eq!((&made["event"], &made["role"]), (&"user_created".into(), &"admin".into()), "the first one");
    assert_eq!(made["password"].as_str().unwrap().len(), 20);
    let second = home.event(&["admin", "user", "create", "grace", "--email", "grace@example.org"]);
    assert_eq!(second["role"], "member");
    assert_eq!(home.refused(&["admin", "user", "create", "ADA"], 3)["code"], "username_taken");
    assert_eq!(home.refused(&["admin", "user", "create", "no way"], 3)["code"], "username");
    assert_eq!(home.refused(&["admin", "user", "block", "ada"], 3)["code"], "last_administrator");
    assert_eq!(home.event(&["admin", "user", "block", "GRACE"])["event"], "user_blocked");
    assert_eq!(home.event(&["admin", "user", "unblock", "grace@example.org"])["event"], "user_unblocked");
    assert_eq!(home.event(&["admin", "user", "quota", "grace", "5GiB"])["event"], "quota_set");
    assert_eq!(home.event(&["admin", "user", "role", "grace", "admin"])["event"], "role_set");
    assert_eq!(home.refused(&["admin", "user", "quota", "grace", "lots"], 2)["code"], "usage");
    assert_eq!(home.refused(&["admin", "user", "password", "nobody"], 3)["code"], "not_found");
    let password = home.event(&["admin", "user", "password", "grace"]);
    assert_ne!(password["password"], second["password"]);
    assert_eq!(home.event(&["admin", "invite", "--note", "for Alan"])["code"].as_str().unwrap().len(), 43);
    assert_eq!(home.event(&["admin", "keys", "rotate"])["event"], "keys_rotated");
    assert_eq!(home.event(&["index", "rebuild"])["event"], "rebuilt");
}

#[test]
fn a_wrong_use_or_setting_ends_with_2_and_all_faults() {
    let home = Home::new();
    assert_eq!(home.run(&[]).status.code(), Some(2));
    assert_eq!(home.refused(&["fly"], 2)["code"], "usage");
    let output = home.run(&["run", "--listen", "here", "--roles", "none", "--config", "no-such.toml"]);
    assert_eq!(output.status.code(), Some(2));
    let text = err(&output);
    for part in ["3 faults", "no-such.toml: ", "--listen: ", "--roles: "] {
        assert!(text.contains(part), "{part} in {text}");
    }
    let words = home.refused(&["run", "--listen", "here"], 2);
    assert_eq!(words["code"], "configuration");
}

#[test]
fn a_database_or_storage_that_is_not_there_ends_with_4() {
    let home = Home::new();
    std::fs::write(home.path().join("settings.toml"), "[database]\nurl = 'postgres://x@127.0.0.1:1/x'\n").unwrap();
    let words = home.refused(&["admin", "invite", "--config", "settings.toml"], 4);
    assert_eq!(words["code"], "database_unavailable");
    let home = Home::new();
    std::fs::write(home.path().join("data"), "a file").unwrap();
    assert_eq!(home.refused(&["admin", "invite"], 4)["code"], "data_folder_unusable");
}

#[test]
fn help_teaches_and_completions_and_the_api_are_printed() {
    let home = Home::new();
    let help = home.run(&["--help"]);
    assert_eq!(help.status.code(), Some(0));
    let text = String::from_utf8(help.stdout).unwrap();
    for part in ["Examples:", "mutoscope run", "Exit codes: 0 done"] {
        assert!(text.contains(part), "{part}");
    }
    let completions = home.run(&["completions", "bash"]);
    assert!(String::from_utf8_lossy(&completions.stdout).contains("_mutoscope"));
    let api: Value = serde_json::from_slice(&home.run(&["openapi"]).stdout).unwrap();
    assert_eq!(api["info"]["title"], "Mutoscope");
    assert!(!home.path().join("data").exists(), "nothing was made");
}

#[test]
fn what_can_not_be_imported_is_told_by_file() {
    let home = Home::new();
    home.event(&["admin", "user", "create", "ada"]);
    std::fs::write(home.path().join("empty.mp4"), "").unwrap();
    std::fs::write(home.path().join("film.mp4"), "not a film, but that is for the probe to say").unwrap();
    assert_eq!(home.refused(&["import", "film.mp4", "--owner", "bob"], 2)["code"], "no_such_user");
    assert_eq!(home.refused(&["import", "empty.mp4", "--owner", "ada"], 3)["code"], "empty_file");
    assert_eq!(home.refused(&["import", "none.mp4", "--owner", "ada"], 3)["code"], "film_unreadable");
    let brought = home.event(&["import", "film.mp4", "--owner", "Ada", "--privacy", "public"]);
    assert_eq!(brought["event"], "imported");
}
