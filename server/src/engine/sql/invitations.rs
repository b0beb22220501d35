//! Invitation links to the server and to private rooms.

use parlor::{AuthorId, RoomName, UnixMillis, limits};

use super::super::{
    AuditAction, EngineError, Invitation, InvitationId, InvitationScope, NewInvitation, Offer, SecretHash,
};
use super::connection::{SqlConnection, SqlResult};
use super::row_id::RoomId;
use super::value::params;
use super::{accounts, audit_log, room_settings, rooms, server};
use crate::access::{Admission, RoomRole, ServerRole};

/// Whether an invitation `i` can be used at the time `$1`. Without an author it is of the command line. Others end if their
/// author is no owner of the server or room any more.
const USABLE: &str = "i.expires > $1 AND (i.uses_left IS NULL OR i.uses_left > 0) AND (i.author = '' OR CASE
    WHEN i.room IS NULL THEN EXISTS (SELECT 1 FROM accounts a WHERE a.id = i.author AND a.role = 'owner')
    ELSE EXISTS (SELECT 1 FROM room_members m WHERE m.room = i.room AND m.account = i.author AND m.role = 'owner') END)";

/// Stores an invitation, and removes those of the same scope that can't be used any more.
pub(in crate::engine) fn add(
    database: &dyn SqlConnection,
    invitation: &NewInvitation,
    at: UnixMillis,
) -> SqlResult<Result<(), EngineError>> {
    let NewInvitation { code, scope, role, by, note, expires, uses } = invitation;
    let room = match scope {
        InvitationScope::Server => None,
        InvitationScope::Room(name) => match rooms::find(database, name)?.filter(|_| name.is_private()) {
            Some((room, _)) => Some(room),
            None => return Ok(Err(EngineError::NoSuchRoom)),
        },
    };
    let room_id = room.map(|room| room.0);
    let sql = format!("DELETE FROM invitations AS i WHERE i.room IS NOT DISTINCT FROM $2 AND NOT ({USABLE})");
    database.execute(&sql, params![at, room_id])?;
    let author = by.as_ref().map_or("", AuthorId::as_str);
    let limit = if room.is_some() { limits::INVITATIONS_PER_ROOM } else { limits::SERVER_INVITATIONS };
    // Those of the command line do not count: it must always be possible to become an owner.
    if by.is_some() {
        let sql = "SELECT count(*) FROM invitations WHERE room IS NOT DISTINCT FROM $1 AND author <> ''";
        let count = database.query_row(sql, params![room_id], |row| row.get::<usize>(0))?;
        if count.unwrap_or_default() >= limit {
            return Ok(Err(EngineError::TooManyInvitations));
        }
    }
    database.execute(
        "INSERT INTO invitations (code, room, role, author, note, created, expires, uses_left)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![code.0, room_id, role.as_str(), author, note, at, expires, uses],
    )?;
    let (action, detail) = match by {
        Some(_) => (AuditAction::InvitationMade, kind(scope)),
        None => (AuditAction::OwnerLinkMade, ""),
    };
    audit_log::add(database, by.as_ref(), action, [note, detail], at)?;
    Ok(Ok(()))
}

/// What the audit log calls a scope. It does not name private rooms.
fn kind(scope: &InvitationScope) -> &'static str {
    match scope {
        InvitationScope::Server => "server",
        InvitationScope::Room(_) => "room",
    }
}

/// The name of the scope's room in a query: null for the server.
fn room_name(scope: &InvitationScope) -> Option<&str> {
    match scope {
        InvitationScope::Server => None,
        InvitationScope::Room(name) => Some(name.as_str()),
    }
}

/// The usable invitations of a scope, the newest first.
pub(in crate::engine) fn list(
    database: &dyn SqlConnection,
    scope: &InvitationScope,
    at: UnixMillis,
) -> SqlResult<Vec<Invitation>> {
    let sql = format!(
        "SELECT i.id, i.role, i.note, i.expires, i.uses_left, i.used
         FROM invitations i LEFT JOIN rooms r ON r.id = i.room WHERE r.name IS NOT DISTINCT FROM $2 AND {USABLE}
         ORDER BY i.id DESC"
    );
    database.query_map(&sql, params![at, room_name(scope)], |row| {
        Ok(Invitation {
            id: InvitationId(row.get(0)?),
            role: ServerRole::parse(row.text(1)?.unwrap_or_default()).unwrap_or(ServerRole::Member),
            note: row.get(2)?,
            expires: row.get(3)?,
            uses_left: row.get(4)?,
            used: row.get(5)?,
        })
    })
}

/// Removes an invitation of a scope.
pub(in crate::engine) fn revoke(
    database: &dyn SqlConnection,
    scope: &InvitationScope,
    id: InvitationId,
    by: &AuthorId,
    at: UnixMillis,
) -> SqlResult<()> {
    let note = database.query_row(
        "DELETE FROM invitations
         WHERE id = $1 AND room IS NOT DISTINCT FROM (SELECT id FROM rooms WHERE name = $2) RETURNING note",
        params![id.0, room_name(scope)],
        |row| row.get::<String>(0),
    )?;
    match note {
        Some(note) => audit_log::add(database, Some(by), AuditAction::InvitationRevoked, [&note, kind(scope)], at),
        None => Ok(()),
    }
}

/// A usable invitation.
struct Usable {
    room: Option<(RoomId, RoomName, String)>,
    /// The role that it gives on the server; `None` if its author may not invite to the server.
    role: Option<ServerRole>,
    author: String,
    note: String,
}

impl Usable {
    fn offer(self) -> Offer {
        Offer { room: self.room.map(|(_, name, title)| (name, title)), role: self.role }
    }
}

fn find_usable(database: &dyn SqlConnection, code: SecretHash, at: UnixMillis) -> SqlResult<Option<Usable>> {
    let sql = format!(
        "SELECT r.id, r.name, r.title, i.role, i.author, i.note FROM invitations i LEFT JOIN rooms r ON r.id = i.room
         WHERE i.code = $2 AND {USABLE}"
    );
    let found = database.query_row(&sql, params![at, code.0], |row| {
        let room = match row.get::<Option<i64>>(0)? {
            Some(id) => Some((RoomId(id), row.get::<String>(1)?, row.get(2)?)),
            None => None,
        };
        Ok((room, row.get::<String>(3)?, row.get::<String>(4)?, row.get(5)?))
    })?;
    let Some((room, role, author, note)) = found else { return Ok(None) };
    let is_of_owner =
        author.is_empty() || server::role(database, &AuthorId(author.as_str().into()))? == Some(ServerRole::Owner);
    let role = is_of_owner.then(|| ServerRole::parse(&role).unwrap_or(ServerRole::Member));
    let room = match room {
        Some((id, name, title)) => match RoomName::parse(&name) {
            Ok(name) => Some((id, name, title)),
            // Deleted and renamed rooms have none: the row is damaged.
            Err(_) => return Ok(None),
        },
        None => None,
    };
    Ok(Some(Usable { room, role, author, note }))
}

/// What a usable invitation offers.
pub(in crate::engine) fn find(
    database: &dyn SqlConnection,
    code: SecretHash,
    at: UnixMillis,
) -> SqlResult<Option<Offer>> {
    Ok(find_usable(database, code, at)?.map(Usable::offer))
}

/// Gives an account what an invitation offers, and counts a use unless it has all of it already.
pub(in crate::engine) fn accept(
    database: &dyn SqlConnection,
    code: SecretHash,
    account: &AuthorId,
    at: UnixMillis,
) -> SqlResult<Result<Option<Offer>, EngineError>> {
    let Some(invitation) = find_usable(database, code, at)? else { return Ok(Ok(None)) };
    let current = server::role(database, account)?;
    let new_role = invitation.role.filter(|role| current < Some(*role));
    let is_open = server::policy(database)?.admission == Admission::Open;
    if current.is_none() && new_role.is_none() && !is_open {
        return Ok(Err(EngineError::MembersOnly));
    }
    let new_room = match &invitation.room {
        Some((room, name, _)) if room_settings::role(database, name, account)?.is_none() => Some(*room),
        _ => None,
    };
    if let Some(room) = new_room
        && let Err(error) = room_settings::check_member_count(database, room)?
    {
        return Ok(Err(error));
    }
    if let Some(role) = new_role
        && let Err(error) = server::set_role(database, account, Some(role), at)?
    {
        return Ok(Err(error));
    }
    if let Some(room) = new_room {
        room_settings::set_role(database, room, account, RoomRole::Member, at)?;
    }
    if new_role.is_some() || new_room.is_some() {
        let count = "UPDATE invitations SET uses_left = uses_left - 1, used = used + 1 WHERE code = $1";
        database.execute(count, params![code.0])?;
        let maker = match invitation.author.as_str() {
            "" => String::new(),
            author => accounts::name_or_dash(database, &AuthorId(author.into()))?,
        };
        let subject = [&*maker, &invitation.note].into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>();
        let detail = new_role.map_or("room", ServerRole::as_str);
        audit_log::add(database, Some(account), AuditAction::InvitationAccepted, [&subject.join(" · "), detail], at)?;
    }
    if invitation.role == Some(ServerRole::Owner) {
        // Others have been printed, and perhaps logged.
        database.execute("DELETE FROM invitations WHERE author = ''", params![])?;
    }
    Ok(Ok(Some(invitation.offer())))
}
