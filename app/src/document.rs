//! The whole document: head, first state, scripts.

use leptos::prelude::*;

use crate::Boot;

/// The HTML document around the app, drawn on the server only.
#[cfg(feature = "ssr")]
pub fn shell(options: LeptosOptions, boot: Boot) -> impl IntoView {
    let state = serde_json::to_string(&boot).unwrap_or_default().replace('<', "\\u003c");
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <title>"Parlor"</title>
                <link rel="stylesheet" href=format!("/{}/{}.css", options.site_pkg_dir, options.output_name)/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <script type="application/json" id="boot" inner_html=state></script>
            </head>
            <body><App boot/></body>
        </html>
    }
}

/// The page.
#[component]
pub fn App(boot: Boot) -> impl IntoView {
    view! { <main>{boot.room.to_string()}</main> }
}
