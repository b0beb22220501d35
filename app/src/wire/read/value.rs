//! The [`Read`] trait, and its implementations for numbers, lists, and types that JSON represents as strings.

use parlor::{
    AuthorId, Body, ChainMark, ClientId, Emoji, Epoch, ErrorCode, Name, RoomName, Token,
    message::{PresenceStatus, Request, ResetReason},
};
use serde::de::{Deserialize, IntoDeserializer, value};

use crate::wire::json::Json;

/// A type that can be read from JSON.
pub(in crate::wire) trait Read: Sized {
    /// Reads a value. Returns `None` if the JSON has another form.
    fn read(json: &Json) -> Option<Self>;
}

impl Json {
    /// Reads a field. A missing field counts as `null`.
    pub(super) fn get<T: Read>(&self, name: &str) -> Option<T> {
        T::read(self.field(name))
    }

    /// Reads a field that the server omits when it has the default value.
    pub(super) fn get_or_default<T: Read + Default>(&self, name: &str) -> Option<T> {
        self.get::<Option<T>>(name).map(Option::unwrap_or_default)
    }

    /// The text, if the value is one.
    pub(super) fn as_text(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    fn as_integer(&self) -> Option<i64> {
        if let Self::Integer(value) = self { Some(*value) } else { None }
    }
}

impl<T: Read> Read for Option<T> {
    fn read(json: &Json) -> Option<Self> {
        if *json == Json::Null { Some(None) } else { T::read(json).map(Some) }
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(json: &Json) -> Option<Self> {
        if let Json::List(values) = json { values.iter().map(T::read).collect() } else { None }
    }
}

impl Read for bool {
    fn read(json: &Json) -> Option<Self> {
        if let Json::Bool(value) = json { Some(*value) } else { None }
    }
}

impl Read for String {
    fn read(json: &Json) -> Option<Self> {
        json.as_text().map(str::to_owned)
    }
}

macro_rules! integers {
    ($($type:ty),*) => { $(
        impl Read for $type {
            fn read(json: &Json) -> Option<Self> {
                json.as_integer()?.try_into().ok()
            }
        }
    )* };
}
integers!(u64, u32, i32);

macro_rules! checked_texts {
    ($($type:ty),*) => { $(
        impl Read for $type {
            fn read(json: &Json) -> Option<Self> {
                Self::parse(json.as_text()?).ok()
            }
        }
    )* };
}
checked_texts!(RoomName, Name, Body, ClientId, Token, Emoji);

macro_rules! plain_texts {
    ($($type:ident),*) => { $(
        impl Read for $type {
            fn read(json: &Json) -> Option<Self> {
                String::read(json).map(|text| $type(text.into()))
            }
        }
    )* };
}
plain_texts!(AuthorId, Epoch, ChainMark);

// Enums without fields. Their serde code is small in WASM, too.
macro_rules! enum_words {
    ($($type:ty),*) => { $(
        impl Read for $type {
            fn read(json: &Json) -> Option<Self> {
                Self::deserialize(IntoDeserializer::<value::Error>::into_deserializer(json.as_text()?)).ok()
            }
        }
    )* };
}
enum_words!(ErrorCode, Request, ResetReason, PresenceStatus);
