//! Content negotiation by `Accept-Encoding` (RFC 9110 §12.5.3).

use axum::http::{HeaderMap, header};

/// The encoding that the client prefers, of `br` and `gzip`; `None` for identity. With equal weights it is `br`, which
/// is smaller.
pub(super) fn preferred_encoding(headers: &HeaderMap) -> Option<&'static str> {
    ["gzip", "br"]
        .map(|encoding| (weight(headers, encoding), encoding))
        .into_iter()
        .filter(|(weight, _)| *weight > 0)
        .max_by_key(|(weight, _)| *weight)
        .map(|(_, encoding)| encoding)
}

/// The client's weight for an encoding in thousandths; 0 if it does not accept the encoding. `*` matches encodings that
/// are not listed.
fn weight(headers: &HeaderMap, encoding: &str) -> u16 {
    let find = |name: &str| {
        let lists = headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
        let mut items =
            lists.flat_map(|list| list.split(',')).map(|item| item.split_once(';').unwrap_or((item, "q=1")));
        items.find(|(named, _)| named.trim().eq_ignore_ascii_case(name)).map(|(_, weight)| parse_qvalue(weight))
    };
    find(encoding).or_else(|| find("*")).flatten().unwrap_or(0)
}

/// Parses a weight such as `q=0.5` (RFC 9110 §12.4.2) in thousandths; `None` if it is malformed.
///
/// An encoding with a malformed weight is not used, since every client accepts identity.
pub(super) fn parse_qvalue(weight: &str) -> Option<u16> {
    let (name, value) = weight.trim().split_once('=')?;
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let is_number = fraction.len() <= 3 && fraction.bytes().all(|digit| digit.is_ascii_digit());
    if !name.eq_ignore_ascii_case("q") || !is_number {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn preferred(value: &str) -> Option<&'static str> {
        preferred_encoding(&HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_str(value).unwrap())]))
    }

    #[test]
    fn the_encoding_with_the_highest_weight_is_chosen() {
        for (value, expected) in [
            ("gzip, deflate, br, zstd", Some("br")),
            ("gzip, br;q=0, deflate", Some("gzip")),
            ("gzip, br;Q=0", Some("gzip")),
            ("gzip, br ; q=0.000", Some("gzip")),
            ("gzip, br\t;\tQ=0.", Some("gzip")),
            ("gzip;q=0.5, br;q=1.0", Some("br")),
            ("gzip;q=1.000, br;q=0.999", Some("gzip")),
            ("GZIP;q=0.001", Some("gzip")),
            ("br;q=0.3, gzip;Q=0.3", Some("br")),
            ("*", Some("br")),
            ("*, br;q=0", Some("gzip")),
            ("br;q=0, *;q=0.1", Some("gzip")),
            ("*;q=0, gzip", Some("gzip")),
            ("*;q=0", None),
            ("identity", None),
            ("", None),
            // Malformed weights.
            ("br;q=", None),
            ("br;q=2", None),
            ("br;q=1.001", None),
            ("br;q=0.5000", None),
            ("br;q=-1", None),
            ("br;q=+1", None),
            ("br;q = 1", None),
            ("br;level=4", None),
            ("br;q=1;level=4", None),
            ("br;", None),
            ("br;q=x, *", Some("gzip")),
        ] {
            assert_eq!(preferred(value), expected, "{value:?}");
        }
        assert_eq!(preferred_encoding(&HeaderMap::new()), None);
    }

    #[test]
    fn a_list_may_span_several_headers() {
        let headers = ["br;q=0", "gzip"].map(|value| (header::ACCEPT_ENCODING, HeaderValue::from_static(value)));
        let mut all = HeaderMap::new();
        for (name, value) in headers {
            all.append(name, value);
        }
        assert_eq!(preferred_encoding(&all), Some("gzip"));
    }
}
