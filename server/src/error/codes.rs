//! Every code that a failed answer may carry, with its status and title; `schema/errors.json` is made from this table.

use axum::http::StatusCode;

macro_rules! codes {
    ($($variant:ident = $code:literal, $status:ident, $title:literal;)+) => {
        /// A stable code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $(#[doc = $title] $variant,)+
        }

        impl Code {
            /// All of them, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// As it stands in `code`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            /// The status that goes with it.
            pub const fn status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status),+ }
            }

            /// What it means, in words that fit every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),+ }
            }
        }
    };
}

codes! {
    // Any request.
    InvalidRequest = "invalid_request", BAD_REQUEST, "the request can't be read";
    InvalidField = "invalid_field", UNPROCESSABLE_ENTITY, "a field of the request is not acceptable";
    UnsupportedMediaType = "unsupported_media_type", UNSUPPORTED_MEDIA_TYPE, "the body must be JSON";
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE, "the body is too large";
    NotFound = "not_found", NOT_FOUND, "there is nothing here";
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED, "this address does not take this method";
    Conflict = "conflict", CONFLICT, "it was changed by someone else meanwhile";
    TimedOut = "timed_out", SERVICE_UNAVAILABLE, "the answer took too long";
    Unavailable = "unavailable", SERVICE_UNAVAILABLE, "a part of the platform does not answer now; try again soon";
    StorageFull = "storage_full", INSUFFICIENT_STORAGE, "there is no room left on our side; the operator has to make some";
    Internal = "internal", INTERNAL_SERVER_ERROR, "something went wrong on our side; the log knows this request by its id";

    // Who is asking.
    NotSignedIn = "not_signed_in", UNAUTHORIZED, "sign in first";
    InvalidToken = "invalid_token", UNAUTHORIZED, "the access token is not valid, or its time is over";
    InvalidRefreshToken = "invalid_refresh_token", UNAUTHORIZED, "the session is over; sign in again";
    WrongCredentials = "wrong_credentials", UNAUTHORIZED, "no account has this name and password";
    WrongPassword = "wrong_password", FORBIDDEN, "the current password is not right";
    AccountBlocked = "account_blocked", FORBIDDEN, "this account is blocked";
    AdministratorsOnly = "administrators_only", FORBIDDEN, "only administrators may do this";
    CrossSite = "cross_site", FORBIDDEN, "the request did not come from this site's own pages";
    TooManyRequests = "too_many_requests", TOO_MANY_REQUESTS, "too many tries; wait before the next one";

    // Accounts.
    UsernameTaken = "username_taken", CONFLICT, "this user name is taken";
    EmailTaken = "email_taken", CONFLICT, "this e-mail address is in use";
    RegistrationClosed = "registration_closed", FORBIDDEN, "nobody can register here";
    InvitationNeeded = "invitation_needed", FORBIDDEN, "an invitation is needed to register here";
    InvitationInvalid = "invitation_invalid", FORBIDDEN, "the invitation is used, revoked, out of date or wrong";
    LastAdministrator = "last_administrator", CONFLICT, "a platform needs an administrator; make someone else one first";

    // Uploads.
    EmptyFile = "empty_file", UNPROCESSABLE_ENTITY, "the file is empty";
    FileTooLarge = "file_too_large", PAYLOAD_TOO_LARGE, "the file is larger than this platform takes";
    QuotaExceeded = "quota_exceeded", FORBIDDEN, "there is not enough room left for this file";
    TooManyUploads = "too_many_uploads", TOO_MANY_REQUESTS, "too many uploads are unfinished";
    UploadClosed = "upload_closed", CONFLICT, "the upload is complete already";
    LinkInvalid = "link_invalid", FORBIDDEN, "the link was not made by this platform, or was changed";
    LinkExpired = "link_expired", FORBIDDEN, "the link's time is over";
    LinkReplaced = "link_replaced", CONFLICT, "the part was promised with another content since";
    PartAltered = "part_altered", UNPROCESSABLE_ENTITY, "the part's bytes are not those that were promised";
    PartTooLarge = "part_too_large", PAYLOAD_TOO_LARGE, "the part is longer than it must be";
    PartTooShort = "part_too_short", UNPROCESSABLE_ENTITY, "the part is shorter than it must be";
    PartBroken = "part_broken", BAD_REQUEST, "the part did not arrive whole";
    PartChangedTooOften = "part_changed_too_often", CONFLICT, "the part was promised with other contents too often";
    PartsMissing = "parts_missing", CONFLICT, "parts of the file are not there yet";

    // Videos and search.
    InvalidCursor = "invalid_cursor", BAD_REQUEST, "the cursor was not given by this list";
    NotFailed = "not_failed", CONFLICT, "the video has not failed";
    NotMadeYet = "not_made_yet", SERVICE_UNAVAILABLE, "this file is still being made; try again soon";
    RangeNotSatisfiable = "range_not_satisfiable", RANGE_NOT_SATISFIABLE, "the range lies outside of what is here";
    SearchBusy = "search_busy", CONFLICT, "the search index is being rebuilt";
    SearchUnavailable = "search_unavailable", SERVICE_UNAVAILABLE, "search can't answer right now; try again in a moment";
}
