//! A cell for values that belong to one thread, such as DOM nodes.

use std::{cell::RefCell, rc::Rc};

use leptos::prelude::{GetValue, SetValue, StoredValue};
use send_wrapper::SendWrapper;

/// A cell for a value that only the browser has, in code that also runs on the server.
///
/// A [`SendWrapper`] panics when it is dropped on another thread than the one that made it. The server drops what it
/// rendered on any of its threads, so no wrapper may exist there. The cell is empty when it is created, and only event
/// handlers and effects fill it: they run in the browser alone, which has one thread.
///
/// The value is behind an `Rc`, because code inside of a `StoredValue` method is compiled again for each closure.
pub(crate) struct BrowserCell<T: 'static>(StoredValue<Option<SendWrapper<Rc<RefCell<T>>>>>);

impl<T> BrowserCell<T> {
    /// Creates an empty cell. The only method that may be called while rendering.
    pub(crate) fn empty() -> Self {
        Self(StoredValue::new(None))
    }

    /// Replaces the value.
    pub(crate) fn set(self, value: T) {
        self.0.set_value(Some(wrap(Rc::new(RefCell::new(value)))));
    }

    /// Removes and returns the value.
    pub(crate) fn take(self) -> Option<T> {
        let value = self.0.try_get_value().flatten()?;
        self.0.set_value(None);
        Rc::into_inner(value.take()).map(RefCell::into_inner)
    }

    /// Reads or changes the value. An empty cell gets the default value first. `change` must not use the cell again:
    /// the inner `RefCell` would panic.
    pub(crate) fn with<R>(self, change: impl FnOnce(&mut T) -> R) -> R
    where
        T: Default,
    {
        change(&mut self.get().borrow_mut())
    }

    fn get(self) -> Rc<RefCell<T>>
    where
        T: Default,
    {
        if let Some(value) = self.0.try_get_value().flatten() {
            return value.take();
        }
        let value = Rc::<RefCell<T>>::default();
        self.0.set_value(Some(wrap(value.clone())));
        value
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
