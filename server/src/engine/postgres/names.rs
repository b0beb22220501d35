//! Names in the database: who holds which, on which nodes.
//!
//! `names` has the name of each holder, `name_keys` the hashes of its confusable keys, and `name_holds` the nodes on which
//! the holder has connections. A name is held while it has a row in `name_holds`, and then until `held_until`. Claims lock
//! the hashes of their keys, so that of two claims of confusable names the second one sees the first.

use parlor::{Author, AuthorId, Name};
use sha2::{Digest as _, Sha256};

use super::super::name_registry::ConfusableKey;
use super::super::sql::connection::{Row, SqlConnection, SqlResult};
use super::super::sql::joined_rooms;
use super::super::sql::value::params;
use super::super::{EngineError, NameHolder, NodeId};
use super::nodes;

/// A key's hash, which is the same on all nodes.
fn hash(key: &ConfusableKey) -> i64 {
    let (form, text) = match key {
        ConfusableKey::Folded(text) => (b'f', text),
        ConfusableKey::FoldedSkeleton(text) => (b's', text),
        ConfusableKey::SkeletonFolded(text) => (b'k', text),
    };
    let digest: [u8; 32] = Sha256::new().chain_update([form]).chain_update(text).finalize().into();
    i64::from_be_bytes([digest[0], digest[1], digest[2], digest[3], digest[4], digest[5], digest[6], digest[7]])
}

/// The hashes of all keys of a name, in the order in which they are locked.
fn hashes(name: &Name) -> [i64; 3] {
    let mut hashes = ConfusableKey::all(name).each_ref().map(hash);
    hashes.sort_unstable();
    hashes
}

/// A person, if the stored name is still a valid one.
fn author(row: &Row) -> SqlResult<Option<Author>> {
    let (id, name): (String, String) = (row.get(0)?, row.get(1)?);
    Ok(Name::try_from(name).ok().map(|name| Author { id: AuthorId(id.into()), name }))
}

/// Gives a name to a holder on a node, in place of the one that it holds.
pub(super) fn claim(
    database: &dyn SqlConnection,
    author: &Author,
    holder: NameHolder,
    node: NodeId,
) -> SqlResult<Result<(), EngineError>> {
    if let Err(error) = nodes::check(database, node)? {
        return Ok(Err(error));
    }
    let keys = hashes(&author.name);
    for key in keys {
        database.query("SELECT pg_advisory_xact_lock($1)", params![key])?;
    }
    if is_taken(database, author, keys)? {
        return Ok(Err(EngineError::NameTaken));
    }
    let (id, name) = (author.id.as_str(), author.name.as_str());
    let kind = match holder {
        NameHolder::Account => "account",
        NameHolder::Connection => "connection",
    };
    database.execute(
        "INSERT INTO names (holder, kind, name) VALUES ($1, $2, $3)
         ON CONFLICT (holder) DO UPDATE SET kind = excluded.kind, name = excluded.name, held_until = NULL",
        params![id, kind, name],
    )?;
    database.execute("DELETE FROM name_keys WHERE holder = $1", params![id])?;
    for key in keys {
        let sql = "INSERT INTO name_keys (key, holder) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        database.execute(sql, params![key, id])?;
    }
    hold_on(database, &author.id, node)?;
    if holder == NameHolder::Account {
        database.execute("UPDATE accounts SET name = $2 WHERE id = $1", params![id, name])?;
        joined_rooms::rename(database, author)?;
    }
    Ok(Ok(()))
}

/// Whether another holder has the name or a confusable one. Removes those that are not held any more.
fn is_taken(database: &dyn SqlConnection, author: &Author, [a, b, c]: [i64; 3]) -> SqlResult<bool> {
    // Waits for what the node that holds it is writing, so that its last message is older than the claim.
    let expired = database.query_map(
        "SELECT DISTINCT n.id FROM nodes n JOIN name_holds h ON h.node = n.id JOIN name_keys k ON k.holder = h.holder
         WHERE k.key IN ($1, $2, $3) AND n.lease_until <= clock_timestamp() ORDER BY n.id",
        params![a, b, c],
        |row| Ok(NodeId(row.get(0)?)),
    )?;
    expired.into_iter().try_for_each(|node| nodes::end(database, node))?;
    let others = database.query_map(
        "SELECT DISTINCT n.holder, n.name, coalesce(n.held_until > clock_timestamp(), FALSE)
             OR EXISTS (SELECT 1 FROM name_holds h WHERE h.holder = n.holder)
         FROM names n JOIN name_keys k ON k.holder = n.holder WHERE k.key IN ($1, $2, $3) AND n.holder <> $4",
        params![a, b, c, author.id.as_str()],
        |row| Ok((self::author(row)?, row.get::<bool>(2)?)),
    )?;
    for (other, is_held) in others {
        let Some(other) = other.filter(|other| ConfusableKey::conflict(&author.name, &other.name)) else { continue };
        if is_held {
            return Ok(true);
        }
        remove(database, &other.id)?;
    }
    Ok(false)
}

/// Whether an account has a name that it holds or held last.
pub(super) fn is_account(database: &dyn SqlConnection, account: &AuthorId) -> SqlResult<bool> {
    database.exists("SELECT 1 FROM names WHERE holder = $1 AND kind = 'account'", params![account.as_str()])
}

/// Lets a node hold the name of an account too. Returns the name; `None` if the account holds none.
pub(super) fn hold(database: &dyn SqlConnection, account: &AuthorId, node: NodeId) -> SqlResult<Option<Name>> {
    // A name whose time has passed is still the account's if nobody has claimed it.
    let held = database.query_row(
        "UPDATE names SET held_until = NULL WHERE holder = $1 AND kind = 'account' RETURNING holder, name",
        params![account.as_str()],
        author,
    )?;
    let Some(author) = held.flatten() else { return Ok(None) };
    hold_on(database, account, node)?;
    Ok(Some(author.name))
}

fn hold_on(database: &dyn SqlConnection, holder: &AuthorId, node: NodeId) -> SqlResult<()> {
    let sql = "INSERT INTO name_holds (holder, node) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    database.execute(sql, params![holder.as_str(), node.0]).map(drop)
}

/// Records that holders have no connection on a node any more. A name ends with its last node.
pub(super) fn release(database: &dyn SqlConnection, holders: &[AuthorId], node: NodeId) -> SqlResult<()> {
    for holder in holders {
        // Locked first, so that two nodes that release it do not both leave it to the other.
        database.query("SELECT 1 FROM names WHERE holder = $1 FOR UPDATE", params![holder.as_str()])?;
        let sql = "DELETE FROM name_holds WHERE holder = $1 AND node = $2";
        database.execute(sql, params![holder.as_str(), node.0])?;
        if !database.exists("SELECT 1 FROM name_holds WHERE holder = $1 LIMIT 1", params![holder.as_str()])? {
            remove(database, holder)?;
        }
    }
    Ok(())
}

fn remove(database: &dyn SqlConnection, holder: &AuthorId) -> SqlResult<()> {
    for sql in [
        "DELETE FROM names WHERE holder = $1",
        "DELETE FROM name_keys WHERE holder = $1",
        "DELETE FROM name_holds WHERE holder = $1",
    ] {
        database.execute(sql, params![holder.as_str()])?;
    }
    Ok(())
}

/// The accounts that hold a name.
pub(super) fn accounts(database: &dyn SqlConnection) -> SqlResult<Vec<Author>> {
    let authors = database.query_map("SELECT holder, name FROM names WHERE kind = 'account'", params![], author)?;
    Ok(authors.into_iter().flatten().collect())
}

/// The holders of names with one of these keys, or another key with the same hash.
pub(super) fn holders_of(database: &dyn SqlConnection, keys: &[ConfusableKey]) -> SqlResult<Vec<Author>> {
    let mut found = Vec::new();
    for key in keys {
        let sql = "SELECT n.holder, n.name FROM name_keys k JOIN names n ON n.holder = k.holder WHERE k.key = $1";
        found.extend(database.query_map(sql, params![hash(key)], author)?.into_iter().flatten());
    }
    Ok(found)
}
