//! Signs a request in by its session cookie.

use axum::http::{HeaderMap, HeaderValue};

use super::ClientInfo;
use super::cookie;
use super::device_name::device_name;
use crate::chat::{ConnectionManager, Session, SignedIn};
use crate::engine::EngineError;

/// The session of a request.
#[derive(Clone, Debug)]
pub(crate) struct RequestSession {
    pub(crate) session: Session,
    /// `Set-Cookie` headers for the response, if the browser needs another cookie than it has.
    pub(crate) cookies: Vec<HeaderValue>,
}

/// The session of the request's cookie, or a new one for a visitor.
///
/// # Errors
/// The directory can't be read or written.
pub(crate) async fn sign_in(
    manager: &ConnectionManager,
    client: &ClientInfo,
    headers: &HeaderMap,
) -> Result<RequestSession, EngineError> {
    let presented = cookie::session(headers, client.is_https());
    let token = presented.as_ref().map(|presented| &presented.token);
    let device = device_name(headers);
    let SignedIn { session, token: issued } = match &presented {
        Some(presented) if presented.insecure_name => {
            manager.sign_in_by_insecure_cookie(&presented.token, &device).await?
        }
        _ => manager.sign_in(token, &device).await?,
    };
    let renamed = presented.filter(|presented| presented.insecure_name).map(|presented| presented.token);
    let token = issued.or(renamed);
    let cookies = token.map(|token| cookie::set_session(&token, client.is_https())).unwrap_or_default();
    Ok(RequestSession { session, cookies })
}

/// The session of the request's cookie, for a page that begins none.
///
/// # Errors
/// The directory can't be read.
pub(crate) async fn identify(
    manager: &ConnectionManager,
    client: &ClientInfo,
    headers: &HeaderMap,
) -> Result<Option<Session>, EngineError> {
    match cookie::session(headers, client.is_https()) {
        Some(presented) => manager.identify(&presented.token).await,
        None => Ok(None),
    }
}
