-- How often the activity of a row was started by silos that did not leave, noted only after such an end; null: never
-- noted.
alter table reminders add column starts int;
-- The silo that noted the last start; null when it has left since.
alter table reminders add column started_by bigint;
-- Not null when nothing else was to run with it.
alter table reminders add column is_alone boolean;
create index reminders_by_starter on reminders(started_by) where started_by is not null;

-- Deliveries of brokers that may have ended the process: noted when they come again, removed when they are stored.
create table delivery_starts(
    source text collate "C" not null,
    -- Of the bytes and of what the sender says of them.
    fingerprint bytea not null,
    starts int not null,
    is_alone boolean not null,
    primary key (source, fingerprint)
);
