//! What is drawn of the ten thousand generated messages, as one number that the host and the browser have to come to, and
//! one drawing in full.

use crate::generated::hash;

/// The hash of all that is drawn of them.
pub(crate) const DRAWINGS: u64 = 0xEE34_C330_C570_429D;

/// A message with everything in it.
pub(crate) const SAMPLE: &str = "One\n**two *and* ~~three~~** `four` @five\n\n\nsix https://example.org/?a=1&b=2\n\
    > seven\n> - eight\n> - [nine](mailto:a@b.c)\n\n3. ten\n  - eleven\n5. twelve\n\n\
    ```rust\nlet x = \"<y>\";\n\n// z\n```";

/// The server's drawing of it: the browser has to bring it to life.
pub(crate) const SAMPLE_DRAWN: &str = concat!(
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

/// The hash of all drawings, by how a message becomes HTML. The marks between nodes that only bring a page to life are
/// left out: there are more of them in what the server draws.
pub(crate) fn hash_of_drawings(draw: impl Fn(&str) -> String) -> u64 {
    hash(|text| draw(text).replace("<!>", "").replace("<!---->", ""))
}
