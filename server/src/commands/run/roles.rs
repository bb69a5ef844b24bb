//! The tasks of a running platform, by role; each is joined at the end.

use std::{future::Future, time::Duration};

use mutoscope_core::{
    bus::{self, BusError, kafka::Relay, log::Sequencer},
    db::{Db, library},
    event::EVENT_TOPICS,
};
use mutoscope_index::{Consumer, Group, SEARCH, SEARCH_TOPICS, Snapshots};
use mutoscope_transcoder::{
    jail::{MediaProcess, MediaSettings, Sandbox},
    plan::{CarryOver, PlanSettings},
    worker::{Neighbours, Worker, WorkerSettings},
};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{
    app::App,
    config::{Config, SearchSettings},
    search_index::SearchIndex,
    sweeper,
};

/// The task that ends when the library went elsewhere.
pub const LIBRARY: &str = "library";

const LOOK_AFTER_LIBRARY: Duration = Duration::from_secs(2);

/// What runs.
#[derive(Debug, Default)]
pub struct Running {
    tasks: JoinSet<&'static str>,
}

impl Running {
    /// Starts what the configured roles need.
    pub fn start(&mut self, app: &App, sequencer: Sequencer) -> Result<(), BusError> {
        let stop = || app.stop.clone();
        let roles = app.config.roles;
        self.spawn("sequencer", sequencer.run(stop()));
        if let Some(replica) = app.replica.clone() {
            self.spawn("replica", replica.watch(app.db.clone(), stop()));
        }
        self.spawn(LIBRARY, watch_library(app.db.clone(), stop()));
        match &app.config.kafka {
            Some(settings) => {
                let owner = app.config.lease_owner("relay");
                let relay = Relay::new(&app.log, owner, settings.clone());
                self.spawn("relay", relay_events(app.clone(), relay));
            }
            None => self.spawn("relay", retire_relay(app.clone())),
        }
        self.spawn("keys", app.keys.clone().watch(stop()));
        self.spawn("sweeper", sweeper::run(app.clone(), sweeper::LOOK_EVERY, stop()));
        let consumer = || -> Result<Consumer, BusError> {
            Ok(Consumer::new(app.db.clone(), app.bus.follow()?, app.search.clone()))
        };
        match &app.search_index {
            // It belongs to the processes that search it: each feeds its own.
            SearchIndex::Embedded(search) if roles.api || roles.index => {
                let snapshots = Snapshots::new(app.db.clone(), app.store.clone(), search.clone());
                self.spawn("index", consumer()?.starting_from(snapshots.clone()).run(stop()));
                if roles.index
                    && let SearchSettings::Embedded { snapshot_every: Some(every) } = app.config.search
                {
                    self.spawn("snapshots", snapshots.run(every, stop()));
                }
            }
            // All feed the same: through Kafka each a share, else one at a time.
            SearchIndex::Service(search) if roles.index && app.config.kafka.is_some() => {
                let member = app.bus.join(SEARCH, &SEARCH_TOPICS)?;
                let group = Group::new(app.db.clone(), member, search.clone());
                self.spawn("index", group.run(stop()));
            }
            SearchIndex::Service(_) if roles.index => self.spawn("index", consumer()?.one_of_many().run(stop())),
            SearchIndex::Embedded(_) | SearchIndex::Service(_) => {}
        }
        if roles.transcode {
            self.spawn("transcode", transcode(app.clone()));
            if app.config.kafka.is_some() {
                let (member, bells) = (app.bus.join(bus::TRANSCODE, &EVENT_TOPICS)?, app.bells.clone());
                self.spawn("wake-ups", bus::take_in(app.db.clone(), member, move || bells.ring_wanted(), stop()));
            }
        }
        Ok(())
    }

    /// Runs a task that ends at the stop, and not before.
    pub fn spawn(&mut self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(async move {
            task.await;
            name
        });
    }

    /// The task that ends, or breaks down, before the stop.
    pub async fn first_to_end(&mut self) -> &'static str {
        match self.tasks.join_next().await {
            Some(Ok(name)) => name,
            Some(Err(error)) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a task broke down");
                "unknown"
            }
            None => std::future::pending().await,
        }
    }

    /// Waits for all, at most `within`; then leaves them behind.
    pub async fn end(&mut self, within: Duration) {
        let all = async {
            while let Some(ended) = self.tasks.join_next().await {
                match ended {
                    Ok(name) => tracing::debug!(role = name, "ended"),
                    Err(error) => tracing::error!(error = &error as &dyn std::error::Error, "a task broke down"),
                }
            }
        };
        if tokio::time::timeout(within, all).await.is_err() {
            tracing::warn!(tasks = self.tasks.len(), "some work did not end in time and is left behind");
            self.tasks.abort_all();
        }
    }
}

/// Ends where the library was moved elsewhere: nothing can be written here any more.
async fn watch_library(db: Db, stop: CancellationToken) {
    // Only an embedded library is moved while it runs.
    if !matches!(db, Db::Lite(_)) {
        return stop.cancelled().await;
    }
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(LOOK_AFTER_LIBRARY) => {}
        }
        match library::moved(&db).await {
            Ok(Some(_)) => return,
            Ok(None) => {}
            Err(error) => {
                tracing::debug!(error = &error as &dyn std::error::Error, "the library's marks can't be read now");
            }
        }
    }
}

/// What is wrong with Kafka is told at the start, by its name: a relay that can't send knows less of the reason.
async fn relay_events(app: App, relay: Relay) {
    if let Err(error) = app.bus.health().await {
        tracing::warn!(error = &error as &dyn std::error::Error, "events wait; everything else goes on");
    }
    relay.run(app.stop.clone()).await;
}

/// Where Kafka was given up, nothing is kept for its relay.
async fn retire_relay(app: App) {
    if let Err(error) = app.log.retire_relay().await {
        tracing::warn!(error = &error as &dyn std::error::Error, "events are kept for a relay that is no more");
    }
    app.stop.cancelled().await;
}

/// Media processes as they are set up.
pub fn media_process(config: &Config) -> MediaProcess {
    let sandbox = if config.sandbox { Sandbox::Required } else { Sandbox::Off };
    let verification = config.renditions.verification;
    MediaProcess::new(MediaSettings { sandbox, verification, ..MediaSettings::this_program() })
}

/// The role that makes films. Where it can't run the platform goes on without it: films wait, and the log says why.
async fn transcode(app: App) {
    let media = media_process(&app.config);
    let instance = app.config.instance.to_string();
    let owner = app.config.lease_owner("transcode");
    let renditions = &app.config.renditions;
    let plan = PlanSettings {
        ladder: renditions.ladder.clone(),
        codecs: renditions.codecs.clone(),
        carry_over: if renditions.carry_over { CarryOver::Also } else { CarryOver::Off },
        ..PlanSettings::default()
    };
    let settings = WorkerSettings {
        neighbours: Neighbours::of(&app.db),
        instance: Some(instance),
        plan,
        limits: app.config.films.clone(),
        ..WorkerSettings::new(owner)
    };
    let worker = Worker::new(app.db.clone(), app.store.clone(), media, app.bells.clone(), settings);
    // Through Kafka, who takes its wake-ups in rings the worker's bell.
    let log = app.config.kafka.is_none().then(|| app.log.clone());
    if let Err(error) = worker.run(log, app.stop.clone()).await {
        tracing::error!(
            error = &error as &dyn std::error::Error,
            "films can't be made on this system; everything else goes on"
        );
        app.stop.cancelled().await;
    }
}
