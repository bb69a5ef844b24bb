//! What administrators see and do of videos.

use reqwest::StatusCode;
use serde_json::json;

use super::{films::fail, parts, platform::Platform};

#[tokio::test]
async fn administrators_list_failures_with_their_reason_and_try_again() {
    let platform = Platform::start().await;
    let (root, ann) = (platform.user("root").await, platform.user("ann").await);
    let mut private = parts::description_of(10);
    private["privacy"] = json!("private");
    let failed = parts::bring(&ann, &private).await;
    fail(&platform, failed.parse().unwrap()).await;
    let fine = parts::bring(&ann, &private).await;

    let page = root.get("/api/v1/admin/videos?state=failed").await.expect(StatusCode::OK).json();
    assert_eq!(page["videos"].as_array().unwrap().len(), 1);
    assert_eq!(page["videos"][0]["id"], failed.as_str());
    assert_eq!(page["videos"][0]["failure"]["code"], "not_a_film");
    let all = root.get("/api/v1/admin/videos").await.expect(StatusCode::OK).json();
    assert_eq!(all["videos"].as_array().unwrap().len(), 2);
    root.get("/api/v1/admin/videos?state=ready").await.refused(422, "invalid_field");

    root.post(&format!("/api/v1/videos/{failed}/retry"), &json!({})).await.expect(StatusCode::ACCEPTED);
    let page = root.get("/api/v1/admin/videos?state=failed").await.json();
    assert_eq!(page["videos"], json!([]));
    root.delete(&format!("/api/v1/videos/{fine}")).await.expect(StatusCode::NO_CONTENT);

    ann.get("/api/v1/admin/videos?state=failed").await.refused(403, "administrators_only");
    platform.visitor().get("/api/v1/admin/videos").await.refused(401, "not_signed_in");
    platform.stop().await;
}
