-- Calls that a build could not make, and why. A sequence lies in the order of deferred_calls.
create table held_calls(
    sequence bigint primary key,
    held_at bigint not null,
    partition int not null,
    type text collate "C" not null,
    key text collate "C" not null,
    method text collate "C" not null,
    arguments bytea not null,
    code text collate "C" not null,
    error text not null
) with (autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_scale_factor = 0.02);
create index held_calls_by_grain on held_calls(type, key, sequence);

-- A held reminder is due beyond all time, and held_due_at keeps when it was due.
alter table reminders add column held_due_at bigint;
alter table reminders add column held_at bigint;
alter table reminders add column held_code text collate "C";
alter table reminders add column held_error text;
create index reminders_held on reminders(type, key, name) where held_due_at is not null;

-- How often the call was made.
alter table failures add column attempts int not null default 1;
