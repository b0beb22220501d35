//! The script elements that load and start the page's code.

use leptos::{nonce::use_nonce, prelude::*};

/// Renders the elements that preload and start the script and the WASM, see `start.js`. They replace Leptos' own
/// `HydrationScripts`, which does not retry and does not report when the page is ready.
pub(super) fn scripts(options: &LeptosOptions) -> impl IntoView + use<> {
    let path = format!("/{}/{}", options.site_pkg_dir, options.output_name);
    let (script, wasm) = (format!("{path}.js"), format!("{path}.wasm"));
    let start = format!("{}({script:?}, {wasm:?})\n{}", include_str!("start.js").trim_end(), include_str!("share.js"));
    view! {
        <link rel="modulepreload" href=script nonce=use_nonce()/>
        <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin=""/>
        <script type="module" nonce=use_nonce() inner_html=start></script>
    }
}
