//! What HTTP and WebSocket requests share: client address, host, origin, cookies, and limits on connections.
//!
//! - [`client_info`] finds the client's address and the origin of our pages for each request. It reads the host with
//!   [`host`], headers of trusted proxies with [`forwarded`], and checks the host with [`public_origins`];
//! - [`origin_check`] checks the `Origin` of forms and of WebSocket handshakes;
//! - [`sign_in`] finds the session of a request, and [`bot_token`] the token of a bot in its headers or its [`query`]; [`device_name`] names its device;
//! - [`cookie`] reads and writes cookies, and [`time_zone`] holds the IANA rules for the client's time zone;
//! - [`http_error`] is the reason of an error response;
//! - [`connection_limiter`] counts connections per address, and [`io_timeout`] ends those that make no progress.
//!
//! It may use `chat`; `http` and `ws` use it, and neither of these two uses the other.

pub(crate) mod bot_token;
pub(crate) mod client_info;
pub(crate) mod connection_limiter;
pub(crate) mod cookie;
pub(crate) mod device_name;
pub(crate) mod forwarded;
pub(crate) mod host;
pub(crate) mod http_error;
pub(crate) mod io_timeout;
pub(crate) mod origin;
pub(crate) mod origin_check;
pub(crate) mod public_origins;
mod query;
pub(crate) mod sign_in;
pub(crate) mod time_zone;

pub(crate) use client_info::ClientInfo;
pub(crate) use connection_limiter::{ConnectionLimiter, SocketPermit};
pub(crate) use http_error::HttpError;
pub(crate) use query::values as query_values;
pub(crate) use time_zone::ClientTimeZone;
