//! libav behind safe types. Only the media process runs it.

use std::sync::Arc;

use crate::{error::MediaError, jail::Channel};

pub fn init(_channel: &Arc<Channel>) -> Result<String, MediaError> {
    Ok(String::new())
}
