//! Error pages: for browsers in the client's language, without script, and with links back; for programs a short text.
//!
//! A middleware around all routes replaces the body of every response with a status of 400 or above that is not HTML.
//! So no route can omit it, and error texts of libraries are never sent.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use leptos::prelude::*;
use parlor_app::i18n::fill;

use super::content_encoding::parse_qvalue;
use super::page_template::PageTemplate;
use super::recovery::sign_in_form;
use super::request_preferences::RequestPreferences;
use super::routes::Route;
use super::scripts::{allow_scripts, script};
use super::text_area::text_area;
use crate::access::Admission;
use crate::net::HttpError;
use crate::net::http_error::public_url_flag;

/// Headers that describe the body of a response. They are replaced together with it.
const BODY_HEADERS: [header::HeaderName; 6] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_ENCODING,
    header::TRANSFER_ENCODING,
    header::ETAG,
    header::LAST_MODIFIED,
];

/// The text of a form that could not be posted, in the extensions of an error response: the page shows it, so that it can
/// be copied.
#[derive(Clone, Debug)]
pub(super) struct UnsentText(pub(super) String);

/// In the extensions of an error response to somebody whose access to the server has ended: the page deletes what the
/// browser stores.
#[derive(Clone, Copy, Debug)]
pub(super) struct EraseStores;

/// Middleware that replaces the body of an error response.
///
/// A browser that navigates gets a page. Other clients get a short text, unless the server has written one itself.
pub(super) async fn render_error_page(State(template): State<PageTemplate>, request: Request, next: Next) -> Response {
    let preferences = prefers_html(request.headers()).then(|| RequestPreferences::from_headers(request.headers()));
    let response = next.run(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_html(&response) {
        return response;
    }
    let error = response.extensions().get::<HttpError>().cloned();
    let mut response = match (preferences, error) {
        (Some(preferences), error) => {
            let error = error.unwrap_or_else(|| HttpError::from_status(status));
            let unsent = response.extensions().get::<UnsentText>().cloned();
            let erase = response.extensions().get::<EraseStores>().copied();
            let page = match &error {
                // Nothing but the name and the ways in.
                HttpError::MembersOnly if template.server_policy().admission == Admission::Invited => {
                    members_only_page(&template, &preferences, status, erase)
                }
                error => error_page(&template, &preferences, status, error, unsent),
            };
            with_body_of(response, page)
        }
        (None, Some(_)) => response,
        (None, None) => with_body_of(response, HttpError::from_status(status).text().into_response()),
    };
    let headers = response.headers_mut();
    headers.append(header::VARY, HeaderValue::from_static("Accept, Accept-Language, Cookie"));
    // Browsers cache a 404 by default, but the resource may exist later.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// The response with the body and the body headers of another one.
fn with_body_of(response: Response, other: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    let (other, body) = other.into_parts();
    for name in BODY_HEADERS {
        parts.headers.remove(name);
    }
    parts.headers.extend(other.headers);
    Response::from_parts(parts, body)
}

fn is_html(response: &Response) -> bool {
    let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    media_type.is_some_and(|media_type| media_type.starts_with("text/html"))
}

/// Whether `text/html` has the highest weight in `Accept` (RFC 9110 §12.5.1).
///
/// Browsers send it so when they navigate. Requests for scripts, styles and images do not list it, nor do programs.
fn prefers_html(headers: &HeaderMap) -> bool {
    let lists = headers.get_all(header::ACCEPT).iter().filter_map(|list| list.to_str().ok());
    let (mut html, mut highest) = (0, 0);
    for item in lists.flat_map(|list| list.split(',')) {
        let mut parameters = item.split(';').map(str::trim);
        let media_type = parameters.next().unwrap_or_default();
        let is_weight = |parameter: &&str| parameter.get(..1).is_some_and(|name| name.eq_ignore_ascii_case("q"));
        let weight = parameters.find(is_weight).map_or(Some(1_000), parse_qvalue).unwrap_or(0);
        if media_type.eq_ignore_ascii_case("text/html") {
            html = weight;
        }
        highest = highest.max(weight);
    }
    html > 0 && html == highest
}

fn error_page(
    template: &PageTemplate,
    preferences: &RequestPreferences,
    status: StatusCode,
    error: &HttpError,
    unsent: Option<UnsentText>,
) -> Response {
    let (texts, page_texts) = (preferences.texts, preferences.page_texts);
    let link = |to: String, label: String| view! { <p><a href=to>{label}</a></p> };
    let (title, explanation) = match error {
        HttpError::UnknownPath => (page_texts.no_page(), page_texts.no_page_why().to_owned()),
        HttpError::InvalidRoom => (page_texts.no_room(), texts.room_name_invalid().to_owned()),
        HttpError::MembersOnly => (texts.members_only(), page_texts.members_only_why().to_owned()),
        HttpError::ServerOwnersOnly => {
            (page_texts.server_owners_only(), page_texts.server_owners_only_why().to_owned())
        }
        HttpError::NoSuchRoom => (page_texts.no_such_room(), page_texts.no_such_room_why().to_owned()),
        HttpError::RoomDeleted => (page_texts.room_deleted(), page_texts.room_deleted_why().to_owned()),
        HttpError::SimilarRoom(room) => {
            (page_texts.similar_room(), fill(page_texts.similar_room_why(), &[room.as_str()]))
        }
        HttpError::OwnersOnly => (page_texts.owners_only(), page_texts.owners_only_why().to_owned()),
        HttpError::InvalidMessagePath(_) => (page_texts.no_message(), page_texts.no_message_why().to_owned()),
        HttpError::Malformed | HttpError::InvalidHost => {
            (page_texts.malformed(), page_texts.malformed_why().to_owned())
        }
        HttpError::MethodNotAllowed => (page_texts.no_method(), page_texts.no_method_why().to_owned()),
        HttpError::BodyTooLarge => (page_texts.too_large(), page_texts.too_large_why().to_owned()),
        HttpError::MissingCookie => (page_texts.no_cookie(), page_texts.no_cookie_why().to_owned()),
        HttpError::CrossOriginForm => (page_texts.cross_site_form(), page_texts.cross_site_form_why().to_owned()),
        HttpError::NameRequired => (page_texts.name_required(), page_texts.name_required_why().to_owned()),
        HttpError::TooManyConnections => (page_texts.too_many(), page_texts.too_many_why().to_owned()),
        HttpError::Unavailable => (page_texts.unavailable(), page_texts.unavailable_why().to_owned()),
        HttpError::Internal => (page_texts.failed(), page_texts.failed_why().to_owned()),
        HttpError::Misdirected { host, .. } => (page_texts.misdirected(), fill(page_texts.misdirected_why(), &[host])),
    };
    let flag = match error {
        HttpError::Misdirected { host, scheme } => Some(view! {
            <p>{page_texts.misdirected_host()}</p>
            <pre dir="ltr"><code>{public_url_flag(host, *scheme)}</code></pre>
        }),
        _ => None,
    };
    let room_link = match error {
        HttpError::InvalidMessagePath(room) if room.is_private() => {
            Some(link(room.path(), page_texts.to_room().to_owned()))
        }
        HttpError::InvalidMessagePath(room) | HttpError::SimilarRoom(room) => {
            Some(link(room.path(), format!("#{room}")))
        }
        _ => None,
    };
    // Under a foreign host other requests are rejected too, even one for the stylesheet.
    let is_foreign_host = matches!(error, HttpError::Misdirected { .. } | HttpError::InvalidHost);
    let back = (!is_foreign_host).then(|| {
        let lobby = link("/".to_owned(), page_texts.to_lobby().to_owned());
        (room_link, lobby, link("/rooms".to_owned(), page_texts.all_rooms().to_owned()))
    });
    let unsent = unsent
        .filter(|UnsentText(text)| !text.is_empty())
        .map(|UnsentText(text)| text_area("text", texts.message(), &text));
    let content = view! {
        <p>{explanation}</p>
        {unsent}
        {flag}
        {back}
    };
    let template = if is_foreign_host { template.without_stylesheet() } else { template.clone() };
    template.render(preferences, status, title, content)
}

/// The page for those who may not come in to the server.
fn members_only_page(
    template: &PageTemplate,
    preferences: &RequestPreferences,
    status: StatusCode,
    erase: Option<EraseStores>,
) -> Response {
    let texts = preferences.page_texts;
    let erase = erase.map(|EraseStores| script(Route::EraseScript));
    let content = view! {
        {erase}
        <p><b>{texts.members_only()}</b></p>
        <p>{texts.members_only_why()}</p>
        {sign_in_form(preferences, "")}
    };
    allow_scripts(template.render(preferences, status, &template.server_name(), content))
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::routing::get;
    use axum::{Router, middleware};
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn the_error_text_of_a_route_is_replaced() {
        async fn fails() -> Response {
            let headers = [(header::RETRY_AFTER, "7"), (header::ETAG, "\"old\"")];
            (StatusCode::SERVICE_UNAVAILABLE, headers, "alloc::string::String at line 1").into_response()
        }
        let template = PageTemplate::new(&LeptosOptions::builder().output_name("parlor").build(), Default::default());
        let router =
            Router::new().route("/", get(fails)).layer(middleware::from_fn_with_state(template, render_error_page));
        for (accept, content_type) in [("text/html", "text/html; charset=utf-8"), ("*/*", "text/plain; charset=utf-8")]
        {
            let request = Request::get("/").header(header::ACCEPT, accept).body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(response.headers()["content-type"], content_type);
            assert_eq!(response.headers()["retry-after"], "7");
            assert!(!response.headers().contains_key(header::ETAG));
            let body = to_bytes(response.into_body(), 10_000).await.unwrap();
            let body = String::from_utf8(body.to_vec()).unwrap();
            assert!(body.contains("The server can't answer at the moment") && !body.contains("String"), "{body}");
        }
    }

    #[test]
    fn html_is_sent_to_clients_that_prefer_it() {
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
            assert_eq!(prefers_html(&headers), expected, "{accept}");
        }
        assert!(!prefers_html(&HeaderMap::new()));
    }
}
