//! One span's way through the media process: demux, decode, scale, encode, package.

use std::sync::Arc;

use crate::{
    error::{MediaError, MediaErrorCode},
    jail::Channel,
    limits::Limits,
    plan::EncodePlan,
    span::{SpanRecord, SpanRequest},
};

pub fn make_span(
    _channel: &Arc<Channel>,
    _source_bytes: u64,
    _limits: &Limits,
    _plan: &EncodePlan,
    _request: &SpanRequest,
) -> Result<SpanRecord, MediaError> {
    Err(MediaErrorCode::Internal.into())
}

pub fn make_posters(
    _channel: &Arc<Channel>,
    _source_bytes: u64,
    _limits: &Limits,
    _plan: &EncodePlan,
) -> Result<(), MediaError> {
    Err(MediaErrorCode::Internal.into())
}
