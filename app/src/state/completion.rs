//! What can be completed in a text: a person behind `@`, an emoji behind `:`.

use parlor::limits::NAME_BYTES;
use parlor_markup::mention::NO_BREAK;

use crate::letters::lower;

/// Offers at a time.
const OFFERS: usize = 6;
/// Letters of an emoji's name before any is offered: `:)` is no beginning of one.
const EMOJI_LETTERS: usize = 2;

/// Emoji by name: those that people look for most.
const EMOJI: &str = "thumbsup 👍 thumbsdown 👎 heart ❤️ joy 😂 laughing 😆 smile 😄 grin 😁 wink 😉 blush 😊 heart_eyes 😍 \
    kiss 😘 thinking 🤔 neutral 😐 unamused 😒 rolling_eyes 🙄 smirk 😏 sleepy 😴 relieved 😌 cool 😎 nerd 🤓 cry 😢 sob 😭 \
    angry 😠 rage 😡 scream 😱 fearful 😨 sweat 😅 shrug 🤷 facepalm 🤦 wave 👋 clap 👏 pray 🙏 muscle 💪 ok_hand 👌 \
    point_up ☝️ point_right 👉 raised_hands 🙌 handshake 🤝 eyes 👀 brain 🧠 tada 🎉 confetti 🎊 party 🥳 gift 🎁 cake 🎂 \
    balloon 🎈 fire 🔥 sparkles ✨ star ⭐ sun ☀️ rainbow 🌈 snowflake ❄️ zap ⚡ rocket 🚀 check ✅ cross ❌ warning ⚠️ \
    question ❓ exclamation ❗ hundred 💯 bulb 💡 bug 🐛 lock 🔒 key 🔑 hammer 🔨 wrench 🔧 gear ⚙️ pencil ✏️ memo 📝 \
    book 📖 calendar 📅 clock ⏰ hourglass ⏳ pin 📌 link 🔗 mail 📧 phone 📱 computer 💻 camera 📷 music 🎵 guitar 🎸 \
    coffee ☕ tea 🍵 beer 🍺 wine 🍷 pizza 🍕 apple 🍎 banana 🍌 bread 🍞 cookie 🍪 dog 🐶 cat 🐱 fox 🦊 bear 🐻 panda 🐼 \
    unicorn 🦄 penguin 🐧 turtle 🐢 snail 🐌 bee 🐝 flower 🌸 rose 🌹 tree 🌳 seedling 🌱 earth 🌍 moon 🌙 house 🏠 \
    car 🚗 bike 🚲 train 🚆 plane ✈️ ship 🚢 soccer ⚽ trophy 🏆 medal 🏅 crown 👑 ghost 👻 robot 🤖 skull 💀 poop 💩";

/// The beginning of something that can be completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beginning<'a> {
    /// Whether a person is meant, and not an emoji.
    pub person: bool,
    /// What stands behind the sign.
    pub word: &'a str,
}

/// A completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offer {
    /// What it is called.
    pub label: String,
    /// What is written for it.
    pub text: String,
}

impl<'a> Beginning<'a> {
    /// What a text ends with that can be completed. Names may have blanks: whether what stands behind an `@` still is the
    /// beginning of one, the offers tell.
    pub fn of(text: &'a str) -> Option<Self> {
        let at = text.rfind(['@', ':'])?;
        let (before, rest) = text.split_at(at);
        let (sign, word) = rest.split_at(1);
        let person = sign == "@";
        let starts = !before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == ':');
        let enough = if person {
            word.len() <= NAME_BYTES && !word.contains(['\n', '\r'])
        } else {
            word.len() >= EMOJI_LETTERS && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        (starts && enough).then_some(Self { person, word })
    }

    /// What it may become, the nearest first. `people` are the names of those who may be meant.
    pub fn offers(&self, people: &[String]) -> Vec<Offer> {
        let offers = if self.person {
            let text = |name: &String| format!("@{} ", name.replace(' ', &NO_BREAK.to_string()));
            people.iter().map(|name| Offer { label: name.clone(), text: text(name) }).collect()
        } else {
            emoji()
        };
        let word = lower(self.word).replace(NO_BREAK, " ");
        // Whoever has written a whole name and a blank wants to go on, or to send with Enter.
        let done = word.ends_with(' ') && offers.iter().any(|offer| lower(&offer.label) == word.trim_end());
        let rank = |offer: &Offer| {
            // An emoji's name stands behind it.
            let name = if self.person { &offer.label } else { offer.label.split_once(' ')?.1 };
            let name = lower(name);
            let within = !word.contains(' ') && name.contains(&word);
            if name.starts_with(&word) && !done { Some(0) } else { within.then_some(1) }
        };
        let mut ranked: Vec<_> = Vec::new();
        for wanted in [Some(0), Some(1)] {
            ranked.extend(offers.iter().filter(|offer| rank(offer) == wanted).cloned());
        }
        ranked.truncate(OFFERS);
        ranked
    }
}

fn emoji() -> Vec<Offer> {
    let mut words = EMOJI.split_whitespace();
    let mut offers = Vec::new();
    while let (Some(name), Some(emoji)) = (words.next(), words.next()) {
        offers.push(Offer { label: format!("{emoji} {name}"), text: format!("{emoji} ") });
    }
    offers
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_begins_a_completion_only_where_a_word_may_begin() {
        let word = |text| Beginning::of(text).map(|beginning| (beginning.person, beginning.word));
        assert_eq!(word("hi @An"), Some((true, "An")));
        assert_eq!(word("@"), Some((true, "")));
        assert_eq!(word("(:fi"), Some((false, "fi")));
        assert_eq!(word("hi @Ana how"), Some((true, "Ana how")));
        for text in ["ana@example", "hi @Ana\nhow", ":)", "12:30", "::fire", "http://x", "hello", ""] {
            assert_eq!(word(text), None, "{text}");
        }
    }

    #[test]
    fn who_begins_with_it_comes_before_who_has_it_inside() {
        let people = ["Joanna", "Ana", "Anatol", "Bo"].map(str::to_owned);
        let beginning = Beginning { person: true, word: "ana" };
        let texts: Vec<_> = beginning.offers(&people).into_iter().map(|offer| offer.text).collect();
        assert_eq!(texts, ["@Ana ", "@Anatol "]);
        let texts: Vec<_> =
            Beginning { person: true, word: "an" }.offers(&people).into_iter().map(|o| o.text).collect();
        assert_eq!(texts, ["@Ana ", "@Anatol ", "@Joanna "]);
    }

    #[test]
    fn names_with_blanks_and_punctuation_are_offered_until_they_are_whole_or_it_is_something_else() {
        let people =
            ["Mary Ann", "Mary Bell", "Mary", "Dr. Who", "Jo (home)", "O'Neil", "R&D", "C#"].map(str::to_owned);
        let offered = |word| {
            let offers = Beginning { person: true, word }.offers(&people).into_iter();
            offers.map(|offer| offer.label).collect::<Vec<_>>()
        };
        for word in ["Mary A", "mary a", "Mary Ann", "Mary\u{a0}A"] {
            assert_eq!(offered(word), ["Mary Ann"], "{word}");
        }
        for (word, name) in [("dr. ", "Dr. Who"), ("Jo (h", "Jo (home)"), ("O'", "O'Neil"), ("r&", "R&D"), ("c", "C#")]
        {
            assert!(offered(word).iter().any(|offer| offer == name), "{word}");
        }
        assert_eq!(offered("Mary"), ["Mary Ann", "Mary Bell", "Mary"]);
        for word in ["Mary ", "Mary Ann ", "Mary Ann how", "Mary how", "nobody at all", " Mary"] {
            assert_eq!(offered(word), [""; 0], "{word}");
        }
    }

    #[test]
    fn every_emoji_of_the_table_is_one_and_is_found() {
        for offer in emoji() {
            assert!(parlor_markup::emoji::is_jumbo(&offer.text), "{}", offer.label);
            let name = offer.label.split(' ').nth(1).unwrap();
            assert!(Beginning { person: false, word: name }.offers(&[]).contains(&offer), "{name}");
        }
    }
}
