-- How often the activity of a row was started by silos that did not leave, noted only after such an end; null: never
-- noted.
alter table reminders add column starts integer;
-- The silo that noted the last start; null when it has left since.
alter table reminders add column started_by integer;
-- Not null when nothing else was to run with it.
alter table reminders add column is_alone integer;
create index reminders_by_starter on reminders(started_by) where started_by is not null;

-- Deliveries of brokers that may have ended the process: noted when they come again, removed when they are stored.
create table delivery_starts(
    source text not null,
    -- Of the bytes and of what the sender says of them.
    fingerprint blob not null,
    starts integer not null,
    is_alone integer not null,
    primary key (source, fingerprint)
) without rowid;
