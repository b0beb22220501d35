//! Whose pages may connect and send forms. A browser says in `Origin` whose page it is (RFC 6454); other clients need
//! not.

use std::fmt::{self, Display, Formatter};
use std::str::FromStr;

use axum::extract::Request;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::host::{Authority, Host, InvalidHost};
use super::{Client, HttpError};

/// How a page is fetched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Scheme {
    /// In the clear.
    Http,
    /// By TLS, which ends at a proxy.
    Https,
}

impl Scheme {
    fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }
}

impl Display for Scheme {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Http => "http",
            Self::Https => "https",
        })
    }
}

/// Scheme, host and port: two pages are of one site if all three are equal (RFC 6454 §5).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Origin {
    pub(crate) scheme: Scheme,
    pub(crate) host: Host,
    pub(crate) port: u16,
}

impl Origin {
    /// The origin of pages that this host serves by this scheme.
    pub(crate) fn new(scheme: Scheme, Authority { host, port }: Authority) -> Self {
        Self { scheme, host, port: port.unwrap_or(scheme.default_port()) }
    }

    /// The host, with the port where it is not the scheme's own.
    pub(crate) fn authority(&self) -> String {
        let port = if self.port == self.scheme.default_port() { String::new() } else { format!(":{}", self.port) };
        format!("{}{port}", self.host)
    }
}

impl FromStr for Origin {
    type Err = InvalidHost;

    fn from_str(text: &str) -> Result<Self, InvalidHost> {
        let (scheme, authority) = text.split_once("://").ok_or(InvalidHost)?;
        let scheme = match scheme {
            scheme if scheme.eq_ignore_ascii_case("http") => Scheme::Http,
            scheme if scheme.eq_ignore_ascii_case("https") => Scheme::Https,
            _ => return Err(InvalidHost),
        };
        Ok(Self::new(scheme, authority.parse()?))
    }
}

impl Display for Origin {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme, self.authority())
    }
}

/// Whose page sends a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sender {
    /// No page, or a browser that does not say.
    Unknown,
    /// One of our own, or of the origins that are allowed.
    Welcome,
    /// Another site's.
    Foreign,
}

fn sender(headers: &HeaderMap, ours: Option<&Origin>, allowed: &[String]) -> Sender {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let origin = match (origins.next(), origins.next()) {
        (None, _) => return Sender::Unknown,
        (Some(origin), None) => origin.to_str().unwrap_or_default(),
        // No browser sends two: whatever does wants to be taken for something else.
        (Some(_), Some(_)) => return Sender::Foreign,
    };
    let parsed = origin.parse::<Origin>().ok();
    // One that is no address of the web, such as a browser extension's, is compared as it stands.
    let is_allowed = |allowed: &String| {
        allowed.eq_ignore_ascii_case(origin) || parsed.is_some() && allowed.parse::<Origin>().ok() == parsed
    };
    let is_ours = parsed.is_some() && parsed.as_ref() == ours;
    if is_ours || allowed.iter().any(is_allowed) { Sender::Welcome } else { Sender::Foreign }
}

/// Whether the request comes from one of our own pages, from one of the `allowed` origins, or from no page at all.
///
/// A page of another site could otherwise talk with the cookie of whoever looks at it.
pub(crate) fn is_welcome(headers: &HeaderMap, ours: Option<&Origin>, allowed: &[String]) -> bool {
    sender(headers, ours, allowed) != Sender::Foreign
}

/// Whether a form was sent by one of our own pages, or by no page at all: others could act for whoever looks at them,
/// or make them somebody else. Where there is no `Origin`, `Sec-Fetch-Site` counts.
fn is_own_form(headers: &HeaderMap, ours: Option<&Origin>) -> bool {
    match sender(headers, ours, &[]) {
        Sender::Welcome => true,
        Sender::Foreign => false,
        Sender::Unknown => headers.get_all("sec-fetch-site").iter().all(|site| site == "same-origin" || site == "none"),
    }
}

/// Lets nothing through that could change something and was sent by somebody else's page.
pub(crate) async fn refuse_foreign_forms(client: Client, request: Request, next: Next) -> Response {
    if !request.method().is_safe() && !is_own_form(request.headers(), client.origin.as_ref()) {
        return HttpError::ForeignForm.into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn ours(scheme: Scheme, authority: &str) -> Option<Origin> {
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
            assert!(is_welcome(&headers(&[("origin", origin)]), ours(scheme, host).as_ref(), &[]), "{host} {origin}");
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
            assert!(!is_welcome(&headers(&[("origin", origin)]), ours(scheme, host).as_ref(), &[]), "{host} {origin}");
        }
    }

    #[test]
    fn friends_and_programs_are_welcome_and_two_origins_are_not() {
        let ours = ours(Scheme::Http, "chat.example");
        let allowed = ["https://Friend.example".to_owned(), "chrome-extension://abc".to_owned()];
        let welcome = |pairs: &[(&'static str, &str)]| is_welcome(&headers(pairs), ours.as_ref(), &allowed);
        assert!(welcome(&[]));
        assert!(welcome(&[("origin", "https://friend.example:443")]));
        assert!(welcome(&[("origin", "chrome-extension://abc")]));
        assert!(!welcome(&[("origin", "http://friend.example")]));
        assert!(!welcome(&[("origin", "http://chat.example"), ("origin", "http://chat.example")]));
    }

    #[test]
    fn forms_are_taken_from_our_own_pages() {
        let ours = ours(Scheme::Https, "chat.example");
        let form = |pairs: &[(&'static str, &str)]| is_own_form(&headers(pairs), ours.as_ref());
        assert!(form(&[]) && form(&[("sec-fetch-site", "same-origin")]) && form(&[("sec-fetch-site", "none")]));
        // Some browsers call a form of ours that opens a new tab cross-site.
        assert!(form(&[("origin", "https://chat.example"), ("sec-fetch-site", "cross-site")]));
        assert!(!form(&[("origin", "https://evil.example")]) && !form(&[("origin", "null")]));
        assert!(!form(&[("sec-fetch-site", "cross-site")]) && !form(&[("sec-fetch-site", "same-site")]));
        assert!(!form(&[("sec-fetch-site", "none"), ("sec-fetch-site", "cross-site")]));
    }

    #[test]
    fn the_port_is_named_where_it_is_not_the_schemes_own() {
        assert_eq!(ours(Scheme::Https, "A.example.:443").unwrap().to_string(), "https://a.example");
        assert_eq!(ours(Scheme::Http, "[::1]:443").unwrap().to_string(), "http://[::1]:443");
    }
}
