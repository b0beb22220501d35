//! Components in a browser, with a host that only takes notes.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is the point")]

use std::cell::RefCell;

use js_sys::eval;
use leptos::{mount::mount_to, prelude::*};
use parlor::{
    Author, AuthorId, ChainMark, Cursor, Epoch, ErrorCode, Name, Refusal, RoomName, ServerMessage,
    message::{Request, Roster},
};
use parlor_app::{
    Boot, Session,
    components::{avatar::avatar, composer::composer, join::join},
    session::{Alerts, Host, Remembered, Unfinished},
    settings::Settings,
    state::{Moment, calendar::Zone, client::Effect},
    words::ENGLISH,
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{HtmlElement, HtmlTextAreaElement};

wasm_bindgen_test_configure!(run_in_browser);

thread_local! {
    static KEPT: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

struct Notes;

impl Host for Notes {
    fn moment(&self) -> Moment {
        Moment::default()
    }
    fn random_bits(&self) -> u128 {
        KEPT.with_borrow(|kept| kept.len() as u128)
    }
    fn perform(&self, effect: Effect) {
        if let Effect::Keep(kept) = effect {
            KEPT.with_borrow_mut(|list| list.extend(kept.written.said().map(|said| said.text().to_owned())));
        }
    }
    fn wake_at(&self, _: Option<u64>) {}
    fn alerts(&self) -> Alerts {
        Alerts::default()
    }
    fn ask_to_notify(&self) {}
    fn badge(&self, _: usize) {}
    fn half_days(&self) -> bool {
        false
    }
    fn keep_settings(&self, _: Settings, _: bool) {}
    fn unfinished(&self) -> Unfinished {
        Unfinished::default()
    }
    fn forget(&self) {}
}

fn session(name: Option<&str>) -> Session {
    let session = Session::new(Boot {
        room: RoomName::default(),
        session: AuthorId("me".into()),
        name: name.map(|name| Name::parse(name).unwrap()),
        as_of: Cursor { epoch: Epoch("e".to_owned()), seq: 0, hash: ChainMark(String::new()) },
        events: vec![],
        has_older: false,
        at: None,
        has_newer: false,
        roster: Roster::default(),
        topic: String::new(),
        rooms: Vec::new(),
        now: 0,
        read: None,
        utc_offsets: Vec::new(),
        build: "b".to_owned(),
        settings: Settings::default(),
        words: ENGLISH,
        half_days: false,
        form: String::new(),
        refused: None,
    });
    session.attach(
        Box::new(Notes),
        Remembered { name: None, zone: Zone::fixed(0), ignored: Vec::new(), volume: String::new(), recalls: None },
    );
    session
}

fn place() -> HtmlElement {
    let place = document().create_element("div").unwrap();
    document().body().unwrap().append_child(&place).unwrap();
    place.unchecked_into()
}

fn press(options: &str) {
    let script = format!(
        "document.querySelector('textarea').dispatchEvent(new KeyboardEvent('keydown', \
         {{ key: 'Enter', keyCode: 13, bubbles: true, cancelable: true, {options} }}))"
    );
    eval(&script).unwrap();
}

#[wasm_bindgen_test]
async fn enter_sends_unless_it_chooses_a_word_or_breaks_a_line() {
    let place = place();
    let mounted = mount_to(place.clone(), || {
        let session = session(Some("Mo"));
        provide_context(session);
        composer(session)
    });
    let field: HtmlTextAreaElement = place.query_selector("textarea").unwrap().unwrap().unchecked_into();
    // Listeners are there once it is drawn.
    leptos::task::tick().await;
    field.set_value("にほん");
    for options in ["isComposing: true", "keyCode: 229", "shiftKey: true"] {
        press(options);
        assert_eq!(field.value(), "にほん", "{options}");
    }
    press("");
    assert_eq!(field.value(), "");
    KEPT.with_borrow(|kept| assert_eq!(kept[..], ["にほん"]));
    drop(mounted);
    place.remove();
}

#[wasm_bindgen_test]
fn initials_are_letters_as_the_browser_counts_them() {
    for (name, initials) in [("Ana", "An"), ("Ana Luísa", "AL"), ("e\u{301}va", "e\u{301}v"), ("👋🏽 Olá", "👋🏽O")]
    {
        let place = place();
        let author = Author { id: AuthorId("a".into()), name: Name::parse(name).unwrap() };
        let mounted = mount_to(place.clone(), move || avatar(&author, 0, ""));
        assert_eq!(place.text_content().unwrap(), initials);
        drop(mounted);
        place.remove();
    }
}

#[wasm_bindgen_test]
async fn a_refused_name_says_why_and_stays_in_its_field() {
    let place = place();
    let slot = std::rc::Rc::new(std::cell::Cell::new(None));
    let given = slot.clone();
    let mounted = mount_to(place.clone(), move || {
        let session = session(None);
        given.set(Some(session));
        join(session)
    });
    let field: web_sys::HtmlInputElement = place.query_selector("input").unwrap().unwrap().unchecked_into();
    field.set_value("Ana");
    slot.get().unwrap().input(|client, at| {
        let error = Refusal::from(ErrorCode::NameTaken);
        client.received(ServerMessage::Refused { to: Some(Request::Claim), room: None, error }, at);
    });
    leptos::task::tick().await;
    let alert = place.query_selector("[role=alert]").unwrap().unwrap();
    assert!(alert.text_content().unwrap().contains("is taken"));
    assert_eq!(field.value(), "Ana");
    drop(mounted);
    place.remove();
}
