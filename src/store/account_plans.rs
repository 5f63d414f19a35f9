//! What is due: each plan of an account is found by its index, so that a round costs what is due and not
//! what is stored.

use crate::clock::Timestamp;
use crate::id::AccountId;
use crate::model::account::Account;
use crate::store::accounts::{AccountRow, columns};
use crate::store::change::{Applied, Change};
use crate::store::sql::sql;
use crate::store::{Store, StoreError};

impl Store {
    /// Accounts of which time alone has something to tell, the longest due first.
    pub async fn list_accounts_with_notices_due(
        &self,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<Account>, StoreError> {
        let query = sql(concat!(
            "SELECT ",
            columns!(),
            " FROM accounts WHERE next_notice_at <= $1 ORDER BY next_notice_at, id LIMIT $2"
        ));
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows: Vec<AccountRow> = self.fetch_all(query.bind(now).bind(limit)).await?;
        rows.into_iter().map(Account::try_from).collect()
    }

    /// Moves the account's next check to now. A conflict means that it is due already, that it is being
    /// checked, or that there is no such account.
    pub async fn make_check_due(
        &self,
        id: &AccountId,
        now: Timestamp,
    ) -> Result<Applied, StoreError> {
        let guard = sql("UPDATE accounts SET next_check_at = $2, version = version + 1 \
             WHERE id = $1 AND check_claim IS NULL AND next_check_at > $2");
        self.write(Change::guarded(guard.bind(id.as_str()).bind(now))).await
    }
}
