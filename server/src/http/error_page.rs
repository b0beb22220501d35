//! The page that people get where a request is refused or fails: in their language, without script, with a way back.
//!
//! It is made outside of all routes, from whatever answer has a status of 400 or above and is no page yet. So no route
//! can forget it, and what a library says of a request reaches nobody.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use parlor_app::words::fill;

use super::document::Document;
use super::encoding::thousandths;
use super::reader::Reader;
use crate::net::HttpError;
use crate::net::http_error::public_url;

/// What an answer's headers say of its body, which is replaced.
const ABOUT_BODY: [header::HeaderName; 6] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_ENCODING,
    header::TRANSFER_ENCODING,
    header::ETAG,
    header::LAST_MODIFIED,
];

/// Replaces the body of an error: by a page for browsers that open an address, by a short text for everyone else where
/// the server has not written one itself.
pub(super) async fn replace(State(document): State<Document>, request: Request, next: Next) -> Response {
    let reader = prefers_pages(request.headers()).then(|| Reader::of(request.headers()));
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_page(&response) {
        return response;
    }
    let error = response.extensions().get::<HttpError>().cloned();
    let mut response = match (reader, error) {
        (Some(reader), error) => {
            let error = error.unwrap_or_else(|| HttpError::from_status(status));
            with_body_of(response, page(&document, &reader, status, &error))
        }
        (None, Some(_)) => response,
        (None, None) => with_body_of(response, HttpError::from_status(status).text().into_response()),
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Accept, Accept-Language, Cookie"));
    // Tomorrow there may be something at this address.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The answer with the body of another one, and the headers that are about it.
fn with_body_of(response: Response, other: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    let (other, body) = other.into_parts();
    for name in ABOUT_BODY {
        parts.headers.remove(name);
    }
    parts.headers.extend(other.headers);
    Response::from_parts(parts, body)
}

fn is_page(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

/// Whether the client would rather have a page than anything else (RFC 9110 §12.5.1). A browser that opens an address
/// names `text/html` first; its scripts, styles and pictures, and programs, do not name it.
fn prefers_pages(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::ACCEPT).iter().filter_map(|list| list.to_str().ok());
    let (mut pages, mut most) = (0, 0);
    for item in lists.flat_map(|list| list.split(',')) {
        let mut parts = item.split(';').map(str::trim);
        let kind = parts.next().unwrap_or_default();
        let is_weight = |part: &&str| part.get(..1).is_some_and(|name| name.eq_ignore_ascii_case("q"));
        let weight = parts.find(is_weight).map_or(Some(1_000), thousandths).unwrap_or(0);
        if kind.eq_ignore_ascii_case("text/html") {
            pages = weight;
        }
        most = most.max(weight);
    }
    pages > 0 && pages == most
}

fn page(document: &Document, reader: &Reader, status: StatusCode, error: &HttpError) -> Response {
    let (words, pages) = (reader.words, reader.pages);
    let link = |to: String, label: String| view! { <p><a href=to>{label}</a></p> };
    let (title, why) = match error {
        HttpError::UnknownAddress => (pages.no_page(), pages.no_page_why().to_owned()),
        HttpError::InvalidRoom => (pages.no_room(), words.room_name_invalid().to_owned()),
        HttpError::InvalidMessage(_) => (pages.no_message(), pages.no_message_why().to_owned()),
        HttpError::Malformed | HttpError::InvalidHost => (pages.malformed(), pages.malformed_why().to_owned()),
        HttpError::MethodNotAllowed => (pages.no_method(), pages.no_method_why().to_owned()),
        HttpError::TooLarge => (pages.too_large(), pages.too_large_why().to_owned()),
        HttpError::NoCookie => (pages.no_cookie(), pages.no_cookie_why().to_owned()),
        HttpError::ForeignForm => (pages.foreign_form(), pages.foreign_form_why().to_owned()),
        HttpError::Nameless => (pages.nameless(), pages.nameless_why().to_owned()),
        HttpError::TooMany => (pages.too_many(), pages.too_many_why().to_owned()),
        HttpError::Unavailable => (pages.unavailable(), pages.unavailable_why().to_owned()),
        HttpError::Failed => (pages.failed(), pages.failed_why().to_owned()),
        HttpError::Misdirected { host, .. } => (pages.misdirected(), fill(pages.misdirected_why(), &[host])),
    };
    let flag = match error {
        HttpError::Misdirected { host, scheme } => Some(view! {
            <p>{pages.misdirected_host()}</p>
            <pre dir="ltr"><code>{public_url(host, *scheme)}</code></pre>
        }),
        _ => None,
    };
    let room = match error {
        HttpError::InvalidMessage(room) => Some(link(room.path(), format!("#{room}"))),
        _ => None,
    };
    // Under a name that is not the server's, nothing else is answered either, the stylesheet included.
    let is_elsewhere = matches!(error, HttpError::Misdirected { .. } | HttpError::InvalidHost);
    let back = (!is_elsewhere).then(|| {
        let lobby = link("/".to_owned(), pages.to_lobby().to_owned());
        (room, lobby, link("/rooms".to_owned(), pages.all_rooms().to_owned()))
    });
    let content = view! {
        <p>{why}</p>
        {flag}
        {back}
    };
    let document = if is_elsewhere { document.without_style() } else { document.clone() };
    document.answer(reader, status, title, content)
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::routing::get;
    use axum::{Router, middleware};
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn what_is_said_by_a_route_that_knows_nothing_of_this_reaches_nobody() {
        async fn fails() -> Response {
            let headers = [(header::RETRY_AFTER, "7"), (header::ETAG, "\"old\"")];
            (StatusCode::SERVICE_UNAVAILABLE, headers, "alloc::string::String at line 1").into_response()
        }
        let document = Document::new(&LeptosOptions::builder().output_name("parlor").build());
        let router = Router::new().route("/", get(fails)).layer(middleware::from_fn_with_state(document, replace));
        for (accept, kind) in [("text/html", "text/html; charset=utf-8"), ("*/*", "text/plain; charset=utf-8")] {
            let request = Request::get("/").header(header::ACCEPT, accept).body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(response.headers()["content-type"], kind);
            assert_eq!(response.headers()["retry-after"], "7");
            assert!(!response.headers().contains_key(header::ETAG));
            let body = to_bytes(response.into_body(), 10_000).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            assert!(body.contains("The server can't answer at the moment") && !body.contains("String"), "{body}");
        }
    }

    #[test]
    fn pages_are_for_those_who_would_rather_have_them() {
        for (accept, expected) in [
            ("text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", true),
            ("text/html, */*", true),
            ("TEXT/HTML", true),
            ("text/html;charset=utf-8;q=0.5", true),
            ("application/json, text/html;q=0.9", false),
            ("text/html;q=0", false),
            ("text/html;q=x", false),
            ("text/*", false),
            ("*/*", false),
            ("image/avif,image/webp,*/*;q=0.8", false),
            ("application/json, text/plain, */*", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT, HeaderValue::from_str(accept).unwrap())]);
            assert_eq!(prefers_pages(&headers), expected, "{accept}");
        }
        assert!(!prefers_pages(&HeaderMap::new()));
    }
}
