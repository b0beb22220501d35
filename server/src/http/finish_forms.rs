//! Finishes what a form has begun, also when its client is gone.

use axum::extract::Request;
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::net::HttpError;

/// Middleware that runs the handler of a form in a task of its own. The future of a request is dropped when its connection
/// ends: a change could be stored then and not take effect in memory.
pub(super) async fn finish_forms(request: Request, next: Next) -> Response {
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            // The server stops.
            Err(_) => HttpError::Unavailable.into_response(),
        },
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use axum::body::Body;
    use axum::routing::post;
    use axum::{Router, middleware};
    use tokio::sync::Notify;
    use tower::ServiceExt as _;

    use super::*;

    #[tokio::test]
    async fn a_form_is_finished_although_its_client_is_gone() {
        let [begun, goes_on, finished] = [(); 3].map(|()| Arc::new(Notify::new()));
        let handler = {
            let [begun, goes_on, finished] = [&begun, &goes_on, &finished].map(Arc::clone);
            move || async move {
                begun.notify_one();
                goes_on.notified().await;
                finished.notify_one();
            }
        };
        let router = Router::new().route("/", post(handler)).layer(middleware::from_fn(finish_forms));
        let response = router.oneshot(Request::post("/").body(Body::empty()).unwrap());
        tokio::select! {
            _ = response => panic!("the handler waits"),
            () = begun.notified() => {}
        }
        goes_on.notify_one();
        finished.notified().await;
    }
}
