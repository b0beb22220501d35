//! Reading values from JSON: one line for the name and type of each field.

mod event;
mod initial_page;
mod server_message;
mod stored;
mod value;

pub(super) use self::value::Read;
