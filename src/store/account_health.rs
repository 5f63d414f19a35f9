//! How many accounts are in each class of health. What is counted is read from an index alone, but all of it:
//! `linking` decides how often.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::model::account::health::{Health, HealthCounts};
use crate::store::sql::sql;
use crate::store::{Store, StoreError};

const UNCHECKED: &str = "unchecked";

#[derive(FromRow)]
struct CountRow {
    class: String,
    found: i64,
}

impl Store {
    pub async fn count_account_health(&self, now: Timestamp) -> Result<HealthCounts, StoreError> {
        let mut count = sql("");
        for class in Health::ALL {
            count.push("SELECT ").push_bind(class.as_str());
            count.push(" AS class, count(*) AS found FROM accounts WHERE status = ");
            count.push_bind(class.status().as_str());
            if let Some((first, last)) = class.expires().map(|expires| expires.range(now)) {
                count.push(" AND expiry_key >= ").push_bind(first);
                count.push(" AND expiry_key <= ").push_bind(last);
            }
            count.push(" UNION ALL ");
        }
        count.push("SELECT ").push_bind(UNCHECKED);
        count.push(" AS class, count(*) AS found FROM accounts WHERE unchecked_since IS NOT NULL");
        let rows: Vec<CountRow> = self.fetch_all(count).await?;
        let of =
            |class: &str| rows.iter().find(|row| row.class == class).map_or(0, |row| row.found);
        Ok(HealthCounts {
            classes: Health::ALL.map(|class| of(class.as_str())),
            unchecked: of(UNCHECKED),
            at: now,
        })
    }
}
