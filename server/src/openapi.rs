//! The OpenAPI document, made from the code.

use utoipa::{
    Modify, OpenApi,
    openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme},
};

/// What stands above the paths.
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "Mutoscope",
        description = "A self-hosted video platform: upload, watch, search.\n\nErrors are problem+json (RFC 9457) with a stable `code`. Changes that are asked for with cookies need the header `X-Mutoscope-CSRF: 1`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(crate::error::Problem, crate::view::account::RoleView)),
    modifiers(&Schemes)
)]
pub struct Document;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let components = document.components.get_or_insert_default();
        let bearer = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some("The access token of register, login or refresh."))
            .build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let cookie = ApiKeyValue::with_description(
            "mutoscope_access",
            "The web app's session; over TLS its name begins with `__Host-`.",
        );
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}

/// The document as `schema/openapi.json` holds it.
pub fn text() -> Result<String, serde_json::Error> {
    let mut text = crate::router::document().to_pretty_json()?;
    text.push('\n');
    Ok(text)
}

/// Gives every operation a name of its own, as OpenAPI asks for: handlers of different paths may be named alike.
pub fn name_operations(document: &mut utoipa::openapi::OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let words: Vec<&str> = path.split(['/', '{', '}']).filter(|word| !matches!(*word, "" | "api" | "v1")).collect();
        let operations = [
            ("get", &mut item.get),
            ("put", &mut item.put),
            ("post", &mut item.post),
            ("delete", &mut item.delete),
            ("patch", &mut item.patch),
            ("head", &mut item.head),
        ];
        for (method, operation) in operations {
            if let Some(operation) = operation {
                operation.operation_id = Some(format!("{method}_{}", words.join("_").replace(['-', '.'], "_")));
            }
        }
    }
}
