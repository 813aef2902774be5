using Npgsql;
using Tributary.Messages;
using Tributary.Storage.Postgres.Rounds;

namespace Tributary.Storage.Postgres.Messages;

/// <summary>The store's own way of writing message rows by COPY, by itself: what its limit is measured with.</summary>
/// <param name="table">A table with the columns of <c>messages</c>.</param>
public sealed class MessageCopy(string table)
{
    private readonly CopyBuffer buffer = new();

    /// <summary>
    /// Copies messages to the positions of <paramref name="transaction"/>, within the connection's transaction.
    /// </summary>
    public Task WriteAsync(NpgsqlConnection connection, IReadOnlyList<AppendedMessage> messages, long transaction, CancellationToken cancellation) =>
        RoundInserts.Messages(table, messages, [], transaction).CopyAsync(connection, buffer, cancellation);
}
