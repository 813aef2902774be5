-- The version of what messages are counted in: it rises with every change of that.
alter table meta add column definitions bigint not null default 0;

-- definitions: the version that rounds of the silo must know at least. has_declared: the silo has said which
-- definitions it has, none included.
alter table silos add column definitions bigint not null default 0;
alter table silos add column has_declared boolean not null default false;

-- needs_code: bound to code, so that only silos that have the code can add to it. is_fed: messages are counted in it as
-- they come. fed_from: every message from this position on is; null until that is known, and while it is not fed.
alter table definitions add column needs_code boolean not null default false;
alter table definitions add column is_fed boolean not null default false;
alter table definitions add column fed_from bigint;

-- Which definitions a silo has. Rows of dead silos count for nothing.
create table declarations(
    silo bigint not null,
    definition int not null,
    primary key (silo, definition)
);

-- The fence, which also proves that the silo owns what the round writes, and that the round counts its messages by a
-- version that is not out of date; the hint of that error is the version that counts. Silos of earlier versions use the
-- fence without.
create function fence(
    me bigint, new_round bigint, writes int[], known bigint, out transaction_id bigint, out committed_at timestamptz)
language plpgsql as $$
declare
    asked bigint;
begin
    transaction_id := pg_current_xact_id()::text::bigint;
    committed_at := clock_timestamp();
    update silos s set round = new_round, transaction_id = fence.transaction_id
        where s.id = me and s.round = new_round - 1 and s.status <> 'dead'
        returning s.definitions into asked;
    if not found then
        raise exception 'silo % is not alive at round %', me, new_round - 1 using errcode = 'TR001';
    end if;
    if asked > known then
        raise exception 'round % of silo % counts by version % of the definitions', new_round, me, known
            using errcode = 'TR004', hint = asked::text;
    end if;
    if (select count(*) from partitions p where p.id = any(writes) and p.silo = me) <> cardinality(writes) then
        raise exception 'silo % writes a partition that it does not own in round %', me, new_round
            using errcode = 'TR003';
    end if;
end $$;
