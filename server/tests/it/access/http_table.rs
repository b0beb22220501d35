//! The table of the HTTP steps: at least one row for each method of each route.

use std::collections::HashSet;

use parlor_server::Route;
use parlor_server::access::{Action, Admission, ServerAction};

use super::actors::ActorKind;
use super::rooms::TestRoom;
use super::table;

/// - sent: the query of a GET or the form of a POST, `seq=` for another seq in the path, or which code the path has;
/// - needs: a `cookie`, a `name`, or to have or have had one (`past-name`) (403 without), an action with `-server` that `may_on_server` decides about (403 too),
///   and the action that `may` decides about;
/// - allowed: the status if it is allowed;
/// - except: who gets another status then;
/// - played: in a `copy` of the room, if it would end or give access; in a new `session`; `event` if it appends one;
///   `follows` if a room that has another name now gets the form.
///
/// Invitations are for private rooms only.
const TABLE: &str = "
| route               | method | sent                                    | needs           | allowed | except       | played        |
|---------------------|--------|-----------------------------------------|-----------------|---------|--------------|---------------|
| Lobby               | GET    |                                         | Read            | 200     |              |               |
| Lobby               | GET    | before=2                                | Read            | 200     |              |               |
| Lobby               | POST   | text=lobby&id={n}                       | cookie Post     | 303     |              | event         |
| Lobby               | POST   | name=Owner                              | cookie Write-server Read | 303 | nameless 409 |               |
| Room                | GET    |                                         | Read            | 200     |              |               |
| Room                | GET    | after=1                                 | Read            | 200     |              |               |
| Room                | POST   | text=form&id={n}                        | cookie Post     | 303     |              | event follows |
| Room                | POST   | name=Owner                              | cookie Write-server Read | 303 | nameless 409 | follows       |
| Room                | POST   | neither=1                               | cookie Read     | 422     |              | follows       |
| Message             | GET    |                                         | Read            | 200     |              |               |
| Message             | GET    | seq=x                                   |                 | 404     |              |               |
| RoomSettings        | GET    |                                         | Read            | 200     |              |               |
| RoomSettings        | POST   | do=title&title=open+{n}                 | Manage          | 303     |              |               |
| RoomSettings        | POST   | do=topic&topic=topic+{n}                | SetTopic        | 303     |              | event         |
| RoomSettings        | POST   | do=listed&kind={kind}                   | Manage          | 303     |              |               |
| RoomSettings        | POST   | do=announcements&on={announcements}     | Manage          | 303     |              |               |
| RoomSettings        | POST   | do=archive&on={archived}                | Manage          | 303     |              |               |
| RoomSettings        | POST   | do=add&name=Person                      | Manage          | 303     |              | copy          |
| RoomSettings        | POST   | do=role&account={member}&role=owner     | Manage          | 422     |              | copy          |
| RoomSettings        | POST   | do=remove&account={member}              | Manage          | 303     |              | copy          |
| RoomSettings        | POST   | do=leave                                | Leave           | 303     | owner 409    | copy          |
| RoomSettings        | POST   | do=invite&days=7&uses=1                 | Manage          | 422     |              | copy          |
| RoomSettings        | POST   | do=revoke&invitation=1                  | Manage          | 303     |              |               |
| RoomSettings        | POST   | do=token&name=bot                       | Manage          | 200     |              |               |
| RoomSettings        | POST   | do=revoke_token&token=0                 | Manage          | 303     |              |               |
| RoomSettings        | POST   | do=private&title=closed&member={member} | Manage          | 303     |              | copy          |
| RoomSettings        | POST   | do=open&kind=open&name=renamed-{n}      | Manage          | 422     |              | copy          |
| RoomSettings        | POST   | do=delete&sure=on                       | Manage          | 303     |              | copy          |
| RoomSettings        | POST   | do=nothing                              | Read            | 422     |              |               |
| RoomSettings        | POST   | do=%FF                                  | Read            | 400     |              |               |
| PrivateRoom         | GET    |                                         | Read            | 200     |              |               |
| PrivateRoom         | GET    | after=1                                 | Read            | 200     |              |               |
| PrivateRoom         | POST   | text=form&id={n}                        | cookie Post     | 303     |              | event follows |
| PrivateRoom         | POST   | name=Owner                              | cookie Write-server Read | 303 | nameless 409 | follows       |
| PrivateRoom         | POST   | neither=1                               | cookie Read     | 422     |              | follows       |
| PrivateMessage      | GET    |                                         | Read            | 200     |              |               |
| PrivateMessage      | GET    | seq=x                                   |                 | 404     |              |               |
| PrivateRoomSettings | GET    |                                         | Read            | 200     |              |               |
| PrivateRoomSettings | POST   | do=title&title=private+{n}              | Manage          | 303     |              |               |
| PrivateRoomSettings | POST   | do=topic&topic=topic+{n}                | SetTopic        | 303     |              | event         |
| PrivateRoomSettings | POST   | do=listed&kind=open                     | Manage          | 303     |              |               |
| PrivateRoomSettings | POST   | do=announcements&on={announcements}     | Manage          | 303     |              |               |
| PrivateRoomSettings | POST   | do=archive&on={archived}                | Manage          | 303     |              |               |
| PrivateRoomSettings | POST   | do=add&name=Person                      | Manage          | 303     |              | copy          |
| PrivateRoomSettings | POST   | do=role&account={member}&role=owner     | Manage          | 303     |              | copy          |
| PrivateRoomSettings | POST   | do=remove&account={member}              | Manage          | 303     |              | copy          |
| PrivateRoomSettings | POST   | do=leave                                | Leave           | 303     | owner 409    | copy          |
| PrivateRoomSettings | POST   | do=invite&days=7&uses=1                 | Manage          | 200     |              | copy          |
| PrivateRoomSettings | POST   | do=revoke&invitation=1                  | Manage          | 303     |              |               |
| PrivateRoomSettings | POST   | do=token&name=bot                       | Manage          | 200     |              |               |
| PrivateRoomSettings | POST   | do=revoke_token&token=0                 | Manage          | 303     |              |               |
| PrivateRoomSettings | POST   | do=private&title=closed&member={member} | Manage          | 422     |              | copy          |
| PrivateRoomSettings | POST   | do=open&kind=open&name=renamed-{n}      | Manage          | 303     |              | copy          |
| PrivateRoomSettings | POST   | do=delete&sure=on                       | Manage          | 303     |              | copy          |
| PrivateRoomSettings | POST   | do=nothing                              | Read            | 422     |              |               |
| PrivateRoomSettings | POST   | do=%FF                                  | Read            | 400     |              |               |
| RoomList            | GET    |                                         |                 | 200     |              |               |
| RoomList            | GET    | open=unlisted                           |                 | 303     |              |               |
| NewRoom             | GET    |                                         | CreateRoom-server | 200   |              |               |
| NewRoom             | POST   | kind=unlisted&name=new-{n}              | name            | 303     |              |               |
| NewRoom             | POST   | kind=private&name=new+{n}               | name            | 303     |              |               |
| NewRoom             | POST   | kind=open&name=unlisted                 | name            | 409     |              |               |
| NewRoom             | POST   | kind=open&name=deleted                  | name            | 409     |              |               |
| Invitation          | GET    | invitation                              |                 | 200     |              |               |
| Invitation          | GET    | no code                                 |                 | 410     |              |               |
| Invitation          | POST   | invitation                              | cookie Write-server | 303 |              |               |
| Invitation          | POST   | no code                                 | cookie          | 410     |              |               |
| Settings            | GET    |                                         |                 | 200     |              |               |
| Settings            | POST   | sound=on                                |                 | 303     |              |               |
| Sessions            | GET    |                                         |                 | 200     |              |               |
| Sessions            | POST   | session=0                               |                 | 303     |              |               |
| Sessions            | POST   |                                         |                 | 303     |              | session       |
| SignOut             | POST   |                                         |                 | 303     |              | session       |
| NewDeviceLink       | POST   |                                         | name            | 200     |              |               |
| DeviceLink          | GET    | device link                             |                 | 200     |              |               |
| DeviceLink          | GET    | no code                                 |                 | 410     |              |               |
| DeviceLink          | POST   | device link                             |                 | 303     |              |               |
| DeviceLink          | POST   | no code                                 |                 | 410     |              |               |
| ShareRoom           | GET    |                                         | Read            | 200     |              |               |
| SharePrivateRoom    | GET    |                                         | Read            | 200     |              |               |
| Recovery            | GET    |                                         | past-name       | 200     |              |               |
| Recovery            | POST   | do=make                                 | past-name       | 200     |              |               |
| Recovery            | POST   | do=remove                               | past-name       | 303     |              |               |
| SignIn              | GET    |                                         |                 | 200     |              |               |
| SignIn              | POST   | code=none                               |                 | 422     |              |               |
| Server              | GET    |                                         | Manage-server   | 200     |              |               |
| Server              | POST   | do=settings&name=Parlor&welcome=&admission={admission}&creation=everyone | Manage-server | 303 | |       |
| Server              | POST   | do=invite&days=7&uses=1                 | Manage-server   | 200     |              |               |
| Server              | POST   | do=revoke&invitation=1                  | Manage-server   | 303     |              |               |
| Server              | POST   | do=nothing                              | Manage-server   | 422     |              |               |
| ServerPeople        | GET    |                                         | Manage-server   | 200     |              |               |
| ServerPeople        | POST   | do=role&account={guest}&role=guest      | Manage-server   | 303     |              |               |
| ServerPeople        | POST   | do=sign_out&account=nobody              | Manage-server   | 409     |              |               |
| ServerPeople        | POST   | do=nothing                              | Manage-server   | 422     |              |               |
| ServerBots          | GET    |                                         | Manage-server   | 200     |              |               |
| ServerBots          | POST   | do=token&name=bot&rooms=lobby           | Manage-server   | 200     |              |               |
| ServerBots          | POST   | do=revoke_token&token=0                 | Manage-server   | 303     |              |               |
| ServerBots          | POST   | do=nothing                              | Manage-server   | 422     |              |               |
| AuditLog            | GET    |                                         | Manage-server   | 200     |              |               |
| ShareScript         | GET    |                                         |                 | 200     |              |               |
| EraseScript         | GET    |                                         |                 | 200     |              |               |
| Offline             | GET    |                                         |                 | 200     |              |               |
| ServiceWorker       | GET    |                                         |                 | 200 404 |              |               |
| Assets              | GET    |                                         |                 | 404     |              |               |
| Manifest            | GET    |                                         |                 | 200     |              |               |
| Icon                | GET    |                                         |                 | 200     |              |               |
| DocumentStyle       | GET    |                                         |                 | 200     |              |               |
| Health              | GET    |                                         |                 | 200     |              |               |
| Ready               | GET    |                                         |                 | 200     |              |               |
| Robots              | GET    |                                         |                 | 200     |              |               |
| WebSocket           | GET    |                                         |                 | 426     |              |               |
";

/// A row of the table.
#[derive(Debug)]
pub(crate) struct HttpRow {
    pub(crate) route: Route,
    pub(crate) method: &'static str,
    pub(crate) sent: Sent,
    pub(crate) needs_cookie: bool,
    pub(crate) needs_name: bool,
    pub(crate) needs_past_name: bool,
    pub(crate) needs: Option<ServerAction>,
    pub(crate) action: Option<Action>,
    pub(crate) allowed: Vec<u16>,
    pub(crate) exceptions: Vec<(Exception, u16)>,
    pub(crate) in_copy: bool,
    pub(crate) in_new_session: bool,
    pub(crate) appends: bool,
    pub(crate) follows: bool,
}

/// What a request contains beside its path.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sent {
    Fields(&'static str),
    Seq(&'static str),
    Invitation,
    DeviceLink,
}

/// Those who get another status although they may act.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Exception {
    /// Those without a name: the one that they want is taken.
    Nameless,
    /// The last owner of a room.
    Owner,
}

impl Exception {
    pub(crate) fn covers(self, kind: ActorKind, room: TestRoom, admission: Admission) -> bool {
        match self {
            Self::Nameless => !kind.is_named(admission),
            Self::Owner => kind == ActorKind::Owner && room != TestRoom::Lobby,
        }
    }
}

pub(crate) fn rows() -> Vec<HttpRow> {
    table::rows::<7>(TABLE).into_iter().map(row).collect()
}

fn row([route, method, sent, needs, allowed, except, played]: [&'static str; 7]) -> HttpRow {
    let word = |cell: &'static str, word| cell.split(' ').any(|found| found == word);
    let sent = match sent {
        "invitation" => Sent::Invitation,
        "device link" => Sent::DeviceLink,
        "no code" => Sent::Fields(""),
        _ => sent.strip_prefix("seq=").map_or(Sent::Fields(sent), Sent::Seq),
    };
    let exceptions = except.split_once(' ').map(|(who, status)| match who {
        "nameless" => (Exception::Nameless, status.parse().unwrap()),
        "owner" => (Exception::Owner, status.parse().unwrap()),
        _ => panic!("not an exception: {except}"),
    });
    HttpRow {
        route: *Route::ALL.iter().find(|known| format!("{known:?}") == route).expect("a route"),
        method,
        sent,
        needs_cookie: word(needs, "cookie"),
        needs_name: word(needs, "name"),
        needs_past_name: word(needs, "past-name"),
        needs: needs.split(' ').find_map(|need| table::server_action(need.strip_suffix("-server")?)),
        action: needs.split(' ').find_map(table::action),
        allowed: allowed.split(' ').map(|status| status.parse().unwrap()).collect(),
        exceptions: exceptions.into_iter().collect(),
        in_copy: word(played, "copy"),
        in_new_session: word(played, "session"),
        appends: word(played, "event"),
        follows: word(played, "follows"),
    }
}

#[test]
fn every_method_of_every_route_has_a_row() {
    let listed: HashSet<_> =
        Route::ALL.iter().flat_map(|route| route.methods().map(|method| (*route, method))).collect();
    let rows: HashSet<_> = rows().iter().map(|row| (row.route, row.method)).collect();
    assert_eq!(rows, listed);
}

#[test]
fn every_form_of_a_rooms_settings_has_a_row_for_public_and_private_rooms() {
    let source = include_str!("../../../src/http/room_settings/forms.rs");
    let (_, matched) = source.split_once("match self.field(\"do\") {").unwrap();
    let arms = matched.lines().filter_map(|line| line.strip_prefix("            \"")?.split('"').next());
    let arms: HashSet<_> = arms.collect();
    assert!(arms.len() >= 14, "{arms:?}");
    for path in [Route::RoomSettings, Route::PrivateRoomSettings] {
        let sent = rows().into_iter().filter(|row| row.route == path && row.action != Some(Action::Read));
        let forms: HashSet<_> = sent.filter_map(|row| form(row.sent)).collect();
        assert_eq!(forms, arms, "{path:?}");
    }
}

/// The value of the field `do`.
fn form(sent: Sent) -> Option<&'static str> {
    let Sent::Fields(fields) = sent else { return None };
    fields.strip_prefix("do=")?.split('&').next()
}
