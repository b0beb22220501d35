//! Logging to standard error, filtered by `RUST_LOG` (`info` by default). Tokens and messages are never logged.

use std::backtrace::{Backtrace, BacktraceStatus};
use std::{panic, thread};

use tracing::field::display;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::config::LogFormat;

/// Installs the global log subscriber and the panic hook. Call it once.
pub fn start(format: LogFormat) {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::INFO.into()).from_env_lossy();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
    log_panics();
}

/// Installs a panic hook that logs each panic of any thread as one error, instead of Rust's own message.
///
/// If `RUST_BACKTRACE` is set, the error includes the backtrace.
pub fn log_panics() {
    panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        let backtrace = Backtrace::capture();
        let backtrace = (backtrace.status() == BacktraceStatus::Captured).then_some(backtrace).map(display);
        // Escaped, so that a message with line breaks is one line of the log.
        let message = panic.payload_as_str().unwrap_or_default().escape_debug();
        let thread = thread::current();
        let thread = thread.name().unwrap_or_default();
        tracing::error!(thread, backtrace, "panicked at {location}: {message}");
    }));
}
