using Npgsql;
using NpgsqlTypes;

namespace Tributary.Storage.Postgres.Rounds;

/// <summary>A number that may be missing.</summary>
internal sealed class OptionalLongColumn(string name, Func<int, long?> value) : Column(name, "bigint")
{
    public override NpgsqlParameter ToArray(int count) =>
        new NpgsqlParameter<long?[]>
        {
            TypedValue = Collect(count, value),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint,
        };

    public override void Write(CopyBuffer buffer, int row)
    {
        if (value(row) is { } number)
            buffer.Field(number);
        else
            buffer.Null();
    }
}

/// <summary>
/// The position of a stored message, or of a message of the round. For messages of the round the column holds their
/// index, below zero, and the server computes the position.
/// </summary>
internal sealed class MessageColumn(string name, long transaction, Func<int, (int Index, Position Stored)> message)
    : Column(name, "bigint")
{
    public override string Expression =>
        $"case when {Name} < 0 then (pg_current_xact_id()::text::bigint << {Position.IndexBits}) | (-1 - {Name}) else "
        + $"{Name} end";

    public override NpgsqlParameter ToArray(int count) =>
        new NpgsqlParameter<long[]>
        {
            TypedValue = Collect(count, row =>
                message(row) is { Index: >= 0 } fresh ? -1L - fresh.Index : message(row).Stored.Value),
        };

    public override void Write(CopyBuffer buffer, int row)
    {
        var (index, stored) = message(row);
        buffer.Field(index < 0 ? stored.Value : Position.Of(transaction, index).Value);
    }
}
