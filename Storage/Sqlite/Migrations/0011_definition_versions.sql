-- The version of what messages are counted in: it rises with every change of that.
alter table meta add column definitions integer not null default 0;

-- definitions: the version that rounds of the silo must know at least. has_declared: the silo has said which
-- definitions it has, none included.
alter table silos add column definitions integer not null default 0;
alter table silos add column has_declared integer not null default 0;

-- needs_code: bound to code, so that only silos that have the code can add to it. is_fed: messages are counted in it as
-- they come. fed_from: every message from this position on is; null until that is known, and while it is not fed.
alter table definitions add column needs_code integer not null default 0;
alter table definitions add column is_fed integer not null default 0;
alter table definitions add column fed_from integer;

-- Which definitions a silo has. Rows of dead silos count for nothing.
create table declarations(
    silo integer not null,
    definition integer not null,
    primary key (silo, definition)
) without rowid;
