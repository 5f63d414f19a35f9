//! Table `tenant_budgets`: how soon a tenant may be asked again, for all hubs on this database together.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::id::{AccountId, ClaimId};
use crate::model::tenant_budget::TenantBudget;
use crate::store::account_plans;
use crate::store::change::{Applied, Change};
use crate::store::sql::{Statement, sql};
use crate::store::{Store, StoreError};

#[derive(FromRow)]
struct BudgetRow {
    ready_at: Timestamp,
    put_off_to: Timestamp,
    paused_until: Timestamp,
}

/// A check that is put off: whose it is, whose claim ends, and when it is due again.
pub type PutOff<'a> = (&'a AccountId, &'a ClaimId, Timestamp);

impl Store {
    /// `None` for a tenant that was never asked.
    pub async fn find_tenant_budget(
        &self,
        tenant_id: &str,
    ) -> Result<Option<TenantBudget>, StoreError> {
        let query = sql("SELECT ready_at, put_off_to, paused_until FROM tenant_budgets \
             WHERE tenant_id = $1");
        let row: Option<BudgetRow> = self.fetch_optional(query.bind(tenant_id)).await?;
        Ok(row.map(|row| TenantBudget {
            ready_at: row.ready_at,
            put_off_to: row.put_off_to,
            paused_until: row.paused_until,
        }))
    }

    /// Stores what is left of a budget, and puts off those who got nothing, together. A conflict means that
    /// the budget is not `before` any more.
    pub async fn update_tenant_budget(
        &self,
        tenant_id: &str,
        before: Option<TenantBudget>,
        after: TenantBudget,
        put_off: &[PutOff<'_>],
    ) -> Result<Applied, StoreError> {
        let guard = match before {
            None => insert(tenant_id, after),
            Some(before) => update(tenant_id, before, after),
        };
        let put_off = put_off.iter().map(|(id, claim, at)| account_plans::put_off(id, claim, *at));
        self.write(Change::guarded(guard).then_all(put_off)).await
    }
}

fn insert(tenant_id: &str, after: TenantBudget) -> Statement {
    let statement = sql("INSERT INTO tenant_budgets \
         (tenant_id, ready_at, put_off_to, paused_until) VALUES ($1, $2, $3, $4) \
         ON CONFLICT DO NOTHING");
    bound(statement.bind(tenant_id), after)
}

fn update(tenant_id: &str, before: TenantBudget, after: TenantBudget) -> Statement {
    let statement = sql("UPDATE tenant_budgets SET ready_at = $2, put_off_to = $3, \
         paused_until = $4 WHERE tenant_id = $1 AND ready_at = $5 AND put_off_to = $6 \
         AND paused_until = $7");
    bound(bound(statement.bind(tenant_id), after), before)
}

fn bound(statement: Statement, budget: TenantBudget) -> Statement {
    statement.bind(budget.ready_at).bind(budget.put_off_to).bind(budget.paused_until)
}
