-- The JSON pointers whose values are or were extracted from bodies. A pointer keeps its id, whether it is indexed or not.
create table indexed_paths(
    id int generated always as identity primary key,
    pointer text collate "C" not null unique
);

-- The values at a path of all messages from since (inclusive) to until (exclusive; null: for now) are in indexed_values.
create table indexed_spans(
    path int not null,
    since bigint not null,
    until bigint,
    primary key (path, since)
);

-- At most one row per message and path; a key compares as its value does.
create table indexed_values(
    path int not null,
    key bytea not null,
    position bigint not null,
    primary key (path, key, position)
) with (autovacuum_vacuum_insert_threshold = 100000, autovacuum_vacuum_insert_scale_factor = 0.05);
