using Npgsql;

namespace Tributary.Bench.Ordinary;

/// <summary>
/// The table and queries for Orleans' ADO.NET grain storage, written by us: the storage reads the texts of its queries
/// from <c>OrleansQuery</c> and prescribes the names of their parameters.
/// </summary>
internal static class OrdinarySchema
{
    public const string Name = "ordinary";

    // The condition for one grain. A string key is stored as its text in the extension, with zero as its numbers.
    private const string Key = """
        service = @ServiceId and type_hash = @GrainTypeHash and id_hash = @GrainIdHash and type = @GrainTypeString
        and id_n0 = @GrainIdN0 and id_n1 = @GrainIdN1 and extension = coalesce(@GrainIdExtensionString::text, '')
        """;

    private const string Tables = """
        create schema ordinary;
        create table ordinary.OrleansQuery (QueryKey text primary key, QueryText text not null);
        create table ordinary.grain_states (
            service text not null,
            type_hash integer not null,
            id_hash integer not null,
            type text not null,
            id_n0 bigint not null,
            id_n1 bigint not null,
            extension text not null,
            version integer not null,
            payload bytea,
            primary key (type_hash, id_hash, extension, type, id_n0, id_n1, service));
        """;

    // A first version is inserted; a later one must follow the version that the grain has read. When another writer was
    // faster, no row comes back and the storage throws.
    private const string Write = $"""
        with changed as (
            update grain_states set payload = @PayloadBinary, version = version + 1
            where {Key} and version = @GrainStateVersion::integer
            returning version),
        made as (
            insert into grain_states (
                service, type_hash, id_hash, type, id_n0, id_n1, extension, version, payload)
            select
                @ServiceId, @GrainTypeHash, @GrainIdHash, @GrainTypeString, @GrainIdN0, @GrainIdN1,
                coalesce(@GrainIdExtensionString::text, ''), 1, @PayloadBinary
            where @GrainStateVersion::integer is null
            on conflict do nothing
            returning version)
        select version as NewGrainStateVersion from changed union all select version from made
        """;

    private const string Read = $"select payload as PayloadBinary, version as Version from grain_states where {Key}";

    private const string Clear = $"""
        update grain_states set payload = null, version = version + 1
        where {Key} and version = @GrainStateVersion::integer
        returning version as NewGrainStateVersion
        """;

    public static async Task CreateAsync(string connection, CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using (var tables = source.CreateCommand(Tables))
            await tables.ExecuteNonQueryAsync(cancellation);
        foreach (var (key, text) in new[]
            { ("WriteToStorageKey", Write), ("ReadFromStorageKey", Read), ("ClearStorageKey", Clear) })
        {
            await using var query = source.CreateCommand("insert into ordinary.OrleansQuery values ($1, $2)");
            query.Parameters.Add(new NpgsqlParameter<string> { TypedValue = key });
            query.Parameters.Add(new NpgsqlParameter<string> { TypedValue = text });
            await query.ExecuteNonQueryAsync(cancellation);
        }
    }

    /// <summary>The number of items with a stored state in the tables of ADO.NET persistence.</summary>
    public static Task<long> CountItemsAsync(string connection, CancellationToken cancellation) =>
        CountAsync(connection, "select count(*) from ordinary.grain_states where type = 'item'", cancellation);

    /// <summary>The number of items with a stored state in Tributary's table.</summary>
    public static Task<long> CountTributaryItemsAsync(string connection, CancellationToken cancellation) =>
        CountAsync(connection, "select count(*) from public.grain_states where name = 'item'", cancellation);

    private static async Task<long> CountAsync(string connection, string sql, CancellationToken cancellation)
    {
        await using var source = NpgsqlDataSource.Create(connection);
        await using var count = source.CreateCommand(sql);
        return (long)(await count.ExecuteScalarAsync(cancellation))!;
    }
}
