//! Limits against guessing and against being used as an oracle for stolen keys. In memory, for each
//! hub by itself.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::id::{ApiKeyId, CalendarFeedId};
use crate::model::failure::{Failure, FailureCode};

#[derive(Debug, Clone)]
pub struct LimitSettings {
    /// Connects a minute that reach Qlik, for each caller's address and for each tenant host.
    pub connects_per_minute: NonZeroU32,
    /// Passwords tried a minute, for each caller's address.
    pub sign_ins_per_minute: NonZeroU32,
    /// Requests a minute, for each API key and calendar link; wrong ones count by the caller's address.
    pub api_per_minute: NonZeroU32,
}

impl Default for LimitSettings {
    fn default() -> Self {
        Self {
            connects_per_minute: const { NonZeroU32::new(60).expect("it is not zero") },
            sign_ins_per_minute: const { NonZeroU32::new(10).expect("it is not zero") },
            api_per_minute: const { NonZeroU32::new(600).expect("it is not zero") },
        }
    }
}

#[derive(Debug)]
pub struct Limits {
    connects: DefaultKeyedRateLimiter<String>,
    sign_ins: DefaultKeyedRateLimiter<String>,
    api: DefaultKeyedRateLimiter<String>,
    told_refusals: DefaultKeyedRateLimiter<String>,
}

impl Limits {
    pub fn new(settings: &LimitSettings) -> Self {
        let per_minute = |times| RateLimiter::keyed(Quota::per_minute(times));
        Self {
            connects: per_minute(settings.connects_per_minute),
            sign_ins: per_minute(settings.sign_ins_per_minute),
            api: per_minute(settings.api_per_minute),
            told_refusals: per_minute(const { NonZeroU32::new(1).expect("it is not zero") }),
        }
    }

    /// Counts a connect that is about to reach Qlik. `link` is the connect session, if there is one.
    pub fn connect(
        &self,
        caller: Option<&str>,
        link: Option<&str>,
        host: &str,
    ) -> Result<(), Failure> {
        let from = caller.map(|address| format!("from {}", network(address)));
        let by = link.map(|link| format!("by {link}"));
        for key in from.into_iter().chain(by).chain([format!("to {host}")]) {
            check(&self.connects, &key).map_err(|wait| {
                Failure::new(FailureCode::RateLimited)
                    .because("the hub's own limit of connects a minute")
                    .retry_after(Some(wait))
            })?;
        }
        Ok(())
    }

    /// Counts a password that is about to be tried; says how long to wait if there were too many.
    pub fn sign_in(&self, caller: Option<&str>) -> Result<(), Duration> {
        check(&self.sign_ins, &network(caller.unwrap_or_default()))
    }

    /// Counts a request of a back end; says how long to wait if there were too many.
    pub fn api(&self, api_key: &ApiKeyId) -> Result<(), Duration> {
        check(&self.api, api_key.as_str())
    }

    /// Counts a look at a calendar, as [`Limits::api`].
    pub fn feed(&self, feed: &CalendarFeedId) -> Result<(), Duration> {
        check(&self.api, feed.as_str())
    }

    /// Counts a request with a key that is not one.
    pub fn wrong_api_key(&self, caller: Option<&str>) -> Result<(), Duration> {
        check(&self.api, &network(caller.unwrap_or_default()))
    }

    /// Whether history tells that this key was refused: once a minute.
    pub fn tells_of_refusal(&self, api_key: &ApiKeyId) -> bool {
        check(&self.told_refusals, api_key.as_str()).is_ok()
    }

    pub fn clean_up(&self) {
        self.told_refusals.retain_recent();
        self.api.retain_recent();
        self.connects.retain_recent();
        self.sign_ins.retain_recent();
    }
}

/// Whoever has one IPv6 address has the 2^64 beside it.
fn network(address: &str) -> String {
    match address.parse() {
        Ok(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
        _ => address.to_owned(),
    }
}

fn check(limiter: &DefaultKeyedRateLimiter<String>, key: &str) -> Result<(), Duration> {
    limiter
        .check_key(&key.to_owned())
        .map_err(|until| until.wait_time_from(DefaultClock::default().now()))
}
