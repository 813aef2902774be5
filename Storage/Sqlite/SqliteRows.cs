namespace Tributary.Storage.Sqlite;

/// <summary>What the reads of all tables share.</summary>
internal static class SqliteRows
{
    /// <summary>A statement per key costs no round trip in this process, and one transaction is one snapshot.</summary>
    public static ValueTask<IReadOnlyDictionary<TKey, T>> LookUpAsync<TKey, T>(
        this SqliteReaders readers, IReadOnlyList<TKey> keys, string sql,
        Func<SqliteStatement, TKey, SqliteStatement> bind, Func<T?, SqliteStatement, T> add,
        CancellationToken cancellation)
        where TKey : notnull => readers.ReadAsync<IReadOnlyDictionary<TKey, T>>(
        connection =>
        {
            var found = new Dictionary<TKey, T>();
            var select = connection.Prepare(sql);
            foreach (var key in keys.Distinct())
            {
                bind(select, key);
                while (select.Step())
                    found[key] = add(found.GetValueOrDefault(key), select);
            }

            return found;
        },
        cancellation);

    public static List<T> ReadAll<T>(SqliteStatement select, Func<SqliteStatement, T> read)
    {
        var rows = new List<T>();
        while (select.Step())
            rows.Add(read(select));
        return rows;
    }
}
