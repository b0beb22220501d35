//! The handle by which components reach the state: signals to draw from, commands to call.
//!
//! On the server and in tests it is inert: it has the page's first state and nobody to do anything. In the browser
//! [`Session::attach`] gives it a [`Host`], and from then on what happens goes through [`Session::input`].

use std::sync::{
    Arc, Mutex, MutexGuard, OnceLock, PoisonError,
    atomic::{AtomicBool, Ordering::Relaxed},
};

use leptos::prelude::*;
use parlor::{AuthorId, ClientId, ErrorCode, Name, RoomName, UnixMillis};

use crate::{
    Boot,
    boot::Refused,
    lines::{Content, Part},
    settings::Settings,
    state::{
        Moment,
        calendar::Zone,
        client::{Client, Composing, Effect, Joining, Looking, News, OfferedDraft, RoomLine, Spoken},
        link::Banner,
        locale::Locale,
        roster::Person,
    },
    words::{Words, fill},
};

/// Messages that the live region holds at once.
const SPOKEN_KEPT: usize = 5;

/// What the state needs from where it runs. It must not call back into the session at once.
pub trait Host: Send + Sync {
    /// The clock and the dice.
    fn moment(&self) -> Moment;
    /// Bits for a new message's id.
    fn random_bits(&self) -> u128;
    /// Does one thing.
    fn perform(&self, effect: Effect);
    /// Asks for a [`Client::tick`] at this time, and at no other.
    fn wake_at(&self, tick: Option<u64>);
    /// Whether the browser lets the page notify its reader.
    fn alerts(&self) -> Alerts;
    /// Asks the reader whether it may, which browsers allow inside a click alone.
    fn ask_to_notify(&self);
    /// Shows a number at the app's picture, where the page is installed as one; none for 0.
    fn badge(&self, unseen: usize);
    /// Whether clocks begin again at noon, as this browser has it.
    fn half_days(&self) -> bool;
    /// Keeps what the reader has set, and lets the page follow. Another language comes with the page anew.
    fn keep_settings(&self, settings: Settings, anew: bool);
    /// What is kept here and that [`forget`](Self::forget) would lose.
    fn unfinished(&self) -> Unfinished;
    /// Lets go of all that is kept here of the reader, and of the connection.
    fn forget(&self);
}

/// What has been written in this browser, in whatever tab, and is nowhere else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Unfinished {
    /// Messages that have not been acknowledged.
    pub messages: usize,
    /// Whether there are drafts.
    pub drafts: bool,
}

/// Whether the page may notify its reader.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Alerts {
    /// Nobody has asked them.
    #[default]
    Unasked,
    /// It may.
    Allowed,
    /// It may not.
    Denied,
    /// No page may that came the way that this one did.
    Insecure,
}

/// What the browser has kept from before.
pub struct Remembered {
    /// The name to come back with.
    pub name: Option<String>,
    /// The reader's time zone.
    pub zone: Zone,
    /// Whom the reader wants to hear nothing of.
    pub ignored: Vec<AuthorId>,
    /// How loud they want which room, as [`Effect::RememberVolume`] had it.
    pub volume: String,
    /// Whether what is kept of rooms is about to be read, and the past may be fetched to be kept, too.
    pub recalls: Option<Fetching>,
}

/// Whether to fetch what nobody has asked for yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fetching {
    /// When there is time.
    Idle,
    /// Not where data is dear.
    Never,
}

/// What is drawn beside the two lists. One signal for all of it: each type of signal is a copy of its code in WASM, and
/// what did not change is not touched in the document anyway.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The room.
    pub room: RoomName,
    /// All rooms that the reader is in.
    pub rooms: Vec<RoomLine>,
    /// The reader's name, if they hold one.
    pub name: Option<Name>,
    /// How joining goes.
    pub joining: Joining,
    /// How many people there are, where that is known.
    pub people: Option<u32>,
    /// Whether more of them can be shown.
    pub more_people: bool,
    /// What to say about the connection.
    pub banner: Option<Banner>,
    /// What came while the reader reads further up.
    pub news: Option<News>,
    /// How many messages came while the page was hidden.
    pub unseen: usize,
    /// Whether there are older messages.
    pub has_older: bool,
    /// Whether there are newer messages that are not new to the reader.
    pub has_newer: bool,
    /// Whether nobody has said anything.
    pub silent: bool,
    /// Whether the end of the log is shown.
    pub live: bool,
    /// Whether the room's messages have not come yet; and if they will not, why.
    pub unknown: Option<Option<ErrorCode>>,
    /// Who is writing.
    pub typing: String,
    /// What is looked up.
    pub looking: Arc<Looking>,
    /// What the room is about.
    pub topic: String,
    /// What the composer is for, if not for a message of its own.
    pub composing: Option<Composing>,
    /// The id of the draft that it shows.
    pub draft: u64,
    /// The room's other drafts, newest first.
    pub offered_drafts: Vec<OfferedDraft>,
    /// The message that was jumped to last, with the number of the jump.
    pub revealed: Option<(u32, u64)>,
    /// Whether the message that was to be shown last is not there.
    pub missing: bool,
    /// What the reader has set.
    pub settings: Settings,
    /// Something to tell the reader until they close it or send a message; empty for nothing.
    pub toast: &'static str,
    /// What to say aloud, newest last.
    pub spoken: Vec<Spoken>,
    /// Whether there is a host.
    pub awake: bool,
}

/// Which part of a room's log is shown.
#[derive(Clone, Copy)]
pub(crate) struct Extent {
    /// Whether its end is.
    pub(crate) live: bool,
    /// Whether there are older messages than those shown.
    pub(crate) has_older: bool,
    /// Whether there are newer ones that are not new to the reader.
    pub(crate) has_newer: bool,
}

struct Shared {
    client: Mutex<Client>,
    host: OnceLock<Box<dyn Host>>,
    lines: Part,
    // Whether lines are drawn within frames alone, and whether some are to be drawn with the next one.
    in_frames: AtomicBool,
    stale: AtomicBool,
    server_now: UnixMillis,
    form: String,
    refused: Mutex<Option<Refused>>,
}

/// The handle. Components take it from context by [`Session::get`].
#[derive(Clone, Copy)]
pub struct Session {
    shared: StoredValue<Arc<Shared>>,
    /// What the page says, in the reader's language.
    pub words: &'static Words,
    /// The People list.
    pub people: RwSignal<Vec<Person>>,
    /// Everything else.
    pub shown: RwSignal<Shown>,
}

impl Session {
    /// The session as the server drew it.
    pub fn new(boot: Boot) -> Self {
        let (now, form, refused) = (boot.now, boot.form.clone(), boot.refused.clone());
        let words = boot.words;
        let client = Client::new(boot);
        let lines = Part::all();
        lines.draw(client.rows(now));
        Self {
            words,
            people: RwSignal::new(client.people()),
            shown: RwSignal::new(Shown::of(&client, Moment::default())),
            shared: StoredValue::new(Arc::new(Shared {
                client: Mutex::new(client),
                host: OnceLock::new(),
                lines,
                in_frames: AtomicBool::new(false),
                stale: AtomicBool::new(false),
                server_now: now,
                form,
                refused: Mutex::new(refused),
            })),
        }
    }

    /// The lines of the timeline, in blocks.
    pub(crate) fn lines(self) -> ArcRwSignal<Content> {
        self.shared().lines.content.clone()
    }

    /// What tells the page's forms from all others; the server alone knows it.
    pub(crate) fn form(self) -> String {
        self.shared().form.clone()
    }

    /// What a form brought that could not be taken.
    pub(crate) fn refused(self) -> Option<Refused> {
        lock(&self.shared().refused).clone()
    }

    /// The same for the composer, once.
    pub(crate) fn take_refused(self) -> Option<Refused> {
        lock(&self.shared().refused).take()
    }

    // By its pointer: what is done inside of a `StoredValue` is compiled anew for each closure.
    fn shared(self) -> Arc<Shared> {
        self.shared.get_value()
    }

    /// The session of this page.
    pub fn get() -> Self {
        expect_context()
    }

    /// Brings it to life.
    pub fn attach(self, host: Box<dyn Host>, remembered: Remembered) {
        let shared = self.shared();
        let half_days = host.half_days();
        if shared.host.set(host).is_err() {
            return;
        }
        let Remembered { name, zone, ignored, volume, recalls } = remembered;
        self.input(|client, at| {
            let half_days = client.settings().half_days.unwrap_or(half_days);
            let locale = Locale { words: self.words, zone, half_days };
            client.hear_as_before(ignored, &volume);
            if let Some(fetching) = recalls {
                client.recalling(fetching == Fetching::Never);
            }
            client.start(name, locale, shared.server_now, at);
        });
        self.shown.write().awake = true;
    }

    /// Lets something happen to the state, draws what changed and does what follows.
    pub fn input<T: Default>(self, happen: impl FnOnce(&mut Client, Moment) -> T) -> T {
        let (mut happen, mut result) = (Some(happen), T::default());
        self.happen(&mut |client, at| {
            if let Some(happen) = happen.take() {
                result = happen(client, at);
            }
        });
        result
    }

    /// The reader does something, whatever it is. It comes with each key, so nothing is drawn unless it matters.
    pub fn active(self) {
        let shared = self.shared();
        let Some(host) = shared.host.get() else { return };
        if lock(&shared.client).is_idle(host.moment()) {
            self.input(|client, at| client.active(at));
        }
    }

    // Once in the page's code, and not once for each thing that may happen.
    fn happen(self, happen: &mut dyn FnMut(&mut Client, Moment)) {
        let shared = self.shared();
        let Some(host) = shared.host.get() else { return };
        let at = host.moment();
        let mut client = lock(&shared.client);
        happen(&mut client, at);
        let effects = client.take_effects();
        let deadline = client.deadline(at);
        if !client.take_more_follows() {
            self.show(&mut client, at);
        }
        // What follows may look at the state again.
        drop(client);
        for effect in effects {
            match effect {
                Effect::Speak(spoken) => self.speak(spoken),
                other => host.perform(other),
            }
        }
        host.wake_at(deadline);
    }

    /// The reader's public id.
    pub fn me(self) -> AuthorId {
        lock(&self.shared().client).me().clone()
    }

    /// The reader's colour.
    pub(crate) fn my_colour(self) -> u8 {
        lock(&self.shared().client).my_colour()
    }

    /// Takes what stands in the composer for sending; false without a host.
    ///
    /// # Errors
    /// Why it can't be a message; it stays where it is.
    pub fn post(self, text: &str) -> Result<bool, ErrorCode> {
        self.show_toast("");
        self.write(|client, id, at| client.post(text, id, at)).map_or(Ok(false), |posted| posted.map(|()| true))
    }

    /// Puts an emoji on a message, or takes it off again.
    pub fn react(self, seq: u64, emoji: &str) {
        // Only what can't be one is refused here, and that is offered to nobody.
        let _ = self.write(|client, id, at| client.react(seq, emoji, id, at));
    }

    /// Deletes one's own message.
    pub fn delete(self, seq: u64) {
        let _ = self.write(|client, id, at| {
            client.delete(seq, id, at);
            Ok(())
        });
    }

    // Something that gets an id of its own; none without a host to make it.
    fn write(
        self,
        write: impl FnOnce(&mut Client, ClientId, Moment) -> Result<(), ErrorCode>,
    ) -> Option<Result<(), ErrorCode>> {
        let random = self.shared().host.get()?.random_bits();
        self.input(|client, at| Some(write(client, ClientId::new(at.wall, random), at)))
    }

    /// Whether the browser lets the page notify its reader.
    pub fn alerts(self) -> Alerts {
        self.shared().host.get().map(|host| host.alerts()).unwrap_or_default()
    }

    /// Asks the reader whether the page may notify them.
    pub fn ask_to_notify(self) {
        if let Some(host) = self.shared().host.get() {
            host.ask_to_notify();
        }
    }

    /// Tells how much is new, outside of the page.
    pub fn badge(self, unseen: usize) {
        if let Some(host) = self.shared().host.get() {
            host.badge(unseen);
        }
    }

    /// Leaves nothing of the reader in this browser. The session itself is ended by the server, which the form that
    /// was sent tells: nothing is drawn here, since a form that is gone from the page is not sent.
    pub fn sign_out(self) {
        if let Some(host) = self.shared().host.get() {
            host.forget();
        }
    }

    /// The reader has set something.
    pub fn set(self, settings: Settings) {
        let Some(half_days) = self.shared().host.get().map(|host| host.half_days()) else { return };
        let anew = self.shown.read_untracked().settings.language != settings.language;
        self.input(|client, _| client.set(settings, half_days));
        if let Some(host) = self.shared().host.get() {
            host.keep_settings(settings, anew);
        }
    }

    /// What to ask before signing out: it says what will be lost.
    pub fn sign_out_question(self) -> String {
        let (shared, words) = (self.shared(), self.words);
        let Unfinished { messages, drafts } = shared.host.get().map(|host| host.unfinished()).unwrap_or_default();
        // Where nothing can be kept, there is what this page knows.
        let (messages, drafts) = {
            let client = lock(&shared.client);
            (messages.max(client.unsent()), drafts || client.has_drafts())
        };
        let mut lines = vec![words.really_sign_out().to_owned()];
        if messages > 0 {
            lines.push(words.count(words.lose_unsent(), messages));
        }
        if drafts {
            lines.push(words.lose_drafts().to_owned());
        }
        if let Some(name) = &self.shown.read_untracked().name {
            lines.push(fill(words.lose_name(), &[name.as_str()]));
        }
        lines.join("\n")
    }

    /// A moment as the reader calls it.
    pub fn when(self, moment: UnixMillis) -> String {
        let shared = self.shared();
        let now = shared.host.get().map_or(shared.server_now, |host| host.moment().wall);
        lock(&shared.client).when(moment, now)
    }

    /// The room that is shown.
    pub fn room(self) -> RoomName {
        self.shown.read().room.clone()
    }

    /// The same, without following it.
    pub fn room_untracked(self) -> RoomName {
        self.shown.read_untracked().room.clone()
    }

    /// Which part of the log is shown.
    pub(crate) fn extent(self) -> Extent {
        let shown = self.shown.read_untracked();
        Extent { live: shown.live, has_older: shown.has_older, has_newer: shown.has_newer }
    }

    /// Says what the room is about; false where it can't be that.
    pub fn set_topic(self, topic: &str) -> bool {
        self.write(|client, id, at| client.set_topic(topic, id, at)).is_some_and(|set| set.is_ok())
    }

    /// The text of the draft that the composer shows.
    pub fn draft_text(self) -> String {
        lock(&self.shared().client).draft_text().to_owned()
    }

    /// Whether lines are drawn within frames alone, as they have to be while the log is scrolled.
    pub(crate) fn draw_in_frames(self, only: bool) {
        self.shared().in_frames.store(only, Relaxed);
        self.draw_lines();
    }

    /// Draws the lines, if they are not as they should be.
    pub(crate) fn draw_lines(self) {
        let shared = self.shared();
        if let Some(host) = shared.host.get().filter(|_| shared.stale.swap(false, Relaxed)) {
            let at = host.moment();
            shared.lines.draw(lock(&shared.client).rows(at.wall));
        }
    }

    /// Tells the reader something, also aloud; an empty text takes it away again.
    pub(crate) fn show_toast(self, text: &'static str) {
        if self.shown.read_untracked().toast != text {
            self.shown.write().toast = text;
        }
        if !text.is_empty() {
            self.input(|client, _| client.speak(text.to_owned()));
        }
    }

    fn show(self, client: &mut Client, at: Moment) {
        let shared = self.shared();
        if !shared.in_frames.load(Relaxed) {
            shared.lines.draw(client.rows(at.wall));
        } else if !shared.stale.swap(true, Relaxed) {
            request_animation_frame(move || self.draw_lines());
        }
        if client.take_people_changed() {
            self.people.set(client.people());
        }
        let mut shown = Shown::of(client, at);
        let changed = {
            let old = self.shown.read_untracked();
            shown.spoken.clone_from(&old.spoken);
            (shown.awake, shown.toast) = (old.awake, old.toast);
            shown != *old
        };
        if changed {
            self.shown.set(shown);
        }
    }

    fn speak(self, spoken: Spoken) {
        let mut shown = self.shown.write();
        shown.spoken.push(spoken);
        let surplus = shown.spoken.len().saturating_sub(SPOKEN_KEPT);
        shown.spoken.drain(..surplus);
    }
}

impl Shown {
    /// How many people there are, in words.
    pub(crate) fn count(&self, words: &Words) -> String {
        self.people.map(|people| words.number(people as usize)).unwrap_or_default()
    }

    fn of(client: &Client, at: Moment) -> Self {
        Self {
            room: client.room().clone(),
            rooms: client.rooms(),
            name: client.name().cloned(),
            joining: client.joining().clone(),
            people: client.count(),
            more_people: client.has_more_people(),
            banner: client.banner(at),
            news: client.news(),
            unseen: client.unseen(),
            has_older: client.has_older(),
            has_newer: client.has_newer(),
            silent: client.is_silent(),
            live: client.is_live(),
            unknown: client.unknown(),
            typing: client.typing(),
            looking: client.looking(),
            topic: client.topic().to_owned(),
            composing: client.composing().cloned(),
            draft: client.draft(),
            offered_drafts: client.offered_drafts(),
            revealed: client.revealed(),
            missing: client.is_missing(),
            settings: client.settings(),
            toast: "",
            spoken: Vec::new(),
            awake: false,
        }
    }
}

// A panic inside the state would have ended the page already: nothing is gained by a second one here.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
