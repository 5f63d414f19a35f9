//! `/embed.js` and its types, for pages of other sites: by a plain name, since they cannot know a hash.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use crate::web::assets::{self, Asset};
use crate::web::error::WebError;

struct ForOthers {
    hash: String,
    asset: Asset,
}

static SCRIPT: LazyLock<ForOthers> = LazyLock::new(|| {
    let script = without_comments(include_str!("../../../../static/embed.js"));
    ForOthers::new("text/javascript; charset=utf-8", script.into())
});
static TYPES: LazyLock<ForOthers> = LazyLock::new(|| {
    let types = include_str!("../../../../static/embed.d.ts");
    ForOthers::new("text/plain; charset=utf-8", types.into())
});

pub async fn show(headers: HeaderMap) -> Result<Response, WebError> {
    SCRIPT.answer(&headers).await.ok_or(WebError::not_found())
}

pub async fn types(headers: HeaderMap) -> Result<Response, WebError> {
    TYPES.answer(&headers).await.ok_or(WebError::not_found())
}

impl ForOthers {
    fn new(content_type: &'static str, content: Bytes) -> Self {
        let hash = assets::hash_of([content.as_ref()]);
        Self { hash, asset: Asset::new(content_type, content) }
    }

    async fn answer(&self, headers: &HeaderMap) -> Option<Response> {
        let mut response = self.asset.answer(&self.hash, headers).await?;
        let head = response.headers_mut();
        head.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
        head.insert("cross-origin-resource-policy", HeaderValue::from_static("cross-origin"));
        head.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        Some(response)
    }
}

/// Leaves out comments that begin a line, and the blanks before the rest of it. A line of a text must
/// not begin like a comment.
fn without_comments(script: &str) -> String {
    let mut short = String::with_capacity(script.len());
    let mut inside = false;
    for line in script.lines().map(str::trim_start) {
        inside |= line.starts_with("/**");
        let rest = match line.split_once("*/") {
            Some((_, rest)) if inside => {
                inside = false;
                rest.trim_start()
            }
            _ if inside || line.starts_with("//") => "",
            _ => line,
        };
        if !rest.is_empty() {
            short.push_str(rest);
            short.push('\n');
        }
    }
    short
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;
    use http_body_util::BodyExt as _;

    use super::*;

    async fn compressed(encoding: &'static str) -> Response {
        let headers = [(header::ACCEPT_ENCODING, HeaderValue::from_static(encoding))];
        show(HeaderMap::from_iter(headers)).await.unwrap()
    }

    #[tokio::test]
    async fn a_vendors_page_loads_at_most_five_kilobytes() {
        for encoding in ["br", "gzip"] {
            let answer = compressed(encoding).await;
            assert_eq!(answer.headers()[header::CONTENT_ENCODING], encoding);
            let size = answer.into_body().collect().await.unwrap().to_bytes().len();
            assert!(size <= 5_000, "{size} bytes with {encoding}");
        }
    }

    #[tokio::test]
    async fn other_sites_may_load_it_and_ask_whether_it_changed() {
        let answer = compressed("br").await;
        let tag = answer.headers()[header::ETAG].clone();
        let headers = [
            (header::ACCEPT_ENCODING, HeaderValue::from_static("br")),
            (header::IF_NONE_MATCH, tag.clone()),
        ];
        let unchanged = show(HeaderMap::from_iter(headers)).await.unwrap();
        assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);
        for answer in [answer, unchanged, types(HeaderMap::new()).await.unwrap()] {
            let head = answer.headers();
            assert_eq!(head["cross-origin-resource-policy"], "cross-origin");
            assert_eq!(head[header::ACCESS_CONTROL_ALLOW_ORIGIN], "*");
            assert_eq!(head[header::CACHE_CONTROL], "public, max-age=300");
            assert_eq!(head[header::VARY], "accept-encoding");
        }
        let types = types(HeaderMap::new()).await.unwrap();
        assert_ne!(types.headers()[header::ETAG], tag);
    }

    #[test]
    fn only_comments_are_left_out() {
        let script =
            "// a\n/** b */\n  /**\n   * c\n   */\n  d(\"/** */\"); // e\n\n  /** f */ (g)();\n";
        assert_eq!(without_comments(script), "d(\"/** */\"); // e\n(g)();\n");
        let embed = without_comments(include_str!("../../../../static/embed.js"));
        assert!(embed.contains("customElements.define(") && !embed.contains("\n*"));
    }
}
