//! The search index of the platform, as configured.

use std::{path::PathBuf, sync::Arc};

use mutoscope_core::search::SearchBackend;
use mutoscope_index::{ElasticSearch, ElasticSettingsError, EmbeddedSearch};

use crate::config::{Config, SearchSettings};

/// The index, by kind: some things are done with one kind alone.
#[derive(Debug, Clone)]
pub enum SearchIndex {
    /// In this process; every process that searches has its own.
    Embedded(EmbeddedSearch),
    /// In a service; all processes share it.
    Service(ElasticSearch),
}

/// The index can't be opened.
#[derive(Debug, thiserror::Error)]
pub enum SearchIndexError {
    /// Its folder.
    #[error("the folder of the search index can't be used")]
    Folder(#[from] std::io::Error),
    /// The settings of the service.
    #[error("the settings of the search service can't be used")]
    Service(#[from] ElasticSettingsError),
}

impl SearchIndex {
    /// Opens it; a service is asked nothing yet.
    pub fn open(config: &Config) -> Result<Self, SearchIndexError> {
        Ok(match &config.search {
            SearchSettings::Embedded { .. } => Self::Embedded(EmbeddedSearch::open(Self::folder(config))?),
            SearchSettings::Service(settings) => {
                if settings.sends_password_in_the_clear() {
                    tracing::warn!("the password of the search service travels unencrypted: use an https address");
                }
                Self::Service(ElasticSearch::open(settings.clone())?)
            }
        })
    }

    /// Where the embedded index lies.
    pub fn folder(config: &Config) -> PathBuf {
        config.data.join("index")
    }

    /// What searches.
    pub fn backend(&self) -> Arc<dyn SearchBackend> {
        match self {
            Self::Embedded(search) => Arc::new(search.clone()),
            Self::Service(search) => Arc::new(search.clone()),
        }
    }
}
