//! Components in a browser, on a platform that stores in memory.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is the point")]

use js_sys::eval;
use leptos::{mount::mount_to, prelude::*};
use parlor::{Author, AuthorId, ChainMark, Cursor, Epoch, ErrorCode, Name, Refusal, ServerMessage, message::Request};
use parlor_app::{
    ChatHandle, InitialPage,
    chat_handle::StoredPreferences,
    components::{avatar::avatar, composer::composer, join::join},
    i18n::ENGLISH,
    platform::{NotificationPermission, PagePlatform, Platform},
    settings::Settings,
    state::{Moment, calendar::Zone, effect::Effect, initial_state::InitialState},
    unsent_store::{ItemStore, MemoryItems, UnsentStore},
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{HtmlElement, HtmlTextAreaElement};

wasm_bindgen_test_configure!(run_in_browser);

static ITEMS: MemoryItems = MemoryItems::new();

// A platform that only stores submissions and drafts.
struct MemoryPlatform;

impl Platform for MemoryPlatform {
    fn now(&self) -> Moment {
        Moment::default()
    }
    fn connect(&self) {}
    fn disconnect(&self) {}
    fn send(&self, _: String) {}
    fn set_timer(&self, _: Option<u64>) {}
    fn items(&self) -> &dyn ItemStore {
        &ITEMS
    }
    fn set_at_risk(&self, _: bool) {}
    fn perform(&self, _: Effect) {}
}

impl PagePlatform for MemoryPlatform {
    fn random_bits(&self) -> u128 {
        ITEMS.keys().len() as u128
    }
    fn notification_permission(&self) -> NotificationPermission {
        NotificationPermission::default()
    }
    fn request_notification_permission(&self) {}
    fn set_badge(&self, _: usize) {}
    fn hour12(&self) -> bool {
        false
    }
    fn store_settings(&self, _: Settings, _: bool) {}
    fn delete_everything(&self) {}
}

// The texts of the stored submissions.
fn unsent_texts() -> Vec<String> {
    let entries = UnsentStore::new("other".to_owned()).adopt_submissions(&ITEMS, "tab");
    entries.iter().filter_map(|entry| Some(entry.submission.message()?.text().to_owned())).collect()
}

fn chat(name: Option<&str>) -> ChatHandle {
    let state = InitialState {
        session: AuthorId("me".into()),
        name: name.map(|name| Name::parse(name).unwrap()),
        as_of: Cursor { epoch: Epoch("e".to_owned()), seq: 0, hash: ChainMark(String::new()) },
        ..InitialState::default()
    };
    let chat = ChatHandle::new(InitialPage {
        state,
        now: 0,
        texts: ENGLISH,
        hour12: false,
        server: Default::default(),
        form_id: String::new(),
    });
    chat.attach(
        Box::new(MemoryPlatform),
        StoredPreferences {
            page_id: "tab".to_owned(),
            name: None,
            zone: Zone::fixed(0),
            ignored: Vec::new(),
            notifications: String::new(),
            replicas: None,
        },
    );
    chat
}

fn container() -> HtmlElement {
    let container = document().create_element("div").unwrap();
    document().body().unwrap().append_child(&container).unwrap();
    container.unchecked_into()
}

fn press(options: &str) {
    let script = format!(
        "document.querySelector('textarea').dispatchEvent(new KeyboardEvent('keydown', \
         {{ key: 'Enter', keyCode: 13, bubbles: true, cancelable: true, {options} }}))"
    );
    eval(&script).unwrap();
}

#[wasm_bindgen_test]
async fn enter_sends_unless_it_ends_a_composition_or_breaks_a_line() {
    let container = container();
    let mounted = mount_to(container.clone(), || {
        let chat = chat(Some("Mo"));
        provide_context(chat);
        composer(chat)
    });
    let field: HtmlTextAreaElement = container.query_selector("textarea").unwrap().unwrap().unchecked_into();
    // Listeners are added after the render.
    leptos::task::tick().await;
    field.set_value("にほん");
    for options in ["isComposing: true", "keyCode: 229", "shiftKey: true"] {
        press(options);
        assert_eq!(field.value(), "にほん", "{options}");
    }
    press("");
    assert_eq!(field.value(), "");
    assert_eq!(unsent_texts(), ["にほん"]);
    drop(mounted);
    container.remove();
}

#[wasm_bindgen_test]
fn initials_are_graphemes_as_the_browser_segments_them() {
    for (name, initials) in [("Ana", "An"), ("Ana Luísa", "AL"), ("e\u{301}va", "e\u{301}v"), ("👋🏽 Olá", "👋🏽O")]
    {
        let container = container();
        let author = Author { id: AuthorId("a".into()), name: Name::parse(name).unwrap() };
        let mounted = mount_to(container.clone(), move || avatar(&author, 0, ""));
        assert_eq!(container.text_content().unwrap(), initials);
        drop(mounted);
        container.remove();
    }
}

#[wasm_bindgen_test]
async fn a_refused_name_shows_the_reason_and_stays_in_its_field() {
    let container = container();
    let slot = std::rc::Rc::new(std::cell::Cell::new(None));
    let given = slot.clone();
    let mounted = mount_to(container.clone(), move || {
        let chat = chat(None);
        given.set(Some(chat));
        join(chat)
    });
    let field: web_sys::HtmlInputElement = container.query_selector("input").unwrap().unwrap().unchecked_into();
    field.set_value("Ana");
    slot.get().unwrap().input(|client, at| {
        let error = Refusal::from(ErrorCode::NameTaken);
        client.on_message(ServerMessage::Refused { to: Some(Request::Claim), room: None, error }, at);
    });
    leptos::task::tick().await;
    let alert = container.query_selector("[role=alert]").unwrap().unwrap();
    assert!(alert.text_content().unwrap().contains("is taken"));
    assert_eq!(field.value(), "Ana");
    drop(mounted);
    container.remove();
}
