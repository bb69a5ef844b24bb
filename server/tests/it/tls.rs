//! TLS by the server itself, with a certificate that was made for these tests and is good for nothing else.

use std::{net::SocketAddr, path::Path};

use mutoscope_core::{
    search::{SearchBackend, SearchError},
    testing::on_both_databases,
};
use mutoscope_index::{ElasticSearch, ElasticSettings};
use mutoscope_server::{
    app::App,
    config::{self, DataFolder, Sources, TlsFiles},
    listener::{Listener, Tls, TlsError},
    router,
};
use reqwest::{Certificate, StatusCode};
use serde_json::json;

const CERT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/tls/cert.pem");
const KEY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/tls/key.pem");

fn files(cert: &str, key: &str) -> TlsFiles {
    TlsFiles { cert: Path::new(cert).to_owned(), key: Path::new(key).to_owned() }
}

#[tokio::test]
async fn over_tls_the_session_is_bound_to_this_host() {
    on_both_databases(|db| async move {
        let folder = tempfile::tempdir().unwrap();
        let flags = vec![("data", "--data", folder.path().display().to_string())];
        let config = config::load(&Sources { flags, ..Sources::default() }).unwrap();
        let (app, _sequencer) = App::on_database(config, db).unwrap();
        let tls = Tls::open(files(CERT, KEY)).unwrap();
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = Listener::bind(address, Some(tls)).await.unwrap();
        let port = listener.address().port();
        let serving = tokio::spawn(listener.serve(router::service(app.clone()), app.stop.clone()));

        let root = Certificate::from_pem(&std::fs::read(CERT).unwrap()).unwrap();
        let client = reqwest::Client::builder().tls_certs_only([root]).build().unwrap();
        let body = json!({"username": "ada", "email": "ada@example.org", "password": "correct horse"});
        let answer = client
            .post(format!("https://127.0.0.1:{port}/api/v1/auth/register"))
            .header("x-mutoscope-session", "cookie")
            .header("x-mutoscope-csrf", "1")
            .header("origin", format!("https://127.0.0.1:{port}"))
            .json(&body)
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), StatusCode::CREATED);
        assert_eq!(answer.headers()["strict-transport-security"], "max-age=31536000");
        let cookie = answer.headers()["set-cookie"].to_str().unwrap();
        assert!(cookie.starts_with("__Host-mutoscope_access=") && cookie.ends_with("; Secure"), "{cookie}");

        // Plain http to the same port is no answer, and costs nobody else anything.
        assert!(reqwest::get(format!("http://127.0.0.1:{port}/healthz")).await.is_err());
        let again = client.get(format!("https://127.0.0.1:{port}/healthz")).send().await.unwrap();
        assert_eq!(again.status(), StatusCode::OK);

        app.stop.cancel();
        serving.await.unwrap();
    })
    .await;
}

#[test]
fn files_that_are_no_certificate_and_key_are_told_apart() {
    assert!(matches!(Tls::open(files("/nowhere", KEY)), Err(TlsError::Pem { file: "tls.cert", .. })));
    assert!(matches!(Tls::open(files(CERT, CERT)), Err(TlsError::Pem { file: "tls.key", .. })));
}

#[tokio::test]
async fn a_search_service_is_believed_by_the_certificates_that_are_set() {
    let folder = tempfile::tempdir().unwrap();
    let flags = vec![("data", "--data", folder.path().display().to_string())];
    let config = config::load(&Sources { flags, ..Sources::default() }).unwrap();
    DataFolder::prepare(&config).unwrap();
    let (app, _sequencer) = App::open(config).await.unwrap();
    let address = SocketAddr::from(([127, 0, 0, 1], 0));
    let listener = Listener::bind(address, Some(Tls::open(files(CERT, KEY)).unwrap())).await.unwrap();
    let url = format!("https://127.0.0.1:{}", listener.address().port());
    let serving = tokio::spawn(listener.serve(router::service(app.clone()), app.stop.clone()));

    let asked = async |ca_pem: Option<Vec<u8>>| {
        let settings = ElasticSettings { url: url.parse().unwrap(), login: None, ca_pem, index: "films".to_owned() };
        let answer = ElasticSearch::open(settings).unwrap().position().await;
        let Err(SearchError::Unavailable(Some(cause))) = answer else { panic!("this is no search service") };
        cause.to_string()
    };
    let away = "the search service does not answer";
    assert_eq!(asked(None).await, away, "nobody vouches for this certificate");
    let met = asked(Some(std::fs::read(CERT).unwrap())).await;
    assert_ne!(met, away, "it is met, and found to be something else");
    let settings = |pem: &[u8]| ElasticSettings {
        url: url.parse().unwrap(),
        login: None,
        ca_pem: Some(pem.to_vec()),
        index: "films".to_owned(),
    };
    for pem in [b"".as_slice(), b"no certificate"] {
        assert!(ElasticSearch::open(settings(pem)).is_err(), "a file without certificates is told at the start");
    }
    app.stop.cancel();
    serving.await.unwrap();
    app.db.close().await;
}
