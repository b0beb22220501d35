//! The HTML document of the pages that need no script: rooms, settings, device links and errors.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use leptos::prelude::*;
use parlor_app::ICON;

use super::headers::{NO_STORE, SCRIPTLESS_POLICY};
use super::request_preferences::RequestPreferences;

/// Renders pages without scripts.
#[derive(Clone, Debug)]
pub(crate) struct PageTemplate {
    /// The stylesheet's path; `None` if the page has none.
    stylesheet: Option<String>,
}

impl PageTemplate {
    pub(crate) fn new(options: &LeptosOptions) -> Self {
        Self { stylesheet: Some(format!("/{}/{}.css", options.site_pkg_dir, options.output_name)) }
    }

    /// A template without stylesheet, for requests under a foreign host, where the stylesheet is not served.
    pub(super) fn without_stylesheet(&self) -> Self {
        Self { stylesheet: None }
    }

    /// Renders a page with this status, title and content.
    pub(super) fn render(
        &self,
        preferences: &RequestPreferences,
        status: StatusCode,
        title: &str,
        content: impl IntoView,
    ) -> Response {
        let stylesheet = self.stylesheet.clone().map(|path| view! { <link rel="stylesheet" href=path/> });
        let (language, class) = (preferences.texts.language(), preferences.settings.class());
        let document = view! {
            <!DOCTYPE html>
            <html lang=language.tag() dir=language.direction() class=class>
                <head>
                    <meta charset="utf-8"/>
                    <meta name="viewport" content="width=device-width, initial-scale=1"/>
                    <meta name="color-scheme" content="light dark"/>
                    <title>{format!("{title} · Parlor")}</title>
                    <link rel="icon" type="image/svg+xml" href=ICON/>
                    {stylesheet}
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
