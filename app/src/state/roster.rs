//! Who is in the room, as the People list shows them.

use std::cmp::Ordering;

use parlor::{
    Author, AuthorId, Name,
    message::{Present, Roster, Standing},
    search::{fold, is_mark},
};

use super::me::Me;

/// Lines that are shown at first, and come each time that somebody wants to see more: drawing them takes a slow device a
/// moment, and a crowd changes every second.
const LINES: usize = 100;

/// The people by name, and how many they are: in a crowd more than are known by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct People {
    count: u32,
    // How many lines are shown at most.
    lines: usize,
    // In order. Each takes its place when they come: to sort all at once is more code than the rest of this file.
    listed: Vec<Present>,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub author: Author,
    /// Their colour.
    pub colour: u8,
    /// Whether it is the reader.
    pub me: bool,
    /// In which way they are there.
    pub standing: Standing,
    /// Whether the reader hears nothing of them.
    pub ignored: bool,
    /// The name of somebody else in the list that differs in accents alone.
    pub unlike: Option<Name>,
}

impl Default for People {
    fn default() -> Self {
        Self { count: 0, lines: LINES, listed: Vec::new() }
    }
}

impl People {
    /// A fresh roster.
    pub fn new(roster: &Roster) -> Self {
        let mut people = Self::default();
        people.changed(&roster.people, &[], roster.count);
        people
    }

    /// How many people there are.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Takes who came and went.
    pub fn changed(&mut self, joined: &[Present], left: &[Author], count: u32) {
        for author in left {
            self.listed.retain(|listed| listed.author.id != author.id);
        }
        for present in joined {
            self.listed.retain(|listed| listed.author.id != present.author.id);
            let place = self.listed.partition_point(|listed| by_name(&listed.author, &present.author).is_lt());
            self.listed.insert(place, present.clone());
        }
        self.count = count;
    }

    /// Whether this person is listed: then "joined" means a new name, or that they are there in another way.
    pub fn has(&self, id: &AuthorId) -> bool {
        self.listed.iter().any(|listed| listed.author.id == *id)
    }

    /// Everyone who is listed, by name.
    pub fn authors(&self) -> impl Iterator<Item = &Author> {
        self.listed.iter().map(|listed| &listed.author)
    }

    /// Whether more can be shown.
    pub fn has_more(&self) -> bool {
        self.listed.len() > self.lines
    }

    /// Shows more.
    pub fn show_more(&mut self) {
        self.lines += LINES;
    }

    /// The list, as far as it is shown: the reader first, the others by name.
    pub fn list(&self, me: &Me) -> Vec<Person> {
        let person = |present: &Present| {
            let Present { author, standing } = present.clone();
            Person {
                colour: me.colour_of(&author.id),
                me: author.id == me.id,
                ignored: !me.hears(&author.id),
                unlike: None,
                author,
                standing,
            }
        };
        let mine = self.listed.iter().filter(|listed| listed.author.id == me.id);
        let others = self.listed.iter().filter(|listed| listed.author.id != me.id);
        let mut list: Vec<_> = mine.chain(others).take(self.lines).map(person).collect();
        tell_apart(&mut list);
        list
    }
}

fn tell_apart(list: &mut [Person]) {
    // Names in ASCII have no accents.
    if list.iter().all(|person| person.author.name.as_str().is_ascii()) {
        return;
    }
    let names: Vec<_> = list.iter().map(|person| person.author.name.clone()).collect();
    let bases: Vec<_> = names.iter().map(|name| without_marks(name.as_str())).collect();
    for (index, person) in list.iter_mut().enumerate() {
        let alike = |other: &usize| *other != index && bases[*other] == bases[index];
        person.unlike = (0..names.len()).find(alike).map(|other| names[other].clone());
    }
}

fn without_marks(name: &str) -> String {
    fold(name).chars().filter(|c| !is_mark(*c)).collect()
}

fn by_name(one: &Author, other: &Author) -> Ordering {
    letters(one).cmp(letters(other)).then_with(|| one.id.cmp(&other.id))
}

fn letters(author: &Author) -> impl Iterator<Item = u8> {
    author.name.as_str().bytes().map(|byte| byte.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::super::timeline::tests::author;
    use super::*;
    use crate::settings::Settings;

    #[test]
    fn the_reader_stands_first_and_the_others_by_name() {
        let present = |name| Present { author: author(name), standing: Standing::Here };
        let mut people = People::new(&Roster { count: 2, people: vec![present("zoe"), present("ana")] });
        people.changed(&[present("Kofi")], &[author("ana")], 2);
        let names = |me: &str| -> Vec<_> {
            let me = Me::new(AuthorId(me.into()), None, Settings::default());
            people.list(&me).iter().map(|person| person.author.name.to_string()).collect()
        };
        assert_eq!(names("nobody"), ["Kofi", "zoe"]);
        assert_eq!(names("zoe"), ["zoe", "Kofi"]);
    }

    #[test]
    fn names_that_differ_in_accents_alone_are_told_apart() {
        let present = |name| Present { author: author(name), standing: Standing::Here };
        let names = ["Ana María", "ana maria", "Åsa", "Asa", "Jose\u{301}", "José!", "Иван", "иваń", "Ann"];
        let people = People::new(&Roster { count: 9, people: names.map(present).to_vec() });
        let me = Me::new(AuthorId("nobody".into()), None, Settings::default());
        let told: Vec<_> = people
            .list(&me)
            .into_iter()
            .filter_map(|person| Some((person.author.name.to_string(), person.unlike?.to_string())))
            .collect();
        let pairs = [("ana maria", "Ana María"), ("Ana María", "ana maria"), ("Asa", "Åsa"), ("Åsa", "Asa")];
        assert_eq!(told, pairs.map(|(one, other)| (one.to_owned(), other.to_owned())));
    }

    #[test]
    fn a_crowd_is_shown_in_parts() {
        let present = |name: &str| Present { author: author(name), standing: Standing::Here };
        let crowd: Vec<_> = (0..250).map(|index| present(&format!("p{index:03}"))).collect();
        let mut people = People::default();
        people.changed(&crowd, &[], 3_000);
        let me = Me::new(AuthorId("p249".into()), None, Settings::default());
        let mut shown = Vec::new();
        while people.has_more() {
            shown.push(people.list(&me).len());
            people.show_more();
        }
        shown.push(people.list(&me).len());
        assert_eq!(shown, [100, 200, 250]);
    }
}
