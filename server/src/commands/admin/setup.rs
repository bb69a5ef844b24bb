//! `mutoscope admin setup`: makes what the services need and do not have. Done twice, it is done once.

use mutoscope_core::{bus::kafka, db::Db};
use serde_json::json;

use super::Done;
use crate::{
    app::OpenError,
    commands::{exit::LastWords, platform::PlatformArgs},
    config::{Config, DataFolder, SearchSettings},
    search_index::SearchIndex,
};

/// What was made, or was there.
struct Part {
    service: &'static str,
    name: String,
    is_new: bool,
}

pub(super) async fn run(platform: &PlatformArgs) -> Result<Done, LastWords> {
    let config = platform.place.settings_and_log()?;
    let mut parts = topics(&config).await?;
    parts.extend(search_index(&config).await?);
    let sentence = match &parts[..] {
        [] => "There is nothing to set up: this platform uses no service that needs it.".to_owned(),
        parts => {
            let lines: Vec<String> = parts
                .iter()
                .map(|part| {
                    format!("{} {}: {}", part.service, part.name, if part.is_new { "made" } else { "was there" })
                })
                .collect();
            lines.join("\n")
        }
    };
    let parts: Vec<_> =
        parts.iter().map(|part| json!({"service": part.service, "name": part.name, "new": part.is_new})).collect();
    Ok(Done { sentence, event: json!({"event": "set_up", "parts": parts}) })
}

async fn topics(config: &Config) -> Result<Vec<Part>, LastWords> {
    let Some(settings) = &config.kafka else { return Ok(Vec::new()) };
    let made = kafka::make_topics(settings).await?;
    Ok(made.into_iter().map(|topic| Part { service: "kafka topic", name: topic.name, is_new: topic.is_new }).collect())
}

/// An index in a service is made with what the database holds. An embedded one is made by whoever searches it.
async fn search_index(config: &Config) -> Result<Option<Part>, LastWords> {
    let SearchSettings::Service(settings) = &config.search else { return Ok(None) };
    let backend = SearchIndex::open(config).map_err(OpenError::from)?.backend();
    DataFolder::prepare(config)?;
    let db = Db::open(&config.database).await?;
    let made = mutoscope_index::set_up(&db, backend.as_ref()).await?;
    db.close().await;
    Ok(Some(Part { service: "search index", name: settings.index.clone(), is_new: made.is_some() }))
}
