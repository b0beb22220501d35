//! The names that are held, and their holders. A name and all names that can be confused with it have one holder
//! (invariant 6).

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher as _, RandomState};

use caseless::default_case_fold_str;
use parlor::{AuthorId, Name};
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::skeleton;

/// The held names by holder, with an index of their confusable keys.
#[derive(Debug, Default)]
pub(crate) struct NameRegistry {
    holders: HashMap<AuthorId, Name>,
    /// The hashes of the keys of held names, with their holders. A name has three keys and each connection a name, so
    /// the keys themselves would be a large part of the memory per connection. Several ASCII names can have the same
    /// key, because only case folding makes two ASCII names equal: "Ill" and "lll" are two names.
    keys: BTreeSet<(u64, AuthorId)>,
    hasher: RandomState,
}

/// A form of a name, without invisible characters, by which confusable names are found (UTS #39 §4).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ConfusableKey {
    /// The case-folded name.
    Folded(String),
    /// The skeleton of the case-folded name: look-alike letters are replaced by one prototype.
    FoldedSkeleton(String),
    /// The case-folded skeleton of the name, for letters that look alike in one case only.
    SkeletonFolded(String),
}

impl ConfusableKey {
    /// The case-folded key of a text; `None` if the text is not a valid name.
    pub fn folded(text: &str) -> Option<Self> {
        Some(Self::Folded(fold(&Name::parse(text).ok()?.visible())))
    }

    /// All keys of a name.
    pub(in crate::engine) fn all(name: &Name) -> [Self; 3] {
        let visible = name.visible();
        let folded = fold(&visible);
        [
            Self::FoldedSkeleton(skeleton(&folded).collect()),
            Self::SkeletonFolded(fold(&skeleton(&visible).collect::<String>())),
            Self::Folded(folded),
        ]
    }

    /// Whether two names can't have two holders.
    pub(in crate::engine) fn conflict(a: &Name, b: &Name) -> bool {
        Self::all(a).iter().any(|key| key.conflicts(a, b))
    }

    /// Whether `a`, which has this key, conflicts with `b`, whose key has the same hash.
    fn conflicts(&self, a: &Name, b: &Name) -> bool {
        // Different keys can have the same hash, though this is very rare.
        (matches!(self, Self::Folded(_)) || !(a.as_str().is_ascii() && b.as_str().is_ascii()))
            && Self::all(b).contains(self)
    }
}

fn fold(text: &str) -> String {
    default_case_fold_str(text).nfc().collect()
}

/// The error if another holder has the name or a confusable one.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Taken;

impl NameRegistry {
    /// Gives `name` to `holder` and releases the name that it held before.
    ///
    /// # Errors
    /// [`Taken`] if another holder has the name or a confusable one. Nothing changes then.
    pub(crate) fn claim(&mut self, name: &Name, holder: &AuthorId) -> Result<(), Taken> {
        let keys = ConfusableKey::all(name);
        let taken = keys.iter().any(|key| {
            self.holders_of(key).any(|other| {
                other != holder && self.holders.get(other).is_some_and(|theirs| key.conflicts(name, theirs))
            })
        });
        if taken {
            return Err(Taken);
        }
        self.release(holder);
        for key in keys {
            self.keys.insert((self.hasher.hash_one(key), holder.clone()));
        }
        self.holders.insert(holder.clone(), name.clone());
        Ok(())
    }

    /// The name of a holder.
    pub(crate) fn name_of(&self, holder: &AuthorId) -> Option<&Name> {
        self.holders.get(holder)
    }

    /// The holders of names with this key. Includes the holders of other keys with the same hash.
    pub(crate) fn holders_of(&self, key: &ConfusableKey) -> impl Iterator<Item = &AuthorId> {
        let hash = self.hasher.hash_one(key);
        let matching = self.keys.range((hash, AuthorId("".into()))..);
        matching.take_while(move |(other, _)| *other == hash).map(|(_, holder)| holder)
    }

    /// Releases the name of `holder`, if it has one.
    pub(crate) fn release(&mut self, holder: &AuthorId) {
        let Some(name) = self.holders.remove(holder) else { return };
        for key in ConfusableKey::all(&name) {
            self.keys.remove(&(self.hasher.hash_one(key), holder.clone()));
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn name(text: &str) -> Name {
        Name::parse(text).unwrap()
    }

    fn holder(id: &str) -> AuthorId {
        AuthorId(id.into())
    }

    fn conflict(a: &str, b: &str) -> bool {
        let mut names = NameRegistry::default();
        names.claim(&name(a), &holder("a")).unwrap();
        names.claim(&name(b), &holder("b")) == Err(Taken)
    }

    #[test]
    fn confusable_names_conflict() {
        for (a, b) in [
            ("Ana", "ana"),
            ("Ana", "Аna"),          // Cyrillic А
            ("ana", "ΑΝΑ"),          // Greek capitals
            ("café", "cafe\u{301}"), // composed and not
            ("straße", "STRASSE"),
            ("paypal", "pаypаl"), // Cyrillic а
            ("scope", "ѕсоре"),   // all Cyrillic
            ("میخواهم", "می\u{200C}خواهم"),
            ("Ana ❤", "Ana ❤\u{FE0F}"),
            ("葛城", "葛\u{E0101}城"),
            ("👩💻", "👩\u{200D}💻"),
        ] {
            assert!(conflict(a, b), "{a} {b}");
            assert!(conflict(b, a), "{b} {a}");
        }
    }

    #[test]
    fn visibly_different_names_do_not_conflict() {
        for (a, b) in [("Ana", "Anna"), ("Ill", "lll"), ("modern", "modem"), ("Ана", "Анна"), ("さくら", "さくち")]
        {
            assert!(!conflict(a, b), "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn a_released_name_can_be_claimed_again(
            steps in prop::collection::vec(("[abAB]{1,2}", 0u8..4, any::<bool>()), 1..60),
        ) {
            let mut names = NameRegistry::default();
            for (text, id, claim) in steps {
                let claimant = holder(&id.to_string());
                if claim {
                    let holders: Vec<_> = names.holders.iter()
                        .filter(|(_, held)| held.as_str().eq_ignore_ascii_case(&text)).map(|(id, _)| id.clone()).collect();
                    let free = holders.iter().all(|other| *other == claimant);
                    prop_assert_eq!(names.claim(&name(&text), &claimant).is_ok(), free);
                } else {
                    names.release(&claimant);
                    prop_assert!(!names.holders.contains_key(&claimant));
                }
            }
            let all: Vec<_> = names.holders.keys().cloned().collect();
            all.iter().for_each(|id| names.release(id));
            prop_assert!(names.keys.is_empty());
        }
    }
}
