//! Whether a key event belongs to a composition: text that an input method (IME) has not committed yet.

/// Greatest distance in time between a `compositionend` and a `keydown` of the same key, in milliseconds.
const SAME_KEY_MS: f64 = 500.0;

/// What the order of events says about a `keydown` that the browser does not mark as part of a composition.
///
/// Chromium and Firefox end a composition after the `keydown` of the key that ends it, Safari before
/// ([WebKit bug 165004](https://bugs.webkit.org/show_bug.cgi?id=165004)): there the next `keydown` is the one that
/// chose a word or cancelled the composition. A Korean input method commits its text on Enter and then sends a second
/// `keydown` of Enter for the page.
#[derive(Debug, Default)]
pub struct Composition {
    // When a composition ended, if its `keydown` has not come yet.
    ended: Option<f64>,
    // A key of the composition is down.
    key_down: bool,
}

impl Composition {
    /// Records a `compositionend`.
    pub fn end(&mut self, at: f64) {
        self.ended = (!self.key_down).then_some(at);
    }

    /// Records a `keydown`, after its handlers have run. `marked` is whether the browser marks it as part of a
    /// composition.
    pub fn key_down(&mut self, marked: bool) {
        *self = Self { ended: None, key_down: marked };
    }

    /// Records a `keyup`.
    pub fn key_up(&mut self) {
        *self = Self::default();
    }

    /// Whether a `keydown` at this time is the one that ended a composition just before.
    pub fn ended_by_key_down(&self, at: f64) -> bool {
        self.ended.is_some_and(|ended| (at - ended).abs() < SAME_KEY_MS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_safari_the_keydown_after_the_end_belongs_to_the_composition_and_the_next_does_not() {
        let mut composition = Composition::default();
        composition.key_down(true);
        composition.key_up();
        composition.end(1_000.0);
        assert!(composition.ended_by_key_down(1_002.0) && composition.ended_by_key_down(998.0));
        // Each handler of one event gets the same answer.
        assert!(composition.ended_by_key_down(1_002.0));
        composition.key_down(false);
        assert!(!composition.ended_by_key_down(1_003.0));
    }

    #[test]
    fn in_chromium_the_keydown_before_the_end_is_the_one_that_ended_it() {
        let mut composition = Composition::default();
        composition.key_down(true);
        composition.end(1_000.0);
        // A Korean input method sends Enter a second time, for the page.
        assert!(!composition.ended_by_key_down(1_001.0));
        composition.key_up();
        assert!(!composition.ended_by_key_down(1_050.0));
    }

    #[test]
    fn a_key_that_was_down_before_the_composition_does_not_count_as_its_end() {
        let mut composition = Composition::default();
        composition.key_down(false);
        composition.end(1_000.0);
        assert!(composition.ended_by_key_down(1_001.0));
    }

    #[test]
    fn an_end_without_a_key_expires_with_the_next_keyup_or_after_a_while() {
        let mut composition = Composition::default();
        composition.end(1_000.0);
        assert!(!composition.ended_by_key_down(1_500.0));
        composition.key_up();
        assert!(!composition.ended_by_key_down(1_001.0));
    }
}
