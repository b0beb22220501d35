//! Whose pages may connect and send forms. A browser says in `Origin` whose page it is (RFC 6454); other clients need
//! not.

use axum::extract::Request;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

/// Whether the request comes from one of our own pages, from one of the `allowed` origins, or from no page at all.
///
/// A page of another site could otherwise talk with the cookie of whoever looks at it.
pub(crate) fn is_welcome(headers: &HeaderMap, allowed: &[String]) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    if allowed.iter().any(|welcome| welcome.eq_ignore_ascii_case(origin)) {
        return true;
    }
    // Behind a TLS proxy the scheme differs, and nobody can serve a page from our host under another one.
    let host = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    let ours = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    matches!((host, ours), (Some(host), Some(ours)) if host.eq_ignore_ascii_case(ours))
}

/// Whether a form was sent by one of our own pages, or by no page at all: others could act for whoever looks at them,
/// or make them somebody else.
fn is_own_form(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site");
    is_welcome(headers, &[]) && site.is_none_or(|site| site == "same-origin" || site == "none")
}

/// Lets nothing through that could change something and was sent by somebody else's page.
pub(super) async fn refuse_foreign_forms(request: Request, next: Next) -> Response {
    if !request.method().is_safe() && !is_own_form(request.headers()) {
        return (StatusCode::FORBIDDEN, "Pages of other sites may not do this.\n").into_response();
    }
    next.run(request).await
}

/// Whether the browser came by TLS, which ends at a proxy.
pub(super) fn is_https(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https")
}

/// Our origin, as the browser that asks knows it.
pub(super) fn ours(headers: &HeaderMap) -> Option<String> {
    let host: Authority = headers.get(header::HOST)?.to_str().ok()?.parse().ok()?;
    let scheme = if is_https(headers) { "https" } else { "http" };
    Some(format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn welcome(origin: Option<&str>) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, "chat.example:3000".parse().unwrap());
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, origin.parse().unwrap());
        }
        is_welcome(&headers, &["https://friend.example".to_owned()])
    }

    #[test]
    fn our_own_pages_friends_and_programs_are_welcome() {
        for origin in
            [None, Some("http://chat.example:3000"), Some("https://Chat.example:3000"), Some("https://friend.example")]
        {
            assert!(welcome(origin), "{origin:?}");
        }
    }

    #[test]
    fn forms_are_taken_from_our_own_pages() {
        let form = |name: &'static str, value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, "chat.example".parse().unwrap());
            headers.insert(name, value.parse().unwrap());
            is_own_form(&headers)
        };
        assert!(form("origin", "https://chat.example") && form("sec-fetch-site", "same-origin"));
        assert!(!form("origin", "https://evil.example") && !form("origin", "null"));
        assert!(!form("sec-fetch-site", "cross-site") && !form("sec-fetch-site", "same-site"));
    }

    #[test]
    fn pages_of_others_are_not() {
        for origin in [
            "http://evil.example",
            "null",
            "http://chat.example",
            "http://chat.example:3000.evil.example",
            "chat.example:3000",
        ] {
            assert!(!welcome(Some(origin)), "{origin}");
        }
    }
}
