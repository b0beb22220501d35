//! Who joined and left between two messages. The page alone keeps these notices; the log has none.

use parlor::{Author, AuthorId};

/// Notices kept per room; the oldest are dropped.
const MAX_NOTICES: usize = 60;

/// Who joined and left between two messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MembershipNotice {
    /// The seq of the event before the notice.
    pub after: u64,
    joined: Vec<Author>,
    left: Vec<Author>,
}

/// The notices of a room, oldest first, at most one between two messages.
#[derive(Clone, Debug, Default)]
pub struct MembershipNotices(Vec<MembershipNotice>);

impl MembershipNotices {
    /// All notices, oldest first.
    pub fn all(&self) -> &[MembershipNotice] {
        &self.0
    }

    /// Records who joined and left while the newest event was `after`. Somebody who left and came back, or came and
    /// left again, disappears from the notice.
    pub fn add(&mut self, after: u64, joined: Vec<Author>, left: Vec<Author>) {
        let index = self.0.partition_point(|notice| notice.after < after);
        if self.0.get(index).is_none_or(|notice| notice.after != after) {
            self.0.insert(index, MembershipNotice { after, ..MembershipNotice::default() });
        }
        if let Some(notice) = self.0.get_mut(index) {
            for author in joined {
                if !remove(&mut notice.left, &author.id) {
                    remove(&mut notice.joined, &author.id);
                    notice.joined.push(author);
                }
            }
            for author in left {
                if !remove(&mut notice.joined, &author.id) {
                    notice.left.push(author);
                }
            }
        }
        self.0.retain(|notice| !(notice.joined.is_empty() && notice.left.is_empty()));
        let surplus = self.0.len().saturating_sub(MAX_NOTICES);
        self.0.drain(..surplus);
    }
}

impl MembershipNotice {
    /// The people who joined, in this order.
    pub fn joined(&self) -> &[Author] {
        &self.joined
    }

    /// The people who left, in this order.
    pub fn left(&self) -> &[Author] {
        &self.left
    }
}

fn remove(list: &mut Vec<Author>, id: &AuthorId) -> bool {
    let before = list.len();
    list.retain(|author| author.id != *id);
    list.len() < before
}
