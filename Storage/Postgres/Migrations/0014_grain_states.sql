-- States of ordinary Orleans grains. format: 1 Orleans' binary format, 2 JSON. Rows are replaced often: the room that
-- pages leave lets new versions of a row stay in its page.
create table grain_states(
    grain text collate "C" not null,
    name text collate "C" not null,
    version uuid not null,
    format smallint not null,
    state bytea not null,
    primary key (grain, name)
) with (fillfactor = 70);

-- Reminders of ordinary Orleans grains. hash: Orleans' uniform hash of the grain's id, by which silos share reminders.
-- start_at: ticks (100 ns) since year 1, UTC; period: ticks.
create table grain_reminders(
    grain text collate "C" not null,
    name text collate "C" not null,
    hash bigint not null,
    start_at bigint not null,
    period bigint not null,
    version uuid not null,
    primary key (grain, name)
);
create index grain_reminders_hash on grain_reminders(hash);
