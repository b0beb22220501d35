//! Who is in the room, as the People list shows them.

use std::collections::BTreeMap;

use parlor::{Author, AuthorId, Name, message::Roster};

/// The people by id, and how many they are: in a crowd more than are known by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    count: u32,
    by_id: BTreeMap<AuthorId, Name>,
}

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who.
    pub author: Author,
    /// Whether it is the reader.
    pub me: bool,
}

impl People {
    /// A fresh roster.
    pub fn new(roster: Roster) -> Self {
        let by_id = roster.people.into_iter().map(|author| (author.id, author.name)).collect();
        Self { count: roster.count, by_id }
    }

    /// How many people there are.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Takes who came and went.
    pub fn changed(&mut self, joined: &[Author], left: &[Author], count: u32) {
        for author in left {
            self.by_id.remove(&author.id);
        }
        for author in joined {
            self.by_id.insert(author.id.clone(), author.name.clone());
        }
        self.count = count;
    }

    /// Whether this person is listed: then "joined" means a new name.
    pub fn has(&self, id: &AuthorId) -> bool {
        self.by_id.contains_key(id)
    }

    /// The list: the reader first, the others by name.
    pub fn list(&self, me: &AuthorId) -> Vec<Person> {
        let mut list: Vec<_> = self
            .by_id
            .iter()
            .map(|(id, name)| Person { author: Author { id: id.clone(), name: name.clone() }, me: id == me })
            .collect();
        list.sort_by_cached_key(|person| (!person.me, person.author.name.as_str().to_ascii_lowercase()));
        list
    }
}

#[cfg(test)]
mod tests {
    use super::super::timeline::tests::author;
    use super::*;

    #[test]
    fn the_reader_stands_first_and_the_others_by_name() {
        let mut people = People::new(Roster { count: 2, people: vec![author("zoe"), author("ana")] });
        people.changed(&[author("Kofi")], &[author("ana")], 2);
        let names = |me: &str| -> Vec<_> {
            people.list(&AuthorId(me.to_owned())).iter().map(|person| person.author.name.to_string()).collect()
        };
        assert_eq!(names("nobody"), ["Kofi", "zoe"]);
        assert_eq!(names("zoe"), ["zoe", "Kofi"]);
    }
}
