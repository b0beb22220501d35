//! The people in a room, and the items of the People list.

use std::cmp::Ordering;

use parlor::{
    Author, AuthorId, Name,
    message::{PresenceStatus, Present, Roster},
    search::{fold, is_mark},
};

use super::viewer::Viewer;

/// Items of the list that are rendered at first, and that "show more" adds. Rendering takes slow devices a noticeable
/// time, and a large room changes every second.
const PAGE_ITEMS: usize = 100;

/// The people in a room, and their number. The server lists only a part of a large room, so the number may be greater.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct People {
    count: u32,
    // The number of items to render.
    max_items: usize,
    // Sorted. Insertion keeps the order: a call of `sort` would add more code to the WASM than the rest of this file.
    listed: Vec<Present>,
}

/// An item of the People list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The author id and name.
    pub author: Author,
    /// The index of their colour.
    pub colour: u8,
    /// Whether it is the reader.
    pub me: bool,
    /// Their presence status.
    pub status: PresenceStatus,
    /// Whether the reader ignores them.
    pub ignored: bool,
    /// The name of somebody else in the list that differs in accents only, if there is one.
    pub similar_name: Option<Name>,
}

impl Default for People {
    fn default() -> Self {
        Self { count: 0, max_items: PAGE_ITEMS, listed: Vec::new() }
    }
}

impl People {
    /// The people of a roster.
    pub fn new(roster: &Roster) -> Self {
        let mut people = Self::default();
        people.update(&roster.people, &[], roster.count);
        people
    }

    /// The number of people in the room.
    pub fn count(&self) -> u32 {
        self.count
    }

    /// Applies a presence update. `joined` also has people with a new name or presence status; `count` is the new
    /// number.
    pub fn update(&mut self, joined: &[Present], left: &[Author], count: u32) {
        for author in left {
            self.listed.retain(|listed| listed.author.id != author.id);
        }
        for present in joined {
            self.listed.retain(|listed| listed.author.id != present.author.id);
            let index = self.listed.partition_point(|listed| by_name(&listed.author, &present.author).is_lt());
            self.listed.insert(index, present.clone());
        }
        self.count = count;
    }

    /// Whether this person is listed. Then "joined" in a presence update means a new name or presence status.
    pub fn has(&self, id: &AuthorId) -> bool {
        self.listed.iter().any(|listed| listed.author.id == *id)
    }

    /// All listed people, by name.
    pub fn authors(&self) -> impl Iterator<Item = &Author> {
        self.listed.iter().map(|listed| &listed.author)
    }

    /// Whether the list has more items than are rendered.
    pub fn has_more(&self) -> bool {
        self.listed.len() > self.max_items
    }

    /// Renders more items.
    pub fn show_more(&mut self) {
        self.max_items += PAGE_ITEMS;
    }

    /// The items to render: the reader first, then the others by name.
    pub fn list(&self, viewer: &Viewer) -> Vec<Person> {
        let person = |present: &Present| {
            let Present { author, status } = present.clone();
            Person {
                colour: viewer.colour_of(&author.id),
                me: author.id == viewer.id,
                ignored: viewer.ignores(&author.id),
                similar_name: None,
                author,
                status,
            }
        };
        let mine = self.listed.iter().filter(|listed| listed.author.id == viewer.id);
        let others = self.listed.iter().filter(|listed| listed.author.id != viewer.id);
        let mut list: Vec<_> = mine.chain(others).take(self.max_items).map(person).collect();
        find_similar_names(&mut list);
        list
    }
}

// Sets `similar_name`, so that the list can show that two people have different names.
fn find_similar_names(list: &mut [Person]) {
    // Names in ASCII have no accents.
    if list.iter().all(|person| person.author.name.as_str().is_ascii()) {
        return;
    }
    let names: Vec<_> = list.iter().map(|person| person.author.name.clone()).collect();
    let bases: Vec<_> = names.iter().map(|name| without_marks(name.as_str())).collect();
    for (index, person) in list.iter_mut().enumerate() {
        let is_similar = |other: &usize| *other != index && bases[*other] == bases[index];
        person.similar_name = (0..names.len()).find(is_similar).map(|other| names[other].clone());
    }
}

fn without_marks(name: &str) -> String {
    fold(name).chars().filter(|c| !is_mark(*c)).collect()
}

fn by_name(one: &Author, other: &Author) -> Ordering {
    lower_case_bytes(one).cmp(lower_case_bytes(other)).then_with(|| one.id.cmp(&other.id))
}

fn lower_case_bytes(author: &Author) -> impl Iterator<Item = u8> {
    author.name.as_str().bytes().map(|byte| byte.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state::fixtures::{author, present, viewer};

    #[test]
    fn the_reader_comes_first_and_the_others_are_sorted_by_name() {
        let mut people = People::new(&Roster { count: 2, people: vec![present("zoe"), present("ana")] });
        people.update(&[present("Kofi")], &[author("ana")], 2);
        let names = |me: &str| -> Vec<_> {
            people.list(&viewer(me)).iter().map(|person| person.author.name.to_string()).collect()
        };
        assert_eq!(names("nobody"), ["Kofi", "zoe"]);
        assert_eq!(names("zoe"), ["zoe", "Kofi"]);
    }

    #[test]
    fn names_that_differ_in_accents_only_are_reported() {
        let names = ["Ana María", "ana maria", "Åsa", "Asa", "Jose\u{301}", "José!", "Иван", "иваń", "Ann"];
        let people = People::new(&Roster { count: 9, people: names.map(present).to_vec() });
        let me = viewer("nobody");
        let similar: Vec<_> = people
            .list(&me)
            .into_iter()
            .filter_map(|person| Some((person.author.name.to_string(), person.similar_name?.to_string())))
            .collect();
        let pairs = [("ana maria", "Ana María"), ("Ana María", "ana maria"), ("Asa", "Åsa"), ("Åsa", "Asa")];
        assert_eq!(similar, pairs.map(|(one, other)| (one.to_owned(), other.to_owned())));
    }

    #[test]
    fn many_people_are_rendered_in_pages() {
        let many: Vec<_> = (0..250).map(|index| present(&format!("p{index:03}"))).collect();
        let mut people = People::default();
        people.update(&many, &[], 3_000);
        let me = viewer("p249");
        let mut shown = Vec::new();
        while people.has_more() {
            shown.push(people.list(&me).len());
            people.show_more();
        }
        shown.push(people.list(&me).len());
        assert_eq!(shown, [100, 200, 250]);
    }
}
