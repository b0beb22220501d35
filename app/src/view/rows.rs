//! The rows of the timeline: messages, day separators, membership notices and the "new messages" divider, in the
//! reader's language and time zone.

use std::sync::Arc;

use parlor::{ClientId, ErrorCode, UnixMillis};

use super::{labels, locale::Locale};
use crate::state::{
    change::Change, chat_message::ChatMessage, membership_notices::MembershipNotice, outbox::SendState,
    room::VisibleTimeline, viewer::Viewer,
};

/// Longest time between two messages of one author in a group, in milliseconds.
const GROUP_MS: u64 = 5 * 60 * 1_000;

/// One row of the timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Identifies the row and its DOM node. A message keeps its key from pending to confirmed. Unique in the timeline.
    pub key: Arc<str>,
    /// The content.
    pub content: RowContent,
}

/// The content of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RowContent {
    /// The first row of a day, with the name of the day.
    Day(String),
    /// Who joined and left between two messages.
    MembershipNotice(String),
    /// Everything below is new to the reader.
    Divider,
    /// A message.
    Message(MessageRow),
}

/// A message as it is rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// The message.
    pub message: Arc<ChatMessage>,
    /// The index of its author's colour.
    pub colour: u8,
    /// The local time of day.
    pub clock: String,
    /// Whether it starts a group, and so shows its author.
    pub first: bool,
    /// Whether the reader wrote it.
    pub mine: bool,
    /// Whether it mentions or answers the reader.
    pub highlighted: bool,
    /// The delivery of the message, or of a change of it that is not stored yet.
    pub delivery: DeliveryStatus,
    /// The client id that `delivery` belongs to: the message's own, or that of a change.
    pub delivery_of: ClientId,
    /// Whether `delivery` belongs to a text, which can be edited again in the composer.
    pub has_text: bool,
}

/// The delivery of a message or a change, as far as it matters to the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryStatus {
    /// It is in the log.
    Done,
    /// It is in flight, or waits for a connection.
    Pending {
        /// Whether there is a connection.
        online: bool,
    },
    /// The server refused it with a retryable code; the page sends it again by itself.
    Retrying(ErrorCode),
    /// The server refused it for good.
    Refused(ErrorCode),
    /// An earlier session left it; the reader decides whether to send it.
    Orphaned,
}

/// Whom the rows are for.
#[derive(Clone, Copy, Debug)]
pub struct ViewContext<'a> {
    /// The reader.
    pub viewer: &'a Viewer,
    /// The reader's language and time zone.
    pub locale: &'a Locale,
    /// The current time: what "today" means.
    pub now: UnixMillis,
    /// Whether the connection is open and the server has answered lately.
    pub online: bool,
}

/// Returns the rows of the visible part of a timeline, oldest first.
pub fn rows(timeline: &VisibleTimeline<'_>, context: ViewContext<'_>) -> Vec<Row> {
    let rows = Vec::with_capacity(timeline.messages.len() + 8);
    let mut list = RowList { context, rows, last: timeline.before.clone() };
    let oldest = timeline.messages.first().map_or(0, |message| message.seq);
    let mut divider = timeline.divider;
    let mut notices = timeline.membership_notices.iter().filter(|notice| notice.after + 1 >= oldest).peekable();
    for message in &timeline.messages {
        while let Some(notice) = notices.next_if(|notice| notice.after < message.seq) {
            list.push_notice(notice);
        }
        let new = divider.is_some_and(|divider| message.seq > divider) && !context.viewer.wrote(message);
        let delivery = delivery_of(message, timeline, context);
        list.push_message(message.clone(), delivery, divider.take_if(|_| new));
    }
    if timeline.live {
        notices.for_each(|notice| list.push_notice(notice));
    }
    for entry in timeline.outbox.iter().filter(|_| timeline.at_end) {
        if let Some(message) = entry.submission.message() {
            let client_id = entry.submission.client_id.clone();
            list.push_message(Arc::new(message), (delivery(&entry.state, context), client_id, true), None);
        }
    }
    list.rows
}

// The delivery of a message in the log: done, unless a change of it was refused or a change of its text is pending.
fn delivery_of(
    message: &ChatMessage,
    timeline: &VisibleTimeline<'_>,
    context: ViewContext<'_>,
) -> (DeliveryStatus, ClientId, bool) {
    let mut shown = (DeliveryStatus::Done, message.client_id.clone(), true);
    for entry in timeline.outbox {
        let Some((_, change)) = entry.submission.change().filter(|(target, _)| message.is(target)) else { continue };
        let delivery = delivery(&entry.state, context);
        let is_pending = matches!(delivery, DeliveryStatus::Done | DeliveryStatus::Pending { .. });
        let is_edit = matches!(change, Change::Edit(..));
        if !is_pending || (shown.0 == DeliveryStatus::Done && is_edit) {
            shown = (delivery, entry.submission.client_id.clone(), is_edit);
        }
    }
    shown
}

fn delivery(state: &SendState, context: ViewContext<'_>) -> DeliveryStatus {
    match state {
        SendState::Accepted(_) => DeliveryStatus::Done,
        SendState::Queued | SendState::InFlight => DeliveryStatus::Pending { online: context.online },
        SendState::Retrying(code) => DeliveryStatus::Retrying(*code),
        SendState::Refused(code) => DeliveryStatus::Refused(*code),
        SendState::Orphaned => DeliveryStatus::Orphaned,
    }
}

struct RowList<'a> {
    context: ViewContext<'a>,
    rows: Vec<Row>,
    // The message above, which may lie outside of the window.
    last: Option<Arc<ChatMessage>>,
}

impl RowList<'_> {
    fn push(&mut self, key: String, content: RowContent) {
        self.rows.push(Row { key: key.into(), content });
    }

    fn push_notice(&mut self, notice: &MembershipNotice) {
        let text = labels::membership(notice, self.context.locale.texts);
        self.push(format!("q{}", notice.after), RowContent::MembershipNotice(text));
    }

    // On a new day the day's row precedes the divider.
    fn push_message(
        &mut self,
        message: Arc<ChatMessage>,
        (delivery, delivery_of, has_text): (DeliveryStatus, ClientId, bool),
        divider: Option<u64>,
    ) {
        let ViewContext { locale, viewer, now, .. } = self.context;
        let day = locale.zone.day_of(message.at);
        // Days follow the order of the log, even where a server's clock was set back.
        let last = self.last.replace(message.clone());
        if last.as_ref().is_none_or(|last| locale.zone.day_of(last.at) != day) {
            let mut label = locale.day(message.at, now);
            if locale.zone.is_unknown() {
                label.push_str(" (UTC)");
            }
            self.push(format!("d{}", message.key), RowContent::Day(label));
        }
        if let Some(divider) = divider {
            self.push(format!("u{divider}"), RowContent::Divider);
        }
        // A group has no other rows between its messages.
        let continues = matches!(self.rows.last(), None | Some(Row { content: RowContent::Message(_), .. }))
            && message.reply_to.is_none()
            && last.is_some_and(|last| last.author == message.author && message.at.abs_diff(last.at) < GROUP_MS);
        let row = MessageRow {
            colour: viewer.colour_of(&message.author.id),
            clock: locale.clock(message.at),
            first: !continues,
            mine: viewer.wrote(&message),
            highlighted: viewer.is_highlight(&message),
            delivery,
            delivery_of,
            has_text,
            message,
        };
        self.rows.push(Row { key: row.message.key.clone(), content: RowContent::Message(row) });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use parlor::{Body, ClientId, UnixMillis};
    use proptest::prelude::*;

    use super::*;
    use crate::{
        state::{
            fixtures::{author, viewer},
            membership_notices::MembershipNotices,
            outbox::OutboxEntry,
            submission::{Operation, Submission},
        },
        view::fixtures::english_utc,
    };

    fn message(who: &str, seq: u64, at: UnixMillis) -> Arc<ChatMessage> {
        let id = ClientId::from_random(u128::from(seq));
        let mut message = ChatMessage::pending(author(who), id, Body::parse("hello").unwrap(), None, at);
        message.seq = seq;
        Arc::new(message)
    }

    fn timeline<'a>(
        messages: &[Arc<ChatMessage>],
        notices: &'a [MembershipNotice],
        outbox: &'a [OutboxEntry],
    ) -> VisibleTimeline<'a> {
        let messages = messages.to_vec();
        VisibleTimeline {
            before: None,
            messages,
            membership_notices: notices,
            outbox,
            at_end: true,
            divider: None,
            live: true,
        }
    }

    fn render(timeline: &VisibleTimeline<'_>) -> Vec<Row> {
        rows(timeline, ViewContext { viewer: &viewer("me"), locale: &english_utc(), now: 90_000_000, online: true })
    }

    fn render_rows(messages: &[Arc<ChatMessage>], notices: &MembershipNotices, outbox: &[OutboxEntry]) -> Vec<Row> {
        render(&timeline(messages, notices.all(), outbox))
    }

    fn sketch(rows: &[Row]) -> Vec<String> {
        rows.iter()
            .map(|row| match &row.content {
                RowContent::Day(label) => format!("-- {label}"),
                RowContent::MembershipNotice(text) => format!("({text})"),
                RowContent::Divider => "== new".to_owned(),
                RowContent::Message(row) if row.first => format!("{} {}", row.message.author.name, row.clock),
                RowContent::Message(row) => row.clock.clone(),
            })
            .collect()
    }

    #[test]
    fn an_author_is_named_once_in_five_minutes_and_again_each_day() {
        let mut notices = MembershipNotices::default();
        notices.add(3, vec![author("kofi")], vec![]);
        let minute = 60_000;
        let list = [
            message("ana", 1, 80_000_000),
            message("ana", 2, 80_000_000 + 4 * minute),
            message("ana", 3, 80_000_000 + 10 * minute),
            message("ana", 4, 80_000_000 + 11 * minute),
            message("bo", 5, 86_399_000),
            message("bo", 6, 86_401_000),
        ];
        assert_eq!(
            sketch(&render_rows(&list, &notices, &[])),
            [
                "-- Yesterday",
                "ana 22:13",
                "22:17",
                "ana 22:23",
                "(kofi joined)",
                "ana 22:24",
                "bo 23:59",
                "-- Today",
                "bo 00:00"
            ]
        );
    }

    #[test]
    fn the_divider_precedes_the_first_new_message_of_others_and_splits_a_group() {
        let at = 90_000_000;
        let list = [
            message("ana", 1, at),
            message("ana", 2, at),
            message("me", 3, at),
            message("ana", 4, at),
            message("ana", 5, at),
        ];
        let draw = |divider| sketch(&render(&VisibleTimeline { divider, ..timeline(&list, &[], &[]) }));
        assert_eq!(draw(Some(1)), ["-- Today", "ana 01:00", "== new", "ana 01:00", "me 01:00", "ana 01:00", "01:00"]);
        assert_eq!(draw(Some(2)), ["-- Today", "ana 01:00", "01:00", "me 01:00", "== new", "ana 01:00", "01:00"]);
        assert_eq!(draw(Some(0))[..2], ["-- Today", "== new"]);
        assert!(!draw(Some(5)).contains(&"== new".to_owned()));
    }

    #[test]
    fn a_message_keeps_its_key_from_pending_to_confirmed() {
        let pending = message("me", 9, 86_400_000);
        let ChatMessage { client_id, author, at, .. } = (*pending).clone();
        let operation = Operation::Post { body: Body::parse("hello").unwrap(), mentions: None, reply_to: None };
        let waiting =
            OutboxEntry { submission: Submission { client_id, author, operation, at }, state: SendState::InFlight };
        let before = render_rows(&[], &MembershipNotices::default(), &[waiting]);
        let after = render_rows(&[pending], &MembershipNotices::default(), &[]);
        assert_eq!(before[1].key, after[1].key);
    }

    proptest! {
        #[test]
        fn keys_are_unique(ats in proptest::collection::vec(0u64..400_000_000, 0..60), joins in proptest::collection::vec(0u64..60, 0..20)) {
            let list: Vec<_> = ats.iter().enumerate().map(|(index, at)| message("ana", index as u64 + 1, *at)).collect();
            let mut notices = MembershipNotices::default();
            let mut joins = joins;
            joins.sort_unstable();
            for (index, after) in joins.into_iter().enumerate() {
                notices.add(after, vec![author(&format!("p{index}"))], vec![]);
            }
            let rows = render_rows(&list, &notices, &[]);
            let keys: HashSet<_> = rows.iter().map(|row| &row.key).collect();
            prop_assert_eq!(keys.len(), rows.len());
        }
    }
}
