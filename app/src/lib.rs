//! The interface of Parlor: drawn on the server (`ssr`), brought to life in the browser (`hydrate`).

mod boot;
mod document;

pub use boot::Boot;
pub use document::App;
#[cfg(feature = "ssr")]
pub use document::shell;
