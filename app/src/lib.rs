//! The page of Parlor: rendered on the server (feature `ssr`), hydrated in the browser (feature `hydrate`).
//!
//! Dependencies point from the last to the first:
//!
//! - [`colour`], [`language`], [`graphemes`], [`room_name`], [`settings`]: values that everything else uses;
//! - [`state`]: what the page knows and does, without texts, Leptos or a browser;
//! - [`i18n`]: the texts in each language; [`initial_page`]: what the first render needs; [`wire`]: JSON;
//! - [`unsent_store`], [`platform`], [`controller`]: inputs, effects and storage, without Leptos or a browser;
//! - [`view`]: rows and labels made from the state; [`chat_handle`]: signals and commands for the components;
//! - [`dom`], [`reactive`], `erase`, `browser_cell`, [`task`]: what keeps Leptos small in the WASM;
//! - [`components`]: what is rendered; `document`: the HTML document; [`structure`]: its fingerprint.

mod browser_cell;
pub mod chat_handle;
pub mod colour;
pub mod components;
pub mod controller;
#[cfg(feature = "ssr")]
mod document;
pub mod dom;
mod erase;
mod graphemes;
pub mod i18n;
pub mod initial_page;
pub mod language;
pub mod platform;
pub mod reactive;
pub mod room_name;
pub mod settings;
pub mod state;
pub mod structure;
pub mod task;
pub mod unsent_store;
pub mod view;
pub mod wire;

pub use chat_handle::ChatHandle;
pub use components::app::App;
#[cfg(feature = "ssr")]
pub use document::{ICON, shell};
pub use initial_page::InitialPage;
