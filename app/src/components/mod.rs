//! What is drawn, one concept a file. [`app`] puts the rest together.

#![allow(
    unreachable_pub,
    clippy::needless_pass_by_value,
    reason = "the component macro makes its own pub items, and takes every property by value"
)]

mod act;
pub mod app;
pub mod avatar;
mod banner;
pub mod composer;
mod drawer;
mod element;
mod focus;
mod footer;
mod header;
mod icon;
pub mod join;
pub mod markup;
mod message;
mod people;
mod picker;
mod pill;
mod rooms;
mod scroll;
mod speaker;
mod timeline;
