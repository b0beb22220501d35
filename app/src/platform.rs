//! What the page needs from the platform that it runs on. The browser is one; the torture test is another.

use crate::{
    settings::Settings,
    state::{Moment, effect::Effect},
    unsent_store::ItemStore,
};

/// What the [`Controller`](crate::controller::Controller) needs. No method may call back into the controller at once.
pub trait Platform {
    /// The current time and a random number.
    fn now(&self) -> Moment;
    /// Opens a connection to the server, in place of one that is open.
    fn connect(&self);
    /// Closes the connection.
    fn disconnect(&self);
    /// Sends a text over the connection, if there is one.
    fn send(&self, text: String);
    /// Sets the one timer: [`Client::tick`](crate::state::client::Client::tick) is due at this tick.
    fn set_timer(&self, tick: Option<u64>);
    /// The store for submissions and drafts.
    fn items(&self) -> &dyn ItemStore;
    /// Sets whether closing the page would lose something.
    fn set_at_risk(&self, at_risk: bool);
    /// Performs any other effect.
    fn perform(&self, effect: Effect);
}

/// What the page also needs in a browser.
pub trait PagePlatform: Platform + Send + Sync {
    /// Random bits for a client id.
    fn random_bits(&self) -> u128;
    /// Whether the browser lets the page show notifications.
    fn notification_permission(&self) -> NotificationPermission;
    /// Asks the reader for that permission. Browsers allow it only during a click.
    fn request_notification_permission(&self);
    /// Sets the number on the icon of the installed app; 0 removes it.
    fn set_badge(&self, count: usize);
    /// Whether the browser's locale uses the 12-hour clock.
    fn hour12(&self) -> bool;
    /// Stores the reader's settings and applies them to the document. A new language needs a reload.
    fn store_settings(&self, settings: Settings, reload: bool);
    /// Deletes everything that is stored of the reader, and closes the connection.
    fn delete_everything(&self);
}

/// Whether the page may show notifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NotificationPermission {
    /// The reader has not been asked.
    #[default]
    Default,
    /// It may.
    Granted,
    /// The reader has denied it.
    Denied,
    /// The browser has no notifications for pages without TLS.
    Insecure,
}
