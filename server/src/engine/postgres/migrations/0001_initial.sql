-- Integers are BIGINT and texts are ordered by their bytes, as in SQLite. Times are milliseconds since 1970, other than
-- in the tables of nodes and names, which use the database's clock.

CREATE TABLE schema_version (
    id INT PRIMARY KEY CHECK (id = 1),
    version INT NOT NULL,
    -- A program that does not know this version must not use the database.
    min_compatible INT NOT NULL
);
INSERT INTO schema_version (id, version, min_compatible) VALUES (1, 0, 0);

-- The running nodes. Other nodes take over what a node holds when its lease has ended.
CREATE TABLE nodes (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    started TIMESTAMPTZ NOT NULL DEFAULT now(),
    lease_until TIMESTAMPTZ NOT NULL
);

-- The names that are held. `holder` is the id of an account or of a connection. A name is held while it has a row in
-- `name_holds`, one for each node on which its holder has connections, and then until `held_until`. `name_keys` has the hashes
-- of the keys by which confusable names are found.
CREATE TABLE names (
    holder TEXT COLLATE "C" PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL CHECK (kind IN ('account', 'connection')),
    name TEXT COLLATE "C" NOT NULL,
    held_until TIMESTAMPTZ
);
CREATE TABLE name_keys (
    key BIGINT NOT NULL,
    holder TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (key, holder)
);
CREATE INDEX name_keys_by_holder ON name_keys (holder);
CREATE TABLE name_holds (
    holder TEXT COLLATE "C" NOT NULL,
    node BIGINT NOT NULL,
    PRIMARY KEY (holder, node)
);
CREATE INDEX name_holds_by_node ON name_holds (node);

-- `top` and `link` are the seq and the chain's value of the last event. They change with each event, without a change
-- of an index if the page has room. A deleted room keeps its row, so that its number is not used again, under a name
-- that is no name.
CREATE TABLE rooms (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    epoch TEXT COLLATE "C" NOT NULL,
    top BIGINT NOT NULL DEFAULT 0,
    link BYTEA,
    topic TEXT COLLATE "C" NOT NULL DEFAULT '',
    topic_seq BIGINT NOT NULL DEFAULT 0,
    kind TEXT COLLATE "C" NOT NULL DEFAULT 'open',
    title TEXT COLLATE "C" NOT NULL DEFAULT '',
    archived BOOLEAN NOT NULL DEFAULT FALSE,
    announcements_only BOOLEAN NOT NULL DEFAULT FALSE
) WITH (fillfactor = 50);

-- `place` is the row id, room * 2^40 + seq. A row is a `posted` event and its projection: `body` is the posted text,
-- `text` the last edit. The body of a deleted message is null. `reply_to` is a row id. `edited` and `deleted` are the
-- seqs of the last edit and of the deletion. `digest` is the salted hash of an erased text, which the chain needs.
CREATE TABLE messages (
    place BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL,
    reply_to BIGINT,
    salt BYTEA,
    body TEXT COLLATE "C",
    digest BYTEA,
    link BYTEA NOT NULL,
    text TEXT COLLATE "C",
    edited BIGINT,
    edited_at BIGINT,
    deleted BIGINT,
    mentions TEXT COLLATE "C",
    text_mentions TEXT COLLATE "C"
);

-- All events other than `posted`. `target` is the row id of the message that an event changes.
CREATE TABLE changes (
    place BIGINT PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL,
    target BIGINT,
    emoji TEXT COLLATE "C",
    salt BYTEA,
    body TEXT COLLATE "C",
    mentions TEXT COLLATE "C",
    digest BYTEA,
    link BYTEA NOT NULL
);
CREATE INDEX changes_by_target ON changes (target, kind);

-- Both tables together are the log. The types of the columns have to agree, so that the two are merged without sorting.
CREATE VIEW events AS
    SELECT place, at, CAST('posted' AS TEXT) COLLATE "C" AS kind, author, name, client_id, reply_to AS target,
           CAST(NULL AS TEXT) COLLATE "C" AS emoji, salt, body, mentions, digest, link FROM messages
    UNION ALL
    SELECT place, at, kind, author, name, client_id, target, emoji, salt, body, mentions, digest, link FROM changes;

-- `message` is a row id. `began` is the seq of the first reaction with the same emoji.
CREATE TABLE reactions (
    message BIGINT NOT NULL,
    emoji TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    seq BIGINT NOT NULL,
    began BIGINT NOT NULL,
    PRIMARY KEY (message, emoji, author)
);

-- The outcome of each request that can be retried. Client ids begin with the time, so new ones are stored together.
CREATE TABLE receipts (
    client_id TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    room BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (client_id, author, room)
);

-- Receipts of operations in rooms that have no log, and therefore no number.
CREATE TABLE unlogged_receipts (
    author TEXT COLLATE "C" NOT NULL,
    room TEXT COLLATE "C" NOT NULL,
    client_id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (author, room, client_id)
);
CREATE INDEX unlogged_receipts_by_room ON unlogged_receipts (room);
CREATE INDEX unlogged_receipts_by_time ON unlogged_receipts (at);

-- The rooms in people's lists, by name, since a room may have members before it has a log. A membership has the
-- person's last name and its lookup key.
CREATE TABLE memberships (
    author TEXT COLLATE "C" NOT NULL,
    room TEXT COLLATE "C" NOT NULL,
    since BIGINT NOT NULL,
    name TEXT COLLATE "C",
    name_key TEXT COLLATE "C",
    PRIMARY KEY (author, room)
);
CREATE INDEX memberships_by_name ON memberships (room, name_key, since);

CREATE TABLE read (
    author TEXT COLLATE "C" NOT NULL,
    room BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (author, room)
);

CREATE TABLE accounts (
    id TEXT COLLATE "C" PRIMARY KEY,
    created BIGINT NOT NULL,
    used BIGINT NOT NULL,
    name TEXT COLLATE "C",
    old_secret_until BIGINT,
    role TEXT COLLATE "C"
);
CREATE INDEX accounts_nameless ON accounts (used) WHERE name IS NULL AND old_secret_until IS NULL;
CREATE INDEX accounts_by_role ON accounts (role) WHERE role IS NOT NULL;

CREATE TABLE sessions (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    secret BYTEA NOT NULL UNIQUE,
    account TEXT COLLATE "C" NOT NULL,
    device TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    used BIGINT NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account, used);

CREATE TABLE device_links (
    code BYTEA PRIMARY KEY,
    account TEXT COLLATE "C" NOT NULL UNIQUE,
    session BYTEA NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL
);

CREATE TABLE server_keys (
    purpose TEXT COLLATE "C" PRIMARY KEY,
    key BYTEA NOT NULL
);

CREATE TABLE room_names (
    room BIGINT PRIMARY KEY,
    folded TEXT COLLATE "C" NOT NULL,
    look TEXT COLLATE "C" NOT NULL
);
CREATE INDEX room_names_by_folded ON room_names (folded);
CREATE INDEX room_names_by_look ON room_names (look);

-- Those who were given access to a room.
CREATE TABLE room_members (
    room BIGINT NOT NULL,
    account TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (room, account)
);
CREATE INDEX room_members_by_account ON room_members (account);

CREATE TABLE retired_names (
    name TEXT COLLATE "C" PRIMARY KEY,
    folded TEXT COLLATE "C" NOT NULL,
    moved_to BIGINT
);
CREATE INDEX retired_names_by_folded ON retired_names (folded);

-- An invitation without a room is to the server, one without an author is of the command line.
CREATE TABLE invitations (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    code BYTEA NOT NULL UNIQUE,
    room BIGINT,
    role TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    note TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    uses_left BIGINT,
    used BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX invitations_by_room ON invitations (room);

CREATE TABLE ended_rights (
    counter BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    account TEXT COLLATE "C",
    secret BYTEA,
    room TEXT COLLATE "C"
);
CREATE INDEX ended_rights_by_time ON ended_rights (at);

-- Nodes read the rights that have ended since a counter, so a lower counter must not be committed after a higher one.
-- Transactions that add rows wait for each other: the statement takes this lock before it takes a counter.
CREATE FUNCTION order_ended_rights() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(x'50726C00'::INT, 2);
    RETURN NULL;
END
$$;
CREATE TRIGGER order_ended_rights BEFORE INSERT ON ended_rights FOR EACH STATEMENT
    EXECUTE FUNCTION order_ended_rights();

CREATE TABLE server_policy (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    name TEXT COLLATE "C" NOT NULL,
    welcome TEXT COLLATE "C" NOT NULL,
    admission TEXT COLLATE "C" NOT NULL,
    room_creation TEXT COLLATE "C" NOT NULL
);
INSERT INTO server_policy VALUES (1, 'Parlor', '', 'open', 'everyone');

CREATE TABLE recovery_codes (
    account TEXT COLLATE "C" PRIMARY KEY,
    code BYTEA NOT NULL UNIQUE,
    created BIGINT NOT NULL
);

CREATE TABLE bot_tokens (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    secret BYTEA NOT NULL UNIQUE,
    account TEXT COLLATE "C" NOT NULL UNIQUE,
    name TEXT COLLATE "C" NOT NULL,
    author TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    used BIGINT
);

CREATE TABLE bot_token_rooms (
    token BIGINT NOT NULL,
    room TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (token, room)
);
CREATE INDEX bot_token_rooms_by_room ON bot_token_rooms (room);

-- The actor is null for the command line.
CREATE TABLE audit_log (
    id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at BIGINT NOT NULL,
    actor TEXT COLLATE "C",
    actor_name TEXT COLLATE "C" NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    detail TEXT COLLATE "C" NOT NULL
);
