-- The JSON pointers whose values are or were extracted from bodies. A pointer keeps its id, whether it is indexed or not.
create table indexed_paths(
    id integer primary key,
    pointer text not null unique
);

-- The values at a path of all messages from since (inclusive) to until (exclusive; null: for now) are in indexed_values.
create table indexed_spans(
    path integer not null,
    since integer not null,
    until integer,
    primary key (path, since)
) without rowid;

-- At most one row per message and path; a key compares as its value does.
create table indexed_values(
    path integer not null,
    key blob not null,
    position integer not null,
    primary key (path, key, position)
) without rowid;
