//! Static files, compiled in. Their URLs carry a hash of the whole set (`/static/app.1f2e3d4c.css`),
//! so browsers may keep them for ever, and modules can import each other by their plain names.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::BodyExt as _;
use rust_embed::RustEmbed;
use sha2::{Digest as _, Sha256};
use tokio::sync::OnceCell;
use tower::ServiceExt as _;
use tower_http::CompressionLevel;
use tower_http::compression::Compression;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Files;

/// A file as served, compressed at most once a form.
#[derive(Debug)]
pub struct Asset {
    content_type: &'static str,
    plain: Bytes,
    brotli: OnceCell<Bytes>,
    gzip: OnceCell<Bytes>,
}

struct Assets {
    hash: String,
    by_path: BTreeMap<String, Asset>,
}

static ASSETS: LazyLock<Assets> = LazyLock::new(Assets::load);

/// The URL of a file of `static/`, as `app.css`.
pub fn url(name: &str) -> String {
    format!("/static/{}", hashed(name, &ASSETS.hash))
}

fn hashed(name: &str, hash: &str) -> String {
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}.{hash}.{extension}"),
        None => format!("{name}.{hash}"),
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, extension)| extension) {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        _ => "application/octet-stream",
    }
}

/// What stands in a URL for content that must not be taken for other content.
pub fn hash_of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    let digest = digest.finalize();
    format!("{:02x}{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2], digest[3])
}

impl Assets {
    fn load() -> Self {
        // What pages of other sites load has a plain name: `pages::embed::script`.
        let mut files: Vec<(String, Vec<u8>)> = Files::iter()
            .filter(|name| !name.starts_with("embed."))
            .filter_map(|name| Some((name.to_string(), Files::get(&name)?.data.into_owned())))
            .collect();
        files.sort();
        let hash = hash_of(files.iter().flat_map(|(name, data)| [name.as_bytes(), data]));
        let by_path = files
            .into_iter()
            .map(|(name, data)| {
                let content = with_hashed_imports(&name, data, &hash);
                (hashed(&name, &hash), Asset::new(content_type(&name), content))
            })
            .collect();
        Self { hash, by_path }
    }
}

/// Every file by its hashed name, for the samples.
#[cfg(test)]
pub fn all() -> impl Iterator<Item = (&'static String, &'static Bytes)> {
    ASSETS.by_path.iter().map(|(path, asset)| (path, &asset.plain))
}

/// `from "./key.js"` becomes `from "./key.1f2e3d4c.js"`.
fn with_hashed_imports(name: &str, data: Vec<u8>, hash: &str) -> Bytes {
    match String::from_utf8(data) {
        Ok(text) if content_type(name).starts_with("text/javascript") => {
            text.replace(".js\";", &format!(".{hash}.js\";")).into()
        }
        Ok(text) => text.into(),
        Err(error) => error.into_bytes().into(),
    }
}

/// Answers `/static/{path}`. `None` if there is no such file.
pub async fn serve(path: &str, headers: &HeaderMap) -> Option<Response> {
    ASSETS.by_path.get(path)?.answer(&ASSETS.hash, headers).await
}

fn accepted(headers: &HeaderMap) -> Option<&'static str> {
    let offered = headers.get(header::ACCEPT_ENCODING)?.to_str().ok()?;
    let takes = |wanted: &str| {
        offered.split(',').any(|item| {
            let mut parts = item.split(';').map(str::trim);
            parts.next().is_some_and(|name| name.eq_ignore_ascii_case(wanted))
                && !parts.any(|weight| weight == "q=0")
        })
    };
    ["br", "gzip"].into_iter().find(|name| takes(name))
}

impl Asset {
    pub fn new(content_type: &'static str, content: Bytes) -> Self {
        Self { content_type, plain: content, brotli: OnceCell::new(), gzip: OnceCell::new() }
    }

    /// The whole file as a URL, for where nothing can be loaded.
    pub fn data_uri(&self) -> String {
        let kind = self.content_type.replace(' ', "");
        format!("data:{kind};base64,{}", STANDARD.encode(&self.plain))
    }

    pub const fn content_type(&self) -> &'static str {
        self.content_type
    }

    /// For ever, since its URL carries the hash.
    pub async fn answer(&self, hash: &str, headers: &HeaderMap) -> Option<Response> {
        let encoding = accepted(headers);
        // Each form has its own tag: a cache must not take one for the other.
        let tag = format!("\"{hash}{}\"", encoding.map_or("", |name| &name[..2]));
        let unchanged = headers
            .get(header::IF_NONE_MATCH)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|tags| tags.split(',').any(|t| t.trim().trim_start_matches("W/") == tag));
        let mut response = if unchanged {
            StatusCode::NOT_MODIFIED.into_response()
        } else {
            match self.body(encoding).await {
                Some((name, body)) => ([(header::CONTENT_ENCODING, name)], body).into_response(),
                None => self.plain.clone().into_response(),
            }
        };
        let head = response.headers_mut();
        head.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        head.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        );
        head.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        head.insert(header::ETAG, HeaderValue::from_str(&tag).ok()?);
        Some(response)
    }

    async fn body(&self, encoding: Option<&'static str>) -> Option<(&'static str, Bytes)> {
        let name = encoding?;
        let cell = if name == "br" { &self.brotli } else { &self.gzip };
        let body = cell.get_or_try_init(|| compressed(self, name)).await.ok()?;
        Some((name, body.clone()))
    }
}

/// Compresses as hard as possible, which is affordable because it happens once.
async fn compressed(asset: &Asset, encoding: &'static str) -> Result<Bytes, axum::Error> {
    let plain = asset.plain.clone();
    let content_type = asset.content_type;
    let file = tower::service_fn(move |_: Request<Body>| {
        let response = ([(header::CONTENT_TYPE, content_type)], plain.clone()).into_response();
        async move { Ok::<_, axum::Error>(response) }
    });
    let mut request = Request::new(Body::empty());
    request.headers_mut().insert(header::ACCEPT_ENCODING, HeaderValue::from_static(encoding));
    let response = Compression::new(file).quality(CompressionLevel::Best).oneshot(request).await?;
    if response.headers().get(header::CONTENT_ENCODING).is_none() {
        return Err(axum::Error::new("not worth compressing"));
    }
    Ok(response.into_body().collect().await.map_err(axum::Error::new)?.to_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(name: &str) -> String {
        url(name).trim_start_matches("/static/").to_owned()
    }

    #[tokio::test]
    async fn a_file_is_served_for_ever_in_the_form_the_browser_takes() {
        let mut headers = HeaderMap::new();
        let plain = serve(&path("app.css"), &headers).await.unwrap();
        assert_eq!(plain.headers()[header::CONTENT_TYPE], "text/css; charset=utf-8");
        assert!(plain.headers()[header::CACHE_CONTROL].to_str().unwrap().contains("immutable"));
        let length = plain.into_body().collect().await.unwrap().to_bytes().len();

        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip, br;q=1.0"));
        let brotli = serve(&path("app.css"), &headers).await.unwrap();
        assert_eq!(brotli.headers()[header::CONTENT_ENCODING], "br");
        let tag = brotli.headers()[header::ETAG].clone();
        assert!(brotli.into_body().collect().await.unwrap().to_bytes().len() * 3 < length);

        headers.insert(header::IF_NONE_MATCH, tag);
        let unchanged = serve(&path("app.css"), &headers).await.unwrap();
        assert_eq!(unchanged.status(), StatusCode::NOT_MODIFIED);
    }

    #[tokio::test]
    async fn what_is_not_there_is_not_served() {
        for path in ["app.css", "app.00000000.css", "../Cargo.toml", "", "%2e%2e/Cargo.toml"] {
            assert!(serve(path, &HeaderMap::new()).await.is_none(), "{path}");
        }
    }

    #[test]
    fn modules_import_each_other_by_hashed_names() {
        for (path, asset) in &ASSETS.by_path {
            let text = String::from_utf8_lossy(&asset.plain);
            for import in text.lines().filter_map(|line| line.split_once(" from \"./")) {
                let name = import.1.trim_end_matches("\";");
                assert!(ASSETS.by_path.contains_key(name), "{path} imports {name}");
            }
        }
    }

    #[tokio::test]
    async fn what_the_hub_page_loads_stays_small() {
        let mut sum = 0;
        for asset in ASSETS.by_path.values() {
            sum += compressed(asset, "br").await.map_or(asset.plain.len(), |body| body.len());
        }
        assert!(sum < 25_000, "{sum} bytes compressed");
    }
}
