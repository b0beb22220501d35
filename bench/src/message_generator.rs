//! Generates natural-looking messages: a few common words and many rare ones, in two scripts.

use fastrand::Rng;

/// Number of different generated words.
const VOCABULARY: usize = 20_000;
const SYLLABLES: [&str; 24] = [
    "ba", "cor", "de", "fin", "ga", "hul", "in", "ja", "kel", "lo", "mar", "ne", "or", "pra", "qui", "ras", "sto",
    "tu", "un", "ver", "win", "ex", "yo", "ze",
];
const COMMON: [&str; 10] = ["the", "and", "to", "is", "that", "it", "we", "not", "lantern", "tomorrow"];
const JAPANESE: [&str; 6] = ["緑のお茶", "お茶", "東京", "ありがとう", "会議", "明日"];
/// One of this many messages contains a word that no other message has.
const RARE_INTERVAL: usize = 50_000;

/// A generator of messages, deterministic for a given seed.
pub struct MessageGenerator(Rng);

impl MessageGenerator {
    /// Creates a generator from a seed.
    pub fn new(seed: u64) -> Self {
        Self(Rng::with_seed(seed))
    }

    /// Generates the message with this number: three to twenty words.
    pub fn message(&mut self, number: usize) -> String {
        let count = 3 + (self.0.f64().powi(2) * 18.0) as usize;
        let mut words: Vec<String> = (0..count).map(|_| self.word()).collect();
        if number.is_multiple_of(RARE_INTERVAL) {
            words.push("zebrafinch".to_owned());
        }
        words.join(" ")
    }

    fn word(&mut self) -> String {
        match self.0.u8(..100) {
            0..40 => COMMON[(self.0.f64().powi(2) * COMMON.len() as f64) as usize].to_owned(),
            40..45 => JAPANESE[self.0.usize(..JAPANESE.len())].to_owned(),
            _ => {
                // A word is determined by its number.
                let mut number = (self.0.f64().powi(3) * VOCABULARY as f64) as usize;
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
    fn messages_are_deterministic_and_contain_the_searched_words() {
        let messages = |seed| {
            let mut generator = MessageGenerator::new(seed);
            (0..200).map(|number| generator.message(number)).collect::<Vec<_>>()
        };
        assert_eq!(messages(3), messages(3));
        assert_ne!(messages(3), messages(4));
        let all = messages(3).join(" ");
        assert!(["zebrafinch", "緑のお茶", "the", "lantern"].iter().all(|word| all.contains(word)));
        assert!(!all.contains("xylophonist"));
    }
}
