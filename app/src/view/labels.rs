//! Short texts made from the state.

use parlor::{Author, Name};

use crate::{
    i18n::{Texts, fill},
    state::{
        connection::{ConnectionProblem, DisconnectReason},
        membership_notices::MembershipNotice,
        notification_level::NotificationLevel,
    },
};

/// Who joined and left: "Kofi and 2 others joined, Lena left".
pub fn membership(notice: &MembershipNotice, texts: &Texts) -> String {
    let label = |forms, people: &[Author]| {
        names(people, texts).map(|names| texts.counted(forms, people.len(), &[&names])).unwrap_or_default()
    };
    match (label(texts.joined(), notice.joined()), label(texts.left(), notice.left())) {
        (joined, left) if left.is_empty() => joined,
        (joined, left) if joined.is_empty() => left,
        (joined, left) => fill(texts.joined_and_left(), &[&joined, &left]),
    }
}

fn names(people: &[Author], texts: &Texts) -> Option<String> {
    match people {
        [] => None,
        [one] => Some(one.name.to_string()),
        [one, two] => Some(fill(texts.two_names(), &[one.name.as_str(), two.name.as_str()])),
        [one, rest @ ..] => {
            let others = texts.number(rest.len());
            Some(texts.counted(texts.name_and_others(), rest.len(), &[one.name.as_str(), &others]))
        }
    }
}

/// Who is typing: "Ana is typing…". Empty if nobody is.
pub fn typing(names: &[Name], texts: &Texts) -> String {
    match names {
        [] => String::new(),
        [one] => fill(texts.typing_one(), &[one.as_str()]),
        [one, two] => fill(texts.typing_two(), &[one.as_str(), two.as_str()]),
        _ => texts.typing_several().to_owned(),
    }
}

/// What is wrong with the connection, and what that means for the reader.
pub fn connection(problem: ConnectionProblem, texts: &Texts) -> &'static str {
    match problem {
        ConnectionProblem::Offline => texts.connection_offline(),
        ConnectionProblem::Disconnected(reason) => match reason {
            DisconnectReason::Starting => texts.connection_starting(),
            DisconnectReason::Lost => texts.connection_lost(),
            DisconnectReason::Restarting => texts.connection_restarting(),
            DisconnectReason::Refused => texts.connection_refused(),
            DisconnectReason::WrongProtocol => texts.connection_wrong_protocol(),
        },
    }
}

/// The name of a notification level.
pub fn notification_level(level: NotificationLevel, texts: &Texts) -> &'static str {
    match level {
        NotificationLevel::Mentions => texts.notify_mentions(),
        NotificationLevel::All => texts.notify_all(),
        NotificationLevel::Muted => texts.notify_muted(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        i18n::ENGLISH,
        state::{fixtures::author, membership_notices::MembershipNotices},
    };

    fn notices(steps: &[(&[&str], &[&str])]) -> Vec<String> {
        let mut notices = MembershipNotices::default();
        let authors = |names: &[&str]| names.iter().map(|name| author(name)).collect();
        for (joined, left) in steps {
            notices.add(4, authors(joined), authors(left));
        }
        notices.all().iter().map(|notice| membership(notice, ENGLISH)).collect()
    }

    #[test]
    fn a_notice_reports_the_net_change() {
        assert_eq!(notices(&[(&["Kofi", "Bo"], &[]), (&["Ada"], &["Lena"])]), ["Kofi and 2 others joined, Lena left"]);
        assert_eq!(notices(&[(&["Kofi", "Bo"], &[])]), ["Kofi and Bo joined"]);
        assert_eq!(notices(&[(&["Kofi"], &[]), (&[], &["Kofi"])]), Vec::<String>::new());
        assert_eq!(notices(&[(&[], &["Kofi"]), (&["Kofi"], &[])]), Vec::<String>::new());
        assert_eq!(notices(&[(&["Kofi"], &[]), (&["Kofi"], &[])]), ["Kofi joined"]);
    }

    #[test]
    fn at_most_two_typing_people_are_named() {
        let names: Vec<_> = ["ana", "bo", "kofi"].map(|name| author(name).name).into();
        assert_eq!(typing(&names[..1], ENGLISH), "ana is typing…");
        assert_eq!(typing(&names[..2], ENGLISH), "ana and bo are typing…");
        assert_eq!(typing(&names, ENGLISH), ENGLISH.typing_several());
        assert_eq!(typing(&[], ENGLISH), "");
    }
}
