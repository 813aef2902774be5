-- Tallies of commits that follow each other, of whichever silos: count messages, the first at position, and total with
-- all before them. commits: for each commit, as LEB128 numbers, the transactions since the one before, and how many
-- messages it stored.
create table folded_tallies(
    position integer primary key,
    count integer not null,
    total integer not null,
    commits blob not null
);

-- Folded rows of the ledger have the silo 0.

-- When a fold found the silo dead.
alter table silos add column died_at integer;

-- No partition is placed on a silo that is cordoned while another can run it.
alter table silos add column is_cordoned integer not null default 0;
