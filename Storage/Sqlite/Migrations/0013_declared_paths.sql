-- is_fed: silos extract the values of all messages at the path; its span begins when all of them do.
alter table indexed_paths add column is_fed integer not null default 0;
update indexed_paths set is_fed = 1
    where exists(select 1 from indexed_spans s where s.path = indexed_paths.id and s.until is null);

-- Which paths a silo wants indexed. Rows of dead silos count for nothing.
create table declared_paths(
    silo integer not null,
    path integer not null,
    primary key (silo, path)
) without rowid;
