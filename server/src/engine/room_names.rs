//! Which names of rooms are the same, and which look the same.
//!
//! Two names are the same if they are equal after NFKC and case folding: a new room cannot have the same name as another
//! one. Names that look the same (UTS #39 §4) could be mistaken for each other, except for two ASCII names.

use caseless::default_case_fold_str;
use parlor::RoomName;
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::skeleton;

/// A form of a room's name by which similar ones are found.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RoomNameKeys {
    /// Equal for the same names.
    pub folded: String,
    /// Equal for names that look the same.
    pub look: String,
}

impl RoomNameKeys {
    /// The keys of a public name.
    pub fn of(name: &RoomName) -> Self {
        let folded: String = default_case_fold_str(&name.as_str().nfkc().collect::<String>()).nfkc().collect();
        let look = default_case_fold_str(&skeleton(&folded).collect::<String>());
        Self { folded, look }
    }
}

/// How two names of rooms resemble each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resemblance {
    /// They are the same name.
    Same,
    /// They look the same.
    LookAlike,
}

/// Compares the names of two rooms; `None` if they do not resemble each other.
pub fn compare(a: &RoomName, b: &RoomName) -> Option<Resemblance> {
    let (a_keys, b_keys) = (RoomNameKeys::of(a), RoomNameKeys::of(b));
    if a_keys.folded == b_keys.folded {
        Some(Resemblance::Same)
    } else if a_keys.look == b_keys.look && !(a.as_str().is_ascii() && b.as_str().is_ascii()) {
        Some(Resemblance::LookAlike)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> RoomName {
        RoomName::parse(text).unwrap()
    }

    #[test]
    fn names_resemble_each_other_by_folding_or_by_their_look() {
        for (a, b, expected) in [
            ("fish", "ﬁsh", Some(Resemblance::Same)),
            ("café", "cafe\u{301}", Some(Resemblance::Same)),
            ("straße", "strasse", Some(Resemblance::Same)),
            ("λόγος", "λόγοσ", Some(Resemblance::Same)),
            ("ｔｅａ", "tea", Some(Resemblance::Same)),
            ("cop", "сор", Some(Resemblance::LookAlike)), // Cyrillic
            ("paypal", "pаypal", Some(Resemblance::LookAlike)),
            ("modern", "modem", None),
            ("room1", "rooml", None),
            ("кухня", "кухни", None),
        ] {
            assert_eq!(compare(&name(a), &name(b)), expected, "{a} {b}");
            assert_eq!(compare(&name(b), &name(a)), expected, "{b} {a}");
        }
    }

    proptest! {
        #[test]
        fn the_keys_of_folded_names_are_stable(text in "[a-zéßσςﬁа-я0-9_-]{1,12}") {
            let Ok(name) = RoomName::parse(&text) else { return Ok(()) };
            let keys = RoomNameKeys::of(&name);
            if let Ok(folded) = RoomName::parse(&keys.folded) {
                prop_assert_eq!(RoomNameKeys::of(&folded).folded, keys.folded);
                prop_assert_eq!(compare(&name, &folded), Some(Resemblance::Same));
            }
        }
    }
}
