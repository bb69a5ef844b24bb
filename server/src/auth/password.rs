//! Passwords: Argon2id, few at once, and the same work whether an account is there or not.

use std::{sync::Arc, time::Duration};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use mutoscope_core::account::Password;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{ApiError, Code};

/// OWASP's second choice of parameters for Argon2id (19 MiB, two passes, one lane).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;
/// Hashes at once: 76 MiB at the most.
const AT_ONCE: usize = 4;
/// Requests that may wait for one of them; at about 30 ms a hash the last waits well under a second.
const WAITING: usize = 60;

/// Hashes passwords on threads of their own; cheap to clone.
#[derive(Debug, Clone)]
pub struct PasswordHashers {
    argon2: Argon2<'static>,
    running: Arc<Semaphore>,
    admitted: Arc<Semaphore>,
    /// The hash of a password that nobody has.
    nobody: Arc<str>,
}

/// A password can't be hashed or compared.
#[derive(Debug, thiserror::Error)]
pub enum PasswordError {
    /// Too many are waiting already.
    #[error("too many passwords are being checked")]
    Busy,
    /// The hash function refused, or a stored hash is not one.
    #[error("a password can't be hashed: {0}")]
    Hash(argon2::password_hash::Error),
    /// The thread was lost.
    #[error("a password could not be hashed to the end")]
    Lost(#[from] tokio::task::JoinError),
}

impl PasswordHashers {
    /// Hashers with our parameters.
    ///
    /// # Errors
    /// Where the system gives no random salt.
    pub fn new() -> Result<Self, PasswordError> {
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| PasswordError::Hash(error.into()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash_now(&argon2, b"a password that nobody has")?.into();
        Ok(Self {
            argon2,
            running: Arc::new(Semaphore::new(AT_ONCE)),
            admitted: Arc::new(Semaphore::new(AT_ONCE + WAITING)),
            nobody,
        })
    }

    /// The PHC text of a new password.
    pub async fn hash(&self, password: Password) -> Result<String, PasswordError> {
        let argon2 = self.argon2.clone();
        self.run(move || hash_now(&argon2, password.as_bytes())).await
    }

    /// Whether `password` is the one that `hash` was made of. Without a hash, or without a password that could be one,
    /// the work is the same and the answer is no.
    pub async fn verify(&self, password: Option<Password>, hash: Option<String>) -> Result<bool, PasswordError> {
        let argon2 = self.argon2.clone();
        let nobody = self.nobody.clone();
        self.run(move || {
            let could_be = password.is_some() && hash.is_some();
            let text = hash.as_deref().unwrap_or(&nobody);
            let parsed = PasswordHash::new(text).map_err(|error| PasswordError::Hash(error.into()))?;
            let bytes = password.as_ref().map_or(&b""[..], Password::as_bytes);
            match argon2.verify_password(bytes, &parsed) {
                Ok(()) => Ok(could_be),
                Err(argon2::password_hash::Error::PasswordInvalid) => Ok(false),
                Err(error) => Err(PasswordError::Hash(error)),
            }
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, PasswordError> + Send + 'static,
    ) -> Result<T, PasswordError> {
        let admitted = self.admitted.clone().try_acquire_owned().map_err(|_| PasswordError::Busy)?;
        let running = self.running.clone().acquire_owned().await.map_err(|_| PasswordError::Busy)?;
        // The places go with the work: a client who hangs up does not free them early.
        let places: [OwnedSemaphorePermit; 2] = [admitted, running];
        tokio::task::spawn_blocking(move || {
            let result = work();
            drop(places);
            result
        })
        .await?
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy => ApiError::new(
                Code::TooManyRequests,
                "many people are signing in at this moment; try again in a few seconds",
            )
            .with_retry_after(Duration::from_secs(3)),
            other => ApiError::internal(other),
        }
    }
}

fn hash_now(argon2: &Argon2<'_>, password: &[u8]) -> Result<String, PasswordError> {
    Ok(argon2.hash_password(password).map_err(PasswordError::Hash)?.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn password(text: &str) -> Option<Password> {
        Password::to_compare(text)
    }

    #[tokio::test]
    async fn a_password_is_known_by_its_hash_alone() {
        let hashers = PasswordHashers::new().unwrap();
        let hash = hashers.hash(Password::parse("correct horse").unwrap()).await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hashers.verify(password("correct horse"), Some(hash.clone())).await.unwrap());
        assert!(!hashers.verify(password("battery staple"), Some(hash)).await.unwrap());
    }

    #[tokio::test]
    async fn nobody_has_no_password() {
        let hashers = PasswordHashers::new().unwrap();
        let same = password("a password that nobody has");
        assert!(!hashers.verify(same, None).await.unwrap());
        assert!(!hashers.verify(None, None).await.unwrap());
    }

    #[tokio::test]
    async fn past_the_queue_everyone_is_told_to_come_back() {
        let hashers = PasswordHashers::new().unwrap();
        let _all = hashers.admitted.clone().acquire_many_owned((AT_ONCE + WAITING) as u32).await.unwrap();
        let refused = hashers.verify(password("x"), None).await;
        assert!(matches!(refused, Err(PasswordError::Busy)));
    }
}
