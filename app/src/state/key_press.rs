//! Key presses independent of the keyboard layout, for shortcuts.

/// The state of each modifier key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Modifiers {
    /// Shift.
    pub shift: bool,
    /// Ctrl.
    pub ctrl: bool,
    /// Alt, or Option on a Mac.
    pub alt: bool,
    /// The Windows key, or ⌘ on a Mac.
    pub meta: bool,
    /// AltGr, as the browser reports it.
    pub alt_graph: bool,
}

/// The one modifier that is held, as far as shortcuts distinguish them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Held {
    /// No modifier.
    #[default]
    Nothing,
    /// Shift.
    Shift,
    /// Alt, or Option on a Mac.
    Alt,
    /// The modifier of the platform's shortcuts: ⌘ on a Mac, Ctrl elsewhere.
    Command,
    /// Ctrl on a Mac, where text fields use it for moving the caret.
    Control,
    /// AltGr, which writes characters, or several modifiers at once.
    Other,
}

impl Held {
    /// The modifier that the state of the keys stands for on this platform.
    pub fn of(modifiers: Modifiers, is_mac: bool) -> Self {
        let Modifiers { shift, ctrl, alt, meta, alt_graph } = modifiers;
        // Windows reports AltGr as Ctrl and Alt; Firefox on a Mac reports Option as AltGr, too.
        if alt_graph && !alt {
            return Self::Other;
        }
        match (shift, ctrl, alt, meta) {
            (false, false, false, false) => Self::Nothing,
            (true, false, false, false) => Self::Shift,
            (false, false, true, false) => Self::Alt,
            (false, true, false, false) if is_mac => Self::Control,
            (false, true, false, false) | (false, false, false, true) => Self::Command,
            _ => Self::Other,
        }
    }
}

/// A key press that is not part of a composition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyPress {
    key: String,
    /// The modifier that is held.
    pub held: Held,
}

impl KeyPress {
    /// Creates a key press from `key` and `code` of a keyboard event.
    ///
    /// A key that writes an ASCII character counts as that character, wherever it is on the keyboard (Dvorak, AZERTY),
    /// in lower case (Caps Lock). A letter key that writes anything else, on a Cyrillic, Greek, Hebrew or Arabic
    /// layout, counts as the Latin letter of its position.
    pub fn new(key: String, code: &str, held: Held) -> Self {
        let mut characters = key.chars();
        let only = characters.next().filter(|_| characters.next().is_none());
        let key = match (only, code.strip_prefix("Key")) {
            // The question marks of Arabic and of full-width input count as the ASCII one.
            (Some('؟' | '？'), _) => "?".to_owned(),
            (Some(c), _) if c.is_ascii() => c.to_ascii_lowercase().to_string(),
            (_, Some(letter)) => letter.to_ascii_lowercase(),
            _ => key,
        };
        Self { key, held }
    }

    /// The name of the key, such as `Enter`, or its character.
    pub fn key(&self) -> &str {
        &self.key
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(key: &str, code: &str) -> String {
        KeyPress::new(key.to_owned(), code, Held::Command).key().to_owned()
    }

    #[test]
    fn a_latin_letter_counts_on_any_layout_and_with_caps_lock() {
        for (typed, code) in [("k", "KeyK"), ("K", "KeyK"), ("k", "KeyV"), ("K", "KeyT")] {
            assert_eq!(key(typed, code), "k", "{typed} {code}");
        }
        // Dvorak has another letter where QWERTY has K.
        assert_eq!(key("t", "KeyK"), "t");
        assert_eq!(key(".", "KeyE"), ".");
    }

    #[test]
    fn a_letter_key_of_another_script_counts_as_the_latin_letter_of_its_position() {
        for letter in ["л", "Л", "κ", "Κ", "ל", "ن", "ㅏ", "か", "ა", "Dead", "Unidentified", "لا"] {
            assert_eq!(key(letter, "KeyK"), "k", "{letter}");
        }
        for letter in ["а", "φ", "כ", "ب"] {
            assert_eq!(key(letter, "KeyF"), "f", "{letter}");
        }
        // Keys that are no letter keys keep their character.
        assert_eq!(key("ж", "Semicolon"), "ж");
        assert_eq!(key("ö", "Semicolon"), "ö");
    }

    #[test]
    fn question_marks_of_all_scripts_count_as_one_key() {
        for (typed, code) in [("?", "Slash"), ("?", "Minus"), ("?", "Digit7"), ("؟", "Slash"), ("？", "Slash")] {
            assert_eq!(key(typed, code), "?");
        }
    }

    #[test]
    fn named_keys_keep_their_names() {
        for name in ["Enter", "Escape", "ArrowUp", "PageDown", "Tab", "F1"] {
            assert_eq!(key(name, name), name);
        }
        assert_eq!(key("Enter", "NumpadEnter"), "Enter");
        assert_eq!(key("Escape", ""), "Escape");
    }

    #[test]
    fn single_modifiers_are_distinguished_from_several_and_from_altgr() {
        let none = Modifiers::default();
        let held = |modifiers| [Held::of(modifiers, false), Held::of(modifiers, true)];
        assert_eq!(held(none), [Held::Nothing; 2]);
        assert_eq!(held(Modifiers { shift: true, ..none }), [Held::Shift; 2]);
        assert_eq!(held(Modifiers { alt: true, ..none }), [Held::Alt; 2]);
        assert_eq!(held(Modifiers { meta: true, ..none }), [Held::Command; 2]);
        assert_eq!(held(Modifiers { ctrl: true, ..none }), [Held::Command, Held::Control]);
        assert_eq!(held(Modifiers { alt: true, alt_graph: true, ..none }), [Held::Alt; 2]);
        for several in [
            Modifiers { ctrl: true, alt: true, ..none },
            Modifiers { alt_graph: true, ..none },
            Modifiers { ctrl: true, alt_graph: true, ..none },
            Modifiers { ctrl: true, shift: true, ..none },
            Modifiers { ctrl: true, meta: true, ..none },
            Modifiers { shift: true, alt: true, ..none },
        ] {
            assert_eq!(held(several), [Held::Other; 2], "{several:?}");
        }
    }
}
