//! The actions of buttons, links and forms, as values of HTML attributes.
//!
//! Components write them with `attribute`, and the delegated listeners of the page read them with `of_event`.

use web_sys::{Element, Event};

use super::element::Attribute;
use crate::dom::nearest;

// Both directions come from one table, which is smaller in the WASM than two `match`es.
macro_rules! define_actions {
    (
        $(#[$about:meta])*
        $Action:ident($attribute:literal) {
            $($(#[$what:meta])* $variant:ident = $value:literal,)*
        }
    ) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum $Action {
            $($(#[$what])* $variant,)*
        }

        impl $Action {
            const ALL: &[(Self, &str)] = &[$((Self::$variant, $value)),*];

            /// The value of the attribute.
            pub(super) fn as_str(self) -> &'static str {
                Self::ALL[self as usize].1
            }

            /// Parses a value of the attribute.
            pub(super) fn parse(value: &str) -> Option<Self> {
                Self::ALL.iter().find(|(_, name)| *name == value).map(|(action, _)| *action)
            }

            /// The attribute for an element with this action.
            pub(super) fn attribute(self) -> Attribute {
                ($attribute, self.as_str().into())
            }

            /// The action of an element.
            fn of(element: &Element) -> Option<Self> {
                Self::parse(&element.get_attribute($attribute)?)
            }

            /// The action at the target of an event, or at its nearest ancestor with the attribute, and that element.
            pub(super) fn of_event(event: &Event) -> Option<(Self, Element)> {
                let element = nearest(event, concat!("[", $attribute, "]"))?;
                Some((Self::of(&element)?, element))
            }
        }
    };
}

define_actions! {
    /// What a button or link outside of the timeline does.
    Command("data-do") {
        /// Shows a room, or a message in it.
        ShowRoom = "show-room",
        /// Leaves a room.
        LeaveRoom = "leave-room",
        /// Connects now instead of waiting for the next attempt.
        RetryNow = "retry",
        /// Jumps to the latest message. The button submits its form, see [`FormKind::JumpToLatest`].
        JumpToLatest = "jump-to-latest",
        /// Closes the toast.
        CloseToast = "close-toast",
        /// Ends the composing of a reply or an edit.
        CancelComposing = "cancel-composing",
        /// Opens an offered draft in the composer.
        UseDraft = "use-draft",
        /// Deletes an offered draft.
        DiscardDraft = "discard-draft",
        /// Opens or closes the list of rooms.
        Rooms = "rooms",
        /// Opens or closes the list of people.
        People = "people",
        /// Shows more of the people.
        MorePeople = "more-people",
        /// Opens or closes the search.
        Search = "search",
        /// Opens or closes the account menu.
        Account = "account",
        /// Opens or closes the form for another name.
        Rename = "rename",
        /// Opens or closes the form for the topic.
        Topic = "topic",
        /// Opens or closes the sheet of keyboard shortcuts.
        Shortcuts = "shortcuts",
        /// Opens or closes the sheet of settings.
        Settings = "settings",
        /// Opens or closes the room finder.
        FindRoom = "find-room",
        /// Sets the room's next notification level.
        CycleNotificationLevel = "notification-level",
        /// Asks for the permission to show notifications.
        AllowNotifications = "allow-notifications",
        /// Hides the messages of an author.
        Ignore = "ignore",
        /// Shows the messages of an ignored author again.
        Unignore = "unignore",
        /// Closes the open panel.
        Close = "close",
    }
}

define_actions! {
    /// What a button or link of a message does.
    MessageAction("data-act") {
        /// Adds or removes a reaction, or opens the emoji picker for one.
        React = "react",
        /// Starts a reply.
        Reply = "reply",
        /// Starts an edit.
        Edit = "edit",
        /// Deletes the message after a confirmation.
        Delete = "delete",
        /// Copies the address of the message.
        CopyLink = "link",
        /// Copies the text of the message.
        CopyText = "copy",
        /// Marks the message and those after it as unread.
        MarkUnread = "unread",
        /// Jumps to the quoted message.
        Jump = "jump",
    }
}

define_actions! {
    /// What a button below a message does with the outbox entry that was not sent.
    OutboxAction("data-act") {
        /// Sends it again.
        Retry = "retry",
        /// Moves its text into the composer.
        Edit = "change",
        /// Removes it.
        Discard = "discard",
    }
}

define_actions! {
    /// What the submission of a form does.
    FormKind("data-form") {
        /// Shows or creates the room that is chosen in the room finder.
        FindRoom = "find-room",
        /// Jumps to the latest message.
        JumpToLatest = "jump-to-latest",
        /// Claims a first name.
        Join = "join",
        /// Claims another name.
        Rename = "rename",
        /// Sets the topic of the room.
        Topic = "topic",
        /// Signs out.
        SignOut = "sign-out",
        /// The settings. They apply on each change, so nothing is submitted.
        Settings = "settings",
    }
}

impl Command {
    /// Returns a selector by the command of an element, to find the element after it was rendered anew.
    pub(super) fn selector_of(element: &Element) -> Option<String> {
        Self::of(element).map(|command| ["[data-do=", command.as_str(), "]"].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_action_is_parsed_from_its_attribute() {
        for (command, _) in Command::ALL {
            assert_eq!(Command::parse(command.as_str()), Some(*command));
        }
        for (action, _) in MessageAction::ALL {
            assert_eq!(MessageAction::parse(action.as_str()), Some(*action));
        }
        for (action, _) in OutboxAction::ALL {
            assert_eq!(OutboxAction::parse(action.as_str()), Some(*action));
        }
        for (form, _) in FormKind::ALL {
            assert_eq!(FormKind::parse(form.as_str()), Some(*form));
        }
        assert_eq!((Command::parse("Close"), FormKind::parse("")), (None, None));
    }

    #[test]
    fn actions_with_one_attribute_have_different_values() {
        for (action, _) in OutboxAction::ALL {
            assert_eq!(MessageAction::parse(action.as_str()), None);
        }
    }
}
