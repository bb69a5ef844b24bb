//! Access tokens: JWTs (RFC 7519, RFC 9068 for `typ`) that name a session and are good for minutes.

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use mutoscope_core::{
    id::{SessionId, UserId},
    time::UnixMs,
};
use serde::{Deserialize, Serialize};

use super::keys::{KeySet, Purpose};

/// The one algorithm we sign with and accept.
const ALGORITHM: Algorithm = Algorithm::HS256;
const TYPE: &str = "at+jwt";
const ISSUER: &str = "mutoscope";
const AUDIENCE: &str = "mutoscope-api";
/// Longer texts are not looked at.
const MAX_CHARS: usize = 1024;

/// The token is not ours, not for us, or out of date. Which of them is nobody's business.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the access token is not valid")]
pub struct InvalidToken;

/// A token could not be made.
#[derive(Debug, thiserror::Error)]
#[error("an access token can't be made")]
pub struct CannotSign(#[from] jsonwebtoken::errors::Error);

/// What a token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Who.
    pub user_id: UserId,
    /// On which session.
    pub session_id: SessionId,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: UserId,
    sid: SessionId,
    iat: i64,
    exp: i64,
}

/// A token for `access`, good for `lifetime` from now.
pub fn issue(keys: &KeySet, access: Access, lifetime: Duration) -> Result<String, CannotSign> {
    let (id, secret) = keys.sign_with(Purpose::AccessToken);
    let mut header = Header::new(ALGORITHM);
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(id.to_owned());
    let now = UnixMs::now();
    let claims = Claims {
        iss: ISSUER.to_owned(),
        aud: AUDIENCE.to_owned(),
        sub: access.user_id,
        sid: access.session_id,
        iat: now.0 / 1000,
        exp: now.plus(lifetime).0 / 1000,
    };
    Ok(jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&secret))?)
}

/// What the token says, where one of our valid keys has signed it for us and its time is not over.
pub fn verify(keys: &KeySet, token: &str) -> Result<Access, InvalidToken> {
    if token.len() > MAX_CHARS {
        return Err(InvalidToken);
    }
    let header = jsonwebtoken::decode_header(token).map_err(|_| InvalidToken)?;
    if header.alg != ALGORITHM || header.typ.as_deref() != Some(TYPE) {
        return Err(InvalidToken);
    }
    let id = header.kid.ok_or(InvalidToken)?;
    let secret = keys.verify_with(&id, Purpose::AccessToken).ok_or(InvalidToken)?;
    let mut validation = Validation::new(ALGORITHM);
    validation.leeway = 0;
    validation.set_audience(&[AUDIENCE]);
    validation.set_issuer(&[ISSUER]);
    validation.set_required_spec_claims(&["exp", "aud", "iss", "sub"]);
    let claims = jsonwebtoken::decode::<Claims>(token, &DecodingKey::from_secret(&secret), &validation)
        .map_err(|_| InvalidToken)?
        .claims;
    Ok(Access { user_id: claims.sub, session_id: claims.sid })
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
    use serde_json::{Value, json};

    use super::*;
    use crate::auth::keys::SigningKeys;

    fn keys() -> std::sync::Arc<KeySet> {
        let folder = tempfile::tempdir().unwrap();
        SigningKeys::open(folder.path().join("signing.json")).unwrap().current()
    }

    fn access() -> Access {
        Access { user_id: UserId::new(), session_id: SessionId::new() }
    }

    fn claims() -> Value {
        let now = UnixMs::now().0 / 1000;
        json!({
            "iss": ISSUER, "aud": AUDIENCE, "sub": UserId::new(), "sid": SessionId::new(), "iat": now, "exp": now + 60,
        })
    }

    /// A token signed with our own key, so that only what was changed can be what is refused.
    fn forged(keys: &KeySet, change: impl FnOnce(&mut Header, &mut Value)) -> String {
        let (id, secret) = keys.sign_with(Purpose::AccessToken);
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(id.to_owned());
        let mut claims = claims();
        change(&mut header, &mut claims);
        jsonwebtoken::encode(&header, &claims, &EncodingKey::from_secret(&secret)).unwrap()
    }

    #[test]
    fn what_was_issued_is_understood() {
        let (keys, access) = (keys(), access());
        let token = issue(&keys, access, Duration::from_secs(60)).unwrap();
        assert_eq!(verify(&keys, &token), Ok(access));
        assert!(verify(&keys, &forged(&keys, |_, _| {})).is_ok());
    }

    #[test]
    fn a_token_is_refused_for_any_claim_that_is_not_as_it_must_be() {
        let keys = keys();
        type Change = Box<dyn FnOnce(&mut Header, &mut Value)>;
        let changes: Vec<(&str, Change)> = vec![
            ("another audience", Box::new(|_, c| c["aud"] = json!("other"))),
            ("no audience", Box::new(|_, c| drop(c.as_object_mut().unwrap().remove("aud")))),
            ("another issuer", Box::new(|_, c| c["iss"] = json!("other"))),
            ("no issuer", Box::new(|_, c| drop(c.as_object_mut().unwrap().remove("iss")))),
            ("out of date", Box::new(|_, c| c["exp"] = json!(1_600_000_000))),
            ("no end", Box::new(|_, c| drop(c.as_object_mut().unwrap().remove("exp")))),
            ("no session", Box::new(|_, c| drop(c.as_object_mut().unwrap().remove("sid")))),
            ("another type", Box::new(|h, _| h.typ = Some("JWT".to_owned()))),
            ("no type", Box::new(|h, _| h.typ = None)),
            ("no key id", Box::new(|h, _| h.kid = None)),
            ("an unknown key id", Box::new(|h, _| h.kid = Some("00".to_owned()))),
            ("another algorithm", Box::new(|h, _| h.alg = Algorithm::HS512)),
        ];
        for (what, change) in changes {
            assert_eq!(verify(&keys, &forged(&keys, change)), Err(InvalidToken), "{what}");
        }
    }

    #[test]
    fn nobody_elses_signature_is_good() {
        let (ours, theirs) = (keys(), keys());
        let token = issue(&theirs, access(), Duration::from_secs(60)).unwrap();
        assert_eq!(verify(&ours, &token), Err(InvalidToken));

        let (id, _) = ours.sign_with(Purpose::AccessToken);
        let (_, other_purpose) = ours.sign_with(Purpose::UploadLink);
        let mut header = Header::new(ALGORITHM);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(id.to_owned());
        let token = jsonwebtoken::encode(&header, &claims(), &EncodingKey::from_secret(&other_purpose)).unwrap();
        assert_eq!(verify(&ours, &token), Err(InvalidToken));
    }

    #[test]
    fn the_id_of_one_of_our_keys_does_not_stand_for_another() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("signing.json");
        let before = SigningKeys::open(path.clone()).unwrap().current();
        SigningKeys::rotate(&path).unwrap();
        let keys = SigningKeys::open(path).unwrap().current();
        let old = before.sign_with(Purpose::AccessToken).0.to_owned();
        let new = keys.sign_with(Purpose::AccessToken).0.to_owned();
        assert!(verify(&keys, &forged(&before, |_, _| {})).is_ok(), "the key before is still good");
        assert_eq!(verify(&keys, &forged(&before, |header, _| header.kid = Some(new))), Err(InvalidToken));
        assert_eq!(verify(&keys, &forged(&keys, |header, _| header.kid = Some(old))), Err(InvalidToken));
        let unknown_before = forged(&keys, |_, _| {});
        assert_eq!(verify(&before, &unknown_before), Err(InvalidToken));
    }

    #[test]
    fn a_key_that_comes_with_the_token_is_not_looked_at() {
        let keys = keys();
        let (id, _) = keys.sign_with(Purpose::AccessToken);
        let secret = [7; 32];
        for (name, value) in [
            ("jwk", json!({ "kty": "oct", "k": BASE64.encode(secret) })),
            ("jku", json!("http://127.0.0.1:1/keys.json")),
            ("x5u", json!("http://127.0.0.1:1/key.pem")),
        ] {
            let mut header = json!({ "alg": "HS256", "typ": TYPE, "kid": id });
            header[name] = value;
            let signed = format!("{}.{}", BASE64.encode(header.to_string()), BASE64.encode(claims().to_string()));
            let key = EncodingKey::from_secret(&secret);
            let signature = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, ALGORITHM).unwrap();
            assert_eq!(verify(&keys, &format!("{signed}.{signature}")), Err(InvalidToken), "{name}");
        }
    }

    #[test]
    fn an_unsigned_or_broken_token_is_refused() {
        let keys = keys();
        let (id, _) = keys.sign_with(Purpose::AccessToken);
        let part = |value: &Value| BASE64.encode(value.to_string());
        for alg in ["none", "None", "HS256", "RS256", "ES256", "EdDSA"] {
            let header = json!({"alg": alg, "typ": TYPE, "kid": id});
            let token = format!("{}.{}.", part(&header), part(&claims()));
            assert_eq!(verify(&keys, &token), Err(InvalidToken), "{alg}");
        }
        for text in ["", ".", "..", "a.b.c", "\0", &"x".repeat(100_000)] {
            assert_eq!(verify(&keys, text), Err(InvalidToken));
        }
    }
}
