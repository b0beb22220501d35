//! Static assets: the built JavaScript, WASM and CSS.
//!
//! A release build embeds them, compressed at build time. Their path has a hash of their content, so that browsers may
//! cache them for ever. In development they are read from the output directory of cargo-leptos.

use std::borrow::Cow;
use std::path::PathBuf;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::content_encoding;
use crate::net::HttpError;

/// An embedded file in each of its content encodings.
#[derive(Clone, Copy, Debug)]
struct EmbeddedAsset {
    name: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The source of the static assets.
#[derive(Clone, Debug)]
pub(crate) enum StaticAssets {
    /// Embedded in the binary.
    Embedded,
    /// Read from this directory at each request.
    Directory(PathBuf),
}

impl StaticAssets {
    /// The embedded assets if the binary has some. Otherwise `pkg` in `LEPTOS_SITE_ROOT`, by default `target/site`.
    pub(crate) fn new() -> Self {
        if EMBEDDED.is_empty() {
            let root = std::env::var("LEPTOS_SITE_ROOT").unwrap_or_else(|_| "target/site".to_owned());
            Self::Directory(PathBuf::from(root).join("pkg"))
        } else {
            Self::Embedded
        }
    }

    /// The URL path of the directory of all assets, without leading and trailing slash.
    pub(crate) fn base_path(&self) -> String {
        match self {
            Self::Embedded => format!("pkg/{EMBEDDED_HASH}"),
            Self::Directory(_) => "pkg".to_owned(),
        }
    }

    /// Identifies the build: the hash of the embedded assets, or `development`.
    pub(crate) fn build_id(&self) -> &'static str {
        match self {
            Self::Embedded => EMBEDDED_HASH,
            Self::Directory(_) => "development",
        }
    }

    /// The URL paths of all embedded assets; none in development, where files may change.
    pub(super) fn paths(&self) -> impl Iterator<Item = String> {
        let files: &[EmbeddedAsset] = match self {
            Self::Embedded => EMBEDDED,
            Self::Directory(_) => &[],
        };
        files.iter().map(|file| format!("/{}/{}", self.base_path(), file.name))
    }

    /// The content of the embedded stylesheet; `None` in development, where it may change.
    pub(crate) fn stylesheet(&self) -> Option<&'static str> {
        match self {
            Self::Embedded => std::str::from_utf8(embedded("parlor.css")?.plain).ok(),
            Self::Directory(_) => None,
        }
    }

    async fn find(&self, path: &str) -> Option<AssetContent> {
        match self {
            Self::Embedded => {
                let name = path.strip_prefix(EMBEDDED_HASH)?.strip_prefix('/')?;
                embedded(name).map(AssetContent::Embedded)
            }
            Self::Directory(root) => {
                let is_inside = path.split('/').all(|segment| !segment.is_empty() && segment != ".." && segment != ".");
                let bytes = if is_inside { tokio::fs::read(root.join(path)).await.ok() } else { None };
                bytes.map(AssetContent::File)
            }
        }
    }
}

impl Default for StaticAssets {
    fn default() -> Self {
        Self::new()
    }
}

fn embedded(name: &str) -> Option<EmbeddedAsset> {
    EMBEDDED.iter().find(|file| file.name == name).copied()
}

enum AssetContent {
    Embedded(EmbeddedAsset),
    File(Vec<u8>),
}

/// `GET /pkg/…`.
pub(super) async fn serve(
    State(assets): State<StaticAssets>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(content) = assets.find(&path).await else {
        return HttpError::UnknownPath.into_response();
    };
    let (encoding, body, cache_control) = match content {
        AssetContent::Embedded(file) => {
            let encoding = content_encoding::preferred_encoding(&headers);
            let bytes = match encoding {
                Some("br") => file.brotli,
                Some(_) => file.gzip,
                None => file.plain,
            };
            (encoding, Cow::Borrowed(bytes), "public, max-age=31536000, immutable")
        }
        AssetContent::File(bytes) => (None, Cow::Owned(bytes), "no-cache"),
    };
    // Each encoding needs an entity tag of its own (RFC 9110 §8.8.3.3), so the tag is a hash of the bytes sent.
    let etag = format!("\"{}\"", hex(&Sha256::digest(&body)[..12]));
    let mut response =
        if matches_etag(&headers, &etag) { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    let response_headers = response.headers_mut();
    response_headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&path)));
    response_headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache_control));
    response_headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(etag) = HeaderValue::from_str(&etag) {
        response_headers.insert(header::ETAG, etag);
    }
    if let Some(encoding) = encoding {
        response_headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether `If-None-Match` contains this entity tag (RFC 9110 §13.1.2): the client has these bytes already.
fn matches_etag(headers: &HeaderMap, etag: &str) -> bool {
    let list = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    list.is_some_and(|list| list == "*" || list.split(',').any(|known| known.trim().trim_start_matches("W/") == etag))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, extension)| extension) {
        Some("js") => "text/javascript; charset=utf-8",
        Some("wasm") => "application/wasm",
        Some("css") => "text/css; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("json" | "webmanifest") => "application/json",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn if_none_match(value: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn an_entity_tag_is_found_in_a_list() {
        assert!(matches_etag(&if_none_match("\"a\", W/\"b\""), "\"b\""));
        assert!(!matches_etag(&if_none_match("\"a\""), "\"b\""));
    }

    #[tokio::test]
    async fn files_outside_the_directory_are_not_served() {
        let assets = StaticAssets::Directory(PathBuf::from("src"));
        assert!(assets.find("lib.rs").await.is_some());
        for path in ["../Cargo.toml", "http/../lib.rs", "/etc/passwd", "http//mod.rs", "."] {
            assert!(assets.find(path).await.is_none(), "{path}");
        }
    }
}
