//! What is asked of the Accounts page.

use anyhow::ensure;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sqlx::SqliteConnection;

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
    /// One account instead of a list.
    pub account: Option<String>,
}

pub async fn all(database: &mut SqliteConnection, count: usize) -> anyhow::Result<Vec<Case>> {
    let search =
        |name, words: &[&'static str]| Case { name, words: words.to_vec(), ..Case::default() };
    let far = Some(lists::place(database, count).await?);
    let one = accounts::account(count / 2).id.to_string();
    Ok(vec![
        Case { name: "first page", ..Case::default() },
        Case { name: "page 9,999, or the last", cursor: far, ..Case::default() },
        search("search: a rare word", &[RARE]),
        search("search: a word of 1 in 200", &[FREQUENT]),
        search("search: a word of 1 in 160", &[SCATTERED]),
        search("search: a common word", &[COMMON]),
        search("search: a rare and a common word", &[RARE, COMMON]),
        search("search: two words, together in 1 of 480", &[SCATTERED, COMMON]),
        search("search: two common words, never together", &[COMMON, COMMON_ELSEWHERE]),
        search("search: nothing found", &[NOWHERE]),
        Case { name: "status: error", status: "error", ..Case::default() },
        Case {
            name: "status and a common word",
            status: "error",
            words: vec![COMMON],
            ..Case::default()
        },
        Case { name: "one account opened", account: Some(one), ..Case::default() },
    ])
}

impl Case {
    pub fn is_list(&self) -> bool {
        self.account.is_none()
    }

    pub fn cursor_text(&self) -> String {
        let Some((key, id)) = &self.cursor else { return String::new() };
        URL_SAFE_NO_PAD.encode(serde_json::json!(["linked", false, key, id]).to_string())
    }

    pub fn path(&self) -> String {
        if let Some(id) = &self.account {
            return format!("/accounts/{id}");
        }
        let pairs = [
            ("q", self.words.join(" ")),
            ("status", self.status.to_owned()),
            ("from", self.cursor_text()),
        ];
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(pairs.iter().filter(|(_, value)| !value.is_empty()));
        format!("/accounts?{}", query.finish())
    }

    /// Gives the statements of this page the values that the hub gives them.
    pub fn bind(&self, statements: Vec<String>) -> anyhow::Result<Vec<Bound>> {
        let mut words = self.words.iter().cycle();
        let mut all = Vec::new();
        for sql in statements {
            let cells = if sql.contains("FROM sessions") {
                vec!["ses_none".into()]
            } else if let Some(id) = &self.account {
                let id = Cell::from(id.as_str());
                if sql.contains("LIMIT") { vec![id, Cell::Integer(51)] } else { vec![id] }
            } else if sql.starts_with("SELECT count(*) FROM (SELECT 1 FROM account_terms") {
                let mut cells = words.next().map(|word| range(word)).unwrap_or_default();
                cells.push(Cell::Integer(5_001));
                cells
            } else if sql.starts_with("SELECT count(*)") {
                let mut cells = self.filter();
                cells.push(Cell::Integer(COUNT));
                cells
            } else {
                let mut cells = self.filter();
                if let Some((key, id)) = &self.cursor {
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

    fn filter(&self) -> Vec<Cell> {
        let mut cells: Vec<Cell> = self.words.iter().flat_map(|word| range(word)).collect();
        if !self.status.is_empty() {
            cells.push(self.status.into());
        }
        cells
    }
}

/// Words that begin so.
fn range(word: &str) -> Vec<Cell> {
    vec![word.into(), Cell::Text(format!("{word}\u{10ffff}"))]
}
