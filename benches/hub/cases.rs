//! What is asked of the Accounts page.

use anyhow::ensure;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::SqliteConnection;

use linkhub::store::Reach;

use crate::accounts::{self, COMMON, COMMON_ELSEWHERE, FREQUENT, NOWHERE, RARE, SCATTERED};
use crate::lists;
use crate::rows::{Bound, Cell};

/// Rows of a page, as in `src/web/pages/accounts/params.rs`.
pub const PAGE: usize = 50;
/// The far page that is asked for.
pub const PAGES: usize = 9_999;
const COUNT: i64 = 1_001;

#[derive(Debug, Clone, Default)]
pub struct Case {
    pub name: &'static str,
    /// The rarest first.
    pub words: Vec<&'static str>,
    pub status: &'static str,
    pub cursor: Option<(i64, String)>,
    pub sort: &'static str,
    /// Where a search for common words stops looking.
    pub end: Option<(i64, String)>,
    /// One account instead of a list.
    pub account: Option<String>,
}

pub async fn all(database: &mut SqliteConnection, count: usize) -> anyhow::Result<Vec<Case>> {
    let before = ((PAGES - 1) * PAGE).min(count.saturating_sub(PAGE)).max(1) - 1;
    let far = lists::row(database, "", "linked_at", before).await?;
    let far_by_expiry = lists::row(database, "", "expiry_key", before).await?;
    let walk = usize::try_from(Reach::default().walk)?;
    let end = lists::row(database, "", "linked_at", walk - 1).await?;
    let end_of_errors =
        lists::row(database, "WHERE status = 'error'", "linked_at", walk - 1).await?;
    let one = accounts::account(count / 2).id.to_string();
    let search = |name, words: &[&'static str]| Case {
        name,
        words: words.to_vec(),
        end: end.clone(),
        ..Case::default()
    };
    Ok(vec![
        Case { name: "first page", ..Case::default() },
        Case { name: "page 9,999, or the last", cursor: far, ..Case::default() },
        Case {
            name: "the same by expiry",
            cursor: far_by_expiry,
            sort: "expiry",
            ..Case::default()
        },
        search("search: a rare word", &[RARE]),
        search("search: a word of 1 in 340", &[FREQUENT]),
        search("search: a word of 1 in 320", &[SCATTERED]),
        search("search: a common word", &[COMMON]),
        search("search: a rare and a common word", &[RARE, COMMON]),
        search("search: two words, together in 1 of 960", &[SCATTERED, COMMON]),
        search("search: two common words, never together", &[COMMON, COMMON_ELSEWHERE]),
        search("search: nothing found", &[NOWHERE]),
        Case { name: "status: error", status: "error", ..Case::default() },
        Case {
            name: "status and a common word",
            status: "error",
            words: vec![COMMON],
            end: end_of_errors,
            ..Case::default()
        },
        Case { name: "one account opened", account: Some(one), ..Case::default() },
    ])
}

impl Case {
    pub fn sort(&self) -> &'static str {
        if self.sort.is_empty() { "linked" } else { self.sort }
    }

    pub fn is_list(&self) -> bool {
        self.account.is_none()
    }

    pub fn cursor_text(&self) -> String {
        let Some((key, id)) = &self.cursor else { return String::new() };
        URL_SAFE_NO_PAD.encode(serde_json::json!([self.sort(), false, key, id]).to_string())
    }

    pub fn path(&self) -> String {
        if let Some(id) = &self.account {
            return format!("/accounts/{id}");
        }
        let pairs = [
            ("q", self.words.join(" ")),
            ("status", self.status.to_owned()),
            ("sort", self.sort.to_owned()),
            ("from", self.cursor_text()),
        ];
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
        format!("/accounts?{}", query.finish())
    }

    /// Gives the statements of this page the values that the hub gives them.
    pub fn bind(&self, statements: Vec<String>) -> anyhow::Result<Vec<Bound>> {
        let reach = Reach::default();
        let mut counted = 0;
        let mut all = Vec::new();
        for sql in statements {
            // The bar's counts: where there are many, they are made beside the pages and not by them.
            if sql.contains(" UNION ALL SELECT ") && sql.contains(" AS class, ") {
                continue;
            }
            let cells = if sql.contains("FROM sessions") {
                vec!["ses_none".into()]
            } else if let Some(id) = &self.account {
                let id = Cell::from(id.as_str());
                if sql.contains("action = 'account.checked'") {
                    vec![id, Cell::Integer(0), Cell::Integer(2_000)]
                } else if sql.contains("LIMIT") {
                    vec![id, Cell::Integer(51)]
                } else {
                    vec![id]
                }
            } else if sql.starts_with("SELECT count(*) FROM (SELECT 1 FROM account_terms") {
                // Each word once for the rows and once for the count; once more to see how far it got.
                let planned = counted < 2 * self.words.len();
                let mut cells =
                    range(self.words[if planned { counted % self.words.len() } else { 0 }]);
                cells.push(Cell::Integer(if planned { reach.common } else { reach.walk } + 1));
                counted += 1;
                cells
            } else if sql.starts_with("SELECT count(*) FROM (SELECT DISTINCT account_id FROM (") {
                let mut cells = range(self.words[0]);
                cells.push(Cell::Integer(reach.walk));
                cells.extend(self.words[1..].iter().flat_map(|word| range(word)));
                cells.extend(self.status());
                cells.push(Cell::Integer(COUNT));
                cells
            } else if sql.starts_with("SELECT count(*)") {
                self.status().into_iter().chain([Cell::Integer(COUNT)]).collect()
            } else if sql.contains(" OFFSET ") {
                self.status().into_iter().chain([Cell::Integer(reach.walk - 1)]).collect()
            } else {
                let mut cells: Vec<Cell> = self.words.iter().flat_map(|word| range(word)).collect();
                cells.extend(self.status());
                let end = self.end.iter().filter(|_| sql.contains(", id) >= ("));
                for (key, id) in self.cursor.iter().chain(end) {
                    cells.extend([Cell::Integer(*key), id.as_str().into()]);
                }
                cells.push(Cell::Integer(51));
                cells
            };
            let places = (1..100).take_while(|place| sql.contains(&format!("${place}"))).count();
            ensure!(places == cells.len(), "{}: other values are bound by {sql}", self.name);
            all.push(Bound::new(sql, cells));
        }
        Ok(all)
    }

    fn status(&self) -> Option<Cell> {
        (!self.status.is_empty()).then(|| self.status.into())
    }
}

/// Words that begin so.
fn range(word: &str) -> Vec<Cell> {
    vec![word.into(), Cell::Text(format!("{word}\u{10ffff}"))]
}
