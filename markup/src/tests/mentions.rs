//! Mentions by names of people, and by the ranges that are stored of them.

use std::sync::Arc;

use proptest::{prelude::*, sample::select};

use super::shown;
use parlor::limits::{MENTIONS_PER_MESSAGE, NAME_GRAPHEMES};

use crate::{AuthorId, Candidates, Guess, Mention, Names, NamesResolver, Node, Ranges, name_key, parse};

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

fn people() -> Names {
    Names::new(PEOPLE.iter().enumerate().map(|(number, name)| (*name, id(number))))
}

// The tree by names; by the way what they find, and that the ranges of it make the same tree.
fn resolved(text: &str) -> (Vec<Node>, Vec<Mention>) {
    let names = people();
    let mut resolver = NamesResolver::new(&names);
    let tree = parse(text, &mut resolver);
    let found = resolver.into_mentions();
    assert_eq!(parse(text, &mut Ranges::new(&found)), tree, "{text:?}");
    let mut nodes = Vec::new();
    gather(&tree, &mut nodes);
    let ranges: Vec<_> = found.iter().map(|found| (text[range(found)].to_owned(), found.author.clone())).collect();
    assert_eq!(ranges, nodes, "{text:?}");
    (tree, found)
}

fn gather(nodes: &[Node], found: &mut Vec<(String, AuthorId)>) {
    for node in nodes {
        match node {
            Node::Mention { text, author: Some(author) } => found.push((text.clone(), author.clone())),
            Node::Link { inside, .. } => {
                let mut none = Vec::new();
                gather(inside, &mut none);
                assert!(none.is_empty(), "a mention in a link");
            }
            _ => gather(node.inside(), found),
        }
    }
}

#[track_caller]
fn mentions(expected: &[(&str, &str)]) {
    for (text, tree) in expected {
        assert_eq!(resolved(text).0.iter().map(shown).collect::<String>(), *tree, "{text}");
    }
}

#[test]
fn every_name_is_told_whole_in_any_case_and_with_either_blank() {
    for (number, name) in PEOPLE.iter().enumerate() {
        for written in [(*name).to_owned(), name.to_lowercase(), name.replace(' ', "\u{a0}")] {
            for text in [format!("@{written}"), format!("hi @{written}, ok"), format!("> - **x**\r\n> - (@{written})")]
            {
                let found = resolved(&text).1;
                let [mention] = &found[..] else { panic!("{text}: {found:?}") };
                assert_eq!(text[range(mention)], format!("@{written}"));
                assert_eq!(mention.author, id(number), "{text}");
            }
        }
    }
}

#[test]
fn the_longest_name_counts_and_ends_with_its_word() {
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
fn a_mention_stands_in_text_and_not_within_a_word() {
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
fn of_equal_names_the_first_one_counts() {
    let names = Names::new([("Ana", id(1)), ("ANA", id(2)), ("", id(3))]);
    assert_eq!(names.mentions("é @ana"), [Mention { start: 3, end: 7, author: id(1) }]);
    assert_eq!(Names::default().mentions("@ana"), []);
}

#[test]
fn a_guess_is_what_it_always_was() {
    let drawn = |text: &str| parse(text, &mut Guess).iter().map(shown).collect::<String>();
    assert_eq!(drawn("@Nobody, @Mary Ann @Mary\u{a0}Ann"), "<at:@Nobody>, <at:@Mary> Ann <at:@Mary\u{a0}Ann>");
}

#[test]
fn ranges_that_do_not_fit_are_ignored() {
    // The places of `@`: 3 in text, 10 in code, 16 on the next line.
    let text = "é @ána `@b` c\n@d";
    for start in 0..=text.len() + 2 {
        for end in (0..=text.len() + 2).chain([u32::MAX as usize]) {
            let mentions = [mention(start, end, 1)];
            let mut found = Vec::new();
            gather(&parse(text, &mut Ranges::new(&mentions)), &mut found);
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
    fn ranges_make_the_tree_that_names_made(text in pieces()) {
        resolved(&text);
    }

    #[test]
    fn candidates_are_enough_to_resolve(text in pieces()) {
        let candidates = Candidates::of(&text);
        let known = PEOPLE.iter().enumerate().filter(|(_, name)| candidates.contains(&name_key(name)));
        let known = Names::new(known.map(|(number, name)| (*name, id(number))));
        prop_assert_eq!(known.mentions(&text), people().mentions(&text));
    }

    #[test]
    fn any_ranges_are_read_without_a_panic(text in pieces(), ranges in proptest::collection::vec((0usize..200, 0usize..200), 0..8)) {
        let mentions: Vec<_> =
            ranges.into_iter().map(|(start, end)| mention(start, end, 0)).collect();
        let mut found = Vec::new();
        gather(&parse(&text, &mut Ranges::new(&mentions)), &mut found);
        prop_assert!(found.len() <= mentions.len());
        for (name, _) in found {
            prop_assert!(mentions.iter().any(|mention| text.get(range(mention)) == Some(&name)));
        }
    }
}

#[test]
fn whatever_may_be_a_name_is_a_candidate_and_no_name_is_missed() {
    assert_eq!(
        Candidates::of("hi @Mary\u{a0}Ann, or @bo"),
        ["bo", "mary", "mary ann", "mary ann,", "mary ann, or", "mary ann, or @", "mary ann, or @bo"]
    );
    assert_eq!(Candidates::of("no one"), [""; 0]);
    let long = format!("@{}", "a b ".repeat(1_000));
    assert!(Candidates::of(&long).len() <= NAME_GRAPHEMES, "a name has an end");
    let many: String = (0..10_000).map(|number| format!("@{number} a b c d ")).collect();
    assert!(Candidates::of(&many).len() <= 1_000, "and a message has so many");
}

#[test]
fn after_so_many_places_an_at_is_text() {
    let text = "@ana ".repeat(MENTIONS_PER_MESSAGE + 10);
    assert_eq!(people().mentions(&text).len(), MENTIONS_PER_MESSAGE);
}
