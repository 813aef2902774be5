-- Times are 100 ns units since 1970-01-01 UTC; text compares as bytes of UTF-8 (BINARY); hashes are 16 bytes, big-endian.

create table meta(
    id integer primary key check (id = 1),
    history_id blob not null,
    partition_count integer not null,
    -- Counts the commits of the database's whole life, so that positions never repeat.
    last_transaction integer not null
);

create table silos(
    id integer primary key autoincrement,
    address text not null,
    status text not null check (status in ('joining', 'active', 'leaving', 'dead')),
    round integer not null,
    -- The transaction of the last round.
    transaction_id integer not null
);

create table partitions(
    id integer primary key,
    silo integer
);

create table messages(
    position integer primary key,
    id blob not null,
    source text not null,
    item text not null,
    item_sequence integer not null,
    external_hash blob,
    received_at integer not null,
    media_type text not null,
    body blob not null,
    generations blob not null
);
-- An index ends with the primary key of its table: this one is (item, position).
create index messages_by_item on messages(item);
create unique index messages_by_id on messages(id);

create table pending(
    position integer primary key,
    status integer not null,
    step text not null,
    attempts integer not null,
    next_attempt_at integer,
    error text
);

-- With a rowid: new items are appended, and only their ids go to random pages.
create table items(
    id text primary key,
    partition integer not null,
    version integer not null,
    state blob not null
);

create table aggregates(
    generation integer not null,
    window_start_ms integer not null,
    "group" text not null,
    partition integer not null,
    version integer not null,
    state blob not null,
    primary key (generation, window_start_ms, "group")
) without rowid;

create table grains(
    type text not null,
    key text not null,
    partition integer not null,
    version integer not null,
    state blob not null,
    primary key (type, key)
) without rowid;

create table reminders(
    due_at integer not null,
    type text not null,
    key text not null,
    name text not null,
    partition integer not null,
    attempt integer not null,
    activity text,
    payload blob not null,
    primary key (type, key, name)
) without rowid;
create index reminders_by_due on reminders(due_at, type, key, name);

create table deferred_calls(
    sequence integer primary key,
    partition integer not null,
    type text not null,
    key text not null,
    method text not null,
    arguments blob not null
);

create table failures(
    id blob primary key,
    failed_at integer not null,
    partition integer not null,
    type text not null,
    key text not null,
    method text not null,
    arguments blob not null,
    error text not null
) without rowid;

create table external_ids(
    partition integer not null,
    hash blob not null,
    message_id blob not null,
    item text not null,
    position integer not null,
    body_hash blob not null,
    -- Days since 1970-01-01 UTC.
    received_day integer not null,
    primary key (partition, hash)
) without rowid;
create index external_ids_by_day on external_ids(received_day);

create table ledger(
    silo integer not null,
    source text not null,
    hour integer not null,
    accepted integer not null,
    completed integer not null,
    skipped integer not null,
    processing integer not null,
    retrying integer not null,
    parked integer not null,
    primary key (silo, source, hour)
) without rowid;

-- One row per commit with messages: its first position, how many it holds, and how many the silo has stored with it.
create table tallies(
    silo integer not null,
    position integer not null,
    count integer not null,
    total integer not null,
    primary key (silo, position)
) without rowid;

create table definitions(
    id integer primary key,
    name text not null,
    generation integer not null,
    hash text not null,
    definition blob not null,
    created_at integer not null,
    unique (name, generation)
);
