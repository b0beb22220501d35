use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

fn room() -> RoomName {
    RoomName::default()
}

fn body(text: &str) -> Body {
    Body::parse(text).unwrap()
}

fn quote(seq: u64) -> Quote {
    Quote { seq, author: None, excerpt: Some("quoted".to_owned()), client_id: None }
}

fn stored(text: &str, at: UnixMillis) -> StoredDraft {
    StoredDraft { room: room(), composing: None, text: text.to_owned(), at, offered: false }
}

fn edit_of(seq: u64, before: &str, text: &str, at: UnixMillis) -> StoredDraft {
    StoredDraft { composing: Some(Composing::Edit { target: seq.into(), text: body(before) }), ..stored(text, at) }
}

/// Drafts of one room, and the browser's store.
#[derive(Default)]
struct Page {
    drafts: Drafts,
    store: BTreeMap<u64, StoredDraft>,
}

impl Page {
    fn new() -> Self {
        let mut page = Self::default();
        page.drafts.add_room(&room());
        page
    }

    /// Performs an action, and applies its effects to the store.
    fn act<T>(&mut self, act: impl FnOnce(&mut Drafts) -> T) {
        act(&mut self.drafts);
        for effect in self.drafts.take_effects() {
            match effect {
                DraftEffect::Store { id, draft } => drop(self.store.insert(id, *draft)),
                DraftEffect::Remove { id, .. } => drop(self.store.remove(&id)),
            }
        }
    }

    fn enter_text(&mut self, text: &str, at: UnixMillis) {
        let id = self.drafts.open(&room()).unwrap().id;
        self.act(|drafts| drafts.set_text(&room(), id, text, at));
    }

    fn adopt(&mut self, draft: StoredDraft, origin: Origin) {
        self.act(|drafts| drafts.adopt(draft, origin, &None));
    }

    fn text(&self) -> &str {
        &self.drafts.open(&room()).unwrap().text
    }

    fn target(&self) -> Option<u64> {
        self.drafts.open(&room()).unwrap().target().map(|target| target.seq)
    }

    fn offered(&self) -> Vec<String> {
        self.drafts.offered(&room()).into_iter().map(|draft| draft.excerpt).collect()
    }

    fn use_offered(&mut self, index: usize) {
        let id = self.drafts.offered(&room())[index].id;
        self.act(|drafts| drafts.use_offered(&room(), id, &None));
    }

    /// Returns the page after a reload.
    fn reload(&self) -> Self {
        let mut page = Self::new();
        let mut left: Vec<_> = self.store.values().cloned().collect();
        left.sort_by_key(|draft| (draft.target().is_some(), draft.at));
        left.into_iter().for_each(|draft| page.adopt(draft, Origin::SameTab));
        page
    }
}

fn client_id() -> ClientId {
    ClientId::from_random(1)
}

#[test]
fn a_message_draft_waits_while_an_edit_is_open_and_returns_once_that_is_submitted() {
    let mut page = Page::new();
    page.enter_text("half a thou", 1);
    page.act(|drafts| drafts.edit(&room(), 7.into(), body("wrogn")));
    assert_eq!((page.text(), page.target()), ("wrogn", Some(7)));
    page.enter_text("right", 2);
    let mut reloaded = page.reload();
    assert_eq!((reloaded.text(), reloaded.target()), ("right", Some(7)));
    reloaded.act(|drafts| drafts.cancel(&room()));
    assert_eq!(reloaded.text(), "half a thou");
    page.act(|drafts| drafts.on_submitted(&room(), client_id()));
    assert_eq!((page.text(), page.target()), ("half a thou", None));
    assert_eq!(page.reload().text(), "half a thou");
    assert!(page.offered().is_empty());
}

#[test]
fn a_reload_restores_an_answer_with_its_quote() {
    let mut page = Page::new();
    page.act(|drafts| drafts.reply(&room(), quote(3)));
    assert!(!page.drafts.are_stored(), "an answer without text is not stored");
    page.enter_text("yes", 1);
    assert!(page.drafts.are_stored());
    let page = page.reload();
    assert_eq!(page.text(), "yes");
    assert_eq!(page.drafts.composing(&room()), Some(&Composing::Reply(quote(3))));
}

#[test]
fn a_replaced_edit_is_offered_unless_its_text_is_unchanged() {
    let mut page = Page::new();
    page.act(|drafts| drafts.edit(&room(), 7.into(), body("seven")));
    page.act(|drafts| drafts.edit(&room(), 8.into(), body("eight")));
    assert!(page.offered().is_empty());
    page.enter_text("eight, better", 1);
    page.act(|drafts| drafts.reply(&room(), quote(7)));
    assert_eq!((page.text(), page.offered()), ("", vec!["eight, better".to_owned()]));
    page.act(|drafts| drafts.edit(&room(), 8.into(), body("eight")));
    assert_eq!((page.text(), page.target()), ("eight, better", Some(8)));
    assert!(page.offered().is_empty(), "editing the message again opens the offered edit");
}

#[test]
fn the_newest_draft_of_closed_tabs_is_open_and_using_another_swaps_them() {
    for order in [[1, 2, 3], [3, 1, 2], [2, 3, 1]] {
        let mut page = Page::new();
        for at in order {
            page.adopt(stored(&format!("draft {at}"), at), Origin::ClosedTab);
        }
        assert_eq!((page.text(), page.offered()), ("draft 3", vec!["draft 2".to_owned(), "draft 1".to_owned()]));
        page.use_offered(1);
        assert_eq!((page.text(), page.offered()), ("draft 1", vec!["draft 3".to_owned(), "draft 2".to_owned()]));
        let page = page.reload();
        assert_eq!((page.text(), page.offered()), ("draft 1", vec!["draft 3".to_owned(), "draft 2".to_owned()]));
    }
}

#[test]
fn the_open_draft_stays_open_when_other_drafts_are_adopted() {
    let mut page = Page::new();
    page.enter_text("mine", 1);
    page.adopt(stored("newer", 9), Origin::ClosedTab);
    page.adopt(edit_of(4, "old", "an edit", 8), Origin::ClosedTab);
    page.adopt(stored("of this tab, but late", 7), Origin::SameTab);
    page.adopt(stored("mine", 6), Origin::ClosedTab);
    assert_eq!(page.text(), "mine");
    assert_eq!(page.offered(), ["newer", "an edit", "of this tab, but late"]);
    let mut page = Page::new();
    page.adopt(stored("before", 1), Origin::SameTab);
    page.act(|drafts| drafts.add_text_typed_early(&room(), "before", 2));
    assert!(page.offered().is_empty());
    page.act(|drafts| drafts.add_text_typed_early(&room(), "typed while it loaded", 2));
    assert_eq!((page.text(), page.offered()), ("typed while it loaded", vec!["before".to_owned()]));
}

#[test]
fn a_text_is_stored_under_its_own_draft_even_if_another_one_is_open() {
    let mut page = Page::new();
    let message = page.drafts.open(&room()).unwrap().id;
    page.act(|drafts| drafts.edit(&room(), 7.into(), body("seven")));
    let edit = page.drafts.open(&room()).unwrap().id;
    page.act(|drafts| drafts.set_text(&room(), message, "a message", 1));
    page.act(|drafts| drafts.set_text(&room(), edit, "an edit", 2));
    page.act(|drafts| drafts.on_submitted(&room(), client_id()));
    page.act(|drafts| drafts.set_text(&room(), edit, "too late", 3));
    assert_eq!(page.text(), "a message");
    assert_eq!(page.store.values().map(|draft| draft.text.as_str()).collect::<Vec<_>>(), ["a message"]);
}

#[test]
fn an_edit_of_a_changed_message_is_offered_and_one_of_a_deleted_message_becomes_a_message() {
    for (target, edit) in [(Some(body("by another tab")), true), (None, false)] {
        let mut page = Page::new();
        page.enter_text("a draft", 1);
        page.act(|drafts| drafts.edit(&room(), 7.into(), body("seven")));
        page.enter_text("seven, better", 2);
        page.act(|drafts| drafts.review_edit(&room(), &Some(Some(body("seven")))));
        assert_eq!(page.text(), "seven, better");
        page.act(|drafts| drafts.review_edit(&room(), &Some(target.clone())));
        assert_eq!((page.text(), page.target()), ("a draft", None));
        let offered = page.drafts.offered(&room());
        assert_eq!((offered[0].excerpt.as_str(), offered[0].edit), ("seven, better", edit));

        let mut page = Page::new();
        page.act(|drafts| drafts.adopt(edit_of(7, "seven", "better", 2), Origin::SameTab, &Some(target)));
        assert_eq!((page.text(), page.offered()), ("", vec!["better".to_owned()]));
    }
}

#[test]
fn an_edit_of_a_deleted_message_that_is_submitted_stays_in_the_composer_as_a_message() {
    let mut page = Page::new();
    page.enter_text("a draft", 1);
    page.act(|drafts| drafts.edit(&room(), 7.into(), body("seven")));
    page.enter_text("seven, better", 2);
    page.act(|drafts| drafts.convert_to_message(&room()));
    assert_eq!((page.text(), page.target()), ("seven, better", None));
    assert_eq!(page.offered(), ["a draft"]);
}

#[derive(Clone, Debug)]
enum Act {
    Type(u64),
    Edit(u64),
    Reply,
    Cancel,
    Send,
    Use(usize),
    Discard(usize),
    Refused,
    Adopt(bool, bool),
    Review,
    Reload,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        4 => (0u64..4).prop_map(Act::Type),
        2 => (1u64..4).prop_map(Act::Edit),
        1 => Just(Act::Reply),
        1 => Just(Act::Cancel),
        1 => Just(Act::Send),
        2 => (0usize..3).prop_map(Act::Use),
        1 => (0usize..3).prop_map(Act::Discard),
        1 => Just(Act::Refused),
        2 => any::<(bool, bool)>().prop_map(|(same, edit)| Act::Adopt(same, edit)),
        1 => Just(Act::Review),
        1 => Just(Act::Reload),
    ];
    proptest::collection::vec(act, 0..60)
}

proptest! {
    #[test]
    fn no_text_is_lost_or_merged_with_another(acts in acts()) {
        let mut page = Page::new();
        // Every text that was typed, and that the reader has neither overwritten, submitted, cancelled nor discarded.
        let mut alive: Vec<String> = Vec::new();
        for (number, act) in (1u64..).zip(acts) {
            let fresh = format!("text {number}");
            let before = page.drafts.open(&room()).unwrap().clone();
            match act {
                Act::Type(ago) => {
                    // The text box may still show a draft that was open before.
                    let id = before.id.saturating_sub(ago);
                    let all: Vec<_> = page.drafts.get(&room()).unwrap().all().cloned().collect();
                    page.act(|drafts| drafts.set_text(&room(), id, &fresh, number));
                    if let Some(known) = all.iter().find(|draft| draft.id == id) {
                        alive.retain(|text| *text != known.text);
                        alive.push(fresh);
                    }
                }
                Act::Edit(seq) => page.act(|drafts| drafts.edit(&room(), seq.into(), body("as it was"))),
                Act::Reply => page.act(|drafts| drafts.reply(&room(), quote(1))),
                Act::Cancel => {
                    if before.target().is_some() {
                        alive.retain(|text| *text != before.text);
                    }
                    page.act(|drafts| drafts.cancel(&room()));
                }
                Act::Send => {
                    alive.retain(|text| *text != before.text);
                    page.act(|drafts| drafts.on_submitted(&room(), client_id()));
                }
                Act::Use(index) => {
                    if index < page.offered().len() {
                        page.use_offered(index);
                    }
                }
                Act::Discard(index) => {
                    if let Some(draft) = page.drafts.offered(&room()).get(index) {
                        alive.retain(|text| *text != draft.excerpt);
                        page.act(|drafts| drafts.discard(&room(), draft.id));
                    }
                }
                Act::Refused => {
                    page.act(|drafts| drafts.open_new(&room(), None, &fresh, number));
                    prop_assert_eq!(page.text(), &fresh);
                    alive.push(fresh);
                }
                Act::Adopt(same, edit) => {
                    let draft = if edit { edit_of(2, "as it was", &fresh, number) } else { stored(&fresh, number) };
                    page.adopt(draft, if same { Origin::SameTab } else { Origin::ClosedTab });
                    alive.push(fresh);
                }
                Act::Review => page.act(|drafts| drafts.review_edit(&room(), &Some(Some(body("by another tab"))))),
                Act::Reload => {
                    let reloaded = page.reload();
                    if before.has_text() {
                        prop_assert_eq!((reloaded.text(), reloaded.target()), (page.text(), page.target()));
                    }
                    page = reloaded;
                }
            }
            let sorted = |mut texts: Vec<String>| {
                texts.sort();
                texts
            };
            let held = page.drafts.get(&room()).unwrap().all().filter(|draft| draft.has_text());
            prop_assert_eq!(sorted(held.map(|draft| draft.text.clone()).collect()), sorted(alive.clone()));
            let stored = page.store.values().map(|draft| draft.text.clone());
            prop_assert_eq!(sorted(stored.collect()), sorted(alive.clone()));
        }
    }
}
