//! `mutoscope admin doctor`: what is wrong with a deployment, and what to do.

use std::process::ExitCode;

use crate::{
    commands::{
        exit::{Exit, LastWords},
        platform::{PlatformArgs, start_log},
    },
    config::LogSettings,
    doctor::{self, Finding, Level},
};

/// Looks a deployment over with the settings of this machine: database, storage, upload links, media processes, clock, disks, the
/// public address. Nothing is changed. It ends with 4 where something does not work.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  mutoscope admin doctor --data /srv/mutoscope
  docker compose exec api-1 mutoscope admin doctor")]
pub struct DoctorArgs {
    #[command(flatten)]
    pub platform: PlatformArgs,
}

pub(super) async fn run(args: &DoctorArgs) -> ExitCode {
    let json = args.platform.json;
    let config = match args.platform.place.settings(Vec::new()) {
        Ok(config) => config,
        Err(words) => return words.say(json),
    };
    // What a check finds it tells; what else is said meanwhile would stand between.
    start_log(&LogSettings { level: "off".to_owned(), ..config.log.clone() });
    let findings = doctor::examine(&config).await;
    for finding in &findings {
        tell(finding, json);
    }
    let wrong = findings.iter().filter(|finding| finding.level == Level::Wrong).count();
    if wrong == 0 {
        return Exit::Done.into();
    }
    let plural = if wrong == 1 { "thing does" } else { "things do" };
    let message = format!("{wrong} {plural} not work");
    LastWords { code: "unhealthy".to_owned(), message, exit: Exit::Storage }.say(json)
}

fn tell(finding: &Finding, json: bool) {
    match serde_json::to_string(finding) {
        Ok(line) if json => println!("{line}"),
        _ => {
            let sign = match finding.level {
                Level::Good => "ok      ",
                Level::Skipped => "-       ",
                Level::Doubtful => "doubtful",
                Level::Wrong => "WRONG   ",
            };
            println!("{sign}  {}: {}", finding.check, finding.found);
            if let Some(advice) = &finding.advice {
                println!("          {advice}");
            }
        }
    }
}
