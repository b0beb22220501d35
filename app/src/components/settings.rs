//! What a reader may set for themselves: a form that acts at once, or is sent where no script runs.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Event, HtmlInputElement};

use super::{
    element::{element, field, text},
    panel::{Panel, Panels},
    sheet::sheet,
};
use crate::{
    Session,
    erase::Erase,
    live::{all, nearest, view},
    settings::Settings,
    state::colour::COLOURS,
    words::{Language, Words, fill},
};

/// The sheet, while it is open.
pub(super) fn settings(session: Session, panels: Panels) -> AnyView {
    view(move || if panels.is_open(Panel::Settings) { form(session) } else { ().erase() })
}

fn form(session: Session) -> AnyView {
    let words = session.words;
    let chosen = session.shown.read_untracked().settings;
    let note = element("p", [("class", "quiet-note".into())], text(words.kept_here()));
    let form = [("class", "settings".into()), ("data-form", "settings".into())];
    sheet("settings", words.settings(), words, vec![note, element("form", form, choices(words, chosen))])
}

/// What there is to choose, with what is chosen.
pub fn choices(words: &'static Words, chosen: Settings) -> Vec<AnyView> {
    let languages = Language::ALL.map(|language| (language.tag(), language.own_name()));
    let language: Vec<_> = [("", words.as_browser())].into_iter().chain(languages).collect();
    let (off, on) = (("", words.off()), ("on", words.on()));
    let mut all = vec![
        choice("lang", words.language_setting(), &language, chosen.language.map_or("", Language::tag)),
        choice(
            "theme",
            words.theme(),
            &[("", words.as_system()), ("light", words.theme_light()), ("dark", words.theme_dark())],
            chosen.theme(),
        ),
        choice(
            "density",
            words.density(),
            &[("", words.density_roomy()), ("compact", words.density_compact())],
            if chosen.compact { "compact" } else { "" },
        ),
        choice(
            "hours",
            words.times(),
            &[("", words.as_browser()), ("24", words.hours_24()), ("12", words.hours_12())],
            chosen.hours(),
        ),
        choice(
            "motion",
            words.motion(),
            &[("", words.as_system()), ("less", words.motion_less())],
            if chosen.calm { "less" } else { "" },
        ),
        choice("sound", words.sound(), &[off, on], if chosen.sound { "on" } else { "" }),
    ];
    let colours = (0..COLOURS).map(|colour| {
        let label = fill(words.colour(), &[&words.number(usize::from(colour) + 1)]);
        let swatch = element("span", [("class", format!("swatch u{colour}").into())], []);
        option("colour", colour.to_string(), chosen.colour == Some(colour), [swatch, heard(label)])
    });
    let given = option("colour", String::new(), chosen.colour.is_none(), text(words.as_others_see()));
    let mut colours: Vec<_> = [given].into_iter().chain(colours).collect();
    colours.insert(0, element("legend", [], text(words.own_colour())));
    all.push(element("fieldset", [], colours));
    all
}

fn choice(name: &'static str, legend: &'static str, options: &[(&'static str, &'static str)], chosen: &str) -> AnyView {
    let mut inside = vec![element("legend", [], text(legend))];
    inside
        .extend(options.iter().map(|(value, label)| option(name, (*value).to_owned(), *value == chosen, text(*label))));
    element("fieldset", [], inside)
}

fn option(name: &'static str, value: String, chosen: bool, label: impl Into<Vec<AnyView>>) -> AnyView {
    let mut attributes = vec![("type", "radio".into()), ("name", name.into()), ("value", value.into())];
    if chosen {
        attributes.push(("checked", "".into()));
    }
    let label = element("span", [], label);
    element("label", [], [field(attributes), label])
}

fn heard(text: String) -> AnyView {
    element("span", [("class", "unseen".into())], [text.erase()])
}

/// Something was chosen: it holds from now on.
pub(super) fn chosen(session: Session, event: &Event) {
    let Some(form) = nearest(event, "[data-form=settings]") else { return };
    let marked = all(&form, "input:checked").into_iter().filter_map(|field| field.dyn_into::<HtmlInputElement>().ok());
    let text: Vec<_> = marked.map(|field| format!("{}={}", field.name(), field.value())).collect();
    session.set(Settings::parse(&text.join("&")));
}
