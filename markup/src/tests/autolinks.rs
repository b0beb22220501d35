//! Tests of where bare URLs start and end, in sentences of many scripts: each URL is between `⟦` and `⟧`.

use super::tree;

const TEXTS: &[&str] = &[
    // Latin: sentences, quotes, dashes.
    "see ⟦https://x.y⟧.",
    "see ⟦https://x.y/a⟧, ⟦https://x.y/b⟧; ⟦https://x.y/c⟧: ok?",
    "is it ⟦https://x.y⟧?!",
    "wait ⟦https://x.y⟧…",
    "wait ⟦https://x.y⟧... ok",
    "“⟦https://x.y⟧” ‘⟦https://x.y⟧’",
    "«⟦https://x.y⟧» ‹⟦https://x.y⟧›",
    "»⟦https://x.y⟧« ›⟦https://x.y⟧‹",
    "„⟦https://x.y⟧“ ‚⟦https://x.y⟧‘",
    "\"⟦https://x.y⟧\" '⟦https://x.y⟧'",
    "« ⟦https://x.y⟧ »",
    "a—⟦https://x.y⟧—b",
    "⟦https://x.y⟧’s page",
    "⟦https://x.y/a-b–c⟧ – d",
    "¿⟦https://x.y⟧? ¡⟦https://x.y⟧!",
    "l’⟦https://x.y⟧",
    // Parentheses.
    "(⟦https://x.y⟧)",
    "(see ⟦https://x.y/a_(b)⟧)",
    "⟦https://x.y/a_(b)_(c)⟧, d",
    "⟦https://x.y/((a))⟧)",
    "⟦https://x.y/⟧(see there)",
    "⟦https://x.y/a⟧(b",
    "⟦https://x.y/(a)b⟧(c",
    "([⟦https://x.y⟧])",
    "{⟦https://x.y/{a}⟧}",
    "⟦http://[::1]:3000/?a[]=1⟧",
    // Delimiter characters at the end.
    "⟦https://x.y/a_⟧",
    "⟦https://x.y/a*⟧",
    "⟦https://x.y/~⟧",
    "⟦https://x.y/a~~⟧ b",
    "⟦https://x.y/_⟧, ⟦https://x.y/__⟧.",
    "_a_ ⟦https://x.y/_⟧",
    "⟦https://x.y/*a*/_b_⟧",
    "⟦mailto:a_b@c.d⟧, ⟦mailto:a@b.c?subject=d_⟧",
    // Chinese.
    "请看⟦https://x.y⟧。",
    "请看⟦https://x.y/a⟧，然后",
    "请看：⟦https://x.y⟧；好",
    "是⟦https://x.y⟧？对！⟦https://x.y⟧！",
    "（⟦https://x.y⟧）",
    "请看（⟦https://x.y/a_(b)⟧）吧",
    "《⟦https://x.y⟧》〈⟦https://x.y⟧〉【⟦https://x.y⟧】",
    "⟦https://x.y⟧（官网）",
    "⟦https://x.y⟧、⟦https://z.y⟧",
    "“⟦https://x.y⟧”，他说",
    "⟦https://例え.jp/路径⟧。",
    "等等⟦https://x.y⟧……",
    // Japanese.
    "これ⟦https://x.y⟧。",
    "「⟦https://x.y⟧」『⟦https://x.y⟧』",
    "リンク⟦https://x.y/ジョン・レノン⟧、見て",
    "｢⟦https://x.y⟧｣｡",
    "見て→⟦https://x.y⟧",
    // Korean.
    "주소⟦https://x.y⟧ 입니다",
    "「⟦https://x.y⟧」입니다",
    // Thai, Lao, Khmer, Myanmar.
    "ดู⟦https://x.y⟧ นะ",
    "ເບິ່ງ⟦https://x.y⟧ ເດີ",
    "មើល⟦https://x.y⟧។",
    "ကြည့်⟦https://x.y⟧။ ⟦https://x.y⟧၊",
    // Arabic, Persian, Urdu.
    "انظر ⟦https://x.y⟧، ثم",
    "هل ⟦https://x.y⟧؟",
    "⟦https://x.y⟧؛ نعم",
    "دیکھو ⟦https://x.y⟧۔",
    "«⟦https://x.y⟧»، گفت",
    "\u{200f}⟦https://x.y⟧\u{200f}،",
    // Hebrew.
    "ראו ⟦https://x.y⟧, \"⟦https://x.y⟧\".",
    "(⟦https://x.y⟧)׃",
    // Hindi, Bengali.
    "देखो ⟦https://x.y⟧। ⟦https://x.y⟧॥",
    "দেখ ⟦https://x.y⟧।",
    // Cyrillic, Greek, Armenian, Ethiopic, Georgian.
    "смотри «⟦https://x.y/путь⟧», да",
    "δες ⟦https://x.y⟧· ⟦https://x.y⟧\u{37e}",
    "տես ⟦https://x.y⟧։",
    "ተመልከት ⟦https://x.y⟧። ⟦https://x.y⟧፣",
    "ნახე „⟦https://x.y⟧“",
    "смотриhttps://x.y",
    "دیکھوhttps://x.y",
    // An invisible character after the URL, and schemes without a URL.
    "⟦https://x.y⟧\u{200b}a",
    "https://。 https://… https://** http://(",
];

#[test]
fn urls_end_where_a_reader_expects() {
    assert!(TEXTS.len() >= 60);
    for marked in TEXTS {
        let text = marked.replace(['⟦', '⟧'], "");
        let expected = marked.replace('⟦', "<a:").replace('⟧', ">").replace("_a_ <a", "<i:a> <a");
        assert_eq!(tree(&text), expected, "{text}");
    }
}

#[test]
fn open_emphasis_closes_after_a_url() {
    for (text, expected) in [
        ("**https://x.y**", "<b:<a:https://x.y>>"),
        ("_https://x.y/_", "<i:<a:https://x.y/>>"),
        ("*https://x.y/a_*", "<i:<a:https://x.y/a_>>"),
        ("~~https://x.y~~", "<s:<a:https://x.y>>"),
        ("***https://x.y***", "<b:<i:<a:https://x.y>>>"),
        ("**_https://x.y_**", "<b:<i:<a:https://x.y>>>"),
        ("_see https://x.y/a_b_.", "<i:see <a:https://x.y/a_b>>."),
        ("(*see https://x.y*)", "(<i:see <a:https://x.y>>)"),
        ("**https://x.y**，好", "<b:<a:https://x.y>>，好"),
        ("看**https://x.y**吧", "看<b:<a:https://x.y>>吧"),
        ("~~https://x.y/~a~~", "<s:<a:https://x.y/~a>>"),
        ("~~a https://x.y/~ b~~", "<s:a <a:https://x.y/~> b>"),
    ] {
        assert_eq!(tree(text), expected, "{text}");
    }
}
