//! Responds with status 500 when a handler panics.

use std::any::Any;

use axum::response::{IntoResponse as _, Response};
use tower_http::catch_panic::CatchPanicLayer;

use crate::net::HttpError;

/// Layer that turns a panic of a handler into a response with status 500, and keeps the connection open.
///
/// It logs nothing, since the panic hook does ([`log_panics`](crate::telemetry::log_panics)).
pub(super) fn catch_panics() -> CatchPanicLayer<fn(Box<dyn Any + Send>) -> Response> {
    CatchPanicLayer::custom(|_| HttpError::Internal.into_response())
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::sync::Arc;

    use axum::Router;
    use axum::body::{Body, to_bytes};
    use axum::http::{Request, StatusCode};
    use axum::routing::get;
    use leptos::prelude::LeptosOptions;
    use tower::ServiceExt as _;

    use super::super::page_template::PageTemplate;
    use super::super::protect;
    use crate::net::ConnectionLimiter;
    use crate::net::client_info::{ClientResolver, ConnectionAddresses};
    use crate::net::public_origins::PublicOrigins;

    #[tokio::test]
    async fn a_panic_in_a_handler_becomes_a_500_with_the_usual_headers() {
        async fn fails() -> &'static str {
            panic!("for the test")
        }
        let resolver =
            ClientResolver::new(Vec::new(), PublicOrigins::default(), ConnectionLimiter::new(1), Arc::default());
        let routes = Router::new().route("/", get(fails)).route("/fine", get(|| async { "fine" }));
        let options = LeptosOptions::builder().output_name("parlor").build();
        let router = protect(routes, resolver, PageTemplate::new(&options, Default::default()));
        let address = SocketAddr::from(([127, 0, 0, 1], 3_000));
        let addresses = ConnectionAddresses { peer: address, local: address };
        let get_path = |path| {
            let request = Request::get(path).header("host", "localhost").extension(addresses);
            router.clone().oneshot(request.body(Body::empty()).unwrap())
        };
        let (failed, fine) = (get_path("/").await.unwrap(), get_path("/fine").await.unwrap());
        assert_eq!(failed.status(), StatusCode::INTERNAL_SERVER_ERROR);
        for name in fine.headers().keys().filter(|name| *name != "content-length") {
            assert_eq!(failed.headers().get(name), fine.headers().get(name), "{name}");
        }
        assert_eq!(failed.headers()["x-content-type-options"], "nosniff");
        let body = to_bytes(failed.into_body(), 1_000).await.unwrap();
        assert_eq!(body, "The server failed to answer this request.\n");
    }
}
