//! The texts of the page as fields of [`Texts`].
//!
//! Each language has to set every field, so a missing text is a compile error.

use crate::language::Language;

// Each text is an element of one array, not a field of its own: moving a struct with so many fields takes thousands of
// bytes in WASM.
macro_rules! define_texts {
    ($(#[$about:meta])* pub struct $Texts:ident of $TextFields:ident { $($(#[$what:meta])* $text:ident,)* }) => {
        $(#[$about])*
        #[derive(Debug, PartialEq, Eq)]
        pub struct $Texts([&'static str; COUNT]);

        const COUNT: usize = [$(stringify!($text)),*].len();

        #[allow(non_camel_case_types, reason = "variants have the names of the methods")]
        enum Index {
            $($text,)*
        }

        /// The texts of one language by name, to be converted into the list.
        pub(super) struct $TextFields {
            $(pub(super) $text: &'static str,)*
        }

        impl $TextFields {
            /// Converts the named texts into the list.
            pub(super) const fn texts(self) -> $Texts {
                $Texts([$(self.$text,)*])
            }
        }

        impl $Texts {
            $($(#[$what])* pub fn $text(&self) -> &'static str {
                self.0[Index::$text as usize]
            })*

            /// All texts, in the order of their declaration.
            pub fn list(&self) -> &[&'static str] {
                &self.0
            }

            /// Makes the texts from such a list. `None` if its length is wrong.
            pub fn from_list(list: Vec<&'static str>) -> Option<Self> {
                Some(Self(*Box::try_from(list.into_boxed_slice()).ok()?))
            }
        }
    };
}
#[cfg(feature = "ssr")]
pub(super) use define_texts;

define_texts! {
    /// The texts of the page in one language.
    pub struct Texts of TextFields {
        /// The tag of the language (BCP 47).
        tag,
        /// The names of the months, January first, separated by `|`.
        months,
        /// A date; `{0}` is the day, `{1}` the month's name, `{2}` the year.
        date,
        /// The formats of a time before and after noon on the 12-hour clock, separated by `|`.
        hour12_formats,
        today,
        yesterday,
        /// The separator between the items of a list.
        comma,
        /// A day with a time of day: `{0}` is the day, `{1}` the time.
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
        confirm_sign_out,
        lose_unsent,
        lose_drafts,
        lose_name,
        notify_me,
        notify_granted,
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
        unignore,
        notifications,
        notify_mentions,
        notify_all,
        notify_muted,

        messages,
        loading,
        room_not_stored,
        loading_older,
        room_start,
        room_empty,
        room_empty_guest,
        divider,
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
        confirm_delete,
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
        orphaned,
        retry,
        discard,

        joined,
        left,
        joined_and_left,
        two_names,
        name_and_others,
        typing_one,
        typing_two,
        typing_several,
        announcement_elsewhere,
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
        hint_send,
        hint_new_line,
        emoji,
        emoji_hint,
        completions,
        too_long_by,
        no_files_yet,
        controls_removed,

        new_since,
        many_new,
        to_newest,

        connection_refused,
        connection_wrong_protocol,
        connection_offline,
        connection_starting,
        connection_lost,
        connection_restarting,
        retry_in,
        retry_now,

        search,
        search_messages,
        search_results,
        close_search,
        everywhere,
        go_to_day,
        search_hint,
        searching,
        results_none,
        results_truncated,
        results_count,
        results_local_only,

        settings,
        settings_stored_here,
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

        shortcuts,
        close,
        shortcut_send,
        shortcut_send_anywhere,
        shortcut_new_line,
        shortcut_edit_last,
        shortcut_leave,
        shortcut_mention,
        shortcut_emoji,
        shortcut_change_room,
        shortcut_find_room,
        shortcut_search,
        shortcut_move,
        shortcut_actions,
        shortcut_help,

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

impl Texts {
    /// The language of these texts.
    pub fn language(&self) -> Language {
        Language::parse(self.tag()).unwrap_or_default()
    }
}

#[cfg(feature = "ssr")]
impl serde::Serialize for Texts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.list().serialize(serializer)
    }
}
