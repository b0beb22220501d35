//! Messages that look like some: words of which few are common and many are rare, in more than one script.

use fastrand::Rng;

/// Different words that are made up.
const WORDS: usize = 20_000;
const SYLLABLES: [&str; 24] = [
    "ba", "cor", "de", "fin", "ga", "hul", "in", "ja", "kel", "lo", "mar", "ne", "or", "pra", "qui", "ras", "sto",
    "tu", "un", "ver", "win", "ex", "yo", "ze",
];
const COMMON: [&str; 10] = ["the", "and", "to", "is", "that", "it", "we", "not", "lantern", "tomorrow"];
const JAPANESE: [&str; 6] = ["緑のお茶", "お茶", "東京", "ありがとう", "会議", "明日"];
/// Every so many messages one has a word that no other has.
const RARE: usize = 50_000;

/// Says one thing after the other, the same ones for the same start.
pub struct Prose(Rng);

impl Prose {
    /// Begins somewhere.
    pub fn new(start: u64) -> Self {
        Self(Rng::with_seed(start))
    }

    /// The message of this number: three to twenty words.
    pub fn message(&mut self, number: usize) -> String {
        let count = 3 + (self.0.f64().powi(2) * 18.0) as usize;
        let mut words: Vec<String> = (0..count).map(|_| self.word()).collect();
        if number.is_multiple_of(RARE) {
            words.push("zebrafinch".to_owned());
        }
        words.join(" ")
    }

    fn word(&mut self) -> String {
        match self.0.u8(..100) {
            0..40 => COMMON[(self.0.f64().powi(2) * COMMON.len() as f64) as usize].to_owned(),
            40..45 => JAPANESE[self.0.usize(..JAPANESE.len())].to_owned(),
            _ => {
                // The same number is the same word.
                let mut number = (self.0.f64().powi(3) * WORDS as f64) as usize;
                let mut word = String::new();
                while number > 0 || word.is_empty() {
                    word += SYLLABLES[number % SYLLABLES.len()];
                    number /= SYLLABLES.len();
                }
                word
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_can_be_said_again_and_has_what_is_searched_for() {
        let said = |start| {
            let mut prose = Prose::new(start);
            (0..200).map(|number| prose.message(number)).collect::<Vec<_>>()
        };
        assert_eq!(said(3), said(3));
        assert_ne!(said(3), said(4));
        let all = said(3).join(" ");
        assert!(["zebrafinch", "緑のお茶", "the", "lantern"].iter().all(|word| all.contains(word)));
        assert!(!all.contains("xylophonist"));
    }
}
