-- Times are 100 ns units since 1970-01-01 UTC; text compares as bytes of UTF-8 (COLLATE "C"); hashes are 16 bytes, big-endian.
-- Tables that are updated leave room in their pages and index nothing that changes, so that updates stay in the page (HOT).

create table meta(
    id int primary key check (id = 1),
    history_id uuid not null,
    partition_count int not null
);

create table silos(
    id bigint generated always as identity primary key,
    address text not null,
    status text not null check (status in ('joining', 'active', 'leaving', 'dead')),
    round bigint not null,
    -- The transaction of the last round.
    transaction_id bigint not null,
    backend_pid int not null,
    backend_start timestamptz not null
) with (fillfactor = 10, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);

create table partitions(
    id int primary key,
    silo bigint
);

create table messages(
    position bigint primary key,
    id uuid not null,
    source text collate "C" not null,
    item text collate "C" not null,
    item_sequence bigint not null,
    external_hash bytea,
    received_at bigint not null,
    media_type text collate "C" not null,
    body bytea not null,
    generations bytea not null
) with (autovacuum_vacuum_insert_threshold = 100000, autovacuum_vacuum_insert_scale_factor = 0.05);
create index messages_by_item on messages(item, position);
create unique index messages_by_id on messages(id);

create table pending(
    position bigint primary key,
    status smallint not null,
    step text collate "C" not null,
    attempts int not null,
    next_attempt_at bigint,
    error text
) with (fillfactor = 70, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.02);

create table items(
    id text collate "C" primary key,
    partition int not null,
    version int not null,
    state bytea not null
) with (fillfactor = 70, autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0.05);

create table aggregates(
    generation int not null,
    window_start_ms bigint not null,
    "group" text collate "C" not null,
    partition int not null,
    version int not null,
    state bytea not null,
    primary key (generation, window_start_ms, "group")
) with (fillfactor = 50, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0.02);

create table grains(
    type text collate "C" not null,
    key text collate "C" not null,
    partition int not null,
    version int not null,
    state bytea not null,
    primary key (type, key)
) with (fillfactor = 60, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0.02);

create table reminders(
    due_at bigint not null,
    type text collate "C" not null,
    key text collate "C" not null,
    name text collate "C" not null,
    partition int not null,
    attempt int not null,
    activity text collate "C",
    payload bytea not null,
    primary key (type, key, name)
) with (autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0.02);
create index reminders_by_due on reminders(due_at, type, key, name);

create table deferred_calls(
    sequence bigint primary key,
    partition int not null,
    type text collate "C" not null,
    key text collate "C" not null,
    method text collate "C" not null,
    arguments bytea not null
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.02);

create table failures(
    id uuid primary key,
    failed_at bigint not null,
    partition int not null,
    type text collate "C" not null,
    key text collate "C" not null,
    method text collate "C" not null,
    arguments bytea not null,
    error text not null
);

create table external_ids(
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
create index external_ids_by_day on external_ids(received_day);

create table ledger(
    silo bigint not null,
    source text collate "C" not null,
    hour bigint not null,
    accepted bigint not null,
    completed bigint not null,
    skipped bigint not null,
    processing bigint not null,
    retrying bigint not null,
    parked bigint not null,
    primary key (silo, source, hour)
) with (fillfactor = 50, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0.02);

-- One row per commit with messages: its first position, how many it holds, and how many the silo has stored with it.
create table tallies(
    silo bigint not null,
    position bigint not null,
    count int not null,
    total bigint not null,
    primary key (silo, position)
);

create table definitions(
    id int generated always as identity primary key,
    name text collate "C" not null,
    generation int not null,
    hash text collate "C" not null,
    definition bytea not null,
    created_at bigint not null,
    unique (name, generation)
);

-- The fence: moves a silo's row from the round before to this one, or raises, so that a pipelined batch ends by itself.
create function fence(me bigint, new_round bigint, out transaction_id bigint, out committed_at timestamptz) language plpgsql as $$
begin
    transaction_id := pg_current_xact_id()::text::bigint;
    committed_at := clock_timestamp();
    update silos s set round = new_round, transaction_id = fence.transaction_id
        where s.id = me and s.round = new_round - 1 and s.status <> 'dead';
    if not found then
        raise exception 'silo % is not alive at round %', me, new_round - 1 using errcode = 'TR001';
    end if;
end $$;

-- Raises when an update or deletion of rows that exist did not find them all.
create function expect_rows(actual bigint, expected bigint, what text) returns void language plpgsql as $$
begin
    if actual <> expected then
        raise exception 'the round names % rows of % and % exist', expected, what, actual using errcode = 'TR002';
    end if;
end $$;

-- The position below which nothing can appear any more, in the snapshot of the statement that asks.
create function horizon() returns bigint language sql stable as $$
    select pg_snapshot_xmin(pg_current_snapshot())::text::bigint << 16
$$;
