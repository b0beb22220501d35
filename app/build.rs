//! Generates the texts of the page from `locales`: a method for each key of `en.json`, and a constant for each
//! language. A text that another language lacks is a compile error, and nothing is parsed at run time.

use std::{env, error::Error, fmt::Write as _, fs, path::Path};

use serde_json::{Map, Value};

const LANGUAGES: [&str; 5] = ["ar", "de", "en", "es", "ja"];

/// The parts of a locale: key, type of the texts without its `s`, name of the constant, and the feature that has it.
const PARTS: [(&str, &str, &str, &str); 2] =
    [("page", "Text", "TEXTS", ""), ("server_pages", "ServerPageText", "PAGES", "#[cfg(feature = \"ssr\")]")];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=locales");
    let out = env::var("OUT_DIR")?;
    for language in LANGUAGES {
        let file = format!("locales/{language}.json");
        let locale: Map<String, Value> = serde_json::from_str(&fs::read_to_string(&file)?)?;
        let mut constants = String::new();
        for (part, class, constant, feature) in PARTS {
            let texts = locale.get(part).and_then(Value::as_object).ok_or(format!("{file} has no {part}"))?;
            let (mut fields, mut methods) = (String::new(), String::new());
            for (key, text) in texts {
                let text = text.as_str().ok_or(format!("{key} in {file} is not a text"))?;
                writeln!(fields, "{key}: {text:?},")?;
                writeln!(methods, "#[doc = {:?}]\n{key},", format!("In English: `{text}`"))?;
            }
            let fields = format!("{class}Fields {{\n{fields}}}");
            writeln!(constants, "{feature}\npub(in crate::i18n) static {constant}: {class}s = {fields}.texts();")?;
            if language == "en" {
                let code = format!(
                    "define_texts! {{\n/// The texts of `{part}` in one language.\npub struct {class}s of {class}Fields {{\n{methods}}} }}"
                );
                fs::write(Path::new(&out).join(format!("{part}.rs")), code)?;
            }
        }
        fs::write(Path::new(&out).join(format!("{language}.rs")), constants)?;
    }
    Ok(())
}
