//! The page reads what serde writes, and serde reads what the page writes.

mod client_message;
mod initial_page;
mod json;
mod server_message;
mod stored;
mod strategies;
