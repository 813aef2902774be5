-- The JSON pointers whose values are extracted from bodies: those of messages from since (inclusive) to until (exclusive) are in the index.
create table indexed_paths(
    id int generated always as identity primary key,
    pointer text collate "C" not null,
    since bigint not null,
    until bigint
);
create unique index indexed_paths_open on indexed_paths(pointer) where until is null;
create index indexed_paths_by_pointer on indexed_paths(pointer, since);

-- At most one row per message and path; a key compares as its value does.
create table indexed_values(
    path int not null,
    key bytea not null,
    position bigint not null,
    primary key (path, key, position)
) with (autovacuum_vacuum_insert_threshold = 100000, autovacuum_vacuum_insert_scale_factor = 0.05);
