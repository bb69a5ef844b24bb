//! `POST auth/register`: a new account, signed in.

use axum::{
    extract::State,
    http::{StatusCode, request::Parts},
    response::Response,
};
use mutoscope_core::{
    account::{EmailAddress, Password, Username},
    db::{
        DbError,
        users::{self, Admission, NewUser, Registered},
    },
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::{
        credentials, random,
        session::{self, Device, SignedIn},
    },
    config::Registration,
    error::{ApiError, ApiResult, Code, Problem},
    extract::ApiJson,
    middleware::peer::Peer,
};

/// A new account.
#[derive(Deserialize, ToSchema)]
#[schema(as = Registration)]
pub struct Request {
    /// 3 to 30 letters a to z, digits, and `. _ -` between them; unique whatever its case.
    #[schema(example = "ada")]
    username: String,
    /// Unique whatever its case.
    #[schema(example = "ada@example.org")]
    email: String,
    /// 8 to 256 characters.
    password: String,
    /// The code of an invitation, where one is needed.
    invitation: Option<String>,
}

/// Make an account and sign in to it. The first account of a platform is its administrator.
#[utoipa::path(
    post,
    path = "/auth/register",
    tag = "accounts",
    request_body = Request,
    params(("X-Mutoscope-Session" = Option<String>, Header, description = "`cookie`: the session travels as cookies")),
    responses(
        (status = 201, body = SignedIn),
        (status = 403, body = Problem, description = "`registration_closed`, `invitation_needed`, `invitation_invalid`"),
        (status = 409, body = Problem, description = "`username_taken`, `email_taken`"),
        (status = 422, body = Problem, description = "`invalid_field`"),
        (status = 429, body = Problem, description = "`too_many_requests`"),
    )
)]
pub async fn register(State(app): State<App>, parts: Parts, ApiJson(request): ApiJson<Request>) -> ApiResult<Response> {
    credentials::demand_own_page_for_cookies(&parts, &app)?;
    let peer = Peer::of(&parts.extensions);
    app.throttle.registration(peer.address).await?;

    let username =
        Username::parse(&request.username).map_err(|error| ApiError::invalid("username", error.to_string()))?;
    let email = EmailAddress::parse(&request.email).map_err(|error| ApiError::invalid("email", error.to_string()))?;
    let password =
        Password::parse(&request.password).map_err(|error| ApiError::invalid("password", error.to_string()))?;
    let invitation = request.invitation.as_deref().map(str::trim).filter(|code| !code.is_empty());
    let code = invitation.map(random::fingerprint);
    let admission = match (app.config.accounts.registration, &code) {
        (Registration::Open, _) => Admission::Open,
        (Registration::Invite, Some(code)) => Admission::Invitation(code),
        (Registration::Invite | Registration::Closed, _) => Admission::FirstOnly,
    };
    // The costly hash is not for those who can't come in anyway.
    if matches!(admission, Admission::FirstOnly) && !users::is_empty(&app.db).await? {
        return Err(not_admitted(&app));
    }

    let password_hash = app.passwords.hash(password).await?;
    let new = NewUser { username: &username, email: &email, password_hash: &password_hash };
    match users::register(&app.db, &new, admission).await.map_err(taken)? {
        Registered::Done(user) => {
            tracing::info!(user.id = %user.id, user.role = ?user.role, "an account was made");
            let device = Device::of(&parts.headers, peer);
            let opened = session::begin(&app, *user, &device).await?;
            Ok(opened.into_answer(StatusCode::CREATED))
        }
        Registered::InvitationInvalid => Err(ApiError::new(
            Code::InvitationInvalid,
            "this invitation is used, revoked, out of date or mistyped; ask for a new one",
        )
        .with_field("invitation")),
        Registered::NotAdmitted => Err(not_admitted(&app)),
    }
}

fn not_admitted(app: &App) -> ApiError {
    match app.config.accounts.registration {
        Registration::Invite => ApiError::new(
            Code::InvitationNeeded,
            "an invitation is needed to register here; ask an administrator for one",
        )
        .with_field("invitation"),
        Registration::Open | Registration::Closed => ApiError::new(
            Code::RegistrationClosed,
            "nobody can register here by themselves; ask an administrator for an account",
        ),
    }
}

fn taken(error: DbError) -> ApiError {
    match &error {
        DbError::Taken { constraint } if constraint == "users_username_key" => {
            ApiError::new(Code::UsernameTaken, "someone here has this user name already; choose another")
                .with_field("username")
        }
        DbError::Taken { constraint } if constraint == "users_email_key" => {
            ApiError::new(Code::EmailTaken, "an account with this e-mail address is here already; sign in to it")
                .with_field("email")
        }
        _ => error.into(),
    }
}
