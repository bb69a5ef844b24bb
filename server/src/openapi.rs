//! The OpenAPI document, made from the code.

use utoipa::OpenApi;

/// What stands above the paths.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Mutoscope",
        description = "A self-hosted video platform: upload, watch, search.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    components(schemas(crate::error::Problem))
)]
pub struct Document;
