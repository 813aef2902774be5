-- Tallies of commits that follow each other, of whichever silos: count messages, the first at position, and total with
-- all before them. commits: for each commit, as LEB128 numbers, the transactions since the one before, and how many
-- messages it stored.
create table folded_tallies(
    position bigint primary key,
    count bigint not null,
    total bigint not null,
    commits bytea not null
) with (fillfactor = 50);

-- Folded rows of the ledger have the silo 0.

-- Folds delete them from the front.
alter table tallies set (autovacuum_vacuum_threshold = 5000, autovacuum_vacuum_scale_factor = 0.02);

-- died_at: when a fold found the silo dead. schema_version: the newest that its build knows, 0 before version 12.
-- Nothing is folded, and no silo cordoned, while a silo lives that does not know of it.
alter table silos add column died_at timestamptz;
alter table silos add column schema_version int not null default 0;

-- No partition is placed on a silo that is cordoned while another can run it.
alter table silos add column is_cordoned boolean not null default false;
