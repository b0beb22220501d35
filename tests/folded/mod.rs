//! Texts and their folded forms, for tests on the host and in a browser.
//!
//! The host folds with Unicode tables, the browser with its `String` methods. Both must give the results of this table.

use parlor::search::{fold, is_mark};

/// Texts of many scripts, with their folded forms.
pub(crate) const FOLDED: [(&str, &str); 65] = [
    // Latin
    ("a\r\nb\rc\n\rd é\r\n", "a\nb\nc\n\nd e\u{301}\n"),
    ("Tea at 5 O'Clock\n\"now\"", "tea at 5 o'clock\n\"now\""),
    ("Café", "cafe\u{301}"),
    ("Cafe\u{301}", "cafe\u{301}"),
    ("STRASSE Straße STRAẞE", "strasse strasse strasse"),
    ("oﬃce ﬁﬂ ſt ﬆ", "office fifl st st"),
    ("ISPARTA ısparta İstanbul I\u{307}i\u{307}", "isparta isparta istanbul ii"),
    ("ŻÓŁW", "z\u{307}o\u{301}łw"),
    ("Ŀ ŉ ǆ Ǆ ǅ", "l· 'n dz\u{30C} dz\u{30C} dz\u{30C}"),
    // Vietnamese: marks in any order, composed or not
    ("VIỆT", "vie\u{323}\u{302}t"),
    ("vie\u{302}\u{323}t", "vie\u{323}\u{302}t"),
    ("vi\u{1EB9}\u{302}t", "vie\u{323}\u{302}t"),
    ("ưỡ", "u\u{31B}o\u{31B}\u{303}"),
    // Greek
    ("ΟΔΟΣ οδος Οδοσ", "οδοσ οδοσ οδοσ"),
    ("Ὀδυσσεύς", "ο\u{313}δυσσευ\u{301}σ"),
    ("ᾳ ᾼ ΑΙ ῷ", "αι αι αι ω\u{342}ι"),
    ("ϐϑϕϖ µ Ω", "βθφπ μ ω"),
    // Cyrillic
    ("МОЙ ёж", "мои\u{306} е\u{308}ж"),
    ("Ꙋꚉ ᲀ", "ꙋꚉ в"),
    // Georgian, Armenian, Cherokee
    ("ᲗᲑᲘᲚᲘᲡᲘ", "თბილისი"),
    ("ԵՒ և", "եւ եւ"),
    ("ꮳꮃᎩ", "ꮳꮃꭹ"),
    // Hebrew
    ("שָׁלוֹם", "ש\u{5B8}\u{5C1}לו\u{5B9}ם"),
    ("\u{FB2A}ל", "ש\u{5C1}ל"),
    ("צה\u{5F4}ל ג\u{5F3}", "צה\"ל ג'"),
    // Arabic
    ("محـــمد", "محمد"),
    ("\u{FEB3}\u{FEFC}\u{FEE1}", "سلام"),
    ("أإآ", "ا\u{654}ا\u{655}ا\u{653}"),
    ("\u{FDF2}", "الله"),
    ("À\u{FE71}", "a\u{64B}\u{300}"),
    ("می\u{200C}خواهم", "میخواهم"),
    // Scripts of India
    ("हिन्दी क़", "हिन्दी क\u{93C}"),
    ("ক\u{9CB}", "ক\u{9C7}\u{9BE}"),
    ("தமிழ் க\u{BCA}", "தமிழ் க\u{BC6}\u{BBE}"),
    // Thai and Lao
    ("ภาษาไทยน้ำ", "ภาษาไทยน\u{E49}\u{E4D}า"),
    ("ໜ", "ຫນ"),
    // Khmer, Tibetan
    ("ភាសា\u{200B}ខ្មែរ", "ភាសាខ្មែរ"),
    ("གྷ", "ག\u{FB7}"),
    // Japanese
    ("緑のお茶", "緑のお茶"),
    ("ﾀﾞｲｴｯﾄ ダイエット", "タ\u{3099}イエット タ\u{3099}イエット"),
    ("がか\u{3099}ぱ", "か\u{3099}か\u{3099}は\u{309A}"),
    ("「お茶」『茶』｢茶｣", "\"お茶\"\"茶\"\"茶\""),
    ("㍿ ㌔ ㊥ 〜～", "株式会社 キロ 中 ~~"),
    ("緑\u{3000}茶", "緑 茶"),
    // Full and half width
    ("ＡＢＣ１２３ｆｒｏｍ：", "abc123from:"),
    ("＂＇－！", "\"'-!"),
    // Chinese: ideographs for compatibility are the unified ones
    ("東京 \u{F9B4} \u{2F800}", "東京 領 丽"),
    // Korean: syllables, their jamo and those for compatibility
    ("한국", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}"),
    ("\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}", "\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}"),
    ("ㅎㅏ ﾡ", "\u{1112}\u{1161} \u{1100}"),
    // Quotes and apostrophes
    ("“a” „b“ ‟c‟ 〝d〟", "\"a\" \"b\" \"c\" \"d\""),
    ("«a» ‹b›", "«a» «b»"),
    ("don’t don‘t donʼt don´t don′t", "don't don't don't don't don't"),
    ("5′ 6″", "5' 6\""),
    // Dashes, slashes, blanks, dots
    ("a‐b‑c–d—e−f", "a-b-c-d-e-f"),
    ("½ 1⁄2 1∕2", "1/2 1/2 1/2"),
    ("a\u{A0}b\u{202F}c\u{2003}d", "a b c d"),
    ("wait…", "wait..."),
    // Letters that are symbols
    ("273 \u{212A} 3 \u{212B} ℌ 𝕏 Ⓐ ℡ ²", "273 k 3 a\u{30A} h x a tel 2"),
    ("𝚤 𝛓 ͺ", "i σ ι"),
    // Invisible characters
    ("co\u{AD}op\u{200B}\u{2060}\u{FEFF}", "coop"),
    ("❤\u{FE0F} 👩\u{200D}💻 1\u{FE0F}\u{20E3}", "❤ 👩💻 1\u{20E3}"),
    ("a\u{301}\u{34F}\u{323}", "a\u{323}\u{301}"),
    // Unchanged
    ("👋🏽 🇯🇵 → ∑ € @#%", "👋🏽 🇯🇵 → ∑ € @#%"),
    ("𐐀 𞤀 𐓀", "𐐨 𞤢 𐓨"),
];

/// Characters, and whether each is a combining mark that NFKD may reorder.
const MARKS: [(char, bool); 14] = [
    ('e', false),
    ('é', false),
    ('\u{301}', true),
    ('\u{323}', true),
    ('\u{344}', true),
    ('\u{3099}', true),
    ('\u{5B8}', true),
    ('\u{64B}', true),
    ('\u{93C}', true),
    ('\u{94D}', true),
    ('\u{93F}', false),
    ('\u{E38}', true),
    ('\u{11AB}', false),
    ('茶', false),
];

/// Asserts the folded form of each text, and that folding it again changes nothing.
pub(crate) fn texts_are_folded_as_in_the_table() {
    for (text, expected) in FOLDED {
        assert_eq!(fold(text), expected, "{text}");
        assert_eq!(fold(expected), expected, "{text}");
    }
}

/// Asserts that [`is_mark`] distinguishes combining marks from other characters.
pub(crate) fn marks_are_those_of_the_table() {
    for (c, expected) in MARKS {
        assert_eq!(is_mark(c), expected, "{c:?}");
    }
}
