//! Who is in the room, as the People list shows them.

use std::cmp::Ordering;

use parlor::{
    Author, AuthorId,
    message::{Present, Roster, Standing},
};

use super::me::Me;

/// The people by name, and how many they are: in a crowd more than are known by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    count: u32,
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

    /// The list: the reader first, the others by name.
    pub fn list(&self, me: &Me) -> Vec<Person> {
        let person = |present: &Present| {
            let Present { author, standing } = present.clone();
            Person {
                colour: me.colour_of(&author.id),
                me: author.id == me.id,
                ignored: !me.hears(&author.id),
                author,
                standing,
            }
        };
        let mine = self.listed.iter().filter(|listed| listed.author.id == me.id);
        mine.chain(self.listed.iter().filter(|listed| listed.author.id != me.id)).map(person).collect()
    }
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
}
