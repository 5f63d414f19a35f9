//! History as a file. It is read and sent a page at a time, so that its size costs no memory.

use async_stream::try_stream;
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use crate::model::event::{Action, Caller, Event};
use crate::state::AppState;
use crate::store::{EventFilter, Store, StoreError, Turn};
use crate::web::api::events::EventView;
use crate::web::error::WebError;
use crate::web::{csv, events::filter};

/// So many lines are in memory at a time.
const A_PAGE: usize = 500;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Csv,
    JsonLines,
}

impl Format {
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "csv" => Some(Self::Csv),
            "jsonl" => Some(Self::JsonLines),
            _ => None,
        }
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::JsonLines => "application/jsonl",
        }
    }

    const fn head(self) -> &'static str {
        match self {
            Self::Csv => {
                "timestamp,action,actor_kind,actor_id,actor_name,address,request_id,account_id,id,detail\r\n"
            }
            Self::JsonLines => "",
        }
    }

    fn line(self, event: &Event) -> Result<String, serde_json::Error> {
        let view = EventView::of(event);
        let or_none = |text: &Option<String>| text.clone().unwrap_or_default();
        match self {
            Self::JsonLines => Ok(serde_json::to_string(&view)? + "\n"),
            Self::Csv => {
                let detail =
                    if view.detail.is_null() { String::new() } else { view.detail.to_string() };
                Ok(csv::line([
                    view.timestamp.as_str(),
                    view.action,
                    view.actor.kind,
                    &or_none(&view.actor.id),
                    &view.actor.name,
                    &or_none(&view.address),
                    &or_none(&view.request_id),
                    &or_none(&view.account_id),
                    &view.id,
                    &detail,
                ]))
            }
        }
    }
}

/// Records who takes what with them, and answers with all lines that fit, newest first.
pub async fn answer(
    state: &AppState,
    caller: &Caller,
    filter: EventFilter,
    format: Format,
) -> Result<Response, WebError> {
    let mut part = filter::told(&filter);
    part["format"] = json!(format.name());
    state.linking.record_export(Action::EventsExported, caller, part).await?;
    let day = state.clock.now().to_string();
    let day = day.split('T').next().unwrap_or_default();
    let name = format!("attachment; filename=\"events-{day}.{}\"", format.name());
    let headers = [
        (header::CONTENT_TYPE, format.media_type().to_owned()),
        (header::CONTENT_DISPOSITION, name),
    ];
    let body = Body::from_stream(lines(state.store.clone(), filter, format));
    Ok((headers, body).into_response())
}

/// If reading fails on the way the connection is cut, so that nobody takes a part for the whole.
fn lines(
    store: Store,
    filter: EventFilter,
    format: Format,
) -> impl futures_util::Stream<Item = Result<Bytes, std::io::Error>> {
    let failed = |error: StoreError| {
        tracing::error!(error = &error as &dyn std::error::Error, "an export was cut off");
        std::io::Error::other("the export was cut off")
    };
    try_stream! {
        yield Bytes::from_static(format.head().as_bytes());
        let mut turn = None;
        loop {
            let page = store.list_history(&filter, turn.as_ref(), A_PAGE).await.map_err(failed)?;
            let mut text = String::new();
            for event in &page {
                text += &format.line(event).map_err(std::io::Error::other)?;
            }
            yield Bytes::from(text);
            let Some(last) = page.last().filter(|_| page.len() == A_PAGE) else { break };
            turn = Some(Turn::Older(last.at, last.id.clone()));
        }
    }
}
