//! How often someone may guess: a bucket of tries an account and one an address, bounded in memory.

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::future::Cache;
use tokio::time::Instant;

use crate::error::{ApiError, Code};

/// How many buckets are remembered of each kind; the least used are forgotten first.
const MOST_BUCKETS: u64 = 100_000;

/// Tries that are there at first, and how soon one more comes back.
#[derive(Debug, Clone, Copy)]
struct Rate {
    tries: u32,
    one_more_after: Duration,
}

const LOGINS_PER_ACCOUNT: Rate = Rate { tries: 10, one_more_after: Duration::from_secs(30) };
const LOGINS_PER_ADDRESS: Rate = Rate { tries: 50, one_more_after: Duration::from_secs(6) };
const REGISTRATIONS_PER_ADDRESS: Rate = Rate { tries: 100, one_more_after: Duration::from_secs(20) };

/// What someone has tried lately; cheap to clone.
#[derive(Debug, Clone)]
pub struct Throttle {
    accounts: Buckets<String>,
    addresses: Buckets<IpAddr>,
    registrations: Buckets<IpAddr>,
}

/// A try that was let through. Given back where it turned out to be right, so that only guesses count.
#[derive(Debug)]
#[must_use]
pub struct Admitted(Vec<Arc<Mutex<Bucket>>>);

impl Default for Throttle {
    fn default() -> Self {
        Self {
            accounts: Buckets::new(LOGINS_PER_ACCOUNT),
            addresses: Buckets::new(LOGINS_PER_ADDRESS),
            registrations: Buckets::new(REGISTRATIONS_PER_ADDRESS),
        }
    }
}

impl Throttle {
    /// A try at the password of `account` (a folded name, there or not) from `address`.
    pub async fn login(&self, account: &str, address: IpAddr) -> Result<Admitted, ApiError> {
        let from = self.addresses.take(network(address)).await?;
        match self.accounts.take(account.to_owned()).await {
            Ok(at) => Ok(Admitted(vec![from, at])),
            Err(refused) => {
                Admitted(vec![from]).give_back();
                Err(refused)
            }
        }
    }

    /// A try at a new account from `address`.
    pub async fn registration(&self, address: IpAddr) -> Result<(), ApiError> {
        self.registrations.take(network(address)).await.map(drop)
    }
}

impl Admitted {
    /// The try was no guess.
    pub fn give_back(self) {
        for bucket in self.0 {
            lock(&bucket).give_back();
        }
    }
}

#[derive(Debug, Clone)]
struct Buckets<K: std::hash::Hash + Eq + Send + Sync + 'static> {
    rate: Rate,
    held: Cache<K, Arc<Mutex<Bucket>>>,
}

#[derive(Debug)]
struct Bucket {
    rate: Rate,
    tries: u32,
    counted_at: Instant,
}

impl<K: std::hash::Hash + Eq + Send + Sync + 'static> Buckets<K> {
    fn new(rate: Rate) -> Self {
        // A bucket that nobody touched for so long is full again.
        let full_after = rate.one_more_after.saturating_mul(rate.tries);
        let held = Cache::builder().max_capacity(MOST_BUCKETS).time_to_idle(full_after).build();
        Self { rate, held }
    }

    async fn take(&self, key: K) -> Result<Arc<Mutex<Bucket>>, ApiError> {
        let rate = self.rate;
        let bucket = self.held.get_with(key, async move { Arc::new(Mutex::new(Bucket::full(rate))) }).await;
        let taken = lock(&bucket).take(Instant::now());
        match taken {
            Ok(()) => Ok(bucket),
            Err(wait) => Err(ApiError::new(
                Code::TooManyRequests,
                format!("too many tries; wait {} seconds before the next one", seconds_up(wait)),
            )
            .with_retry_after(Duration::from_secs(seconds_up(wait)))),
        }
    }
}

impl Bucket {
    fn full(rate: Rate) -> Self {
        Self { rate, tries: rate.tries, counted_at: Instant::now() }
    }

    /// Takes a try, or says how long to wait for one.
    fn take(&mut self, now: Instant) -> Result<(), Duration> {
        let passed = now.saturating_duration_since(self.counted_at);
        let came_back = passed.as_millis() / self.rate.one_more_after.as_millis().max(1);
        let came_back = u32::try_from(came_back).unwrap_or(u32::MAX);
        self.tries = self.tries.saturating_add(came_back).min(self.rate.tries);
        if self.tries == self.rate.tries {
            self.counted_at = now;
        } else {
            self.counted_at += self.rate.one_more_after.saturating_mul(came_back);
        }
        if self.tries == 0 {
            let since = now.saturating_duration_since(self.counted_at);
            return Err(self.rate.one_more_after.saturating_sub(since));
        }
        self.tries -= 1;
        Ok(())
    }

    fn give_back(&mut self) {
        self.tries = (self.tries + 1).min(self.rate.tries);
    }
}

fn lock(bucket: &Mutex<Bucket>) -> std::sync::MutexGuard<'_, Bucket> {
    bucket.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One household holds a whole /64 of IPv6: it counts as one address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
        v4 => v4,
    }
}

fn seconds_up(wait: Duration) -> u64 {
    wait.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    #[tokio::test]
    async fn guesses_at_one_account_run_out_and_come_back() {
        tokio::time::pause();
        let throttle = Throttle::default();
        for _ in 0..LOGINS_PER_ACCOUNT.tries {
            let _guess = throttle.login("ada", HERE).await.unwrap();
        }
        assert!(throttle.login("ada", HERE).await.is_err());
        let _other = throttle.login("bob", HERE).await.unwrap();
        tokio::time::advance(LOGINS_PER_ACCOUNT.one_more_after).await;
        let _one_more = throttle.login("ada", HERE).await.unwrap();
        assert!(throttle.login("ada", HERE).await.is_err());
    }

    #[tokio::test]
    async fn guesses_from_one_network_run_out() {
        let throttle = Throttle::default();
        for i in 0..u128::from(LOGINS_PER_ADDRESS.tries) {
            let address = IpAddr::V6(Ipv6Addr::from_bits((0x2001_0db8 << 96) | i));
            let _guess = throttle.login(&format!("user{i}"), address).await.unwrap();
        }
        let same_network = "2001:db8::ffff".parse().unwrap();
        assert!(throttle.login("someone", same_network).await.is_err());
        let _elsewhere = throttle.login("someone", "2001:db8:0:1::1".parse().unwrap()).await.unwrap();
    }

    #[tokio::test]
    async fn those_who_know_their_password_are_never_held_up() {
        let throttle = Throttle::default();
        for _ in 0..1000 {
            throttle.login("ada", HERE).await.unwrap().give_back();
        }
    }
}
