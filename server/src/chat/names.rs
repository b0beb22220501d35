//! Who holds which name (invariant 6): a name, and whatever looks like it, has one holder.

use std::collections::{BTreeSet, HashMap};
use std::hash::{BuildHasher as _, RandomState};

use caseless::default_case_fold_str;
use parlor::{AuthorId, Name};
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::skeleton;

/// The names held at the moment.
#[derive(Debug, Default)]
pub(super) struct Names {
    holders: HashMap<AuthorId, Name>,
    /// The hashes of what held names look like, with their holders: a name has three looks, and each connection a name,
    /// so that the looks themselves would be a good part of what a connection costs. ASCII names differ from each other
    /// by case folding alone ("Ill" and "lll" are two), so several of them can have one look.
    looks: BTreeSet<(u64, AuthorId)>,
    hasher: RandomState,
}

/// A name reduced to what a reader sees: without invisible characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Look {
    /// Without regard to case.
    Folded(String),
    /// Without regard to case and, after that, to look-alike letters (UTS #39 §4).
    FoldedSkeleton(String),
    /// The other way round, for letters that look alike in one case only.
    SkeletonFolded(String),
}

impl Look {
    /// What a text looks like without regard to case, if it can be a name.
    pub(super) fn folded(text: &str) -> Option<Self> {
        Some(Self::Folded(fold(&Name::parse(text).ok()?.visible())))
    }

    fn all(name: &Name) -> [Self; 3] {
        let visible = name.visible();
        let folded = fold(&visible);
        [
            Self::FoldedSkeleton(skeleton(&folded).collect()),
            Self::SkeletonFolded(fold(&skeleton(&visible).collect::<String>())),
            Self::Folded(folded),
        ]
    }

    /// Whether two names of this look are one name.
    fn clashes(&self, a: &Name, b: &Name) -> bool {
        // Different looks can have one hash, if hardly ever.
        (matches!(self, Self::Folded(_)) || !(a.as_str().is_ascii() && b.as_str().is_ascii()))
            && Self::all(b).contains(self)
    }
}

fn fold(text: &str) -> String {
    default_case_fold_str(text).nfc().collect()
}

/// The name is somebody else's.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Taken;

impl Names {
    /// Gives `name` to `holder`, in place of the one it held.
    pub(super) fn claim(&mut self, name: &Name, holder: &AuthorId) -> Result<(), Taken> {
        let looks = Look::all(name);
        let taken = looks.iter().any(|look| {
            self.with_look(look).any(|other| {
                other != holder && self.holders.get(other).is_some_and(|theirs| look.clashes(name, theirs))
            })
        });
        if taken {
            return Err(Taken);
        }
        self.release(holder);
        for look in looks {
            self.looks.insert((self.hasher.hash_one(look), holder.clone()));
        }
        self.holders.insert(holder.clone(), name.clone());
        Ok(())
    }

    /// Who holds a name with this look, or one whose look has the same hash.
    pub(super) fn with_look(&self, look: &Look) -> impl Iterator<Item = &AuthorId> {
        let hash = self.hasher.hash_one(look);
        let alike = self.looks.range((hash, AuthorId("".into()))..);
        alike.take_while(move |(other, _)| *other == hash).map(|(_, holder)| holder)
    }

    /// Frees the name that `holder` has, if any.
    pub(super) fn release(&mut self, holder: &AuthorId) {
        let Some(name) = self.holders.remove(holder) else { return };
        for look in Look::all(&name) {
            self.looks.remove(&(self.hasher.hash_one(look), holder.clone()));
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

    fn clash(a: &str, b: &str) -> bool {
        let mut names = Names::default();
        names.claim(&name(a), &holder("a")).unwrap();
        names.claim(&name(b), &holder("b")) == Err(Taken)
    }

    #[test]
    fn look_alikes_are_one_name() {
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
            assert!(clash(a, b), "{a} {b}");
            assert!(clash(b, a), "{b} {a}");
        }
    }

    #[test]
    fn names_that_differ_to_the_eye_are_two() {
        for (a, b) in [("Ana", "Anna"), ("Ill", "lll"), ("modern", "modem"), ("Ана", "Анна"), ("さくら", "さくち")]
        {
            assert!(!clash(a, b), "{a} {b}");
        }
    }

    proptest! {
        #[test]
        fn a_name_is_free_again_as_soon_as_it_is_released(
            steps in prop::collection::vec(("[abAB]{1,2}", 0u8..4, any::<bool>()), 1..60),
        ) {
            let mut names = Names::default();
            for (text, id, claim) in steps {
                let who = holder(&id.to_string());
                if claim {
                    let holders: Vec<_> = names.holders.iter()
                        .filter(|(_, held)| held.as_str().eq_ignore_ascii_case(&text)).map(|(id, _)| id.clone()).collect();
                    let free = holders.iter().all(|other| *other == who);
                    prop_assert_eq!(names.claim(&name(&text), &who).is_ok(), free);
                } else {
                    names.release(&who);
                    prop_assert!(!names.holders.contains_key(&who));
                }
            }
            let all: Vec<_> = names.holders.keys().cloned().collect();
            all.iter().for_each(|id| names.release(id));
            prop_assert!(names.looks.is_empty());
        }
    }
}
