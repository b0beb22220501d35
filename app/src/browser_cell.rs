//! A place for values that belong to one thread, such as DOM nodes.

use leptos::prelude::{SetValue, StoredValue, UpdateValue};
use send_wrapper::SendWrapper;

/// A cell for a value that only the browser has, in code that also runs on the server.
///
/// A [`SendWrapper`] panics when it is dropped on another thread than the one that made it. The server drops what it
/// rendered on any of its threads, so no wrapper may exist there. The cell is empty when it is created, and only event
/// handlers and effects fill it: they run in the browser alone, which has one thread.
pub(crate) struct BrowserCell<T: 'static>(StoredValue<Option<SendWrapper<T>>>);

impl<T> BrowserCell<T> {
    /// Creates an empty cell. The only method that may be called while rendering.
    pub(crate) fn empty() -> Self {
        Self(StoredValue::new(None))
    }

    /// Replaces the value.
    pub(crate) fn set(self, value: Option<T>) {
        self.0.set_value(value.map(wrap));
    }

    /// Removes and returns the value.
    pub(crate) fn take(self) -> Option<T> {
        self.0.try_update_value(Option::take).flatten().map(SendWrapper::take)
    }

    /// Reads or changes the value, which is the default one in an empty cell.
    pub(crate) fn with<R: Default>(self, change: impl FnOnce(&mut T) -> R) -> R
    where
        T: Default,
    {
        self.0.try_update_value(|value| change(value.get_or_insert_with(|| wrap(T::default())))).unwrap_or_default()
    }
}

impl<T> Clone for BrowserCell<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for BrowserCell<T> {}

/// Binds a value to this thread. For event handlers and effects only: see [`BrowserCell`].
#[expect(clippy::disallowed_methods, reason = "the one place where wrappers are made, and it refuses on the server")]
pub(crate) fn wrap<T>(value: T) -> SendWrapper<T> {
    if cfg!(feature = "ssr") {
        panic!("a value was bound to a thread of the server");
    }
    SendWrapper::new(value)
}
