-- The JSON pointers whose values are extracted from bodies: those of messages from since (inclusive) to until (exclusive) are in the index.
create table indexed_paths(
    id integer primary key,
    pointer text not null,
    since integer not null,
    until integer
);
create unique index indexed_paths_open on indexed_paths(pointer) where until is null;
create index indexed_paths_by_pointer on indexed_paths(pointer, since);

-- At most one row per message and path; a key compares as its value does.
create table indexed_values(
    path integer not null,
    key blob not null,
    position integer not null,
    primary key (path, key, position)
) without rowid;
