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

-- died_at: when a fold found the silo dead. knows_folds: its process reads what is folded; nothing is folded while one
-- lives that does not.
alter table silos add column died_at timestamptz;
alter table silos add column knows_folds boolean not null default false;

-- No partition is placed on a silo that is cordoned while another can run it.
alter table silos add column is_cordoned boolean not null default false;
