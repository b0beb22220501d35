//! The settings of a reader.
//!
//! The browser stores them in a cookie, so that the server renders the page with them from the first request on.

use std::fmt::Write as _;

use crate::{colour::COLOURS, language::Language};

/// The name of the settings cookie.
pub const COOKIE: &str = "parlor_settings";

/// The settings. `None` stands for the choice of the browser or the system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    /// The language of the page.
    pub language: Option<Language>,
    /// Use the dark colour scheme (`true`) or the light one (`false`).
    pub dark: Option<bool>,
    /// Use the compact density, with less space between rows.
    pub compact: bool,
    /// Use the 12-hour clock (`true`) or the 24-hour clock (`false`).
    pub hour12: Option<bool>,
    /// Show no animations.
    pub reduced_motion: bool,
    /// Play a sound with notifications.
    pub sound: bool,
    /// The index of the colour of the reader's own name. Only the reader sees it.
    pub colour: Option<u8>,
}

impl Settings {
    /// Parses `name=value` pairs separated by `&`, from the cookie or the form. Unknown names and values are ignored.
    pub fn parse(text: &str) -> Self {
        let mut settings = Self::default();
        for (name, value) in text.split('&').filter_map(|pair| pair.split_once('=')) {
            match name {
                "lang" => settings.language = Language::parse(value),
                "theme" => settings.dark = parse_choice(value, "dark", "light"),
                "density" => settings.compact = value == "compact",
                "hours" => settings.hour12 = parse_choice(value, "12", "24"),
                "motion" => settings.reduced_motion = value == "less",
                "sound" => settings.sound = value == "on",
                "colour" => settings.colour = value.parse().ok().filter(|colour| *colour < COLOURS),
                _ => {}
            }
        }
        settings
    }

    /// Serializes the settings that are set, for [`parse`](Self::parse).
    pub fn to_text(self) -> String {
        let pairs = [
            ("lang", self.language.map_or("", Language::tag)),
            ("theme", self.theme()),
            ("density", if self.compact { "compact" } else { "" }),
            ("hours", self.hours()),
            ("motion", if self.reduced_motion { "less" } else { "" }),
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

    /// The colours of the browser's own bars (`theme-color`), for light and for dark systems.
    pub fn bar_colours(self) -> [&'static str; 2] {
        let (paper, night) = ("#fbfaf7", "#171614");
        match self.dark {
            Some(false) => [paper; 2],
            Some(true) => [night; 2],
            None => [paper, night],
        }
    }

    /// The classes of the document element that the style sheet selects by.
    pub fn class(self) -> String {
        let classes =
            [self.theme(), if self.compact { "compact" } else { "" }, if self.reduced_motion { "calm" } else { "" }];
        classes.into_iter().filter(|class| !class.is_empty()).collect::<Vec<_>>().join(" ")
    }

    /// The value of the setting `theme`; empty if it is not set.
    pub(crate) fn theme(self) -> &'static str {
        self.dark.map_or("", |dark| if dark { "dark" } else { "light" })
    }

    /// The value of the setting `hours`; empty if it is not set.
    pub(crate) fn hours(self) -> &'static str {
        self.hour12.map_or("", |hour12| if hour12 { "12" } else { "24" })
    }
}

#[cfg(feature = "ssr")]
impl serde::Serialize for Settings {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_text())
    }
}

fn parse_choice(value: &str, yes: &str, no: &str) -> Option<bool> {
    if value == yes { Some(true) } else { (value == no).then_some(false) }
}

#[cfg(test)]
mod tests {
    use proptest::{option, prelude::*, sample::select};

    use super::*;

    proptest! {
        #[test]
        fn settings_survive_serialization(
            language in option::of(select(&Language::ALL[..])),
            (dark, hour12) in (any::<Option<bool>>(), any::<Option<bool>>()),
            (compact, reduced_motion, sound) in any::<(bool, bool, bool)>(),
            colour in option::of(0..COLOURS),
        ) {
            let settings = Settings { language, dark, compact, hour12, reduced_motion, sound, colour };
            prop_assert_eq!(Settings::parse(&settings.to_text()), settings);
            prop_assert!(settings.to_text().bytes().all(|byte| byte.is_ascii_alphanumeric() || b"=&".contains(&byte)));
        }
    }

    #[test]
    fn unknown_names_and_values_are_ignored() {
        assert_eq!(
            Settings::parse("lang=xx&theme=blue&hours=13&colour=99&colour&=&sound=yes&evil=1"),
            Settings::default()
        );
        assert_eq!(Settings::default().to_text(), "");
        assert_eq!(Settings::parse("theme=dark&density=compact&motion=less").class(), "dark compact calm");
    }
}
