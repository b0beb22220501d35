//! The languages of the page, with their plural forms and number formats.

/// A language of the page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// German.
    German,
    /// Spanish.
    Spanish,
    /// Japanese.
    Japanese,
    /// Arabic, written from right to left.
    Arabic,
}

impl Language {
    /// All languages, in the order in which the settings list them.
    pub const ALL: [Self; 5] = [Self::English, Self::German, Self::Spanish, Self::Japanese, Self::Arabic];

    /// Parses a language tag (BCP 47) and ignores its region. `None` for a language that the page does not have.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// The language tag (BCP 47), without a region.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Spanish => "es",
            Self::Japanese => "ja",
            Self::Arabic => "ar",
        }
    }

    /// The name of the language in the language itself.
    pub fn native_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Spanish => "Español",
            Self::Japanese => "日本語",
            Self::Arabic => "العربية",
        }
    }

    /// The writing direction, as a value of HTML's `dir` attribute.
    pub fn direction(self) -> &'static str {
        if self == Self::Arabic { "rtl" } else { "ltr" }
    }

    /// The index of the plural form for a count. The forms are ordered zero, one, two, few, many, other; a language has
    /// some of them (CLDR, "Language Plural Rules", whole numbers below a million).
    pub fn plural_form(self, count: u64) -> usize {
        match (self, count, count % 100) {
            (Self::Japanese, ..) => 0,
            (Self::Arabic, 0..=2, _) => count as usize,
            (Self::Arabic, _, 3..=10) => 3,
            (Self::Arabic, _, 11..) => 4,
            (Self::Arabic, ..) => 5,
            _ => usize::from(count != 1),
        }
    }

    /// The thousands separator, and the least number of digits of a number that is grouped (CLDR,
    /// `minimumGroupingDigits`).
    fn grouping(self) -> (char, usize) {
        match self {
            Self::English | Self::Japanese => (',', 4),
            Self::German => ('.', 4),
            Self::Spanish => ('.', 5),
            Self::Arabic => ('٬', 4),
        }
    }

    /// Formats a whole number with thousands separators and the digits of the language.
    pub fn format_number(self, number: u64) -> String {
        let plain = number.to_string();
        let (separator, from) = self.grouping();
        let mut grouped = String::new();
        for (index, digit) in plain.chars().enumerate() {
            let behind = plain.len() - index;
            if plain.len() >= from && index > 0 && behind.is_multiple_of(3) {
                grouped.push(separator);
            }
            grouped.push(digit);
        }
        self.localize_digits(grouped)
    }

    /// Replaces ASCII digits by the digits of the language.
    pub fn localize_digits(self, text: String) -> String {
        if self != Self::Arabic {
            return text;
        }
        let digit = |c: char| match c {
            '0'..='9' => char::from_u32(u32::from('٠') + u32::from(c) - u32::from('0')).unwrap_or(c),
            other => other,
        };
        text.chars().map(digit).collect()
    }

    /// The preferred language of an `Accept-Language` header, by order and weight (RFC 9110 §12.5.4). `None` if the
    /// page has none of the languages.
    #[cfg(feature = "ssr")]
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(Self, f32)> = None;
        for item in header.split(',') {
            let (tag, weight) = item.split_once(';').unwrap_or((item, ""));
            let weight = weight.trim().strip_prefix("q=").map_or(1.0, |q| q.trim().parse().unwrap_or(0.0));
            if let Some(language) = Self::parse(tag.trim())
                && weight > best.map_or(0.0, |(_, weight)| weight)
            {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_parsed_with_any_region() {
        for language in Language::ALL {
            assert_eq!(Language::parse(&format!("{}-XX", language.tag().to_uppercase())), Some(language));
        }
        assert_eq!((Language::parse("eng"), Language::parse(""), Language::parse("fr")), (None, None, None));
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn accept_language_is_read_by_weight() {
        for (header, language) in [
            ("de-AT,de;q=0.9,en;q=0.8", Some(Language::German)),
            ("fr, es;q=0.4, ja;q=0.7", Some(Language::Japanese)),
            ("en;q=0, ar ; q=0.1", Some(Language::Arabic)),
            ("fr,*;q=0.5", None),
            ("", None),
        ] {
            assert_eq!(Language::from_accept_language(header), language, "{header}");
        }
    }

    #[test]
    fn numbers_have_the_separators_and_digits_of_the_language() {
        let formatted = |number| Language::ALL.map(|language| language.format_number(number));
        assert_eq!(formatted(7), ["7", "7", "7", "7", "٧"]);
        assert_eq!(formatted(1_234), ["1,234", "1.234", "1234", "1,234", "١٬٢٣٤"]);
        assert_eq!(formatted(1_234_567), ["1,234,567", "1.234.567", "1.234.567", "1,234,567", "١٬٢٣٤٬٥٦٧"]);
    }

    #[test]
    fn counts_have_the_plural_form_of_the_language() {
        let arabic = [0, 1, 2, 3, 10, 11, 99, 100, 102, 103].map(|count| Language::Arabic.plural_form(count));
        assert_eq!(arabic, [0, 1, 2, 3, 3, 4, 4, 5, 5, 3]);
        assert_eq!([0, 1, 2].map(|count| Language::German.plural_form(count)), [1, 0, 1]);
        assert_eq!([0, 1, 2].map(|count| Language::Japanese.plural_form(count)), [0, 0, 0]);
    }
}
