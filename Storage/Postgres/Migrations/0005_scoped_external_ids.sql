-- External ids in their scope: hash is made of source, item and id. Those that earlier versions wrote stay in external_ids, whose hash
-- is made of source and id, and are looked up there until they are cut.
create table scoped_external_ids(
    partition int not null,
    hash bytea not null,
    message_id uuid not null,
    item text collate "C" not null,
    position bigint not null,
    body_hash bytea not null,
    -- Days since 1970-01-01 UTC.
    received_day int not null,
    primary key (partition, hash)
);
create index scoped_external_ids_by_day on scoped_external_ids(received_day);
