//! The handle of the components to the chat: signals to render, and commands.
//!
//! On the server and in tests it has the initial state and no platform, and commands do nothing. In the browser
//! [`ChatHandle::attach`] gives it a [`PagePlatform`], and every input goes through [`ChatHandle::input`].

mod commands;
mod rendering;

use std::sync::{
    Arc, Mutex, OnceLock,
    atomic::{AtomicBool, AtomicU64},
};

use leptos::prelude::*;
use parlor::{AuthorId, RoomName, UnixMillis};

use crate::{
    controller::{Controller, lock},
    i18n::Texts,
    initial_page::{InitialPage, ServerInfo},
    platform::PagePlatform,
    state::{Moment, calendar::Zone, client::Client, drafts::Origin, initial_state::RejectedForm, roster::Person},
    view::{locale::Locale, row_blocks::RowNode, view_state::ViewState},
};

/// What the browser has stored of the reader's preferences.
pub struct StoredPreferences {
    /// The id of this page, unique among the pages of the browser.
    pub page_id: String,
    /// The name to claim.
    pub name: Option<String>,
    /// The time zone of the browser.
    pub zone: Zone,
    /// The ignored authors.
    pub ignored: Vec<AuthorId>,
    /// The notification settings as text, see
    /// [`NotificationSettings`](crate::state::notification_level::NotificationSettings).
    pub notifications: String,
    /// `Some` if replicas are about to be restored; the value says whether to prefetch what they lack.
    pub replicas: Option<Prefetch>,
}

/// Whether to prefetch messages for the replicas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prefetch {
    /// When the connection is idle.
    Idle,
    /// Never: the reader saves data.
    Never,
}

/// The visible part of the timeline.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    /// Whether the end of the timeline is visible.
    pub(crate) live: bool,
    /// Whether older messages can be shown.
    pub(crate) has_older: bool,
    /// Whether newer messages can be shown that were visible before and have left the window.
    pub(crate) has_newer: bool,
}

struct Shared {
    controller: Controller,
    platform: OnceLock<Box<dyn PagePlatform>>,
    locale: Mutex<Locale>,
    rows: RowNode,
    // Whether rows are rendered in animation frames only, and whether they are outdated.
    in_frames: AtomicBool,
    outdated: AtomicBool,
    announcements: AtomicU64,
    server_now: UnixMillis,
    server: Arc<ServerInfo>,
    form_id: String,
    rejected_form: Mutex<Option<RejectedForm>>,
}

/// The handle. Components take it from the context with [`ChatHandle::get`].
#[derive(Clone, Copy)]
pub struct ChatHandle {
    shared: StoredValue<Arc<Shared>>,
    /// The texts of the page in the reader's language.
    pub texts: &'static Texts,
    /// The people of the room, as far as they are shown.
    pub people: RwSignal<Vec<Person>>,
    /// Everything else but the rows.
    pub view_state: RwSignal<ViewState>,
}

impl ChatHandle {
    /// The handle of a page that the server rendered.
    pub fn new(page: InitialPage) -> Self {
        let InitialPage { state, now, texts, hour12, server, form_id } = page;
        let rejected_form = state.rejected_form.clone();
        let client = Client::new(state);
        let locale = Locale { texts, zone: client.zone().clone(), hour12 };
        let rows = RowNode::root();
        rows.update(rendering::rows(&client, &locale, now));
        Self {
            texts,
            people: RwSignal::new(client.people()),
            view_state: RwSignal::new(ViewState::new(&client, &locale, Moment::default())),
            shared: StoredValue::new(Arc::new(Shared {
                controller: Controller::new(client),
                platform: OnceLock::new(),
                locale: Mutex::new(locale),
                rows,
                in_frames: AtomicBool::new(false),
                outdated: AtomicBool::new(false),
                announcements: AtomicU64::new(0),
                server_now: now,
                server: Arc::new(server),
                form_id,
                rejected_form: Mutex::new(rejected_form),
            })),
        }
    }

    /// The handle of this page, from the context.
    pub fn get() -> Self {
        expect_context()
    }

    /// Connects the handle to the platform, and starts the chat. A second call does nothing.
    pub fn attach(self, platform: Box<dyn PagePlatform>, preferences: StoredPreferences) {
        let shared = self.shared();
        let hour12 = platform.hour12();
        if shared.platform.set(platform).is_err() {
            return;
        }
        let StoredPreferences { page_id, name, zone, ignored, notifications, replicas } = preferences;
        shared.controller.set_page_id(page_id);
        self.input(|client, at| {
            let mut locale = lock(&shared.locale);
            locale.zone = zone.clone();
            locale.hour12 = client.settings().hour12.unwrap_or(hour12);
            drop(locale);
            client.restore_preferences(ignored, &notifications);
            if let Some(prefetch) = replicas {
                client.on_restoring_replicas(prefetch == Prefetch::Never);
            }
            client.start(name, zone, shared.server_now, at);
        });
        self.view_state.write().hydrated = true;
    }

    /// Applies an input to the state, renders what changed and performs the effects.
    pub fn input<T: Default>(self, input: impl FnOnce(&mut Client, Moment) -> T) -> T {
        let (mut input, mut result) = (Some(input), T::default());
        self.apply(&mut |client, at| {
            if let Some(input) = input.take() {
                result = input(client, at);
            }
        });
        result
    }

    // One function in the WASM for all inputs.
    fn apply(self, input: &mut dyn FnMut(&mut Client, Moment)) {
        let shared = self.shared();
        let Some(platform) = shared.platform.get() else { return };
        let announcements = shared.controller.input(&**platform, input, &mut |client, at| self.render(client, at));
        announcements.into_iter().for_each(|announcement| self.announce_message(&announcement));
    }

    /// Adopts the submissions of another page that is gone, and its drafts if `drafts` is set.
    pub fn adopt_page(self, page_id: &str, origin: Origin, drafts: bool) {
        let shared = self.shared();
        let Some(platform) = shared.platform.get() else { return };
        let mut changed = |client: &mut Client, at: Moment| self.render(client, at);
        shared.controller.adopt_page(&**platform, (page_id, origin, drafts), &mut changed);
    }

    /// Stores all unsent work again, unless everything was deleted on purpose: the page may end.
    pub fn store_all(self) {
        let shared = self.shared();
        if let Some(platform) = shared.platform.get() {
            shared.controller.store_all(&**platform, &mut |client, at| self.render(client, at));
        }
    }

    /// Marks the stored work as deleted by another tab, for example after signing out there.
    pub fn on_cleared_elsewhere(self) {
        self.shared().controller.on_cleared_elsewhere();
    }

    /// Forgets unsent work that does not fit into the browser's store: it was deleted on purpose, or belongs to another
    /// page.
    pub fn forget_unsent(self) {
        let shared = self.shared();
        if let Some(platform) = shared.platform.get() {
            shared.controller.forget_unsent(&**platform);
        }
    }

    /// The reader uses the page. It is called for each key, so nothing is rendered unless that matters.
    pub fn on_activity(self) {
        let shared = self.shared();
        let Some(platform) = shared.platform.get() else { return };
        if shared.controller.client().is_activity_due(platform.now()) {
            self.input(|client, at| client.on_activity(at));
        }
    }

    /// The reader's author id.
    pub fn viewer_id(self) -> AuthorId {
        self.shared().controller.client().viewer_id().clone()
    }

    /// The index of the reader's colour.
    pub(crate) fn viewer_colour(self) -> u8 {
        let shared = self.shared();
        let client = shared.controller.client();
        client.viewer().colour_of(client.viewer_id())
    }

    /// A time as the reader writes it: "Today 09:05".
    pub fn format_moment(self, moment: UnixMillis) -> String {
        let shared = self.shared();
        let now = shared.platform.get().map_or(shared.server_now, |platform| platform.now().wall);
        lock(&shared.locale).moment(moment, now)
    }

    /// The shown room. Tracks the view state.
    pub fn room(self) -> RoomName {
        self.view_state.read().room.clone()
    }

    /// The shown room, without tracking.
    pub fn room_untracked(self) -> RoomName {
        self.view_state.read_untracked().room.clone()
    }

    /// Which part of the timeline is visible.
    pub(crate) fn extent(self) -> Extent {
        let state = self.view_state.read_untracked();
        Extent { live: state.live, has_older: state.has_older, has_newer: state.has_newer }
    }

    /// The text of the draft in the composer.
    pub fn draft_text(self) -> String {
        self.shared().controller.client().draft_text().to_owned()
    }

    /// What the reader may know of the server.
    pub(crate) fn server(self) -> Arc<ServerInfo> {
        self.shared().server.clone()
    }

    /// The random id of the page's HTML forms. The server alone knows it.
    pub(crate) fn form_id(self) -> String {
        self.shared().form_id.clone()
    }

    /// The HTML form that the server rejected.
    pub(crate) fn rejected_form(self) -> Option<RejectedForm> {
        lock(&self.shared().rejected_form).clone()
    }

    /// The HTML form that the server rejected, once: for the composer.
    pub(crate) fn take_rejected_form(self) -> Option<RejectedForm> {
        lock(&self.shared().rejected_form).take()
    }

    // Returns an `Arc`, because a closure that is passed to `StoredValue` is compiled once per call.
    fn shared(self) -> Arc<Shared> {
        self.shared.get_value()
    }
}
