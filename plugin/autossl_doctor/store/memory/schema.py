"""The tables of `state.db`, step by step: each migration brings a database one version further.

Moments are whole seconds since 1970, UTC. `content` columns hold JSON: ids and arguments, never sentences. Nothing here
needs more than SQLite 3.26, which is what EL 8 has.
"""

from __future__ import annotations

APPLICATION = 0x41534C44
"""`PRAGMA application_id`: the letters ASLD, by which the file is told from any other database."""

_FIRST = """
CREATE TABLE accounts(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    uid INTEGER NOT NULL,
    startdate INTEGER NOT NULL,
    UNIQUE(uid, startdate)
);
CREATE TABLE websites(
    id INTEGER PRIMARY KEY,
    account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    name TEXT NOT NULL,
    UNIQUE(account, name)
);
CREATE INDEX websites_by_name ON websites(name);

-- Each run that has been read: once for all, unless its log was written on (`size`, `tail`) or replaced (`inode`).
CREATE TABLE runs(
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    started INTEGER NOT NULL,
    ended INTEGER,
    username TEXT NOT NULL,
    provider TEXT NOT NULL,
    state TEXT NOT NULL,
    websites INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    size INTEGER NOT NULL,
    tail BLOB NOT NULL
);
CREATE INDEX runs_by_start ON runs(started);

-- What runs said of a website, one row for as long as they said the same.
CREATE TABLE spells(
    id INTEGER PRIMARY KEY,
    website INTEGER NOT NULL REFERENCES websites ON DELETE CASCADE,
    said BLOB NOT NULL,
    began INTEGER NOT NULL,
    last INTEGER NOT NULL,
    times INTEGER NOT NULL,
    stuck INTEGER NOT NULL,
    cause TEXT NOT NULL,
    content TEXT NOT NULL
);
CREATE INDEX spells_of_website ON spells(website, began);
CREATE INDEX spells_by_age ON spells(last);

CREATE TABLE certificates(
    website INTEGER NOT NULL REFERENCES websites ON DELETE CASCADE,
    fingerprint TEXT NOT NULL,
    not_before INTEGER NOT NULL,
    not_after INTEGER NOT NULL,
    content TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY(website, fingerprint)
) WITHOUT ROWID;

-- Things that may change and explain a failure: of a website, or (website 0) of the server.
CREATE TABLE values_seen(
    id INTEGER PRIMARY KEY,
    website INTEGER NOT NULL,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    first INTEGER NOT NULL,
    last INTEGER NOT NULL
);
CREATE INDEX values_of_website ON values_seen(website, name, id);

-- What was spent of the CA's limits, as far as this server saw.
CREATE TABLE orders(
    at INTEGER NOT NULL,
    website INTEGER NOT NULL REFERENCES websites ON DELETE CASCADE,
    provider TEXT NOT NULL,
    names TEXT NOT NULL,
    issued INTEGER NOT NULL
);
CREATE INDEX orders_by_time ON orders(at);
CREATE INDEX orders_of_website ON orders(website, at);
CREATE TABLE checks_by_ca(
    at INTEGER NOT NULL,
    website INTEGER NOT NULL REFERENCES websites ON DELETE CASCADE,
    name TEXT NOT NULL,
    passed INTEGER NOT NULL
);
CREATE INDEX checks_of_name ON checks_by_ca(name, at);
CREATE INDEX checks_by_time ON checks_by_ca(at);
CREATE INDEX checks_of_website ON checks_by_ca(website);

CREATE TABLE durations(
    step TEXT NOT NULL,
    at INTEGER NOT NULL,
    seconds INTEGER NOT NULL
);
CREATE INDEX durations_of_step ON durations(step, at);

CREATE TABLE actions(
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    account INTEGER NOT NULL REFERENCES accounts ON DELETE CASCADE,
    website TEXT NOT NULL,
    verb TEXT NOT NULL,
    names TEXT NOT NULL,
    said_by TEXT NOT NULL
);
CREATE INDEX actions_by_time ON actions(at);
CREATE INDEX actions_of_account ON actions(account, at);
"""

MIGRATIONS = (_FIRST,)
"""The version of a database (`PRAGMA user_version`) is the number of migrations that it has seen."""
VERSION = len(MIGRATIONS)
