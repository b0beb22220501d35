//! The HTML document of the pages that need no script: rooms, settings, device links and errors.

use std::sync::Arc;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use leptos::prelude::*;
use parlor_app::ICON;

use super::headers::{NO_STORE, SCRIPTLESS_POLICY};
use super::request_preferences::RequestPreferences;
use super::routes::Route;
use crate::access::ServerPolicy;
use crate::chat::SharedServerPolicy;

/// Renders pages without scripts.
#[derive(Clone, Debug)]
pub(crate) struct PageTemplate {
    /// The paths of the stylesheets; none for a page without style.
    stylesheets: Vec<String>,
    /// The settings of the server, whose name is in the title of every page.
    server: SharedServerPolicy,
}

/// The rules that only these pages need. The app's stylesheet, which they use too, is the larger part of a first visit and
/// does not contain them.
const STYLESHEET: &str = include_str!("../../../style/document.css");

/// `GET /app/document.css`. Pages name the build in the query, so that browsers may keep it.
pub(super) async fn stylesheet() -> Response {
    let headers = [(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "public, max-age=86400")];
    (headers.map(|(name, value)| (name, HeaderValue::from_static(value))), STYLESHEET).into_response()
}

impl PageTemplate {
    pub(crate) fn new(options: &LeptosOptions, server: SharedServerPolicy) -> Self {
        let app = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
        let stylesheets = vec![app, format!("{}?{}", Route::DocumentStyle.path(), options.site_pkg_dir)];
        Self { stylesheets, server }
    }

    /// A template without stylesheet, for requests under a foreign host, where the stylesheet is not served.
    pub(super) fn without_stylesheet(&self) -> Self {
        Self { stylesheets: Vec::new(), server: self.server.clone() }
    }

    fn document_title(&self, title: &str) -> String {
        let name = self.server_name();
        if title == name { name } else { format!("{title} · {name}") }
    }

    /// The settings of the server.
    pub(super) fn server_policy(&self) -> Arc<ServerPolicy> {
        self.server.get()
    }

    /// The name of the server.
    pub(super) fn server_name(&self) -> String {
        self.server.get().name.clone()
    }

    /// Renders a page with this status, title and content.
    pub(super) fn render(
        &self,
        preferences: &RequestPreferences,
        status: StatusCode,
        title: &str,
        content: impl IntoView,
    ) -> Response {
        let stylesheets: Vec<_> =
            self.stylesheets.iter().map(|path| view! { <link rel="stylesheet" href=path.clone()/> }).collect();
        let (language, class) = (preferences.texts.language(), preferences.settings.class());
        let document = view! {
            <!DOCTYPE html>
            <html lang=language.tag() dir=language.direction() class=class>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="color-scheme" content="light dark"/>
                    <title>{self.document_title(title)}</title>
                    <link rel="icon" type="image/svg+xml" href=ICON/>
                    {stylesheets}
                </head>
                <body>
                    <main class="document">
                        <h1>{title.to_owned()}</h1>
                        {content}
                    </main>
                </body>
            </html>
        };
        let mut response = (status, Html(document.to_html())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(SCRIPTLESS_POLICY));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(NO_STORE));
        response
    }
}
