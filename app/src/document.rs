//! The HTML document of a page: head, initial page and scripts. Rendered on the server only.

use leptos::{html, nonce::use_nonce, prelude::*};

use self::scripts::scripts;
use crate::{
    App, ChatHandle, InitialPage, i18n::ServerPageTexts, room_name::display_name, settings::Settings,
    structure::fingerprint,
};

mod scripts;

/// The icon as a data URL: it needs no request, and the policy `img-src data:` allows it.
pub const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 22 22' fill='none'%3E\
    %3Cpath d='M3 18V8.5A5.5 5.5 0 0 1 8.5 3h5A5.5 5.5 0 0 1 19 8.5v1A5.5 5.5 0 0 1 13.5 15H7l-4 3Z' \
    stroke='%23c2572a' stroke-width='2.4' stroke-linejoin='round'/%3E%3C/svg%3E";

/// Renders the HTML document around the app. The offline document contains no app. `style` is the content of the style
/// sheet, if it is known: inlined, it arrives with the first bytes, and browsers paint nothing without it.
pub fn shell(options: &LeptosOptions, page: InitialPage, style: Option<&'static str>) -> AnyView {
    let (language, class) = (page.texts.language(), page.state.settings.class());
    let is_offline_document = page.state.is_offline_document();
    let head = head(options, &page, style);
    let pagination = (!is_offline_document).then(|| view! { <noscript>{pagination(&page)}</noscript> });
    let app = if is_offline_document { String::new() } else { view! { <App chat=ChatHandle::new(page)/> }.to_html() };
    let structure = fingerprint(&app).to_string();
    view! {
        <!DOCTYPE html>
        <html lang=language.tag() dir=language.direction() class=class>
            {head}
            <body>
                // The page's script owns this element only. Extensions may add elements beside it. With
                // `data-structure` the script detects changes inside.
                <div id="app" data-structure=structure inner_html=app></div>
                {pagination}
            </body>
        </html>
    }
    .into_any()
}

fn head(options: &LeptosOptions, page: &InitialPage, style: Option<&'static str>) -> impl IntoView + use<> {
    let stylesheet = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    let style = match style {
        Some(style) => view! { <style nonce=use_nonce() inner_html=style></style> }.into_any(),
        None => view! { <link rel="stylesheet" href=stylesheet/> }.into_any(),
    };
    // `<` is the only character that could end the script element, or open a comment in it.
    let json = page.to_json().replace('<', "\\u003c");
    let about = page.texts.about_parlor();
    let title = match page.state.is_offline_document() {
        true => page.server.name.clone(),
        false => format!("{} · {}", display_name(&page.state.room, page.state.title()), page.server.name),
    };
    view! {
        <head>
            <meta charset="utf-8"/>
            <meta
                name="viewport"
                content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content"
            />
            <title>{title}</title>
            <meta name="description" content=about/>
            <meta name="color-scheme" content="light dark"/>
            {theme_colours(page.state.settings)}
            <link rel="icon" type="image/svg+xml" href=ICON/>
            <link rel="apple-touch-icon" href="/app/touch-180.png"/>
            <link rel="manifest" href="/app.webmanifest"/>
            {style}
            <AutoReload options=options.clone()/>
            {scripts(options)}
            <script type="application/json" id="initial-page" inner_html=json></script>
        </head>
    }
}

// The colours of the browser's own bars, for light and dark systems.
fn theme_colours(settings: Settings) -> impl IntoView {
    let colour = |scheme: &str, colour| {
        html::meta().name("theme-color").attr("media", format!("(prefers-color-scheme: {scheme})")).content(colour)
    };
    let [light, dark] = settings.bar_colours();
    [colour("light", light), colour("dark", dark)]
}

/// Links to other pages of the log, for browsers without script.
fn pagination(page: &InitialPage) -> impl IntoView + use<> {
    let (state, texts) = (&page.state, page.texts);
    let (path, page_texts) = (state.room.path(), ServerPageTexts::of(texts.language()));
    let link = |to: String, label: &'static str| view! { <a href=to>{label}</a> };
    // The first message of a page is not rendered if there are older ones: the page before it shows it.
    let older = state.events.get(1).filter(|_| state.has_older);
    let newer = state.events.iter().rev().nth(1).filter(|_| state.has_newer);
    let older = older.map(|event| link(format!("{path}?before={}", event.seq), page_texts.older()));
    let newer = newer.map(|event| link(format!("{path}?after={}", event.seq), page_texts.newer()));
    let newest = if state.has_newer { page_texts.newest() } else { page_texts.see_new() };
    let newest = link(path.clone(), newest);
    view! { <nav class="turner" aria-label=page_texts.pages()>{older} {newer} {newest} {link("/rooms".to_owned(), page_texts.all_rooms())} {link("/settings".to_owned(), texts.settings())}</nav> }
}
