//! What is somebody's own stays out of reach: every route is tried by a stranger, by another user and by another site.

use std::collections::BTreeMap;

use mutoscope_core::media::SidecarName;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    films::{Film, planned_as},
    parts::{begin_with, description_of},
    platform::{Answer, Client, Platform, send},
    routes::{self, Access, Route},
};

const SECRET: &str = "Zoopraxiscope under wraps";

/// A platform where Ann has a private film, whole, and an upload under way.
struct Scene {
    platform: Platform,
    root: Client,
    ann: Client,
    film: Film,
    upload: String,
    invitation: String,
    account: String,
    session: String,
}

impl Scene {
    async fn set() -> Self {
        let platform = Platform::start().await;
        let (root, ann) = (platform.user("root").await, platform.user("ann").await);
        platform.user("bob").await;
        let film = planned_as(&platform, &ann, "private", SECRET).await;
        film.make_all(&platform).await;
        for rendition in &film.plan.renditions {
            film.make_init(&platform, &rendition.name().to_string(), b"init").await;
        }
        film.make_poster(&platform, b"poster").await;
        film.make_captions(&platform, "captions-eng", b"WEBVTT\n").await;
        film.make_sidecar(&platform, SidecarName::Storyboard, b"WEBVTT\n").await;
        let mut description = description_of(10);
        description["title"] = json!(SECRET);
        let upload = text(&begin_with(&ann, &description).await["id"]);
        let invitation = root.post("/api/v1/admin/invitations", &json!({})).await.expect(StatusCode::CREATED);
        let invitation = text(&invitation.json()["id"]);
        let account = text(&ann.get("/api/v1/auth/me").await.json()["id"]);
        let session = text(&ann.get("/api/v1/me/sessions").await.json()["sessions"][0]["id"]);
        Self { platform, root, ann, film, upload, invitation, account, session }
    }

    /// The address of Ann's own, whatever the route is about.
    fn address(&self, route: &Route) -> String {
        let id = match route.access {
            Access::Uploaders | Access::Proof => self.upload.clone(),
            Access::SignedIn => self.session.clone(),
            Access::Administrators if route.path.contains("invitations") => self.invitation.clone(),
            Access::Administrators => self.account.clone(),
            Access::Everyone | Access::Viewers | Access::Owners => self.film.id.to_string(),
        };
        let file = if route.path.ends_with("/sidecars/{file}") { "storyboard.vtt" } else { "00000.m4s" };
        route.address(&BTreeMap::from([
            ("id", id),
            ("handle", "ann".to_owned()),
            ("plan", self.film.hash[..32].to_owned()),
            ("rendition", "video-360".to_owned()),
            ("captions", "captions-eng.vtt".to_owned()),
            ("file", file.to_owned()),
            ("number", "1".to_owned()),
        ]))
    }

    async fn call(&self, client: &Client, route: &Route) -> Answer {
        let request = client.request(route.method.clone(), &self.address(route));
        match &route.body {
            Some(body) => send(request.json(body)).await,
            None => send(request).await,
        }
    }

    /// Nothing that the answer says or shows is Ann's own.
    fn keeps_quiet(&self, route: &Route, answer: &Answer) {
        let shown = String::from_utf8_lossy(&answer.body);
        for secret in [SECRET, "ann@example.org", &self.film.hash[..32], &self.account, &self.session] {
            assert!(!shown.contains(secret), "{} {} shows {secret}: {shown}", route.method, route.path);
        }
    }

    /// Everything of Ann's is there as it was, and so is what the administrator made.
    async fn is_as_it_was(&self) {
        let ann = &self.ann;
        let film = ann.get(&self.film.address).await.expect(StatusCode::OK).json();
        assert_eq!((&film["title"], &film["privacy"]), (&json!(SECRET), &json!("private")));
        assert_eq!(film["views"], 0);
        ann.get(&format!("/api/v1/uploads/{}", self.upload)).await.expect(StatusCode::OK);
        assert_eq!(ann.get("/api/v1/auth/me").await.expect(StatusCode::OK).json()["role"], "member");
        self.platform.sign_in("ann").await;
        let invitations = self.root.get("/api/v1/admin/invitations").await.expect(StatusCode::OK).json();
        assert_eq!(invitations["invitations"].as_array().unwrap().len(), 1);
        assert_eq!(invitations["invitations"][0]["id"], self.invitation);
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_stranger_comes_to_nothing_that_is_somebodys_own_over_any_route() {
    let scene = Scene::set().await;
    let stranger = scene.platform.visitor();
    for route in routes::all() {
        let answer = scene.call(&stranger, &route).await;
        scene.keeps_quiet(&route, &answer);
        let name = format!("{} {}: {}", route.method, route.path, String::from_utf8_lossy(&answer.body));
        let code = |answer: &Answer| answer.json()["code"].clone();
        match route.access {
            Access::Everyone => assert!(!answer.status.is_server_error() || answer.status == 503, "{name}"),
            Access::Proof => assert!(!answer.status.is_server_error(), "{name}"),
            Access::SignedIn | Access::Administrators | Access::Owners | Access::Uploaders => {
                assert_eq!((answer.status.as_u16(), code(&answer)), (401, json!("not_signed_in")), "{name}");
            }
            Access::Viewers => {
                assert_eq!((answer.status.as_u16(), code(&answer)), (404, json!("not_found")), "{name}");
            }
        }
    }
    scene.is_as_it_was().await;
    scene.platform.stop().await;
}

#[tokio::test]
async fn another_user_comes_to_nothing_of_somebody_else_over_any_route() {
    let scene = Scene::set().await;
    for route in routes::all() {
        // Anew for each, since some of the calls end the caller's own sessions.
        let bob = scene.platform.sign_in("bob").await;
        let answer = scene.call(&bob, &route).await;
        scene.keeps_quiet(&route, &answer);
        let name = format!("{} {}: {}", route.method, route.path, String::from_utf8_lossy(&answer.body));
        let code = |answer: &Answer| answer.json()["code"].clone();
        match route.access {
            Access::Everyone => assert!(!answer.status.is_server_error() || answer.status == 503, "{name}"),
            Access::Proof | Access::SignedIn => assert!(!answer.status.is_server_error(), "{name}"),
            Access::Administrators => {
                assert_eq!((answer.status.as_u16(), code(&answer)), (403, json!("administrators_only")), "{name}");
            }
            Access::Owners | Access::Uploaders | Access::Viewers => {
                assert_eq!((answer.status.as_u16(), code(&answer)), (404, json!("not_found")), "{name}");
            }
        }
    }
    scene.is_as_it_was().await;
    scene.platform.stop().await;
}

#[tokio::test]
async fn the_owner_comes_to_all_of_it() {
    let scene = Scene::set().await;
    for route in routes::all().iter().filter(|route| !route.changes() && route.access != Access::Administrators) {
        let answer = scene.call(&scene.ann, route).await;
        // Not everyone may see the film: no cache may answer with it, not even its owner.
        if route.path.starts_with("/gateway/") {
            assert_eq!(answer.status, StatusCode::FORBIDDEN);
            continue;
        }
        // No consumer may have fed the index yet.
        assert!(answer.status.is_success() || answer.status == 503, "{}: {}", route.path, answer.status);
    }
    scene.platform.stop().await;
}

#[tokio::test]
async fn no_change_is_made_for_a_page_of_another_site_over_any_route() {
    let scene = Scene::set().await;
    // An administrator, who may do everything, as a browser is signed in.
    let login = scene.platform.visitor().request(Method::POST, "/api/v1/auth/login");
    let login = login.header("x-mutoscope-session", "cookie").header("x-mutoscope-csrf", "1");
    let login =
        send(login.json(&json!({ "login": "root", "password": "a long password" }))).await.expect(StatusCode::OK);
    let cookies: Vec<&str> =
        login.headers.get_all("set-cookie").iter().map(|cookie| cookie.to_str().unwrap()).collect();
    let jar: Vec<&str> = cookies.iter().map(|cookie| cookie.split(';').next().unwrap()).collect();
    let jar = jar.join("; ");
    let visitor = scene.platform.visitor();
    let mut tried = 0;
    for route in routes::all().into_iter().filter(Route::changes) {
        // These take no account of who is signed in: nothing of theirs is done in the browser's name.
        let is_without_session = ["/auth/login", "/auth/register", "/parts/{number}"];
        if is_without_session.iter().any(|end| route.path.ends_with(end)) {
            continue;
        }
        for (header, value) in [
            ("x-nothing", "1"),
            ("x-mutoscope-csrf", "0"),
            ("origin", "http://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            let request = visitor.request(route.method.clone(), &scene.address(&route)).header("cookie", &jar);
            let request = match header {
                "origin" | "sec-fetch-site" => request.header("x-mutoscope-csrf", "1"),
                _ => request,
            };
            let request = request.header("x-mutoscope-session", "cookie").header(header, value);
            // Refresh and logout take the token of the cookie where the body has none.
            let answer = match &route.body {
                Some(_) if route.access == Access::Proof => send(request.json(&json!({}))).await,
                Some(body) => send(request.json(body)).await,
                None => send(request).await,
            };
            let said = String::from_utf8_lossy(&answer.body).into_owned();
            assert_eq!(answer.status, 403, "{} {} with {header}: {value}: {said}", route.method, route.path);
            assert_eq!(answer.json()["code"], "cross_site", "{} {}", route.method, route.path);
            tried += 1;
        }
    }
    assert!(tried > 100, "{tried}");
    let me = visitor.request(Method::GET, "/api/v1/auth/me").header("cookie", &jar);
    assert_eq!(send(me).await.expect(StatusCode::OK).json()["username"], "root");
    scene.is_as_it_was().await;
    scene.platform.stop().await;
}
