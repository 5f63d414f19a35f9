//! Table `event_chain` and the two columns of `events` that it is about: each line's place in the chain. No
//! other statement changes or removes a line of history.

use sqlx::FromRow;

use crate::clock::Timestamp;
use crate::model::event::Event;
use crate::model::event_chain::{ChainEnds, Line, Link, StoredEnds};
use crate::secret::Sealed;
use crate::store::change::{Applied, Change};
use crate::store::sql::sql;
use crate::store::{Store, StoreError, vault_keys};

#[derive(FromRow)]
struct EndRow {
    name: String,
    seq: i64,
    hash: Vec<u8>,
    key_id: Option<String>,
    wrapped_key: Option<Vec<u8>>,
    ciphertext: Option<Vec<u8>>,
}

impl EndRow {
    fn split(self) -> (Link, Option<Sealed>) {
        let seal = match (self.key_id, self.wrapped_key, self.ciphertext) {
            (Some(key_id), Some(wrapped_key), Some(ciphertext)) => {
                Some(Sealed { key_id, wrapped_key, ciphertext })
            }
            _ => None,
        };
        (Link { seq: self.seq, hash: self.hash }, seal)
    }
}

#[derive(FromRow)]
struct LineRow {
    id: String,
    occurred_at: i64,
    action: String,
    actor_kind: String,
    actor_name: String,
    account_id: Option<String>,
    request_id: Option<String>,
    address: Option<String>,
    detail: String,
    chain_seq: Option<i64>,
    chain_hash: Option<Vec<u8>>,
}

impl LineRow {
    /// A line without a place is at 0, which is before the first.
    fn split(self) -> (Link, Line) {
        let place = Link {
            seq: self.chain_seq.unwrap_or_default(),
            hash: self.chain_hash.unwrap_or_default(),
        };
        let line = Line {
            id: self.id,
            at: Timestamp::from_millis(self.occurred_at),
            action: self.action,
            actor_kind: self.actor_kind,
            actor_name: self.actor_name,
            account_id: self.account_id,
            request_id: self.request_id,
            address: self.address,
            detail: self.detail,
        };
        (place, line)
    }
}

macro_rules! lines {
    ($rest:literal) => {
        sql(concat!(
            "SELECT id, occurred_at, action, actor_kind, actor_name, account_id, request_id, \
             address, detail, chain_seq, chain_hash FROM events ",
            $rest
        ))
    };
}

/// Moves an end of the chain; a conflict means that somebody else has moved it.
fn moved(name: &'static str, from: &Link, to: &Link, seal: &Sealed) -> Change {
    let guard = sql("UPDATE event_chain SET seq = $3, hash = $4, key_id = $6, wrapped_key = $7, \
         ciphertext = $8 WHERE name = $1 AND seq = $2 AND hash = $5")
    .bind(name)
    .bind(from.seq)
    .bind(to.seq)
    .bind(to.hash.as_slice())
    .bind(from.hash.as_slice())
    .bind(&seal.key_id)
    .bind(seal.wrapped_key.as_slice())
    .bind(seal.ciphertext.as_slice());
    Change::guarded(guard).then(vault_keys::count_seal(&seal.key_id))
}

fn rows_of(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

impl Store {
    /// Both ends as they were at one moment. `None` if one of them is not there.
    pub async fn find_chain_ends(&self) -> Result<Option<StoredEnds>, StoreError> {
        let select = "SELECT name, seq, hash, key_id, wrapped_key, ciphertext FROM event_chain";
        let mut rows: Vec<EndRow> = self.fetch_all(sql(select)).await?;
        let mut end = |name: &str| {
            let at = rows.iter().position(|row| row.name == name)?;
            Some(rows.swap_remove(at).split())
        };
        let ends = end("root").zip(end("head"));
        Ok(ends.map(|((root, root_seal), (head, head_seal))| StoredEnds {
            ends: ChainEnds { root, head },
            root_seal,
            head_seal,
        }))
    }

    /// Seals the ends of a chain that has not begun. A conflict means that it has.
    pub async fn begin_chain(
        &self,
        root: &Sealed,
        head: &Sealed,
        event: Option<&Event>,
    ) -> Result<Applied, StoreError> {
        let sealed = |name: &'static str, seal: &Sealed| {
            sql("UPDATE event_chain SET key_id = $2, wrapped_key = $3, ciphertext = $4 \
                 WHERE name = $1 AND seq = 0 AND ciphertext IS NULL")
            .bind(name)
            .bind(&seal.key_id)
            .bind(seal.wrapped_key.as_slice())
            .bind(seal.ciphertext.as_slice())
        };
        let change = Change::guarded(sealed("root", root)).and_only_if(sealed("head", head));
        let change = change.then_all(vault_keys::count_seals([root, head].into_iter()));
        self.write(event.into_iter().fold(change, Change::recorded)).await
    }

    /// Lines without a place in the chain, oldest first.
    pub async fn list_unchained(&self, limit: usize) -> Result<Vec<Line>, StoreError> {
        let select = lines!("WHERE chain_seq IS NULL ORDER BY occurred_at, id LIMIT $1");
        let rows: Vec<LineRow> = self.fetch_all(select.bind(rows_of(limit))).await?;
        Ok(rows.into_iter().map(|row| row.split().1).collect())
    }

    pub async fn count_unchained(&self) -> Result<i64, StoreError> {
        self.fetch_count(sql("SELECT count(*) FROM events WHERE chain_seq IS NULL")).await
    }

    /// Lines whose place is behind `after` and not behind `until`, in the order of their places.
    pub async fn list_chained(
        &self,
        after: i64,
        until: i64,
        limit: usize,
    ) -> Result<Vec<(Link, Line)>, StoreError> {
        let select = lines!("WHERE chain_seq > $1 AND chain_seq <= $2 ORDER BY chain_seq LIMIT $3");
        let select = select.bind(after).bind(until).bind(rows_of(limit));
        let rows: Vec<LineRow> = self.fetch_all(select).await?;
        Ok(rows.into_iter().map(LineRow::split).collect())
    }

    /// Lines whose place is outside of what the chain says of itself, at one moment.
    pub async fn count_outside_chain(&self) -> Result<i64, StoreError> {
        self.fetch_count(sql("SELECT count(*) FROM events WHERE \
             chain_seq > (SELECT seq FROM event_chain WHERE name = 'head') \
             OR chain_seq <= (SELECT seq FROM event_chain WHERE name = 'root')"))
            .await
    }

    /// Gives each line, named by its id, its place behind `head`. A conflict means that somebody else has
    /// lengthened the chain since `head` was read. `seal` is of the last line's place.
    pub async fn chain_lines(
        &self,
        head: &Link,
        lines: &[(String, Link)],
        seal: &Sealed,
    ) -> Result<Applied, StoreError> {
        let Some((_, last)) = lines.last() else { return Ok(Applied::Yes) };
        let placed = lines.iter().map(|(id, link)| {
            sql("UPDATE events SET chain_seq = $2, chain_hash = $3 WHERE id = $1 \
                 AND chain_seq IS NULL")
            .bind(id)
            .bind(link.seq)
            .bind(link.hash.as_slice())
        });
        self.write(moved("head", head, last, seal).then_all(placed)).await
    }

    /// Removes the lines up to `last`, which becomes the root, with its `seal`. A conflict means that somebody
    /// else has moved the root.
    pub async fn delete_oldest_events(
        &self,
        root: &Link,
        last: &Link,
        seal: &Sealed,
    ) -> Result<Applied, StoreError> {
        let delete = sql("DELETE FROM events WHERE chain_seq <= $1").bind(last.seq);
        self.write(moved("root", root, last, seal).then(delete)).await
    }
}
