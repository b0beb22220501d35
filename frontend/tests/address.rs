//! Addresses of rooms and messages.
#![cfg(target_arch = "wasm32")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed, which is the point")]

use parlor::RoomName;
use parlor_app::room_name::path_below;
use parlor_frontend::address::parse;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
fn the_path_of_a_room_or_message_leads_to_it() {
    for room in [RoomName::default(), RoomName::parse("art").unwrap(), RoomName::private(11)] {
        assert_eq!(parse(&room.path()), Some((room.clone(), None)));
        assert_eq!(parse(&path_below(&room, "7")), Some((room, Some(7))));
    }
    assert_eq!(parse("/r/%D0%BA%D0%BD%D0%B8%D0%B3%D0%B8"), Some((RoomName::parse("книги").unwrap(), None)));
}

#[wasm_bindgen_test]
fn other_paths_lead_to_no_private_room() {
    for path in ["/p/", "/p/lobby", "/p/0b", "/r/~0b", "/p/~0000000000000000000000000000000b"] {
        assert_eq!(parse(path), None, "{path}");
    }
    assert_eq!(parse("/rooms"), Some((RoomName::default(), None)));
}
