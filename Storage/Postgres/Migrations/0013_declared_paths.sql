-- is_fed: silos extract the values of all messages at the path; its span begins when all of them do.
alter table indexed_paths add column is_fed boolean not null default false;
update indexed_paths set is_fed = true
    where exists(select 1 from indexed_spans s where s.path = indexed_paths.id and s.until is null);

-- Which paths a silo wants indexed. Rows of dead silos count for nothing.
create table declared_paths(
    silo bigint not null,
    path int not null,
    primary key (silo, path)
);
