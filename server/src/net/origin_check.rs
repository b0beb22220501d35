//! Checks the `Origin` of forms and WebSocket handshakes (RFC 6454), against cross-site request forgery.
//!
//! Browsers send `Origin` with these requests; other clients need not.

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::origin::Origin;
use super::{ClientInfo, HttpError};

/// What the `Origin` header says about the page that sent a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum OriginCheck {
    /// There is no `Origin`: no page sent the request, or the browser omits the header.
    Absent,
    /// Our own origin, or one of the allowed ones.
    Allowed,
    /// Another origin.
    CrossOrigin,
}

fn check_origin(headers: &HeaderMap, own: Option<&Origin>, allowed: &[String]) -> OriginCheck {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let origin = match (origins.next(), origins.next()) {
        (None, _) => return OriginCheck::Absent,
        (Some(origin), None) => origin.to_str().unwrap_or_default(),
        // Browsers never send two.
        (Some(_), Some(_)) => return OriginCheck::CrossOrigin,
    };
    let parsed = origin.parse::<Origin>().ok();
    // An origin of another scheme, such as that of a browser extension, is compared as text.
    let is_allowed = |allowed: &String| {
        allowed.eq_ignore_ascii_case(origin) || parsed.is_some() && allowed.parse::<Origin>().ok() == parsed
    };
    let is_own = parsed.is_some() && parsed.as_ref() == own;
    if is_own || allowed.iter().any(is_allowed) { OriginCheck::Allowed } else { OriginCheck::CrossOrigin }
}

/// Whether a WebSocket handshake has our own origin, one of the `allowed` origins, or none at all.
///
/// A page of another site could otherwise connect with the cookies of its visitor.
pub(crate) fn is_allowed_origin(headers: &HeaderMap, own: Option<&Origin>, allowed: &[String]) -> bool {
    check_origin(headers, own, allowed) != OriginCheck::CrossOrigin
}

/// Whether a form was sent by one of our own pages, or by no page at all. Without `Origin`, `Sec-Fetch-Site` counts.
///
/// A page of another site could otherwise act with the session of its visitor, or replace that session.
fn is_same_origin_form(headers: &HeaderMap, own: Option<&Origin>) -> bool {
    match check_origin(headers, own, &[]) {
        OriginCheck::Allowed => true,
        OriginCheck::CrossOrigin => false,
        OriginCheck::Absent => {
            headers.get_all("sec-fetch-site").iter().all(|site| site == "same-origin" || site == "none")
        }
    }
}

/// Middleware that rejects requests of unsafe methods from pages of other origins with status 403.
pub(crate) async fn reject_cross_origin_forms(client: ClientInfo, request: Request, next: Next) -> Response {
    if !request.method().is_safe() && !is_same_origin_form(request.headers(), client.origin.as_ref()) {
        return HttpError::CrossOriginForm.into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::super::origin::Scheme;
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn own_origin(scheme: Scheme, authority: &str) -> Option<Origin> {
        Some(Origin::new(scheme, authority.parse().unwrap()))
    }

    #[test]
    fn scheme_host_and_effective_port_make_an_origin() {
        for (scheme, host, origin) in [
            (Scheme::Http, "chat.example:3000", "http://chat.example:3000"),
            (Scheme::Http, "chat.example:80", "http://chat.example"),
            (Scheme::Http, "chat.example", "http://Chat.Example.:80"),
            (Scheme::Https, "talk.example.org:443", "https://talk.example.org"),
            (Scheme::Https, "TALK.example.org", "https://talk.example.org:443"),
            (Scheme::Http, "[::1]:3000", "http://[0:0:0:0:0:0:0:1]:3000"),
        ] {
            assert!(
                is_allowed_origin(&headers(&[("origin", origin)]), own_origin(scheme, host).as_ref(), &[]),
                "{host} {origin}"
            );
        }
        for (scheme, host, origin) in [
            (Scheme::Http, "chat.example:3000", "https://chat.example:3000"),
            (Scheme::Https, "chat.example", "http://chat.example"),
            (Scheme::Http, "chat.example:3000", "http://chat.example"),
            (Scheme::Http, "chat.example", "http://evil.example"),
            (Scheme::Http, "chat.example", "http://chat.example.evil.example"),
            (Scheme::Http, "chat.example", "http://chat.example@evil.example"),
            (Scheme::Http, "chat.example", "null"),
            (Scheme::Http, "chat.example", ""),
            (Scheme::Http, "chat.example", "chat.example"),
            (Scheme::Http, "chat.example", "http://chat.example/"),
        ] {
            assert!(
                !is_allowed_origin(&headers(&[("origin", origin)]), own_origin(scheme, host).as_ref(), &[]),
                "{host} {origin}"
            );
        }
    }

    #[test]
    fn allowed_origins_and_programs_may_connect_and_two_origins_may_not() {
        let own = own_origin(Scheme::Http, "chat.example");
        let allowed = ["https://Friend.example".to_owned(), "chrome-extension://abc".to_owned()];
        let is_allowed = |pairs: &[(&'static str, &str)]| is_allowed_origin(&headers(pairs), own.as_ref(), &allowed);
        assert!(is_allowed(&[]));
        assert!(is_allowed(&[("origin", "https://friend.example:443")]));
        assert!(is_allowed(&[("origin", "chrome-extension://abc")]));
        assert!(!is_allowed(&[("origin", "http://friend.example")]));
        assert!(!is_allowed(&[("origin", "http://chat.example"), ("origin", "http://chat.example")]));
    }

    #[test]
    fn only_forms_of_our_own_pages_are_accepted() {
        let own = own_origin(Scheme::Https, "chat.example");
        let form = |pairs: &[(&'static str, &str)]| is_same_origin_form(&headers(pairs), own.as_ref());
        assert!(form(&[]) && form(&[("sec-fetch-site", "same-origin")]) && form(&[("sec-fetch-site", "none")]));
        // Some browsers send `cross-site` for one of our forms that opens a new tab.
        assert!(form(&[("origin", "https://chat.example"), ("sec-fetch-site", "cross-site")]));
        assert!(!form(&[("origin", "https://evil.example")]) && !form(&[("origin", "null")]));
        assert!(!form(&[("sec-fetch-site", "cross-site")]) && !form(&[("sec-fetch-site", "same-site")]));
        assert!(!form(&[("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")]));
    }
}
