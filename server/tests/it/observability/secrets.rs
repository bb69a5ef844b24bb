//! A busy run with everything logged that can be: no secret of it stands in the log, and every line can be read by machines.

use std::{
    collections::BTreeSet,
    fs,
    process::{Command, Stdio},
};

use mutoscope_core::store::StoreSettings;
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    bucket,
    gateway::{
        nginx::free_port,
        role::{Running, wait_until_ready},
    },
    whole_way::{client::Client, film},
};

/// Everything of ours, and what other libraries say for those who look for faults.
const LEVEL: &str = "debug,mutoscope=trace,mutoscope_server=trace,mutoscope_core=trace,mutoscope_transcoder=trace,mutoscope_index=trace";

/// What must not be in the log, with what it is.
#[derive(Default)]
struct Secrets(Vec<(&'static str, String)>);

impl Secrets {
    fn add(&mut self, what: &'static str, secret: impl Into<String>) {
        let secret = secret.into();
        assert!(secret.len() >= 8, "{what}: {secret:?} could stand anywhere");
        self.0.push((what, secret));
    }

    /// Every text that is long enough for a key and stands in the JSON of a file.
    fn add_all(&mut self, what: &'static str, value: &Value) {
        match value {
            Value::String(text) if text.len() >= 32 => self.add(what, text),
            Value::Array(items) => items.iter().for_each(|item| self.add_all(what, item)),
            Value::Object(fields) => fields.values().for_each(|item| self.add_all(what, item)),
            _ => {}
        }
    }

    fn tokens(&mut self, answer: &Value) -> String {
        let token = answer["access_token"].as_str().unwrap().to_owned();
        self.add("an access token", &token);
        self.add("a refresh token", answer["refresh_token"].as_str().unwrap());
        token
    }
}

#[tokio::test]
async fn no_secret_stands_in_the_log_of_a_busy_run() {
    let mut secrets = Secrets::default();
    let server = bucket::Server::start("films").await;
    let StoreSettings::S3(s3) = server.settings("") else { unreachable!("a bucket") };
    secrets.add("the storage's key", &s3.secret_key);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("server.log");
    let log = fs::File::create(&path).unwrap();
    let address = format!("127.0.0.1:{}", free_port());
    let process = Command::new(env!("CARGO_BIN_EXE_mutoscope"))
        .args(["run", "--listen", &address, "--data"])
        .arg(folder.path().join("data"))
        .env_clear()
        .env("MUTOSCOPE_LOG_LEVEL", LEVEL)
        .env("MUTOSCOPE_LOG_FORMAT", "json")
        .env("MUTOSCOPE_STORAGE_URL", "s3://films")
        .env("MUTOSCOPE_STORAGE_ENDPOINT", s3.endpoint.unwrap())
        .env("MUTOSCOPE_STORAGE_ACCESS_KEY", &s3.access_key)
        .env("MUTOSCOPE_STORAGE_SECRET_KEY", &s3.secret_key)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(log)
        .spawn()
        .unwrap();
    let mut process = Running(process);
    wait_until_ready(&address).await;

    let client = Client::new(&format!("http://{address}"));
    let video = be_busy(&client, &mut secrets, folder.path()).await;
    process.end();
    let keys = fs::read_to_string(folder.path().join("data/keys/signing.json")).unwrap();
    secrets.add_all("a signing key", &serde_json::from_str(&keys).unwrap());

    let text = fs::read_to_string(&path).unwrap();
    for (what, secret) in &secrets.0 {
        let line = text.lines().find(|line| line.contains(secret.as_str()));
        assert!(line.is_none(), "{what} stands in the log: {line:?}");
    }
    assert!(secrets.0.len() > 12, "{} secrets were looked for", secrets.0.len());
    for sign in ["X-Amz-Signature", "Bearer ", "password\":"] {
        assert!(!text.contains(sign), "{sign} stands in the log");
    }
    names_what_it_is_about(&text, &video);
}

/// Every line is an object; those of requests and of jobs say of which.
fn names_what_it_is_about(text: &str, video: &str) {
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    assert!(lines.len() > 100, "{} lines", lines.len());
    let in_span = |name: &str| -> Vec<&Value> {
        let spans = lines.iter().filter_map(|line| line["spans"].as_array()).flatten();
        spans.filter(|span| span["name"] == name).collect()
    };
    let (requests, jobs) = (in_span("request"), in_span("job"));
    assert!(requests.iter().all(|span| span["request.id"].as_str().is_some_and(|id| id.len() == 32)));
    assert!(requests.iter().any(|span| span["video.id"] == video), "a request names its video");
    assert!(jobs.iter().all(|span| span["job.id"].is_string() && span["video.id"] == video), "{jobs:?}");
    let kinds: BTreeSet<&str> = jobs.iter().filter_map(|span| span["job.kind"].as_str()).collect();
    assert!(kinds.contains("plan") && kinds.contains("span"), "{kinds:?}");
}

/// Registers, signs in well and badly, uploads, plays, invites, and sends what nobody should; answers the video.
async fn be_busy(client: &Client, secrets: &mut Secrets, folder: &std::path::Path) -> String {
    let passwords = ["first secret password", "second secret password", "a guessed password 1"];
    passwords.iter().for_each(|password| secrets.add("a password", *password));
    let [first, second, guessed] = passwords;
    let account = json!({ "username": "edith", "email": "edith@example.org", "password": first });
    let owner = client.with_token(&secrets.tokens(&client.post("auth/register", account.clone()).await.expect(201)));
    client.post("auth/register", account).await.problem(409);
    client.post("auth/login", json!({ "login": "edith", "password": guessed })).await.problem(401);
    let change = json!({ "current_password": guessed, "new_password": second });
    owner.put("auth/password", change).await.problem(403);
    let change = json!({ "current_password": first, "new_password": second });
    owner.put("auth/password", change).await.expect(204);
    let again = client.post("auth/login", json!({ "login": "edith", "password": second })).await.expect(200);
    secrets.tokens(&again);
    let fresh = client.post("auth/refresh", json!({ "refresh_token": again["refresh_token"] })).await.expect(200);
    secrets.tokens(&fresh);
    let invitation = owner.post("admin/invitations", json!({})).await.expect(201);
    secrets.add("an invitation", invitation["code"].as_str().unwrap());

    let bytes = film::make(folder, 320, 180, 2);
    let sha256 = hex::encode(Sha256::digest(&bytes));
    let upload = owner.create_upload("reel.mp4", bytes.len(), "The praxinoscope").await;
    let wish = json!({ "parts": [{ "number": 1, "sha256_hex": sha256 }] });
    let link = owner.post(&format!("uploads/{}/links", upload.id), wish).await.expect(200)["links"][0]["url"].clone();
    secrets.add("a link's signature", link.as_str().unwrap().split("Signature=").nth(1).unwrap());
    assert!(owner.put_part(&upload, 1, &bytes, &bytes).await.status.is_success());
    owner.complete(&upload).await.expect(202);
    let video = owner.video_when(&upload.video_id, |video| video["state"] == "ready").await;
    client.fetch(client.base(), video["hls_url"].as_str().unwrap()).await;

    // What nobody should send, in every place where it can be sent.
    for (path, header, value) in [
        ("/api/v1/videos?token=query-secret-1", "authorization", "Bearer header-secret-1"),
        ("/api/v1/auth/me?password=query-secret-2", "cookie", "mutoscope_access=cookie-secret-1"),
        ("/api/v1/uploads/x/parts/1?signature=query-secret-3", "x-amz-security-token", "header-secret-2"),
    ] {
        secrets.add("a query", path.split('=').nth(1).unwrap());
        secrets.add("a header", value.rsplit(['=', ' ']).next().unwrap());
        client.raw(Method::GET, path).header(header, value).send().await.unwrap();
    }
    let broken = "{ \"login\": \"edith\", \"password\": \"body-secret-1\", ";
    secrets.add("a body", "body-secret-1");
    let request = client.raw(Method::POST, "/api/v1/auth/login").header("content-type", "application/json");
    assert_eq!(request.body(broken).send().await.unwrap().status(), 400);
    let wrong = json!({ "login": 7, "password": ["body-secret-2"] });
    secrets.add("a body", "body-secret-2");
    client.post("auth/login", wrong).await;
    upload.video_id
}

#[test]
fn an_address_with_a_password_is_never_repeated() {
    for (name, value) in [
        ("MUTOSCOPE_DATABASE_URL", "postgres://ann:hunter2hunter@127.0.0.1:1/films"),
        ("MUTOSCOPE_DATABASE_URL", "postgres://ann:hunter2hunter@[::1/films"),
        ("MUTOSCOPE_DATABASE_URL", "mysql://ann:hunter2hunter@127.0.0.1/films"),
        ("MUTOSCOPE_STORAGE_URL", "https://ann:hunter2hunter@127.0.0.1/films"),
        ("MUTOSCOPE_STORAGE_ENDPOINT", "http://ann:hunter2hunter@127.0.0.1:1"),
        ("MUTOSCOPE_PUBLIC_URL", "http://ann:hunter2hunter@127.0.0.1:1"),
        ("MUTOSCOPE_STORAGE_SECRET_KEY", "hunter2hunter"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        for command in [&["run", "--listen", "127.0.0.1:0", "--json"][..], &["admin", "doctor", "--json"]] {
            let output = Command::new(env!("CARGO_BIN_EXE_mutoscope"))
                .args(command)
                .env_clear()
                .env(name, value)
                .env("MUTOSCOPE_LOG_LEVEL", "trace")
                .current_dir(folder.path())
                .output()
                .unwrap();
            assert!(!output.status.success(), "{name}={value}");
            for text in [output.stdout, output.stderr] {
                let text = String::from_utf8_lossy(&text);
                assert!(!text.contains("hunter2hunter"), "{name}: {text}");
            }
        }
    }
}
