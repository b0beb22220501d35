//! What the timeline looks like: lines for the screen, made from messages, comings and goings, and the outbox.

use std::sync::Arc;

use parlor::{ClientId, ErrorCode};

use super::{
    change::Change,
    comings::Coming,
    outbox::{Pending, Step},
    room::Reader,
    said::Said,
};

/// Messages of one author this close together stand in one group.
const GROUP_MS: u64 = 5 * 60 * 1_000;

/// One line. Keys are unique, and a message keeps its key from pending to confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Names the line, and with it its DOM node.
    pub key: Arc<str>,
    /// What stands there.
    pub content: Content,
}

/// What stands in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// A new day starts: what it is called.
    Day(String),
    /// Who came and went.
    Quiet(String),
    /// What follows is new to the reader.
    Unread,
    /// A message.
    Message(MessageRow),
}

/// A message as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRow {
    /// The message.
    pub said: Arc<Said>,
    /// Its author's colour.
    pub colour: u8,
    /// Its local time of day.
    pub clock: String,
    /// Whether it starts a group, and so shows its author.
    pub first: bool,
    /// Whether the reader wrote it.
    pub mine: bool,
    /// Whether it is meant for the reader.
    pub meant: bool,
    /// How far it has come, or the change of it that has not come far enough.
    pub delivery: Delivery,
    /// The id of what `delivery` is about: the message's own, or that of a change.
    pub about: ClientId,
    /// Whether that is a text, which can be taken back into the composer.
    pub has_text: bool,
}

/// How far a message has come, as far as its reader cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It is in the log.
    Done,
    /// It is on its way, or waits until there is a way.
    Pending {
        /// Whether there is a connection.
        online: bool,
    },
    /// Refused for now, and tried again without anyone's doing.
    Held(ErrorCode),
    /// Refused.
    Refused(ErrorCode),
    /// Left over from an earlier session.
    Leftover,
}

/// What the lines are made from.
pub struct Source<'a> {
    /// The message before the first, which decides whether that begins a day or a group.
    pub before: Option<Arc<Said>>,
    /// Messages of the log, oldest first.
    pub said: Vec<Arc<Said>>,
    /// Comings and goings, oldest first.
    pub comings: &'a [Coming],
    /// The outbox.
    pub outbox: &'a [Pending],
    /// Whether the lines go on to the last message, and then to what is in the outbox.
    pub at_end: bool,
    /// Where the reader had read up to, if a line is to be drawn there.
    pub line: Option<u64>,
    /// Whether the end of the log is shown, and with it comings and goings after the last message.
    pub live: bool,
    /// Who reads.
    pub reader: Reader<'a>,
}

impl Source<'_> {
    /// The lines, oldest first.
    pub fn rows(&self) -> Vec<Row> {
        let (rows, last) = (Vec::with_capacity(self.said.len() + 8), self.before.clone());
        let mut list = List { source: self, rows, last };
        let oldest = self.said.first().map_or(0, |said| said.seq);
        let mut line = self.line;
        let mut comings = self.comings.iter().filter(|line| line.after + 1 >= oldest).peekable();
        for said in &self.said {
            while let Some(line) = comings.next_if(|line| line.after < said.seq) {
                list.quiet(line);
            }
            let new = line.is_some_and(|line| said.seq > line) && !self.reader.me.wrote(said);
            list.message(said.clone(), self.change_of(said), line.take_if(|_| new));
        }
        if self.live {
            for line in comings {
                list.quiet(line);
            }
        }
        for item in self.outbox.iter().filter(|_| self.at_end) {
            if let Some(said) = item.written.said() {
                let about = item.written.client_id.clone();
                list.message(Arc::new(said), (self.delivery(&item.step), about, true), None);
            }
        }
        list.rows
    }

    // A message of the log is done, but for a change of it that is refused, or of its text that is on its way.
    fn change_of(&self, said: &Said) -> (Delivery, ClientId, bool) {
        let mut told = (Delivery::Done, said.client_id.clone(), true);
        for item in self.outbox {
            let Some((_, change)) = item.written.change().filter(|(target, _)| said.is(target)) else { continue };
            let delivery = self.delivery(&item.step);
            let on_its_way = matches!(delivery, Delivery::Done | Delivery::Pending { .. });
            let edit = matches!(change, Change::Edit(..));
            if !on_its_way || (told.0 == Delivery::Done && edit) {
                told = (delivery, item.written.client_id.clone(), edit);
            }
        }
        told
    }

    fn delivery(&self, step: &Step) -> Delivery {
        match step {
            Step::Accepted(_) => Delivery::Done,
            Step::Queued | Step::Flying => Delivery::Pending { online: self.reader.online },
            Step::Held(code) => Delivery::Held(*code),
            Step::Refused(code) => Delivery::Refused(*code),
            Step::Leftover => Delivery::Leftover,
        }
    }
}

struct List<'a> {
    source: &'a Source<'a>,
    rows: Vec<Row>,
    last: Option<Arc<Said>>,
}

impl<'a> List<'a> {
    fn quiet(&mut self, line: &Coming) {
        self.rows.push(Row {
            key: format!("q{}", line.after).into(),
            content: Content::Quiet(line.text(self.source.reader.locale.words)),
        });
    }

    // With the line before it, if it is the first that is new: below the day, for that is new, too.
    fn message(&mut self, said: Arc<Said>, way: (Delivery, ClientId, bool), line: Option<u64>) {
        let (delivery, about, has_text) = way;
        let locale = self.source.reader.locale;
        let day = locale.zone.day_of(said.at);
        // A server's clock may go back; days are named in the order of the log all the same.
        let last = self.last.replace(said.clone());
        let new_day = last.as_ref().is_none_or(|last| locale.zone.day_of(last.at) != day);
        if new_day {
            let mut label = locale.day(said.at, self.source.reader.now);
            if locale.zone.is_unknown() {
                label.push_str(" (UTC)");
            }
            self.rows.push(Row { key: format!("d{}", said.key).into(), content: Content::Day(label) });
        }
        if let Some(line) = line {
            self.rows.push(Row { key: format!("u{line}").into(), content: Content::Unread });
        }
        // Nothing but another message may stand between two of one group.
        let continues = matches!(self.rows.last(), None | Some(Row { content: Content::Message(_), .. }))
            && said.reply_to.is_none()
            && last.is_some_and(|last| last.author == said.author && said.at.abs_diff(last.at) < GROUP_MS);
        let (key, clock) = (said.key.clone(), locale.clock(said.at));
        let me = self.source.reader.me;
        let (mine, meant) = (me.wrote(&said), me.is_meant(&said));
        let colour = me.colour_of(&said.author.id);
        let row = MessageRow { said, colour, clock, first: !continues, mine, meant, delivery, about, has_text };
        self.rows.push(Row { key, content: Content::Message(row) });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use parlor::{Body, ClientId, UnixMillis};
    use proptest::prelude::*;

    use super::super::{
        comings::Comings,
        locale::tests::utc,
        me::Me,
        outbox::{Deed, Written},
        timeline::tests::author,
    };
    use super::*;
    use crate::settings::Settings;

    fn said(who: &str, seq: u64, at: UnixMillis) -> Arc<Said> {
        let id = ClientId::from_random(u128::from(seq));
        let mut said = Said::pending(author(who), id, Body::parse("hello").unwrap(), None, at);
        said.seq = seq;
        Arc::new(said)
    }

    fn me() -> Me {
        Me::new(author("me").id, None, Settings::default())
    }

    fn draw(said: &[Arc<Said>], comings: &Comings, outbox: &[Pending]) -> Vec<Row> {
        Source {
            before: None,
            said: said.to_vec(),
            comings: comings.lines(),
            outbox,
            at_end: true,
            line: None,
            live: true,
            reader: Reader { me: &me(), locale: &utc(), now: 90_000_000, online: true },
        }
        .rows()
    }

    fn sketch(rows: &[Row]) -> Vec<String> {
        rows.iter()
            .map(|row| match &row.content {
                Content::Day(label) => format!("-- {label}"),
                Content::Quiet(text) => format!("({text})"),
                Content::Unread => "== new".to_owned(),
                Content::Message(row) if row.first => format!("{} {}", row.said.author.name, row.clock),
                Content::Message(row) => row.clock.clone(),
            })
            .collect()
    }

    #[test]
    fn an_author_is_named_once_in_five_minutes_and_anew_each_day() {
        let mut comings = Comings::default();
        comings.add(3, vec![author("kofi")], vec![]);
        let minute = 60_000;
        let list = [
            said("ana", 1, 80_000_000),
            said("ana", 2, 80_000_000 + 4 * minute),
            said("ana", 3, 80_000_000 + 10 * minute),
            said("ana", 4, 80_000_000 + 11 * minute),
            said("bo", 5, 86_399_000),
            said("bo", 6, 86_401_000),
        ];
        assert_eq!(
            sketch(&draw(&list, &comings, &[])),
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
    fn the_line_stands_before_the_first_new_message_of_somebody_else_and_breaks_a_group() {
        let at = 90_000_000;
        let list = [said("ana", 1, at), said("ana", 2, at), said("me", 3, at), said("ana", 4, at), said("ana", 5, at)];
        let draw = |line| {
            let source = Source {
                before: None,
                said: list.to_vec(),
                comings: &[],
                outbox: &[],
                at_end: true,
                line,
                live: true,
                reader: Reader { me: &me(), locale: &utc(), now: at, online: true },
            };
            sketch(&source.rows())
        };
        assert_eq!(draw(Some(1)), ["-- Today", "ana 01:00", "== new", "ana 01:00", "me 01:00", "ana 01:00", "01:00"]);
        assert_eq!(draw(Some(2)), ["-- Today", "ana 01:00", "01:00", "me 01:00", "== new", "ana 01:00", "01:00"]);
        assert_eq!(draw(Some(0))[..2], ["-- Today", "== new"]);
        assert!(!draw(Some(5)).contains(&"== new".to_owned()));
    }

    #[test]
    fn a_message_keeps_its_key_from_pending_to_confirmed() {
        let pending = said("me", 9, 86_400_000);
        let Said { client_id, author, at, .. } = (*pending).clone();
        let deed = Deed::Post { body: Body::parse("hello").unwrap(), mentions: None, reply_to: None };
        let waiting = Pending { written: Written { client_id, author, deed, at }, step: Step::Flying };
        let before = draw(&[], &Comings::default(), &[waiting]);
        let after = draw(&[pending], &Comings::default(), &[]);
        assert_eq!(before[1].key, after[1].key);
    }

    proptest! {
        #[test]
        fn keys_are_unique(ats in proptest::collection::vec(0u64..400_000_000, 0..60), joins in proptest::collection::vec(0u64..60, 0..20)) {
            let list: Vec<_> = ats.iter().enumerate().map(|(index, at)| said("ana", index as u64 + 1, *at)).collect();
            let mut comings = Comings::default();
            let mut joins = joins;
            joins.sort_unstable();
            for (index, after) in joins.into_iter().enumerate() {
                comings.add(after, vec![author(&format!("p{index}"))], vec![]);
            }
            let rows = draw(&list, &comings, &[]);
            let keys: HashSet<_> = rows.iter().map(|row| &row.key).collect();
            prop_assert_eq!(keys.len(), rows.len());
        }
    }
}
