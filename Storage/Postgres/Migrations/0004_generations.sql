-- When a generation was first what readers see, and when it was given up; null: never.
alter table definitions add column lived_at bigint;
alter table definitions add column dropped_at bigint;

-- Which generation of a name readers see. Until this version that was the newest.
create table live_generations(
    name text collate "C" primary key,
    id int not null
);
insert into live_generations(name, id)
    select name, id from definitions d where generation = (select max(generation) from definitions where name = d.name);
update definitions set lived_at = created_at where id in (select id from live_generations);
