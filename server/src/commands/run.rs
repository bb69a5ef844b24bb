//! `mutoscope run`: the platform, all of it or some roles.

mod roles;
mod signals;

pub(crate) use roles::media_process;

use std::{process::ExitCode, time::Duration};

use mutoscope_core::db::{DbError, leases, library};
use mutoscope_transcoder::error::MediaErrorCode;
use tokio_util::sync::CancellationToken;

use super::{
    exit::{Exit, LastWords},
    platform::{PlatformArgs, start_log_and_traces, with_causes},
};
use crate::{
    app::App,
    config::{Config, DataFolder},
    listener::{Listener, Tls},
    router,
    telemetry::Traces,
};

/// Everything has ended by then, or is left behind.
const STOP_WITHIN: Duration = Duration::from_secs(9);

/// Runs the platform: web app, API, transcoder and search, in one process or in roles.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  mutoscope run
  mutoscope run --data /srv/mutoscope --listen 0.0.0.0:8080
  mutoscope run --config mutoscope.toml --roles api,index
  MUTOSCOPE_REGISTRATION=invite mutoscope run

It stops gracefully within 10 s on SIGTERM or Ctrl-C, and at once on the second.")]
pub struct RunArgs {
    #[command(flatten)]
    platform: PlatformArgs,
    /// Address and port to serve on [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    listen: Option<String>,
    /// What this process does: api, transcode, index [default: all]
    #[arg(long, value_name = "LIST")]
    roles: Option<String>,
    /// Read films without a sandbox, for systems that have no seccomp. A hostile film can then do what you can.
    #[arg(long)]
    no_sandbox: bool,
}

/// Runs the command.
pub async fn run(args: RunArgs) -> ExitCode {
    match serve(&args).await {
        Ok(exit) => exit.into(),
        Err(words) => words.say(args.platform.json),
    }
}

async fn serve(args: &RunArgs) -> Result<Exit, LastWords> {
    let mut config = args.platform.place.settings(flags(args))?;
    let traces = config.telemetry.as_ref().map(Traces::open).transpose().map_err(|error| LastWords {
        code: "telemetry".to_owned(),
        message: format!("telemetry.otlp_endpoint can't be used: {}", with_causes(&error)),
        exit: Exit::Usage,
    })?;
    start_log_and_traces(&config.log, traces.as_ref());
    DataFolder::prepare(&config)?;
    let lock = DataFolder::lock(&config.data)?;
    config.instance = lock.instance();
    let stop = CancellationToken::new();
    // Before anything is opened, so that a signal at any moment finds an ear.
    let second_signal = signals::listen(stop.clone()).map_err(|error| internal(&error))?;

    refuse_absent_encoders(&config).await?;
    // Taken early: an address in use is told before anything else is done.
    // Without the role api health and measures are all that is served, and only where an address is set for that.
    let serves = config.roles.api || config.network.listen_is_set;
    let listener = if serves { Some(bind(&config).await?) } else { None };
    let (mut app, sequencer) = App::open(config).await?;
    app.stop = stop.clone();
    leases::end_left_by(&app.db, &app.config.instance.to_string()).await?;

    let mut roles = roles::Running::default();
    roles.start(&app, sequencer)?;
    if let Some(listener) = listener {
        announce(&app, &listener, args.platform.json);
        if let Some(tls) = listener.tls().cloned() {
            roles.spawn("certificate", tls.watch(stop.clone()));
        }
        let service = if app.config.roles.api { router::service(app.clone()) } else { router::operation(app.clone()) };
        roles.spawn("http", listener.serve(service, stop.clone()));
    }

    let ended = tokio::select! {
        // In this order: after a signal parts end because they were told to, which is no fault of theirs.
        biased;
        () = stop.cancelled() => None,
        name = roles.first_to_end() => Some(name),
    };
    if let Some(name) = ended {
        tracing::error!(role = name, "a part of the platform has ended; the rest stops too");
        stop.cancel();
    }
    tracing::info!("stopping");
    let exit = tokio::select! {
        () = roles.end(STOP_WITHIN) => if ended.is_some() { Exit::Internal } else { Exit::Done },
        () = second_signal.cancelled() => return Ok(Exit::Interrupted),
    };
    let moved = match ended {
        Some(roles::LIBRARY) => library::moved(&app.db).await?,
        _ => None,
    };
    app.db.close().await;
    if let Some(traces) = traces {
        traces.close().await;
    }
    tracing::info!("stopped");
    match moved {
        Some(place) => Err(DbError::Moved(place).into()),
        None => Ok(exit),
    }
}

/// A codec that is set and that nothing here can encode is told at once, not with each film. H.264 is not asked after: without
/// it no media process starts.
async fn refuse_absent_encoders(config: &Config) -> Result<(), LastWords> {
    let wanted = &config.renditions.codecs;
    if !config.roles.transcode || wanted.len() < 2 {
        return Ok(());
    }
    // Where no media process can be started, the role says why.
    let Ok(there) = roles::media_process(config).encoders().await else { return Ok(()) };
    let absent: Vec<&str> = wanted.difference(&there).map(|codec| codec.as_str()).collect();
    if absent.is_empty() {
        return Ok(());
    }
    Err(LastWords {
        code: MediaErrorCode::EncoderMissing.as_str().to_owned(),
        message: format!("codecs: this machine's libav has no encoder for {}", absent.join(" and ")),
        exit: Exit::Usage,
    })
}

fn flags(args: &RunArgs) -> Vec<(&'static str, &'static str, String)> {
    let mut flags = Vec::new();
    if let Some(listen) = &args.listen {
        flags.push(("listen", "--listen", listen.clone()));
    }
    if let Some(roles) = &args.roles {
        flags.push(("roles", "--roles", roles.clone()));
    }
    if args.no_sandbox {
        flags.push(("sandbox", "--no-sandbox", "false".to_owned()));
    }
    flags
}

async fn bind(config: &Config) -> Result<Listener, LastWords> {
    let tls = config.network.tls.clone().map(Tls::open).transpose().map_err(|error| LastWords {
        code: "tls".to_owned(),
        message: with_causes(&error),
        exit: Exit::Usage,
    })?;
    let address = config.network.listen;
    Listener::bind(address, tls).await.map_err(|error| LastWords {
        code: "address_unusable".to_owned(),
        message: format!("{address} can't be served: {error}; choose another with --listen"),
        exit: Exit::Usage,
    })
}

fn announce(app: &App, listener: &Listener, json: bool) {
    let scheme = if listener.is_tls() { "https" } else { "http" };
    let address = listener.address();
    let url = match &app.config.network.public_url {
        Some(url) => url.as_str().trim_end_matches('/').to_owned(),
        None => format!("{scheme}://{address}"),
    };
    if json {
        println!("{}", serde_json::json!({"event": "ready", "url": url, "listen": address}));
    } else if !app.config.roles.api {
        println!("Health and measures are at {scheme}://{address}");
    } else {
        println!("Mutoscope is at {url}");
        println!("Data is in {}", app.config.data.display());
    }
    let is_private = !app.config.roles.api
        || listener.is_tls()
        || address.ip().is_loopback()
        || !app.config.network.trusted_proxies.is_empty();
    if !is_private {
        tracing::warn!(
            "passwords and films travel unencrypted: set tls.cert and tls.key, or trusted_proxies for the proxy that \
             speaks TLS for this server"
        );
    }
    if !app.config.sandbox {
        tracing::warn!("films are read WITHOUT a sandbox (--no-sandbox): a hostile one can do what this process can");
    }
}

fn internal(error: &dyn std::error::Error) -> LastWords {
    LastWords { code: "internal".to_owned(), message: with_causes(error), exit: Exit::Internal }
}
