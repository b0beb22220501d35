//! Prints the server-rendered HTML of the page.

fn main() {
    #[cfg(not(target_arch = "wasm32"))]
    {
        use leptos::prelude::*;
        use parlor_bench_empty::Empty;

        let body = Owner::new().with(|| Empty().to_html());
        println!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Empty</title>\
             <meta name=\"viewport\" content=\"width=device-width\">\
             <link rel=\"modulepreload\" href=\"/empty.js\">\
             <link rel=\"preload\" href=\"/empty_bg.wasm\" as=\"fetch\" type=\"application/wasm\" crossorigin>\
             <script type=\"module\">import start, {{ hydrate }} from '/empty.js';\
             start({{ module_or_path: '/empty_bg.wasm' }}).then(hydrate)</script></head><body>{body}</body></html>"
        );
    }
}
