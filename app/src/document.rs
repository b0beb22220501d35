//! The whole document: head, first state, scripts. Drawn on the server only.

use leptos::{html, nonce::use_nonce, prelude::*};

use self::scripts::scripts;
use crate::{App, Boot, Session, settings::Settings, structure::fingerprint, words::PageWords};

mod scripts;

/// The mark of the brand, in an address of its own: no request, and `img-src data:` lets it pass.
pub const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 22 22' fill='none'%3E\
    %3Cpath d='M3 18V8.5A5.5 5.5 0 0 1 8.5 3h5A5.5 5.5 0 0 1 19 8.5v1A5.5 5.5 0 0 1 13.5 15H7l-4 3Z' \
    stroke='%23c2572a' stroke-width='2.4' stroke-linejoin='round'/%3E%3C/svg%3E";

/// The HTML document around the app; that of no room has none in it. `style` is what the stylesheet says, where that is
/// known: nothing is painted before it is there, and in the document it is there with the first bytes.
pub fn shell(options: &LeptosOptions, boot: Boot, style: Option<&'static str>) -> AnyView {
    let (language, class) = (boot.words.language(), boot.settings.class());
    let head = head(options, &boot, style);
    let turner = (!boot.is_blank()).then(|| view! { <noscript>{turner(&boot)}</noscript> });
    let app = if boot.is_blank() { String::new() } else { view! { <App session=Session::new(boot)/> }.to_html() };
    let structure = fingerprint(&app).to_string();
    view! {
        <!DOCTYPE html>
        <html lang=language.tag() dir=language.direction() class=class>
            {head}
            <body>
                // The page's script has this element alone. Others may put theirs beside it, and `data-structure` tells
                // whether they have put anything inside.
                <div id="app" data-structure=structure inner_html=app></div>
                {turner}
            </body>
        </html>
    }
    .into_any()
}

fn head(options: &LeptosOptions, boot: &Boot, style: Option<&'static str>) -> impl IntoView + use<> {
    let address = format!("/{}/{}.css", options.site_pkg_dir, options.output_name);
    let style = match style {
        Some(style) => view! { <style nonce=use_nonce() inner_html=style></style> }.into_any(),
        None => view! { <link rel="stylesheet" href=address/> }.into_any(),
    };
    // `<` is the one character that could end the script element early, or open a comment in it.
    let state = boot.to_text().replace('<', "\\u003c");
    let about = boot.words.about_parlor();
    let title = if boot.is_blank() { "Parlor".to_owned() } else { format!("{} · Parlor", boot.room) };
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
            {theme_colours(boot.settings)}
            <link rel="icon" type="image/svg+xml" href=ICON/>
            <link rel="apple-touch-icon" href="/app/touch-180.png"/>
            <link rel="manifest" href="/app.webmanifest"/>
            {style}
            <AutoReload options=options.clone()/>
            {scripts(options)}
            <script type="application/json" id="boot" inner_html=state></script>
        </head>
    }
}

// The browser's own bars around the page, where the system is light and where it is dark.
fn theme_colours(settings: Settings) -> impl IntoView {
    let colour = |scheme: &str, colour| {
        html::meta().name("theme-color").attr("media", format!("(prefers-color-scheme: {scheme})")).content(colour)
    };
    let [light, dark] = settings.bars();
    [colour("light", light), colour("dark", dark)]
}

/// What turns the pages where no script does.
fn turner(boot: &Boot) -> impl IntoView + use<> {
    let (path, words) = (boot.room.path(), PageWords::of(boot.words.language()));
    let link = |to: String, label: &'static str| view! { <a href=to>{label}</a> };
    // The first of a page that is not the first page is not drawn: it waits for the one before it.
    let older = boot.events.get(1).filter(|_| boot.has_older);
    let newer = boot.events.iter().rev().nth(1).filter(|_| boot.has_newer);
    let older = older.map(|event| link(format!("{path}?before={}", event.seq), words.older()));
    let newer = newer.map(|event| link(format!("{path}?after={}", event.seq), words.newer()));
    let newest = if boot.has_newer { words.newest() } else { words.see_new() };
    let newest = link(path.clone(), newest);
    view! { <nav class="turner" aria-label=words.pages()>{older} {newer} {newest} {link("/rooms".to_owned(), words.all_rooms())} {link("/settings".to_owned(), boot.words.settings())}</nav> }
}
