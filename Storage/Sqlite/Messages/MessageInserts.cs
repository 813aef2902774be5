using Tributary.Messages;

namespace Tributary.Storage.Sqlite.Messages;

/// <summary>
/// Inserts message rows as the store does, alone and into a database that holds nothing else: benches measure the
/// store's limit with it.
/// </summary>
public sealed class MessageInserts : IDisposable
{
    private readonly SqliteConnection connection;

    public MessageInserts(SqliteOptions options)
    {
        Directory.CreateDirectory(options.DataDirectory);
        connection = new SqliteConnection(options.DatabasePath, readOnly: false);
        SqliteWriter.Configure(connection, options);
        SqliteSchema.Open(connection, options.PartitionCount);
    }

    /// <summary>Inserts messages at the positions of <paramref name="transaction"/>, in a transaction.</summary>
    public void Write(IReadOnlyList<AppendedMessage> messages, long transaction)
    {
        connection.Execute("begin immediate");
        var insert = new SqliteMessageInsert(connection);
        for (var i = 0; i < messages.Count; i++)
            insert.Run(Position.Of(transaction, i), messages[i], null);
        connection.Execute("commit");
    }

    public void Dispose() => connection.Dispose();
}
