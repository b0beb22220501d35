//! Panics are logged as one error.

use std::panic::{self, catch_unwind};

use parlor_server::telemetry;

use crate::support::log;

#[test]
fn a_panic_is_logged_once_with_its_location_and_message() {
    // The panic hook is global: other tests need the original one to report their failures.
    let hook = panic::take_hook();
    telemetry::log_panics();
    let number = 7;
    let lines = log::capture_log(|| {
        catch_unwind(|| panic!("first line\nsecond line {number}")).unwrap_err();
    });
    panic::set_hook(hook);
    // Further lines may be a backtrace.
    let errors: Vec<_> = lines.iter().filter(|line| line.contains("ERROR")).collect();
    let [line] = errors.as_slice() else { panic!("one error: {lines:?}") };
    for part in ["ERROR", "panicked at", file!(), "first line", "second line 7"] {
        assert!(line.contains(part), "{part} in {line}");
    }
}
