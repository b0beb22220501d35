//! Comings and goings between two messages, condensed to one quiet line. They live in the page only.

use parlor::{Author, AuthorId};

use crate::words::{Words, fill};

/// Lines kept at most.
const LINES_MOST: usize = 60;

/// Who came and went after one message and before the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coming {
    /// The seq of the event before.
    pub after: u64,
    joined: Vec<Author>,
    left: Vec<Author>,
}

/// All lines, oldest first.
#[derive(Clone, Debug, Default)]
pub struct Comings(Vec<Coming>);

impl Comings {
    /// The lines.
    pub fn lines(&self) -> &[Coming] {
        &self.0
    }

    /// Takes who came and went while the newest event was `after`.
    pub fn add(&mut self, after: u64, joined: Vec<Author>, left: Vec<Author>) {
        let index = self.0.partition_point(|line| line.after < after);
        if self.0.get(index).is_none_or(|line| line.after != after) {
            self.0.insert(index, Coming { after, ..Coming::default() });
        }
        if let Some(line) = self.0.get_mut(index) {
            for author in joined {
                if !remove(&mut line.left, &author.id) {
                    remove(&mut line.joined, &author.id);
                    line.joined.push(author);
                }
            }
            for author in left {
                if !remove(&mut line.joined, &author.id) {
                    line.left.push(author);
                }
            }
        }
        self.0.retain(|line| !(line.joined.is_empty() && line.left.is_empty()));
        let surplus = self.0.len().saturating_sub(LINES_MOST);
        self.0.drain(..surplus);
    }
}

impl Coming {
    /// The line in words: "Kofi and 2 others joined, Lena left".
    pub fn text(&self, words: &Words) -> String {
        let told = |forms, people: &[Author]| {
            names(people, words).map(|names| words.counted(forms, people.len(), &[&names])).unwrap_or_default()
        };
        match (told(words.joined(), &self.joined), told(words.left(), &self.left)) {
            (joined, left) if left.is_empty() => joined,
            (joined, left) if joined.is_empty() => left,
            (joined, left) => fill(words.joined_and_left(), &[&joined, &left]),
        }
    }
}

// Someone who went and is back, or came and is gone again, needs no mention.
fn remove(list: &mut Vec<Author>, id: &AuthorId) -> bool {
    let before = list.len();
    list.retain(|author| author.id != *id);
    list.len() < before
}

fn names(list: &[Author], words: &Words) -> Option<String> {
    match list {
        [] => None,
        [one] => Some(one.name.to_string()),
        [one, two] => Some(fill(words.two_names(), &[one.name.as_str(), two.name.as_str()])),
        [one, rest @ ..] => {
            let others = words.number(rest.len());
            Some(words.counted(words.name_and_others(), rest.len(), &[one.name.as_str(), &others]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::timeline::tests::author;
    use super::*;
    use crate::words::ENGLISH;

    fn text(steps: &[(&[&str], &[&str])]) -> Vec<String> {
        let mut comings = Comings::default();
        let authors = |names: &[&str]| names.iter().map(|name| author(name)).collect();
        for (joined, left) in steps {
            comings.add(4, authors(joined), authors(left));
        }
        comings.lines().iter().map(|line| line.text(ENGLISH)).collect()
    }

    #[test]
    fn comings_are_condensed_to_what_changed() {
        assert_eq!(text(&[(&["Kofi", "Bo"], &[]), (&["Ada"], &["Lena"])]), ["Kofi and 2 others joined, Lena left"]);
        assert_eq!(text(&[(&["Kofi", "Bo"], &[])]), ["Kofi and Bo joined"]);
        assert_eq!(text(&[(&["Kofi"], &[]), (&[], &["Kofi"])]), Vec::<String>::new());
        assert_eq!(text(&[(&[], &["Kofi"]), (&["Kofi"], &[])]), Vec::<String>::new());
        assert_eq!(text(&[(&["Kofi"], &[]), (&["Kofi"], &[])]), ["Kofi joined"]);
    }
}
