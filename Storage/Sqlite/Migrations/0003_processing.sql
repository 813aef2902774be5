-- What is left of a message, one row per part: plugin '' is the message as a whole. Empty in every database before this version.
drop table pending;
create table pending(
    position integer not null,
    plugin text not null,
    message_id blob not null,
    item text not null,
    item_sequence integer not null,
    source text not null,
    received_at integer not null,
    status integer not null,
    step integer not null,
    attempts integer not null,
    next_attempt_at integer,
    error text,
    changed_at integer not null,
    primary key (position, plugin)
) without rowid;
-- Parts in processing (1) come and go by the thousand and are in no index.
create index pending_by_status on pending(status, position, plugin) where status <> 1;

-- Failures as they were raised: the position is made as a message's, of the index among those of its round.
create table raised(
    position integer primary key,
    message_position integer not null,
    plugin text not null,
    message_id blob not null,
    item text not null,
    item_sequence integer not null,
    source text not null,
    received_at integer not null,
    status integer not null,
    step integer not null,
    attempts integer not null,
    next_attempt_at integer,
    error text,
    raised_at integer not null
);

create table records(
    generation integer not null,
    item text not null,
    key text not null,
    position integer not null,
    message_id blob not null,
    item_sequence integer not null,
    source text not null,
    received_at integer not null,
    json blob not null,
    primary key (generation, item, key)
);

-- What messages were counted in since they were accepted: one row per message and round, so that rows are only added.
create table outcomes(
    position integer not null,
    -- The first position of the round that added it.
    added_at integer not null,
    list blob not null,
    primary key (position, added_at)
) without rowid;
