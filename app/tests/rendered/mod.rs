//! The HTML of the ten thousand generated messages as one hash, which must be the same on the host and in the browser,
//! and the HTML of one sample.

use crate::generated::hash;

/// The hash of the HTML of all generated messages.
pub(crate) const HTML_HASH: u64 = 0xEE34_C330_C570_429D;

/// A message with every kind of markup.
pub(crate) const SAMPLE: &str = "One\n**two *and* ~~three~~** `four` @five\n\n\nsix https://example.org/?a=1&b=2\n\
    > seven\n> - eight\n> - [nine](mailto:a@b.c)\n\n3. ten\n  - eleven\n5. twelve\n\n\
    ```rust\nlet x = \"<y>\";\n\n// z\n```";

/// The server's HTML of the sample, which the browser has to hydrate.
pub(crate) const SAMPLE_HTML: &str = concat!(
    "<p>One\n<strong>two <em>and<!></em> <s>three<!></s><!></strong> <code>four<!></code> ",
    r#"<span class="mention">@five<!></span><!></p>"#,
    "<p>\nsix ",
    r#"<a href="https://example.org/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer nofollow">"#,
    "https://example.org/?a=1&amp;b=2<!></a><!></p>",
    "<blockquote><p>seven<!></p><ul><li>eight<!></li><li>",
    r#"<a href="mailto:a@b.c" target="_blank" rel="noopener noreferrer nofollow">nine<!></a>"#,
    "<!></li><!></ul><!></blockquote>",
    r#"<ol><li value="3">ten<ul><li>eleven<!></li><!></ul><!></li><li value="5">twelve<!></li><!></ol>"#,
    r#"<pre tabindex="0"><code data-language="rust"><span class="tok-key">let<!></span> x = "#,
    r#"<span class="tok-str">"&lt;y&gt;"<!></span>;"#,
    "\n\n",
    r#"<span class="tok-com">// z<!></span><!></code><!></pre><!>"#,
);

/// The hash of the HTML of all generated messages. Hydration markers are removed: the server renders more of them than
/// the browser.
pub(crate) fn hash_of_html(render: impl Fn(&str) -> String) -> u64 {
    hash(|text| render(text).replace("<!>", "").replace("<!---->", ""))
}
