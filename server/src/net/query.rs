//! Reads the query of a URL.

use percent_encoding::percent_decode;

/// The values of all fields with this name, in percent-encoded UTF-8; `None` for one that is not. A plus sign stays one:
/// neither room names nor tokens have spaces.
pub(crate) fn values<'a>(query: &'a str, name: &'a str) -> impl Iterator<Item = Option<String>> + 'a {
    query.split('&').filter_map(move |pair| {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        (key == name).then(|| percent_decode(value.as_bytes()).decode_utf8().ok().map(|value| value.into_owned()))
    })
}
