//! The document of the small pages that need no script.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use leptos::prelude::*;
use parlor_app::ICON;

use super::headers;
use super::reader::Reader;

/// Draws them.
#[derive(Clone, Debug)]
pub(super) struct Document {
    stylesheet: Option<String>,
}

impl Document {
    pub(super) fn new(options: &LeptosOptions) -> Self {
        Self { stylesheet: Some(format!("/{}/{}.css", options.site_pkg_dir, options.output_name)) }
    }

    /// The same without the stylesheet, for where that is not served.
    pub(super) fn without_style(&self) -> Self {
        Self { stylesheet: None }
    }

    /// A page with this title over its content.
    pub(super) fn answer(
        &self,
        reader: &Reader,
        status: StatusCode,
        title: &'static str,
        content: impl IntoView,
    ) -> Response {
        let stylesheet = self.stylesheet.clone().map(|address| view! { <link rel="stylesheet" href=address/> });
        let (language, class) = (reader.words.language(), reader.settings.class());
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
                        <h1>{title}</h1>
                        {content}
                    </main>
                </body>
            </html>
        };
        let mut response = (status, Html(document.to_html())).into_response();
        let about = response.headers_mut();
        about.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(headers::WITHOUT_SCRIPT));
        about.insert(header::CACHE_CONTROL, HeaderValue::from_static(headers::UNCACHED));
        response
    }
}
