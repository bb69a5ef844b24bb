//! The web app's way: the session as cookies, and changes from our own pages alone.

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};

use crate::accounts::test_app::{Answer, PASSWORD, TestApp, on_both, on_both_with, registration};

const ME: &str = "/api/v1/auth/me";
const SESSIONS: &str = "/api/v1/me/sessions";
const REFRESH: &str = "/api/v1/auth/refresh";

fn own_page(request: RequestBuilder) -> RequestBuilder {
    request.header("x-mutoscope-session", "cookie").header("x-mutoscope-csrf", "1")
}

async fn register(app: &TestApp) -> Answer {
    let request = own_page(app.request(Method::POST, "/api/v1/auth/register"));
    Answer::of(request.json(&registration("ada"))).await
}

/// The Cookie header that a browser would send after this answer.
fn jar(answer: &Answer) -> String {
    let pairs: Vec<String> = answer.cookies().into_iter().map(|(name, value, _)| format!("{name}={value}")).collect();
    pairs.join("; ")
}

#[tokio::test]
async fn over_plain_http_the_cookies_are_out_of_reach_of_scripts_and_other_sites() {
    on_both(|app| async move {
        let answer = register(&app).await;
        let body = answer.expect(StatusCode::CREATED);
        assert_eq!((&body["access_token"], &body["refresh_token"]), (&Value::Null, &Value::Null));
        let cookies = answer.cookies();
        let names: Vec<&str> = cookies.iter().map(|(name, _, _)| name.as_str()).collect();
        assert_eq!(names, ["mutoscope_access", "mutoscope_refresh"]);
        assert_eq!(cookies[0].2, "Path=/; HttpOnly; SameSite=Strict; Max-Age=600");
        assert_eq!(cookies[1].2, "Path=/; HttpOnly; SameSite=Strict; Max-Age=2592000");
        let request = app.request(Method::GET, ME).header("cookie", jar(&answer));
        assert_eq!(Answer::of(request).await.expect(StatusCode::OK)["username"], "ada");
    })
    .await;
}

#[tokio::test]
async fn behind_a_trusted_proxy_that_speaks_tls_they_are_of_this_host_alone() {
    on_both_with(&[("trusted_proxies", "127.0.0.0/8")], |app| async move {
        let request = own_page(app.request(Method::POST, "/api/v1/auth/register"));
        let request = request.header("x-forwarded-proto", "https").header("x-forwarded-for", "203.0.113.9");
        let answer = Answer::of(request.json(&registration("ada"))).await;
        answer.expect(StatusCode::CREATED);
        for (name, _, attributes) in answer.cookies() {
            assert!(name.starts_with("__Host-mutoscope_"), "{name}");
            assert!(attributes.ends_with("; Secure") && attributes.contains("Path=/;"), "{attributes}");
        }
        assert_eq!(answer.headers["strict-transport-security"], "max-age=31536000");
        let over_tls = app.request(Method::GET, SESSIONS).header("x-forwarded-proto", "https");
        let sessions = Answer::of(over_tls.header("cookie", jar(&answer))).await.expect(StatusCode::OK);
        assert_eq!(sessions["sessions"][0]["address"], "203.0.113.9");
        // A page over plain http can't plant a cookie that counts over TLS.
        let planted = jar(&answer).replace("__Host-", "");
        let request = app.request(Method::GET, ME).header("x-forwarded-proto", "https");
        Answer::of(request.header("cookie", planted)).await.refused(401, "not_signed_in");
    })
    .await;
}

#[tokio::test]
async fn a_stranger_is_not_believed_about_the_scheme() {
    on_both(|app| async move {
        let request = own_page(app.request(Method::POST, "/api/v1/auth/register")).header("x-forwarded-proto", "https");
        let answer = Answer::of(request.json(&registration("ada"))).await;
        assert!(answer.cookies().iter().all(|(name, _, _)| name.starts_with("mutoscope_")));
        assert!(!answer.headers.contains_key("strict-transport-security"));
    })
    .await;
}

#[tokio::test]
async fn a_change_with_cookies_must_come_from_our_own_pages() {
    on_both(|app| async move {
        let signed_in = register(&app).await;
        let change = || app.request(Method::DELETE, SESSIONS).header("cookie", jar(&signed_in));
        Answer::of(change()).await.refused(403, "cross_site");
        let with = |name: &'static str, value: String| own_page(change()).header(name, value);
        for (name, value) in [
            ("origin", "http://evil.example"),
            ("origin", "null"),
            ("origin", "https://127.0.0.1"),
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
        ] {
            Answer::of(with(name, value.to_owned())).await.refused(403, "cross_site");
        }
        Answer::of(own_page(change())).await.expect(StatusCode::NO_CONTENT);
        Answer::of(with("origin", app.origin())).await.expect(StatusCode::NO_CONTENT);
        Answer::of(with("sec-fetch-site", "same-origin".to_owned())).await.expect(StatusCode::NO_CONTENT);
        // The token of a program is no cookie: no page can make a browser send it.
        let grace = app.register("grace").await;
        let request = app.request(Method::DELETE, SESSIONS).bearer_auth(&grace.access);
        Answer::of(request.header("origin", "http://evil.example")).await.expect(StatusCode::NO_CONTENT);
    })
    .await;
}

#[tokio::test]
async fn another_site_can_not_sign_a_browser_in() {
    on_both(|app| async move {
        app.register("ada").await;
        let body = json!({"login": "ada", "password": PASSWORD});
        let request = own_page(app.request(Method::POST, "/api/v1/auth/login")).json(&body);
        Answer::of(request.header("origin", "http://evil.example")).await.refused(403, "cross_site");
        let request = app.request(Method::POST, "/api/v1/auth/login").header("x-mutoscope-session", "cookie");
        Answer::of(request.json(&body)).await.refused(403, "cross_site");
    })
    .await;
}

#[tokio::test]
async fn the_address_people_type_is_our_own_page() {
    on_both_with(&[("public_url", "https://video.example")], |app| async move {
        let request = own_page(app.request(Method::POST, "/api/v1/auth/register"));
        let request = request.header("origin", "https://video.example");
        Answer::of(request.json(&registration("ada"))).await.expect(StatusCode::CREATED);
    })
    .await;
}

#[tokio::test]
async fn the_refresh_cookie_is_exchanged_and_a_spent_one_takes_both_away() {
    on_both(|app| async move {
        let first = register(&app).await;
        let refresh = |jar: String| own_page(app.request(Method::POST, REFRESH)).header("cookie", jar).json(&json!({}));
        let forged = app.request(Method::POST, REFRESH).header("cookie", jar(&first)).json(&json!({}));
        Answer::of(forged).await.refused(403, "cross_site");
        let second = Answer::of(refresh(jar(&first))).await;
        assert_eq!(second.expect(StatusCode::OK)["access_token"], Value::Null);
        assert_ne!(jar(&first), jar(&second));
        let reused = Answer::of(refresh(jar(&first))).await;
        reused.refused(401, "invalid_refresh_token");
        let cleared = reused.cookies();
        assert_eq!(cleared.len(), 2);
        assert!(cleared.iter().all(|(_, value, rest)| value.is_empty() && rest.ends_with("Max-Age=0")), "{cleared:?}");
        let request = app.request(Method::GET, ME).header("cookie", jar(&second));
        Answer::of(request).await.refused(401, "invalid_token");
    })
    .await;
}

#[tokio::test]
async fn a_browser_whose_access_cookie_has_run_out_is_told_to_renew_it() {
    on_both(|app| async move {
        let answer = register(&app).await;
        let (name, value, _) = answer.cookies().remove(1);
        let refresh_alone = || format!("{name}={value}");
        let request = app.request(Method::GET, ME).header("cookie", refresh_alone());
        Answer::of(request).await.refused(401, "invalid_token");
        // What everyone may see is served meanwhile.
        let request = app.request(Method::GET, "/api/v1/videos").header("cookie", refresh_alone());
        Answer::of(request).await.expect(StatusCode::OK);
    })
    .await;
}

#[tokio::test]
async fn signing_out_takes_the_cookies_away() {
    on_both(|app| async move {
        let signed_in = register(&app).await;
        let logout = |request: RequestBuilder| request.header("cookie", jar(&signed_in));
        let path = "/api/v1/auth/logout";
        Answer::of(logout(app.request(Method::POST, path))).await.refused(403, "cross_site");
        let answer = Answer::of(logout(own_page(app.request(Method::POST, path)))).await;
        answer.expect(StatusCode::NO_CONTENT);
        assert_eq!(answer.cookies().len(), 2);
        let request = app.request(Method::GET, ME).header("cookie", jar(&signed_in));
        Answer::of(request).await.refused(401, "invalid_token");
    })
    .await;
}
