//! Recovery codes as people write them: 128 random bits in Crockford's Base 32, in groups of four characters. It has no
//! characters that can be mistaken for others.

use std::fmt;

use crate::engine::SecretHash;
use crate::random;

/// The digits, by value.
const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Number of characters of a code: 26 × 5 bits are at least 128.
const LENGTH: usize = 26;

/// Characters between two hyphens.
const GROUP: usize = 4;

/// A recovery code. Its `Display` is what people keep.
#[derive(Clone, PartialEq, Eq)]
pub struct RecoveryCode(String);

impl RecoveryCode {
    /// A new random code.
    pub(super) fn generate() -> Self {
        let bits = u128::from_be_bytes(random::bytes());
        let digit = |index: usize| char::from(DIGITS[(bits >> (5 * index) & 31) as usize]);
        Self((0..LENGTH).rev().map(digit).collect())
    }

    /// Reads a code as somebody typed it, whatever its case, spaces and hyphens. The letters I, L and O count as the
    /// digits that they look like. `None` if it can be no code.
    pub fn parse(text: &str) -> Option<Self> {
        let is_separator = |c: char| c.is_whitespace() || c == '-';
        let digits = text.chars().filter(|c| !is_separator(*c)).map(|c| match c.to_ascii_uppercase() {
            'O' => '0',
            'I' | 'L' => '1',
            other => other,
        });
        let code: String = digits.take(LENGTH + 1).collect();
        let is_valid = code.len() == LENGTH && code.bytes().all(|byte| DIGITS.contains(&byte));
        is_valid.then_some(Self(code))
    }

    /// The hash under which the code is stored.
    pub(super) fn hash(&self) -> SecretHash {
        SecretHash::of_recovery_code(&self.0)
    }
}

impl fmt::Display for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, digit) in self.0.chars().enumerate() {
            let hyphen = if index > 0 && index % GROUP == 0 { "-" } else { "" };
            write!(f, "{hyphen}{digit}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode(…)")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_code_is_read_back_however_it_is_typed() {
        for _ in 0..100 {
            let code = RecoveryCode::generate();
            let shown = code.to_string();
            assert_eq!(shown.len(), 32, "{shown}");
            for typed in [
                shown.clone(),
                shown.to_lowercase(),
                shown.replace('-', " "),
                format!("  {}\n", shown.replace('-', "")),
                shown.replace('0', "o").replace('1', "l"),
                shown.replace('1', "I"),
            ] {
                assert_eq!(RecoveryCode::parse(&typed).unwrap().hash(), code.hash(), "{typed}");
            }
        }
        assert_ne!(RecoveryCode::generate(), RecoveryCode::generate());
    }

    proptest! {
        #[test]
        fn what_is_no_code_is_refused(text in "\\PC{0,60}") {
            let digits = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
            let could_be_one = digits.clone().count() == LENGTH && digits.clone().all(|c| c.is_ascii_alphanumeric());
            prop_assert!(could_be_one || RecoveryCode::parse(&text).is_none());
        }
    }
}
