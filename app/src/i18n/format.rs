//! Formatting of texts: placeholders, plural forms and numbers.

use super::{
    bidi::{against, isolate_from},
    texts::Texts,
};

impl Texts {
    /// Formats a whole number with the digits and the grouping of the language.
    pub fn number(&self, number: usize) -> String {
        self.language().format_number(number as u64)
    }

    /// Selects the plural form for a count, and fills in the count.
    pub fn count(&self, forms: &str, count: usize) -> String {
        self.counted(forms, count, &[&self.number(count)])
    }

    /// Selects the plural form for a count, and fills in `parts`.
    pub fn counted(&self, forms: &str, count: usize, parts: &[&str]) -> String {
        let form =
            forms.split('|').nth(self.language().plural_form(count as u64)).or_else(|| forms.split('|').next_back());
        fill(form.unwrap_or(forms), parts)
    }

    /// The number of people in a room as a label; empty for none.
    pub fn people_here_label(&self, people: u32) -> String {
        if people == 0 { String::new() } else { self.count(self.people_here(), people as usize) }
    }
}

/// Replaces the placeholders `{0}`, `{1}`… of a text by `parts`. A part that runs in the other direction is isolated,
/// see [`isolate`](super::isolate). A placeholder without a part stays as it is.
pub fn fill(text: &str, parts: &[&str]) -> String {
    let against = against(text, parts);
    let mut filled = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let part =
            after.split_once('}').and_then(|(index, after)| Some((parts.get(index.parse::<usize>().ok()?)?, after)));
        match part {
            Some((part, after)) => {
                filled.push_str(&isolate_from(part, against));
                rest = after;
            }
            None => {
                filled.push('{');
                rest = after;
            }
        }
    }
    filled + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_may_be_in_any_order() {
        assert_eq!(fill("{1} in #{0}", &["lobby", "{0}"]), "{0} in #lobby");
        assert_eq!(fill("a {7} {x {", &["b"]), "a {7} {x {");
    }

    #[test]
    fn a_date_is_not_isolated_part_by_part() {
        assert_eq!(fill("{0} {1} {2}", &["٢٤", "نوفمبر", "٢٠٢٦"]), "٢٤ نوفمبر ٢٠٢٦");
        assert_eq!(fill("{0} (#{1})", &["דנה!", "lobby"]), "\u{2068}דנה!\u{2069} (#lobby)");
        assert_eq!(fill("{0} (#{1})", &["Ana", "lobby"]), "Ana (#lobby)");
    }
}
