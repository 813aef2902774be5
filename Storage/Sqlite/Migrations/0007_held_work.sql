-- Calls that a build could not make, and why. A sequence lies in the order of deferred_calls.
create table held_calls(
    sequence integer primary key,
    held_at integer not null,
    partition integer not null,
    type text not null,
    key text not null,
    method text not null,
    arguments blob not null,
    code text not null,
    error text not null
);
create index held_calls_by_grain on held_calls(type, key, sequence);

-- A held reminder is due beyond all time, and held_due_at keeps when it was due.
alter table reminders add column held_due_at integer;
alter table reminders add column held_at integer;
alter table reminders add column held_code text;
alter table reminders add column held_error text;
create index reminders_held on reminders(type, key, name) where held_due_at is not null;

-- How often the call was made.
alter table failures add column attempts integer not null default 1;
