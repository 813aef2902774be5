-- The dead silo that the owner of a partition took it from; null when nobody had owned it.
alter table partitions add column taken_from bigint;

-- An owner reads what is left for it.
create index deferred_calls_by_partition on deferred_calls(partition, sequence);

-- The fence, which also proves that the silo owns what the round writes. Silos of earlier versions use the one without.
create function fence(me bigint, new_round bigint, writes int[], out transaction_id bigint, out committed_at timestamptz)
language plpgsql as $$
begin
    select f.transaction_id, f.committed_at into transaction_id, committed_at from fence(me, new_round) f;
    if (select count(*) from partitions p where p.id = any(writes) and p.silo = me) <> cardinality(writes) then
        raise exception 'silo % writes a partition that it does not own in round %', me, new_round using errcode = 'TR003';
    end if;
end $$;
