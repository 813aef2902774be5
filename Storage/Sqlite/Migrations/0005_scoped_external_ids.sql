-- External ids in their scope: hash is made of source, item and id. Those that earlier versions wrote stay in external_ids, whose hash
-- is made of source and id, and are looked up there until they are cut.
create table scoped_external_ids(
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
create index scoped_external_ids_by_day on scoped_external_ids(received_day);
