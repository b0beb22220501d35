//! What a reader has set for themselves. It stays in their browser, in a cookie that tells the server, so that the page
//! is drawn that way from the first moment.

use std::fmt::Write as _;

use crate::{state::colour::COLOURS, words::Language};

/// The name of the cookie.
pub const COOKIE: &str = "parlor_settings";

/// The settings. Each is something of the browser's or the system's unless it is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// In which language.
    pub language: Option<Language>,
    /// In which of the two schemes.
    pub dark: Option<bool>,
    /// Whether more fits onto the screen.
    pub compact: bool,
    /// Whether clocks begin again at noon.
    pub half_days: Option<bool>,
    /// Whether nothing moves.
    pub calm: bool,
    /// Whether notifications have a sound.
    pub sound: bool,
    /// The colour of the reader's own name, to themselves.
    pub colour: Option<u8>,
}

impl Settings {
    /// From `name=value` pairs with `&` between them: what the cookie has, and the form. What can't be read is not set.
    pub fn parse(text: &str) -> Self {
        let mut settings = Self::default();
        for (name, value) in text.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "lang" => settings.language = Language::parse(value),
                "theme" => settings.dark = one_of(value, "dark", "light"),
                "density" => settings.compact = value == "compact",
                "hours" => settings.half_days = one_of(value, "12", "24"),
                "motion" => settings.calm = value == "less",
                "sound" => settings.sound = value == "on",
                "colour" => settings.colour = value.parse().ok().filter(|colour| *colour < COLOURS),
                _ => {}
            }
        }
        settings
    }

    /// What is set, as [`parse`](Self::parse) reads it.
    pub fn to_text(self) -> String {
        let pairs = [
            ("lang", self.language.map_or("", Language::tag)),
            ("theme", self.theme()),
            ("density", if self.compact { "compact" } else { "" }),
            ("hours", self.hours()),
            ("motion", if self.calm { "less" } else { "" }),
            ("sound", if self.sound { "on" } else { "" }),
        ];
        let mut text = String::new();
        for (name, value) in pairs.into_iter().filter(|(_, value)| !value.is_empty()) {
            let _ = write!(text, "{name}={value}&");
        }
        if let Some(colour) = self.colour {
            let _ = write!(text, "colour={colour}&");
        }
        text.pop();
        text
    }

    /// The colours of the browser's own bars: where the system is light, and where it is dark.
    pub fn bars(self) -> [&'static str; 2] {
        let (paper, night) = ("#fbfaf7", "#171614");
        match self.dark {
            Some(false) => [paper; 2],
            Some(true) => [night; 2],
            None => [paper, night],
        }
    }

    /// The classes of the document, by which the style sheet follows.
    pub fn class(self) -> String {
        let classes = [self.theme(), if self.compact { "compact" } else { "" }, if self.calm { "calm" } else { "" }];
        classes.into_iter().filter(|class| !class.is_empty()).collect::<Vec<_>>().join(" ")
    }

    pub(crate) fn theme(self) -> &'static str {
        self.dark.map_or("", |dark| if dark { "dark" } else { "light" })
    }

    pub(crate) fn hours(self) -> &'static str {
        self.half_days.map_or("", |half_days| if half_days { "12" } else { "24" })
    }
}

#[cfg(feature = "ssr")]
impl serde::Serialize for Settings {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

fn one_of(value: &str, yes: &str, no: &str) -> Option<bool> {
    if value == yes { Some(true) } else { (value == no).then_some(false) }
}

#[cfg(test)]
mod tests {
    use proptest::{option, prelude::*, sample::select};

    use super::*;

    proptest! {
        #[test]
        fn what_was_set_is_read_back(
            language in option::of(select(&Language::ALL[..])),
            (dark, half_days) in (any::<Option<bool>>(), any::<Option<bool>>()),
            (compact, calm, sound) in any::<(bool, bool, bool)>(),
            colour in option::of(0..COLOURS),
        ) {
            let settings = Settings { language, dark, compact, half_days, calm, sound, colour };
            prop_assert_eq!(Settings::parse(&settings.to_text()), settings);
            prop_assert!(settings.to_text().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"=&".contains(&byte)));
        }
    }

    #[test]
    fn nonsense_sets_nothing() {
        assert_eq!(
            Settings::parse("lang=xx&theme=blue&hours=13&colour=99&colour&=&sound=yes&evil=1"),
            Settings::default()
        );
        assert_eq!(Settings::default().to_text(), "");
        assert_eq!(Settings::parse("theme=dark&density=compact&motion=less").class(), "dark compact calm");
    }
}
