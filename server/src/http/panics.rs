//! The answer to a request whose handler panicked.

use std::any::Any;

use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::net::HttpError;

/// Answers with status 500 where a handler panics, and the connection goes on. It logs nothing: the panic hook has
/// ([`log_panics`](crate::telemetry::log_panics)).
pub(super) fn layer() -> CatchPanicLayer<fn(Box<dyn Any + Send>) -> Response> {
    CatchPanicLayer::custom(|_| HttpError::Failed.into_response())
}

#[cfg(test)]
mod tests {
    use axum::Router;
    use std::net::SocketAddr;
    use std::sync::Arc;

    use axum::body::{Body, to_bytes};
    use axum::http::{Request, StatusCode};
    use axum::routing::get;
    use leptos::prelude::LeptosOptions;
    use tower::ServiceExt as _;

    use super::super::document::Document;
    use super::super::protect;
    use crate::net::ConnectionLimiter;
    use crate::net::client::{Clients, Ends};
    use crate::net::own_name::OwnNames;

    #[tokio::test]
    async fn a_panic_in_a_handler_is_answered_by_500_with_the_headers_of_every_answer() {
        async fn fails() -> &'static str {
            panic!("for the test")
        }
        let clients = Clients::new(Vec::new(), OwnNames::default(), ConnectionLimiter::new(1), Arc::default());
        let routes = Router::new().route("/", get(fails)).route("/fine", get(|| async { "fine" }));
        let options = LeptosOptions::builder().output_name("parlor").build();
        let router = protect(routes, clients, Document::new(&options));
        let here = SocketAddr::from(([127, 0, 0, 1], 3_000));
        let ask = |path| {
            let request = Request::get(path).header("host", "localhost").extension(Ends { peer: here, local: here });
            router.clone().oneshot(request.body(Body::empty()).unwrap())
        };
        let (failed, fine) = (ask("/").await.unwrap(), ask("/fine").await.unwrap());
        assert_eq!(failed.status(), StatusCode::INTERNAL_SERVER_ERROR);
        for name in fine.headers().keys().filter(|name| *name != "content-length") {
            assert_eq!(failed.headers().get(name), fine.headers().get(name), "{name}");
        }
        assert_eq!(failed.headers()["x-content-type-options"], "nosniff");
        let body = to_bytes(failed.into_body(), 1_000).await.unwrap();
        assert_eq!(body, "The server failed to answer this request.\n");
    }
}
