//! The interface of Parlor: drawn on the server (`ssr`), brought to life in the browser (`hydrate`).
//!
//! To understand what the page knows and does, read [`state`]; how the components reach it, [`session`]; what is drawn,
//! [`components`]; how lines stand in the document, [`lines`]; the document itself, `document`, and how the browser knows
//! it again, [`structure`]; how messages become text and back, [`wire`]; what the marks in what people write mean, the
//! crate `parlor_markup`; what it says in which language, [`words`]; what a reader may set, [`settings`].

pub mod boot;
mod browser_cell;
pub mod components;
#[cfg(feature = "ssr")]
mod document;
mod erase;
mod letters;
pub mod lines;
pub mod live;
pub mod room_name;
pub mod session;
pub mod settings;
pub mod state;
pub mod structure;
pub mod task;
pub mod wire;
pub mod words;

pub use boot::Boot;
pub use components::app::App;
#[cfg(feature = "ssr")]
pub use document::{ICON, shell};
pub use session::Session;
