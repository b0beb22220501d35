//! Completion in the composer: names after `@` and emoji after `:`.

use parlor::limits::NAME_BYTES;
use parlor_markup::mention::NO_BREAK_SPACE;

use crate::graphemes::lower;

/// Greatest number of suggested items.
const MAX_ITEMS: usize = 6;
/// Fewest letters of an emoji's name that start a completion: `:)` does not.
const MIN_EMOJI_LETTERS: usize = 2;

/// The most used emoji, each after its name.
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

/// The beginning of a name or an emoji, at the end of the text before the caret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletionQuery<'a> {
    /// Whether it is the beginning of a name, and not of an emoji.
    pub person: bool,
    /// The text after `@` or `:`.
    pub word: &'a str,
}

/// A suggested completion.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompletionItem {
    /// The label in the list.
    pub label: String,
    /// The text to insert in place of the sign and the word.
    pub text: String,
}

impl<'a> CompletionQuery<'a> {
    /// The beginning at the end of a text, if there is one. Names may contain spaces. Text after an `@` that is the
    /// beginning of no name has no [`items`](Self::items).
    pub fn of(text: &'a str) -> Option<Self> {
        let at = text.rfind(['@', ':'])?;
        let (before, rest) = text.split_at(at);
        let (sign, word) = rest.split_at(1);
        let person = sign == "@";
        let starts = !before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == ':');
        let enough = if person {
            word.len() <= NAME_BYTES && !word.contains(['\n', '\r'])
        } else {
            word.len() >= MIN_EMOJI_LETTERS && word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        };
        (starts && enough).then_some(Self { person, word })
    }

    /// The items to suggest: first those that begin with the word, then those that contain it. `people` are the names
    /// of those who can be mentioned.
    pub fn items(&self, people: &[String]) -> Vec<CompletionItem> {
        let items = if self.person {
            let text = |name: &String| format!("@{} ", name.replace(' ', &NO_BREAK_SPACE.to_string()));
            people.iter().map(|name| CompletionItem { label: name.clone(), text: text(name) }).collect()
        } else {
            emoji()
        };
        let word = lower(self.word).replace(NO_BREAK_SPACE, " ");
        // After a whole name and a space the reader goes on typing, or sends with Enter.
        let done = word.ends_with(' ') && items.iter().any(|item| lower(&item.label) == word.trim_end());
        let rank = |item: &CompletionItem| {
            // The label of an emoji is the emoji and its name.
            let name = if self.person { &item.label } else { item.label.split_once(' ')?.1 };
            let name = lower(name);
            let within = !word.contains(' ') && name.contains(&word);
            if name.starts_with(&word) && !done { Some(0) } else { within.then_some(1) }
        };
        let mut ranked: Vec<_> = Vec::new();
        for wanted in [Some(0), Some(1)] {
            ranked.extend(items.iter().filter(|item| rank(item) == wanted).cloned());
        }
        ranked.truncate(MAX_ITEMS);
        ranked
    }
}

fn emoji() -> Vec<CompletionItem> {
    let mut texts = EMOJI.split_whitespace();
    let mut items = Vec::new();
    while let (Some(name), Some(emoji)) = (texts.next(), texts.next()) {
        items.push(CompletionItem { label: format!("{emoji} {name}"), text: format!("{emoji} ") });
    }
    items
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sign_starts_a_completion_only_where_a_word_may_start() {
        let word = |text| CompletionQuery::of(text).map(|query| (query.person, query.word));
        assert_eq!(word("hi @An"), Some((true, "An")));
        assert_eq!(word("@"), Some((true, "")));
        assert_eq!(word("(:fi"), Some((false, "fi")));
        assert_eq!(word("hi @Ana how"), Some((true, "Ana how")));
        for text in ["ana@example", "hi @Ana\nhow", ":)", "12:30", "::fire", "http://x", "hello", ""] {
            assert_eq!(word(text), None, "{text}");
        }
    }

    #[test]
    fn names_that_begin_with_the_word_come_before_names_that_contain_it() {
        let people = ["Joanna", "Ana", "Anatol", "Bo"].map(str::to_owned);
        let query = CompletionQuery { person: true, word: "ana" };
        let texts: Vec<_> = query.items(&people).into_iter().map(|item| item.text).collect();
        assert_eq!(texts, ["@Ana ", "@Anatol "]);
        let texts: Vec<_> =
            CompletionQuery { person: true, word: "an" }.items(&people).into_iter().map(|o| o.text).collect();
        assert_eq!(texts, ["@Ana ", "@Anatol ", "@Joanna "]);
    }

    #[test]
    fn names_with_spaces_and_punctuation_are_suggested_until_they_are_complete_or_no_longer_match() {
        let people =
            ["Mary Ann", "Mary Bell", "Mary", "Dr. Who", "Jo (home)", "O'Neil", "R&D", "C#"].map(str::to_owned);
        let suggested = |word| {
            let items = CompletionQuery { person: true, word }.items(&people).into_iter();
            items.map(|item| item.label).collect::<Vec<_>>()
        };
        for word in ["Mary A", "mary a", "Mary Ann", "Mary\u{a0}A"] {
            assert_eq!(suggested(word), ["Mary Ann"], "{word}");
        }
        for (word, name) in [("dr. ", "Dr. Who"), ("Jo (h", "Jo (home)"), ("O'", "O'Neil"), ("r&", "R&D"), ("c", "C#")]
        {
            assert!(suggested(word).iter().any(|item| item == name), "{word}");
        }
        assert_eq!(suggested("Mary"), ["Mary Ann", "Mary Bell", "Mary"]);
        for word in ["Mary ", "Mary Ann ", "Mary Ann how", "Mary how", "nobody at all", " Mary"] {
            assert_eq!(suggested(word), [""; 0], "{word}");
        }
    }

    #[test]
    fn every_emoji_of_the_table_is_valid_and_found_by_its_name() {
        for item in emoji() {
            assert!(parlor_markup::emoji::is_jumbo(&item.text), "{}", item.label);
            let name = item.label.split(' ').nth(1).unwrap();
            assert!(CompletionQuery { person: false, word: name }.items(&[]).contains(&item), "{name}");
        }
    }
}
