//! `mutoscope admin user`: accounts, by name.

use std::{io::BufRead, path::PathBuf};

use clap::Subcommand;
use mutoscope_core::{
    account::{EmailAddress, Password, Role, Username, login_key},
    db::{
        Db, DbError,
        users::{self, Admission, NewUser, Registered, Restrained, User},
    },
};
use serde_json::json;

use super::Done;
use crate::{
    auth::{password::PasswordHashers, random},
    commands::{
        exit::{Exit, LastWords},
        platform::{PlatformArgs, with_causes},
    },
    config::parse_bytes,
};

#[derive(Debug, Subcommand)]
pub enum UserCommand {
    /// Make an account. Without a password given, one is made and shown.
    Create {
        /// 3 to 30 letters a to z, digits, and . _ - between them.
        name: String,
        /// The e-mail address [default: NAME@localhost]
        #[arg(long)]
        email: Option<String>,
        /// Make an administrator. The first account of a platform is one in any case.
        #[arg(long)]
        admin: bool,
        #[command(flatten)]
        password: PasswordArgs,
        #[command(flatten)]
        platform: PlatformArgs,
    },
    /// Block an account: it is signed out everywhere, and its videos are out of sight.
    Block(Named),
    /// Lift a block.
    Unblock(Named),
    /// Set a new password. Without one given, one is made and shown. The account is signed out everywhere.
    Password {
        #[command(flatten)]
        named: Named,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Set how much an account may store.
    Quota {
        #[command(flatten)]
        named: Named,
        /// As 500MB, 20GiB or a number of bytes; `default` for what the settings say.
        size: String,
    },
    /// Make someone an administrator, or a member again.
    Role {
        #[command(flatten)]
        named: Named,
        /// admin or member.
        #[arg(value_parser = ["admin", "member"])]
        role: String,
    },
}

/// Whose account.
#[derive(Debug, clap::Args)]
pub struct Named {
    /// User name or e-mail address.
    name: String,
    #[command(flatten)]
    platform: PlatformArgs,
}

/// A password is never an argument: every process of the machine can read those.
#[derive(Debug, clap::Args)]
pub struct PasswordArgs {
    /// Read the password from the first line of standard input.
    #[arg(long, conflicts_with = "password_file")]
    password_stdin: bool,
    /// Read the password from the first line of a file.
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl UserCommand {
    pub(super) fn platform(&self) -> &PlatformArgs {
        match self {
            Self::Create { platform, .. } => platform,
            Self::Block(named)
            | Self::Unblock(named)
            | Self::Password { named, .. }
            | Self::Quota { named, .. }
            | Self::Role { named, .. } => &named.platform,
        }
    }
}

pub(super) async fn run(command: &UserCommand) -> Result<Done, LastWords> {
    // What is wrong with the arguments is told before a database is made.
    let size = match command {
        UserCommand::Quota { size, .. } => Some(quota(size)?),
        _ => None,
    };
    let (_, db) = command.platform().place.open_database().await?;
    let done = match command {
        UserCommand::Create { name, email, admin, password, .. } => {
            create(&db, name, email.as_deref(), *admin, password).await?
        }
        UserCommand::Block(named) => {
            let user = find(&db, &named.name).await?;
            restrained(users::block(&db, user.id).await?)?;
            done(&user, "user_blocked", "is blocked")
        }
        UserCommand::Unblock(named) => {
            let user = find(&db, &named.name).await?;
            users::unblock(&db, user.id).await?;
            done(&user, "user_unblocked", "can be used again")
        }
        UserCommand::Password { named, password } => set_password(&db, &named.name, password).await?,
        UserCommand::Quota { named, .. } => {
            let user = find(&db, &named.name).await?;
            users::set_quota(&db, user.id, size.flatten()).await?;
            done(&user, "quota_set", "has a new quota")
        }
        UserCommand::Role { named, role } => {
            let user = find(&db, &named.name).await?;
            let role_ = if role == "admin" { Role::Admin } else { Role::Member };
            restrained(users::set_role(&db, user.id, role_).await?)?;
            done(&user, "role_set", &format!("is now: {role}"))
        }
    };
    db.close().await;
    Ok(done)
}

async fn create(
    db: &Db,
    name: &str,
    email: Option<&str>,
    admin: bool,
    password: &PasswordArgs,
) -> Result<Done, LastWords> {
    let username = Username::parse(name).map_err(|error| refused("username", error.to_string()))?;
    let email = email.map_or_else(|| format!("{}@localhost", username.key()), str::to_owned);
    let email = EmailAddress::parse(&email).map_err(|error| refused("email", error.to_string()))?;
    let (password, shown) = choose(password)?;
    let password_hash = hash(password).await?;
    let new = NewUser { username: &username, email: &email, password_hash: &password_hash };
    let role = if admin { Role::Admin } else { Role::Member };
    let user = match users::register(db, &new, Admission::ByOperator(role)).await {
        Ok(Registered::Done(user)) => user,
        Ok(Registered::InvitationInvalid | Registered::NotAdmitted) => {
            return Err(refused("not_admitted", "the account was not made".to_owned()));
        }
        Err(DbError::Taken { constraint }) if constraint == "users_username_key" => {
            return Err(refused("username_taken", format!("there is an account named {name} already")));
        }
        Err(DbError::Taken { .. }) => {
            return Err(refused("email_taken", "an account has this e-mail address already".to_owned()));
        }
        Err(error) => return Err(error.into()),
    };
    let mut sentence = format!("Made the account {} ({}).", user.username, role_name(user.role));
    if let Some(shown) = &shown {
        sentence.push_str(&format!("\nIts password, shown once: {shown}"));
    }
    Ok(Done {
        sentence,
        event: json!({
            "event": "user_created", "id": user.id, "username": user.username, "role": user.role, "password": shown,
        }),
    })
}

async fn set_password(db: &Db, name: &str, password: &PasswordArgs) -> Result<Done, LastWords> {
    let user = find(db, name).await?;
    let (password, shown) = choose(password)?;
    users::reset_password(db, user.id, &hash(password).await?).await?;
    let mut sentence = format!("{} has a new password and is signed out everywhere.", user.username);
    if let Some(shown) = &shown {
        sentence.push_str(&format!("\nThe password, shown once: {shown}"));
    }
    Ok(Done { sentence, event: json!({"event": "password_set", "username": user.username, "password": shown}) })
}

async fn find(db: &Db, name: &str) -> Result<User, LastWords> {
    let found = users::find_credentials(db, &login_key(name)).await?;
    found.map(|found| found.user).ok_or_else(|| refused("not_found", format!("there is no account named {name}")))
}

/// The password that was given, or a new one to be shown.
fn choose(args: &PasswordArgs) -> Result<(Password, Option<String>), LastWords> {
    let unread = |error: std::io::Error| LastWords {
        code: "password_unreadable".to_owned(),
        message: format!("the password can't be read: {error}"),
        exit: Exit::Usage,
    };
    let given = if args.password_stdin {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map_err(unread)?;
        Some(line)
    } else if let Some(path) = &args.password_file {
        Some(std::fs::read_to_string(path).map_err(unread)?)
    } else {
        None
    };
    let (text, shown) = match given {
        Some(text) => (text.lines().next().unwrap_or("").to_owned(), None),
        None => {
            let made = random::one_time_password().map_err(|error| internal(&error))?;
            (made.clone(), Some(made))
        }
    };
    let password = Password::parse(&text).map_err(|error| refused("password", error.to_string()))?;
    Ok((password, shown))
}

async fn hash(password: Password) -> Result<String, LastWords> {
    let hashers = PasswordHashers::new().map_err(|error| internal(&error))?;
    hashers.hash(password).await.map_err(|error| internal(&error))
}

fn quota(text: &str) -> Result<Option<i64>, LastWords> {
    if text == "default" {
        return Ok(None);
    }
    let bytes =
        parse_bytes(text).map_err(|message| LastWords { code: "usage".to_owned(), message, exit: Exit::Usage })?;
    Ok(Some(i64::try_from(bytes).unwrap_or(i64::MAX)))
}

fn restrained(outcome: Restrained) -> Result<(), LastWords> {
    match outcome {
        Restrained::Done => Ok(()),
        Restrained::LastAdministrator => Err(refused(
            "last_administrator",
            "this is the only administrator who can sign in; make someone else one first".to_owned(),
        )),
    }
}

fn done(user: &User, event: &str, what: &str) -> Done {
    Done {
        sentence: format!("The account {} {what}.", user.username),
        event: json!({"event": event, "id": user.id, "username": user.username}),
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Admin => "administrator",
        Role::Member => "member",
    }
}

fn refused(code: &str, message: String) -> LastWords {
    LastWords { code: code.to_owned(), message, exit: Exit::Refused }
}

fn internal(error: &dyn std::error::Error) -> LastWords {
    LastWords { code: "internal".to_owned(), message: with_causes(error), exit: Exit::Internal }
}
