//! The bot token of a WebSocket handshake: `Authorization: Bearer TOKEN` (RFC 6750 §2.1), or `?token=TOKEN` for clients
//! that can set no headers.

use axum::http::{HeaderMap, header};

use super::query::values;

/// The error if a request has several tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct SeveralTokens;

/// The token of a request; `None` without one. Other authentication schemes are ignored: a proxy may use them.
///
/// # Errors
/// [`SeveralTokens`], unless they are equal.
pub(crate) fn bot_token(headers: &HeaderMap, query: &str) -> Result<Option<String>, SeveralTokens> {
    let bearer = |value: &str| {
        let (scheme, token) = value.trim().split_once(' ').unwrap_or((value.trim(), ""));
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    };
    let in_headers = headers.get_all(header::AUTHORIZATION).iter().filter_map(|value| bearer(value.to_str().ok()?));
    // What is no UTF-8 is no token.
    let in_query = values(query, "token").map(Option::unwrap_or_default);
    let mut tokens: Vec<_> = in_headers.chain(in_query).collect();
    tokens.dedup();
    if tokens.len() > 1 { Err(SeveralTokens) } else { Ok(tokens.pop()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(authorization: &[&str], query: &str) -> Result<Option<String>, SeveralTokens> {
        let headers = authorization.iter().map(|value| (header::AUTHORIZATION, value.parse().unwrap()));
        bot_token(&headers.collect(), query)
    }

    #[test]
    fn a_token_is_in_the_header_or_in_the_query() {
        let found = Ok(Some("bot_x".to_owned()));
        assert_eq!(token(&["Bearer bot_x"], "room=lobby"), found);
        assert_eq!(token(&["bearer  bot_x "], ""), found);
        assert_eq!(token(&["Basic dTpw", "Bearer bot_x"], ""), found, "a proxy may use another scheme");
        assert_eq!(token(&[], "token=bot%5Fx&room=lobby"), found);
        assert_eq!(token(&["Bearer bot_x"], "token=bot_x"), found);
        assert_eq!(token(&["Basic dTpw"], "room=lobby&tokens=1"), Ok(None));
        for empty in [token(&[], "token="), token(&["Bearer "], ""), token(&["Bearer"], "")] {
            assert_eq!(empty, Ok(Some(String::new())), "an empty token is one that nobody has");
        }
    }

    #[test]
    fn different_tokens_are_refused() {
        assert_eq!(token(&["Bearer a"], "token=b"), Err(SeveralTokens));
        assert_eq!(token(&["Bearer a", "Bearer b"], ""), Err(SeveralTokens));
        assert_eq!(token(&[], "token=a&token=b"), Err(SeveralTokens));
    }
}
