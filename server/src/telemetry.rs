//! The log, on standard error. `RUST_LOG` chooses what is in it; never a token, never what somebody wrote.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::{panic, thread};

use tracing::field::display;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::config::LogFormat;

/// Starts the log, with panics in it. To be called once.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    log_panics();
}

/// Writes each panic of any thread to the log as one error, in place of Rust's own text on standard error. With
/// `RUST_BACKTRACE` set, the error has the backtrace.
pub fn log_panics() {
    panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let backtrace = Backtrace::capture();
        let backtrace = (backtrace.status() == BacktraceStatus::Captured).then_some(backtrace).map(display);
        // Escaped, so that a message of several lines stays one line of the log.
        let message = panic.payload_as_str().unwrap_or_default().escape_debug();
        let thread = thread::current();
        let thread = thread.name().unwrap_or_default();
        tracing::error!(thread, backtrace, "panicked at {place}: {message}");
    }));
}
