//! The browser as the platform of the page.

use std::{cell::RefCell, time::Duration};

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use parlor::{CloseCode, RoomName};
use parlor_app::{
    ChatHandle,
    chat_handle::{Prefetch, StoredPreferences},
    dom::all,
    platform::{NotificationPermission, PagePlatform, Platform},
    settings::{self, Settings},
    state::{Moment, calendar::Zone, effect::Effect},
    task::spawn,
    unsent_store::ItemStore,
    wire,
};

use crate::{
    address, before_unload, clock,
    item_store::{self, BrowserItems},
    keyboard, notifications, page_activity, replicas,
    socket::{SocketEvent, SocketHandle},
    storage, tabs, worker,
};

// The browser has one thread and the page one chat. What belongs to the thread lives here, so that `Browser` is empty
// and can be shared between threads, as the platform of a page on the server has to be.
thread_local! {
    static PAGE: RefCell<Option<Page>> = const { RefCell::new(None) };
}

struct Page {
    chat: ChatHandle,
    socket: Option<SocketHandle>,
    connecting: Connecting,
    timer: Option<TimeoutHandle>,
}

/// Whether connections may be opened.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Connecting {
    /// No: the replica of the shown room has to be restored first.
    Waiting,
    /// Not yet, and the state has asked for a connection meanwhile.
    Wanted,
    /// Connections may be opened.
    Allowed,
}

struct Browser;

/// Longest time that the first connection waits for the replica of the shown room, in milliseconds: the database may
/// take long to open, or never open.
const REPLICA_TIMEOUT_MS: u64 = 500;

/// Connects the chat to this browser, and starts it.
pub fn attach(chat: ChatHandle) {
    PAGE.set(Some(Page { chat, socket: None, connecting: Connecting::Waiting, timer: None }));
    clock::tell_server();
    let preferences = StoredPreferences {
        page_id: tabs::page_id(),
        name: storage::name(),
        zone: Zone::Platform(clock::ZONE),
        ignored: storage::ignored(),
        notifications: storage::notification_settings(),
        replicas: Some(if page_activity::saves_data() { Prefetch::Never } else { Prefetch::Idle }),
    };
    chat.attach(Box::new(Browser), preferences);
    restore_replicas(chat);
    tabs::adopt_pages(chat);
    before_unload::watch(chat);
    page_activity::watch(chat);
    address::watch(chat);
    keyboard::watch();
    worker::watch(chat);
}

// The shown room first: the connection resumes from its replica.
fn restore_replicas(chat: ChatHandle) {
    set_timeout(allow_connecting, Duration::from_millis(REPLICA_TIMEOUT_MS));
    spawn(async move {
        replicas::open().await;
        let (viewer, shown) = (chat.viewer_id(), chat.room_untracked());
        if storage::is_deleting_replicas() || storage::session().is_some_and(|owner| owner != viewer) {
            replicas::delete_all().await;
        }
        replicas::write_left_updates().await;
        restore_replica(chat, &shown).await;
        allow_connecting();
        for room in replicas::rooms().await {
            if !chat.input(|client, _| client.uses_replica_of(&room)) {
                replicas::delete(&room);
            } else if room != shown {
                restore_replica(chat, &room).await;
            }
        }
        chat.input(|client, at| client.on_replicas_restored(replicas::is_open(), at));
        worker::start();
    });
}

async fn restore_replica(chat: ChatHandle, room: &RoomName) {
    if let Some(replica) = replicas::read(room).await {
        chat.input(|client, _| client.restore_replica(replica));
    }
}

fn allow_connecting() {
    let before = with_page(|page| std::mem::replace(&mut page.connecting, Connecting::Allowed));
    if before == Some(Connecting::Wanted) {
        connect();
    }
}

impl Platform for Browser {
    fn now(&self) -> Moment {
        clock::now()
    }

    fn connect(&self) {
        connect();
    }

    fn disconnect(&self) {
        // Dropping the handle closes the socket.
        drop(with_page(|page| page.socket.take()));
    }

    fn send(&self, text: String) {
        with_page(|page| page.socket.as_ref().map(|socket| socket.send(text)));
    }

    fn set_timer(&self, tick: Option<u64>) {
        let now = clock::now().tick;
        let timer = tick.and_then(|tick| {
            let delay = Duration::from_millis(tick.saturating_sub(now));
            set_timeout_with_handle(tick_now, delay).ok()
        });
        if let Some(Some(old)) = with_page(|page| std::mem::replace(&mut page.timer, timer)) {
            old.clear();
        }
    }

    fn items(&self) -> &dyn ItemStore {
        &BrowserItems
    }

    fn set_at_risk(&self, at_risk: bool) {
        before_unload::set(at_risk);
    }

    fn perform(&self, effect: Effect) {
        let Some(chat) = with_page(|page| page.chat) else { return };
        match effect {
            Effect::StoreName(name) => {
                storage::store_name(name.as_deref());
                storage::store_session(&chat.viewer_id());
            }
            Effect::Reload(build) => {
                // Once per build: a page from a cache would be reloaded over and over.
                if storage::first_reload_for(&build) {
                    let _ = window().location().reload();
                }
            }
            Effect::ResetPage => {
                chat.forget_unsent();
                delete_everything();
                let _ = window().location().replace("/");
            }
            Effect::PushAddress(room) => address::push(&room),
            Effect::ReplaceAddress(room) => address::replace(&room),
            Effect::Notify(request) => notifications::show(chat, request),
            Effect::CloseNotifications { room, up_to } => notifications::close(&room, up_to),
            Effect::StoreIgnored(ignored) => storage::store_ignored(&ignored),
            Effect::StoreNotificationSettings(settings) => storage::store_notification_settings(&settings),
            Effect::UpdateReplica(update) => replicas::update(*update),
            Effect::DeleteReplica(room) => replicas::delete(&room),
            // The controller performs these.
            Effect::Connect
            | Effect::Disconnect
            | Effect::Send(_)
            | Effect::StoreSubmission(_)
            | Effect::RemoveSubmission(_)
            | Effect::Draft(_)
            | Effect::Announce(_) => {}
        }
    }
}

impl PagePlatform for Browser {
    fn random_bits(&self) -> u128 {
        clock::random_bits()
    }

    fn notification_permission(&self) -> NotificationPermission {
        notifications::permission()
    }

    fn request_notification_permission(&self) {
        notifications::request_permission();
    }

    fn set_badge(&self, count: usize) {
        notifications::set_badge(count);
    }

    fn hour12(&self) -> bool {
        clock::hour12()
    }

    fn store_settings(&self, settings: Settings, reload: bool) {
        storage::set_cookie(settings::COOKIE, &settings.to_text());
        apply_settings(settings);
        if reload {
            let _ = window().location().reload();
        }
    }

    fn delete_everything(&self) {
        self.disconnect();
        delete_everything();
    }
}

fn delete_everything() {
    item_store::clear();
    replicas::end();
}

/// Applies settings to the document and the browser's own bars.
pub fn apply_settings(settings: Settings) {
    if let Some(root) = document().document_element() {
        root.set_class_name(&settings.class());
        for (bar, colour) in all(&root, "meta[name=theme-color]").iter().zip(settings.bar_colours()) {
            let _ = bar.set_attribute("content", colour);
        }
    }
}

fn tick_now() {
    if let Some(chat) = with_page(|page| page.chat) {
        chat.input(|client, at| client.tick(at));
    }
}

fn connect() {
    let chat = with_page(|page| {
        if page.connecting == Connecting::Allowed {
            return Some(page.chat);
        }
        page.connecting = Connecting::Wanted;
        None
    });
    let Some(Some(chat)) = chat else { return };
    let socket = SocketHandle::open(&endpoint(), move |event| {
        chat.input(|client, at| match event {
            SocketEvent::Opened => client.on_connected(at),
            SocketEvent::WrongProtocol => client.on_wrong_protocol(at),
            SocketEvent::Closed(code) => client.on_disconnected(CloseCode(code), at),
            SocketEvent::Text(text) => {
                // A text that cannot be read comes from a newer server, whose `welcome` names its build.
                if let Some(message) = wire::server_message(&text) {
                    client.on_message(message, at);
                }
            }
        });
    });
    with_page(|page| page.socket = Some(socket));
}

fn endpoint() -> String {
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss" } else { "ws" };
    format!("{scheme}://{}/ws/chat", location.host().unwrap_or_default())
}

// The chat calls back into this module: the page must not be borrowed during an input.
fn with_page<T>(act: impl FnOnce(&mut Page) -> T) -> Option<T> {
    PAGE.with_borrow_mut(|page| page.as_mut().map(act))
}
