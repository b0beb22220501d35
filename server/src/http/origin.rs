//! Whose pages may connect. A browser says in `Origin` whose page it is (RFC 6454); other clients need not.

use axum::http::{HeaderMap, header};

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
