//! What is due: each plan of an account is found by its index, so that a round costs what is due and not
//! what is stored.
//!
//! Work is taken by a claim: the plan moves to the claim's end, so that nobody else finds it due before, and
//! everybody does afterwards if it was not carried out.

use std::time::Duration;

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::{AccountId, ClaimId};
use crate::model::account::Account;
use crate::model::event::Event;
use crate::secret::Sealed;
use crate::store::accounts::{AccountRow, columns};
use crate::store::change::{Applied, Change};
use crate::store::renewals::RENEWALS;
use crate::store::retired_keys::RETIRED_KEYS;
use crate::store::sql::{AnyRow, Statement, sql};
use crate::store::{Store, StoreError};

/// An account that is claimed, with its secret as of the same moment.
pub type Claimed = (Account, Option<Sealed>);

#[derive(FromRow)]
struct ClaimedRow {
    #[sqlx(flatten)]
    account: AccountRow,
    sealed_key_id: Option<String>,
    sealed_wrapped_key: Option<Vec<u8>>,
    sealed_ciphertext: Option<Vec<u8>>,
}

impl TryFrom<ClaimedRow> for Claimed {
    type Error = StoreError;

    fn try_from(row: ClaimedRow) -> Result<Self, StoreError> {
        let sealed = match (row.sealed_key_id, row.sealed_wrapped_key, row.sealed_ciphertext) {
            (Some(key_id), Some(wrapped_key), Some(ciphertext)) => {
                Some(Sealed { key_id, wrapped_key, ciphertext })
            }
            _ => None,
        };
        Ok((Account::try_from(row.account)?, sealed))
    }
}

/// The second condition on the time is what two hubs on PostgreSQL need: the one that waits for the other's
/// rows looks at them again, but not at its own list of them.
const CLAIM_CHECKS: &str = "UPDATE accounts SET next_check_at = $1, check_claim = $2, \
     version = version + 1 WHERE next_check_at <= $3 AND id IN (SELECT id FROM accounts \
     WHERE next_check_at <= $3 ORDER BY next_check_at, id LIMIT $4)";

/// PostgreSQL could let two claims at the same moment take the same rows in different orders, and end one of
/// them as a deadlock: so claims take turns, at a row that nobody else needs.
const TAKE_TURN: &str = "INSERT INTO write_probes (id, probed_at) VALUES ('checks', 1) \
     ON CONFLICT (id) DO UPDATE SET probed_at = write_probes.probed_at + 1";

const FIND_CHECK_DUE: &str = "SELECT next_check_at FROM accounts WHERE next_check_at <= $1 ORDER BY next_check_at, id LIMIT 1";

/// What a clock that was ahead of `$1` has left behind, a few at a time: answers from after `$2`, ends that are
/// after `$2`, and what was planned after `$2`.
const AHEAD: [&str; 3] = [
    "SELECT id FROM accounts WHERE last_checked_at > $2 AND next_check_at > last_checked_at \
     AND next_check_at > $1 AND check_claim IS NULL ORDER BY last_checked_at, id LIMIT 500",
    "SELECT id FROM accounts WHERE status = 'expired' AND expiry_key > $2 \
     AND expiry_key < 9223372036854775807 AND next_check_at > $1 AND check_claim IS NULL \
     ORDER BY expiry_key, id LIMIT 500",
    "SELECT id FROM accounts WHERE next_check_at > $2 AND next_check_at > $1 \
     ORDER BY next_check_at, id LIMIT 500",
];
/// So much the clocks of hubs may differ.
const SLACK: Duration = Duration::from_mins(1);

const LIST_CLAIMED: &str = concat!(
    "SELECT ",
    columns!(),
    ", sealed_key_id, sealed_wrapped_key, sealed_ciphertext FROM accounts LEFT JOIN \
     (SELECT account_id, key_id AS sealed_key_id, wrapped_key AS sealed_wrapped_key, \
     ciphertext AS sealed_ciphertext FROM credentials) AS sealed \
     ON sealed.account_id = accounts.id WHERE check_claim = $1 ORDER BY id"
);

const LIST_NOTICES: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM accounts WHERE next_notice_at <= $1 ORDER BY next_notice_at, id LIMIT $2"
);

const CHECKS: DueTable = DueTable { find: FIND_CHECK_DUE, claim: CLAIM_CHECKS, list: LIST_CLAIMED };

/// What each round runs, and the first after a start: for whoever wants to see that it finds its work by an index.
pub const ROUNDS: [(&str, &str); 13] = [
    ("checks: is any due", FIND_CHECK_DUE),
    ("checks: claim", CLAIM_CHECKS),
    ("checks: read what is claimed", LIST_CLAIMED),
    ("notices", LIST_NOTICES),
    ("checks: answered by a clock ahead", AHEAD[0]),
    ("checks: ended by a clock ahead", AHEAD[1]),
    ("checks: planned by a clock ahead", AHEAD[2]),
    ("renewals: is any due", RENEWALS.find),
    ("renewals: claim", RENEWALS.claim),
    ("renewals: read what is claimed", RENEWALS.list),
    ("deletions: is any due", RETIRED_KEYS.find),
    ("deletions: claim", RETIRED_KEYS.claim),
    ("deletions: read what is claimed", RETIRED_KEYS.list),
];

/// How the rows that are due are taken and then read.
pub(super) struct DueTable {
    /// Binds the time; answers a row if any is due, so that a tick without work writes nothing.
    pub find: &'static str,
    /// Binds when the claim ends, its id, the time, and how many.
    pub claim: &'static str,
    /// Binds the claim's id.
    pub list: &'static str,
}

impl Store {
    /// Accounts of which time alone has something to tell, the longest due first.
    pub async fn list_accounts_with_notices_due(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Account>, StoreError> {
        let query = sql(LIST_NOTICES).bind(now).bind(count(limit));
        let rows: Vec<AccountRow> = self.fetch_all(query).await?;
        Ok(readable(rows))
    }

    /// Moves the account's next check to the event's time, unless it is due already or is being carried out,
    /// and records who has asked for it in any case. A conflict means that there is no such account.
    pub async fn make_check_due(
        &self,
        id: &AccountId,
        event: &Event,
    ) -> Result<Applied, StoreError> {
        let guard = sql("UPDATE accounts SET next_check_at = CASE WHEN check_claim IS NULL \
             AND next_check_at > $2 THEN $2 ELSE next_check_at END, version = version + 1 \
             WHERE id = $1");
        let change = Change::guarded(guard.bind(id.as_str()).bind(event.at));
        self.write(change.recorded(event)).await
    }

    /// Whether any check is due: what a tick costs when nothing is.
    pub async fn is_check_due(&self, now: Timestamp) -> Result<bool, StoreError> {
        let due: Option<(i64,)> = self.fetch_optional(sql(FIND_CHECK_DUE).bind(now)).await?;
        Ok(due.is_some())
    }

    /// Takes the checks that have been due the longest, at most `limit`. Until `end` nobody else takes them.
    /// `claim` must be new.
    pub async fn claim_checks(
        &self,
        claim: &ClaimId,
        now: Timestamp,
        end: Timestamp,
        limit: usize,
    ) -> Result<Vec<Claimed>, StoreError> {
        let rows: Vec<ClaimedRow> = self.claim_due(&CHECKS, claim, now, end, limit).await?;
        Ok(readable(rows))
    }

    /// Takes rows that are due, the longest due first. Until `end` nobody else takes them. `claim` must be new.
    pub(super) async fn claim_due<Row: AnyRow>(
        &self,
        table: &DueTable,
        claim: &ClaimId,
        now: Timestamp,
        end: Timestamp,
        limit: usize,
    ) -> Result<Vec<Row>, StoreError> {
        let due: Option<(i64,)> = self.fetch_optional(sql(table.find).bind(now)).await?;
        if due.is_none() {
            return Ok(Vec::new());
        }
        let take = sql(table.claim).bind(end).bind(claim.as_str()).bind(now).bind(count(limit));
        let _ = self.write(Change::unguarded(sql(TAKE_TURN)).then(take)).await?;
        self.fetch_all(sql(table.list).bind(claim.as_str())).await
    }

    /// Gives back what was claimed and not carried out: it is due again `at` this time.
    pub async fn release_checks(&self, claim: &ClaimId, at: Timestamp) -> Result<(), StoreError> {
        let update = sql("UPDATE accounts SET next_check_at = $1, check_claim = NULL, \
             version = version + 1 WHERE check_claim = $2");
        let _ = self.write(Change::unguarded(update.bind(at).bind(claim.as_str()))).await?;
        Ok(())
    }

    /// As [`Store::release_checks`], for one account.
    pub async fn release_check(
        &self,
        id: &AccountId,
        claim: &ClaimId,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let _ = self.write(Change::unguarded(put_off(id, claim, at))).await?;
        Ok(())
    }

    /// Makes due what was planned, and what was learnt or told, by a clock that was ahead of `now` by more
    /// than clocks may differ. No plan is made for later than `latest`.
    pub async fn recall_checks(&self, now: Timestamp, latest: Timestamp) -> Result<(), StoreError> {
        let soon = now.plus(SLACK);
        for (ahead, after) in AHEAD.into_iter().zip([soon, soon, latest]) {
            loop {
                let ids: Vec<(String,)> = self.fetch_all(sql(ahead).bind(now).bind(after)).await?;
                let mut recalls = ids.iter().map(|(id,)| recall(id, now));
                let Some(first) = recalls.next() else { break };
                let _ = self.write(Change::unguarded(first).then_all(recalls)).await?;
            }
        }
        Ok(())
    }
}

fn recall(id: &str, now: Timestamp) -> Statement {
    sql("UPDATE accounts SET next_check_at = $2, check_claim = NULL, version = version + 1 \
         WHERE id = $1 AND next_check_at > $2")
    .bind(id)
    .bind(now)
}

/// What can be read; a damaged row must not hold up those that are due together with it.
pub(super) fn readable<R, T: TryFrom<R, Error = StoreError>>(rows: Vec<R>) -> Vec<T> {
    let log = |error: &StoreError| tracing::error!(%error, "the row of an account cannot be read");
    rows.into_iter().filter_map(|row| T::try_from(row).inspect_err(log).ok()).collect()
}

/// Gives one check back, if the claim is still there.
pub(super) fn put_off(id: &AccountId, claim: &ClaimId, at: Timestamp) -> Statement {
    sql("UPDATE accounts SET next_check_at = $1, check_claim = NULL, version = version + 1 \
         WHERE id = $2 AND check_claim = $3")
    .bind(at)
    .bind(id.as_str())
    .bind(claim.as_str())
}

fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
