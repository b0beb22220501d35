//! Text areas of the pages without script.

use leptos::prelude::*;

/// A `<textarea>` with a text. Leptos does not escape the children of this element (tachys 0.2: they count as those of a
/// script), so that this is the only place that renders one.
pub(super) fn text_area(name: &'static str, label: &'static str, text: &str) -> impl IntoView + use<> {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
    // A parser drops the first line break.
    view! { <textarea name=name aria-label=label rows="5" inner_html=format!("\n{escaped}")></textarea> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_looks_like_markup_stays_text() {
        let html = text_area("welcome", "Welcome", "\n</textarea><b>&amp;").into_view().to_html();
        assert!(html.contains(">\n\n&lt;/textarea>&lt;b>&amp;amp;</textarea>"), "{html}");
    }

    /// All other text areas are those of the composer, whose text is typed in the browser.
    #[test]
    fn no_other_page_of_the_server_renders_a_text_area() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/http");
        let mut folders = vec![folder];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with("text_area.rs") {
                    assert!(!std::fs::read_to_string(&path).unwrap().contains("<textarea"), "{}", path.display());
                }
            }
        }
    }
}
