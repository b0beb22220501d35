//! Who can read and write in a room, in words.

use parlor_app::i18n::ServerPageTexts;

use crate::access::{Admission, RoomKind, RoomPolicy, ServerPolicy};

/// People in relation to a room.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Audience {
    Nobody,
    RoomOwners,
    RoomMembers,
    ServerMembers,
    Everybody,
}

/// Who can read a room and who can write in it, as sentences.
pub(super) fn who_may(room: &RoomPolicy, server: &ServerPolicy, texts: &ServerPageTexts) -> String {
    use Audience::{Everybody, Nobody, RoomMembers, RoomOwners, ServerMembers};
    let readers = match (room.kind, server.admission) {
        (RoomKind::Private, _) => RoomMembers,
        (_, Admission::Invited) => ServerMembers,
        (_, Admission::Open | Admission::GuestsRead) => Everybody,
    };
    let writers = match server.admission {
        _ if room.archived => Nobody,
        _ if room.announcements_only => RoomOwners,
        Admission::GuestsRead if readers == Everybody => ServerMembers,
        _ => readers,
    };
    let read = match readers {
        RoomMembers if writers == readers => return texts.read_and_write_room_members().to_owned(),
        ServerMembers if writers == readers => return texts.read_and_write_server_members().to_owned(),
        Everybody if writers == readers => return texts.read_and_write_everybody().to_owned(),
        RoomMembers => texts.read_room_members(),
        ServerMembers => texts.read_server_members(),
        _ => texts.read_everybody(),
    };
    let write = match writers {
        Nobody => texts.write_nobody(),
        RoomOwners => texts.write_owners(),
        _ => texts.write_server_members(),
    };
    format!("{read} {write}")
}
