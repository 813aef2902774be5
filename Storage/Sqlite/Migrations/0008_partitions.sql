-- The dead silo that the owner of a partition took it from; null when nobody had owned it.
alter table partitions add column taken_from integer;

-- An owner reads what is left for it.
create index deferred_calls_by_partition on deferred_calls(partition, sequence);
