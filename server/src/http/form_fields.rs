//! The fields of a submitted form, of which some may occur several times.

use percent_encoding::percent_decode_str;

/// The fields of a form (`application/x-www-form-urlencoded`), in their order.
#[derive(Clone, Debug, Default)]
pub(super) struct FormFields(Vec<(String, String)>);

impl FormFields {
    /// Reads a form; `None` if it is malformed.
    pub(super) fn parse(body: &[u8]) -> Option<Self> {
        let decode = |text: &str| Some(percent_decode_str(&text.replace('+', " ")).decode_utf8().ok()?.into_owned());
        let pairs = std::str::from_utf8(body).ok()?.split('&').filter(|pair| !pair.is_empty());
        let fields = pairs.map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decode(name)?, decode(value)?))
        });
        Some(Self(fields.collect::<Option<_>>()?))
    }

    /// The first value of a field; empty without one.
    pub(super) fn field(&self, name: &str) -> &str {
        self.0.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value)
    }

    /// All values of a field.
    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}
