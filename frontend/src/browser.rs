//! Does in the browser what the state asks for.

use std::{cell::RefCell, time::Duration};

use leptos::{leptos_dom::helpers::TimeoutHandle, prelude::*};
use parlor::{CloseCode, RoomName};
use parlor_app::{
    Session,
    live::all,
    session::{Alerts, Fetching, Host, Remembered, Unfinished},
    settings::{self, Settings},
    state::{
        Moment,
        calendar::Zone,
        client::{Client, Effect},
    },
    task::spawn,
    wire,
};

use crate::{
    address, clock, keyboard, notices, presence, replicas,
    socket::{Line, SocketEvent},
    storage, tabs, unsent, worker,
};

// The browser has one thread, and the page one session: what belongs to it lives here, so that the host itself is
// empty and may be shared as the server's compiler wants it.
thread_local! {
    static PAGE: RefCell<Option<Page>> = const { RefCell::new(None) };
}

struct Page {
    session: Session,
    line: Option<Line>,
    // Whether a connection may be opened; if not yet, whether one is wanted.
    ready: Result<(), bool>,
    timer: Option<TimeoutHandle>,
}

struct Browser;

/// Gives the session this browser as its host.
pub fn attach(session: Session) {
    PAGE.set(Some(Page { session, line: None, ready: Err(false), timer: None }));
    let zone = Zone::Platform(clock::ZONE);
    clock::tell_server();
    let fetching = if presence::is_sparing() { Fetching::Never } else { Fetching::Idle };
    let remembered = Remembered {
        name: storage::name(),
        zone,
        ignored: storage::ignored(),
        volume: storage::volume(),
        recalls: Some(fetching),
    };
    session.attach(Box::new(Browser), remembered);
    recall(session);
    tabs::inherit(session);
    unsent::watch(session);
    presence::watch(session);
    address::watch(session);
    keyboard::watch();
    worker::watch(session);
}

/// How long a connection waits for what is kept of the room that is shown, in milliseconds: a store may be long in
/// opening, or never open.
const RECALL_MS: u64 = 500;

// What is kept of rooms: the one that is shown first, since the connection goes on from there.
fn recall(session: Session) {
    set_timeout(ready, Duration::from_millis(RECALL_MS));
    spawn(async move {
        replicas::open().await;
        let (me, shown) = (session.me(), session.room_untracked());
        if storage::is_forgetting() || storage::session().is_some_and(|owner| owner != me) {
            replicas::forget_everything().await;
        }
        replicas::adopt_left().await;
        recall_room(&shown).await;
        ready();
        for room in replicas::rooms().await {
            if !session.input(|client, _| client.wants(&room)) {
                replicas::forget(&room);
            } else if room != shown {
                recall_room(&room).await;
            }
        }
        input(|client, at| client.recalled(replicas::is_open(), at));
        worker::start();
    });
}

async fn recall_room(room: &RoomName) {
    if let Some(replica) = replicas::read(room).await {
        input(|client, _| client.recall(replica));
    }
}

fn ready() {
    if with_page(|page| std::mem::replace(&mut page.ready, Ok(()))) == Some(Err(true)) {
        connect();
    }
}

impl Host for Browser {
    fn moment(&self) -> Moment {
        clock::moment()
    }

    fn random_bits(&self) -> u128 {
        clock::random_bits()
    }

    fn perform(&self, effect: Effect) {
        match effect {
            Effect::Connect => connect(),
            // Dropping the line closes its socket.
            Effect::Drop => drop(with_page(|page| page.line.take())),
            Effect::Send(message) => {
                with_page(|page| page.line.as_ref().map(|line| line.send(wire::client_text(&message))));
            }
            Effect::Keep(kept) => drop(unsent::keep(&kept)),
            Effect::Forget(client_id) => unsent::forget(&client_id),
            Effect::KeepDraft { id, draft } => unsent::keep_draft(id, &draft),
            Effect::ForgetDraft { id, sent } => unsent::forget_draft(id, sent.as_ref()),
            Effect::RememberName(name) => {
                storage::remember_name(name.as_deref());
                if let Some(session) = with_page(|page| page.session) {
                    storage::remember_session(&session.me());
                }
            }
            Effect::Reload(build) => {
                // Once for each build: a page that comes from a cache must not be loaded over and over.
                if !unsent::is_at_risk() && storage::first_reload_for(&build) {
                    let _ = window().location().reload();
                }
            }
            Effect::StartAnew => {
                forget_everything();
                let _ = window().location().replace("/");
            }
            Effect::Visit(room) => address::visit(&room),
            Effect::ReplaceAddress(room) => address::replace(&room),
            Effect::Notify(notice) => {
                if let Some(session) = with_page(|page| page.session) {
                    notices::show(notice, session.words.notice());
                }
            }
            Effect::Withdraw { room, up_to } => notices::withdraw(&room, up_to),
            Effect::RememberIgnored(ignored) => storage::remember_ignored(&ignored),
            Effect::RememberVolume(volume) => storage::remember_volume(&volume),
            Effect::Replicate(update) => replicas::keep(*update),
            Effect::ForgetRoom(room) => replicas::forget(&room),
            Effect::Speak(_) => {}
        }
    }

    fn wake_at(&self, tick: Option<u64>) {
        let now = clock::moment().tick;
        let timer = tick.and_then(|tick| {
            let wait = Duration::from_millis(tick.saturating_sub(now));
            set_timeout_with_handle(|| input(|client, at| client.tick(at)), wait).ok()
        });
        if let Some(Some(old)) = with_page(|page| std::mem::replace(&mut page.timer, timer)) {
            old.clear();
        }
    }

    fn alerts(&self) -> Alerts {
        notices::alerts()
    }

    fn ask_to_notify(&self) {
        notices::ask();
    }

    fn badge(&self, unseen: usize) {
        notices::badge(unseen);
    }

    fn half_days(&self) -> bool {
        clock::half_days()
    }

    fn keep_settings(&self, settings: Settings, anew: bool) {
        storage::set_cookie(settings::COOKIE, &settings.to_text());
        show_settings(settings);
        if anew {
            let _ = window().location().reload();
        }
    }

    fn unfinished(&self) -> Unfinished {
        storage::unfinished()
    }

    fn forget(&self) {
        drop(with_page(|page| page.line.take()));
        forget_everything();
    }
}

fn forget_everything() {
    unsent::forget_everything();
    storage::forget_everything();
    replicas::end();
}

/// Lets the document and the browser's own bars look as is set.
pub(crate) fn show_settings(settings: Settings) {
    if let Some(root) = document().document_element() {
        root.set_class_name(&settings.class());
        for (bar, colour) in all(&root, "meta[name=theme-color]").iter().zip(settings.bars()) {
            let _ = bar.set_attribute("content", colour);
        }
    }
}

fn connect() {
    let ready = with_page(|page| page.ready.map_err(|_| page.ready = Err(true)).is_ok());
    if ready != Some(true) {
        return;
    }
    let line = Line::open(&endpoint(), |event| {
        input(|client, at| match event {
            SocketEvent::Opened => client.opened(at),
            SocketEvent::Foreign => client.foreign(at),
            SocketEvent::Closed(code) => client.closed(CloseCode(code), at),
            // What can't be read is of a newer server, which says so by its build.
            SocketEvent::Text(text) => {
                if let Some(message) = wire::server_message(&text) {
                    client.received(message, at);
                }
            }
        });
    });
    with_page(|page| page.line = Some(line));
}

fn endpoint() -> String {
    let location = window().location();
    let scheme = if location.protocol().is_ok_and(|protocol| protocol == "https:") { "wss" } else { "ws" };
    format!("{scheme}://{}/ws/chat", location.host().unwrap_or_default())
}

pub(crate) fn input<T: Default>(happen: impl FnOnce(&mut Client, Moment) -> T) -> T {
    // The session calls back into this module: the page must not be borrowed meanwhile.
    with_page(|page| page.session).map(|session| session.input(happen)).unwrap_or_default()
}

fn with_page<T>(act: impl FnOnce(&mut Page) -> T) -> Option<T> {
    PAGE.with_borrow_mut(|page| page.as_mut().map(act))
}
