//! The languages that the page speaks, and what each does with numbers.

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
    /// All of them.
    pub const ALL: [Self; 5] = [Self::English, Self::German, Self::Spanish, Self::Japanese, Self::Arabic];

    /// The language of this tag (BCP 47), whatever its region.
    pub fn parse(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// Its tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
            Self::Spanish => "es",
            Self::Japanese => "ja",
            Self::Arabic => "ar",
        }
    }

    /// What those who speak it call it.
    pub fn own_name(self) -> &'static str {
        match self {
            Self::English => "English",
            Self::German => "Deutsch",
            Self::Spanish => "Español",
            Self::Japanese => "日本語",
            Self::Arabic => "العربية",
        }
    }

    /// The direction of its lines, as HTML's `dir` has it.
    pub fn direction(self) -> &'static str {
        if self == Self::Arabic { "rtl" } else { "ltr" }
    }

    /// Which of its plural forms goes with a count: zero, one, two, few, many, other, as far as it has them (CLDR,
    /// "Language Plural Rules", whole numbers below a million).
    pub fn form(self, count: u64) -> usize {
        match (self, count, count % 100) {
            (Self::Japanese, ..) => 0,
            (Self::Arabic, 0..=2, _) => count as usize,
            (Self::Arabic, _, 3..=10) => 3,
            (Self::Arabic, _, 11..) => 4,
            (Self::Arabic, ..) => 5,
            _ => usize::from(count != 1),
        }
    }

    /// What stands between thousands, and from how many digits on (CLDR, `minimumGroupingDigits`).
    fn group(self) -> (char, usize) {
        match self {
            Self::English | Self::Japanese => (',', 4),
            Self::German => ('.', 4),
            Self::Spanish => ('.', 5),
            Self::Arabic => ('٬', 4),
        }
    }

    /// A whole number.
    pub fn number(self, number: u64) -> String {
        let plain = number.to_string();
        let (separator, from) = self.group();
        let mut grouped = String::new();
        for (index, digit) in plain.chars().enumerate() {
            let behind = plain.len() - index;
            if plain.len() >= from && index > 0 && behind.is_multiple_of(3) {
                grouped.push(separator);
            }
            grouped.push(digit);
        }
        self.digits(grouped)
    }

    /// A text with its digits as the language writes them.
    pub fn digits(self, text: String) -> String {
        if self != Self::Arabic {
            return text;
        }
        let digit = |c: char| match c {
            '0'..='9' => char::from_u32(u32::from('٠') + u32::from(c) - u32::from('0')).unwrap_or(c),
            other => other,
        };
        text.chars().map(digit).collect()
    }

    /// The language that a browser asks for, in the order and with the weights of `Accept-Language` (RFC 9110 §12.5.4).
    #[cfg(feature = "ssr")]
    pub fn accepted(header: &str) -> Option<Self> {
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
    fn a_language_is_known_by_its_tag_in_any_region() {
        for language in Language::ALL {
            assert_eq!(Language::parse(&format!("{}-XX", language.tag().to_uppercase())), Some(language));
        }
        assert_eq!((Language::parse("eng"), Language::parse(""), Language::parse("fr")), (None, None, None));
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn the_best_language_that_a_browser_asks_for_is_taken() {
        for (header, language) in [
            ("de-AT,de;q=0.9,en;q=0.8", Some(Language::German)),
            ("fr, es;q=0.4, ja;q=0.7", Some(Language::Japanese)),
            ("en;q=0, ar ; q=0.1", Some(Language::Arabic)),
            ("fr,*;q=0.5", None),
            ("", None),
        ] {
            assert_eq!(Language::accepted(header), language, "{header}");
        }
    }

    #[test]
    fn numbers_are_written_as_in_the_language() {
        let written = |number| Language::ALL.map(|language| language.number(number));
        assert_eq!(written(7), ["7", "7", "7", "7", "٧"]);
        assert_eq!(written(1_234), ["1,234", "1.234", "1234", "1,234", "١٬٢٣٤"]);
        assert_eq!(written(1_234_567), ["1,234,567", "1.234.567", "1.234.567", "1,234,567", "١٬٢٣٤٬٥٦٧"]);
    }

    #[test]
    fn counts_have_the_form_of_the_language() {
        let arabic = [0, 1, 2, 3, 10, 11, 99, 100, 102, 103].map(|count| Language::Arabic.form(count));
        assert_eq!(arabic, [0, 1, 2, 3, 3, 4, 4, 5, 5, 3]);
        assert_eq!([0, 1, 2].map(|count| Language::German.form(count)), [1, 0, 1]);
        assert_eq!([0, 1, 2].map(|count| Language::Japanese.form(count)), [0, 0, 0]);
    }
}
