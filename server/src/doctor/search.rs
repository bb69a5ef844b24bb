//! Search, where a service does it: it answers, and has our index.

use mutoscope_core::search::SearchBackend;
use mutoscope_index::ElasticSearch;

use super::Finding;
use crate::{
    commands::platform::with_causes,
    config::{Config, SearchSettings},
};

const ADVICE: &str = "see whether search.url is reachable from here, user, password and authority are right, and the index is made: \
    mutoscope admin setup";

pub(super) async fn check(config: &Config) -> Vec<Finding> {
    let SearchSettings::Service(settings) = &config.search else {
        return vec![Finding::skipped("each api role has an index of its own")];
    };
    let search = match ElasticSearch::open(settings.clone()) {
        Ok(search) => search,
        Err(error) => return vec![Finding::wrong(with_causes(&error), ADVICE)],
    };
    vec![match search.health().await {
        Ok(health) => Finding::good(format!("it answers, with {} videos", health.documents)),
        Err(error) => Finding::wrong(with_causes(&error), ADVICE),
    }]
}
