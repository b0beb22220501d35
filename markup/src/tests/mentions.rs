//! Tests of mentions that are resolved by the names of people, and by stored ranges.

use std::sync::Arc;

use proptest::{prelude::*, sample::select};

use super::debug;
use parlor::limits::{MENTIONS_PER_MESSAGE, NAME_GRAPHEMES};

use crate::{
    AuthorId, GuessResolver, Mention, NameCandidates, NameIndex, NameResolver, Node, RangeResolver, name_key, parse,
};

const PEOPLE: [&str; 28] = [
    "Ana",
    "Ana Maria",
    "Mary",
    "Mary Ann",
    "O'Neil",
    "O’Brien",
    "Dr. Who",
    "C#",
    "C",
    "Jo (home)",
    "Jo",
    "R&D",
    "*star*",
    "a_b",
    "snake_case_",
    "Ünal Öz",
    "ΣΟΦΟΣ",
    "Жанна Ё",
    "שירה כהן",
    "سارة علي",
    "प्रिया",
    "さくら",
    "小明",
    "สมชาย",
    "김 민수",
    "Նարե",
    "👩‍💻",
    "[x](y",
];

fn id(number: usize) -> AuthorId {
    AuthorId(Arc::from(number.to_string()))
}

fn mention(start: usize, end: usize, author: usize) -> Mention {
    Mention { start: start as u32, end: end as u32, author: id(author) }
}

fn range(mention: &Mention) -> std::ops::Range<usize> {
    mention.start as usize..mention.end as usize
}

fn people() -> NameIndex {
    NameIndex::new(PEOPLE.iter().enumerate().map(|(number, name)| (*name, id(number))))
}

// The tree and the mentions of a text, resolved by name. Also asserts that the stored ranges give the same tree.
fn resolve_by_name(text: &str) -> (Vec<Node>, Vec<Mention>) {
    let names = people();
    let mut resolver = NameResolver::new(&names);
    let tree = parse(text, &mut resolver);
    let found = resolver.into_mentions();
    assert_eq!(parse(text, &mut RangeResolver::new(&found)), tree, "{text:?}");
    let mut nodes = Vec::new();
    collect_mentions(&tree, &mut nodes);
    let ranges: Vec<_> = found.iter().map(|found| (text[range(found)].to_owned(), found.author.clone())).collect();
    assert_eq!(ranges, nodes, "{text:?}");
    (tree, found)
}

fn collect_mentions(nodes: &[Node], found: &mut Vec<(String, AuthorId)>) {
    for node in nodes {
        match node {
            Node::Mention { text, author: Some(author) } => found.push((text.clone(), author.clone())),
            Node::Link { children, .. } => {
                let mut none = Vec::new();
                collect_mentions(children, &mut none);
                assert!(none.is_empty(), "a mention in a link");
            }
            _ => collect_mentions(node.children(), found),
        }
    }
}

#[track_caller]
fn mentions(expected: &[(&str, &str)]) {
    for (text, tree) in expected {
        assert_eq!(resolve_by_name(text).0.iter().map(debug).collect::<String>(), *tree, "{text}");
    }
}

#[test]
fn every_name_matches_as_a_whole_in_any_case_and_with_either_space() {
    for (number, name) in PEOPLE.iter().enumerate() {
        for typed in [(*name).to_owned(), name.to_lowercase(), name.replace(' ', "\u{a0}")] {
            for text in [format!("@{typed}"), format!("hi @{typed}, ok"), format!("> - **x**\r\n> - (@{typed})")] {
                let found = resolve_by_name(&text).1;
                let [mention] = &found[..] else { panic!("{text}: {found:?}") };
                assert_eq!(text[range(mention)], format!("@{typed}"));
                assert_eq!(mention.author, id(number), "{text}");
            }
        }
    }
}

#[test]
fn the_longest_name_that_ends_at_a_word_boundary_matches() {
    mentions(&[
        ("@Mary Ann and @mary anna", "<at:@Mary Ann> and <at:@mary> anna"),
        ("@Anabel, @Ana_2, @Ana2, @Anaя", "@Anabel, @Ana_2, @Ana2, @Anaя"),
        ("@Ana's, @Ana. @Ana-", "<at:@Ana>'s, <at:@Ana>. <at:@Ana>-"),
        ("@Ana\u{301}", "@Ana\u{301}"),
        ("@C# and @C", "<at:@C#> and <at:@C>"),
        ("@Jo (home) or @Jo (work)", "<at:@Jo (home)> or <at:@Jo> (work)"),
        ("@Nobody, @ Ana, @", "@Nobody, @ Ana, @"),
        ("@Ana\nMaria", "<at:@Ana>\nMaria"),
        ("@Dr.\nWho", "@Dr.\nWho"),
        ("@anaさん @さくらさん 你好@小明你好", "<at:@ana>さん <at:@さくら>さん 你好<at:@小明>你好"),
        ("@👩‍💻 @👩‍💻\u{200d}🔥", "<at:@👩‍💻> @👩‍💻\u{200d}🔥"),
    ]);
}

#[test]
fn mentions_are_not_in_code_links_or_words() {
    mentions(&[
        ("**@Ana** _@Mary Ann_ ~~@R&D~~ (@Jo)", "<b:<at:@Ana>> <i:<at:@Mary Ann>> <s:<at:@R&D>> (<at:@Jo>)"),
        ("`@Ana` and\n```\n@Ana\n```", "<p:<code:@Ana> and><pre:@Ana>"),
        (r"\@Ana \@Mary Ann", "@Ana @Mary Ann"),
        (
            "x@Ana 1@Ana é@Ana e\u{301}@Ana @@Ana /@Ana .@Ana -@Ana +@Ana",
            "x@Ana 1@Ana é@Ana e\u{301}@Ana @@Ana /@Ana .@Ana -@Ana +@Ana",
        ),
        ("https://x.y/@Ana mailto:@Ana", "<a:https://x.y/@Ana> <a:mailto:@Ana>"),
        ("[a](https://x.y/@Ana)", "<a https://x.y/@Ana:a>"),
        ("[@Ana](https://x.y) @Ana", "<a https://x.y:@Ana> <at:@Ana>"),
        ("[@Ana] and [a](https://x.y)", "[<at:@Ana>] and <a https://x.y:a>"),
        ("[a @[x](y b](https://x.y)", "<a https://x.y:a @[x](y b>"),
        ("*a @*star* b*", "<i:a <at:@*star*> b>"),
        ("> @Ana\r\n> @Jo\r\n\r\n- é @C#\r  @C", "<q:<at:@Ana>\n<at:@Jo>><ul:<-:é <at:@C#>\n<at:@C>>>"),
    ]);
}

#[test]
fn the_first_of_equal_names_is_used() {
    let names = NameIndex::new([("Ana", id(1)), ("ANA", id(2)), ("", id(3))]);
    assert_eq!(names.mentions("é @ana"), [Mention { start: 3, end: 7, author: id(1) }]);
    assert_eq!(NameIndex::default().mentions("@ana"), []);
}

#[test]
fn guessed_names_end_at_a_breaking_space() {
    let drawn = |text: &str| parse(text, &mut GuessResolver).iter().map(debug).collect::<String>();
    assert_eq!(drawn("@Nobody, @Mary Ann @Mary\u{a0}Ann"), "<at:@Nobody>, <at:@Mary> Ann <at:@Mary\u{a0}Ann>");
}

#[test]
fn ranges_that_do_not_fit_are_ignored() {
    // The offsets of `@`: 3 in text, 10 in code, 16 on the next line.
    let text = "é @ána `@b` c\n@d";
    for start in 0..=text.len() + 2 {
        for end in (0..=text.len() + 2).chain([u32::MAX as usize]) {
            let mentions = [mention(start, end, 1)];
            let mut found = Vec::new();
            collect_mentions(&parse(text, &mut RangeResolver::new(&mentions)), &mut found);
            let line_end = if start == 3 { 15 } else { 18 };
            let fits = matches!(start, 3 | 16) && end > start + 1 && end <= line_end && text.is_char_boundary(end);
            assert_eq!(!found.is_empty(), fits, "{start}..{end}");
            assert!(found.iter().all(|(name, _)| *name == text[start..end]), "{start}..{end}");
        }
    }
}

fn pieces() -> impl Strategy<Value = String> {
    let name = select(&PEOPLE[..]).prop_map(|name| format!("@{name}"));
    let other = select(vec![
        " ",
        " ",
        "\n",
        "\r\n",
        "\r",
        "\n> ",
        "\n- ",
        "\n  ",
        "*",
        "**",
        "_",
        "~~",
        "`",
        "```\n",
        "\n```\n",
        "[",
        "](",
        "](https://x.y)",
        ")",
        "\\",
        "https://x.y/",
        "@",
        "word",
        "слово",
        "מילה",
        "كلمة",
        "शब्द",
        "言葉",
        "คำ",
        "단어",
        "λέξη",
        "բառ",
        "👍🏽",
        "e\u{301}",
        "\u{a0}",
        ".",
        "。",
    ])
    .prop_map(str::to_owned);
    proptest::collection::vec(prop_oneof![1 => name, 3 => other], 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn stored_ranges_give_the_same_tree_as_names(text in pieces()) {
        resolve_by_name(&text);
    }

    #[test]
    fn candidates_are_sufficient_to_resolve_mentions(text in pieces()) {
        let candidates = NameCandidates::of(&text);
        let known = PEOPLE.iter().enumerate().filter(|(_, name)| candidates.contains(&name_key(name)));
        let known = NameIndex::new(known.map(|(number, name)| (*name, id(number))));
        prop_assert_eq!(known.mentions(&text), people().mentions(&text));
    }

    #[test]
    fn invalid_ranges_do_not_panic(text in pieces(), ranges in proptest::collection::vec((0usize..200, 0usize..200), 0..8)) {
        let mentions: Vec<_> =
            ranges.into_iter().map(|(start, end)| mention(start, end, 0)).collect();
        let mut found = Vec::new();
        collect_mentions(&parse(&text, &mut RangeResolver::new(&mentions)), &mut found);
        prop_assert!(found.len() <= mentions.len());
        for (name, _) in found {
            prop_assert!(mentions.iter().any(|mention| text.get(range(mention)) == Some(&name)));
        }
    }
}

#[test]
fn every_possible_name_is_a_candidate() {
    assert_eq!(
        NameCandidates::of("hi @Mary\u{a0}Ann, or @bo"),
        ["bo", "mary", "mary ann", "mary ann,", "mary ann, or", "mary ann, or @", "mary ann, or @bo"]
    );
    assert_eq!(NameCandidates::of("no one"), [""; 0]);
    let long = format!("@{}", "a b ".repeat(1_000));
    assert!(NameCandidates::of(&long).len() <= NAME_GRAPHEMES, "the length of a name is limited");
    let many: String = (0..10_000).map(|number| format!("@{number} a b c d ")).collect();
    assert!(NameCandidates::of(&many).len() <= 1_000, "the number of candidates is limited");
}

#[test]
fn mentions_beyond_the_limit_are_text() {
    let text = "@ana ".repeat(MENTIONS_PER_MESSAGE + 10);
    assert_eq!(people().mentions(&text).len(), MENTIONS_PER_MESSAGE);
}
