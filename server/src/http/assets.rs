//! The built site: script, WASM and styles.
//!
//! In a release build they are inside the program, compressed once at build time, at addresses that change with their
//! content, so that a browser never asks twice. Otherwise they are read from where cargo-leptos puts them.

use std::borrow::Cow;
use std::path::PathBuf;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::encoding;
use crate::net::HttpError;

/// A file of the site in the forms it can travel in.
#[derive(Clone, Copy, Debug)]
struct Embedded {
    name: &'static str,
    plain: &'static [u8],
    brotli: &'static [u8],
    gzip: &'static [u8],
}

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// Where the site's files come from.
#[derive(Clone, Debug)]
pub(crate) enum Site {
    /// From inside the program.
    Embedded,
    /// From this directory, read anew at each request.
    Directory(PathBuf),
}

impl Site {
    /// The site inside the program if there is one, the directory of cargo-leptos otherwise.
    pub(crate) fn new() -> Self {
        if EMBEDDED.is_empty() {
            let root = std::env::var("LEPTOS_SITE_ROOT").unwrap_or_else(|_| "target/site".to_owned());
            Self::Directory(PathBuf::from(root).join("pkg"))
        } else {
            Self::Embedded
        }
    }

    /// Where the page finds the files, without slashes at the ends.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::Embedded => format!("pkg/{EMBEDDED_HASH}"),
            Self::Directory(_) => "pkg".to_owned(),
        }
    }

    /// Names what is served: another build, another name.
    pub(crate) fn build(&self) -> &'static str {
        match self {
            Self::Embedded => EMBEDDED_HASH,
            Self::Directory(_) => "development",
        }
    }

    /// The addresses of all files, if they do not change.
    pub(super) fn files(&self) -> impl Iterator<Item = String> {
        let files: &[Embedded] = match self {
            Self::Embedded => EMBEDDED,
            Self::Directory(_) => &[],
        };
        files.iter().map(|file| format!("/{}/{}", self.address(), file.name))
    }

    /// What the page's stylesheet says, if that does not change.
    pub(crate) fn style(&self) -> Option<&'static str> {
        match self {
            Self::Embedded => std::str::from_utf8(embedded("parlor.css")?.plain).ok(),
            Self::Directory(_) => None,
        }
    }

    async fn find(&self, path: &str) -> Option<Found> {
        match self {
            Self::Embedded => {
                let name = path.strip_prefix(EMBEDDED_HASH)?.strip_prefix('/')?;
                embedded(name).map(Found::Embedded)
            }
            Self::Directory(root) => {
                let inside = path.split('/').all(|part| !part.is_empty() && part != ".." && part != ".");
                let bytes = if inside { tokio::fs::read(root.join(path)).await.ok() } else { None };
                bytes.map(Found::Read)
            }
        }
    }
}

impl Default for Site {
    fn default() -> Self {
        Self::new()
    }
}

fn embedded(name: &str) -> Option<Embedded> {
    EMBEDDED.iter().find(|file| file.name == name).copied()
}

enum Found {
    Embedded(Embedded),
    Read(Vec<u8>),
}

/// `GET /pkg/…`.
pub(super) async fn serve(State(site): State<Site>, Path(path): Path<String>, headers: HeaderMap) -> Response {
    let Some(found) = site.find(&path).await else {
        return HttpError::UnknownAddress.into_response();
    };
    let (encoding, body, caching) = match found {
        Found::Embedded(file) => {
            let encoding = encoding::preferred(&headers);
            let bytes = match encoding {
                Some("br") => file.brotli,
                Some(_) => file.gzip,
                None => file.plain,
            };
            (encoding, Cow::Borrowed(bytes), "public, max-age=31536000, immutable")
        }
        Found::Read(bytes) => (None, Cow::Owned(bytes), "no-cache"),
    };
    // Each form is an entity of its own (RFC 9110 §8.8.3.3), so the tag comes from the bytes sent.
    let tag = format!("\"{}\"", hex(&Sha256::digest(&body)[..12]));
    let mut response =
        if matches(&headers, &tag) { StatusCode::NOT_MODIFIED.into_response() } else { body.into_response() };
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(&path)));
    answer.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    answer.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        answer.insert(header::ETAG, tag);
    }
    if let Some(encoding) = encoding {
        answer.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
    }
    response
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether the client has these bytes already (RFC 9110 §13.1.2).
fn matches(headers: &HeaderMap, tag: &str) -> bool {
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    known.is_some_and(|list| list == "*" || list.split(',').any(|known| known.trim().trim_start_matches("W/") == tag))
}

fn content_type(path: &str) -> &'static str {
    match path.rsplit_once('.').map(|(_, ending)| ending) {
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

    fn with(name: header::HeaderName, value: &str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_str(value).unwrap())])
    }

    #[test]
    fn a_known_tag_is_recognised_in_a_list() {
        assert!(matches(&with(header::IF_NONE_MATCH, "\"a\", W/\"b\""), "\"b\""));
        assert!(!matches(&with(header::IF_NONE_MATCH, "\"a\""), "\"b\""));
    }

    #[tokio::test]
    async fn nothing_outside_the_directory_is_served() {
        let site = Site::Directory(PathBuf::from("src"));
        assert!(site.find("lib.rs").await.is_some());
        for path in ["../Cargo.toml", "http/../lib.rs", "/etc/passwd", "http//mod.rs", "."] {
            assert!(site.find(path).await.is_none(), "{path}");
        }
    }
}
