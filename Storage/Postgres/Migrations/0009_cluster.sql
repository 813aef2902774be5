-- The id of the cluster whose silos own the partitions; null for a silo that is alone.
alter table meta add column cluster text collate "C";

-- Who belongs to which Orleans cluster. The version of a cluster orders all changes of its members.
create table cluster_versions(
    cluster text collate "C" primary key,
    version int not null
) with (fillfactor = 50);

create table cluster_members(
    cluster text collate "C" not null references cluster_versions(cluster) on delete cascade,
    address text collate "C" not null,
    port int not null,
    -- Tells the lives of a silo at one address apart.
    generation int not null,
    name text not null,
    host text not null,
    -- Orleans' SiloStatus: 3 is active, 6 is dead.
    status int not null,
    -- Null or 0 without a gateway for clients.
    gateway_port int,
    suspicions text,
    started_at timestamptz not null,
    alive_at timestamptz not null,
    primary key (cluster, address, port, generation)
) with (fillfactor = 50, autovacuum_vacuum_threshold = 200, autovacuum_vacuum_scale_factor = 0);

-- Locks the version of a cluster for the transaction; false when it is not the expected one. Changes of members begin
-- with it, so that they come one after the other and each knows the members that it was decided by.
create function lock_cluster_version(asked text, expected int) returns boolean language plpgsql as $$
begin
    perform from cluster_versions v where v.cluster = asked and v.version = expected for update;
    return found;
end $$;

-- False, and nothing is written, when the version is not the expected one or the member exists.
create function add_cluster_member(
    asked text, expected int, new_address text, new_port int, new_generation int, new_name text, new_host text,
    new_status int, new_gateway_port int, new_started_at timestamptz, new_alive_at timestamptz)
returns boolean language plpgsql as $$
begin
    if not lock_cluster_version(asked, expected) then
        return false;
    end if;
    insert into cluster_members(
        cluster, address, port, generation, name, host, status, gateway_port, started_at, alive_at)
    values (
        asked, new_address, new_port, new_generation, new_name, new_host, new_status, new_gateway_port,
        new_started_at, new_alive_at)
    on conflict do nothing;
    if not found then
        return false;
    end if;
    update cluster_versions set version = version + 1 where cluster = asked;
    return true;
end $$;

-- False, and nothing is written, when the version is not the expected one or there is no such member.
create function change_cluster_member(
    asked text, expected int, its_address text, its_port int, its_generation int, new_status int, new_suspicions text,
    new_alive_at timestamptz)
returns boolean language plpgsql as $$
begin
    if not lock_cluster_version(asked, expected) then
        return false;
    end if;
    update cluster_members
    set status = new_status, suspicions = new_suspicions, alive_at = new_alive_at
    where cluster = asked and address = its_address and port = its_port and generation = its_generation;
    if not found then
        return false;
    end if;
    update cluster_versions set version = version + 1 where cluster = asked;
    return true;
end $$;

-- Names of this table and its columns, the keys, the parameters and the names of results are those that Orleans'
-- provider for relational databases asks for. Grains of others in this database may add keys of their own.
create table orleansquery(
    querykey text primary key,
    querytext text not null
);

insert into orleansquery(querykey, querytext) values
('InsertMembershipVersionKey', $$
    with begun as (
        insert into cluster_versions(cluster, version) values (@DeploymentId, 0) on conflict do nothing returning 1)
    select exists(select from begun)
$$),
('MembershipReadAllKey', $$
    select v.version as Version, m.address as Address, m.port as Port, m.generation as Generation, m.name as SiloName,
        m.host as HostName, m.status as Status, coalesce(m.gateway_port, 0) as ProxyPort,
        m.suspicions as SuspectTimes, m.started_at as StartTime, m.alive_at as IAmAliveTime
    from cluster_versions v left join cluster_members m on m.cluster = v.cluster
    where v.cluster = @DeploymentId
$$),
('MembershipReadRowKey', $$
    select v.version as Version, m.address as Address, m.port as Port, m.generation as Generation, m.name as SiloName,
        m.host as HostName, m.status as Status, coalesce(m.gateway_port, 0) as ProxyPort,
        m.suspicions as SuspectTimes, m.started_at as StartTime, m.alive_at as IAmAliveTime
    from cluster_versions v left join cluster_members m
        on m.cluster = v.cluster and m.address = @Address and m.port = @Port and m.generation = @Generation
    where v.cluster = @DeploymentId
$$),
('InsertMembershipKey', $$
    select add_cluster_member(
        @DeploymentId, @Version, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime,
        @IAmAliveTime)
$$),
('UpdateMembershipKey', $$
    select change_cluster_member(
        @DeploymentId, @Version, @Address, @Port, @Generation, @Status, @SuspectTimes, @IAmAliveTime)
$$),
('UpdateIAmAlivetimeKey', $$
    update cluster_members set alive_at = @IAmAliveTime
    where cluster = @DeploymentId and address = @Address and port = @Port and generation = @Generation
$$),
('GatewaysQueryKey', $$
    select address as Address, gateway_port as ProxyPort, generation as Generation from cluster_members
    where cluster = @DeploymentId and status = @Status and gateway_port > 0
$$),
('DeleteMembershipTableEntriesKey', $$
    delete from cluster_versions where cluster = @DeploymentId
$$),
('CleanupDefunctSiloEntriesKey', $$
    delete from cluster_members
    where cluster = @DeploymentId and status <> 3 and greatest(started_at, alive_at) < @IAmAliveTime
$$);
