-- What is left of a message, one row per part: plugin '' is the message as a whole. Empty in every database before this version.
-- Rows come with a round and go with a later one, thousands at a time: they are never updated.
drop table pending;
create table pending(
    position bigint not null,
    item_sequence bigint not null,
    received_at bigint not null,
    changed_at bigint not null,
    next_attempt_at bigint,
    message_id uuid not null,
    status int not null,
    step int not null,
    attempts int not null,
    plugin text collate "C" not null,
    item text collate "C" not null,
    source text collate "C" not null,
    error text,
    primary key (position, plugin)
) with (autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0.02);
-- Parts in processing (1) come and go by the thousand and are in no index.
create index pending_by_status on pending(status, position, plugin) where status <> 1;

-- Failures as they were raised: the position is made as a message's, of the index among those of its round.
create table raised(
    position bigint primary key,
    message_position bigint not null,
    item_sequence bigint not null,
    received_at bigint not null,
    raised_at bigint not null,
    next_attempt_at bigint,
    message_id uuid not null,
    status int not null,
    step int not null,
    attempts int not null,
    plugin text collate "C" not null,
    item text collate "C" not null,
    source text collate "C" not null,
    error text
) with (autovacuum_vacuum_insert_threshold = 100000, autovacuum_vacuum_insert_scale_factor = 0.05);

create table records(
    generation int not null,
    item text collate "C" not null,
    key text collate "C" not null,
    position bigint not null,
    item_sequence bigint not null,
    received_at bigint not null,
    message_id uuid not null,
    source text collate "C" not null,
    json bytea not null,
    primary key (generation, item, key)
) with (fillfactor = 80, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0.05);

-- What messages were counted in since they were accepted: one row per message and round, so that rows are only added.
create table outcomes(
    position bigint not null,
    -- The first position of the round that added it.
    added_at bigint not null,
    list bytea not null,
    primary key (position, added_at)
) with (autovacuum_vacuum_insert_threshold = 100000, autovacuum_vacuum_insert_scale_factor = 0.05);

create table plugin_scripts(
    plugin text collate "C" not null,
    hash text collate "C" not null,
    primary key (plugin, hash)
);

-- Which commands of plugins have run.
create table plugin_runs(
    message_id uuid not null,
    plugin text collate "C" not null,
    generation int not null,
    primary key (message_id, plugin, generation)
) with (autovacuum_vacuum_insert_threshold = 100000, autovacuum_vacuum_insert_scale_factor = 0.05);
