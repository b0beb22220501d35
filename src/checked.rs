//! Conversions for string newtypes that are validated by a `parse` function.

/// Implements `TryFrom<String>` (through `Type::parse`) and `From<Type> for String`, which serde uses, for a string
/// newtype. With `shown` it also implements `Display`.
macro_rules! checked_text {
    ($type:ident) => {
        impl TryFrom<String> for $type {
            type Error = $crate::ErrorCode;

            fn try_from(text: String) -> Result<Self, $crate::ErrorCode> {
                Self::parse(&text)
            }
        }

        impl From<$type> for String {
            fn from(text: $type) -> Self {
                Self::from(&*text.0)
            }
        }
    };
    ($type:ident, shown) => {
        $crate::checked::checked_text!($type);

        impl std::fmt::Display for $type {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

pub(crate) use checked_text;
