//! The form of settings. It applies each change at once; without script the browser sends it to the server.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

use super::{
    actions::FormKind,
    element::{element, field, text},
    panel::{Panel, Panels},
    sheet::sheet,
};
use crate::{
    ChatHandle,
    colour::COLOURS,
    dom::all,
    erase::Erase,
    i18n::{Language, Texts, fill},
    reactive::reactive_view,
    settings::Settings,
};

/// Renders the sheet of settings while it is open.
pub(super) fn settings(chat: ChatHandle, panels: Panels) -> AnyView {
    reactive_view(move || if panels.is_open(Panel::Settings) { form(chat) } else { ().erase() })
}

fn form(chat: ChatHandle) -> AnyView {
    let texts = chat.texts;
    let current = chat.view_state.read_untracked().settings;
    let note = element("p", [("class", "quiet-note".into())], text(texts.settings_stored_here()));
    let form = [("class", "settings".into()), FormKind::Settings.attribute()];
    sheet("settings", texts.settings(), texts, vec![note, element("form", form, choices(texts, current))])
}

/// Renders a group of radio buttons for each setting. `current` are the reader's settings.
pub fn choices(texts: &'static Texts, current: Settings) -> Vec<AnyView> {
    let languages = Language::ALL.map(|language| (language.tag(), language.native_name()));
    let language: Vec<_> = [("", texts.as_browser())].into_iter().chain(languages).collect();
    let (off, on) = (("", texts.off()), ("on", texts.on()));
    let mut all = vec![
        choice("lang", texts.language_setting(), &language, current.language.map_or("", Language::tag)),
        choice(
            "theme",
            texts.theme(),
            &[("", texts.as_system()), ("light", texts.theme_light()), ("dark", texts.theme_dark())],
            current.theme(),
        ),
        choice(
            "density",
            texts.density(),
            &[("", texts.density_roomy()), ("compact", texts.density_compact())],
            if current.compact { "compact" } else { "" },
        ),
        choice(
            "hours",
            texts.times(),
            &[("", texts.as_browser()), ("24", texts.hours_24()), ("12", texts.hours_12())],
            current.hours(),
        ),
        choice(
            "motion",
            texts.motion(),
            &[("", texts.as_system()), ("less", texts.motion_less())],
            if current.reduced_motion { "less" } else { "" },
        ),
        choice("sound", texts.sound(), &[off, on], if current.sound { "on" } else { "" }),
    ];
    let colours = (0..COLOURS).map(|colour| {
        let label = fill(texts.colour(), &[&texts.number(usize::from(colour) + 1)]);
        let swatch = element("span", [("class", format!("swatch u{colour}").into())], []);
        option("colour", colour.to_string(), current.colour == Some(colour), [swatch, spoken(label)])
    });
    let default = option("colour", String::new(), current.colour.is_none(), text(texts.as_others_see()));
    let mut colours: Vec<_> = [default].into_iter().chain(colours).collect();
    colours.insert(0, element("legend", [], text(texts.own_colour())));
    all.push(element("fieldset", [], colours));
    all
}

fn choice(name: &'static str, legend: &'static str, options: &[(&'static str, &'static str)], chosen: &str) -> AnyView {
    let mut children = vec![element("legend", [], text(legend))];
    children
        .extend(options.iter().map(|(value, label)| option(name, (*value).to_owned(), *value == chosen, text(*label))));
    element("fieldset", [], children)
}

fn option(name: &'static str, value: String, chosen: bool, label: impl Into<Vec<AnyView>>) -> AnyView {
    let mut attributes = vec![("type", "radio".into()), ("name", name.into()), ("value", value.into())];
    if chosen {
        attributes.push(("checked", "".into()));
    }
    let label = element("span", [], label);
    element("label", [], [field(attributes), label])
}

// A label for screen readers only.
fn spoken(text: String) -> AnyView {
    element("span", [("class", "unseen".into())], [text.erase()])
}

/// Handles an `input` event: applies the settings, if it was in their form.
pub(super) fn on_input(chat: ChatHandle, event: &Event) {
    let Some((FormKind::Settings, form)) = FormKind::of_event(event) else { return };
    let checked = all(&form, "input:checked").into_iter().filter_map(|field| field.dyn_into::<HtmlInputElement>().ok());
    let text: Vec<_> = checked.map(|field| format!("{}={}", field.name(), field.value())).collect();
    chat.set_settings(Settings::parse(&text.join("&")));
}
