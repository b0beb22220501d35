//! All that the page says, in each of its languages.
//!
//! A word is a field of [`Words`]: one that a language has not is an error of the compiler. The server has all
//! languages; the browser has none of its own and gets those of the page with its first state.
//!
//! In a text, `{0}` and `{1}` stand for what is put there, and `|` between the forms for different counts, in the order
//! of [`Language`]'s plural rules.

#[cfg(not(target_arch = "wasm32"))]
mod ar;
#[cfg(not(target_arch = "wasm32"))]
mod de;
mod en;
#[cfg(not(target_arch = "wasm32"))]
mod es;
mod isolation;
#[cfg(not(target_arch = "wasm32"))]
mod ja;
mod language;
#[cfg(feature = "ssr")]
mod pages;
mod refusals;

pub use isolation::isolate;
use isolation::{against, isolate_from};
pub use language::Language;
#[cfg(feature = "ssr")]
pub use pages::PageWords;

// Kept as a list: in WASM a struct of so many fields is thousands of bytes of moving them.
macro_rules! words {
    ($(#[$about:meta])* pub struct $Words:ident of $Texts:ident { $($(#[$what:meta])* $word:ident,)* }) => {
        $(#[$about])*
        #[derive(Debug, PartialEq, Eq)]
        pub struct $Words([&'static str; COUNT]);

        const COUNT: usize = [$(stringify!($word)),*].len();

        #[allow(non_camel_case_types, reason = "they are named as the functions are")]
        enum Place {
            $($word,)*
        }

        /// A language: every text by its name.
        pub(super) struct $Texts {
            $(pub(super) $word: &'static str,)*
        }

        impl $Texts {
            /// Them as they are kept.
            pub(super) const fn words(self) -> $Words {
                $Words([$(self.$word,)*])
            }
        }

        impl $Words {
            $($(#[$what])* pub fn $word(&self) -> &'static str {
                self.0[Place::$word as usize]
            })*

            /// All texts, in one order.
            pub fn list(&self) -> &[&'static str] {
                &self.0
            }

            /// From such a list.
            pub fn from_list(list: Vec<&'static str>) -> Option<Self> {
                Some(Self(*Box::try_from(list.into_boxed_slice()).ok()?))
            }
        }
    };
}
#[cfg(feature = "ssr")]
use words;

words! {
    /// What the page says.
    pub struct Words of Texts {
        /// The language's tag.
        tag,
        /// The months of a year.
        months,
        /// A date: day, month, year.
        date,
        /// A time before noon, and one after it.
        half_days,
        today,
        yesterday,
        /// Between the parts of a list.
        comma,
        /// A moment: day, time.
        moment,

        about_parlor,
        rooms,
        room_name,
        room_example,
        new_room,
        create_room,
        people_here,
        leave_room,
        unread,

        you,
        you_named,
        your_name,
        your_new_name,
        join,
        joining,
        choose_name,
        reading_as_guest,
        change_name,
        rename,
        another_device,
        sign_out,
        really_sign_out,
        lose_unsent,
        lose_drafts,
        lose_name,
        notify_me,
        notified,
        notify_denied,
        notify_insecure,

        topic,
        topic_hint,
        set_topic,
        change_topic,
        save_topic,
        topic_too_long,
        people,
        people_aside,
        here,
        more_people,
        is_you,
        is_not,
        is_ignored,
        is_away,
        is_reconnecting,
        ignore,
        hear_again,
        notifications,
        notify_mentions,
        notify_all,
        notify_none,

        messages,
        loading,
        not_kept,
        loading_older,
        room_start,
        silent,
        silent_nameless,
        unread_line,
        new_messages,
        sending,
        waiting,
        deleted,
        edited,
        react,
        reactions,
        reply,
        edit,
        delete,
        really_delete,
        copy_link,
        copy_text,
        message_address,
        message_missing,
        mark_unread,
        names_and_more,
        not_sent,
        not_sent_yet,
        not_changed,
        not_changed_yet,
        leftover,
        retry,
        discard,

        joined,
        left,
        joined_and_left,
        two_names,
        name_and_others,
        one_types,
        two_type,
        several_type,
        speaks_elsewhere,
        notice,

        message,
        message_to,
        send,
        save,
        cancel,
        editing,
        answering,
        draft,
        unsaved_edit,
        drafts,
        use_draft,
        key_sends,
        key_breaks,
        emoji,
        emoji_hint,
        completions,
        too_long_by,
        no_files_yet,
        controls_removed,

        new_since,
        many_new,
        to_newest,

        link_refused,
        link_foreign,
        link_offline,
        link_first,
        link_lost,
        link_restarting,
        trying_in,
        retry_now,

        search,
        search_messages,
        search_results,
        close_search,
        everywhere,
        go_to_day,
        search_hint,
        searching,
        nothing_found,
        newest_found,
        found,
        only_kept,

        settings,
        kept_here,
        language_setting,
        as_browser,
        theme,
        as_system,
        theme_light,
        theme_dark,
        density,
        density_roomy,
        density_compact,
        times,
        hours_24,
        hours_12,
        motion,
        motion_less,
        sound,
        off,
        on,
        own_colour,
        as_others_see,
        colour,

        keys,
        close,
        does_send,
        does_send_anywhere,
        does_break,
        does_edit_last,
        does_leave,
        does_mention,
        does_emoji,
        does_change_room,
        does_find_room,
        does_search,
        does_move,
        does_act,
        does_keys,

        refused,
        name_taken,
        name_empty,
        name_too_long,
        name_invalid,
        body_empty,
        body_too_long,
        body_invalid,
        room_name_invalid,
        too_many_rooms,
        too_fast,
        behind,
        unavailable,
        not_named,
        not_in_room,
        no_such_message,
        not_yours,
        message_deleted,
        emoji_invalid,
        too_many_reactions,
        topic_invalid,
        bad_search,
    }
}

/// English, in which the page's tests read.
pub static ENGLISH: &Words = &en::WORDS;

impl Words {
    /// Those of a language.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn of(language: Language) -> &'static Self {
        match language {
            Language::English => &en::WORDS,
            Language::German => &de::WORDS,
            Language::Spanish => &es::WORDS,
            Language::Japanese => &ja::WORDS,
            Language::Arabic => &ar::WORDS,
        }
    }

    /// Which language they are of.
    pub fn language(&self) -> Language {
        Language::parse(self.tag()).unwrap_or_default()
    }

    /// A number.
    pub fn number(&self, number: usize) -> String {
        self.language().number(number as u64)
    }

    /// A text in its form for a count, with the count in it.
    pub fn count(&self, forms: &str, count: usize) -> String {
        self.counted(forms, count, &[&self.number(count)])
    }

    /// How many people are in a room; nothing where nobody is.
    pub fn here_at_all(&self, people: u32) -> String {
        if people == 0 { String::new() } else { self.count(self.people_here(), people as usize) }
    }

    /// A text in its form for a count, with other texts in it.
    pub fn counted(&self, forms: &str, count: usize, parts: &[&str]) -> String {
        let form = forms.split('|').nth(self.language().form(count as u64)).or_else(|| forms.split('|').next_back());
        fill(form.unwrap_or(forms), parts)
    }
}

#[cfg(feature = "ssr")]
impl serde::Serialize for Words {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.list().serialize(serializer)
    }
}

/// A text with others in it, which do not disturb its order: see [`isolate`].
pub fn fill(text: &str, parts: &[&str]) -> String {
    let against = against(text, parts);
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let part =
            after.split_once('}').and_then(|(index, after)| Some((parts.get(index.parse::<usize>().ok()?)?, after)));
        match part {
            Some((part, after)) => {
                filled.push_str(&isolate_from(part, against));
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<&str> {
        let mut places: Vec<_> = text.split('{').skip(1).filter_map(|rest| rest.split('}').next()).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    #[test]
    fn texts_are_filled_wherever_their_parts_stand() {
        assert_eq!(fill("{1} in #{0}", &["lobby", "{0}"]), "{0} in #lobby");
        assert_eq!(fill("a {7} {x {", &["b"]), "a {7} {x {");
    }

    #[test]
    fn every_language_says_the_same() {
        let english = en::WORDS.list();
        for language in Language::ALL {
            let words = Words::of(language);
            assert_eq!(words.language(), language);
            for (text, english) in words.list().iter().zip(english) {
                assert!(!text.is_empty() && text.trim() == *text || *text == words.comma(), "{text:?}");
                let most = text.split('|').map(places).max_by_key(Vec::len).unwrap();
                assert_eq!(most, places(english.split('|').next_back().unwrap()), "{text}");
                let counted =
                    english.contains('|') && *english != en::WORDS.months() && *english != en::WORDS.half_days();
                let forms = if counted { (0..200).map(|n| language.form(n)).max().unwrap() + 1 } else { 0 };
                assert!(!counted || text.split('|').count() == forms, "{language:?}: {text}");
            }
            assert_eq!(words.months().split('|').count(), 12);
            assert_eq!(words.half_days().split('|').count(), 2);
        }
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn every_language_says_the_same_on_the_servers_own_pages() {
        let english = PageWords::of(Language::English).list();
        for language in Language::ALL {
            for (text, english) in PageWords::of(language).list().iter().zip(english) {
                assert!(!text.is_empty() && text.trim() == *text, "{text:?}");
                assert_eq!(places(text), places(english), "{text}");
            }
        }
    }

    #[test]
    fn words_arrive_in_the_browser() {
        assert_eq!(Words::from_list(de::WORDS.list().to_vec()).as_ref(), Some(&de::WORDS));
        assert_eq!(Words::from_list(vec!["x"]), None);
    }
}
