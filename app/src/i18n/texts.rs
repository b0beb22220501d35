//! The texts of the page: a method of [`Texts`] for each key of `locales/en.json`, with the English text as its
//! documentation. `build.rs` generates them. A text that another language lacks is a compile error.

use crate::language::Language;

// Each text is an element of one array, not a field of its own: moving a struct with so many fields takes thousands of
// bytes in WASM.
macro_rules! define_texts {
    ($(#[$about:meta])* pub struct $Texts:ident of $TextFields:ident { $($(#[$what:meta])* $text:ident,)* }) => {
        $(#[$about])*
        #[derive(Debug, PartialEq, Eq)]
        pub struct $Texts([&'static str; COUNT]);

        const COUNT: usize = [$(stringify!($text)),*].len();

        #[allow(non_camel_case_types, reason = "variants have the names of the methods")]
        enum Index {
            $($text,)*
        }

        /// The texts of one language by name, to be converted into the list.
        pub(super) struct $TextFields {
            $(pub(super) $text: &'static str,)*
        }

        impl $TextFields {
            /// Converts the named texts into the list.
            pub(super) const fn texts(self) -> $Texts {
                $Texts([$(self.$text,)*])
            }
        }

        impl $Texts {
            $($(#[$what])* pub fn $text(&self) -> &'static str {
                self.0[Index::$text as usize]
            })*

            /// All texts, in the order of their declaration.
            pub fn list(&self) -> &[&'static str] {
                &self.0
            }

            /// Makes the texts from such a list. `None` if its length is wrong.
            pub fn from_list(list: Vec<&'static str>) -> Option<Self> {
                Some(Self(*Box::try_from(list.into_boxed_slice()).ok()?))
            }
        }
    };
}
#[cfg(feature = "ssr")]
pub(super) use define_texts;

include!(concat!(env!("OUT_DIR"), "/page.rs"));

impl Texts {
    /// The language of these texts.
    pub fn language(&self) -> Language {
        Language::parse(self.tag()).unwrap_or_default()
    }
}

#[cfg(feature = "ssr")]
impl serde::Serialize for Texts {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.list().serialize(serializer)
    }
}
