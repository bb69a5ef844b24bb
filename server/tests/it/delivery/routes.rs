//! Every route of the API by the description of itself, with what it may do for whom. A route that is not in the table
//! fails the tests: whoever adds one says who may call it.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

/// Who may call a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Everyone; it shows and changes nothing of anyone's.
    Everyone,
    /// Everyone by what they send along: a password, a refresh token or a signed link.
    Proof,
    /// Whoever is signed in, about themselves.
    SignedIn,
    /// Administrators.
    Administrators,
    /// Whoever may see the video; a stranger and another user are told that there is none.
    Viewers,
    /// The video's owner and administrators; a stranger is asked to sign in, another user told that there is none.
    Owners,
    /// The upload's owner; as with videos.
    Uploaders,
}

/// A route, ready to be called.
#[derive(Debug, Clone)]
pub struct Route {
    pub method: Method,
    /// As the description has it.
    pub path: String,
    pub access: Access,
    /// What a caller who may would send.
    pub body: Option<Value>,
}

impl Route {
    /// Whether a call is meant to change something.
    pub fn changes(&self) -> bool {
        self.method != Method::GET
    }

    /// The path with names in place of its `{..}`s.
    pub fn address(&self, names: &BTreeMap<&str, String>) -> String {
        let mut address = self.path.clone();
        for (name, value) in names {
            address = address.replace(&format!("{{{name}}}"), value);
        }
        assert!(!address.contains('{'), "{address} has a name that the test does not give");
        address
    }
}

/// All routes of the description.
///
/// # Panics
/// Where the table and the description do not name the same routes.
pub fn all() -> Vec<Route> {
    let document: Value = serde_json::from_str(&mutoscope_server::openapi::text().unwrap()).unwrap();
    let mut table: BTreeMap<&str, (Access, Option<Value>)> = table().into_iter().map(|(k, a, b)| (k, (a, b))).collect();
    let mut routes = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in ["get", "put", "post", "patch", "delete", "head", "options"] {
            if item.get(method).is_none() {
                continue;
            }
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
            let name = format!("{method} {path}");
            let (access, body) = table.remove(name.as_str()).unwrap_or_else(|| panic!("who may call {name}?"));
            routes.push(Route { method, path: path.clone(), access, body });
        }
    }
    assert!(table.is_empty(), "there are no such routes: {:?}", table.keys());
    routes
}

fn table() -> Vec<(&'static str, Access, Option<Value>)> {
    use Access::{Administrators, Everyone, Owners, Proof, SignedIn, Uploaders, Viewers};
    let wrong = || Some(json!({ "password": "not the password" }));
    let part = json!({ "parts": [{ "number": 1, "sha256_hex": "0".repeat(64) }] });
    let upload = json!({ "file_name": "a.mp4", "size_bytes": 10, "title": "A film", "privacy": "private" });
    let passwords = json!({ "current_password": "not the password", "new_password": "another long password" });
    let eve = json!({ "username": "eve", "email": "eve@example.org", "password": "a long password" });
    vec![
        ("GET /healthz", Everyone, None),
        ("GET /readyz", Everyone, None),
        ("GET /metrics", Everyone, None),
        ("GET /gateway/videos/{id}", Everyone, None),
        ("GET /api/v1/config", Everyone, None),
        ("GET /api/v1/search", Everyone, None),
        ("GET /api/v1/search/suggestions", Everyone, None),
        ("GET /api/v1/videos", Everyone, None),
        ("GET /api/v1/channels/{handle}", Everyone, None),
        ("POST /api/v1/auth/register", Proof, Some(eve)),
        ("POST /api/v1/auth/login", Proof, Some(json!({ "login": "ann", "password": "not the password" }))),
        ("POST /api/v1/auth/refresh", Proof, Some(json!({ "refresh_token": "none of ours" }))),
        ("POST /api/v1/auth/logout", Proof, Some(json!({ "refresh_token": "none of ours" }))),
        ("PUT /api/v1/uploads/{id}/parts/{number}", Proof, None),
        ("GET /api/v1/auth/me", SignedIn, None),
        ("PUT /api/v1/auth/password", SignedIn, Some(passwords)),
        ("DELETE /api/v1/me", SignedIn, wrong()),
        ("GET /api/v1/me/sessions", SignedIn, None),
        ("DELETE /api/v1/me/sessions", SignedIn, None),
        ("DELETE /api/v1/me/sessions/{id}", SignedIn, None),
        ("GET /api/v1/me/videos", SignedIn, None),
        ("POST /api/v1/uploads", SignedIn, Some(upload)),
        ("GET /api/v1/admin/invitations", Administrators, None),
        ("POST /api/v1/admin/invitations", Administrators, Some(json!({}))),
        ("DELETE /api/v1/admin/invitations/{id}", Administrators, None),
        ("GET /api/v1/admin/users", Administrators, None),
        ("DELETE /api/v1/admin/users/{id}", Administrators, None),
        ("PATCH /api/v1/admin/users/{id}", Administrators, Some(json!({ "blocked": true }))),
        ("PUT /api/v1/admin/users/{id}/password", Administrators, Some(json!({ "password": "another long password" }))),
        ("POST /api/v1/admin/users/{id}/password-reset", Administrators, None),
        ("GET /api/v1/admin/videos", Administrators, None),
        ("GET /api/v1/uploads/{id}", Uploaders, None),
        ("DELETE /api/v1/uploads/{id}", Uploaders, None),
        ("POST /api/v1/uploads/{id}/links", Uploaders, Some(part)),
        ("POST /api/v1/uploads/{id}/complete", Uploaders, None),
        ("PATCH /api/v1/videos/{id}", Owners, Some(json!({ "title": "Taken over", "privacy": "public" }))),
        ("DELETE /api/v1/videos/{id}", Owners, None),
        ("PUT /api/v1/videos/{id}/poster", Owners, Some(json!({ "at_ms": null }))),
        ("POST /api/v1/videos/{id}/retry", Owners, None),
        ("GET /api/v1/videos/{id}", Viewers, None),
        ("POST /api/v1/videos/{id}/views", Viewers, None),
        ("GET /api/v1/videos/{id}/media/{plan}/index.m3u8", Viewers, None),
        ("GET /api/v1/videos/{id}/media/{plan}/index.mpd", Viewers, None),
        ("GET /api/v1/videos/{id}/media/{plan}/chapters.vtt", Viewers, None),
        ("GET /api/v1/videos/{id}/media/{plan}/{captions}", Viewers, None),
        ("GET /api/v1/videos/{id}/media/{plan}/poster.jpg", Viewers, None),
        ("GET /api/v1/videos/{id}/media/{plan}/sidecars/{file}", Viewers, None),
        ("GET /api/v1/videos/{id}/media/{plan}/{rendition}/index.m3u8", Viewers, None),
        ("GET /api/v1/videos/{id}/media/{plan}/{rendition}/init.mp4", Viewers, None),
        ("GET /api/v1/videos/{id}/media/{plan}/{rendition}/{file}", Viewers, None),
    ]
}
