-- The id of the cluster whose silos own the partitions; null for a silo that is alone.
alter table meta add column cluster text;
