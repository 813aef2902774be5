-- States of ordinary Orleans grains. format: 1 Orleans' binary format, 2 JSON.
create table grain_states(
    grain text not null,
    name text not null,
    version blob not null,
    format integer not null,
    state blob not null,
    primary key (grain, name)
);

-- Reminders of ordinary Orleans grains. hash: Orleans' uniform hash of the grain's id, by which silos share reminders.
-- start_at: ticks (100 ns) since year 1, UTC; period: ticks.
create table grain_reminders(
    grain text not null,
    name text not null,
    hash integer not null,
    start_at integer not null,
    period integer not null,
    version blob not null,
    primary key (grain, name)
) without rowid;
create index grain_reminders_hash on grain_reminders(hash);
