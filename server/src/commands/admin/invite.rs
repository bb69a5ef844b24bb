//! `mutoscope admin invite`: a right to register.

use std::time::Duration;

use mutoscope_core::{db::invitations, time::UnixMs};
use serde_json::json;

use super::Done;
use crate::{
    auth::random,
    commands::{
        exit::{Exit, LastWords},
        platform::PlatformArgs,
    },
};

/// Makes an invitation: whoever has its code may register once, also where registration is by invitation.
#[derive(Debug, clap::Args)]
pub struct InviteArgs {
    #[command(flatten)]
    pub platform: PlatformArgs,
    /// Whom it is for; seen by administrators alone.
    #[arg(long, default_value = "")]
    note: String,
    /// How many days it is good.
    #[arg(long, default_value_t = 7, value_parser = clap::value_parser!(u64).range(1..=365))]
    days: u64,
}

pub(super) async fn run(args: &InviteArgs) -> Result<Done, LastWords> {
    let (_, db) = args.platform.place.open_database().await?;
    let code = random::secret().map_err(|error| LastWords {
        code: "internal".to_owned(),
        message: error.to_string(),
        exit: Exit::Internal,
    })?;
    let expires_at = UnixMs::now().plus(Duration::from_secs(args.days * 24 * 3600));
    let made = invitations::create(&db, &random::fingerprint(&code), &args.note, None, expires_at).await?;
    db.close().await;
    Ok(Done {
        sentence: format!("Invitation code, good once until {expires_at}:\n{code}"),
        event: json!({"event": "invitation_made", "id": made.id, "code": code, "expires_at": expires_at}),
    })
}
