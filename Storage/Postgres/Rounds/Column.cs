using Npgsql;
using NpgsqlTypes;

namespace Tributary.Storage.Postgres.Rounds;

/// <summary>One column of rows to write: as an array parameter of <c>unnest</c>, or field by field for COPY.</summary>
internal abstract class Column(string name, string sqlType)
{
    public string Name { get; } = name;

    public string SqlType { get; } = sqlType;

    /// <summary>The inserted expression, over the column of <c>unnest</c>.</summary>
    public virtual string Expression => Name;

    public abstract NpgsqlParameter ToArray(int count);

    public abstract void Write(CopyBuffer buffer, int row);

    protected static T[] Collect<T>(int count, Func<int, T> value)
    {
        var values = new T[count];
        for (var i = 0; i < count; i++)
            values[i] = value(i);
        return values;
    }
}

internal sealed class IntColumn(string name, Func<int, int> value) : Column(name, "int")
{
    public override NpgsqlParameter ToArray(int count) =>
        new NpgsqlParameter<int[]> { TypedValue = Collect(count, value) };

    public override void Write(CopyBuffer buffer, int row) => buffer.Field(value(row));
}

internal sealed class LongColumn(string name, Func<int, long> value) : Column(name, "bigint")
{
    public override NpgsqlParameter ToArray(int count) =>
        new NpgsqlParameter<long[]> { TypedValue = Collect(count, value) };

    public override void Write(CopyBuffer buffer, int row) => buffer.Field(value(row));
}

internal sealed class UuidColumn(string name, Func<int, Guid> value) : Column(name, "uuid")
{
    public override NpgsqlParameter ToArray(int count) =>
        new NpgsqlParameter<Guid[]> { TypedValue = Collect(count, value) };

    public override void Write(CopyBuffer buffer, int row) => buffer.Field(value(row));
}

internal sealed class TextColumn(string name, Func<int, string?> value) : Column(name, "text")
{
    public override NpgsqlParameter ToArray(int count) =>
        new NpgsqlParameter<string?[]>
        {
            TypedValue = Collect(count, value),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
        };

    public override void Write(CopyBuffer buffer, int row)
    {
        if (value(row) is { } text)
            buffer.Field(text);
        else
            buffer.Null();
    }
}

internal sealed class BytesColumn(string name, Func<int, ReadOnlyMemory<byte>?> value) : Column(name, "bytea")
{
    public override NpgsqlParameter ToArray(int count) =>
        new NpgsqlParameter<ReadOnlyMemory<byte>?[]>
        {
            TypedValue = Collect(count, value),
            NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bytea,
        };

    public override void Write(CopyBuffer buffer, int row)
    {
        if (value(row) is { } bytes)
            buffer.Field(bytes.Span);
        else
            buffer.Null();
    }
}

/// <summary>
/// The position of a message by its index in the round: computed by the server, or from the fence's answer.
/// </summary>
internal sealed class PositionColumn(string name, long transaction, Func<int, int> index) : Column(name, "int")
{
    public override string Expression => $"(pg_current_xact_id()::text::bigint << {Position.IndexBits}) | {Name}";

    public override NpgsqlParameter ToArray(int count) =>
        new NpgsqlParameter<int[]> { TypedValue = Collect(count, index) };

    public override void Write(CopyBuffer buffer, int row) => buffer.Field(Position.Of(transaction, index(row)).Value);
}
