using Npgsql;
using Tributary.Messages;
using Tributary.Storage.Postgres.Rounds;

namespace Tributary.Storage.Postgres.Messages;

/// <summary>Writes message rows by COPY as the store does, alone: benches measure the store's limit with it.</summary>
/// <param name="table">A table with the columns of <c>messages</c>.</param>
public sealed class MessageCopy(string table)
{
    private readonly CopyBuffer buffer = new();

    /// <summary>
    /// Copies messages to the positions of <paramref name="transaction"/>, within the connection's transaction.
    /// </summary>
    public Task WriteAsync(
        NpgsqlConnection connection, IReadOnlyList<AppendedMessage> messages, long transaction,
        CancellationToken cancellation) =>
        RoundInserts.Messages(table, messages, [], transaction).CopyAsync(connection, buffer, cancellation);
}
