//! How a panic is logged.
#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

#[path = "support/log.rs"]
mod log;

use std::panic::catch_unwind;

use parlor_server::telemetry;

// The hook is the process's: this program has this test alone.
#[test]
fn a_panic_is_logged_once_with_its_place_and_message() {
    telemetry::log_panics();
    let number = 7;
    let lines = log::lines_of(|| {
        catch_unwind(|| panic!("first line\nsecond line {number}")).unwrap_err();
    });
    // Further lines, if any, are of a backtrace.
    let errors: Vec<_> = lines.iter().filter(|line| line.contains("ERROR")).collect();
    let [line] = errors.as_slice() else { panic!("one error: {lines:?}") };
    for part in ["ERROR", "panicked at", file!(), "first line", "second line 7"] {
        assert!(line.contains(part), "{part} in {line}");
    }
}
